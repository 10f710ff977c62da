#include "edge/crypto/sealing.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "domain/sealed.h"
#include "test/contract/temp_dir.h"

namespace comd::crypto {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;
using Form = Sealing::Form;

const TenantId kTenant{"acme"};
const OrderId kId{"po-1"};
const std::string kDocument = R"({"note":[{"text":"call Ada"}],"priority":"1"})";

class SealingTest : public ::testing::Test {
 protected:
  static Order order(std::vector<PartyRef> parties = {{"cust-ada", "Customer"}}) {
    Order out;
    out.tenant = kTenant;
    out.external_id = "EX-1";
    out.document = kDocument;
    out.parties = std::move(parties);
    OrderItem item;
    item.id = "1";
    item.characteristics = {{"msisdn", text_value("+49 151")}, {"size", Value{"7"}}, {"none", Value{"null"}}};
    item.places = {{"site-7", "install", "Ada's house"}, {"", "billing", ""}};
    out.items.push_back(item);
    return out;
  }
  Order sealed(Order plain) {
    const auto done = sealing.seal(plain, kId, {"msisdn", "none"});
    EXPECT_TRUE(done);
    return plain;
  }
  std::string opened(std::string text, Form form = Form::text, const TenantId& tenant = kTenant) const {
    sealing.open(text, tenant, form);
    return text;
  }
  void destroy(const std::string& token) { ASSERT_TRUE(keys->destroy({key_of_token(token)})); }

  const contract::TempDir dir;
  std::shared_ptr<KeyStore> keys = *KeyStore::open({dir.path() + "/keys", {}, {}, false, false}, [](const std::string&) {});
  const Sealing sealing{keys};
};

TEST_F(SealingTest, WhatIsPersonalOfAnOrderBecomesTokensAndTheRestStays) {
  const Order is = sealed(order());
  EXPECT_TRUE(is_sealed(is.document));
  EXPECT_EQ(is.document.find("Ada"), std::string::npos);
  EXPECT_EQ(is.parties[0].id, sealing.pseudonym(kTenant, "cust-ada"));
  EXPECT_EQ(is.parties[0].role, "Customer");
  EXPECT_EQ(opened(is.parties[0].sealed), "cust-ada");
  EXPECT_TRUE(is_sealed(is.items[0].characteristics.at("msisdn")));
  EXPECT_EQ(is.items[0].characteristics.at("size").json, "7");
  EXPECT_EQ(is.items[0].characteristics.at("none").json, "null");
  EXPECT_EQ(opened(is.items[0].places[0].name), "Ada's house");
  EXPECT_EQ(opened(is.items[0].places[0].id), "site-7");
  EXPECT_EQ(is.items[0].places[1].id, "");
  EXPECT_EQ(is.external_id, "EX-1");
  std::string document = is.document;
  sealing.open_document(document, kTenant);
  EXPECT_EQ(document, kDocument);
}

TEST_F(SealingTest, OnePartyHasOneKeyAndSeveralHaveOneEachAndOneForTheRest) {
  const Order one = sealed(order());
  EXPECT_EQ(key_of_token(one.parties[0].sealed), key_of_token(one.document));
  Order plain = order({{"cust-ada", "Customer"}, {"cust-ada", "Payer"}, {"agent-bob", "Agent"}});
  plain.others = {{"cust-eve", ""}};
  const Order many = sealed(plain);
  std::set<std::string> used{key_of_token(many.document)};
  for (const auto* list : {&many.parties, &many.others})
    for (const auto& party : *list) used.insert(key_of_token(party.sealed));
  EXPECT_THAT(used, SizeIs(4));
  EXPECT_EQ(many.parties[0].id, many.parties[1].id);
  destroy(many.parties[2].sealed);
  EXPECT_EQ(opened(many.parties[2].sealed), "erased");
  EXPECT_EQ(opened(many.parties[0].sealed), "cust-ada");
}

TEST_F(SealingTest, AnOrderThatNamesNobodyIsItsOwnSubject) {
  const Order is = sealed(order({}));
  ASSERT_THAT(is.others, SizeIs(1));
  EXPECT_EQ(is.others[0].id, sealing.pseudonym(kTenant, "order:po-1"));
  EXPECT_EQ(key_of_token(is.others[0].sealed), key_of_token(is.document));
}

TEST_F(SealingTest, NothingOpensForAnotherTenantOrAfterTheKeyIsGone) {
  const Order is = sealed(order());
  const std::string token = is.parties[0].sealed;
  EXPECT_EQ(opened(token, Form::text, TenantId{"rival"}), "unreadable");
  std::string document = is.document;
  sealing.open_document(document, TenantId{"rival"});
  EXPECT_EQ(document, is.document);
  auto flipped = token;
  flipped.back() = flipped.back() == 'A' ? 'Q' : 'A';
  EXPECT_EQ(opened(flipped), "unreadable");
  destroy(token);
  EXPECT_EQ(opened(token), "erased");
  sealing.open_document(document, kTenant);
  EXPECT_EQ(document, is.document);
}

TEST_F(SealingTest, OpensTokensWhereverTheyStand) {
  Order plain = order();
  plain.items[0].characteristics["msisdn"] = Value{R"({"a":[1,"x\"y"]})"};
  const Order is = sealed(plain);
  const std::string object = *as_text(is.items[0].characteristics.at("msisdn")), name = is.items[0].places[0].name;
  EXPECT_EQ(opened(R"({"value":")" + object + R"(","n":1})", Form::json), R"({"value":{"a":[1,"x\"y"]},"n":1})");
  EXPECT_EQ(opened("noted: " + name + ", twice " + name), "noted: Ada's house, twice Ada's house");
  EXPECT_EQ(opened(R"({"text":"said: )" + object + R"("})", Form::json), R"({"text":"said: {\"a\":[1,\"x\\\"y\"]}"})");
  for (const std::string text : {"sealed:1:", "sealed: no", "sealed:1:12-abc:zz", "unsealed:3:", ""})
    EXPECT_EQ(opened(text), text);
}

TEST_F(SealingTest, ValuesThatComeLaterAreSealedWithTheirOrdersKey) {
  const Order is = sealed(order());
  Values values{{"msisdn", text_value("+49 160")}, {"port", Value{"7"}}};
  sealing.seal(values, kTenant, is.document, {"msisdn"});
  EXPECT_EQ(key_of_token(*as_text(values.at("msisdn"))), key_of_token(is.document));
  EXPECT_EQ(values.at("port").json, "7");
  Values shown = values;
  sealing.open(shown, kTenant);
  EXPECT_EQ(shown.at("msisdn").json, R"("+49 160")");
  destroy(is.document);
  shown = values;
  sealing.open(shown, kTenant);
  EXPECT_FALSE(shown.contains("msisdn")) << "an activation system must not take 'erased' for a value";
  Values late{{"msisdn", text_value("+49 170")}};
  sealing.seal(late, kTenant, is.document, {"msisdn"});
  EXPECT_EQ(late.at("msisdn").json, R"("sealed:erased")");
  EXPECT_EQ(opened("sealed:erased"), "erased");
  Values nobodys{{"msisdn", text_value("+49 170")}};
  sealing.seal(nobodys, kTenant, "", {"msisdn"});
  EXPECT_EQ(nobodys.at("msisdn").json, R"("sealed:erased")");
}

TEST_F(SealingTest, AProductIsOpenedForAnotherSystem) {
  const Order is = sealed(order());
  product::Snapshot product;
  product.tenant = kTenant;
  product.parties = is.parties;
  product.places = is.items[0].places;
  product.characteristics = is.items[0].characteristics;
  auto shown = product;
  sealing.open(shown);
  EXPECT_EQ(shown.parties[0].id, "cust-ada");
  EXPECT_EQ(shown.parties[0].sealed, "");
  EXPECT_EQ(shown.places[0].id, "site-7");
  EXPECT_EQ(shown.characteristics.at("msisdn").json, R"("+49 151")");
  destroy(is.document);
  sealing.open(product);
  EXPECT_EQ(product.parties[0].id, "erased");
  EXPECT_EQ(product.places[0].name, "erased");
}

TEST_F(SealingTest, DigestAndPseudonymCannotBeGuessedWithoutTheKey) {
  EXPECT_EQ(sealing.digest(order()), sealing.digest(order()));
  EXPECT_NE(sealing.digest(order()), hex(sha256(kDocument)));
  EXPECT_NE(sealing.pseudonym(kTenant, "cust-ada"), sealing.pseudonym(TenantId{"rival"}, "cust-ada"));
  EXPECT_EQ(sealing.pseudonym(kTenant, "cust-ada").find("ada"), std::string::npos);
  EXPECT_EQ(Sealing{}.digest(order()), hex(sha256(kDocument)));
}

TEST_F(SealingTest, WithoutKeysNothingChanges) {
  const Sealing off;
  Order plain = order();
  ASSERT_TRUE(off.seal(plain, kId, {"msisdn"}));
  EXPECT_EQ(plain, order());
  EXPECT_EQ(off.pseudonym(kTenant, "cust-ada"), "cust-ada");
}

TEST_F(SealingTest, ATextThatWouldBeTakenForATokenIsRefused) {
  EXPECT_TRUE(looks_sealed(R"({"description":"sealed:1:7-abcdefgh:zz"})"));
  EXPECT_TRUE(looks_sealed(R"({"description":"sealed:erased"})"));
  EXPECT_FALSE(looks_sealed(R"({"description":"sealed: with a kiss"})"));
}

}  // namespace
}  // namespace comd::crypto

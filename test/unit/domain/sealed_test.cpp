#include "domain/sealed.h"

#include <gtest/gtest.h>

#include "domain/plan.h"

namespace comd {
namespace {

const std::string kToken = "sealed:1:17-abcdefgh:AAAA";

TEST(Sealed, ATokenIsKnownByItsStartAndNamesItsKey) {
  EXPECT_TRUE(is_sealed(kToken));
  EXPECT_TRUE(is_sealed(text_value(kToken)));
  EXPECT_TRUE(is_sealed("sealed:erased"));
  EXPECT_FALSE(is_sealed("sealed with a kiss"));
  EXPECT_FALSE(is_sealed(Value{"17"}));
  EXPECT_EQ(key_of_token(kToken), "17-abcdefgh");
  EXPECT_EQ(key_of_token("sealed:erased"), "");
  EXPECT_EQ(key_of_token("17-abcdefgh:"), "");
}

Catalog catalog() {
  Catalog out;
  out.version = "1";
  out.personal = {"birthday"};
  Offering offering;
  offering.id = "O";
  offering.characteristics = {{"birthday", true, "string", {text_value("1980-01-01")}, {}, {}}};
  out.offerings.push_back(offering);
  return out;
}

Order order(Value birthday) {
  Order out;
  OrderItem item;
  item.id = "1";
  item.action = Action::add;
  item.offering = OfferingRef{"O", "", ""};
  item.characteristics["birthday"] = std::move(birthday);
  out.items.push_back(item);
  return out;
}

TEST(Sealed, ValuesAreCheckedBeforeTheyAreSealedAndNotAfter) {
  EXPECT_TRUE(check(order(text_value(kToken)), catalog(), {}).empty());
  EXPECT_TRUE(check_personal(order(text_value("1980-01-01")), catalog()).empty());
  const auto wrong = check_personal(order(text_value("1999-12-31")), catalog());
  ASSERT_EQ(wrong.size(), 1u);
  EXPECT_EQ(wrong[0].message.find("1999"), std::string::npos) << "a message never names a personal value: " << wrong[0].message;
  EXPECT_EQ(check_personal(order(Value{"7"}), catalog()).size(), 1u);
}

}  // namespace
}  // namespace comd

#include <gtest/gtest.h>

#include "events/record.h"
#include "test/support/fill.h"

namespace comd {
namespace {

/// Reverses the text and remembers for whom; enough to see that personal data goes through the port and nowhere else.
class Reversing final : public Sealer {
 public:
  std::uint32_t scheme() const override { return 77; }
  std::string seal(const SealScope& scope, std::string_view plain) const override {
    scopes.push_back(std::string(scope.tenant) + " " + std::string(scope.stream));
    return {plain.rbegin(), plain.rend()};
  }
  Result<std::string, OpenFailure> open(const SealScope&, std::string_view sealed) const override {
    if (failure) return Err(OpenFailure(*failure));
    return std::string(sealed.rbegin(), sealed.rend());
  }
  std::optional<OpenFailure> failure;
  mutable std::vector<std::string> scopes;
};

const std::string kDocument = R"({"note":"call Ada Lovelace"})";
const std::string kParty = "customer-ada-lovelace";

Commit submission() {
  product_order::Submitted submitted;
  submitted.id = OrderId{"po-1"};
  submitted.order.tenant = TenantId{"t1"};
  submitted.order.external_id = "ext-1";
  submitted.order.document = kDocument;
  submitted.order.parties = {{kParty, "Customer"}};
  Commit commit;
  commit.cause.tenant = TenantId{"t1"};
  commit.streams.push_back({StreamId{"po-1"}, Version{}, {product_order::Event{submitted}}});
  return commit;
}

const Order& order_in(const Commit& commit) {
  return std::get<product_order::Submitted>(std::get<product_order::Event>(commit.streams[0].events[0])).order;
}

TEST(Sealing, PersonalDataStandsOnlyInTheSealedSection) {
  const Reversing sealer;
  const std::string bytes = encode(submission(), sealer);
  EXPECT_EQ(bytes.find(kDocument), std::string::npos);
  EXPECT_EQ(bytes.find(kParty), std::string::npos);
  EXPECT_NE(bytes.find("ext-1"), std::string::npos);
  EXPECT_EQ(sealer.scopes, std::vector<std::string>{"t1 po-1"});
  EXPECT_EQ(decode(bytes, sealer).value(), submission());
}

TEST(Sealing, PartiesOfAProductAreSealedToo) {
  const Reversing sealer;
  Commit commit;
  product::Written written;
  written.product.parties = {{kParty, "Customer"}};
  product_order::ClaimSettled settled;
  settled.snapshot.parties = {{kParty, "Customer"}};
  commit.streams.push_back({StreamId{"pr-1"}, Version{}, {product::Event{written}}});
  commit.streams.push_back({StreamId{"po-1"}, Version{}, {product_order::Event{settled}}});
  const std::string bytes = encode(commit, sealer);
  EXPECT_EQ(bytes.find(kParty), std::string::npos);
  EXPECT_EQ(decode(bytes, sealer).value(), commit);
}

TEST(Sealing, ErasedDataReadsAsEmptyAndTheRestStays) {
  Reversing sealer;
  const std::string bytes = encode(submission(), sealer);
  sealer.failure = OpenFailure::erased;
  const auto back = decode(bytes, sealer);
  ASSERT_TRUE(back) << back.error().message;
  EXPECT_EQ(order_in(*back).document, "");
  EXPECT_TRUE(order_in(*back).parties.empty());
  EXPECT_EQ(order_in(*back).external_id, "ext-1");
}

TEST(Sealing, UnreadableDataIsAnErrorWithItsPlace) {
  Reversing sealer;
  const std::string bytes = encode(submission(), sealer);
  sealer.failure = OpenFailure::unreadable;
  const auto back = decode(bytes, sealer);
  ASSERT_FALSE(back);
  EXPECT_NE(back.error().message.find("stream po-1, version 1, event type 101"), std::string::npos) << back.error().message;
}

TEST(Sealing, AnUnknownSchemeIsAnErrorWithItsNumber) {
  const auto back = decode(encode(submission(), Reversing{}));
  ASSERT_FALSE(back);
  EXPECT_NE(back.error().message.find("sealing scheme this comd has, but found number 77"), std::string::npos)
      << back.error().message;
}

TEST(Sealing, WhatWasSealedByIdentityOpensForEverySealer) {
  EXPECT_EQ(decode(encode(submission()), Reversing{}).value(), submission());
}

}  // namespace
}  // namespace comd

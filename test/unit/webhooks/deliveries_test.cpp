#include "edge/webhooks/deliveries.h"

#include <gmock/gmock.h>

#include "edge/webhooks/signature.h"

namespace comd::webhooks {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

constexpr Instant at(int seconds) { return Instant{std::chrono::seconds{seconds}}; }

Letter letter(const std::string& order, std::uint64_t position, std::size_t rank = 0) {
  Letter out;
  out.id = std::to_string(position) + "." + std::to_string(rank);
  out.position = Position{position};
  out.rank = rank;
  out.order = OrderId{order};
  out.time = at(static_cast<int>(position));
  return out;
}

std::vector<std::string> ids(const std::vector<Letter>& letters) {
  std::vector<std::string> out;
  for (const auto& one : letters) out.push_back(one.id);
  return out;
}

class DeliveriesTest : public testing::Test {
 protected:
  static Policy policy() {
    Policy out;
    out.attempts = 3;
    out.trouble = 100;
    out.first_pause = Millis{1'000};
    out.longest_pause = Millis{4'000};
    return out;
  }
  Deliveries deliveries{policy(), 1};
};

TEST_F(DeliveriesTest, AnOrdersNextEventWaitsForTheOneBeforeItAndOtherOrdersDoNot) {
  deliveries.add(letter("a", 1));
  deliveries.add(letter("a", 2));
  deliveries.add(letter("b", 3));
  EXPECT_THAT(ids(deliveries.take(at(10))), ElementsAre("1.0", "3.0"));
  EXPECT_THAT(deliveries.take(at(10)), IsEmpty());
  deliveries.delivered("3.0", at(10));
  EXPECT_THAT(deliveries.take(at(10)), IsEmpty());
  deliveries.delivered("1.0", at(10));
  EXPECT_THAT(ids(deliveries.take(at(10))), ElementsAre("2.0"));
  deliveries.delivered("2.0", at(10));
  EXPECT_EQ(deliveries.waiting(), 0u);
}

TEST_F(DeliveriesTest, AFailedEventIsTriedAgainLaterAndEachTimeLater) {
  deliveries.add(letter("a", 1));
  for (int i = 0; i < 2; ++i) {
    const auto due = deliveries.next_due().value_or(at(0));
    ASSERT_EQ(deliveries.take(std::max(due, at(10))).size(), 1u);
    ASSERT_FALSE(deliveries.failed("1.0", "HTTP 500", at(10)));
    const auto pause = *deliveries.next_due() - at(10);
    EXPECT_GE(pause, Millis{500} * (1 << i));
    EXPECT_LE(pause, Millis{1'000} * (1 << i));
    EXPECT_THAT(deliveries.take(at(10)), IsEmpty());
  }
}

TEST_F(DeliveriesTest, AfterTheLastAttemptItIsADeadLetterAndTheOrderGoesOn) {
  deliveries.add(letter("a", 1));
  deliveries.add(letter("a", 2));
  std::optional<DeadLetter> dead;
  for (int i = 0; i < 3; ++i) {
    ASSERT_THAT(ids(deliveries.take(at(100 * (i + 1)))), ElementsAre("1.0"));
    ASSERT_FALSE(dead);
    dead = deliveries.failed("1.0", "HTTP 400", at(100 * (i + 1)));
  }
  ASSERT_TRUE(dead);
  EXPECT_EQ(dead->attempts, 3u);
  EXPECT_EQ(dead->error, "HTTP 400");
  EXPECT_EQ(dead->order.value, "a");
  EXPECT_THAT(ids(deliveries.take(at(300))), ElementsAre("2.0"));
}

TEST_F(DeliveriesTest, WithoutRoomForDeadLettersItGoesOnTrying) {
  deliveries.add(letter("a", 1));
  for (int i = 0; i < 10; ++i) {
    ASSERT_EQ(deliveries.take(at(100 * (i + 1))).size(), 1u);
    EXPECT_FALSE(deliveries.failed("1.0", "HTTP 400", at(100 * (i + 1)), false));
  }
}

TEST_F(DeliveriesTest, ARedeliveredEventComesBeforeTheLaterOnesOfItsOrderButNeverBeforeOneUnderWay) {
  deliveries.add(letter("a", 5));
  deliveries.add(letter("a", 6));
  ASSERT_THAT(ids(deliveries.take(at(10))), ElementsAre("5.0"));
  deliveries.add(letter("a", 1));
  deliveries.add(letter("a", 1));
  EXPECT_EQ(deliveries.waiting(), 3u) << "the same once only";
  deliveries.delivered("5.0", at(10));
  EXPECT_THAT(ids(deliveries.take(at(10))), ElementsAre("1.0"));
  deliveries.delivered("1.0", at(10));
  EXPECT_THAT(ids(deliveries.take(at(10))), ElementsAre("6.0"));
}

TEST_F(DeliveriesTest, AReceiverThatIsAwayIsProbedAndDoesNotKillWhatWaits) {
  auto few = policy();
  few.trouble = 3;
  few.window = 8;
  Deliveries careful(few, 1);
  for (std::uint64_t i = 1; i <= 20; ++i) careful.add(letter("order-" + std::to_string(i), i));
  for (const auto& one : careful.take(at(1))) ASSERT_FALSE(careful.failed(one.id, "refused", at(1)));
  EXPECT_THAT(careful.take(at(1)), IsEmpty()) << "a pause for all";
  std::size_t tries = 0;
  for (int now = 2; now < 62; ++now) {
    for (const auto& one : careful.take(at(now))) {
      ++tries;
      EXPECT_FALSE(careful.failed(one.id, "refused", at(now))) << "in turns, so that none uses up its attempts";
    }
  }
  EXPECT_LE(tries, 60u / 2) << "one at a time, and not more often than the longest pause allows";
  const auto probe = careful.take(at(100));
  ASSERT_EQ(probe.size(), 1u);
  careful.delivered(probe.front().id, at(100));
  EXPECT_EQ(careful.take(at(100)).size(), 8u) << "it is back";
}

TEST_F(DeliveriesTest, TheWindowBoundsWhatIsUnderWay) {
  for (std::uint64_t i = 1; i <= 20; ++i) deliveries.add(letter("order-" + std::to_string(i), i));
  EXPECT_EQ(deliveries.take(at(1)).size(), policy().window);
  EXPECT_THAT(deliveries.take(at(1)), IsEmpty());
  EXPECT_FALSE(deliveries.next_due()) << "time alone changes nothing";
  EXPECT_EQ(deliveries.oldest(), at(1));
  EXPECT_EQ(deliveries.pending().size(), 20u);
}

TEST(Signature, IsHmacSha256OfTimestampAndBody) {
  // RFC 4231, test case 2.
  EXPECT_EQ(hmac_sha256("Jefe", "what do ya want for nothing?"),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  EXPECT_EQ(signature({"secret-1", "secret-2"}, at(1'700'000'000), "{}"),
            "t=1700000000,v1=" + hmac_sha256("secret-1", "1700000000.{}") + ",v1=" + hmac_sha256("secret-2", "1700000000.{}"));
}

}  // namespace
}  // namespace comd::webhooks

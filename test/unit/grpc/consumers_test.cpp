#include <gmock/gmock.h>

#include "test/north/memory_consumer_files.h"

/// Leases, fences and positions, without gRPC.
namespace comd::north {
namespace {

using testing::HasSubstr;

class ManualClock final : public Clock {
 public:
  Instant now() const override { return at; }
  Instant at{Millis{1'800'000'000'000}};
};

constexpr Position kTail{100};

class ConsumersTest : public testing::Test {
 protected:
  Result<LeaseGiven, Rejection> take(const std::string& holder, std::uint64_t begin = 0) {
    return consumers->take({"billing", holder, Millis{1'000}, Position{begin},
                            [this, holder](const Rejection& why) { lost.push_back(holder + ": " + why.message); }},
                           kTail);
  }
  void pass(int ms) { clock.at += Millis{ms}; }
  void restart() { consumers = *Consumers::open(clock, files); }

  ManualClock clock;
  std::shared_ptr<MemoryConsumerFiles> files = std::make_shared<MemoryConsumerFiles>();
  std::unique_ptr<Consumers> consumers = *Consumers::open(clock, files);
  std::vector<std::string> lost;
};

TEST_F(ConsumersTest, ANewOneBeginsWhereItSaysAndGoesOnBehindWhatItAcknowledged) {
  const auto first = take("a", 7);
  ASSERT_TRUE(first);
  EXPECT_EQ(first->position, Position{7});
  consumers->sent("billing", first->token, Position{20});
  EXPECT_EQ(consumers->acknowledge("billing", first->token, Position{12}, kTail, false), Position{12});
  EXPECT_EQ(consumers->acknowledge("billing", first->token, Position{3}, kTail, false), Position{12}) << "never back";
  const auto again = take("a", 99);
  EXPECT_EQ(again->position, Position{12});
  EXPECT_GT(again->token, first->token);
}

TEST_F(ConsumersTest, OneHolderAtATimeAndALateAcknowledgementIsRefused) {
  const auto a = take("a");
  consumers->sent("billing", a->token, Position{5});
  pass(999);
  const auto early = take("b");
  ASSERT_FALSE(early);
  EXPECT_EQ(early.error().code, RejectionCode::unavailable);
  EXPECT_THAT(early.error().message, HasSubstr("a holds it until"));
  pass(1);
  const auto b = take("b");
  ASSERT_TRUE(b) << b.error().message;
  EXPECT_THAT(lost, testing::ElementsAre(HasSubstr("a: Expected to hold the lease of billing, but b has taken it")));
  const auto late = consumers->acknowledge("billing", a->token, Position{5}, kTail, false);
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().code, RejectionCode::precondition);
  EXPECT_EQ(b->position, Position{0}) << "what was not acknowledged comes again";
  EXPECT_TRUE(consumers->acknowledge("billing", b->token, Position{5}, kTail, false));
}

TEST_F(ConsumersTest, AnAcknowledgementRenewsAndALeaseThatNobodyTookIsStillGood) {
  const auto a = take("a");
  consumers->sent("billing", a->token, Position{5});
  pass(900);
  ASSERT_TRUE(consumers->acknowledge("billing", a->token, Position{4}, kTail, false));
  pass(900);
  EXPECT_FALSE(take("b"));
  pass(5'000);  // it ran out, but nobody came
  EXPECT_TRUE(consumers->acknowledge("billing", a->token, Position{5}, kTail, false));
}

TEST_F(ConsumersTest, WhoHasNothingToAcknowledgeKeepsTheLeaseUntilItsStreamEnds) {
  const auto a = take("a");
  pass(1'000'000);
  EXPECT_FALSE(take("b")) << "idle, and connected";
  EXPECT_FALSE(consumers->list().at(0).leased_until);
  consumers->closed("billing", a->token);
  pass(999);
  EXPECT_FALSE(take("b")) << "it may still be at work";
  pass(1);
  EXPECT_TRUE(take("b"));
  EXPECT_TRUE(lost.empty()) << "its stream was over";
}

TEST_F(ConsumersTest, TheSameHolderMayComeBackAtOnceAndOneThatGaveUpMakesRoom) {
  const auto a = take("a");
  ASSERT_TRUE(take("a"));
  EXPECT_EQ(lost.size(), 1u) << "its old stream";
  EXPECT_FALSE(consumers->acknowledge("billing", a->token, Position{1}, kTail, false)) << "of the old stream";
  const auto token = consumers->list().at(0).record.token;
  ASSERT_TRUE(consumers->acknowledge("billing", token, Position{1}, kTail, true));
  EXPECT_EQ(lost.size(), 2u);
  EXPECT_EQ(take("b")->position, Position{1});
}

TEST_F(ConsumersTest, ARestartKeepsPositionTokenAndLease) {
  const auto a = take("a");
  ASSERT_TRUE(consumers->acknowledge("billing", a->token, Position{9}, kTail, false));
  restart();
  EXPECT_FALSE(take("b")) << "a may be at work still";
  EXPECT_TRUE(consumers->acknowledge("billing", a->token, Position{10}, kTail, false));
  pass(1'000);
  const auto b = take("b");
  ASSERT_TRUE(b);
  EXPECT_EQ(b->position, Position{10});
  EXPECT_GT(b->token, a->token);
}

TEST_F(ConsumersTest, WhatIsNotOnTheDiskHasNotHappened) {
  const auto a = take("a");
  files->broken = "Expected to write, but the disk is full.";
  const auto refused = consumers->acknowledge("billing", a->token, Position{9}, kTail, false);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, RejectionCode::unavailable);
  EXPECT_EQ(consumers->list().at(0).record.position, Position{0});
  EXPECT_FALSE(consumers->forget("billing"));
  files->broken.reset();
  EXPECT_TRUE(consumers->acknowledge("billing", a->token, Position{9}, kTail, false));
}

TEST_F(ConsumersTest, AForgottenOneBeginsAnewAndItsOldTokenIsNoneOfTheNewOnes) {
  const auto a = take("a");
  ASSERT_TRUE(consumers->forget("billing"));
  EXPECT_EQ(lost.size(), 1u);
  EXPECT_EQ(consumers->acknowledge("billing", a->token, Position{1}, kTail, false).error().code, RejectionCode::not_found);
  const auto anew = take("a", 50);
  EXPECT_EQ(anew->position, Position{50});
  EXPECT_FALSE(consumers->acknowledge("billing", a->token, Position{60}, kTail, false));
  EXPECT_EQ(consumers->forget("nobody").error().code, RejectionCode::not_found);
}

TEST_F(ConsumersTest, RefusesWhatMakesNoSense) {
  const auto with = [&](const std::string& name, const std::string& holder, Millis length) {
    const auto taken = consumers->take({name, holder, length, {}, {}}, kTail);
    return taken ? std::string("taken") : taken.error().message;
  };
  EXPECT_THAT(with("../etc", "a", Millis{1'000}), HasSubstr("Expected a name"));
  EXPECT_THAT(with(".hidden", "a", Millis{1'000}), HasSubstr("Expected a name"));
  EXPECT_THAT(with("", "a", Millis{1'000}), HasSubstr("Expected a name"));
  EXPECT_THAT(with("x", "", Millis{1'000}), HasSubstr("Expected who holds"));
  EXPECT_THAT(with("x", "a", Millis{1}), HasSubstr("Expected a lease"));
  const auto a = take("a");
  EXPECT_EQ(consumers->acknowledge("billing", a->token, Position{101}, kTail, false).error().code, RejectionCode::invalid);
  files->records["billing"].position = Position{5'000};  // a log that was restored is shorter
  restart();
  EXPECT_THAT(take("a").error().message, HasSubstr("which ends at 100, but it has acknowledged 5000"));
}

}  // namespace
}  // namespace comd::north

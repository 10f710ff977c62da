#include "actors/lane.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace comd {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;

const Instant kStart{Millis{1'800'000'000'000}};

LaneLimits limits(std::size_t window = 8) {
  LaneLimits out;
  out.window = window;
  out.failures = 3;
  out.pause = 1s;
  out.pause_max = 4s;
  return out;
}

// ── Breaker ─────────────────────────────────────────────────────────────────────────────────────────────────────────
class OneBreaker : public testing::Test {
 protected:
  void fail(int times) {
    for (int i = 0; i < times; ++i) breaker.failed(breaker.begin(now), now);
  }
  void succeed(std::size_t times) {
    for (std::size_t i = 0; i < times; ++i) breaker.succeeded(breaker.begin(now));
  }
  Instant now = kStart;
  Breaker breaker{limits()};
};

TEST_F(OneBreaker, OpensAfterFailuresInARow) {
  fail(2);
  succeed(1);
  fail(2);
  EXPECT_EQ(breaker.state(now), BreakerState::closed);
  fail(1);
  EXPECT_EQ(breaker.state(now), BreakerState::open);
  EXPECT_EQ(breaker.failures(), 3u);
  EXPECT_FALSE(breaker.admits(now));
  EXPECT_EQ(breaker.open_until(), now + 1s);
}

TEST_F(OneBreaker, AfterThePauseOneProbeAtATimeAndThePauseDoublesUpToItsLimit) {
  fail(3);
  for (const Millis pause : {1s, 2s, 4s, 4s}) {
    EXPECT_FALSE(breaker.admits(now + pause - 1ms));
    now += pause;
    EXPECT_EQ(breaker.state(now), BreakerState::half_open);
    ASSERT_TRUE(breaker.admits(now));
    const auto probe = breaker.begin(now);
    EXPECT_FALSE(breaker.admits(now));
    breaker.failed(probe, now);
    EXPECT_EQ(breaker.state(now), BreakerState::open);
  }
}

TEST_F(OneBreaker, AProbeThatNeverBeganMakesRoomForAnother) {
  fail(3);
  now += 1s;
  breaker.given_back(breaker.begin(now));
  EXPECT_EQ(breaker.state(now), BreakerState::half_open);
  EXPECT_TRUE(breaker.admits(now));
}

TEST_F(OneBreaker, AfterASuccessTheWindowDoublesWithEachWindowOfSuccesses) {
  fail(3);
  now += 1s;
  succeed(1);
  std::vector<std::size_t> windows;
  for (const std::size_t successes : {0, 1, 2, 4, 100}) {
    succeed(successes);
    windows.push_back(breaker.window(now));
  }
  EXPECT_THAT(windows, ElementsAre(1, 2, 4, 8, 8));
}

TEST_F(OneBreaker, AFailureOnTheWayHalvesTheWindow) {
  fail(3);
  now += 1s;
  succeed(1 + 1 + 2);
  EXPECT_EQ(breaker.window(now), 4u);
  fail(1);
  EXPECT_EQ(breaker.window(now), 2u);
  succeed(2);
  EXPECT_EQ(breaker.window(now), 4u);
}

TEST_F(OneBreaker, ThePauseBeginsSmallAgainOnlyWhenTheWindowIsWhole) {
  fail(3);
  now += 1s;
  succeed(1);
  fail(3);
  EXPECT_EQ(breaker.open_until(), now + 2s);
  now += 2s;
  succeed(1 + 1 + 2 + 4);
  fail(3);
  EXPECT_EQ(breaker.open_until(), now + 1s);
}

TEST_F(OneBreaker, CallsOfAnEarlierStretchSayNothing) {
  std::vector<Breaker::Ticket> early;
  for (int i = 0; i < 5; ++i) early.push_back(breaker.begin(now));
  fail(3);
  breaker.failed(early[0], now);
  breaker.succeeded(early[1]);
  EXPECT_EQ(breaker.state(now), BreakerState::open);
  EXPECT_EQ(breaker.open_until(), now + 1s);
  now += 1s;
  EXPECT_TRUE(breaker.admits(now));  // though some are still under way
  succeed(1);
  for (const auto ticket : {early[2], early[3], early[4]}) breaker.failed(ticket, now);
  EXPECT_EQ(breaker.state(now), BreakerState::closed);
  EXPECT_EQ(breaker.failures(), 0u);
}

// ── Order ───────────────────────────────────────────────────────────────────────────────────────────────────────────
std::vector<std::uint64_t> drained(LaneQueue& queue) {
  std::vector<std::uint64_t> out;
  while (!queue.empty()) out.push_back(queue.pop());
  return out;
}

TEST(Order, LowestRankThenOldest) {
  LaneQueue queue;
  for (const LaneQueue::Entry& entry :
       std::vector<LaneQueue::Entry>{{5, "t", 1}, {1, "t", 4}, {5, "t", 2}, {0, "t", 5}, {1, "t", 3}})
    queue.push(entry);
  EXPECT_EQ(queue.oldest(), 1u);
  EXPECT_EQ(queue.size(), 5u);
  EXPECT_THAT(drained(queue), ElementsAre(5, 3, 4, 1, 2));
}

TEST(Order, OneTenantsTenThousandDoNotStarveAnothersOne) {
  LaneQueue queue;
  for (std::uint64_t id = 0; id < 10'000; ++id) queue.push({5, "big", id});
  EXPECT_EQ(queue.pop(), 0u);
  queue.push({5, "small", 10'000});
  queue.push({5, "third", 10'001});
  EXPECT_EQ(queue.pop(), 1u);
  EXPECT_EQ(queue.pop(), 10'000u);
  EXPECT_EQ(queue.pop(), 10'001u);
  EXPECT_EQ(queue.pop(), 2u);
  queue.push({5, "small", 10'002});
  EXPECT_EQ(queue.pop(), 3u);
  EXPECT_EQ(queue.pop(), 10'002u);
}

TEST(Order, WhatIsErasedDoesNotCome) {
  LaneQueue queue;
  for (std::uint64_t id = 0; id < 4; ++id) queue.push({5, id % 2 == 0 ? "even" : "odd", id});
  queue.erase({5, "even", 0});
  queue.erase({5, "even", 2});
  queue.erase({5, "even", 2});
  queue.erase({1, "odd", 1});
  EXPECT_THAT(drained(queue), ElementsAre(1, 3));
  queue.erase({5, "odd", 1});
  EXPECT_TRUE(queue.empty());
  EXPECT_FALSE(queue.oldest());
}

// ── Rate and pace ───────────────────────────────────────────────────────────────────────────────────────────────────
std::size_t begun(Rate rate, Millis during) {
  RateLimit limit(rate);
  std::size_t out = 0;
  for (Instant now = kStart; now < kStart + during; now += 1ms)
    for (; limit.ready_at() <= now && out < 1'000'000; ++out) limit.took(now);
  return out;
}

TEST(RateLimits, CallsAreSpreadAndABurstIsATenthOfASecond) {
  EXPECT_EQ(begun({50, 1s}, 1ms), 5u);
  EXPECT_NEAR(static_cast<double>(begun({50, 1s}, 10s)), 500, 6);
  EXPECT_NEAR(static_cast<double>(begun({7'000, 1s}, 10s)), 70'000, 710);
  EXPECT_EQ(begun({6, 1min}, 1ms), 1u);
  EXPECT_EQ(begun({6, 1min}, 1min), 6u);
}

TEST(RateLimits, NoneIsNone) { EXPECT_EQ(begun({}, 1ms), 1'000'000u); }

TEST(Paces, FollowTheLastMinute) {
  Pace pace;
  Instant now = kStart;
  EXPECT_EQ(pace.per_second(now), 0);
  for (; now < kStart + 10s; now += 100ms) pace.count(now);
  EXPECT_NEAR(pace.per_second(now), 10, 0.5);  // although there was no minute yet
  for (; now < kStart + 10min; now += 500ms) pace.count(now);
  EXPECT_NEAR(pace.per_second(now), 2, 0.1);
  EXPECT_LT(pace.per_second(now + 5min), 0.02);
}

// ── Lane ────────────────────────────────────────────────────────────────────────────────────────────────────────────
std::vector<std::uint64_t> taken(Lane& lane, Instant now, std::vector<Lane::Taken>* tickets = nullptr) {
  std::vector<std::uint64_t> out;
  while (const auto one = lane.take(now)) {
    out.push_back(one->id);
    if (tickets != nullptr) tickets->push_back(*one);
  }
  return out;
}

TEST(Lanes, HoldMoreThanTheWindowBack) {
  Lane lane(limits(2));
  for (std::uint64_t id = 0; id < 5; ++id) lane.push({5, "t", id}, false);
  std::vector<Lane::Taken> tickets;
  EXPECT_THAT(taken(lane, kStart, &tickets), ElementsAre(0, 1));
  EXPECT_FALSE(lane.look_again(kStart));  // an outcome will say when
  lane.ended(tickets[0].ticket, true, kStart);
  EXPECT_THAT(taken(lane, kStart), ElementsAre(2));
  EXPECT_EQ(lane.waiting(), 2u);
  EXPECT_EQ(lane.oldest(), 3u);
  EXPECT_EQ(lane.figures(kStart).under_way, 2u);
}

TEST(Lanes, WithACallOfAnEarlierStretchUnderWayTheWindowStillHolds) {
  Lane lane(limits(4));
  for (std::uint64_t id = 0; id < 20; ++id) lane.push({5, "t", id}, false);
  std::vector<Lane::Taken> tickets;
  taken(lane, kStart, &tickets);
  for (int i = 0; i < 3; ++i) lane.ended(tickets[static_cast<std::size_t>(i)].ticket, false, kStart);
  EXPECT_THAT(taken(lane, kStart), ElementsAre());
  EXPECT_EQ(lane.look_again(kStart), kStart + 1s);
  EXPECT_THAT(taken(lane, kStart + 1s), ElementsAre(4));
  EXPECT_EQ(lane.figures(kStart + 1s).under_way, 2u);
}

TEST(Lanes, SayWhenTheRateLetsTheNextOneGo) {
  LaneLimits slow = limits();
  slow.rate = {2, 1s};
  Lane lane(slow);
  for (std::uint64_t id = 0; id < 3; ++id) lane.push({5, "t", id}, false);
  EXPECT_THAT(taken(lane, kStart), ElementsAre(0));
  EXPECT_EQ(lane.look_again(kStart), kStart + 500ms);
  EXPECT_THAT(taken(lane, kStart + 500ms), ElementsAre(1));
}

TEST(Lanes, SerialOnesGoOneAtATimeBesideTheOthers) {
  Lane lane(limits());
  for (std::uint64_t id = 0; id < 6; ++id) lane.push({5, "t", id}, id >= 3);
  std::vector<Lane::Taken> tickets;
  EXPECT_THAT(taken(lane, kStart, &tickets), testing::UnorderedElementsAre(0, 1, 2, 3));
  for (const auto& one : tickets) lane.ended(one.ticket, true, kStart);
  EXPECT_THAT(taken(lane, kStart), ElementsAre());  // the call has ended, its outcome is not settled
  EXPECT_FALSE(lane.look_again(kStart));
  lane.serial_settled();
  EXPECT_THAT(taken(lane, kStart), ElementsAre(4));
}

TEST(Lanes, NeitherSerialNorOtherStarve) {
  Lane lane(limits(1));
  for (std::uint64_t id = 0; id < 3; ++id) lane.push({5, "t", id}, false);
  for (std::uint64_t id = 3; id < 6; ++id) lane.push({5, "t", id}, true);
  lane.push({1, "t", 6}, true);
  std::vector<std::uint64_t> order;
  while (const auto one = lane.take(kStart)) {
    order.push_back(one->id);
    lane.ended(one->ticket, true, kStart);
    lane.serial_settled();
  }
  EXPECT_THAT(order, ElementsAre(6, 0, 3, 1, 4, 2, 5));
}

TEST(Lanes, TellWhenTheyAreDrained) {
  LaneFigures figures;
  EXPECT_EQ(drained_in(figures), Millis{0});
  figures.waiting = 90;
  figures.under_way = 10;
  EXPECT_FALSE(drained_in(figures));
  figures.ended_per_second = 20;
  EXPECT_EQ(drained_in(figures), Millis{5'000});
  figures.ahead = 100;
  EXPECT_EQ(drained_in(figures), Millis{10'000});
  figures.breaker = BreakerState::open;
  EXPECT_FALSE(drained_in(figures));
}

}  // namespace
}  // namespace comd

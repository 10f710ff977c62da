#include "events/fold.h"

#include <gtest/gtest.h>

namespace comd {
namespace {

using service_order::Status;

const StreamId kStream{"so-1.a.1.0.access.r1"};

AnyEvent opened() {
  service_order::Spec spec;
  spec.id = ServiceOrderId{kStream.value};
  spec.order = OrderId{"po-1"};
  return service_order::Event{service_order::Opened{spec, Instant{Millis{5}}}};
}

AnyEvent queued() { return service_order::Event{service_order::Queued{1, {}, Instant{Millis{9}}, Millis{100}, "ready"}}; }

std::string record(Version before, std::vector<AnyEvent> events, const StreamId& stream = kStream) {
  Commit commit;
  commit.streams.push_back({stream, before, std::move(events)});
  return encode(commit);
}

TEST(Fold, CommitsInOrderGiveStateAndVersion) {
  const std::vector<std::string> records{record(Version{}, {opened()}), record(Version{1}, {queued()})};
  const auto folded = fold_service_order(records, kStream);
  ASSERT_TRUE(folded) << folded.error().message;
  EXPECT_EQ(folded->version, Version{2});
  EXPECT_EQ(folded->state.status, Status::queued);
  EXPECT_EQ(folded->state.spec.order, OrderId{"po-1"});
}

TEST(Fold, StoredCommitsFoldAsTheyCome) {
  struct Stored {
    std::string record;
  };
  const std::vector<Stored> records{{record(Version{}, {opened(), queued()})}};
  const auto folded = fold_service_order(records, kStream);
  ASSERT_TRUE(folded);
  EXPECT_EQ(folded->version, Version{2});
}

TEST(Fold, OtherStreamsArePassedOver) {
  const std::vector<std::string> records{record(Version{}, {opened()}, StreamId{"so-2"})};
  const auto folded = fold_service_order(records, kStream);
  ASSERT_TRUE(folded);
  EXPECT_EQ(folded->version, Version{});
  EXPECT_EQ(folded->state, service_order::State{});
}

AnyEvent unread() { return unreadable::Event{unreadable::Unreadable{299, 1, "?", "why"}}; }

TEST(Fold, WhatCannotBeReadIsAnErrorThatNamesItsVersion) {
  const std::vector<std::string> records{record(Version{}, {opened(), unread()}), record(Version{2}, {queued()})};
  const auto folded = fold_service_order(records, kStream);
  ASSERT_FALSE(folded);
  EXPECT_EQ(folded.error().version, Version{2});
}

TEST(Fold, ASkippedEventCountsAndChangesNothing) {
  const std::vector<std::string> records{record(Version{}, {opened(), unread()}), record(Version{2}, {queued()})};
  const auto folded = fold<service_order::State>(records, kStream, {Version{2}});
  ASSERT_TRUE(folded) << folded.error().message;
  EXPECT_EQ(folded->version, Version{3});
  EXPECT_EQ(folded->state.status, Status::queued);
  const auto without = fold<service_order::State>(records, kStream, {Version{2}, Version{3}});
  ASSERT_TRUE(without);
  EXPECT_EQ(without->state.status, Status::waiting) << "also one that can be read";
}

TEST(Fold, ACommitThatIsNoneCanBeSkipped) {
  const std::vector<std::string> records{record(Version{}, {opened()}), "no commit", record(Version{3}, {queued()})};
  EXPECT_FALSE(fold_service_order(records, kStream));
  const auto folded = fold<service_order::State>(records, kStream, {Version{2}});
  ASSERT_TRUE(folded) << folded.error().message;
  EXPECT_EQ(folded->version, Version{4});
}

TEST(Fold, AMissingCommitIsAnError) {
  const std::vector<std::string> records{record(Version{}, {opened()}), record(Version{2}, {queued()})};
  const auto folded = fold_service_order(records, kStream);
  ASSERT_FALSE(folded);
  EXPECT_EQ(folded.error().message,
            "stream " + kStream.value + ": Expected it to go on from version 1, but the record goes on from 2");
}

TEST(Fold, AnotherAggregatesEventIsAnErrorAndAppliesNothing) {
  Folded<service_order::State> folded;
  const StreamSlice slice{kStream, Version{}, {opened(), product::Event{product::Pushed{1}}}};
  const auto applied = apply(folded, slice);
  ASSERT_FALSE(applied);
  EXPECT_NE(applied.error().message.find("version 2: Expected an event of the stream's own aggregate"), std::string::npos);
  EXPECT_EQ(folded.state, service_order::State{});
  EXPECT_EQ(folded.version, Version{});
}

TEST(Fold, AProductOrderKnowsItsName) {
  const auto folded = fold_product_order(std::vector<std::string>{}, StreamId{"po-1"});
  ASSERT_TRUE(folded);
  EXPECT_EQ(folded->state.id, OrderId{"po-1"});
}

}  // namespace
}  // namespace comd

#include "test/unit/actors/fixture.h"

namespace comd {
namespace {

class Aggregates : public EngineTest {
 protected:
  void SetUp() override {
    start();
    load_catalog();
  }
  const StreamId order_ = stream_of(fiber::kOrder);
  const StreamId unmatched_{std::string(kUnmatchedStream)};
  static AnyCommand record(std::string id) {
    service_order::Report report;
    report.id = std::move(id);
    report.kind = service_order::ReportKind::completed;
    return unmatched::Command{unmatched::Record{"so-nobody", report}};
  }
};

TEST_F(Aggregates, TheAnswerToASubmissionIsDurable) {
  auto reply = send(order_, submit());
  while (!reply->has_value() && scheduler_->has_job()) {
    step();
    if (*reply) { EXPECT_GT(number(log_->head(order_)), 0u); }
  }
  ASSERT_TRUE(reply->has_value());
  EXPECT_FALSE((*reply)->rejection);
  EXPECT_TRUE((*reply)->changed);
  EXPECT_EQ(number((*reply)->position), 2u);  // after the catalogue
  EXPECT_EQ(order_state().status, OrderStatus::in_progress);
}

TEST_F(Aggregates, ThePlantedEarlyAcknowledgementIsSeen) {
  crash();
  start({.ack_before_sync = true});
  auto reply = send(order_, submit());
  while (!reply->has_value() && scheduler_->has_job()) step();
  EXPECT_EQ(number(log_->head(order_)), 0u);
}

TEST_F(Aggregates, ARepeatedSubmissionRecordsNothing) {
  submit_order();
  const Position tail = log_->tail();
  const Reply again = submit_order();
  EXPECT_FALSE(again.rejection);
  EXPECT_FALSE(again.changed);
  EXPECT_EQ(number(again.position), 0u);
  const auto all = commits();
  EXPECT_EQ(std::ranges::count_if(all, [](const Commit& c) { return c.cause.command == "Submit"; }), 1);
  EXPECT_EQ(log_->tail(), tail);
}

TEST_F(Aggregates, OtherContentUnderTheSameIdIsAConflict) {
  submit_order();
  const Reply other = execute(order_, submit(fiber::order({fiber::item("1"), fiber::item("2")}), "other"));
  ASSERT_TRUE(other.rejection);
  EXPECT_EQ(other.rejection->code, RejectionCode::conflict);
}

TEST_F(Aggregates, ARejectedSubmissionRecordsNothing) {
  const Position tail = log_->tail();
  const Reply reply = execute(order_, submit(fiber::order({fiber::item("1", Action::add, "nonsense")})));
  ASSERT_TRUE(reply.rejection);
  EXPECT_EQ(log_->tail(), tail);
  EXPECT_EQ(number(log_->head(order_)), 0u);
}

TEST_F(Aggregates, CommandsThatCameDuringASyncAreDecidedAndSyncedTogether) {
  std::vector<std::shared_ptr<std::optional<Reply>>> replies;
  log_->batches.clear();
  for (int i = 0; i < 5; ++i) replies.push_back(send(unmatched_, record("r" + std::to_string(i))));
  run();
  for (auto& reply : replies) {
    ASSERT_TRUE(reply->has_value());
    EXPECT_TRUE((*reply)->changed);
  }
  EXPECT_EQ(number(log_->head(unmatched_)), 5u);
  EXPECT_LT(log_->batches.size(), 5u);
  const Commit last = commits().back();
  EXPECT_GT(last.streams.size(), 1u) << "what was decided together is one commit";
  for (std::size_t i = 1; i < last.streams.size(); ++i)
    EXPECT_EQ(last.streams[i].before, last.streams[i - 1].before + last.streams[i - 1].events.size()) << "a slice per command";
}

TEST_F(Aggregates, AnAnswerThatBuildsOnWhatIsNotDurableWaitsForIt) {
  // The first takes the writer's time; the second and its repetition are decided together.
  auto first = send(unmatched_, record("a"));
  auto second = send(unmatched_, record("b"));
  auto repeated = send(unmatched_, record("b"));
  while (scheduler_->has_job()) {
    step();
    if (*repeated) { EXPECT_GE(number(log_->head(unmatched_)), 2u); }
  }
  ASSERT_TRUE(repeated->has_value());
  EXPECT_FALSE((*repeated)->changed);
}

TEST_F(Aggregates, AConflictFoldsAgainAndDecidesAgain) {
  execute(unmatched_, record("a"));
  Commit foreign;
  foreign.streams.push_back({unmatched_, Version{1}, {unmatched::Event{unmatched::Recorded{"so-x", {}, true}}}});
  Append append;
  append.streams.push_back({unmatched_, Version{1}, 1});
  append.record = encode(foreign);
  ASSERT_TRUE(log_->inner->append(std::span(&append, 1))[0]);

  const Reply reply = execute(unmatched_, record("b"));
  EXPECT_FALSE(reply.rejection);
  EXPECT_TRUE(reply.changed);
  EXPECT_EQ(number(log_->head(unmatched_)), 3u);
  EXPECT_EQ(gauge("comd_append_conflicts_total"), 1);
}

TEST_F(Aggregates, AnUnknownAppendIsUnavailableAndTheNextCommandFoldsAgain) {
  execute(unmatched_, record("a"));
  log_->fail_next = AppendError::unknown;
  const Reply lost = execute(unmatched_, record("b"));
  ASSERT_TRUE(lost.rejection);
  EXPECT_EQ(lost.rejection->code, RejectionCode::unavailable);
  const std::size_t folds = log_->folds;
  EXPECT_TRUE(execute(unmatched_, record("b")).changed);
  EXPECT_EQ(log_->folds, folds + 1);
  EXPECT_EQ(number(log_->head(unmatched_)), 2u);
}

TEST_F(Aggregates, AFailedLogStopsTheProcess) {
  log_->fail_next = AppendError::failed;
  execute(unmatched_, record("a"));
  EXPECT_THAT(failure_, ::testing::HasSubstr("Check the disk"));
}

TEST_F(Aggregates, AnUnreadableStreamServesNothingAndHarmsNobody) {
  Append append;
  append.streams.push_back({order_, {}, 1});
  append.record = "no commit";
  ASSERT_TRUE(log_->inner->append(std::span(&append, 1))[0]);
  const Reply reply = submit_order();
  ASSERT_TRUE(reply.rejection);
  EXPECT_EQ(reply.rejection->code, RejectionCode::unavailable);
  EXPECT_THAT(reply.rejection->message, ::testing::HasSubstr(order_.value));
  EXPECT_THAT(reply.rejection->message, ::testing::HasSubstr("commit 2"));
  EXPECT_EQ(gauge("comd_quarantined_streams_total"), 1);
  EXPECT_TRUE(execute(unmatched_, record("a")).changed);
}

TEST_F(Aggregates, IdleActorsLeaveAndComeBack) {
  submit_order();
  EXPECT_GE(gauge("comd_resident_actors"), 1);
  for (int i = 0; i < 7; ++i) advance(options_.limits.idle / 4);
  EXPECT_EQ(gauge("comd_resident_actors"), 0);
  EXPECT_FALSE(submit_order().changed);  // folded from the log: it knows
}

TEST_F(Aggregates, NoCommandIsLostWhileItsActorIsPassivated) {
  for (unsigned seed = 1; seed <= 50; ++seed) {
    std::vector<std::shared_ptr<std::optional<Reply>>> replies;
    std::uint32_t random = seed;
    auto draw = [&](std::uint32_t n) { return (random = random * 1664525u + 1013904223u) / 65536u % n; };
    for (int i = 0; i < 30; ++i) {
      replies.push_back(send(unmatched_, record(std::to_string(seed) + "-" + std::to_string(i))));
      for (std::uint32_t n = draw(6); n > 0; --n) step();
      if (draw(3) == 0) {
        clock_->now_ += options_.limits.idle;
        scheduler_->advance_time(options_.limits.idle);
      }
    }
    run();
    for (auto& reply : replies) {
      ASSERT_TRUE(reply->has_value());
      EXPECT_TRUE((*reply)->changed);
    }
  }
  EXPECT_EQ(number(log_->head(unmatched_)), 1'500u);
}

TEST_F(Aggregates, WhatIsNoStreamIsNotFound) {
  const Reply reply = execute(StreamId{"nonsense"}, submit());
  ASSERT_TRUE(reply.rejection);
  EXPECT_EQ(reply.rejection->code, RejectionCode::not_found);
}

TEST_F(Aggregates, ACommandOfAnotherKindIsRefused) {
  const Reply reply = execute(stream_of(fiber::so("access")), submit());
  ASSERT_TRUE(reply.rejection);
  EXPECT_EQ(reply.rejection->code, RejectionCode::invalid);
}

TEST_F(Aggregates, ACatalogueVersionGoesLiveBeforeItsAnswer) {
  auto load = [&](std::string version, std::string digest, std::string bytes) {
    return execute(StreamId{"catalog"},
                   catalog_log::Command{catalog_log::Load{"test", std::move(version), std::move(digest), std::move(bytes)}});
  };
  EXPECT_TRUE(load("2", "d2", "2").changed);
  EXPECT_NE(engine_->shared().catalogs.get()->find("2"), nullptr);
  EXPECT_FALSE(load("2", "d2", "2").changed);
  EXPECT_EQ(load("2", "other", "2").rejection->code, RejectionCode::conflict);
  EXPECT_EQ(load("3", "d3", "broken").rejection->code, RejectionCode::invalid);
  EXPECT_EQ(load("3", "d3", "4").rejection->code, RejectionCode::invalid);
  crash();
  start();
  EXPECT_EQ(engine_->shared().catalogs.get()->versions.size(), 2u);
}

TEST_F(Aggregates, ARolloutIsInForceBeforeItsAnswerAndAfterARestart) {
  const StreamId catalog{"catalog"};
  const catalog_log::RollOut nobody{"2", 0, {}, "anna", "trial"};
  EXPECT_TRUE(execute(catalog, catalog_log::Command{catalog_log::Load{"test", "2", "d2", "2", nobody}}).changed);
  const auto taken = [&] { return engine_->shared().catalogs.get()->for_order(TenantId{"t"}, OrderId{"po-1"})->version; };
  EXPECT_EQ(taken(), "1");
  EXPECT_TRUE(execute(catalog, catalog_log::Command{catalog_log::RollOut{"2", 100, {}, "anna", "all"}}).changed);
  EXPECT_EQ(taken(), "2");
  EXPECT_TRUE(execute(catalog, catalog_log::Command{catalog_log::Withdraw{"2", "anna", "wrong"}}).changed);
  EXPECT_EQ(taken(), "1");
  crash();
  start();
  EXPECT_EQ(taken(), "1");
  EXPECT_TRUE(engine_->shared().catalogs.get()->rollout("2").withdrawn);
}

TEST_F(Aggregates, TheCommitSaysWhoAskedAndTheOrdersCorrelationStays) {
  submit_order();
  const auto all = commits();
  EXPECT_EQ(all[1].cause, (Cause{"Submit", "tester", {"t"}, "corr-1", "trace-1"}));
  const auto marked = std::ranges::find_if(all, [](const Commit& c) { return c.cause.command == "MarkSent"; });
  ASSERT_NE(marked, all.end());
  EXPECT_EQ(marked->cause, (Cause{"MarkSent", "comd", {"t"}, "corr-1", "trace-1"}));
}

class Admission : public EngineTest {
 protected:
  Admission() { options_.limits.in_flight_max = 3; }
};

TEST_F(Admission, BeyondTheLimitIsRefusedByNameAndNumber) {
  start();
  load_catalog();
  std::vector<std::shared_ptr<std::optional<Reply>>> replies;
  for (int i = 0; i < 4; ++i) replies.push_back(send(StreamId{"po-" + std::to_string(i)}, submit()));
  ASSERT_TRUE(replies[3]->has_value());
  EXPECT_EQ((*replies[3])->rejection->code, RejectionCode::limit);
  EXPECT_THAT((*replies[3])->rejection->message, ::testing::HasSubstr("at most 3"));
  run();
  for (int i = 0; i < 3; ++i) EXPECT_FALSE((*replies[static_cast<std::size_t>(i)])->rejection);
  EXPECT_FALSE(execute(StreamId{"po-3"}, submit()).rejection);  // room again
}

TEST_F(Admission, EveryCommandIsAnsweredWhenCommStops) {
  start();
  load_catalog();
  auto reply = send(StreamId{"po-1"}, submit());
  step();
  crash();
  ASSERT_TRUE(reply->has_value());
  EXPECT_EQ((*reply)->rejection->code, RejectionCode::unavailable);
}

class Residents : public EngineTest {
 protected:
  Residents() { options_.limits.residents_max = 10; }
};

TEST_F(Residents, TheLeastRecentlyUsedGoWhenThereAreTooMany) {
  start();
  load_catalog();
  for (int i = 0; i < 40; ++i)
    execute(StreamId{"po-" + std::to_string(i)}, submit(fiber::order({fiber::item("1", Action::add, "nonsense")})));
  EXPECT_LE(gauge("comd_resident_actors"), 10);
}

class Resting : public EngineTest {};

TEST_F(Resting, AnOrderThatWaitsForItsDateLeavesBeforeTheUsualIdleTimeAndComesBack) {
  start();
  load_catalog();
  Order later = fiber::order({fiber::item("1")});
  later.requested_start = clock_->now_ + std::chrono::hours(24);
  ASSERT_FALSE(execute(StreamId{"po-1"}, submit(later)).rejection);
  EXPECT_GE(gauge("comd_resident_actors"), 1);
  for (int i = 0; i < 2; ++i) advance(options_.limits.idle / 4);
  EXPECT_EQ(gauge("comd_resident_actors"), 0);
  EXPECT_FALSE(execute(StreamId{"po-1"}, submit(later)).changed) << "it is known";
  ASSERT_FALSE(execute(StreamId{"po-2"}, submit()).rejection);
  for (int i = 0; i < 2; ++i) advance(options_.limits.idle / 4);
  EXPECT_GE(gauge("comd_resident_actors"), 1) << "its partners may answer at any moment";
}

TEST_F(Resting, AnOrderThatHasBegunLeavesWhenAllThatIsOpenOfItWaitsForPersons) {
  start();
  ASSERT_FALSE(
      execute(StreamId{"catalog"}, catalog_log::Command{catalog_log::Load{"test", "by hand", "d1", "by hand"}}).rejection);
  ASSERT_FALSE(execute(StreamId{"po-1"}, submit()).rejection);
  EXPECT_GE(gauge("comd_resident_actors"), 1);
  for (int i = 0; i < 2; ++i) advance(options_.limits.idle / 4);
  EXPECT_EQ(gauge("comd_resident_actors"), 0);
}

TEST_F(Resting, OfThoseThatRestOnlySoManyStay) {
  options_.limits.resting_max = 3;
  start();
  load_catalog();
  const double others = gauge("comd_resident_actors");
  Order later = fiber::order({fiber::item("1")});
  later.requested_start = clock_->now_ + std::chrono::hours(24);
  for (int i = 1; i <= 8; ++i) ASSERT_FALSE(execute(StreamId{"po-" + std::to_string(i)}, submit(later)).rejection);
  EXPECT_LE(gauge("comd_resident_actors"), others + 3);
  const double spawned = gauge("comd_actors_spawned_total");
  EXPECT_FALSE(execute(StreamId{"po-8"}, submit(later)).changed);
  EXPECT_EQ(gauge("comd_actors_spawned_total"), spawned) << "the last ones are those that stayed";
  EXPECT_FALSE(execute(StreamId{"po-1"}, submit(later)).changed) << "and those that left come back";
  EXPECT_EQ(gauge("comd_actors_spawned_total"), spawned + 1);
}

}  // namespace
}  // namespace comd

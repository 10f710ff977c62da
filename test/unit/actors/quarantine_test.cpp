#include "domain/views.h"
#include "events/lost.h"
#include "storage/rebuild.h"
#include "test/unit/actors/fixture.h"

/// A stream that cannot be gone on with: it harms only itself, and there are three ways out.
namespace comd {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

class Quarantine : public EngineTest {
 protected:
  void SetUp() override {
    start();
    load_catalog();
    submit_order();
    answer(0, ok());
    ASSERT_EQ(partner_->calls.size(), 1u);
  }

  /// An event of a type that this version does not know, as a newer one would have written it.
  void corrupt(const StreamId& stream, std::uint32_t type = 299) {
    Commit commit;
    commit.time = clock_->now();
    commit.streams.push_back(
        {stream, log_->head(stream), {unreadable::Event{unreadable::Unreadable{type, 1, "of another time", {}}}}, {}});
    append(stream, encode(commit));
  }
  void append(const StreamId& stream, std::string record) {
    Append append;
    append.streams.push_back({stream, log_->head(stream), 1});
    append.record = std::move(record);
    ASSERT_TRUE(log_->inner->append(std::span(&append, 1))[0]);
  }
  static Values port() { return {{"portId", Value{"\"P-1\""}}}; }
  void restart() {
    crash();
    start();
  }
  Reply resolve(const StreamId& stream, quarantine::Command command) {
    return execute(quarantine_of(stream), std::move(command));
  }
  std::optional<views::QuarantineSummary> row(const StreamId& stream) const {
    const auto found = log_->row(Table::quarantine, stream.value);
    return found ? views::decode_quarantine(*found) : std::nullopt;
  }
  const product_order::Node& node() {
    state_ = order_state();
    return state_.nodes.at(state_.index.at(fiber::so("access")));
  }
  Version bad() const { return log_->head(access_); }
  template <class State>
  State folded(const StreamId& stream) const {
    const auto skipped = views::skipped_events(log_->row(Table::quarantine, stream.value));
    auto out = fold<State>(log_->inner->read_stream(stream), stream, skipped);
    EXPECT_TRUE(out.has_value()) << out.error().message;
    return out->state;
  }
  /// Past the deadlines of what is under way, in steps.
  void let_time_pass(Millis in_all) {
    for (Millis passed{0}; passed < in_all; passed += 1'000ms) advance(1'000ms);
  }
  void expect_rows_as_rebuilt() const { EXPECT_THAT(differences(log_->derived(), rebuild(*log_), 10), IsEmpty()); }

  const StreamId access_ = stream_of(fiber::so("access"));
  const StreamId order_ = stream_of(fiber::kOrder);
  product_order::State state_;
};

TEST_F(Quarantine, TakesAStreamOfWhichARecordIsLost) {
  append(access_, lost_record("Expected commit 7 of the log to be readable, but: block checksum mismatch in 000012.sst"));
  restart();
  EXPECT_TRUE(report("access", service_order::ReportKind::in_progress).rejection);
  ASSERT_TRUE(row(access_));
  EXPECT_TRUE(row(access_)->open);
  EXPECT_THAT(row(access_)->reason, HasSubstr("000012.sst"));
  EXPECT_FALSE(row(order_)) << "it harms only its stream";
}

TEST_F(Quarantine, IsDurableVisibleAndToldToTheProductOrder) {
  corrupt(access_);
  restart();
  const Reply reply = report("access", service_order::ReportKind::in_progress);
  ASSERT_TRUE(reply.rejection);
  EXPECT_EQ(reply.rejection->code, RejectionCode::unavailable) << "the partner sends it again";
  EXPECT_THAT(reply.rejection->message, HasSubstr("version " + std::to_string(number(bad()))));
  ASSERT_TRUE(row(access_));
  EXPECT_TRUE(row(access_)->open);
  EXPECT_EQ(row(access_)->tenant.value, "t");
  EXPECT_EQ(row(access_)->version, bad());
  EXPECT_EQ(log_->counters()["quarantined_streams{tenant=\"t\"}"], 1);
  EXPECT_EQ(node().progress, Progress::held);
  EXPECT_THAT(node().reason, HasSubstr("QUARANTINED"));
  restart();
  const Reply again = report("access", service_order::ReportKind::in_progress);
  ASSERT_TRUE(again.rejection);
  EXPECT_THAT(again.rejection->hint, HasSubstr("comctl quarantine show"));
  EXPECT_EQ(number(log_->head(quarantine_of(access_))), 1u) << "known once";
}

TEST_F(Quarantine, NothingIsRetriedWhileItLasts) {
  corrupt(access_);
  restart();
  let_time_pass(60s);  // its deadline is due, and finds out
  ASSERT_TRUE(row(access_) && row(access_)->open);
  const std::size_t folds = log_->folds;
  const Position tail = log_->tail();
  const double fired = gauge("comd_timers_fired_total");
  let_time_pass(3'600s);
  EXPECT_LE(log_->folds, folds + 10) << "its order looks at it now and then, nobody else";
  EXPECT_LE(gauge("comd_timers_fired_total"), fired + 10);
  EXPECT_LE(number(log_->tail()), number(tail) + 10);
}

TEST_F(Quarantine, ItsReviewDeadlineComesAgain) {
  corrupt(access_);
  report("access", service_order::ReportKind::in_progress);  // the resident actor has not seen it: a conflict, then folded anew
  ASSERT_TRUE(row(access_));
  const Instant first = row(access_)->until;
  for (int i = 0; i < 30; ++i) advance(3'600s);
  EXPECT_GT(row(access_)->until, first);
}

TEST_F(Quarantine, NeighboursRunOn) {
  corrupt(access_);
  restart();
  report("access", service_order::ReportKind::in_progress);
  const StreamId other{"po-other"};
  EXPECT_FALSE(execute(other, submit()).rejection);
  ASSERT_EQ(partner_->calls.size(), 1u);
  EXPECT_EQ(family_of(stream_of(partner_->calls[0].call.request.service_order)), other);
}

TEST_F(Quarantine, EndsWhenABuildCanReadIt) {
  const Version last = log_->head(access_);
  // This build has no row for the last event's format.
  log_->as_read = [&](StoredCommit& stored) {
    auto commit = decode(stored.record).value();
    for (StreamSlice& slice : commit.streams)
      if (slice.stream == access_ && slice.before + slice.events.size() == last)
        slice.events.back() = unreadable::Event{unreadable::Unreadable{203, 9, "newer", {}}};
    stored.record = encode(commit);
  };
  restart();
  EXPECT_TRUE(report("access", service_order::ReportKind::in_progress).rejection);
  ASSERT_TRUE(row(access_));
  EXPECT_EQ(row(access_)->version, last);
  const Reply refused = resolve(access_, quarantine::Release{"ann", "hope"});
  ASSERT_TRUE(refused.rejection);
  EXPECT_EQ(refused.rejection->code, RejectionCode::precondition);
  EXPECT_TRUE(row(access_)->open);

  log_->as_read = nullptr;
  restart();
  EXPECT_TRUE(report("access", service_order::ReportKind::in_progress).rejection) << "not by itself: a person says so";
  EXPECT_FALSE(resolve(access_, quarantine::Release{"ann", "the new build reads it"}).rejection);
  EXPECT_FALSE(row(access_)->open);
  EXPECT_EQ(row(access_)->by, "ann");
  EXPECT_EQ(row(access_)->why, "the new build reads it");
  EXPECT_FALSE(report("access", service_order::ReportKind::in_progress).rejection);
  EXPECT_EQ(node().progress, Progress::running);
  expect_rows_as_rebuilt();
}

/// Released long after its deadlines: its timers fire at once.
TEST_F(Quarantine, WhatWasDueMeanwhileIsDueThen) {
  corrupt(access_);
  restart();
  report("access", service_order::ReportKind::in_progress);
  advance(24h);  // past all its deadlines
  ASSERT_TRUE(row(access_));
  ASSERT_FALSE(resolve(access_, quarantine::Skip{bad(), "ann", "noise"}).rejection);
  advance(1s);
  EXPECT_EQ(folded<service_order::State>(access_).status, service_order::Status::in_doubt) << "no sign of life in time";
  for (int i = 0; i < 60; ++i) advance(60s);
  EXPECT_FALSE(partner_->calls.empty()) << "its effects go on: the partner is asked";
  expect_rows_as_rebuilt();
}

TEST_F(Quarantine, EndsWhenTheEventIsSkipped) {
  corrupt(access_);
  restart();
  report("access", service_order::ReportKind::in_progress);
  const Reply skipped = resolve(access_, quarantine::Skip{bad(), "ann", "a newer build wrote it"});
  ASSERT_FALSE(skipped.rejection) << skipped.rejection->message;
  EXPECT_FALSE(row(access_)->open);
  EXPECT_EQ(log_->counters()["quarantined_streams{tenant=\"t\"}"], 0);
  EXPECT_EQ(node().progress, Progress::running);
  EXPECT_FALSE(report("access", service_order::ReportKind::in_progress).rejection);
  EXPECT_EQ(folded<service_order::State>(access_).status, service_order::Status::in_progress);
  expect_rows_as_rebuilt();
  restart();
  EXPECT_FALSE(report("access", service_order::ReportKind::completed, port()).rejection);
  EXPECT_EQ(folded<service_order::State>(access_).status, service_order::Status::completed);
  expect_rows_as_rebuilt();
}

TEST_F(Quarantine, ACommitThatIsNoneIsSkippedLikeAnEvent) {
  append(access_, "no commit");
  restart();
  report("access", service_order::ReportKind::in_progress);
  ASSERT_TRUE(row(access_));
  const Reply skipped = resolve(access_, quarantine::Skip{bad(), "ann", "noise"});
  ASSERT_FALSE(skipped.rejection) << skipped.rejection->message;
  EXPECT_FALSE(report("access", service_order::ReportKind::in_progress).rejection);
  EXPECT_EQ(folded<service_order::State>(access_).status, service_order::Status::in_progress);
  expect_rows_as_rebuilt();
}

TEST_F(Quarantine, IsNotCorrectedBeforeItCanBeRead) {
  corrupt(access_);
  restart();
  report("access", service_order::ReportKind::in_progress);
  const Reply refused = resolve(access_, quarantine::Correct{"ann", "done by hand"});
  ASSERT_TRUE(refused.rejection);
  EXPECT_THAT(refused.rejection->hint, HasSubstr("skip"));
}

/// Two events of which the second contradicts the first: readable, but the order would wait for nothing.
TEST_F(Quarantine, AContradictionEndsWithACorrectionAndItsOrderSettles) {
  Commit commit;
  commit.time = clock_->now();
  commit.streams.push_back(
      {access_, log_->head(access_), {service_order::Event{service_order::Accepted{"ref", Instant{}, Instant{}}}}, {}});
  append(access_, encode(commit));
  restart();
  const Reply refused = report("access", service_order::ReportKind::in_progress);
  ASSERT_TRUE(refused.rejection);
  EXPECT_THAT(refused.rejection->message, HasSubstr("no deadline"));
  EXPECT_EQ(row(access_)->cause, "inconsistent");
  const Reply corrected = resolve(access_, quarantine::Correct{"ann", "done by hand"});
  ASSERT_FALSE(corrected.rejection) << corrected.rejection->message;
  EXPECT_FALSE(row(access_)->open);
  EXPECT_EQ(folded<service_order::State>(access_).fault.code, "CORRECTED");
  EXPECT_EQ(node().progress, Progress::failed);
  let_time_pass(30s);
  expect_rows_as_rebuilt();
}

TEST_F(Quarantine, AProductOrderEndsItByASkipToo) {
  corrupt(order_, 199);
  restart();
  ASSERT_TRUE(submit_order().rejection);
  ASSERT_TRUE(row(order_));
  const Reply skipped = resolve(order_, quarantine::Skip{log_->head(order_), "ann", "noise"});
  ASSERT_FALSE(skipped.rejection) << skipped.rejection->message;
  EXPECT_FALSE(submit_order().changed) << "it is the same order as before";
  expect_rows_as_rebuilt();
}

/// A product that an order is to change: nobody but its orders asks it anything.
TEST_F(Quarantine, WhoeverFindsAStreamUnreadableHasItLookedAt) {
  const StreamId product{"pr-old.1.1"};
  append(product, "no commit");
  auto item = fiber::item("1", Action::modify);
  item.product = ProductId{product.value};
  EXPECT_TRUE(execute(StreamId{"po-change"}, submit(fiber::order({item}))).rejection);
  ASSERT_TRUE(row(product));
  EXPECT_TRUE(row(product)->open);
}

/// Calls to the routers' system leave one at a time, until the outcome is recorded. That of this one cannot be.
TEST_F(Quarantine, ItsCallUnderWayDoesNotHoldUpTheLane) {
  const auto call_for = [&](const ServiceOrderId& id) {
    return std::ranges::find(partner_->calls, id, [](const auto& made) { return made.call.request.service_order; });
  };
  const OrderId other{"po-other"};
  const auto of_other = [&](std::string_view key) { return service_order_id(other, "1", 1, 0, key, 1, false); };
  report("access", service_order::ReportKind::completed, port());
  const auto call = call_for(fiber::so("cpe"));
  ASSERT_NE(call, partner_->calls.end());
  const auto done = call->done;
  ASSERT_FALSE(execute(stream_of(other), submit()).rejection);
  service_order::Report completed;
  completed.id = "r1";
  completed.kind = service_order::ReportKind::completed;
  completed.outputs = port();
  ASSERT_FALSE(execute(stream_of(of_other("access")), service_order::Command{service_order::TakeReport{completed}}).rejection);
  ASSERT_EQ(call_for(of_other("cpe")), partner_->calls.end()) << "one at a time";
  corrupt(stream_of(fiber::so("cpe")));
  done(ok());
  let_time_pass(60s);
  ASSERT_TRUE(row(stream_of(fiber::so("cpe"))));
  EXPECT_NE(call_for(of_other("cpe")), partner_->calls.end());
}

TEST_F(Quarantine, WhatWasToldMeanwhileIsTakenAfterwards) {
  corrupt(order_, 199);
  restart();
  EXPECT_TRUE(submit_order().rejection);
  EXPECT_FALSE(report("access", service_order::ReportKind::completed, port()).rejection);
  let_time_pass(60s);
  EXPECT_EQ(log_->tells(nullptr, 10).size(), 1u) << "kept for it";
  ASSERT_FALSE(resolve(order_, quarantine::Skip{log_->head(order_), "ann", "noise"}).rejection);
  let_time_pass(60s);
  EXPECT_THAT(log_->tells(nullptr, 10), IsEmpty());
  EXPECT_EQ(folded<product_order::State>(order_).nodes.at(0).progress, Progress::done);
}

}  // namespace
}  // namespace comd

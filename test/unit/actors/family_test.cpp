#include "test/unit/actors/fixture.h"

namespace comd {
namespace {

using service_order::ReportKind;
using service_order::Status;

/// A product order and its service orders: one mailbox, one append, streams of their own.
class Families : public EngineTest {
 protected:
  void begin() {
    start();
    load_catalog();
    submit_order();
    answer(0, ok());
  }
  void fulfil() {
    begin();
    report("access", ReportKind::completed, {{"portId", {"\"p1\""}}});
    answer(1, ok());
    answer(2, ok());
    report("ip", ReportKind::completed);
    report("cpe", ReportKind::completed);
  }
  static std::set<std::string> streams_of(const Commit& commit) {
    std::set<std::string> out;
    for (const StreamSlice& slice : commit.streams) out.insert(slice.stream.value);
    return out;
  }
  const StreamId order_ = stream_of(fiber::kOrder);
  const StreamId access_ = stream_of(fiber::so("access")), ip_ = stream_of(fiber::so("ip"));
};

TEST_F(Families, AnEndItsNoteAndWhatItReleasesAreOneCommit) {
  begin();
  const Position before = log_->tail();
  report("access", ReportKind::completed, {{"portId", {"\"p1\""}}});
  const auto all = commits();
  const Commit& ended = all[number(before)];
  EXPECT_EQ(ended.cause.command, "TakeReport");
  EXPECT_THAT(streams_of(ended), ::testing::IsSupersetOf({access_.value, order_.value, ip_.value}));
  EXPECT_THAT(ended.consumed, ::testing::Contains(ConsumedTell{access_, order_, "settled"}));
  EXPECT_TRUE(log_->tells(nullptr, 10).empty());
  for (const StreamSlice& slice : ended.streams)
    if (slice.stream == order_) { EXPECT_EQ(ended.cause_of(slice).command, "NoteSettled"); }
}

TEST_F(Families, WhatIsNotToldTogetherIsToldByRowsAndMessages) {
  fulfil();
  const std::size_t together = commits().size();
  crash();
  log_ = std::make_shared<TestLog>();
  partner_ = std::make_shared<ManualPartner>();
  options_.limits.told_together = 0;
  fulfil();
  EXPECT_EQ(order_state().status, OrderStatus::completed);
  EXPECT_TRUE(log_->tells(nullptr, 10).empty());
  EXPECT_GT(commits().size(), together + 3) << "each end is told in a commit of its own";
}

TEST_F(Families, AfterAConflictOfOneMemberAllOfItIsDecidedAgain) {
  begin();
  // Somebody else moves the product order behind its actor's back.
  Commit foreign;
  const Version version = log_->head(order_);
  foreign.streams.push_back({order_, version, {product_order::Event{product_order::PonrReached{fiber::so("access")}}}});
  Append append;
  append.streams.push_back({order_, version, 1});
  append.record = encode(foreign);
  ASSERT_TRUE(log_->inner->append(std::span(&append, 1))[0]);

  EXPECT_TRUE(report("access", ReportKind::completed, {{"portId", {"\"p1\""}}}).changed);
  EXPECT_EQ(gauge("comd_append_conflicts_total"), 1);
  EXPECT_EQ(service_order_state("access").status, Status::completed);
  const auto node = order_state().nodes[order_state().index.at(fiber::so("access"))];
  EXPECT_EQ(node.progress, Progress::done);
  EXPECT_TRUE(node.ponr_reached);
}

TEST_F(Families, WhatAnOrderOpensIsNotLookedForInTheLog) {
  start();
  load_catalog();
  const std::size_t before = log_->folds;
  submit_order();
  EXPECT_EQ(log_->folds, before + 1) << "of the order itself";
  EXPECT_EQ(service_order_state("access").status, Status::submitted);
}

TEST_F(Families, WhatWasNotLookedForIsFoldedAfterAConflict) {
  start();
  load_catalog();
  const std::size_t before = log_->folds;
  log_->fail_next = AppendError::conflict;
  submit_order();
  EXPECT_EQ(log_->folds, before + 1 + 4) << "the order twice, its three service orders";
  EXPECT_EQ(service_order_state("access").status, Status::submitted);
}

TEST_F(Families, AMemberInQuarantineRefusesAlone) {
  begin();
  log_->as_read = [&](StoredCommit& stored) {
    if (stored.position == Position{2}) return;  // all were opened in it
    auto commit = decode(stored.record);
    if (commit && streams_of(*commit) == std::set{access_.value}) stored.record = "no commit";
  };
  for (int i = 0; i < 7; ++i) advance(options_.limits.idle / 4);  // it is folded again
  const Reply refused = report("access", ReportKind::completed);
  ASSERT_TRUE(refused.rejection);
  EXPECT_THAT(refused.rejection->message, ::testing::HasSubstr("quarantined"));
  EXPECT_FALSE(execute(order_, product_order::Command{product_order::NotePonr{fiber::so("ip")}}).rejection);
}

TEST_F(Families, WhatFailsHalfwayIsNotGoneOnWith) {
  begin();
  // A service order of the plan that needs one that is in no plan: whoever looks for that one cannot decide.
  Commit foreign;
  const Version version = log_->head(order_);
  auto spec = order_state().nodes.front().spec;
  spec.id = ServiceOrderId{spec.id.value + ".odd"};
  spec.depends_on = {ServiceOrderId{"so-abc.of-nobody"}};
  foreign.streams.push_back({order_, version, {product_order::Event{product_order::CompensationPlanned{{spec}, {}}}}});
  Append append;
  append.streams.push_back({order_, version, 1});
  append.record = encode(foreign);
  ASSERT_TRUE(log_->inner->append(std::span(&append, 1))[0]);

  report("access", ReportKind::completed, {{"portId", {"\"p1\""}}});
  EXPECT_EQ(service_order_state("access").status, Status::completed) << "a member that can go on does";
  EXPECT_EQ(log_->head(order_), version + 1) << "nothing is recorded of what was decided by halves";
  const Reply refused = execute(order_, product_order::Command{product_order::NotePonr{fiber::so("ip")}});
  ASSERT_TRUE(refused.rejection);
  EXPECT_THAT(refused.rejection->message, ::testing::HasSubstr("quarantined"));
}

class Writer : public EngineTest {
 protected:
  static AnyCommand record(std::string id) {
    service_order::Report report;
    report.id = std::move(id);
    report.kind = ReportKind::completed;
    return unmatched::Command{unmatched::Record{"so-nobody", report}};
  }
  const StreamId unmatched_{std::string(kUnmatchedStream)};
};

TEST_F(Writer, AnAppendWhileNothingIsUnderWayNeedsNobodyElse) {
  options_.writes_at_once = true;
  start();
  run();
  auto reply = send(unmatched_, record("a"));
  step();  // its family takes the command
  step();  // and decides on it
  ASSERT_TRUE(reply->has_value());
  EXPECT_EQ(number(log_->head(unmatched_)), 1u);
}

TEST_F(Writer, WhatComesMeanwhileIsTheNextBatch) {
  start();
  load_catalog();
  log_->batches.clear();
  std::vector<std::shared_ptr<std::optional<Reply>>> replies;
  for (int i = 0; i < 4; ++i) replies.push_back(send(StreamId{"po-" + std::to_string(i)}, submit()));
  run();
  for (const auto& reply : replies) {
    ASSERT_TRUE(reply->has_value());
    EXPECT_TRUE((*reply)->changed);
  }
  EXPECT_GT(std::ranges::max(log_->batches), 1u);
}

}  // namespace
}  // namespace comd

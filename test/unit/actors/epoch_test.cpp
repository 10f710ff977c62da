#include "storage/epoch.h"
#include "test/unit/actors/fixture.h"

/// A store that was restored or imported: fenced until a person lets it go on, and careful about what it may have sent before.
namespace comd {
namespace {

using namespace std::chrono_literals;

class Epoch : public EngineTest {
 protected:
  void SetUp() override {
    start();
    load_catalog();
  }
  /// As a restore does: with no comd running.
  void restore() {
    crash();
    ASSERT_TRUE(begin_epoch(*log_->inner, "restored from backup 3", clock_->now()));
    start();
  }
  Reply reconcile() {
    auto reply = execute(StreamId{std::string(kEpochStream)}, epoch::Command{epoch::Reconcile{"anna", "the old host is gone"}});
    advance(2s);
    return reply;
  }
  void pass(Millis time) {
    for (Millis step = 30s; time > Millis{0}; time -= step) advance(step);
  }
  std::vector<std::string> called() const {
    std::vector<std::string> out;
    for (const auto& made : partner_->calls)
      out.push_back(std::string(to_text(made.call.effect.kind)) + " " + made.call.request.service_order.value);
    return out;
  }
  static std::string submit_of(std::string_view key) { return "submit " + fiber::so(key).value; }
  static Values port() { return {{"portId", Value{"\"P-1\""}}}; }
};

TEST_F(Epoch, TheFirstOneIsOpen) {
  EXPECT_FALSE(epoch_of(*log_).fenced);
  EXPECT_EQ(epoch_of(*log_).number, 1u);
}

TEST_F(Epoch, WhileFencedNothingIsSentAndNoDeadlinePasses) {
  submit_order();
  ASSERT_EQ(partner_->calls.size(), 1u);
  restore();
  const auto commits_before = commits().size();
  advance(24h * 30);
  EXPECT_TRUE(partner_->calls.empty());
  EXPECT_EQ(commits().size(), commits_before) << "something passed its deadline";
  EXPECT_TRUE(epoch_of(*log_).fenced);
}

TEST_F(Epoch, WhileFencedWhatComesIsRecorded) {
  submit_order();
  restore();
  EXPECT_TRUE(report("access", service_order::ReportKind::completed, port()).changed);
  Order other = fiber::order({fiber::item("1")});
  other.external_id = "E2";
  EXPECT_TRUE(execute(StreamId{"po-other"}, submit(other, "d2")).changed);
  EXPECT_TRUE(partner_->calls.empty());
}

TEST_F(Epoch, ReconciledOnceItGoesOnAndStaysSo) {
  restore();
  EXPECT_TRUE(reconcile().changed);
  EXPECT_FALSE(reconcile().changed);
  EXPECT_FALSE(epoch_of(*log_).fenced);
  EXPECT_EQ(epoch_of(*log_).number, 2u);
  EXPECT_EQ(epoch_of(*log_).by, "anna");
  crash();
  start();
  submit_order();
  EXPECT_EQ(called(), std::vector<std::string>{submit_of("access")}) << "it began in this epoch: nobody else knows of it";
}

/// The store knew of the work, and the part of history it lost may hold that it was sent.
TEST_F(Epoch, WorkFromBeforeIsAskedAboutWhereTheKeyAloneDoesNotKeepItFromBeingDoneTwice) {
  submit_order();
  restore();  // the submission was recorded as sent; its answer was lost
  reconcile();
  pass(10min);
  ASSERT_FALSE(partner_->calls.empty());
  EXPECT_EQ(called().front(), "ask " + fiber::so("access").value);
}

TEST_F(Epoch, WorkFromBeforeThatWasNotSentIsTakenForSent) {
  submit_order();
  answer(0, ok());
  report("access", service_order::ReportKind::acknowledged);
  partner_->calls.clear();
  restore();
  // Its end makes ip (idempotent) and cpe (neither) go: both were planned before the epoch began.
  report("access", service_order::ReportKind::completed, port());
  reconcile();
  EXPECT_EQ(called(), std::vector<std::string>{submit_of("ip")}) << "the key keeps it from being done twice";
  EXPECT_EQ(service_order_state("cpe").status, service_order::Status::held) << "nobody can tell but a person";
  EXPECT_EQ(service_order_state("cpe").fault.code, "RESTORED");
}

TEST_F(Epoch, WhatWasNotThereIsSentAfterAskingAndOnceOnly) {
  submit_order();
  restore();  // the submission was recorded as sent; its answer was lost
  reconcile();
  pass(10min);
  ASSERT_FALSE(partner_->calls.empty());
  ASSERT_EQ(partner_->calls.back().call.effect.kind, EffectKind::ask);
  const auto ask = partner_->calls.size() - 1;
  answer(ask, {service_order::Outcome::Kind::refused, {FaultClass::permanent, "NOT_FOUND", "never heard of it"}, {}, {}});
  advance(2s);
  EXPECT_EQ(called().back(), submit_of("access"));
  EXPECT_EQ(std::ranges::count(called(), submit_of("access")), 1);
}

}  // namespace
}  // namespace comd

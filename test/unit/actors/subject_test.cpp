#include "test/unit/actors/fixture.h"

namespace comd {
namespace {

using testing::ElementsAre;

/// Destroys when the test says so.
class ManualKeys final : public KeyPort {
 public:
  void erase(std::vector<std::string> keys, Done done) override { asked.push_back({std::move(keys), std::move(done)}); }
  struct Asked {
    std::vector<std::string> keys;
    Done done;
  };
  std::vector<Asked> asked;
};

/// Somebody is forgotten, with the real actors.
class Subjects : public EngineTest {
 protected:
  void SetUp() override {
    keys_ = manual_;
    start();
    load_catalog();
    Order order = fiber::order({fiber::item("1")});
    order.tenant = {"t"};
    order.parties = {{"pseudonym", "Customer", "sealed:1:2-aaaaaaaa:AAAA"}};
    order.document = "sealed:2:3-bbbbbbbb:xxxx";
    const Reply reply = execute(stream_of(fiber::kOrder), submit(order));
    ASSERT_FALSE(reply.rejection) << reply.rejection->message;
  }
  Reply forget(bool when_closed = false) {
    return execute(stream_, subject::Command{subject::Forget{{"t"}, "dpo", "asked", true, when_closed}});
  }
  subject::State state() const { return fold<subject::State>(log_->inner->read_stream(stream_), stream_)->state; }
  /// Refused for good by its activation system.
  void end_order() {
    answer(0, ok());
    service_order::Report failed;
    failed.id = "f";
    failed.kind = service_order::ReportKind::failed;
    failed.fault = {FaultClass::permanent, "NO_FIBER", "there is none"};
    execute(stream_of(fiber::so("access")), service_order::Command{service_order::TakeReport{failed}});
    ASSERT_TRUE(is_final(order_state().status)) << to_text(order_state().status);
  }

  const std::shared_ptr<ManualKeys> manual_ = std::make_shared<ManualKeys>();
  const StreamId stream_ = subject_stream("pseudonym");
};

TEST_F(Subjects, AnOpenOrderKeepsItsSubject) {
  const Reply refused = forget();
  ASSERT_TRUE(refused.rejection);
  EXPECT_EQ(refused.rejection->code, RejectionCode::precondition);
  EXPECT_EQ(log_->head(stream_), Version{});
}

TEST_F(Subjects, WhatWaitsIsDoneWhenTheOrderHasEndedAlsoAfterACrash) {
  EXPECT_FALSE(forget(true).rejection);
  EXPECT_EQ(status_of(state()), "waiting");
  end_order();
  crash();
  start();
  advance(61s);
  EXPECT_EQ(status_of(state()), "erasing");
  ASSERT_EQ(manual_->asked.size(), 1u);
  EXPECT_THAT(manual_->asked[0].keys, ElementsAre("2-aaaaaaaa", "3-bbbbbbbb"));
  manual_->asked[0].done(true, "");
  run();
  EXPECT_EQ(status_of(state()), "forgotten");
}

TEST_F(Subjects, KeysThatCouldNotBeDestroyedAreTriedAgain) {
  end_order();
  EXPECT_FALSE(forget().rejection);
  ASSERT_EQ(manual_->asked.size(), 1u);
  manual_->asked[0].done(false, "disk full");
  run();
  EXPECT_EQ(state().attempts, 1u);
  advance(2s);
  ASSERT_EQ(manual_->asked.size(), 2u);
  manual_->asked[1].done(true, "");
  run();
  EXPECT_EQ(status_of(state()), "forgotten");
  EXPECT_TRUE(forget().rejection == std::nullopt);
  EXPECT_EQ(manual_->asked.size(), 2u) << "once is enough";
}

TEST_F(Subjects, TheEventStandsBeforeAKeyIsTouched) {
  end_order();
  const auto reply = send(stream_, subject::Command{subject::Forget{{"t"}, "dpo", "asked", true, false}});
  while (!reply->has_value() && scheduler_->has_job()) step();
  const auto asked_before = manual_->asked.size();
  EXPECT_EQ(asked_before, 0u);
  EXPECT_EQ(status_of(state()), "erasing");
  crash();  // killed between the event and the destroying
  start();
  advance(1s);
  EXPECT_FALSE(manual_->asked.empty());
}

}  // namespace
}  // namespace comd

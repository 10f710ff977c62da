#include <gmock/gmock.h>

#include "test/unit/domain/order_scenario.h"

/// Orders that start after another, or are cancelled with it.
namespace comd::product_order {
namespace {

using namespace fiber;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const OrderId kOther{"po-other"}, kThird{"po-third"};

struct Scenario : OrderScenario {
  Scenario() { is(OrderStatus::in_progress); }
  Scenario& is(OrderStatus status, const OrderId& id = kOther) {
    related[id] = {TenantId{"t1"}, status, {}};
    return *this;
  }
  Scenario& check() {
    when(CheckRelated{});
    return *this;
  }
};

Order related_order(OrderRelationKind kind, std::vector<OrderId> others = {kOther}) {
  Order out = order({item("1")});
  out.tenant = TenantId{"t1"};
  for (OrderId& id : others) out.relations.push_back({kind, std::move(id)});
  return out;
}
Order after_another() { return related_order(OrderRelationKind::start_after); }
Order cancelled_with() { return related_order(OrderRelationKind::cancel_with); }

TEST(StartAfter, waits_until_the_other_has_completed) {
  Scenario s;
  s.submit(after_another());
  EXPECT_EQ(s.state.status, OrderStatus::pending);
  EXPECT_TRUE(s.state.nodes.empty());
  EXPECT_THAT(s.state.reason, HasSubstr(kOther.value));
  EXPECT_THAT(watched(s.state), ElementsAre(kOther));
  s.check();
  EXPECT_THAT(s.last.events, IsEmpty()) << "nothing has changed";
  s.is(OrderStatus::completed).check();
  EXPECT_EQ(s.progress(so("access")), Progress::running);
  EXPECT_THAT(watched(s.state), IsEmpty());
  EXPECT_FALSE(s.timer(kRelatedTimer));
}

Intervention by_hand(Remedy remedy) {
  Intervention out;
  out.remedy = remedy;
  return out;
}

TEST(StartAfter, held_meanwhile_it_waits_to_be_resumed) {
  Scenario s;
  s.submit(after_another()).intervene(by_hand(Remedy::hold));
  ASSERT_FALSE(s.rejection) << s.rejection->message;
  EXPECT_EQ(s.state.status, OrderStatus::held);
  s.now = *s.timer(kRelatedTimer);
  s.due(kRelatedTimer);
  EXPECT_EQ(s.state.status, OrderStatus::held);
  EXPECT_THAT(s.state.reason, HasSubstr("held by ann"));
  s.is(OrderStatus::completed).check();
  EXPECT_TRUE(s.state.nodes.empty());
  s.intervene(by_hand(Remedy::resume));
  EXPECT_EQ(s.progress(so("access")), Progress::running);
}

TEST(StartDate, of_a_held_order_is_looked_at_when_it_is_resumed) {
  Order later = order({item("1")});
  later.requested_start = kNow + 24h;
  Scenario s;
  s.submit(later).intervene(by_hand(Remedy::hold));
  ASSERT_FALSE(s.rejection) << s.rejection->message;
  EXPECT_FALSE(s.timer(kStartTimer));
  EXPECT_TRUE(s.timer(kReviewTimer)) << "it comes up for review";
  s.intervene(by_hand(Remedy::resume));
  EXPECT_EQ(s.state.status, OrderStatus::pending);
  EXPECT_EQ(s.timer(kStartTimer), later.requested_start);
  s.intervene(by_hand(Remedy::hold));
  s.now += 48h;
  s.revise({item("1"), item("2")});
  EXPECT_EQ(s.state.status, OrderStatus::held) << "whoever revises it does not resume it";
  EXPECT_EQ(s.state.revision, 2U);
  s.intervene(by_hand(Remedy::resume));
  EXPECT_EQ(s.progress(service_order_id(kOrder, "2", 1, 0, "access", 2, false)), Progress::running);
}

TEST(StartDate, an_order_that_is_held_before_it_can_be_cancelled) {
  Order later = order({item("1")});
  later.requested_start = kNow + 24h;
  Scenario s;
  s.submit(later).intervene(by_hand(Remedy::hold)).when(Cancel{"no", "ann"});
  EXPECT_EQ(s.state.status, OrderStatus::cancelled);
}

TEST(StartAfter, begins_at_once_where_the_other_is_complete) {
  Scenario s;
  s.is(OrderStatus::completed).submit(after_another());
  EXPECT_EQ(s.progress(so("access")), Progress::running);
}

TEST(StartAfter, looks_by_itself_less_and_less_often) {
  Scenario s;
  s.submit(after_another());
  Millis before{};
  for (int i = 0; i < 10; ++i) {
    const auto at = s.timer(kRelatedTimer);
    ASSERT_TRUE(at);
    const Millis pause = *at - s.now;
    EXPECT_GE(pause, before);
    EXPECT_LE(pause, Millis{1h});
    before = pause;
    s.now = *at;
    s.due(kRelatedTimer);
    EXPECT_GT(s.timer(kRelatedTimer), at) << "what a timer decides moves it";
  }
  s.is(OrderStatus::completed);
  s.now = *s.timer(kRelatedTimer);
  s.due(kRelatedTimer);
  EXPECT_EQ(s.progress(so("access")), Progress::running) << "the hint was lost: the timer found it";
}

TEST(StartAfter, waits_for_all_and_then_for_its_date) {
  Scenario s;
  s.is(OrderStatus::in_progress, kThird);
  Order wanted = related_order(OrderRelationKind::start_after, {kOther, kThird});
  wanted.requested_start = s.now + 10h;
  s.submit(wanted);
  s.is(OrderStatus::completed).check();
  EXPECT_THAT(s.state.awaited, ElementsAre(kThird));
  s.is(OrderStatus::completed, kThird).check();
  EXPECT_EQ(s.state.status, OrderStatus::pending);
  EXPECT_EQ(s.timer(kStartTimer), wanted.requested_start);
  s.now += 10h;
  s.due(kStartTimer);
  EXPECT_EQ(s.progress(so("access")), Progress::running);
}

TEST(StartAfter, one_that_will_never_complete_is_for_a_person_who_lets_it_go_on) {
  Scenario s;
  s.submit(after_another());
  s.is(OrderStatus::failed).check();
  EXPECT_EQ(s.state.status, OrderStatus::held);
  EXPECT_THAT(s.state.reason, HasSubstr("po-other, which is failed"));
  EXPECT_TRUE(s.timer(kReviewTimer));
  s.check();
  EXPECT_THAT(s.last.events, IsEmpty());
  s.intervene({{}, Remedy::accept, {}, {}, {}, {}});
  ASSERT_FALSE(s.rejection) << s.rejection->message;
  EXPECT_EQ(s.state.status, OrderStatus::in_progress);
  EXPECT_FALSE(s.state.accepted) << "that concerned the other order, not what fails in this one";
  EXPECT_FALSE(s.timer(kReviewTimer));
}

TEST(StartAfter, or_cancels_it) {
  Scenario s;
  s.submit(after_another());
  s.is(OrderStatus::cancelled).check();
  s.when(Cancel{"then not", "ann"});
  EXPECT_EQ(s.state.status, OrderStatus::cancelled);
}

TEST(StartAfter, or_revises_it_to_wait_for_the_one_that_took_its_place) {
  Scenario s;
  s.submit(after_another());
  s.is(OrderStatus::failed).check();
  s.is(OrderStatus::in_progress, kThird);
  s.when(Revise{related_order(OrderRelationKind::start_after, {kThird}), "digest 2", 2, {}, "ann", "other one"});
  ASSERT_FALSE(s.rejection) << s.rejection->message;
  EXPECT_EQ(s.state.status, OrderStatus::pending);
  EXPECT_THAT(watched(s.state), ElementsAre(kThird));
  s.is(OrderStatus::completed, kThird).check();
  EXPECT_EQ(s.state.status, OrderStatus::in_progress);
}

TEST(StartAfter, a_revision_without_it_begins) {
  Scenario s;
  s.submit(after_another()).revise({item("1")});
  ASSERT_FALSE(s.rejection) << s.rejection->message;
  EXPECT_EQ(s.progress(ServiceOrderId{"so-abc.1.1.0.access.r2"}), Progress::running);
  EXPECT_FALSE(s.timer(kRelatedTimer));
}

TEST(StartAfter, can_be_cancelled_while_it_waits) {
  Scenario s;
  s.submit(after_another()).when(Cancel{"changed my mind", "ann"});
  EXPECT_EQ(s.state.status, OrderStatus::cancelled);
  EXPECT_TRUE(s.state.timers.empty());
}

TEST(RelatedOrders, that_do_not_exist_or_are_of_another_tenant_are_refused) {
  Scenario s;
  s.related.clear();
  s.submit(after_another());
  ASSERT_TRUE(s.rejection);
  EXPECT_EQ(s.rejection->code, RejectionCode::precondition);
  EXPECT_EQ(s.rejection->where, "orderRelationship[0].id");
  s.related[kOther] = {TenantId{"t2"}, OrderStatus::in_progress, {}};
  s.submit(after_another());
  EXPECT_TRUE(s.rejection);
}

TEST(RelatedOrders, a_circle_is_refused_with_the_way_round) {
  Scenario s;
  s.submit(related_order(OrderRelationKind::start_after, {kOrder}));
  ASSERT_TRUE(s.rejection) << "itself";
  s.submit({item("1")});
  ASSERT_FALSE(s.rejection);
  s.related[kOther].relations = {{OrderRelationKind::cancel_with, kThird}};
  s.related[kThird] = {TenantId{"t1"}, OrderStatus::in_progress, {{OrderRelationKind::start_after, kOrder}}};
  s.when(Revise{cancelled_with(), "digest 2", 2, {}, "ann", "together"});
  ASSERT_TRUE(s.rejection);
  EXPECT_EQ(s.rejection->code, RejectionCode::invalid);
  EXPECT_THAT(s.rejection->message, HasSubstr("po-abc → po-other → po-third → po-abc"));
}

TEST(RelatedOrders, one_that_has_begun_cannot_start_after_another_any_more) {
  Scenario s;
  s.submit({item("1")});
  s.when(Revise{after_another(), "digest 2", 2, {}, "ann", "later"});
  ASSERT_TRUE(s.rejection);
  EXPECT_THAT(s.rejection->message, HasSubstr("has not begun"));
}

TEST(CancelWith, is_cancelled_when_the_other_was) {
  Scenario s;
  s.submit(cancelled_with());
  EXPECT_EQ(s.progress(so("access")), Progress::running) << "it does not wait";
  EXPECT_THAT(watched(s.state), ElementsAre(kOther));
  s.is(OrderStatus::cancelled).check();
  EXPECT_EQ(s.state.status, OrderStatus::pending_cancellation);
  ASSERT_EQ(s.state.cancel_tasks.size(), 1u);
  EXPECT_EQ(s.state.cancel_tasks[0].requested_by, "comd");
  EXPECT_THAT(s.state.cancel_tasks[0].reason, HasSubstr(kOther.value));
  EXPECT_FALSE(s.timer(kRelatedTimer));
}

TEST(CancelWith, goes_on_where_the_other_ended_otherwise) {
  Scenario s;
  s.submit(cancelled_with());
  s.is(OrderStatus::completed);
  s.now = *s.timer(kRelatedTimer);
  s.due(kRelatedTimer);
  EXPECT_EQ(s.state.status, OrderStatus::in_progress);
  EXPECT_FALSE(s.timer(kRelatedTimer)) << "nothing more is to be expected of it";
}

TEST(CancelWith, past_a_point_of_no_return_it_is_denied_once_and_a_person_may_cancel_it) {
  Scenario s;
  s.specification_of("access@1").ponr = PointOfNoReturn::soft;
  s.submit(cancelled_with()).completes(so("access"), kPort);
  s.is(OrderStatus::cancelled).check();
  EXPECT_EQ(s.state.status, OrderStatus::in_progress);
  ASSERT_EQ(s.state.cancel_tasks.size(), 1u);
  EXPECT_EQ(s.state.cancel_tasks[0].state, TaskState::terminated_with_error);
  s.check();
  EXPECT_EQ(s.state.cancel_tasks.size(), 1u);
  s.when(Cancel{"at any price", "ann", false, true});
  EXPECT_EQ(s.state.status, OrderStatus::pending_cancellation);
}

}  // namespace
}  // namespace comd::product_order

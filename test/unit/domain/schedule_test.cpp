#include <gmock/gmock.h>

#include "domain/forecast.h"
#include "test/unit/domain/order_scenario.h"

/// When the service orders of an order begin: dates of items, as late as the order's date allows, not while an item is held. And who goes
/// first.
namespace comd::product_order {
namespace {

using namespace fiber;
using Scenario = OrderScenario;
using testing::HasSubstr;

Intervention of_item(Remedy remedy, std::string item) {
  Intervention out{{}, remedy, {}, {}, {}, {}};
  out.item = std::move(item);
  return out;
}

Intervention priority(std::uint8_t value) {
  Intervention out{{}, Remedy::prioritise, {}, {}, {}, {}};
  out.priority = value;
  return out;
}

Catalog& catalog_of(Scenario& s) { return *std::const_pointer_cast<Catalog>(s.catalogs.versions[0]); }

// ── dates of items ───────────────────────────────────────────────────────────────────────────────────────────────────

TEST(ItemStart, is_waited_for_by_that_item_only) {
  Scenario s;
  auto later = item("2");
  later.requested_start = s.now + 5h;
  s.submit({item("1"), later});
  EXPECT_EQ(s.progress(so("access", "1")), Progress::running);
  EXPECT_EQ(s.progress(so("access", "2")), Progress::not_started);
  EXPECT_EQ(s.timer(kStartTimer), s.now + 5h);
  s.now += 5h;
  s.due(kStartTimer);
  EXPECT_EQ(s.progress(so("access", "2")), Progress::running);
  EXPECT_TRUE(s.tells(so("access", "2"), "release")) << "it was planned as waiting";
  EXPECT_FALSE(s.tells(so("access", "1"), "release"));
  EXPECT_FALSE(s.timer(kStartTimer));
}

TEST(ItemStart, is_waited_for_by_what_the_item_bundles) {
  Scenario s;
  OrderItem bundle = item("1", Action::add, "");
  bundle.offering.reset();
  bundle.requested_start = s.now + 5h;
  bundle.relations.push_back({RelationKind::bundles, "2"});
  s.submit({bundle, item("2")});
  EXPECT_EQ(s.progress(so("access", "2")), Progress::not_started);
  EXPECT_EQ(s.node(so("access", "2")).not_before, s.now + 5h);
}

TEST(ItemStart, that_has_passed_changes_nothing) {
  Scenario s;
  auto now = item("1");
  now.requested_start = s.now - 1h;
  s.submit({now});
  EXPECT_EQ(s.progress(so("access")), Progress::running);
  EXPECT_FALSE(s.recorded<Scheduled>());
}

TEST(ItemStart, can_be_moved_by_a_revision_and_the_rest_is_kept) {
  Scenario s;
  auto later = item("2");
  later.requested_start = s.now + 5h;
  s.submit({item("1"), later}).revise({item("1"), item("2")});
  ASSERT_FALSE(s.rejection) << s.rejection->message;
  EXPECT_EQ(s.progress(so("access", "2")), Progress::running) << "no date any more";
  EXPECT_FALSE(s.node(so("access", "1")).superseded);
  EXPECT_FALSE(s.timer(kStartTimer));
}

TEST(ItemStart, counts_in_the_forecast) {
  Scenario s;
  auto later = item("1");
  later.requested_start = s.now + 5h;
  s.submit({later});
  const auto expected = forecast(s.state, s.catalogs, s.now);
  ASSERT_TRUE(expected);
  EXPECT_GE(expected->completion, s.now + 5h);
}

// ── as late as the date allows ───────────────────────────────────────────────────────────────────────────────────────

TEST(BackScheduling, begins_as_late_as_the_expected_durations_allow_with_some_to_spare) {
  Scenario s;
  catalog_of(s).scheduling = Scheduling::by_requested_completion;
  s.specification_of("access@1").expected_duration = 4h;
  s.specification_of("ip@1").expected_duration = 2h;
  s.specification_of("cpe@1").expected_duration = 1h;
  Order wanted = order({item("1")});
  wanted.requested_completion = s.now + 100h;
  s.submit(wanted);
  EXPECT_EQ(s.node(so("access")).not_before, s.now + 100h - 7h - 30min) << "four and two hours, and a quarter of them";
  EXPECT_EQ(s.node(so("ip")).not_before, s.now + 100h - 2h - 30min);
  EXPECT_EQ(s.timer(kStartTimer), s.node(so("access")).not_before) << "the others wait for it first";
  EXPECT_FALSE(s.state.jeopardy);
  s.now = *s.timer(kStartTimer);
  s.due(kStartTimer);
  EXPECT_EQ(s.progress(so("access")), Progress::running);
  s.now += 1h;
  s.completes(so("access"), kPort);
  EXPECT_EQ(s.progress(so("ip")), Progress::not_started) << "sooner than expected: the next one is still not due";
  EXPECT_TRUE(s.timer(kStartTimer));
}

TEST(BackScheduling, without_a_date_or_without_time_to_spare_begins_at_once) {
  Scenario s;
  catalog_of(s).scheduling = Scheduling::by_requested_completion;
  s.submit({item("1")});
  EXPECT_EQ(s.progress(so("access")), Progress::running);
  Scenario tight;
  catalog_of(tight).scheduling = Scheduling::by_requested_completion;
  tight.specification_of("access@1").expected_duration = 4h;
  Order wanted = order({item("1")});
  wanted.requested_completion = tight.now + 4h;
  tight.submit(wanted);
  EXPECT_EQ(tight.progress(so("access")), Progress::running);
}

TEST(BackScheduling, an_offering_may_say_otherwise) {
  Scenario s;
  catalog_of(s).scheduling = Scheduling::by_requested_completion;
  for (Offering& offering : catalog_of(s).offerings) offering.scheduling = Scheduling::as_soon_as_possible;
  Order wanted = order({item("1")});
  wanted.requested_completion = s.now + 100h;
  s.submit(wanted);
  EXPECT_EQ(s.progress(so("access")), Progress::running);
}

TEST(BackScheduling, a_change_of_date_is_a_revision_that_moves_what_has_not_begun) {
  Scenario s;
  catalog_of(s).scheduling = Scheduling::by_requested_completion;
  s.specification_of("access@1").expected_duration = 4h;
  Order wanted = order({item("1")});
  wanted.requested_completion = s.now + 100h;
  s.submit(wanted);
  const Instant before = s.node(so("access")).not_before;
  wanted.requested_completion = s.now + 50h;
  s.when(Revise{wanted, "digest 2", 2, {}, "ann", "sooner"});
  ASSERT_FALSE(s.rejection) << s.rejection->message;
  EXPECT_EQ(s.node(so("access")).not_before, before - 50h);
  EXPECT_EQ(s.timer(kStartTimer), before - 50h);
}

TEST(BackScheduling, can_be_cancelled_while_it_waits) {
  Scenario s;
  catalog_of(s).scheduling = Scheduling::by_requested_completion;
  Order wanted = order({item("1")});
  wanted.requested_completion = s.now + 100h;
  s.submit(wanted).when(Cancel{"no", "ann"}).written();
  EXPECT_EQ(s.state.status, OrderStatus::cancelled);
}

// ── an item that is held ─────────────────────────────────────────────────────────────────────────────────────────────

TEST(ItemHold, starts_nothing_more_of_the_item_and_the_rest_goes_on) {
  Scenario s;
  s.submit({item("1"), item("2")}).intervene(of_item(Remedy::hold, "2"));
  ASSERT_FALSE(s.rejection) << s.rejection->message;
  s.completes(so("access", "1"), kPort).completes(so("access", "2"), kPort);
  EXPECT_EQ(s.progress(so("ip", "1")), Progress::running);
  EXPECT_EQ(s.progress(so("ip", "2")), Progress::not_started) << "what ran was let run, and its result taken";
  EXPECT_EQ(item_status(s.state, "2"), ItemStatus::held);
  EXPECT_NE(item_status(s.state, "1"), ItemStatus::held);
  s.completes(so("ip", "1")).completes(so("cpe", "1"));
  EXPECT_EQ(s.state.status, OrderStatus::held) << "nothing but the held item is left";
  s.intervene(of_item(Remedy::resume, "2"));
  EXPECT_EQ(s.progress(so("ip", "2")), Progress::running);
  EXPECT_FALSE(s.timer(kItemReviewTimer));
}

TEST(ItemHold, is_brought_up_again_and_never_forgotten) {
  Scenario s;
  s.submit({item("1"), item("2")}).intervene(of_item(Remedy::hold, "2"));
  const auto first = s.timer(kItemReviewTimer);
  ASSERT_TRUE(first);
  s.now = *first;
  s.due(kItemReviewTimer);
  EXPECT_EQ(s.state.held_items.at("2").reviews, 1u);
  EXPECT_GT(s.timer(kItemReviewTimer), first);
}

TEST(ItemHold, covers_what_the_item_bundles) {
  Scenario s;
  OrderItem bundle = item("1", Action::add, "");
  bundle.offering.reset();
  bundle.relations.push_back({RelationKind::bundles, "2"});
  s.submit({bundle, item("2")}).intervene(of_item(Remedy::hold, "1"));
  s.completes(so("access", "2"), kPort);
  EXPECT_EQ(s.progress(so("ip", "2")), Progress::not_started);
}

TEST(ItemHold, what_a_revision_adds_to_the_item_waits_too) {
  Scenario s;
  s.submit().intervene(of_item(Remedy::hold, "1"));
  auto other = item("1");
  other.characteristics["bandwidth"] = number_value(500);
  s.revise({other});
  ASSERT_FALSE(s.rejection) << s.rejection->message;
  for (const Node& node : s.state.nodes)
    EXPECT_TRUE(node.superseded || node.progress == Progress::not_started) << node.spec.id.value;
  s.revise({item("2")});
  EXPECT_TRUE(s.state.held_items.empty()) << "the item is no more";
}

TEST(ItemHold, does_not_stand_in_the_way_of_a_cancellation) {
  Scenario s;
  s.submit().intervene(of_item(Remedy::hold, "1")).when(Cancel{"no", "ann"});
  s.cancelled(so("access")).written();
  EXPECT_EQ(s.state.status, OrderStatus::cancelled);
}

TEST(ItemHold, of_what_is_not_there_or_cannot_be_held_is_refused) {
  Scenario s;
  s.submit().intervene(of_item(Remedy::hold, "7"));
  ASSERT_TRUE(s.rejection);
  EXPECT_EQ(s.rejection->code, RejectionCode::invalid);
  s.intervene(of_item(Remedy::resume, "1"));
  EXPECT_TRUE(s.rejection);
  s.intervene(of_item(Remedy::hold, "1")).intervene(of_item(Remedy::hold, "1"));
  EXPECT_TRUE(s.rejection) << "held already";
  Scenario begun;
  begun.submit().completes(so("access"), kPort).intervene(of_item(Remedy::hold, "1"));
  ASSERT_TRUE(begun.rejection);
  EXPECT_THAT(begun.rejection->message, HasSubstr("has not begun"));
}

TEST(OrderHold, what_a_revision_adds_meanwhile_waits_too) {
  Scenario s;
  s.submit().intervene({{}, Remedy::hold, {}, {}, {}, {}}).revise({item("1"), item("2")});
  ASSERT_FALSE(s.rejection) << s.rejection->message;
  EXPECT_EQ(s.progress(ServiceOrderId{"so-abc.2.1.0.access.r2"}), Progress::not_started);
  s.intervene({{}, Remedy::resume, {}, {}, {}, {}});
  EXPECT_EQ(s.progress(ServiceOrderId{"so-abc.2.1.0.access.r2"}), Progress::running);
  EXPECT_TRUE(s.tells(ServiceOrderId{"so-abc.2.1.0.access.r2"}, "release"));
}

// ── priority ─────────────────────────────────────────────────────────────────────────────────────────────────────────

TEST(Priority, of_an_order_under_way_is_told_to_what_has_not_ended) {
  Scenario s;
  s.submit().completes(so("access"), kPort).intervene(priority(0));
  EXPECT_EQ(s.state.order.priority, 0);
  EXPECT_TRUE(s.tells(so("ip"), "priority#1"));
  EXPECT_FALSE(s.tells(so("access"), "priority#1"));
  s.intervene(priority(0));
  EXPECT_TRUE(s.last.events.empty()) << "it is so already";
  s.intervene(priority(4));
  EXPECT_TRUE(s.tells(so("ip"), "priority#2"));
  const auto told = message_of(s.state, {stream_of(so("ip")), "priority#2"});
  EXPECT_EQ(std::get<service_order::Prioritise>(told).priority, 4);
  s.intervene(priority(5));
  EXPECT_TRUE(s.rejection);
}

TEST(Priority, comes_with_a_revision_too_and_what_undoes_has_it) {
  Scenario s;
  s.submit().completes(so("access"), kPort);
  Order wanted = order({item("1")});
  wanted.priority = 1;
  s.when(Revise{wanted, "digest 2", 2, {}, "ann", "urgent"});
  ASSERT_FALSE(s.rejection) << s.rejection->message;
  EXPECT_TRUE(s.tells(so("ip"), "priority#1"));
}

}  // namespace
}  // namespace comd::product_order

#include <gtest/gtest.h>

#include "test/unit/domain/order_scenario.h"

namespace comd::product_order {
namespace {

using namespace fiber;

using Scenario = OrderScenario;

TEST(ProductOrder, opens_every_service_order_in_the_submission_and_starts_what_waits_for_nothing) {
  Scenario s;
  s.submit();
  ASSERT_EQ(s.last.opened.size(), 3u);
  EXPECT_EQ(s.last.opened[0].first, so("access"));
  EXPECT_EQ(s.last.opened[0].second.size(), 2u) << "opened and queued";
  EXPECT_EQ(s.last.opened[1].second.size(), 1u) << "waits for access";
  EXPECT_EQ(s.state.status, OrderStatus::in_progress);
  EXPECT_EQ(s.progress(so("access")), Progress::running);
  EXPECT_FALSE(agenda(s.state).wakeups.empty());
}

TEST(ProductOrder, a_repeated_submission_changes_nothing_and_another_content_is_a_conflict) {
  Scenario s;
  s.submit().submit();
  EXPECT_FALSE(s.rejection);
  EXPECT_TRUE(s.last.events.empty());
  s.when(Submit{order({item("1")}), "other digest", ""});
  ASSERT_TRUE(s.rejection);
  EXPECT_EQ(s.rejection->code, RejectionCode::conflict);
}

TEST(ProductOrder, an_output_feeds_the_later_service_orders) {
  Scenario s;
  s.submit().completes(so("access"), kPort);
  EXPECT_EQ(s.state.nodes[s.state.index[so("ip")]].inputs.at("port"), Value{"\"P1\""});
  EXPECT_TRUE(s.tells(so("ip"), "release"));
  EXPECT_TRUE(s.tells(so("cpe"), "release"));
}

TEST(ProductOrder, completes_after_the_inventory_was_told) {
  Scenario s;
  s.submit().completes(so("access"), kPort).completes(so("ip")).completes(so("cpe"));
  EXPECT_EQ(s.state.status, OrderStatus::in_progress);
  EXPECT_EQ(item_status(s.state, "1"), ItemStatus::completed) << "nothing can undo it any more";
  const ProductId product = product_id(kOrder, "1", 1);
  ASSERT_EQ(agenda(s.state).effects.size(), 1u);
  const auto [id, command] = product_command_of(s.state, agenda(s.state).effects[0]);
  EXPECT_EQ(id, product);
  const auto& write = std::get<product::Write>(command);
  EXPECT_EQ(write.outcome, product::Outcome::completed);
  EXPECT_EQ(write.product.services.size(), 3u);
  s.written();
  EXPECT_EQ(s.state.status, OrderStatus::completed);
  EXPECT_TRUE(agenda(s.state).wakeups.empty());
  EXPECT_TRUE(agenda(s.state).effects.empty());
}

TEST(ProductOrder, an_item_is_not_shown_as_completed_while_it_could_still_be_undone) {
  Scenario s;
  s.submit({item("1"), item("2")}).completes(so("access"), kPort).completes(so("ip")).completes(so("cpe"));
  EXPECT_EQ(item_status(s.state, "1"), ItemStatus::in_progress);
}

TEST(ProductOrder, an_optional_service_order_that_fails_is_skipped) {
  Scenario s;
  s.submit().completes(so("access"), kPort).fails(so("cpe"), Then::skip).completes(so("ip")).written();
  EXPECT_EQ(s.progress(so("cpe")), Progress::skipped);
  EXPECT_EQ(s.state.status, OrderStatus::completed);
}

TEST(ProductOrder, rollback_quiets_the_siblings_then_undoes_in_reverse_dependency_order) {
  Scenario s;
  s.submit().completes(so("access"), kPort).fails(so("ip"));
  EXPECT_EQ(s.state.status, OrderStatus::compensating);
  EXPECT_TRUE(s.tells(so("cpe"), "cancel"));
  EXPECT_FALSE(s.state.compensation_planned) << "cpe still runs";
  s.completes(so("cpe"));  // it was faster than its cancellation
  ASSERT_TRUE(s.state.compensation_planned);
  EXPECT_EQ(s.progress(so("cpe", "1", true)), Progress::running);
  EXPECT_EQ(s.progress(so("access", "1", true)), Progress::not_started) << "cpe depended on access";
  s.completes(so("cpe", "1", true));
  EXPECT_EQ(s.progress(so("access", "1", true)), Progress::running);
  s.completes(so("access", "1", true)).written();
  EXPECT_EQ(s.state.status, OrderStatus::failed);
  EXPECT_EQ(item_status(s.state, "1"), ItemStatus::failed);
}

TEST(ProductOrder, keep_partial_keeps_what_was_done_and_drops_what_depended_on_the_failure) {
  Scenario s{FailurePolicy::keep_partial};
  s.submit({item("1"), item("2")}).fails(so("access", "2"));
  EXPECT_EQ(s.progress(so("ip", "2")), Progress::cancelled);
  EXPECT_TRUE(s.tells(so("ip", "2"), "cancel"));
  s.completes(so("access"), kPort).completes(so("ip")).completes(so("cpe")).written();
  EXPECT_EQ(s.state.status, OrderStatus::partial);
  EXPECT_EQ(item_status(s.state, "1"), ItemStatus::completed);
  EXPECT_EQ(item_status(s.state, "2"), ItemStatus::failed);
}

TEST(ProductOrder, hold_waits_for_a_person_with_a_review_deadline) {
  Scenario s{FailurePolicy::hold};
  s.submit().fails(so("access"));
  EXPECT_EQ(s.state.status, OrderStatus::held);
  ASSERT_TRUE(s.state.timers.contains(kReviewTimer));
  s.now = s.state.timers.find(kReviewTimer)->second;
  s.when(TimerDue{std::string(kReviewTimer)});
  EXPECT_GT(s.state.timers.find(kReviewTimer)->second, s.now);
  s.when(Cancel{"give up", "ann"});
  EXPECT_FALSE(s.rejection);
  s.written();
  EXPECT_EQ(s.state.status, OrderStatus::cancelled);
}

TEST(ProductOrder, a_failure_that_asks_for_compensation_overrides_keep_partial) {
  Scenario s{FailurePolicy::keep_partial};
  s.submit().completes(so("access"), kPort).fails(so("ip"), Then::compensate);
  EXPECT_EQ(s.state.status, OrderStatus::compensating);
}

TEST(ProductOrder, what_cannot_be_undone_is_listed_and_waits_for_a_person) {
  Scenario s;
  std::const_pointer_cast<Catalog>(s.catalogs.versions[0])->specifications["access@1"].compensate_add = false;
  s.submit().completes(so("access"), kPort).completes(so("cpe")).fails(so("ip")).completes(so("cpe", "1", true));
  EXPECT_EQ(s.state.status, OrderStatus::held);
  EXPECT_NE(s.state.reason.find(so("access").value), std::string::npos);
  s.when(Cancel{"sent twice", "ann"});
  EXPECT_TRUE(s.rejection) << "an ordinary cancellation accepts nothing";
  s.when(Cancel{"accepted", "ann", true}).written();
  EXPECT_EQ(s.state.status, OrderStatus::failed);
  EXPECT_NE(s.state.reason.find("not undone"), std::string::npos);
}

TEST(ProductOrder, a_start_date_ahead_makes_it_pending_until_then) {
  Scenario s;
  Order later = order({item("1")});
  later.requested_start = kNow + 24h;
  s.when(Submit{later, "digest 1", ""});
  EXPECT_EQ(s.state.status, OrderStatus::pending);
  s.when(TimerDue{std::string(kStartTimer)});
  EXPECT_TRUE(s.last.events.empty()) << "not yet due";
  s.now = kNow + 24h;
  s.when(TimerDue{std::string(kStartTimer)});
  EXPECT_EQ(s.state.status, OrderStatus::in_progress);
}

TEST(ProductOrder, an_overdue_service_order_is_asked_again) {
  Scenario s;
  s.submit();
  s.now = s.state.timers.find(kServiceOrdersTimer)->second;
  s.when(TimerDue{std::string(kServiceOrdersTimer)});
  EXPECT_TRUE(s.tells(so("access"), "nudge#1"));
  EXPECT_GT(s.state.timers.find(kServiceOrdersTimer)->second, s.now);
}

product::Snapshot active_fiber() {
  product::Snapshot p;
  p.id = {"pr-old.1.1"};
  p.tenant = {"t"};
  p.status = product::Status::active;
  p.offering = {"fiber", {}, {}};
  p.characteristics = {{"bandwidth", {"100"}}, {"router", {"true"}}};
  p.services = {{{"sv-old.1.1.0.access"},
                 "access",
                 0,
                 "access@1",
                 "access-system",
                 product::ServiceState::active,
                 {{"speed", {"100"}}},
                 kPort,
                 {}},
                {{"sv-old.1.1.0.ip"},
                 "ip",
                 0,
                 "ip@1",
                 "ip-system",
                 product::ServiceState::active,
                 {{"port", {"\"P1\""}}},
                 {},
                 {{"sv-old.1.1.0.access"}}}};
  return p;
}

OrderItem change(Action action, Values values = {}) {
  OrderItem out = item("1", action);
  out.product = {"pr-old.1.1"};
  out.characteristics = std::move(values);
  return out;
}

TEST(ProductOrder, delete_claims_the_product_then_tears_down_in_reverse) {
  Scenario s;
  s.inventory[{"pr-old.1.1"}] = active_fiber();
  s.submit({change(Action::remove)});
  ASSERT_FALSE(s.rejection) << s.rejection->message;
  EXPECT_EQ(s.state.status, OrderStatus::acknowledged);
  EXPECT_FALSE(s.state.decomposed);
  s.when(SettleClaim{{"pr-old.1.1"}, true, active_fiber(), ""});
  EXPECT_EQ(s.progress(so("ip")), Progress::running);
  EXPECT_EQ(s.progress(so("access")), Progress::not_started);
  s.completes(so("ip")).completes(so("access"));
  const auto command = product_command_of(s.state, agenda(s.state).effects.at(0)).second;
  for (const auto& service : std::get<product::Write>(command).product.services)
    EXPECT_EQ(service.state, product::ServiceState::terminated);
  s.written();
  EXPECT_EQ(s.state.status, OrderStatus::completed);
}

TEST(ProductOrder, modify_changes_only_what_differs) {
  Scenario s;
  s.inventory[{"pr-old.1.1"}] = active_fiber();
  s.submit({change(Action::modify, {{"bandwidth", {"200"}}, {"router", {"false"}}})});
  s.when(SettleClaim{{"pr-old.1.1"}, true, active_fiber(), ""});
  ASSERT_EQ(s.state.nodes.size(), 1u);
  const auto& spec = s.state.nodes[0].spec;
  EXPECT_EQ(spec.action, Action::modify);
  EXPECT_EQ(spec.characteristics.at("speed"), Value{"200"});
  EXPECT_EQ(spec.previous.at("speed"), Value{"100"}) << "so that it can be put back";
}

TEST(ProductOrder, modify_adds_a_service_that_the_new_values_ask_for) {
  Scenario s;
  s.inventory[{"pr-old.1.1"}] = active_fiber();
  s.submit({change(Action::modify, {{"router", {"true"}}})});
  s.when(SettleClaim{{"pr-old.1.1"}, true, active_fiber(), ""});
  ASSERT_EQ(s.state.nodes.size(), 1u);
  EXPECT_EQ(s.state.nodes[0].spec.key, "cpe");
  EXPECT_EQ(s.state.nodes[0].spec.action, Action::add);
  EXPECT_EQ(s.state.nodes[0].inputs.at("port"), Value{"\"P1\""}) << "an output the inventory remembers";
}

TEST(ProductOrder, a_lost_race_for_the_product_fails_the_order_and_says_why) {
  Scenario s;
  s.inventory[{"pr-old.1.1"}] = active_fiber();
  s.submit({change(Action::remove)}).when(SettleClaim{{"pr-old.1.1"}, false, {}, "claimed by po-other"});
  EXPECT_EQ(s.state.status, OrderStatus::failed);
  EXPECT_NE(s.state.reason.find("po-other"), std::string::npos);
}

struct BadOrder {
  const char* name;
  Order order;
  std::string where;
};
TEST(ProductOrder, a_bad_order_names_the_place) {
  auto broken = [](auto change_it) {
    Order out = order({item("1")});
    change_it(out);
    return out;
  };
  const std::vector<BadOrder> table{
      {"unknown offering", broken([](Order& o) { o.items[0].offering->id = "nope"; }),
       "productOrderItem[id=1].productOffering.id"},
      {"missing characteristic", broken([](Order& o) { o.items[0].characteristics.erase("bandwidth"); }),
       "productOrderItem[id=1].product.productCharacteristic[name=bandwidth]"},
      {"wrong type", broken([](Order& o) { o.items[0].characteristics["bandwidth"] = {"\"fast\""}; }),
       "productOrderItem[id=1].product.productCharacteristic[name=bandwidth].value"},
      {"out of range", broken([](Order& o) { o.items[0].characteristics["bandwidth"] = {"5000"}; }),
       "productOrderItem[id=1].product.productCharacteristic[name=bandwidth].value"},
      {"product that is not there", broken([](Order& o) {
         o.items[0].action = Action::remove;
         o.items[0].product = {"pr-x"};
       }),
       "productOrderItem[id=1].product.id"},
      {"delete without a product", broken([](Order& o) { o.items[0].action = Action::remove; }),
       "productOrderItem[id=1].product.id"},
      {"no place for a per-site service", broken([](Order& o) { o.items[0].offering->id = "ethernet"; }),
       "productOrderItem[id=1].product.place"},
  };
  for (const BadOrder& bad : table) {
    Scenario s;
    s.when(Submit{bad.order, "d", ""});
    ASSERT_TRUE(s.rejection) << bad.name;
    EXPECT_EQ(s.rejection->where, bad.where) << bad.name;
    EXPECT_FALSE(s.rejection->hint.empty()) << bad.name;
    EXPECT_EQ(s.state.status, OrderStatus::absent) << bad.name << ": a rejection does not use up the id";
  }
}

TEST(ProductOrder, relations_order_the_items_and_cycles_are_refused) {
  Scenario s;
  auto second = item("2");
  second.relations.push_back({RelationKind::relies_on, "1"});
  s.submit({item("1"), second});
  EXPECT_EQ(s.progress(so("access", "2")), Progress::not_started);
  Scenario cycle;
  auto first = item("1");
  first.relations.push_back({RelationKind::relies_on, "2"});
  cycle.submit({first, second});
  ASSERT_TRUE(cycle.rejection);
  EXPECT_NE(cycle.rejection->message.find("cycle"), std::string::npos);
}

TEST(ProductOrder, one_service_order_per_site) {
  Scenario s;
  auto ethernet = item("1", Action::add, "ethernet");
  ethernet.places = {{"A", "site", ""}, {"B", "site", ""}};
  s.submit({ethernet});
  ASSERT_EQ(s.state.nodes.size(), 3u);
  EXPECT_EQ(s.state.nodes[s.state.index.at(so("site", "1", false, 2))].spec.characteristics.at("site"), Value{"\"B\""});
}

/// As from its quarantine. Taken for one that runs, it would be reminded of an answer that nobody owes, and start.
TEST(ProductOrder, a_service_order_that_is_held_before_its_release_is_not_started_by_it) {
  Scenario s;
  s.submit().when(NoteHeld{so("ip"), true, "QUARANTINED"});
  EXPECT_EQ(s.progress(so("ip")), Progress::not_started);
  s.when(NoteHeld{so("ip"), false, ""});
  EXPECT_EQ(s.progress(so("ip")), Progress::not_started);
  s.completes(so("access"), kPort);
  EXPECT_EQ(s.progress(so("ip")), Progress::running);
}

}  // namespace
}  // namespace comd::product_order

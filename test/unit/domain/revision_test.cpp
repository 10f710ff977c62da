#include <gtest/gtest.h>

#include "test/unit/domain/order_scenario.h"

/// A later version of an order that is under way: what stays, what is undone, what comes.
namespace comd::product_order {
namespace {

using namespace fiber;

using Revision = OrderScenario;

OrderItem fast(std::string id = "1") {
  OrderItem out = item(std::move(id));
  out.characteristics["bandwidth"] = {"500"};
  return out;
}
OrderItem without_router(std::string id = "1") {
  OrderItem out = item(std::move(id));
  out.characteristics["router"] = {"false"};
  return out;
}

TEST(Revise, keeps_what_is_wanted_as_it_is_under_its_id) {
  Revision s;
  s.submit({item("1"), item("2")}).completes(of("access"), kPort);
  const auto before = s.state.nodes;
  s.revise({item("1"), item("2"), item("3")});
  ASSERT_FALSE(s.rejection) << s.rejection->message;
  EXPECT_EQ(s.state.revision, 2U);
  for (const Node& node : before) EXPECT_FALSE(s.node(node.spec.id).superseded) << node.spec.id.value;
  EXPECT_EQ(s.progress(of("access", 2, "3")), Progress::running);
  EXPECT_EQ(s.last.opened.size(), 3U) << "only what is new";
}

TEST(Revise, drops_what_has_not_begun_and_is_not_wanted) {
  Revision s;
  s.submit().revise({without_router()});
  ASSERT_FALSE(s.rejection) << s.rejection->message;
  EXPECT_EQ(s.progress(of("cpe")), Progress::cancelled);
  EXPECT_TRUE(s.tells(of("cpe"), "cancel"));
  s.completes(of("access"), kPort).completes(of("ip")).written();
  EXPECT_EQ(s.state.status, OrderStatus::completed);
  EXPECT_EQ(s.outcome("1"), product::Outcome::completed);
}

TEST(Revise, undoes_what_is_done_then_does_it_as_it_is_wanted_now) {
  Revision s;
  s.submit().completes(of("access"), kPort).completes(of("ip"));
  s.revise({fast()});
  ASSERT_FALSE(s.rejection) << s.rejection->message;
  // The port of another access is another one: what was built on it goes too. The router was asked for already.
  EXPECT_TRUE(s.node(of("access")).superseded && s.node(of("ip")).superseded && s.node(of("cpe")).superseded);
  EXPECT_TRUE(s.tells(of("cpe"), "cancel"));
  EXPECT_FALSE(s.has(undo_of("access"))) << "what still runs may depend on it";
  EXPECT_EQ(s.progress(of("access", 2)), Progress::not_started);
  s.cancelled(of("cpe"));
  EXPECT_EQ(s.progress(undo_of("ip")), Progress::running);
  EXPECT_EQ(s.progress(undo_of("access")), Progress::not_started) << "in reverse";
  s.completes(undo_of("ip"));
  EXPECT_EQ(s.progress(of("access", 2)), Progress::not_started) << "the old one is still there";
  s.completes(undo_of("access"));
  EXPECT_EQ(s.progress(of("access", 2)), Progress::running);
  EXPECT_TRUE(s.tells(of("access", 2), "release"));
  s.completes(of("access", 2), {{"portId", {"\"P2\""}}});
  EXPECT_EQ(s.node(of("ip", 2)).inputs.at("port"), Value{"\"P2\""});
  s.completes(of("ip", 2)).completes(of("cpe", 2)).written();
  EXPECT_EQ(s.state.status, OrderStatus::completed);
  EXPECT_EQ(item_status(s.state, "1"), ItemStatus::completed);
}

TEST(Revise, what_completes_although_it_was_to_be_cancelled_is_undone) {
  Revision s;
  s.submit().revise({fast()});
  EXPECT_TRUE(s.tells(of("access"), "cancel"));
  s.completes(of("access"), kPort);
  EXPECT_EQ(s.progress(undo_of("access")), Progress::running);
  s.completes(undo_of("access"));
  EXPECT_EQ(s.progress(of("access", 2)), Progress::running);
}

TEST(Revise, an_item_that_is_withdrawn_is_undone_and_its_product_cancelled) {
  Revision s;
  s.submit({item("1"), item("2")}).completes(of("access", 1, "2"), kPort);
  s.revise({item("1")}).cancelled(of("ip", 1, "2")).cancelled(of("cpe", 1, "2")).completes(undo_of("access", 1, "2"));
  EXPECT_EQ(s.outcome("2"), product::Outcome::cancelled);
  s.completes(of("access"), kPort).completes(of("ip")).completes(of("cpe"));
  ASSERT_EQ(s.state.writes.size(), 2U);
  s.written();
  EXPECT_EQ(s.state.status, OrderStatus::completed);
}

TEST(Revise, an_item_that_never_began_leaves_no_product) {
  Revision s;
  OrderItem later = item("2");
  later.relations.push_back({RelationKind::relies_on, "1"});
  s.submit({item("1"), later}).revise({item("1")});
  EXPECT_EQ(s.state.products.size(), 1U);
}

TEST(Revise, and_back_again_before_anything_is_done_ends_as_if_never_revised) {
  Revision s, plain;
  plain.submit();
  s.submit().revise({fast()}).cancelled(of("access")).revise({item("1")}).cancelled(of("access", 2));
  ASSERT_FALSE(s.rejection);
  EXPECT_EQ(s.progress(of("access", 3)), Progress::running);
  s.completes(of("access", 3), kPort).completes(of("ip", 3)).completes(of("cpe", 3)).written();
  plain.completes(of("access"), kPort).completes(of("ip")).completes(of("cpe")).written();
  EXPECT_EQ(s.state.status, plain.state.status);
  EXPECT_EQ(s.node(of("ip", 3)).inputs, plain.node(of("ip")).inputs);
}

TEST(Revise, the_same_revision_again_adds_nothing_and_a_stale_one_is_a_conflict) {
  Revision s;
  s.submit().revise({fast()});
  s.when(Revise{order({fast()}), "digest 2", 2, {}, "anna", "again"});
  EXPECT_FALSE(s.rejection);
  EXPECT_TRUE(s.last.events.empty());
  s.when(Revise{order({item("1")}), "digest 3", 2, {}, "bob", "did not see it"});
  ASSERT_TRUE(s.rejection);
  EXPECT_EQ(s.rejection->code, RejectionCode::conflict);
  s.when(Submit{order({item("1")}), "digest 1", ""});
  EXPECT_FALSE(s.rejection) << "the first submission again still means this order";
}

TEST(Revise, a_hard_point_of_no_return_refuses_the_items_by_name) {
  Revision s;
  s.submit({item("1"), item("2")}).completes(of("access"), kPort);
  s.specification_of("access@1").ponr = PointOfNoReturn::hard;
  s.revise({fast("1"), item("2")});
  ASSERT_TRUE(s.rejection);
  EXPECT_EQ(s.rejection->code, RejectionCode::precondition);
  EXPECT_NE(s.rejection->message.find(of("access").value), std::string::npos) << s.rejection->message;
  s.revise({item("1"), fast("2")});
  EXPECT_FALSE(s.rejection) << "the other item can still be changed";
}

TEST(Revise, a_soft_point_of_no_return_has_to_be_worth_it) {
  Revision s;
  s.submit().completes(of("access"), kPort);
  s.specification_of("access@1").ponr = PointOfNoReturn::soft;
  s.revise({fast()});
  ASSERT_TRUE(s.rejection);
  EXPECT_EQ(s.rejection->where, "acceptCost");
  s.revise({fast()}, true);
  EXPECT_FALSE(s.rejection);
}

TEST(Revise, what_could_not_be_undone_waits_for_a_person_and_nothing_takes_its_place_before) {
  Revision s;
  s.submit().completes(of("access"), kPort).completes(of("ip")).completes(of("cpe"), {});
  ASSERT_FALSE(s.state.writes.empty());
  Revision t;
  t.submit({item("1"), item("2")}).completes(of("access"), kPort).revise({fast("1"), item("2")});
  t.cancelled(of("ip")).cancelled(of("cpe")).fails(undo_of("access"));
  EXPECT_TRUE(t.state.on_hold);
  EXPECT_EQ(t.progress(of("access", 2)), Progress::not_started);
  EXPECT_FALSE(agenda(t.state).wakeups.empty());
  Intervention retry{"i1", Remedy::retry, "anna", "the switch is back", {}, {}, false};
  t.when(Intervene{undo_of("access"), retry});
  ASSERT_FALSE(t.rejection) << t.rejection->message;
  t.when(NoteSettled{undo_of("access"), Settlement::completed, {}, {}, {}, {}, 1});
  EXPECT_EQ(t.progress(of("access", 2)), Progress::running);
}

TEST(Revise, what_an_earlier_revision_is_still_undoing_is_gone_before_it_is_done_anew) {
  Revision s;
  s.submit({item("1"), item("2")}).completes(of("access", 1, "2"), kPort);
  s.revise({item("1")});
  ASSERT_FALSE(s.has(undo_of("access", 1, "2"))) << "what is built on it comes to rest first";
  s.revise({item("1"), item("2")});
  ASSERT_FALSE(s.rejection) << s.rejection->message;
  EXPECT_EQ(s.progress(of("access", 3, "2")), Progress::not_started);
  s.cancelled(of("ip", 1, "2")).cancelled(of("cpe", 1, "2")).completes(undo_of("access", 1, "2"));
  EXPECT_EQ(s.progress(of("access", 3, "2")), Progress::running);
}

TEST(Revise, whoever_accepts_another_failure_does_not_give_up_what_is_still_being_undone) {
  Revision s(FailurePolicy::hold);
  s.submit({item("1"), item("2")}).completes(of("access"), kPort).completes(of("ip")).completes(of("cpe"));
  s.revise({fast(), item("2")}).fails(of("access", 1, "2"));
  ASSERT_TRUE(s.state.on_hold);
  Intervention accept;
  accept.remedy = Remedy::accept;
  s.intervene(accept);
  ASSERT_FALSE(s.rejection) << s.rejection->message;
  EXPECT_EQ(s.progress(of("access", 2)), Progress::not_started) << "the one it replaces is being undone";
  s.completes(undo_of("ip")).completes(undo_of("cpe")).completes(undo_of("access"));
  EXPECT_EQ(s.progress(of("access", 2)), Progress::running);
}

TEST(Revise, a_failed_service_order_that_is_wanted_otherwise_lifts_the_hold) {
  Revision s;
  s.catalogs = CatalogSet{{catalog(FailurePolicy::hold)}};
  s.submit().fails(of("access"));
  ASSERT_TRUE(s.state.on_hold);
  s.revise({fast()});
  ASSERT_FALSE(s.rejection) << s.rejection->message;
  EXPECT_FALSE(s.state.on_hold);
  EXPECT_EQ(s.progress(of("access", 2)), Progress::running) << "nothing is there to be undone";
}

TEST(Revise, an_order_that_waits_for_its_date_is_revised_before_it_has_a_plan) {
  Revision s;
  Order later = order({item("1")});
  later.requested_start = kNow + 1h;
  s.when(Submit{later, "digest 1", ""});
  ASSERT_EQ(s.state.status, OrderStatus::pending);
  later.requested_start = kNow + 2h;
  s.when(Revise{later, "digest 2", 2, {}, "anna", "not yet"});
  EXPECT_EQ(s.state.timers.at(std::string(kStartTimer)), kNow + 2h);
  s.revise({fast()});
  EXPECT_EQ(s.progress(of("access", 3)), Progress::running);
}

TEST(Revise, is_refused_once_the_order_is_done_or_being_undone) {
  Revision s;
  s.submit().when(Cancel{"no", "anna"}).revise({fast()});
  ASSERT_TRUE(s.rejection);
  EXPECT_EQ(s.rejection->code, RejectionCode::precondition);
}

TEST(Revise, and_then_cancelled_undoes_the_old_and_the_new) {
  Revision s;
  s.submit({item("1"), item("2")}).completes(of("access"), kPort).revise({fast("1"), item("2")});
  s.cancelled(of("ip")).cancelled(of("cpe")).when(Cancel{"no", "anna"});
  ASSERT_FALSE(s.rejection) << s.rejection->message;
  s.cancelled(of("access", 1, "2")).completes(undo_of("access"));
  s.written();
  EXPECT_EQ(s.state.status, OrderStatus::cancelled);
}

}  // namespace
}  // namespace comd::product_order

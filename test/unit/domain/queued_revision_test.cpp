#include <gmock/gmock.h>

#include "domain/sealed.h"
#include "domain/views.h"
#include "test/unit/domain/order_scenario.h"

/// Revisions that wait for one another, where the catalogue says so.
namespace comd::product_order {
namespace {

using namespace fiber;
using testing::HasSubstr;

/// The access is under way, and revision 2 wants it otherwise: it is being cancelled.
struct Scenario : OrderScenario {
  explicit Scenario(Revisions revisions = Revisions::queue) {
    std::const_pointer_cast<Catalog>(catalogs.versions[0])->revisions = revisions;
    submit();
    revise({speed("200")});
  }
  Scenario& wants(std::uint32_t revision, const std::string& bandwidth, bool accept_cost = false) {
    when(Revise{order({speed(bandwidth)}), "digest " + bandwidth, revision, {}, "ben", "for " + bandwidth, accept_cost});
    return *this;
  }
  const Value& bandwidth() const { return state.order.items[0].characteristics.at("bandwidth"); }
  std::string why_dropped() const {
    for (const Event& event : last.events)
      if (const auto* dropped = std::get_if<RevisionDropped>(&event)) return dropped->why;
    return {};
  }
};

TEST(QueuedRevision, takes_over_at_once_where_the_catalogue_says_nothing) {
  Scenario s(Revisions::supersede);
  s.wants(3, "300");
  EXPECT_EQ(s.state.revision, 3U);
  EXPECT_TRUE(s.state.queued.empty());
}

TEST(QueuedRevision, waits_until_what_the_one_before_does_away_with_is_gone) {
  Scenario s;
  s.wants(3, "300");
  ASSERT_FALSE(s.rejection) << s.rejection->message;
  EXPECT_TRUE(s.recorded<RevisionQueued>());
  EXPECT_EQ(s.state.revision, 2U);
  EXPECT_EQ(s.bandwidth(), Value{"200"});
  EXPECT_THAT(explain(s.state).waits[0].what, HasSubstr("revision 3 wanted by ben"));
  s.cancelled(of("access"));
  EXPECT_EQ(s.state.revision, 3U);
  EXPECT_EQ(s.bandwidth(), Value{"300"});
  EXPECT_TRUE(s.state.queued.empty());
  EXPECT_FALSE(s.has(of("access", 2)) && s.progress(of("access", 2)) == Progress::running) << "never wanted by then";
  EXPECT_EQ(s.progress(of("access", 3)), Progress::running);
  s.completes(of("access", 3), kPort).completes(of("ip", 3)).completes(of("cpe", 3)).written();
  EXPECT_EQ(s.state.status, OrderStatus::completed);
}

TEST(QueuedRevision, is_numbered_behind_those_that_wait_and_carried_out_in_turn) {
  Scenario s;
  s.wants(3, "300").wants(3, "400");
  EXPECT_EQ(s.rejection->code, RejectionCode::conflict);
  s.wants(4, "400");
  EXPECT_EQ(s.state.queued.size(), 2U);
  s.wants(3, "300");
  EXPECT_FALSE(s.rejection);
  EXPECT_TRUE(s.last.events.empty()) << "the same one sent again";
  s.cancelled(of("access"));
  EXPECT_EQ(s.state.revision, 4U) << "nothing of revision 3 had begun: nothing had to go";
  EXPECT_EQ(s.bandwidth(), Value{"400"});
}

TEST(QueuedRevision, waits_for_what_is_undone) {
  Scenario s;
  s.completes(of("access"), kPort);  // done all the same: revision 2 undoes it
  s.wants(3, "300").completes(undo_of("access"));
  EXPECT_EQ(s.state.revision, 3U);
  EXPECT_EQ(s.progress(of("access", 3)), Progress::running);
}

TEST(QueuedRevision, does_not_wait_where_nothing_has_to_go) {
  Scenario s;
  s.cancelled(of("access"));
  s.wants(3, "300");
  EXPECT_EQ(s.state.revision, 3U);
}

TEST(QueuedRevision, is_judged_anew_when_its_turn_comes) {
  Scenario s;
  s.wants(3, "300");
  const auto other = std::make_shared<Catalog>(*s.catalogs.versions[0]);
  other->version = "next";
  s.catalogs.versions.push_back(other);
  s.when(Revise{order({speed("400")}), "digest 400", 4, "next", "ben", "on the next catalogue"});
  ASSERT_FALSE(s.rejection) << s.rejection->message;
  s.catalogs.rollouts["next"].withdrawn = true;
  s.cancelled(of("access"));
  EXPECT_EQ(s.state.revision, 3U);
  EXPECT_THAT(s.why_dropped(), HasSubstr("withdrawn"));
  EXPECT_TRUE(s.state.queued.empty());
  EXPECT_THAT(s.state.reason, HasSubstr("revision 4 is not carried out"));
}

TEST(QueuedRevision, is_refused_at_once_where_it_can_never_be) {
  Scenario s;
  s.when(Revise{order({item("1", Action::add, "no such offering")}), "digest x", 3, {}, "ben", "y"});
  EXPECT_TRUE(s.rejection);
  EXPECT_TRUE(s.state.queued.empty());
}

TEST(QueuedRevision, of_a_cancelled_order_is_dropped) {
  Scenario s;
  s.wants(3, "300").when(Cancel{"all of it", "ann"});
  EXPECT_THAT(s.why_dropped(), HasSubstr("being undone"));
  EXPECT_TRUE(s.state.queued.empty());
}

TEST(QueuedRevision, of_an_order_that_waits_for_a_person_takes_over_for_it_may_be_the_way_out) {
  Scenario s;
  s.completes(of("access"), kPort).fails(undo_of("access"));
  ASSERT_TRUE(s.state.on_hold) << "it could not be undone";
  s.wants(3, "300");
  EXPECT_EQ(s.state.revision, 3U);
}

TEST(QueuedRevision, waits_for_a_person_behind_one_that_did_and_then_comes) {
  Scenario s;
  s.completes(of("access"), kPort);
  s.wants(3, "300").fails(undo_of("access"));
  ASSERT_TRUE(s.state.on_hold);
  EXPECT_EQ(s.state.queued.size(), 1U);
  Intervention accept;
  accept.remedy = Remedy::accept;
  s.intervene(accept);
  EXPECT_EQ(s.state.revision, 3U);
}

TEST(QueuedRevision, has_a_limit) {
  Scenario s;
  for (std::uint32_t i = 0; i < kQueuedRevisionsMax; ++i) s.wants(3 + i, std::to_string(300 + i));
  s.wants(3 + kQueuedRevisionsMax, "999");
  EXPECT_EQ(s.rejection->code, RejectionCode::limit);
}

TEST(QueuedRevision, parties_it_names_can_be_found_while_it_waits) {
  Scenario s;
  Order other = order({speed("300")});
  other.parties = {{"cust-9", "Customer", std::string(kSealedText) + "key-9:token"}};
  s.when(Revise{other, "digest 300", 3, {}, "ben", "another customer"});
  ASSERT_EQ(s.state.former.size(), 1U);
  EXPECT_EQ(s.state.former[0].id, "cust-9");
  EXPECT_EQ(s.state.former[0].sealed, "key-9");
}

TEST(QueuedRevision, brings_what_it_depends_on_and_has_it_looked_at) {
  Scenario s;
  const OrderId other{"po-other"};
  s.related[other] = Related{TenantId{"t"}, OrderStatus::in_progress, {}};
  Order next = order({speed("300")});
  s.related[other].tenant = next.tenant;
  next.relations = {{OrderRelationKind::cancel_with, other}};
  s.when(Revise{next, "digest 300", 3, {}, "ben", "goes with the other"});
  ASSERT_FALSE(s.rejection) << s.rejection->message;
  EXPECT_FALSE(s.timer(kRelatedTimer));
  s.related.clear();  // a command of a service order brings none
  s.cancelled(of("access"));
  EXPECT_EQ(s.timer(kRelatedTimer), s.now);
}

TEST(QueuedRevision, an_order_that_revises_itself_goes_on_watching_what_it_depends_on) {
  OrderScenario s;
  s.specification_of("access@1").modify_in_flight = true;
  const OrderId other{"po-other"};
  Order first = order({item("1")});
  s.related[other] = Related{first.tenant, OrderStatus::in_progress, {}};
  first.relations = {{OrderRelationKind::cancel_with, other}};
  s.submit(first);
  ASSERT_TRUE(s.timer(kRelatedTimer));
  Order faster = order({speed("500")});
  faster.relations = first.relations;
  s.when(Revise{faster, "digest 2", 2, {}, "ann", "faster"});
  s.related.clear();
  s.when(NoteAmended{of("access"), 2, false, "dug already"});
  ASSERT_EQ(s.state.revision, 3U);
  EXPECT_TRUE(s.timer(kRelatedTimer));
}

}  // namespace
}  // namespace comd::product_order

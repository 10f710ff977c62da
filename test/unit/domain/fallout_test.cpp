#include <gtest/gtest.h>

#include "domain/views.h"
#include "test/support/fiber.h"

/// People and product orders that do not go on by themselves.
namespace comd::product_order {
namespace {

using namespace fiber;
using service_order::Fault;

struct Held : testing::Test {
  CatalogSet catalogs;
  State state;
  Decision last;
  std::optional<Rejection> rejection;

  void start(FailurePolicy policy) {
    catalogs.versions.push_back(catalog(policy));
    when(Submit{order({item("1")}), "digest", ""});
    settle("access", Settlement::completed, {{"portId", {"\"P1\""}}});
  }
  Context context() const { return Context{kNow, &catalogs, {}}; }
  void when(const Command& command) {
    rejection.reset();
    last = {};
    auto decided = decide(kOrder, state, command, context());
    if (!decided) {
      rejection = decided.error();
      return;
    }
    last = *decided;
    for (const Event& event : last.events) evolve(state, event);
  }
  void settle(std::string_view key, Settlement outcome, Values outputs = {}, std::uint32_t reopens = 0) {
    const bool failed = outcome == Settlement::failed;
    when(NoteSettled{so(key),
                     outcome,
                     {},
                     std::move(outputs),
                     failed ? Fault{FaultClass::permanent, "X", "broken"} : Fault{},
                     Then::fail,
                     reopens,
                     false});
  }
  void by_hand(Remedy remedy, std::string_view key = {}, bool force = false) {
    when(Intervene{key.empty() ? ServiceOrderId{} : so(key), {"", remedy, "anna", "because", {}, {}, force}, {}});
  }
  Progress progress(std::string_view key) const { return state.nodes.at(state.index.at(so(key))).progress; }
  bool tells(std::string_view key, std::string_view name) const {
    const Agenda now = agenda(state);
    return std::find(now.tells.begin(), now.tells.end(), Tell{stream_of(so(key)), std::string(name)}) != now.tells.end();
  }
  std::size_t waiting() const {
    const Agenda now = agenda(state);
    return static_cast<std::size_t>(
        std::count_if(now.rows.begin(), now.rows.end(), [](const Row& row) { return row.table == Table::person; }));
  }
};

TEST_F(Held, a_failed_service_order_is_started_anew_and_the_order_completes) {
  start(FailurePolicy::hold);
  settle("ip", Settlement::failed);
  settle("cpe", Settlement::completed);
  ASSERT_EQ(state.status, OrderStatus::held);
  EXPECT_EQ(waiting(), 1u);
  by_hand(Remedy::retry);
  ASSERT_FALSE(rejection);
  EXPECT_EQ(progress("ip"), Progress::running);
  EXPECT_TRUE(tells("ip", "reopen#1"));
  EXPECT_EQ(waiting(), 0u);
  settle("ip", Settlement::failed, {}, 0);
  EXPECT_EQ(progress("ip"), Progress::running) << "an answer from before it was started anew";
  settle("ip", Settlement::completed, {}, 1);
  EXPECT_FALSE(state.writes.empty()) << "on its way to its end";
}

TEST_F(Held, accepting_ends_it_without_what_failed) {
  start(FailurePolicy::hold);
  settle("cpe", Settlement::completed);
  settle("ip", Settlement::failed);
  by_hand(Remedy::accept);
  ASSERT_FALSE(rejection);
  when(SettleWrite{state.writes.begin()->first, product::Status::pending_active});
  EXPECT_EQ(state.status, OrderStatus::partial);
}

TEST_F(Held, giving_up_undoes_what_was_done) {
  start(FailurePolicy::hold);
  settle("cpe", Settlement::completed);
  settle("ip", Settlement::failed);
  by_hand(Remedy::compensate);
  EXPECT_EQ(state.status, OrderStatus::compensating);
  EXPECT_EQ(progress("ip"), Progress::failed);
}

TEST_F(Held, what_could_not_be_undone_is_tried_again) {
  start(FailurePolicy::rollback);
  settle("cpe", Settlement::cancelled);
  settle("ip", Settlement::failed);
  const ServiceOrderId undo = so("access", "1", true);
  when(NoteSettled{undo, Settlement::failed, {}, {}, Fault{FaultClass::permanent, "NO", ""}, Then::fail, 0, false});
  ASSERT_EQ(state.status, OrderStatus::held) << state.reason;
  by_hand(Remedy::skip);
  EXPECT_TRUE(rejection);
  by_hand(Remedy::retry);
  ASSERT_FALSE(rejection);
  when(NoteSettled{undo, Settlement::completed, {}, {}, {}, {}, 1, false});
  EXPECT_FALSE(state.on_hold);
  EXPECT_EQ(not_undone(state), "");
}

TEST_F(Held, what_is_left_is_not_accepted_while_it_is_being_undone) {
  start(FailurePolicy::rollback);
  settle("cpe", Settlement::completed);
  settle("ip", Settlement::failed);
  const ServiceOrderId cpe = so("cpe", "1", true), access = so("access", "1", true);
  for (const auto& undo : {cpe, access})
    when(NoteSettled{undo, Settlement::failed, {}, {}, Fault{FaultClass::permanent, "NO", ""}, Then::fail, 0, false});
  ASSERT_EQ(state.status, OrderStatus::held) << state.reason;
  when(Intervene{access, {"", Remedy::retry, "anna", "because", {}, {}, false}, {}});
  ASSERT_FALSE(rejection);
  ASSERT_TRUE(state.on_hold) << "the other one is left";
  by_hand(Remedy::accept);
  EXPECT_TRUE(rejection) << "it would outlive its order";
  when(Cancel{"", "anna", true});
  EXPECT_TRUE(rejection);
  when(NoteSettled{access, Settlement::completed, {}, {}, {}, {}, 1, false});
  by_hand(Remedy::accept);
  EXPECT_FALSE(rejection);
  EXPECT_FALSE(state.writes.empty());
}

TEST_F(Held, a_person_holds_and_resumes_an_order) {
  start(FailurePolicy::rollback);
  by_hand(Remedy::hold);
  ASSERT_EQ(state.status, OrderStatus::held);
  by_hand(Remedy::retry);
  EXPECT_TRUE(rejection) << "nothing failed";
  by_hand(Remedy::resume);
  EXPECT_EQ(state.status, OrderStatus::in_progress);
}

TEST_F(Held, skipping_what_is_required_needs_force) {
  start(FailurePolicy::hold);
  settle("ip", Settlement::failed);
  by_hand(Remedy::skip, "ip");
  ASSERT_TRUE(rejection);
  by_hand(Remedy::skip, "ip", true);
  EXPECT_FALSE(rejection);
}

TEST_F(Held, every_remedy_says_what_it_leads_to_or_why_not) {
  start(FailurePolicy::hold);
  settle("ip", Settlement::failed);
  settle("cpe", Settlement::completed);
  bool retry = false;
  for (const Prospect& one : prospects(state, {}, context())) {
    EXPECT_TRUE(one.allowed ? !one.leads.empty() : !one.refusal.empty() && !one.hint.empty()) << to_text(one.remedy);
    retry |= one.remedy == Remedy::retry && one.allowed && !one.forced;
  }
  EXPECT_TRUE(retry);
}

}  // namespace
}  // namespace comd::product_order

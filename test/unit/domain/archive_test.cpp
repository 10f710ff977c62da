#include <gtest/gtest.h>

#include "domain/views.h"
#include "test/support/fiber.h"

/// An order that is over is put away, with its service orders: what it may be asked before and after.
namespace comd::product_order {
namespace {

using namespace fiber;

/// An order, given commands, and what the last one led to.
struct Given {
  CatalogSet catalogs;
  State state;
  Decision last;
  std::optional<Rejection> rejection;
  std::string busy;

  Given() {
    catalogs.versions.push_back(catalog(FailurePolicy::rollback));
    when(Submit{order({item("1")}), "digest", ""});
  }
  Given& when(const Command& command) {
    rejection.reset();
    last = {};
    auto decided = decide(kOrder, state, command, Context{kNow, &catalogs, {}, {}, busy});
    if (!decided) {
      rejection = decided.error();
      return *this;
    }
    last = *decided;
    for (const Event& event : last.events) evolve(state, event);
    return *this;
  }
  Given& completed() {
    const Values port{{"portId", {"\"P1\""}}};
    for (const char* key : {"access", "ip", "cpe"})
      when(NoteSettled{so(key), Settlement::completed, {}, key == std::string("access") ? port : Values{}, {}, {}});
    for (const auto& [product, write] : std::map(state.writes)) when(SettleWrite{product, product::Status::active});
    return *this;
  }
  Given& archived() { return when(Archive{"comd", "older than 90d"}); }
};

TEST(Archive, of_a_completed_order_takes_its_service_orders_along) {
  Given order;
  order.completed();
  ASSERT_EQ(order.state.status, OrderStatus::completed);
  order.archived();
  ASSERT_FALSE(order.rejection) << order.rejection->message;
  ASSERT_EQ(order.last.events, std::vector<Event>({Archived{"comd", "older than 90d", kNow}}));
  EXPECT_EQ(order.last.archived.size(), order.state.nodes.size());
  EXPECT_TRUE(order.state.archived());
}

TEST(Archive, leaves_nothing_at_hand_but_what_it_is_found_by) {
  Given order;
  const Agenda open = order.completed().state.id.empty() ? Agenda{} : agenda(order.state);
  EXPECT_FALSE(open.tells.empty());
  const Agenda put_away = agenda(order.archived().state);
  EXPECT_TRUE(put_away.effects.empty() && put_away.tells.empty() && put_away.wakeups.empty());
  for (const Row& row : put_away.rows) EXPECT_EQ(row.table, Table::archived);
  EXPECT_LT(put_away.rows.size(), open.rows.size());
  EXPECT_EQ(put_away.counters.size(), 1u);
  const AgendaChange change = difference(open, put_away);
  EXPECT_EQ(change.rows_removed.size(), open.rows.size());
  EXPECT_EQ(change.tells_removed.size(), open.tells.size());
  const auto summary = views::decode_order(put_away.rows.front().value);
  ASSERT_TRUE(summary);
  EXPECT_EQ(summary->state, "completed");
  EXPECT_EQ(summary->archived_at, kNow);
  EXPECT_EQ(summary->external_id, order.state.order.external_id);
}

TEST(Archive, is_refused_while_something_is_under_way) {
  Given order;
  order.archived();
  ASSERT_TRUE(order.rejection);
  EXPECT_NE(order.rejection->message.find("inProgress"), std::string::npos);
  order.completed().busy = "so-1 is held";
  order.archived();
  ASSERT_TRUE(order.rejection);
  EXPECT_EQ(order.rejection->code, RejectionCode::precondition);
  EXPECT_NE(order.rejection->message.find("so-1 is held"), std::string::npos);
  order.busy.clear();
  EXPECT_FALSE(order.archived().rejection);
  State none;
  EXPECT_EQ(decide(kOrder, none, Archive{}, Context{kNow, &order.catalogs, {}}).error().code, RejectionCode::not_found);
}

TEST(Archive, is_done_once_and_answers_what_was_asked_before_as_before) {
  Given order;
  order.completed().archived();
  EXPECT_TRUE(order.archived().last.events.empty());
  EXPECT_FALSE(order.rejection);
  order.when(Submit{fiber::order({item("1")}), "digest", ""});
  EXPECT_FALSE(order.rejection) << "the same submission again";
  EXPECT_TRUE(order.last.events.empty());
  order.when(Submit{fiber::order({item("1")}), "another digest", ""});
  ASSERT_TRUE(order.rejection);
  EXPECT_EQ(order.rejection->code, RejectionCode::conflict);
}

TEST(Archive, is_final_for_people_and_silent_for_systems) {
  Given order;
  order.completed().archived();
  const State before = order.state;
  for (const Command& command : {Command{Cancel{"too late", "client"}},
                                 Command{Revise{fiber::order({item("1")}), "another digest", 2, {}, "client", "too late"}},
                                 Command{Intervene{{}, {"i-1", Remedy::note, "tester", "a note", {}, {}, false}}}}) {
    order.when(command);
    ASSERT_TRUE(order.rejection);
    EXPECT_NE(order.rejection->message.find("archived"), std::string::npos);
    EXPECT_NE(order.rejection->hint.find("--archived"), std::string::npos);
  }
  for (const Command& command :
       {Command{NotePonr{so("access")}}, Command{NoteHeld{so("access"), true, "x"}}, Command{TimerDue{"review"}}}) {
    order.when(command);
    EXPECT_FALSE(order.rejection);
    EXPECT_TRUE(order.last.events.empty());
  }
  EXPECT_EQ(order.state, before);
}

TEST(Archive, of_a_service_order_takes_late_reports_without_an_event) {
  Given order;
  service_order::State state;
  for (const auto& event : service_order::open(order.state.nodes.front().spec, true, {kNow, 0, &order.catalogs}))
    service_order::evolve(state, event);
  EXPECT_NE(busy_with(state), "") << "queued";
  service_order::evolve(state, service_order::Completed{});
  EXPECT_EQ(busy_with(state), "");
  EXPECT_FALSE(agenda(state).tells.empty());
  service_order::evolve(state, service_order::Archived{kNow});
  EXPECT_EQ(agenda(state), Agenda{});
  const service_order::Context context{kNow, 0, &order.catalogs};
  service_order::Report late;
  late.id = "late";
  late.kind = service_order::ReportKind::failed;
  const auto taken = service_order::decide(state, service_order::TakeReport{late}, context);
  ASSERT_TRUE(taken);
  EXPECT_TRUE(taken->empty());
  const auto noted =
      service_order::decide(state, service_order::Intervene{{"i-2", Remedy::note, "tester", "a note", {}, {}, false}}, context);
  ASSERT_FALSE(noted);
  EXPECT_NE(noted.error().message.find("archived"), std::string::npos);
}

}  // namespace
}  // namespace comd::product_order

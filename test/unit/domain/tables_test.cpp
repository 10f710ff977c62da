#include <gtest/gtest.h>

#include "domain/views.h"
#include "test/support/fiber.h"

namespace comd {
namespace {

using P = Progress;
using I = ItemStatus;

TEST(RollUp, items_cell_by_cell) {
  struct Row {
    std::vector<P> services;
    bool stable;
    I expected;
  };
  const std::vector<Row> table{
      {{}, true, I::completed},
      {{P::not_started}, false, I::acknowledged},
      {{P::not_started, P::not_started}, false, I::acknowledged},
      {{P::running, P::not_started}, false, I::in_progress},
      {{P::done, P::not_started}, false, I::in_progress},
      {{P::skipped, P::not_started}, false, I::in_progress},
      {{P::held, P::running}, false, I::held},
      {{P::held, P::done}, false, I::held},
      {{P::done, P::done}, false, I::in_progress},
      {{P::done, P::done}, true, I::completed},
      {{P::done, P::skipped}, true, I::completed},
      {{P::skipped}, true, I::completed},
      {{P::partly_done}, true, I::partial},
      {{P::partly_done, P::done}, true, I::partial},
      {{P::done, P::failed}, true, I::partial},
      {{P::done, P::cancelled}, true, I::partial},
      {{P::failed}, true, I::failed},
      {{P::failed, P::cancelled}, true, I::failed},
      {{P::cancelled}, true, I::cancelled},
      {{P::failed}, false, I::in_progress},
  };
  for (std::size_t i = 0; i < table.size(); ++i)
    EXPECT_EQ(roll_up_item(table[i].services, table[i].stable), table[i].expected) << "row " << i;
}

TEST(RollUp, orders_cell_by_cell) {
  struct Row {
    std::vector<I> items;
    OrderStatus expected;
  };
  const std::vector<Row> table{
      {{}, OrderStatus::completed},
      {{I::completed}, OrderStatus::completed},
      {{I::completed, I::failed}, OrderStatus::partial},
      {{I::completed, I::cancelled}, OrderStatus::partial},
      {{I::partial}, OrderStatus::partial},
      {{I::partial, I::failed}, OrderStatus::partial},
      {{I::failed}, OrderStatus::failed},
      {{I::failed, I::cancelled}, OrderStatus::failed},
      {{I::cancelled}, OrderStatus::cancelled},
  };
  for (std::size_t i = 0; i < table.size(); ++i) EXPECT_EQ(roll_up_order(table[i].items), table[i].expected) << "row " << i;
}

TEST(RollUp, every_state_has_a_tmf622_word) {
  const std::set<std::string_view> tmf{"acknowledged",       "rejected",  "pending", "held",    "inProgress",
                                       "cancelled",          "completed", "failed",  "partial", "assessingCancellation",
                                       "pendingCancellation"};
  for (int i = 1; i <= 13; ++i) EXPECT_TRUE(tmf.contains(to_tmf(static_cast<OrderStatus>(i)))) << i;
  for (int i = 1; i <= 8; ++i) {
    EXPECT_TRUE(tmf.contains(to_tmf(static_cast<ItemStatus>(i)))) << i;
    EXPECT_NE(to_tmf(static_cast<ItemStatus>(i)), "partial") << "items have no partial in TMF622 v4";
  }
}

TEST(Product, status_cell_by_cell) {
  using product::Outcome;
  using product::Status;
  struct Row {
    Action action;
    Outcome outcome;
    Status before, after;
  };
  const std::vector<Row> table{
      {Action::add, Outcome::completed, Status::absent, Status::active},
      {Action::add, Outcome::partial, Status::absent, Status::pending_active},
      {Action::add, Outcome::failed, Status::absent, Status::aborted},
      {Action::add, Outcome::cancelled, Status::absent, Status::cancelled},
      {Action::modify, Outcome::completed, Status::active, Status::active},
      {Action::modify, Outcome::failed, Status::active, Status::active},
      {Action::modify, Outcome::completed, Status::suspended, Status::suspended},
      {Action::modify, Outcome::partial, Status::active, Status::active},
      {Action::remove, Outcome::completed, Status::active, Status::terminated},
      {Action::remove, Outcome::partial, Status::active, Status::pending_terminate},
      {Action::remove, Outcome::failed, Status::active, Status::active},
      {Action::remove, Outcome::cancelled, Status::suspended, Status::suspended},
      {Action::no_change, Outcome::failed, Status::active, Status::active},
  };
  for (std::size_t i = 0; i < table.size(); ++i)
    EXPECT_EQ(product::next_status(table[i].action, table[i].outcome, table[i].before), table[i].after) << "row " << i;
}

TEST(Product, one_order_at_a_time) {
  product::State s;
  auto apply = [&](const product::Command& command) -> std::optional<Rejection> {
    auto decided = product::decide(s, command, {fiber::kNow, 0, false});
    if (!decided) return decided.error();
    for (const auto& event : *decided) product::evolve(s, event);
    return {};
  };
  product::Snapshot snapshot;
  snapshot.id = {"pr-1"};
  snapshot.tenant = {"t"};
  EXPECT_TRUE(apply(product::Claim{{"po-1"}, "1", Action::modify})) << "not there yet";
  EXPECT_FALSE(apply(product::Write{{"po-1"}, "1", Action::add, product::Outcome::completed, snapshot}));
  EXPECT_EQ(s.product.status, product::Status::active);
  EXPECT_FALSE(apply(product::Claim{{"po-2"}, "1", Action::remove}));
  EXPECT_EQ(s.product.status, product::Status::pending_terminate);
  const auto refused = apply(product::Claim{{"po-3"}, "1", Action::modify});
  ASSERT_TRUE(refused);
  EXPECT_NE(refused->message.find("po-2"), std::string::npos);
  EXPECT_FALSE(apply(product::Write{{"po-2"}, "1", Action::remove, product::Outcome::failed, s.product}));
  EXPECT_EQ(s.product.status, product::Status::active) << "what was true before";
  EXPECT_FALSE(apply(product::Claim{{"po-3"}, "1", Action::modify}));
}

TEST(Catalog, a_valid_one_has_no_findings) { EXPECT_TRUE(validate(*fiber::catalog()).empty()); }

TEST(Catalog, errors_name_the_place) {
  auto broken = [](auto change) {
    auto c = fiber::catalog();
    change(*c);
    return c;
  };
  const std::vector<std::pair<std::shared_ptr<Catalog>, std::string>> table{
      {broken([](Catalog& c) { c.offerings[0].services[0].specification = "nope@1"; }), "offerings[0].services[0].specification"},
      {broken([](Catalog& c) { c.offerings[0].services[1].depends_on = {"nope"}; }), "offerings[0].services[1].dependsOn[0]"},
      {broken([](Catalog& c) { c.offerings[0].services[0].depends_on = {"ip"}; }), "offerings[0].services"},
      {broken([](Catalog& c) { c.offerings[0].services[0].optional = true; }), "offerings[0].services[1].dependsOn[0]"},
      {broken([](Catalog& c) { c.offerings.push_back(c.offerings[0]); }), "offerings[3].versions"},
      {broken([](Catalog& c) { c.specifications["ip@1"].timeouts.silence = Millis{0}; }),
       "specifications[ip@1].timeouts.silence"},
      {broken([](Catalog& c) { c.specifications["ip@1"].retry[0].attempts = 0; }), "specifications[ip@1].retry[0].attempts"},
      {broken([](Catalog& c) { c.offerings[0].services[1].depends_on.clear(); }), "offerings[0].services[1].characteristics[0]"},
  };
  for (const auto& [catalog, where] : table) {
    const auto found = validate(*catalog);
    ASSERT_FALSE(found.empty()) << where;
    EXPECT_EQ(found[0].where, where);
  }
}

TEST(Views, summaries_survive_their_text_form) {
  views::OrderSummary s{
      {"po-1"},           {"t"}, "E\n1", "crm", "inProgress", "a\\b", {"fiber", "mobile"}, {{"p1", "customer"}, {"p2", ""}}, 2,
      Instant{Millis{5}}, {},    3,      1,     "v1"};
  EXPECT_EQ(views::decode_order(views::encode(s)), s);
  EXPECT_EQ(views::id_of_index_key(views::index_prefix({"t"}, "state", "held") + views::date_key(Instant{Millis{5}}) + "po-1"),
            "po-1");
}

/// These bytes are on disk.
TEST(Views, summaries_are_written_as_they_always_were) {
  const views::OrderSummary order{{"po-1"},
                                  {"t"},
                                  "E\n1",
                                  "crm",
                                  "held",
                                  "a\\b",
                                  {"fiber", "mobile"},
                                  {{"p1", "customer"}, {"p2", ""}},
                                  2,
                                  Instant{Millis{5}},
                                  Instant{Millis{6}},
                                  3,
                                  1,
                                  "v1"};
  EXPECT_EQ(
      views::encode(order),
      "id=po-1\ntenant=t\nexternal=E\\n1\nsource=crm\nstate=held\nreason=a\\\\b\noffering=fiber\noffering=mobile\nparty=p1\n"
      "role=customer\nparty=p2\nrole=-\npriority=2\nsubmitted=5\nclosed=6\nserviceOrders=3\ndone=1\ncatalog=v1\n");
  const views::ProductSummary product{{"pr-1"}, {"t"}, "active", "O", "Offer", {{"p1", "customer"}}, {"po-1"}, {"po-2"}, 2, 7};
  EXPECT_EQ(views::encode(product),
            "id=pr-1\ntenant=t\nstatus=active\noffering=O\nofferingName=Offer\nparty=p1\nrole=customer\nlastOrder=po-1\n"
            "claimedBy=po-2\nservices=2\nwrites=7\n");
  EXPECT_EQ(views::decode_product(views::encode(product)), product);
  const views::ServiceSummary service{{"sv-1"}, {"t"}, {"pr-1"}, "s@1", "active", "ok", {"po-1"}};
  EXPECT_EQ(views::encode(service),
            "id=sv-1\ntenant=t\nproduct=pr-1\nspecification=s@1\nstate=active\noperating=ok\nlastOrder=po-1\n");
  EXPECT_EQ(views::decode_service(views::encode(service)), service);
  const views::PersonSummary person{"so-1",  "fallout", {"t"},       {"po-1"}, "1",   "access",           "a@1",
                                    "north", "held",    "transient", "E",      "m",   Instant{Millis{8}}, Instant{Millis{9}},
                                    2,       true,      false,       true,     "anna"};
  EXPECT_EQ(views::encode(person),
            "id=so-1\nkind=fallout\ntenant=t\norder=po-1\nitem=1\nkey=access\nspecification=a@1\ntarget=north\nstate=held\n"
            "class=transient\ncode=E\nmessage=m\nsince=8\nuntil=9\nattempts=2\ninDoubt=1\ncompensation=1\nassignee=anna\n");
  EXPECT_EQ(views::decode_person(views::encode(person)), person);
  const views::RepairSummary repair{
      {"rj-1"},          {"t"}, "running", "retry", "anna", "why", "code=E", "r", {6, 1, 1, 1, 1, 1, 1}, Instant{Millis{4}},
      Instant{Millis{5}}};
  EXPECT_EQ(
      views::encode(repair),
      "id=rj-1\ntenant=t\nstatus=running\nremedy=retry\nby=anna\nwhy=why\nquery=code=E\nreason=r\nmembers=6\nopen=1\ntried=1\n"
      "moved=1\nstuck=1\nrefused=1\nskipped=1\nstarted=4\nended=5\n");
  EXPECT_EQ(views::decode_repair(views::encode(repair)), repair);
  EXPECT_FALSE(views::decode_order("no line end"));
}

TEST(Agenda, only_the_next_wake_up_has_a_row) {
  const Wakeup a1{"a", Instant{Millis{1}}, "x"}, b1{"b", Instant{Millis{1}}, "x"}, a2{"a", Instant{Millis{2}}, "x"};
  Agenda before, after;
  before.wakeups = {b1, a1};
  after.wakeups = {a2, b1};
  AgendaChange change = difference(before, after);
  EXPECT_EQ(change.wakeup_removed, a1);
  EXPECT_EQ(change.wakeup_added, b1);
  after.wakeups = {a1};
  change = difference(before, after);
  EXPECT_FALSE(change.wakeup_removed || change.wakeup_added) << "what lies behind the next one has no row";
  EXPECT_EQ(difference(before, {}).wakeup_removed, a1);
}

}  // namespace
}  // namespace comd

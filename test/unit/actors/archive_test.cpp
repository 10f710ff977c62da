#include "domain/views.h"
#include "storage/rebuild.h"
#include "storage/subject_reader.h"
#include "test/unit/actors/fixture.h"

namespace comd {
namespace {

using service_order::ReportKind;

/// An order is put away, with the real actors.
class Archiving : public EngineTest {
 protected:
  void SetUp() override {
    start();
    load_catalog();
  }
  void fulfil() {
    submit_order();
    answer(0, ok());
    report("access", ReportKind::completed, {{"portId", {"\"p1\""}}});
    answer(1, ok());
    answer(2, ok());
    report("ip", ReportKind::completed);
    report("cpe", ReportKind::completed);
    ASSERT_EQ(order_state().status, OrderStatus::completed);
  }
  Reply archive() { return execute(stream_of(fiber::kOrder), product_order::Command{product_order::Archive{"comd", "old"}}); }
  std::vector<std::string> listed(Table table) const {
    std::vector<std::string> out;
    for (const auto& [key, value] : log_->scan(table, views::index_prefix({"t"}, "all", ""), {}, 10, false).rows)
      out.push_back(views::id_of_index_key(key));
    return out;
  }
  const std::vector<std::string> order_{fiber::kOrder.value};
};

TEST_F(Archiving, AnOrderAndItsServiceOrdersGoInOneCommit) {
  fulfil();
  const Reply reply = archive();
  ASSERT_FALSE(reply.rejection) << reply.rejection->message;
  const Commit last = commits().back();
  EXPECT_EQ(last.streams.size(), 4u);
  EXPECT_TRUE(order_state().archived());
  for (const char* key : {"access", "ip", "cpe"}) EXPECT_TRUE(service_order_state(key).archived);
  EXPECT_TRUE(listed(Table::order_index).empty());
  EXPECT_EQ(listed(Table::archived), order_);
  EXPECT_FALSE(log_->row(Table::order, fiber::kOrder.value));
  EXPECT_EQ(log_->counters().at("orders_archived{tenant=\"t\"}"), 1);
  EXPECT_EQ(log_->counters().at("orders{tenant=\"t\",state=\"completed\"}"), 0);
  EXPECT_EQ(differences(log_->derived(), rebuild(*log_), 5), std::vector<std::string>{});
  EXPECT_FALSE(archive().changed) << "once";
}

TEST_F(Archiving, WhatIsUnderWayKeepsAnOrder) {
  submit_order();
  const Reply open = archive();
  ASSERT_TRUE(open.rejection);
  EXPECT_EQ(open.rejection->code, RejectionCode::precondition);
  EXPECT_TRUE(listed(Table::archived).empty());
}

/// An actor that was awake all the time has another state in memory; its append does not fit, and it folds again.
TEST_F(Archiving, LateReportsAreAnsweredWithoutAnEvent) {
  fulfil();
  ASSERT_FALSE(archive().rejection);
  const Position tail = log_->tail();
  const Reply late = report("access", ReportKind::failed);
  EXPECT_FALSE(late.rejection);
  EXPECT_FALSE(late.changed);
  EXPECT_EQ(log_->tail(), tail);
  EXPECT_EQ(differences(log_->derived(), rebuild(*log_), 5), std::vector<std::string>{});
}

TEST_F(Archiving, TheSameSubmissionReachesItStill) {
  fulfil();
  ASSERT_FALSE(archive().rejection);
  for (const bool restarted : {false, true}) {
    if (restarted) {
      crash();
      start();
    }
    const Position tail = log_->tail();
    const Reply again = submit_order();
    EXPECT_FALSE(again.rejection);
    EXPECT_FALSE(again.changed);
    const Reply other = execute(stream_of(fiber::kOrder), submit(fiber::order({fiber::item("2")}), "another digest"));
    ASSERT_TRUE(other.rejection);
    EXPECT_EQ(other.rejection->code, RejectionCode::conflict);
    const Reply cancel = execute(stream_of(fiber::kOrder), product_order::Command{product_order::Cancel{"late", "client"}});
    ASSERT_TRUE(cancel.rejection);
    EXPECT_NE(cancel.rejection->message.find("archived"), std::string::npos);
    EXPECT_EQ(log_->tail(), tail);
  }
}

TEST_F(Archiving, ItsSubjectIsFoundStill) {
  Order order = fiber::order({fiber::item("1")});
  order.parties = {{"pseudonym", "Customer", "sealed:1:2-aaaaaaaa:AAAA"}};
  ASSERT_FALSE(execute(stream_of(fiber::kOrder), submit(order)).rejection);
  answer(0, ok());
  service_order::Report failed;
  failed.id = "f";
  failed.kind = ReportKind::failed;
  failed.fault = {FaultClass::permanent, "NO_FIBER", "there is none"};
  execute(stream_of(fiber::so("access")), service_order::Command{service_order::TakeReport{failed}});
  ASSERT_TRUE(is_final(order_state().status));
  const auto before = find_subject(*log_, {"t"}, subject_stream("pseudonym"));
  ASSERT_EQ(before.orders.size(), 1u);
  const Reply reply = archive();
  ASSERT_FALSE(reply.rejection) << reply.rejection->message;
  const auto after = find_subject(*log_, {"t"}, subject_stream("pseudonym"));
  ASSERT_EQ(after.orders.size(), 1u);
  EXPECT_EQ(after.orders.front().keys, before.orders.front().keys);
}

TEST_F(Archiving, ProductsAndServicesDoNotNeedIt) {
  fulfil();
  const StreamId product = stream_of(product_id(fiber::kOrder, "1", 1));
  const auto before = fold<product::State>(log_->inner->read_stream(product), product)->state;
  ASSERT_FALSE(archive().rejection);
  log_->as_read = [](StoredCommit& commit) {  // as if every archived record were gone
    const auto part = decode(commit.record);
    if (part && kind_of(part->streams.front().stream.value) == StreamKind::product_order) commit.record = "lost";
  };
  EXPECT_EQ(fold<product::State>(log_->read_stream(product, {}), product)->state, before);
}

}  // namespace
}  // namespace comd

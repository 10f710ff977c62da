#include "test/unit/actors/fixture.h"

/// Orders that change the same product, one after the other.
namespace comd {
namespace {

using service_order::ReportKind;

const ProductId kProduct = product_id(OrderId{"po-base"}, "1", 1), kOther = product_id(OrderId{"po-base"}, "2", 1);

class ClaimsInLine : public EngineTest {
 protected:
  void SetUp() override {
    start();
    execute(StreamId{"catalog"}, catalog_log::Command{catalog_log::Load{"test", "queue", "dq", "queue"}});
    order("po-base", {fiber::item("1"), fiber::item("2")});
    fulfil();
    ASSERT_EQ(state("po-base").status, OrderStatus::completed);
  }
  Reply order(const char* id, std::vector<OrderItem> items) {
    return execute(StreamId{id}, submit(fiber::order(std::move(items)), id));
  }
  Reply cancel(const char* id) {
    return execute(StreamId{id}, product_order::Command{product_order::Cancel{"changed my mind", "me"}});
  }
  static OrderItem change(std::string id, const ProductId& product, int bandwidth = 200) {
    OrderItem out = fiber::item(std::move(id), Action::modify);
    out.product = product;
    out.characteristics = {{"bandwidth", {std::to_string(bandwidth)}}};
    return out;
  }
  /// The partners do what they were called for, and what that leads to.
  void fulfil() {
    for (; done_ < partner_->calls.size(); ++done_) {
      const auto made = partner_->calls[done_];
      made.done(ok());
      run();
      service_order::Report report;
      report.id = "r" + std::to_string(done_);
      report.kind = ReportKind::completed;
      report.outputs = {{"portId", {"\"p1\""}}};
      execute(stream_of(made.call.request.service_order), service_order::Command{service_order::TakeReport{report}});
    }
  }
  void restart() {
    crash();
    done_ = 0;
    start();
  }
  product_order::State state(const char* id) const {
    return fold<product_order::State>(log_->inner->read_stream(StreamId{id}), StreamId{id})->state;
  }
  product::State product(const ProductId& id) const {
    return fold<product::State>(log_->inner->read_stream(stream_of(id)), stream_of(id))->state;
  }
  static Value bandwidth(const product::State& s) { return s.product.characteristics.at("bandwidth"); }

  std::size_t done_ = 0;  ///< calls
};

TEST_F(ClaimsInLine, TheNextGoesOnAtOnceWhenTheProductIsFree) {
  order("po-1", {change("1", kProduct, 200)});
  order("po-2", {change("1", kProduct, 300)});
  order("po-3", {change("1", kProduct, 400)});
  EXPECT_EQ(state("po-2").reason, "waits for product " + kProduct.value + ", claimed by po-1: place 1 in line");
  EXPECT_EQ(state("po-3").reason, "waits for product " + kProduct.value + ", claimed by po-1: place 2 in line");
  EXPECT_EQ(partner_->calls.size() - done_, 1u) << "only the first is at work";
  fulfil();  // without a moment passing
  EXPECT_EQ(state("po-1").status, OrderStatus::completed);
  EXPECT_EQ(state("po-2").status, OrderStatus::completed);
  EXPECT_EQ(state("po-3").status, OrderStatus::completed);
  EXPECT_EQ(bandwidth(product(kProduct)), Value{"400"});
  EXPECT_EQ(state("po-3").nodes.at(0).spec.previous.at("speed"), Value{"300"}) << "planned on what the second left";
  EXPECT_TRUE(log_->outbox(nullptr, 10).empty());
}

TEST_F(ClaimsInLine, WaitingRecordsNothingButThatTheLineHasMoved) {
  order("po-1", {change("1", kProduct)});
  order("po-2", {change("1", kProduct)});
  const auto orders = log_->head(StreamId{"po-2"}), products = log_->head(stream_of(kProduct));
  advance(50s);
  EXPECT_EQ(log_->head(StreamId{"po-2"}), orders);
  EXPECT_EQ(log_->head(stream_of(kProduct)), products);
  order("po-3", {change("1", kProduct)});
  cancel("po-2");
  EXPECT_EQ(state("po-2").status, OrderStatus::cancelled);
  advance(30s);
  EXPECT_EQ(state("po-3").claims.at(kProduct).place, 1u);
}

TEST_F(ClaimsInLine, AHintThatIsLostCostsTimeOnly) {
  order("po-1", {change("1", kProduct)});
  order("po-2", {change("1", kProduct)});
  while (done_ < partner_->calls.size() && product(kProduct).product.claimed_by == OrderId{"po-1"}) fulfil();
  restart();
  advance(1min);
  fulfil();
  EXPECT_EQ(state("po-2").status, OrderStatus::completed);
}

TEST_F(ClaimsInLine, KeepsItsPlaceWhenCoMDIsKilled) {
  order("po-1", {change("1", kProduct, 200)});
  order("po-2", {change("1", kProduct, 300)});
  order("po-3", {change("1", kProduct, 400)});
  restart();
  EXPECT_EQ(product::place_in_line(product(kProduct), {"po-2"}), 1u);
  // What was sent before is sent again: the key is the same.
  advance(15min);
  fulfil();
  for (int i = 0; i < 20 && state("po-3").status != OrderStatus::completed; ++i) {
    advance(10s);
    fulfil();
  }
  EXPECT_EQ(state("po-3").status, OrderStatus::completed) << state("po-3").reason;
  EXPECT_EQ(bandwidth(product(kProduct)), Value{"400"});
}

TEST_F(ClaimsInLine, TwoOrdersOnTwoProductsInOppositeOrderBothEnd) {
  auto one = send(StreamId{"po-1"}, submit(fiber::order({change("1", kProduct, 200), change("2", kOther, 200)}), "1"));
  auto two = send(StreamId{"po-2"}, submit(fiber::order({change("1", kOther, 300), change("2", kProduct, 300)}), "2"));
  run();
  ASSERT_FALSE((*one)->rejection);
  ASSERT_FALSE((*two)->rejection);
  fulfil();
  EXPECT_EQ(state("po-1").status, OrderStatus::completed);
  EXPECT_EQ(state("po-2").status, OrderStatus::completed);
  EXPECT_EQ(bandwidth(product(kProduct)), bandwidth(product(kOther))) << "one was wholly before the other";
}

TEST_F(ClaimsInLine, WhatIsCancelledInLineIsPassedOver) {
  order("po-1", {change("1", kProduct, 200)});
  order("po-2", {change("1", kOther, 300), change("2", kProduct, 300)});
  order("po-3", {change("1", kProduct, 400)});
  EXPECT_FALSE(cancel("po-2").rejection);
  EXPECT_EQ(state("po-2").status, OrderStatus::cancelled);
  EXPECT_TRUE(product(kOther).product.claimed_by.empty());
  EXPECT_EQ(product(kProduct).queue.size(), 1u);
  fulfil();
  EXPECT_EQ(state("po-3").status, OrderStatus::completed);
}

}  // namespace
}  // namespace comd

#include "storage/as_of.h"

#include "domain/views.h"
#include "storage/refold.h"
#include "test/north/north_fixture.h"

/// The past, read by the same calls as the present.
namespace comd::north {
namespace {

class AsOf : public North {
 protected:
  void SetUp() override {
    North::SetUp();
    load_catalog();
  }

  /// Some of everything: completed, failed and held, cancelled, a person's task, what nobody waits for.
  void make_history() {
    first = submitted(order_json("first", 100, "PAIR"));
    submitted(order_json("second"));
    const auto held = submitted(order_json("held", 50));
    submitted(order_json("visit", 1, "VISIT"));
    report(failed(service_order_of(held), "STUCK_1"));
    report(completed(service_order_of(first)));
    report(completed("so-nobody.1.1.0.line.r1"));
    const auto cancelled = submitted(order_json("gone"));
    Call call;
    api::CancelOrderRequest request;
    request.set_order_id(cancelled);
    request.set_reason("no longer wanted");
    api::CancelOrderResponse response;
    EXPECT_TRUE(orders->Cancel(&call, request, &response).ok());
    until([&] { return get(first).service_orders(1).status() != "waiting"; });
    report(completed(get(first).service_orders(1).id(), "r-2"));
    until([&] { return get(first).summary().terminal(); });
  }
  /// Nothing is under way any more.
  void settle() { engine->stop(Millis{5'000}); }

  std::string first;
};

/// A log that has taken in only the first commits of another one.
std::unique_ptr<EventLog> cut(const EventLog& log, std::uint64_t commits) {
  auto out = make_memory_event_log();
  Refold refold(*out, markers(log));
  for (const auto& stored : log.read_feed(Position{}, commits)) {
    auto append = refold.add(stored.record);
    EXPECT_TRUE(append) << append.error().message;
    EXPECT_TRUE(out->append(std::span(&*append, 1)).front());
  }
  return out;
}

std::set<std::string> prefixes(const EventLog& log, Table table) {
  std::set<std::string> out;
  for (const auto& [key, value] : log.scan(table, "", "", 10'000).rows) out.insert(key.substr(0, key.rfind('\0') + 1));
  return out;
}

void expect_same_index(const EventLog& then, const EventLog& past, const EventLog& live, Table table) {
  for (const auto& prefix : prefixes(live, table)) {
    for (const bool backwards : {false, true}) {
      std::string after;
      while (true) {
        const auto wanted = then.scan(table, prefix, after, 2, backwards), got = past.scan(table, prefix, after, 2, backwards);
        ASSERT_EQ(got.rows, wanted.rows) << prefix << " after " << after;
        ASSERT_EQ(got.more, wanted.more) << prefix << " after " << after;
        if (!wanted.more) break;
        after = wanted.rows.back().first;
      }
    }
  }
}

TEST_F(AsOf, AtEveryPositionEverythingReadsAsItDidThen) {
  make_history();
  settle();
  const auto tail = number(log->tail());
  ASSERT_GT(tail, 15U);
  for (std::uint64_t at = 0; at <= tail; ++at) {
    SCOPED_TRACE(at);
    const auto then = cut(*log, at);
    const auto past = make_as_of_log(*log, Position{at});
    EXPECT_EQ(past->tail(), then->tail());
    EXPECT_EQ(past->derived(), then->derived());
    EXPECT_EQ(past->counters(), then->counters());
    EXPECT_EQ(past->timers_due(Instant::max(), 1'000), then->timers_due(Instant::max(), 1'000));
    EXPECT_EQ(past->next_due(), then->next_due());
    EXPECT_EQ(past->outbox(nullptr, 1'000), then->outbox(nullptr, 1'000));
    EXPECT_EQ(past->tells(nullptr, 1'000), then->tells(nullptr, 1'000));
    for (const auto table : {Table::order_index, Table::product_index, Table::service_index})
      expect_same_index(*then, *past, *log, table);
    for (const auto table : {Table::order, Table::product, Table::service, Table::person, Table::unmatched, Table::quarantine}) {
      EXPECT_EQ(past->scan(table, "", "", 1'000).rows, then->scan(table, "", "", 1'000).rows);
      for (const auto& [key, value] : log->scan(table, "", "", 1'000).rows)
        EXPECT_EQ(past->row(table, key), then->row(table, key));
    }
    for (const auto& [key, value] : log->scan(Table::order, "", "", 1'000).rows) {
      EXPECT_EQ(past->head(StreamId{key}), then->head(StreamId{key}));
      EXPECT_EQ(past->read_stream(StreamId{key}).size(), then->read_stream(StreamId{key}).size());
    }
    EXPECT_EQ(past->read_feed(Position{}, 1'000).size(), at);
  }
}

TEST_F(AsOf, ThePastTakesNothing) {
  auto past = std::const_pointer_cast<AsOfLog>(make_as_of_log(*log, Position{1}));
  const Append append;
  EXPECT_EQ(past->append(std::span(&append, 1)).front().error(), AppendError::fenced);
}

TEST_F(AsOf, ReadingStopsWhenNobodyWaitsOrWhenItIsTooMuch) {
  make_history();
  settle();
  EXPECT_EQ(make_as_of_log(*log, log->tail())->read_open(2, [](Position) { return true; }).error().kind,
            AsOfError::Kind::too_large);
  for (int i = 0; i < 1'100; ++i) {
    const auto record = encode(Commit{Instant{Millis{i}}, {}, {}, {}});
    const Append append{{}, record, {}, {}};
    ASSERT_TRUE(log->append(std::span(&append, 1)).front());
  }
  EXPECT_EQ(make_as_of_log(*log, log->tail())->read_open(1'000, [](Position) { return false; }).error().kind,
            AsOfError::Kind::stopped);
}

TEST_F(AsOf, ATimeIsTheLastCommitThatWasNotLater) {
  auto clocked = make_memory_event_log();
  const auto add = [&](std::int64_t time) {
    const Append append{{}, encode(Commit{Instant{Millis{time}}, {}, {}, {}}), {}, {}};
    ASSERT_TRUE(clocked->append(std::span(&append, 1)).front());
  };
  EXPECT_EQ(position_at(*clocked, Instant{Millis{5}}), Position{});
  for (const std::int64_t time : {10, 20, 20, 30, 40}) add(time);
  EXPECT_EQ(position_at(*clocked, Instant{Millis{9}}), Position{});
  EXPECT_EQ(position_at(*clocked, Instant{Millis{10}}), Position{1});
  EXPECT_EQ(position_at(*clocked, Instant{Millis{20}}), Position{3});
  EXPECT_EQ(position_at(*clocked, Instant{Millis{39}}), Position{4});
  EXPECT_EQ(position_at(*clocked, Instant{Millis{99}}), Position{5});
  for (const std::int64_t time : {25, 35, 45}) add(time);  // the clock was set back
  for (const std::int64_t time : {25, 35}) {
    const auto at = position_at(*clocked, Instant{Millis{time}});
    EXPECT_LE(*time_of(*clocked, at), Instant{Millis{time}});
    EXPECT_GT(*time_of(*clocked, Position{number(at) + 1}), Instant{Millis{time}});
    const auto before = position_at(*clocked, Instant{Millis{time}});
    add(50);
    EXPECT_EQ(position_at(*clocked, Instant{Millis{time}}), before);
  }
}

TEST_F(AsOf, AnOrderIsShownAsItWasAfterAnEventAtAPositionAndAtATime) {
  make_history();
  const auto now = get(first);
  EXPECT_EQ(now.summary().state(), "completed");
  const auto as_of = [&](auto set) {
    Call call;
    api::GetOrderRequest request;
    request.set_order_id(first);
    set(*request.mutable_as_of());
    api::GetOrderResponse response;
    const auto status = orders->Get(&call, request, &response);
    EXPECT_TRUE(status.ok()) << status.error_message();
    return response;
  };
  const auto begun = as_of([](api::AsOf& at) { at.set_version(1); });
  EXPECT_EQ(begun.summary().state(), "inProgress");
  EXPECT_EQ(begun.summary().service_orders_done(), 0U);
  EXPECT_GT(begun.as_of_position(), 0U);
  const auto same = as_of([&](api::AsOf& at) { at.set_position(begun.as_of_position()); });
  EXPECT_EQ(same.tmf622_json(), begun.tmf622_json());
  EXPECT_NE(same.tmf622_json(), now.tmf622_json());
  const auto late = as_of([&](api::AsOf& at) { *at.mutable_time() = now.summary().closed_at(); });
  EXPECT_EQ(late.summary().state(), "completed");
}

TEST_F(AsOf, ListsAndCountsAreOfThatMomentAndPagesStayWithIt) {
  make_history();
  api::ListOrdersRequest request;
  request.set_page_size(1);
  request.add_states("inProgress");
  request.mutable_as_of()->set_position(get(first).as_of_position());
  Call one;
  api::GetOrderRequest begun;
  begun.set_order_id(first);
  begun.mutable_as_of()->set_version(1);
  api::GetOrderResponse then;
  ASSERT_TRUE(orders->Get(&one, begun, &then).ok());
  request.mutable_as_of()->set_position(then.as_of_position() + 2);
  std::vector<std::string> seen;
  do {
    Call call;
    api::ListOrdersResponse response;
    const auto status = orders->List(&call, request, &response);
    ASSERT_TRUE(status.ok()) << status.error_message();
    EXPECT_EQ(response.as_of_position(), request.as_of().position());
    for (const auto& order : response.orders()) seen.push_back(order.external_id());
    request.set_page_token(response.next_page_token());
  } while (!request.page_token().empty());
  EXPECT_EQ(std::count(seen.begin(), seen.end(), "first"), 1);
  EXPECT_LT(seen.size(), 5U);

  Call call;
  api::StatusRequest status_request;
  status_request.mutable_as_of()->set_position(then.as_of_position());
  api::StatusResponse status;
  const auto done = system->Status(&call, status_request, &status);
  ASSERT_TRUE(done.ok()) << done.error_message();
  EXPECT_EQ(status.tail_position(), then.as_of_position());
  std::int64_t counted = 0;
  for (const auto& [name, count] : status.counters())
    if (name.starts_with("orders{")) counted += count;
  EXPECT_EQ(counted, 1);
  EXPECT_EQ(status.catalog_versions_size(), 1);

  Call listing;
  api::ListFalloutRequest fallout_request;
  fallout_request.mutable_as_of()->set_position(then.as_of_position());
  api::ListFalloutResponse items;
  ASSERT_TRUE(fallout->List(&listing, fallout_request, &items).ok());
  EXPECT_EQ(items.items_size(), 0);
}

TEST_F(AsOf, AMomentThatNeverWasIsRefusedWithWhatThereIs) {
  make_history();
  const auto refused = [&](auto set) {
    Call call;
    api::GetOrderRequest request;
    request.set_order_id(first);
    set(*request.mutable_as_of());
    api::GetOrderResponse response;
    return orders->Get(&call, request, &response);
  };
  const auto beyond = refused([](api::AsOf& at) { at.set_position(1'000'000); });
  EXPECT_EQ(beyond.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_NE(beyond.error_message().find("the end of the log"), std::string::npos) << beyond.error_message();
  const auto version = refused([](api::AsOf& at) { at.set_version(900); });
  EXPECT_NE(version.error_message().find("Expected a version from 1 to"), std::string::npos) << version.error_message();
  const auto future = refused([](api::AsOf& at) { at.mutable_time()->set_seconds(9'000'000'000); });
  EXPECT_NE(future.error_message().find("time that has passed"), std::string::npos) << future.error_message();
  const auto before = refused([](api::AsOf& at) { at.set_position(1); });
  EXPECT_EQ(before.error_code(), grpc::StatusCode::NOT_FOUND);
}

}  // namespace
}  // namespace comd::north

#include <gmock/gmock.h>

#include "actors/archiver.h"
#include "storage/archive.h"
#include "storage/rebuild.h"
#include "test/contract/temp_dir.h"
#include "test/north/north_fixture.h"

/// Archived orders at the north side, on a store on disk: what is answered of them, and that what is at hand stays small.
namespace comd::north {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

class Archived : public North {
 protected:
  void SetUp() override {
    log = *open_rocks_event_log({.directory = directory.path(), .block_cache_bytes = 8u << 20, .on_failure = {}});
    North::SetUp();
    load_catalog();
    archiver = std::make_unique<Archiver>(*engine, std::nullopt);
  }
  void TearDown() override {
    archiver.reset();
    North::TearDown();
  }
  std::string fulfilled(const std::string& external_id) {
    const auto id = submitted(order_json(external_id));
    complete(id);
    return id;
  }
  void complete(const std::string& id) {
    until([&] { return get(id).service_orders(0).status() == "submitted"; });
    report(completed(service_order_of(id), "r-" + id));
    until([&] { return is_over(id); });
  }
  bool is_over(const std::string& id) {
    for (const auto& [key, value] :
         log->scan(Table::order_index, views::index_prefix({"default"}, "state", "completed"), {}, 1'000).rows)
      if (views::id_of_index_key(key) == id) return true;
    return false;
  }
  ArchiveRun archive() {
    const auto run = archiver->run({.older_than = Millis{-1'000}, .reason = "a test"});
    EXPECT_TRUE(run.has_value()) << run.error().message;
    return run.value_or(ArchiveRun{});
  }
  grpc::Status get_archived(const std::string& id, bool archived, api::GetOrderResponse& response) {
    Call call;
    api::GetOrderRequest request;
    request.set_order_id(id);
    request.set_archived(archived);
    return orders->Get(&call, request, &response);
  }
  std::vector<std::string> listed(bool archived, const std::string& external_id = {}, const std::string& party = {}) {
    Call call;
    api::ListOrdersRequest request;
    request.set_archived(archived);
    request.set_external_id(external_id);
    request.set_related_party(party);
    api::ListOrdersResponse response;
    const auto status = orders->List(&call, request, &response);
    EXPECT_TRUE(status.ok()) << status.error_message();
    std::vector<std::string> out;
    for (const auto& order : response.orders()) out.push_back(order.id());
    return out;
  }

  contract::TempDir directory;
  std::unique_ptr<Archiver> archiver;
};

TEST_F(Archived, OrdersAreListedAndReadWhenAskedFor) {
  const auto id = fulfilled("EX-1");
  const auto before = get(id);
  const auto run = archive();
  EXPECT_EQ(run.orders, 1u) << run.first_refusal;
  EXPECT_GT(run.moved.records, 2u);
  EXPECT_THAT(listed(false), IsEmpty());
  EXPECT_THAT(listed(true), testing::ElementsAre(id));
  EXPECT_THAT(listed(true, "EX-1"), testing::ElementsAre(id));
  EXPECT_THAT(listed(true, {}, "cust-1"), testing::ElementsAre(id));
  EXPECT_THAT(listed(true, "EX-2"), IsEmpty());
  api::GetOrderResponse response;
  const auto refused = get_archived(id, false, response);
  EXPECT_EQ(refused.error_code(), grpc::StatusCode::FAILED_PRECONDITION);
  EXPECT_THAT(refused.error_message(), HasSubstr("--archived"));
  const auto status = get_archived(id, true, response);
  ASSERT_TRUE(status.ok()) << status.error_message();
  EXPECT_EQ(response.tmf622_json(), before.tmf622_json());
  EXPECT_EQ(response.summary().state(), "completed");
  EXPECT_TRUE(response.summary().has_archived_at());
  EXPECT_EQ(response.service_orders_size(), 1);
}

TEST_F(Archived, ARepeatedSubmissionGetsTheSameAnswer) {
  api::SubmitResponse first, second;
  ASSERT_TRUE(submit(order_json("EX-1"), first).ok());
  complete(first.order_id());
  const auto service_order = service_order_of(first.order_id());
  ASSERT_EQ(archive().orders, 1u);
  const auto tail = log->tail();
  ASSERT_TRUE(submit(order_json("EX-1"), second).ok());
  EXPECT_EQ(second.outcome(), api::SUBMIT_OUTCOME_REPEATED);
  EXPECT_EQ(second.order_id(), first.order_id());
  EXPECT_EQ(second.position(), first.position());
  EXPECT_EQ(submit(order_json("EX-1", 200), second).error_code(), grpc::StatusCode::ALREADY_EXISTS);
  EXPECT_EQ(log->tail(), tail);
  const auto ack = report(completed(service_order, "late"));
  EXPECT_EQ(ack.code(), 0) << ack.message();
  EXPECT_EQ(log->tail(), tail) << "a late report leaves no event";
}

TEST_F(Archived, ADryRunOnlyCountsAndYoungOrdersStay) {
  fulfilled("EX-1");
  const auto counted = archiver->run({.older_than = Millis{-1'000}, .dry_run = true});
  ASSERT_TRUE(counted);
  EXPECT_EQ(counted->orders, 1u);
  EXPECT_THAT(listed(true), IsEmpty());
  EXPECT_EQ(archiver->run({.older_than = Millis{3'600'000}})->orders, 0u);
  EXPECT_FALSE(archiver->run({}).has_value()) << "nobody said how old";
  submitted(order_json("EX-2"));
  EXPECT_EQ(archive().orders, 1u) << "one is under way";
}

TEST_F(Archived, HistoryIsToldAsEver) {
  const auto id = fulfilled("EX-1");
  archive();
  Call call;
  api::TimelineRequest request;
  request.set_order_id(id);
  api::TimelineResponse response;
  ASSERT_TRUE(orders->Timeline(&call, request, &response).ok());
  ASSERT_GT(response.entries_size(), 3);
  EXPECT_EQ(response.entries(0).event(), "Submitted");
  EXPECT_EQ(response.entries(response.entries_size() - 1).event(), "Archived");
  Call again;
  api::GetOrderRequest then;
  then.set_order_id(id);
  then.mutable_as_of()->set_version(1);
  api::GetOrderResponse as_of;
  const auto status = orders->Get(&again, then, &as_of);
  EXPECT_TRUE(status.ok()) << status.error_message();
  EXPECT_FALSE(as_of.summary().has_archived_at());
}

/// Round after round as many orders; what is at hand grows by no more than the stubs, the index of streams and the small rows.
TEST_F(Archived, WhatIsAtHandStaysSmallWhileHistoryGrows) {
  constexpr int kOrders = 8, kRounds = 4;
  const auto records = [&] {
    std::uint64_t bytes = 0;
    for (const auto& stored : log->read_feed({}, 100'000))
      if (!stored.archived) bytes += stored.record.size();
    return bytes;
  };
  const auto rows = [&] {
    std::uint64_t count = 0;
    for (const auto& [key, value] : log->derived())
      if (key.starts_with('V') && (key[1] == static_cast<char>(Table::order) || key[1] == static_cast<char>(Table::order_index)))
        ++count;
    return count;
  };
  const auto products = [&] {  // what inventory rests on is never archived
    std::uint64_t bytes = 0;
    for (const auto& stored : log->read_feed({}, 100'000))
      if (const auto commit = decode_readable(stored.record);
          commit && !commit->streams.empty() && std::ranges::none_of(commit->streams, [](const auto& s) {
            return s.stream.value.starts_with("po-") || s.stream.value.starts_with("so-");
          }))
        bytes += stored.record.size();
    return bytes;
  };
  std::vector<std::uint64_t> hot;
  for (int round = 0; round < kRounds; ++round) {
    for (int i = 0; i < kOrders; ++i) fulfilled("EX-" + std::to_string(round) + "-" + std::to_string(i));
    EXPECT_EQ(archive().orders, static_cast<std::uint64_t>(kOrders));
    hot.push_back(records() - products());
    EXPECT_EQ(rows(), 0u);
  }
  EXPECT_LE(hot.back(), hot.front() + 4'096) << "of orders nothing stays but what only consumed a message";
  EXPECT_EQ(differences(log->derived(), rebuild(*log), 5), std::vector<std::string>{});
}

}  // namespace
}  // namespace comd::north

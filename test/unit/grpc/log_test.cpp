#include <gmock/gmock.h>

#include <nlohmann/json.hpp>
#include <set>

#include "storage/verify_chain.h"
#include "test/north/json_of.h"
#include "test/north/log_fixture.h"

namespace comd::north {
namespace {

using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr std::size_t kAll = 1'000'000;

TEST_F(Log, ARangeIsReadAsItStandsWithTheChainAroundIt) {
  completed_orders(3);
  const auto tail = log->tail();
  api::ReadLogRequest request;
  request.set_after_position(4);
  request.set_to_position(number(tail) - 1);
  request.set_records(true);
  request.set_chain(true);
  const auto messages = read(request);
  const auto got = commits(messages);
  const auto stored = log->read_feed(Position{4}, kAll);
  ASSERT_EQ(got.size(), number(tail) - 5);
  for (std::size_t i = 0; i < got.size(); ++i) {
    EXPECT_EQ(got[i].position(), number(stored[i].position));
    EXPECT_EQ(got[i].record(), stored[i].record);
  }
  const auto bytes = [&](Position at) {
    const auto digest = chain_at(*log, at);
    return std::string(digest.begin(), digest.end());
  };
  EXPECT_EQ(messages.front().chain(), bytes(Position{4}));
  EXPECT_TRUE(messages.back().done());
  EXPECT_EQ(messages.back().position(), number(tail) - 1);
  EXPECT_EQ(messages.back().chain(), bytes(Position{number(tail) - 1}));
}

TEST_F(Log, AnEventIsToldInWordsAndAsWhatWasRecorded) {
  const auto id = completed_orders(1).front();
  api::ReadLogRequest request;
  request.set_events(true);
  request.mutable_filter()->add_types("OrderSubmitted");
  const auto got = commits(read(request));
  ASSERT_EQ(got.size(), 1u);
  EXPECT_TRUE(got[0].record().empty());
  ASSERT_EQ(got[0].events_size(), 1);
  const auto& event = got[0].events(0);
  EXPECT_EQ(event.stream(), id);
  EXPECT_EQ(event.version(), 1u);
  EXPECT_EQ(event.kind(), "productOrder");
  EXPECT_THAT(event.text(), HasSubstr("1 item"));
  EXPECT_EQ(event.caused_by(), "Submit");
  EXPECT_EQ(event.tenant(), "default");
  EXPECT_FALSE(event.correlation_id().empty());
  const auto payload = json_of(event.payload_json());
  EXPECT_EQ(payload.at("order").at("externalId"), "L-0");
}

TEST_F(Log, AFilterTakesKindsTypesTenantsAndTimes) {
  completed_orders(2);
  const auto found = [&](auto set) {
    api::ReadLogRequest request;
    request.set_events(true);
    set(*request.mutable_filter());
    return types(commits(read(request)));
  };
  EXPECT_THAT(found([](auto& filter) { filter.add_types("OrderSubmitted"); }), ElementsAre("OrderSubmitted", "OrderSubmitted"));
  const auto products = found([](auto& filter) { filter.add_kinds("product"); });
  EXPECT_THAT(products, testing::Not(IsEmpty()));
  EXPECT_THAT(products, Each(testing::StartsWith("Product")));
  EXPECT_THAT(found([](auto& filter) { filter.add_types("Catalog*"); }), ElementsAre("CatalogLoaded"));
  EXPECT_THAT(found([](auto& filter) { filter.add_tenants("nobody"); }), IsEmpty());
  const auto now = number(log->tail());
  EXPECT_THAT(found([](auto& filter) { filter.mutable_from_time()->set_seconds(4'000'000'000); }), IsEmpty());
  EXPECT_THAT(found([](auto& filter) { filter.mutable_to_time()->set_seconds(4'000'000'000); }).size(), testing::Ge(now));

  const auto refused = [&](auto set) {
    api::ReadLogRequest request;
    set(request);
    grpc::Status status;
    read(request, &status);
    EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
    return status.error_message();
  };
  EXPECT_THAT(refused([](auto& r) { r.mutable_filter()->add_types("Submitted"); }), HasSubstr("but got \"Submitted\""));
  EXPECT_THAT(refused([](auto& r) { r.mutable_filter()->add_types("Xyz*"); }), HasSubstr("but got \"Xyz*\""));
  EXPECT_THAT(refused([](auto& r) { r.mutable_filter()->add_kinds("order"); }), HasSubstr("productOrder, serviceOrder"));
  EXPECT_THAT(refused([](auto& r) { r.set_after_position(1'000'000); }), HasSubstr("the end of the log"));
  EXPECT_THAT(refused([](auto& r) { r.set_follow(true), r.set_chain(true); }), HasSubstr("but got follow"));
}

TEST_F(Log, AnOrderIsReadWithItsServiceOrdersAndNobodyElses) {
  const auto ids = completed_orders(2);
  api::ReadLogRequest request;
  request.set_events(true);
  request.mutable_filter()->add_streams(ids[1]);
  std::set<std::string> streams;
  std::vector<std::uint64_t> positions;
  for (const auto& commit : commits(read(request))) {
    positions.push_back(commit.position());
    for (const auto& event : commit.events()) streams.insert(event.stream());
  }
  EXPECT_THAT(streams, ElementsAre(ids[1], service_order_of(ids[1])));
  EXPECT_TRUE(std::ranges::is_sorted(positions));
  request.mutable_filter()->set_streams(0, "po-nobody");
  grpc::Status status;
  read(request, &status);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::NOT_FOUND);
}

TEST_F(Log, FollowingGoesOnAsThingsHappenAndResumesWithoutLoss) {
  completed_orders(1);
  api::ReadLogRequest request;
  request.set_after_position(0);
  request.set_follow(true);
  request.set_records(true);
  std::vector<std::uint64_t> positions;
  std::uint64_t resume = 0;
  const auto follow_until = [&](std::uint64_t last) {
    Call call;
    request.set_after_position(resume);
    const auto stream = reader->Read(&call, request);
    api::ReadLogResponse message;
    while (stream->Read(&message)) {
      for (const auto& commit : message.commits()) positions.push_back(commit.position());
      resume = message.position();
      if (resume >= last) call.TryCancel();
    }
    EXPECT_EQ(stream->Finish().error_code(), grpc::StatusCode::CANCELLED);
  };
  follow_until(number(log->tail()));
  std::thread later([this] { completed_orders(2); });
  follow_until(number(log->tail()) + 5);
  later.join();
  follow_until(number(log->tail()));
  ASSERT_EQ(positions.size(), resume);
  for (std::size_t i = 0; i < positions.size(); ++i) EXPECT_EQ(positions[i], i + 1);
}

TEST_F(Log, FollowingAnOrderShowsWhatItDidAndWhatItDoes) {
  const auto id = submitted(order_json("E-1"));
  Call call;
  api::ReadLogRequest request;
  request.set_after_position(0);
  request.set_follow(true);
  request.set_events(true);
  request.mutable_filter()->add_streams(id);
  const auto stream = reader->Read(&call, request);
  std::vector<std::string> seen;
  api::ReadLogResponse message;
  bool reported = false;
  while (stream->Read(&message)) {
    for (const auto& commit : message.commits())
      for (const auto& event : commit.events()) seen.push_back(event.type());
    if (!reported && std::ranges::find(seen, "OrderSubmitted") != seen.end()) {
      reported = true;
      completed_orders(1);  // somebody else's
      report(completed(service_order_of(id)));
    }
    if (std::ranges::find(seen, "OrderClosed") != seen.end()) call.TryCancel();
  }
  stream->Finish();
  EXPECT_EQ(std::ranges::count(seen, "OrderSubmitted"), 1);
  EXPECT_EQ(std::ranges::count(seen, "ServiceOrderCompleted"), 1);
}

TEST_F(Log, WhoDoesNotReadHoldsUpNobody) {
  Call call;
  api::ReadLogRequest request;
  request.set_after_position(0);
  request.set_follow(true);
  request.set_records(true);
  const auto stream = reader->Read(&call, request);
  completed_orders(20);
  const auto tail = number(log->tail());
  std::uint64_t next = 1;
  api::ReadLogResponse message;
  while (stream->Read(&message)) {
    for (const auto& commit : message.commits()) EXPECT_EQ(commit.position(), next++);
    if (next > tail) call.TryCancel();
  }
  stream->Finish();
}

TEST_F(Log, StatsCountWhatIsThere) {
  completed_orders(3);
  Call call;
  const auto stream = reader->Stats(&call, {});
  api::LogStatsResponse message;
  while (stream->Read(&message)) {}
  ASSERT_TRUE(stream->Finish().ok());
  ASSERT_TRUE(message.done());
  const auto& stats = message.stats();
  const auto stored = log->read_feed({}, message.to_position());
  EXPECT_EQ(stats.commits(), stored.size());
  std::uint64_t bytes = 0, events = 0, in_days = 0, submissions = 0;
  for (const auto& commit : stored) {
    bytes += commit.record.size();
    const auto decoded = decode_readable(commit.record);
    for (const auto& slice : decoded->streams) events += slice.events.size();
  }
  EXPECT_EQ(stats.bytes(), bytes);
  EXPECT_EQ(stats.events(), events);
  for (const auto& type : stats.types())
    if (type.type() == "OrderSubmitted") submissions = type.events();
  EXPECT_EQ(submissions, 3u);
  for (const auto& kind : stats.kinds()) {
    if (kind.kind() == "serviceOrder") { EXPECT_EQ(kind.begun(), 3u); }
  }
  for (const auto& day : stats.days()) in_days += day.commits();
  EXPECT_EQ(in_days, stats.commits());
  EXPECT_LE(stats.first_time().seconds(), stats.last_time().seconds());
}

}  // namespace
}  // namespace comd::north

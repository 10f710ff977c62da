#include <gmock/gmock.h>

#include <set>

#include "test/north/north_fixture.h"

namespace comd::north {
namespace {

TEST_F(North, AWatchResumesFromAPositionWithoutLossOrRepetition) {
  load_catalog();
  const auto id = submitted(order_json("E-1"));
  report(completed(service_order_of(id)));
  api::WatchRequest request;
  request.add_order_ids(id);
  request.set_from_position(0);
  request.set_until_terminal(true);
  const auto all = watched(request);
  for (std::size_t cut = 1; cut < all.size(); ++cut) {
    request.set_from_position(all[cut - 1].position());
    const auto rest = watched(request);
    std::vector<std::string> expected, got;
    for (const auto& message : all) {
      if (message.position() > all[cut - 1].position()) expected.push_back(message.SerializeAsString());
    }
    for (const auto& message : rest) {
      if (!message.event().empty()) got.push_back(message.SerializeAsString());
    }
    EXPECT_EQ(got, expected) << "from position " << all[cut - 1].position();
    ASSERT_FALSE(rest.empty());
    EXPECT_TRUE(rest.back().terminal()) << "one that is over already is said to be over";
  }
}

TEST_F(North, AWatchOfEverythingHearsWhatHappensWhileItWatches) {
  load_catalog();
  Call call;
  api::WatchRequest request;
  request.set_from_position(0);
  auto stream = orders->Watch(&call, request);
  std::set<std::string> open;
  for (int i = 0; i < 20; ++i) open.insert(submitted(order_json("E-" + std::to_string(i))));
  for (const auto& id : open) report(completed(service_order_of(id)));
  api::WatchResponse message;
  std::uint64_t last = 0;
  while (!open.empty() && stream->Read(&message)) {
    EXPECT_GE(message.position(), last);
    last = message.position();
    if (message.terminal()) open.erase(message.order_id());
  }
  EXPECT_TRUE(open.empty());
  call.TryCancel();
}

TEST_F(North, SeveralOrdersAreWatchedUntilAllAreOver) {
  load_catalog();
  const auto first = submitted(order_json("E-1"));
  const auto second = submitted(order_json("E-2"));
  Call call;
  api::WatchRequest request;
  request.add_order_ids(first);
  request.add_order_ids(second);
  request.set_until_terminal(true);
  auto stream = orders->Watch(&call, request);
  api::WatchResponse message;
  ASSERT_TRUE(stream->Read(&message));
  EXPECT_TRUE(message.event().empty()) << "a live watch begins with where the order stands";
  EXPECT_EQ(message.state(), "inProgress");
  report(completed(service_order_of(first)));
  report(completed(service_order_of(second)));
  std::set<std::string> over;
  while (stream->Read(&message)) {
    if (message.terminal()) over.insert(message.order_id());
  }
  EXPECT_TRUE(stream->Finish().ok());
  EXPECT_EQ(over, (std::set{first, second}));
}

TEST_F(North, AWatchThatCannotBeIsRefused) {
  grpc::Status status;
  api::WatchRequest unknown;
  unknown.add_order_ids("po-nobody");
  watched(unknown, &status);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::NOT_FOUND);
  api::WatchRequest endless;
  endless.set_until_terminal(true);
  watched(endless, &status);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  api::WatchRequest ahead;
  ahead.set_from_position(1'000'000);
  watched(ahead, &status);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
}

TEST_F(North, StoppingEndsWatchesWithAdvice) {
  Call call;
  auto stream = orders->Watch(&call, {});
  Call probe;
  api::StatusResponse seen;
  ASSERT_TRUE(system->Status(&probe, {}, &seen).ok());
  std::thread stopping([this] { server->stop(Millis{5'000}); });
  api::WatchResponse message;
  while (stream->Read(&message)) {}
  const auto status = stream->Finish();
  stopping.join();
  EXPECT_EQ(status.error_code(), grpc::StatusCode::UNAVAILABLE);
}

}  // namespace
}  // namespace comd::north

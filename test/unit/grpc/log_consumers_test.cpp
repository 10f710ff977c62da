#include <gmock/gmock.h>

#include "test/north/log_fixture.h"

namespace comd::north {
namespace {

using testing::HasSubstr;

api::ConsumeRequest as(const std::string& holder) {
  api::ConsumeRequest request;
  request.set_consumer("billing");
  request.set_holder(holder);
  request.set_lease_ms(60'000);
  request.set_after_position(0);
  request.set_records(true);
  return request;
}

/// One stream of a consumer, read as the test wants.
class Holder {
 public:
  Holder(api::LogService::Stub& stub, const std::string& holder) : stub_(stub), stream_(stub.Consume(&call_, as(holder))) {
    if (stream_->Read(&message_)) lease = message_.lease();
  }
  ~Holder() { leave(); }
  /// Reads until the commit at `last` has come.
  std::vector<std::uint64_t> read_until(std::uint64_t last) {
    std::vector<std::uint64_t> out;
    while ((out.empty() || out.back() < last) && stream_->Read(&message_))
      for (const auto& commit : message_.commits()) out.push_back(commit.position());
    return out;
  }
  grpc::Status acknowledge(std::uint64_t position, bool release = false) {
    Call call;
    api::AcknowledgeRequest request;
    request.set_consumer("billing");
    request.set_token(lease.token());
    request.set_position(position);
    request.set_release(release);
    api::AcknowledgeResponse response;
    return stub_.Acknowledge(&call, request, &response);
  }
  /// How the stream ends, read to its end.
  grpc::Status ended() {
    while (stream_->Read(&message_)) {}
    over_ = true;
    return stream_->Finish();
  }
  void leave() {
    if (over_) return;
    call_.TryCancel();
    ended();
  }
  api::Lease lease;

 private:
  Call call_;
  api::LogService::Stub& stub_;
  std::unique_ptr<grpc::ClientReader<api::ConsumeResponse>> stream_;
  api::ConsumeResponse message_;
  bool over_ = false;
};

TEST_F(Log, AConsumerGetsEverythingAtLeastOnce) {
  completed_orders(2);
  const auto tail = number(log->tail());
  {
    Holder holder(*reader, "a");
    EXPECT_EQ(holder.lease.position(), 0u);
    EXPECT_EQ(holder.read_until(tail).size(), tail);
    EXPECT_TRUE(holder.acknowledge(3).ok());
  }
  Holder again(*reader, "a");
  EXPECT_EQ(again.lease.position(), 3u);
  const auto rest = again.read_until(tail);
  ASSERT_EQ(rest.size(), tail - 3) << "what was sent and not acknowledged comes again";
  EXPECT_EQ(rest.front(), 4u);
  EXPECT_TRUE(again.acknowledge(tail).ok());
  completed_orders(1);
  EXPECT_EQ(again.read_until(tail + 1).front(), tail + 1) << "and then what happens";
}

TEST_F(Log, AConsumerHasOneHolderAtATimeAndALateOneIsFencedOff) {
  completed_orders(1);
  const auto tail = number(log->tail());
  Holder a(*reader, "a");
  a.read_until(tail);
  {
    Holder b(*reader, "b");
    const auto status = b.ended();
    EXPECT_EQ(status.error_code(), grpc::StatusCode::UNAVAILABLE);
    EXPECT_THAT(status.error_message(), HasSubstr("a holds it until"));
  }
  jumping->jump(Millis{60'001});
  Holder b(*reader, "b");
  EXPECT_EQ(b.lease.position(), 0u);
  EXPECT_GT(b.lease.token(), a.lease.token());
  const auto late = a.acknowledge(tail);
  EXPECT_EQ(late.error_code(), grpc::StatusCode::FAILED_PRECONDITION);
  EXPECT_THAT(late.error_message(), HasSubstr("b has taken it"));
  EXPECT_EQ(a.ended().error_code(), grpc::StatusCode::FAILED_PRECONDITION);
  EXPECT_EQ(b.read_until(tail).size(), tail);
  EXPECT_TRUE(b.acknowledge(tail, true).ok());
  EXPECT_EQ(b.ended().error_code(), grpc::StatusCode::FAILED_PRECONDITION) << "it gave the lease up";
}

TEST_F(Log, ConsumersAreListedWithHowFarTheyAreAndForgotten) {
  completed_orders(1);
  const auto tail = number(log->tail());
  Holder a(*reader, "a");
  a.read_until(tail);
  ASSERT_TRUE(a.acknowledge(2).ok());
  const auto listed = [&] {
    Call call;
    api::ListConsumersResponse response;
    EXPECT_TRUE(reader->ListConsumers(&call, {}, &response).ok());
    return response;
  };
  const auto all = listed();
  ASSERT_EQ(all.consumers_size(), 1);
  EXPECT_EQ(all.consumers(0).name(), "billing");
  EXPECT_EQ(all.consumers(0).holder(), "a");
  EXPECT_EQ(all.consumers(0).position(), 2u);
  EXPECT_GE(all.consumers(0).behind(), tail - 2);
  EXPECT_TRUE(all.consumers(0).connected());
  EXPECT_TRUE(all.consumers(0).has_leased_until());
  EXPECT_EQ(files->records.at("billing").position, Position{2}) << "beside the log, not in it";
  Call call;
  api::ForgetConsumerRequest request;
  request.set_consumer("billing");
  api::ForgetConsumerResponse response;
  EXPECT_TRUE(reader->ForgetConsumer(&call, request, &response).ok());
  EXPECT_EQ(a.ended().error_code(), grpc::StatusCode::FAILED_PRECONDITION);
  EXPECT_EQ(listed().consumers_size(), 0);
  Call second;
  EXPECT_EQ(reader->ForgetConsumer(&second, request, &response).error_code(), grpc::StatusCode::NOT_FOUND);
}

TEST_F(Log, AConsumerIsToldWhenComdStops) {
  Holder a(*reader, "a");
  a.read_until(number(log->tail()));
  std::thread stopping([this] { server->stop(Millis{5'000}); });
  EXPECT_EQ(a.ended().error_code(), grpc::StatusCode::UNAVAILABLE);
  stopping.join();
}

}  // namespace
}  // namespace comd::north

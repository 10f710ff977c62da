#include <gmock/gmock.h>

#include "comd/api/v1/quarantine.grpc.pb.h"
#include "edge/grpc/doctor.h"
#include "test/north/north_fixture.h"

/// A service order in quarantine, as clients see it.
namespace comd::north {
namespace {

using testing::Contains;
using testing::HasSubstr;

class Quarantined : public North {
 protected:
  void SetUp() override {
    North::SetUp();
    load_catalog();
    stub = api::QuarantineService::NewStub(channel);
    order = submitted(order_json("E-1"));
    id = service_order_of(order);
    wait_for_call();
    corrupt();
    // Its actor decides on what it knows, conflicts with what is there now, and folds again.
    EXPECT_EQ(reported(failed(id, "NO_PORT", "r-1")), grpc::StatusCode::UNAVAILABLE);
    wait_until([&] { return listed().quarantines_size() == 1; });
  }
  grpc::StatusCode reported(const wire::ServiceOrderReport& message) {
    Call call;
    wire::ReportAck ack;
    return feedback->Report(&call, message, &ack).error_code();
  }
  /// Nothing comes by itself after the call's outcome.
  void wait_for_call() {
    wait_until([&] { return log->outbox(nullptr, 1).empty() && number(log->head(StreamId{id})) >= 4; });
  }
  void corrupt() {
    Commit commit;
    commit.time = engine->clock().now();
    const StreamId stream{id};
    version = number(log->head(stream)) + 1;
    commit.streams.push_back({stream, log->head(stream), {unreadable::Event{unreadable::Unreadable{299, 1, "?", {}}}}, {}});
    const Append append{{{stream, log->head(stream), 1}}, encode(commit), {}, {}};
    ASSERT_TRUE(log->append(std::span(&append, 1)).front());
  }
  template <class Condition>
  static void wait_until(Condition condition) {
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    while (!condition() && std::chrono::steady_clock::now() < until) std::this_thread::yield();
    EXPECT_TRUE(condition());
  }
  api::ListQuarantinesResponse listed(bool ended_too = false) {
    Call call;
    api::ListQuarantinesRequest request;
    request.set_ended_too(ended_too);
    api::ListQuarantinesResponse response;
    const auto status = stub->List(&call, request, &response);
    EXPECT_TRUE(status.ok()) << status.error_code() << " " << status.error_message();
    return response;
  }
  grpc::Status resolve(const std::string& action, const std::string& reason, std::uint64_t at = 0) {
    Call call;
    api::ResolveQuarantineRequest request;
    request.set_id(id);
    request.set_action(action);
    request.set_version(at);
    request.set_reason(reason);
    return stub->Resolve(&call, request, &resolved);
  }

  std::unique_ptr<api::QuarantineService::Stub> stub;
  api::ResolveQuarantineResponse resolved;
  std::string order, id;
  std::uint64_t version = 0;
};

TEST_F(Quarantined, IsListedAndShownWithWhatHappened) {
  const auto found = listed().quarantines(0);
  EXPECT_EQ(found.id(), id);
  EXPECT_EQ(found.cause(), "unreadable");
  EXPECT_EQ(found.version(), version);
  EXPECT_TRUE(found.has_review_at());
  Call call;
  api::GetQuarantineRequest request;
  request.set_id(id);
  api::GetQuarantineResponse response;
  ASSERT_TRUE(stub->Get(&call, request, &response).ok());
  EXPECT_THAT(response.history(), Contains(HasSubstr("Unreadable: event type 299")));
  EXPECT_THAT(response.history(), Contains(HasSubstr("Quarantined: unreadable")));
}

TEST_F(Quarantined, IsAmongWhatWaitsForAPersonAndItsOrderSaysSo) {
  Call call;
  api::ListFalloutRequest request;
  request.set_kind("quarantine");
  api::ListFalloutResponse response;
  ASSERT_TRUE(fallout->List(&call, request, &response).ok());
  ASSERT_EQ(response.items_size(), 1);
  EXPECT_EQ(response.items(0).id(), id);
  EXPECT_EQ(response.items(0).order_id(), order);
  EXPECT_EQ(response.items(0).code(), "UNREADABLE");

  wait_until([&] { return get(order).summary().state() == "held"; });
  Call another;
  api::ExplainRequest of;
  of.set_order_id(order);
  api::ExplainResponse explained;
  ASSERT_TRUE(orders->Explain(&another, of, &explained).ok());
  EXPECT_THAT(explained.DebugString(), HasSubstr("QUARANTINED"));
  ASSERT_EQ(explained.service_orders_size(), 1);
  EXPECT_EQ(explained.service_orders(0).status(), "quarantined");
  EXPECT_THAT(explained.service_orders(0).DebugString(), HasSubstr("comctl quarantine skip " + id));
}

TEST_F(Quarantined, ExplainsItselfThoughItCannotBeRead) {
  Call call;
  api::ExplainRequest request;
  request.set_order_id(id);
  api::ExplainResponse response;
  const auto status = orders->Explain(&call, request, &response);
  ASSERT_TRUE(status.ok()) << status.error_message();
  EXPECT_EQ(response.order().status(), "quarantined");
  Call another;
  api::TimelineRequest timeline;
  timeline.set_order_id(id);
  api::TimelineResponse told;
  ASSERT_TRUE(orders->Timeline(&another, timeline, &told).ok());
  EXPECT_THAT(told.DebugString(), HasSubstr("Quarantined"));
}

TEST_F(Quarantined, IsAFindingOfItsOwnKind) {
  Doctor doctor(*log);
  std::vector<DoctorFinding> found;
  while (doctor.step())
    for (auto& finding : doctor.take_findings()) found.push_back(std::move(finding));
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].kind, "quarantine");
  EXPECT_EQ(found[0].id, id);
}

TEST_F(Quarantined, EndsBySkippingTheEvent) {
  EXPECT_EQ(resolve("release", "hope").error_code(), grpc::StatusCode::FAILED_PRECONDITION);
  EXPECT_EQ(resolve("skip", "").error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(resolve("skip", "why", version + 7).error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(resolve("correct", "why").error_code(), grpc::StatusCode::FAILED_PRECONDITION) << "it cannot be read yet";
  EXPECT_EQ(resolve("dance", "why").error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  const auto status = resolve("skip", "a withdrawn build wrote it", version);
  ASSERT_TRUE(status.ok()) << status.error_message();
  EXPECT_FALSE(resolved.quarantine().open());
  EXPECT_EQ(listed().quarantines_size(), 0);
  ASSERT_EQ(listed(true).quarantines_size(), 1);
  EXPECT_EQ(listed(true).quarantines(0).why(), "a withdrawn build wrote it");
  wait_until([&] { return reported(completed(id, "r-2")) == grpc::StatusCode::OK; });
  wait_until([&] { return get(order).summary().state() == "completed"; });
}

TEST_F(Quarantined, IsNotThereForWhatIsNone) {
  id = order;
  EXPECT_EQ(resolve("release", "why").error_code(), grpc::StatusCode::NOT_FOUND);
}

}  // namespace
}  // namespace comd::north

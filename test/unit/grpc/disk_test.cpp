#include <gmock/gmock.h>

#include "test/north/north_fixture.h"

/// What callers hear of a full disk.
namespace comd::north {
namespace {

using testing::AllOf;
using testing::HasSubstr;

constexpr std::uint64_t kMiB = 1u << 20;

class FixedDisk final : public DiskSpace {
 public:
  explicit FixedDisk(std::uint64_t mib) : free_(mib * kMiB + DiskLimits{}.reserve) {}
  Result<Room, std::string> room() override { return Room{free_, 100'000 * kMiB}; }
  std::uint64_t reserved() const override { return 0; }
  Result<bool, std::string> reserve(std::uint64_t) override { return true; }
  void release() override {}

 private:
  const std::uint64_t free_;
};

class FullDisk : public North {
 protected:
  void SetUp() override {
    North::SetUp();
    load_catalog();
    order_ = submitted(order_json("E-1"));
  }
  /// comd starts again with so much room.
  void start_with(std::uint64_t mib) {
    TearDown();
    disk = std::make_shared<FixedDisk>(mib);
    North::SetUp();
  }
  static api::ErrorDetails details_of(const grpc::Status& status) {
    api::Status full;
    api::ErrorDetails details;
    EXPECT_TRUE(full.ParseFromString(status.error_details()));
    if (full.details_size() > 0) full.details(0).UnpackTo(&details);
    return details;
  }
  std::string order_;
};

TEST_F(FullDisk, RefusesNewOrdersWithTheReasonAndWhenToComeBack) {
  start_with(700);
  api::SubmitResponse response;
  const auto status = submit(order_json("E-2"), response);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_THAT(status.error_message(), AllOf(HasSubstr("disk.refuse"), HasSubstr("there are 700 MiB"), HasSubstr("make room")));
  EXPECT_EQ(details_of(status).retry_after_ms(), 30'000);
  EXPECT_EQ(submitted(order_json("E-1")), order_) << "a repetition is no new order";
  EXPECT_EQ(report(completed(service_order_of(order_))).code(), 0);
}

TEST_F(FullDisk, AnswersNothingButReadsAndNeverSaysRecorded) {
  start_with(100);
  api::SubmitResponse response;
  const auto status = submit(order_json("E-2"), response);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_THAT(status.error_message(), AllOf(HasSubstr("disk.read_only"), HasSubstr("nothing of it was recorded")));
  EXPECT_EQ(details_of(status).retry_after_ms(), 5'000);

  const auto service_order = service_order_of(order_);  // reads go on
  const auto tail = log->tail();
  for (const auto& about : {service_order, std::string("so-nobody"), std::string("what")}) {
    Call call;
    wire::ReportAck ack;
    EXPECT_EQ(feedback->Report(&call, completed(about), &ack).error_code(), grpc::StatusCode::UNAVAILABLE) << about;
  }
  EXPECT_EQ(log->tail(), tail);

  start_with(5'000);
  EXPECT_EQ(report(completed(service_order)).code(), 0);
}

}  // namespace
}  // namespace comd::north

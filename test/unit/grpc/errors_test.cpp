#include "edge/grpc/errors.h"

#include <gtest/gtest.h>

namespace comd::north {
namespace {

api::ErrorDetails details_of(const grpc::Status& status) {
  api::Status full;
  EXPECT_TRUE(full.ParseFromString(status.error_details()));
  EXPECT_EQ(full.code(), static_cast<int>(status.error_code()));
  EXPECT_EQ(full.message(), status.error_message());
  api::ErrorDetails details;
  EXPECT_TRUE(full.details_size() == 1 && full.details(0).UnpackTo(&details));
  return details;
}

TEST(Errors, EveryRejectionHasItsCode) {
  EXPECT_EQ(code_of(RejectionCode::invalid), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(code_of(RejectionCode::not_found), grpc::StatusCode::NOT_FOUND);
  EXPECT_EQ(code_of(RejectionCode::conflict), grpc::StatusCode::ALREADY_EXISTS);
  EXPECT_EQ(code_of(RejectionCode::precondition), grpc::StatusCode::FAILED_PRECONDITION);
  EXPECT_EQ(code_of(RejectionCode::limit), grpc::StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_EQ(code_of(RejectionCode::unavailable), grpc::StatusCode::UNAVAILABLE);
}

TEST(Errors, DetailsNameThePlaceTheCodeAndTheHint) {
  const auto status = status_of(Rejection{RejectionCode::invalid, "Expected add, modify, delete or noChange, but got \"ad\".",
                                          "productOrderItem[2].action", "Fix it and submit again."});
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(status.error_message(),
            "productOrderItem[2].action: Expected add, modify, delete or noChange, but got \"ad\". Fix it and submit again.");
  const auto details = details_of(status);
  ASSERT_EQ(details.violations_size(), 1);
  EXPECT_EQ(details.violations(0).where(), "productOrderItem[2].action");
  EXPECT_EQ(details.violations(0).code(), "invalid");
  EXPECT_EQ(details.violations(0).hint(), "Fix it and submit again.");
  EXPECT_EQ(details.retry_after_ms(), 0);
}

TEST(Errors, SentencesAreKeptApart) {
  EXPECT_EQ(status_of(Rejection{RejectionCode::invalid, "Expected one, but got two", "a", "Send one"}).error_message(),
            "a: Expected one, but got two. Send one");
}

TEST(Errors, TheFirstOfManySpeaksAndAllAreInTheDetails) {
  const std::vector<Rejection> many = {{RejectionCode::invalid, "one", "a", ""}, {RejectionCode::invalid, "two", "b", ""}};
  const auto status = status_of(many);
  EXPECT_EQ(status.error_message(), "a: one (and 1 more, see the details)");
  EXPECT_EQ(details_of(status).violations_size(), 2);
}

TEST(Errors, DetailsStaySmallEnoughForATrailer) {
  EXPECT_LE(details_of(status_of(std::vector<Rejection>(5'000, {RejectionCode::invalid, "m", "w", ""}))).violations_size(), 100);
}

TEST(Errors, OnlyWhatPassesIsWorthRetrying) {
  EXPECT_GT(retry_after({RejectionCode::unavailable, "", "", ""}), Millis{0});
  EXPECT_GT(retry_after({RejectionCode::limit, "too many commands in flight", "", ""}), Millis{0});
  EXPECT_EQ(retry_after({RejectionCode::limit, "too many items", "productOrderItem", ""}), Millis{0});
  EXPECT_EQ(retry_after({RejectionCode::conflict, "", "", ""}), Millis{0});
}

TEST(Errors, AStreamsAnswerCarriesTheSame) {
  const auto error = error_of(status_of(Rejection{RejectionCode::limit, "busy", "", ""}));
  EXPECT_EQ(error.code(), static_cast<int>(grpc::StatusCode::RESOURCE_EXHAUSTED));
  EXPECT_EQ(error.message(), "busy");
  EXPECT_EQ(error.details().violations_size(), 1);
  EXPECT_GT(error.details().retry_after_ms(), 0);
}

TEST(Errors, WhoKnowsBetterSaysWhenToComeBack) {
  const Rejection busy{RejectionCode::limit, "Expected fewer, but there are more", {}, "Wait"};
  EXPECT_EQ(details_of(status_of(busy)).retry_after_ms(), 250);
  const auto status = status_of(busy, Millis{30'000});
  EXPECT_EQ(status.error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_EQ(details_of(status).retry_after_ms(), 30'000);
}

}  // namespace
}  // namespace comd::north

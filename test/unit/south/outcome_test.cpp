#include "edge/south/outcome.h"

#include <gtest/gtest.h>

namespace comd::south {
namespace {

using Kind = service_order::Outcome::Kind;
using grpc::StatusCode;

/// What one status means for submit, ask, and cancel; an amendment is answered as a cancel.
struct Row {
  StatusCode code;
  Kind submit, ask, cancel;
  FaultClass fault_class;
};

constexpr Row kTable[] = {
    {StatusCode::OK, Kind::ok, Kind::ok, Kind::ok, FaultClass::unknown},
    {StatusCode::CANCELLED, Kind::unknown, Kind::unknown, Kind::unknown, FaultClass::unknown},
    {StatusCode::UNKNOWN, Kind::unknown, Kind::unknown, Kind::unknown, FaultClass::unknown},
    {StatusCode::INVALID_ARGUMENT, Kind::refused, Kind::refused, Kind::refused, FaultClass::permanent},
    {StatusCode::DEADLINE_EXCEEDED, Kind::unknown, Kind::unknown, Kind::unknown, FaultClass::unknown},
    {StatusCode::NOT_FOUND, Kind::refused, Kind::refused, Kind::refused, FaultClass::permanent},
    {StatusCode::ALREADY_EXISTS, Kind::ok, Kind::refused, Kind::ok, FaultClass::permanent},
    {StatusCode::PERMISSION_DENIED, Kind::refused, Kind::refused, Kind::refused, FaultClass::permanent},
    {StatusCode::RESOURCE_EXHAUSTED, Kind::refused, Kind::refused, Kind::refused, FaultClass::transient},
    {StatusCode::FAILED_PRECONDITION, Kind::refused, Kind::refused, Kind::refused, FaultClass::permanent},
    {StatusCode::ABORTED, Kind::refused, Kind::refused, Kind::refused, FaultClass::transient},
    {StatusCode::OUT_OF_RANGE, Kind::refused, Kind::refused, Kind::refused, FaultClass::permanent},
    {StatusCode::UNIMPLEMENTED, Kind::refused, Kind::refused, Kind::refused, FaultClass::permanent},
    {StatusCode::INTERNAL, Kind::unknown, Kind::unknown, Kind::unknown, FaultClass::unknown},
    {StatusCode::UNAVAILABLE, Kind::unknown, Kind::unknown, Kind::unknown, FaultClass::unknown},
    {StatusCode::DATA_LOSS, Kind::unknown, Kind::unknown, Kind::unknown, FaultClass::unknown},
    {StatusCode::UNAUTHENTICATED, Kind::refused, Kind::refused, Kind::refused, FaultClass::permanent},
    {static_cast<StatusCode>(17), Kind::unknown, Kind::unknown, Kind::unknown, FaultClass::unknown},  // one gRPC may add
};

TEST(Outcome, FollowsTheTableForEveryStatusAndCall) {
  for (const Row& row : kTable) {
    const std::pair<EffectKind, Kind> cells[] = {{EffectKind::submit, row.submit},
                                                 {EffectKind::ask, row.ask},
                                                 {EffectKind::cancel, row.cancel},
                                                 {EffectKind::amend, row.cancel}};
    for (const auto& [call, kind] : cells) {
      const auto outcome = outcome_of(call, {row.code, "said so", std::nullopt, ""});
      EXPECT_EQ(outcome.kind, kind) << status_name(row.code) << " for call kind " << static_cast<int>(call);
      if (kind == Kind::ok) continue;
      EXPECT_EQ(outcome.fault.fault_class, row.fault_class) << status_name(row.code);
      EXPECT_EQ(outcome.fault.code, status_name(row.code));
      EXPECT_EQ(outcome.fault.message, "said so");
    }
  }
}

TEST(Outcome, CoversEveryStatusGrpcHas) {
  for (int code = 0; code <= 16; ++code)
    EXPECT_TRUE(std::any_of(std::begin(kTable), std::end(kTable), [&](const Row& row) { return row.code == code; })) << code;
}

TEST(Outcome, NoStatusMeansNotSent) {
  for (int code = 0; code <= 20; ++code)
    EXPECT_NE(outcome_of(EffectKind::submit, {static_cast<StatusCode>(code), "", std::nullopt, ""}).kind, Kind::not_sent) << code;
}

TEST(Outcome, ARefusalCarriesThePartnersOwnFault) {
  const auto outcome =
      outcome_of(EffectKind::submit, {StatusCode::FAILED_PRECONDITION, "no port", FaultClass::business, "NO_PORT"});
  EXPECT_EQ(outcome.kind, Kind::refused);
  EXPECT_EQ(outcome.fault, (service_order::Fault{FaultClass::business, "NO_PORT", "no port"}));
}

TEST(Outcome, ThePartnersFaultCannotTurnUnknownIntoAnAnswer) {
  const auto outcome = outcome_of(EffectKind::submit, {StatusCode::UNAVAILABLE, "", FaultClass::permanent, "GONE"});
  EXPECT_EQ(outcome.kind, Kind::unknown);
  EXPECT_EQ(outcome.fault.fault_class, FaultClass::unknown);
  EXPECT_EQ(outcome.fault.code, "UNAVAILABLE");
}

TEST(Outcome, NotFoundStaysNotFoundForAskCancelAndAmend) {
  for (const auto call : {EffectKind::ask, EffectKind::cancel, EffectKind::amend}) {
    const auto outcome = outcome_of(call, {StatusCode::NOT_FOUND, "", FaultClass::business, "MY_404"});
    EXPECT_EQ(outcome.kind, Kind::refused);
    EXPECT_EQ(outcome.fault.code, "NOT_FOUND");
  }
  EXPECT_EQ(outcome_of(EffectKind::submit, {StatusCode::NOT_FOUND, "", FaultClass::business, "NO_SITE"}).fault.code, "NO_SITE");
}

}  // namespace
}  // namespace comd::south

#include "events/upcast.h"

#include <gtest/gtest.h>

#include "comd/events/v1/service_order.pb.h"

/// The rule of events/upcast.h, tried on an invented history: a cancellation that once stored only a count.
namespace comd::events::v1 {

struct CancelledV1 {
  std::uint32_t count = 0;
};

void fields(auto& c, Is<service_order::Cancelled> auto& e) { c(ServiceOrderCancelled::kReasonFieldNumber, e.reason); }
void fields(auto& c, Is<CancelledV1> auto& e) { c(ServiceOrderNudged::kCountFieldNumber, e.count); }
void upcast(CancelledV1&& from, service_order::Cancelled& to) {
  to.reason = "cancelled " + std::to_string(from.count) + " times";
}

namespace {

using OneEvent = std::variant<service_order::Cancelled>;
using History = Rows_<Row<service_order::Cancelled, ServiceOrderCancelled, SERVICE_ORDER_CANCELLED, 2>,
                      Row<service_order::Cancelled, ServiceOrderNudged, SERVICE_ORDER_CANCELLED, 1, CancelledV1>>;
using Any = std::variant<std::monostate, OneEvent>;

std::string reason_of(const Any& any) { return std::get<0>(std::get<OneEvent>(any)).reason; }

TEST(Upcast, TheFirstRowIsWrittenAndReadBack) {
  Writer written;
  pack<History>(OneEvent{service_order::Cancelled{"no longer wanted"}}, written);
  Event envelope;
  ASSERT_TRUE(envelope.ParseFromString(std::string(written.written())));
  EXPECT_EQ(envelope.type(), static_cast<std::uint32_t>(SERVICE_ORDER_CANCELLED));
  EXPECT_EQ(envelope.version(), 2u);
  Trouble trouble;
  Any back;
  unpack<OneEvent>(History{}, {envelope.type(), envelope.version(), envelope.payload()}, back, trouble);
  ASSERT_EQ(trouble.message, "");
  EXPECT_EQ(reason_of(back), "no longer wanted");
}

TEST(Upcast, AnOlderFormatFillsTheCurrentStruct) {
  ServiceOrderNudged old;
  old.set_count(3);
  const std::string payload = old.SerializeAsString();
  Trouble trouble;
  Any back;
  unpack<OneEvent>(History{}, {SERVICE_ORDER_CANCELLED, 1, payload}, back, trouble);
  ASSERT_EQ(trouble.message, "");
  EXPECT_EQ(reason_of(back), "cancelled 3 times");
}

}  // namespace
}  // namespace comd::events::v1

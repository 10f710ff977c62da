#include "events/upcast.h"

#include <gtest/gtest.h>

/// The rule of events/upcast.h, tried on an invented history: a cancellation that once stored only a count.
namespace comd::events::v1 {

void put(const service_order::Cancelled& e, ServiceOrderCancelled& m);
void get(const ServiceOrderCancelled& m, service_order::Cancelled& e, Trouble&);
void get(const ServiceOrderNudged& m, service_order::Cancelled& e, Trouble&) {
  e.reason = "cancelled " + std::to_string(m.count()) + " times";
}

namespace {

using OneEvent = std::variant<service_order::Cancelled>;
using History = Rows_<Row<service_order::Cancelled, ServiceOrderCancelled, SERVICE_ORDER_CANCELLED, 2>,
                      Row<service_order::Cancelled, ServiceOrderNudged, SERVICE_ORDER_CANCELLED, 1>>;

TEST(Upcast, TheFirstRowIsWrittenAndReadBack) {
  google::protobuf::Arena arena;  // what pack and unpack make lives as long as the envelope
  Event& envelope = *google::protobuf::Arena::CreateMessage<Event>(&arena);
  pack<History>(OneEvent{service_order::Cancelled{"no longer wanted"}}, envelope);
  EXPECT_EQ(envelope.type(), static_cast<std::uint32_t>(SERVICE_ORDER_CANCELLED));
  EXPECT_EQ(envelope.version(), 2u);
  Trouble trouble;
  const auto back = unpack<OneEvent>(History{}, envelope, trouble);
  ASSERT_TRUE(back) << trouble.message;
  EXPECT_EQ(std::get<0>(*back).reason, "no longer wanted");
}

TEST(Upcast, AnOlderFormatFillsTheCurrentStruct) {
  ServiceOrderNudged old;
  old.set_count(3);
  google::protobuf::Arena arena;  // what pack and unpack make lives as long as the envelope
  Event& envelope = *google::protobuf::Arena::CreateMessage<Event>(&arena);
  envelope.set_type(SERVICE_ORDER_CANCELLED);
  envelope.set_version(1);
  envelope.set_payload(old.SerializeAsString());
  Trouble trouble;
  const auto back = unpack<OneEvent>(History{}, envelope, trouble);
  ASSERT_TRUE(back) << trouble.message;
  EXPECT_EQ(std::get<0>(*back).reason, "cancelled 3 times");
}

}  // namespace
}  // namespace comd::events::v1

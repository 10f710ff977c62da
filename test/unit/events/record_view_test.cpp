#include "events/record_view.h"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "test/support/fill.h"

namespace comd {
namespace {

using nlohmann::json;

Commit one_event(AnyEvent event) {
  Commit commit;
  commit.time = Instant{Millis{1'700'000'000'123}};
  commit.cause = {"Submit", "tester", TenantId{"t1"}, "corr-1", ""};
  commit.streams.push_back({StreamId{"po-1"}, Version{7}, {std::move(event)}});
  return commit;
}

TEST(RecordView, EveryEventHasANameAndAPayloadThatIsJson) {
  for (std::size_t kind = 0; kind < test::kEventKinds; ++kind) {
    for (const bool printable : {true, false}) {
      test::Fill fill(kind + 1, printable);
      const auto view = view_of(encode(one_event(test::make_event(fill, kind))));
      ASSERT_TRUE(view);
      const auto& event = view->slices.at(0).events.at(0);
      EXPECT_THAT(event_type_names(), testing::Contains(event_type_name(event.type))) << event.type;
      const auto payload = json::parse(payload_json(event), nullptr, false);
      ASSERT_TRUE(payload.is_object()) << payload_json(event);
      EXPECT_FALSE(payload.size() == 1 && payload.contains("base64")) << event_type_name(event.type) << " has no message";
    }
  }
}

TEST(RecordView, TellsWhatStandsInTheRecord) {
  const auto view =
      view_of(encode(one_event(product_order::Event{product_order::Dropped{ServiceOrderId{"so-1.1"}, "a \"b\"\n"}})));
  ASSERT_TRUE(view);
  EXPECT_EQ(view->time, Instant{Millis{1'700'000'000'123}});
  const auto& slice = view->slices.at(0);
  EXPECT_EQ(slice.stream.value, "po-1");
  EXPECT_EQ(a_stream_of(encode(one_event(product_order::Event{product_order::Postponed{}}))), slice.stream);
  EXPECT_EQ(slice.before, Version{7});
  EXPECT_EQ(slice.tenant.value, "t1");
  EXPECT_EQ(event_type_name(slice.events.at(0).type), "OrderDropped");
  EXPECT_EQ(payload_json(slice.events.at(0)), R"({"serviceOrder":"so-1.1","reason":"a \"b\"\n"})");
}

TEST(RecordView, BytesThatAreNoTextAreBase64AndSayso) {
  const auto view = view_of(encode(one_event(product_order::Event{product_order::Dropped{ServiceOrderId{"\xff\x01"}, "ü€😀"}})));
  EXPECT_EQ(payload_json(view->slices.at(0).events.at(0)), R"({"serviceOrder":{"base64":"/wE="},"reason":"ü€😀"})");
}

TEST(RecordView, WhatThisVersionDoesNotKnowIsShownAsBytes) {
  EXPECT_EQ(payload_json({999, 1, "abc"}), R"({"base64":"YWJj"})");
  EXPECT_EQ(payload_json({101, 9, "abc"}), R"({"base64":"YWJj"})");
  EXPECT_EQ(event_type_name(999), "type 999");
  EXPECT_FALSE(view_of("no commit \xff"));
  EXPECT_EQ(a_stream_of("no commit \xff"), StreamId{});
}

}  // namespace
}  // namespace comd

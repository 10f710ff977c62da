#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>
#include <gtest/gtest.h>

#include <set>

#include "comd/events/v1/commit.pb.h"
#include "comd/events/v1/product_order.pb.h"
#include "events/lost.h"
#include "events/record_view.h"
#include "test/support/fill.h"

namespace comd {
namespace {

namespace v1 = events::v1;

Commit one_event(AnyEvent event, std::string stream = "po-1") {
  Commit commit;
  commit.time = Instant{Millis{1'700'000'000'123}};
  commit.cause = {"Submit", "tester", TenantId{"t1"}, "corr-1", "00-aa-bb-01"};
  commit.streams.push_back({StreamId{std::move(stream)}, Version{7}, {std::move(event)}});
  return commit;
}

v1::Commit parsed(const std::string& bytes) {
  v1::Commit record;
  EXPECT_TRUE(record.ParseFromString(bytes));
  return record;
}

/// Encodes one event, lets `change` tamper with its envelope, and decodes.
template <class F>
Result<Commit, DecodeError> decode_changed(AnyEvent event, F change) {
  auto record = parsed(encode(one_event(std::move(event))));
  change(*record.mutable_slices(0)->mutable_events(0));
  return decode(record.SerializeAsString());
}

TEST(Record, EveryEventComesBackWithEveryField) {
  for (std::size_t kind = 0; kind < test::kEventKinds; ++kind) {
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
      test::Fill fill(seed);
      const Commit commit = one_event(test::make_event(fill, kind));
      const auto back = decode(encode(commit));
      ASSERT_TRUE(back) << "kind " << kind << ": " << back.error().message;
      ASSERT_EQ(*back, commit) << "kind " << kind << ", seed " << seed;
    }
  }
}

/// As protobuf writes what it has read of it, and nothing in it is unknown to protos/.
void expect_canonical(google::protobuf::Message& message, const std::string& bytes) {
  ASSERT_TRUE(message.ParseFromString(bytes)) << message.GetTypeName();
  EXPECT_EQ(message.SerializeAsString(), bytes) << message.GetTypeName();
  message.DiscardUnknownFields();
  EXPECT_EQ(message.SerializeAsString(), bytes) << "a field that is not in " << message.GetTypeName();
}

TEST(Record, WhatIsWrittenIsWhatProtobufWrites) {
  const auto* pool = google::protobuf::DescriptorPool::generated_pool();
  auto* factory = google::protobuf::MessageFactory::generated_factory();
  for (std::size_t kind = 0; kind < test::kEventKinds; ++kind) {
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
      test::Fill fill(seed);
      const std::string bytes = encode(one_event(test::make_event(fill, kind)));
      v1::Commit record;
      expect_canonical(record, bytes);
      const v1::Event& event = record.slices(0).events(0);
      const auto* type = pool->FindMessageTypeByName("comd.events.v1." + event_type_name(event.type()));
      ASSERT_NE(type, nullptr) << event.type();
      const std::unique_ptr<google::protobuf::Message> payload(factory->GetPrototype(type)->New());
      expect_canonical(*payload, event.payload());
    }
  }
}

TEST(Record, FieldsInAnotherOrderAndNewOnesBetweenThemAreRead) {
  v1::OrderClosed closed;
  closed.set_status(v1::ORDER_STATUS_COMPLETED);
  closed.set_reason("done");
  closed.set_at(1'700'000'000'123);
  // Each field as a message of its own: the last one first, one that is not known before each.
  std::string payload;
  for (const int number : {3, 2, 1}) {
    v1::OrderClosed one = closed;
    if (number != 1) one.clear_status();
    if (number != 2) one.clear_reason();
    if (number != 3) one.clear_at();
    payload += std::string("\xf8\x07\x01\xf2\x07\x02hi", 8) + one.SerializeAsString();  // fields 127 and 126
  }
  const auto back = decode_changed(product_order::Event{product_order::Closed{}}, [&](v1::Event& e) { e.set_payload(payload); });
  ASSERT_TRUE(back) << back.error().message;
  const product_order::Closed expected{OrderStatus::completed, "done", Instant{Millis{closed.at()}}};
  EXPECT_EQ(back->streams[0].events[0], AnyEvent(product_order::Event(expected)));
}

/// A member may begin with something else than zero.
TEST(Record, WhatIsAbsentIsZero) {
  const auto back = decode_changed(repair::Event{repair::Started{}}, [&](v1::Event& e) { e.set_payload(""); });
  ASSERT_TRUE(back) << back.error().message;
  const auto& plan = std::get<repair::Started>(std::get<repair::Event>(back->streams[0].events[0])).plan;
  EXPECT_EQ(plan.pace, Millis{0});
  EXPECT_EQ(plan.failures_max, 0u);
}

TEST(Record, AnEventOfOnlyDefaultsComesBack) {
  for (std::size_t kind = 0; kind < test::kEventKinds; ++kind) {
    test::Fill fill(1);
    AnyEvent event = test::make_event(fill, kind);
    std::visit([](auto& of_aggregate) { std::visit([]<class E>(E& e) { e = E{}; }, of_aggregate); }, event);
    const Commit commit = one_event(std::move(event));
    const auto back = decode(encode(commit));
    ASSERT_TRUE(back) << "kind " << kind << ": " << back.error().message;
    EXPECT_EQ(*back, commit) << "kind " << kind;
  }
}

TEST(Record, EveryTypeNumberIsOfOneEvent) {
  std::set<int> used;
  for (std::size_t kind = 0; kind < test::kEventKinds; ++kind) {
    test::Fill fill(1);
    const AnyEvent event = test::make_event(fill, kind);
    const auto record = parsed(encode(one_event(event)));
    const int type = static_cast<int>(record.slices(0).events(0).type());
    EXPECT_TRUE(used.insert(type).second) << "type " << type << " stands for two events";
    EXPECT_TRUE(v1::EventType_IsValid(type)) << "type " << type << " is not in EventType";
    EXPECT_EQ(static_cast<std::size_t>(type / 100), event.index() + 1) << "type " << type << " is not of its aggregate's hundred";
    EXPECT_GE(record.slices(0).events(0).version(), 1u);
  }
  EXPECT_EQ(static_cast<int>(used.size()), v1::EventType_descriptor()->value_count() - 1)
      << "a number in EventType without an event";
}

TEST(Record, UnknownEventTypeNamesStreamVersionAndNumber) {
  for (const std::uint32_t type : {0u, 199u, 299u, 399u, 499u, 599u, 699u, 950u, 4'000'000'000u}) {
    const auto back = decode_changed(product_order::Event{product_order::Postponed{}}, [&](v1::Event& e) { e.set_type(type); });
    ASSERT_FALSE(back);
    EXPECT_NE(back.error().message.find("stream po-1, version 8, event type " + std::to_string(type)), std::string::npos)
        << back.error().message;
  }
}

TEST(Record, ANewerFormatOfAKnownEventIsAnError) {
  const auto back = decode_changed(product_order::Event{product_order::Postponed{}}, [](v1::Event& e) { e.set_version(9); });
  ASSERT_FALSE(back);
  EXPECT_NE(back.error().message.find("event type 102 in format 9: Expected a format this comd knows, but it is a newer one"),
            std::string::npos)
      << back.error().message;
}

TEST(Record, AnUnknownEnumerationNumberIsAnError) {
  const auto back =
      decode_changed(product_order::Event{product_order::Closed{OrderStatus::completed, "done", {}}}, [](v1::Event& e) {
        e.set_payload(std::string("\x08\x63", 2));  // status = 99
      });
  ASSERT_FALSE(back);
  EXPECT_NE(back.error().message.find("Expected a known order status, but found number 99"), std::string::npos)
      << back.error().message;
}

TEST(Record, ADamagedPayloadIsAnError) {
  const auto back =
      decode_changed(product_order::Event{product_order::Closed{}}, [](v1::Event& e) { e.set_payload("\xff\xff\xff"); });
  ASSERT_FALSE(back);
  EXPECT_NE(back.error().message.find("comd.events.v1.OrderClosed"), std::string::npos) << back.error().message;
}

TEST(Record, BytesThatAreNoCommitAreAnError) {
  const auto back = decode("\xff\xff\xff\xff");
  ASSERT_FALSE(back);
  EXPECT_NE(back.error().message.find("Expected a commit record, but these 4 bytes"), std::string::npos) << back.error().message;
}

TEST(Record, OneThatTheDiskDidNotGiveBackSaysWhy) {
  const auto lost = lost_record("block checksum mismatch in 000012.sst");
  EXPECT_EQ(decode(lost).error().message, "block checksum mismatch in 000012.sst");
  EXPECT_EQ(decode_readable(lost).error().message, "block checksum mismatch in 000012.sst");
}

TEST(Record, AFieldOfANewerCommitIsPassedOver) {
  auto bytes = encode(one_event(product_order::Event{product_order::Postponed{}}));
  const auto before = decode(bytes).value();
  bytes += std::string("\xf8\x07\x01", 3);  // field 127
  EXPECT_EQ(decode(bytes).value(), before);
}

TEST(Record, TextNeedNotBeUtf8) {
  product_order::Closed closed{OrderStatus::failed, std::string("\xff\x00\xfe", 3), {}};
  const Commit commit = one_event(product_order::Event{closed}, "po-\xc3\x28");
  EXPECT_EQ(decode(encode(commit)).value(), commit);
}

TEST(Record, OneStreamReadsWhereAnotherCannot) {
  Commit commit = one_event(product_order::Event{product_order::Postponed{}});
  commit.streams.push_back({StreamId{"so-1"}, Version{}, {service_order::Event{service_order::Nudged{3}}}, {}});
  auto record = parsed(encode(commit));
  record.mutable_slices(0)->mutable_events(0)->set_type(950);
  const std::string bytes = record.SerializeAsString();
  EXPECT_FALSE(decode(bytes));
  EXPECT_FALSE(decode_part(bytes, StreamId{"po-1"}));
  const auto part = decode_part(bytes, StreamId{"so-1"});
  ASSERT_TRUE(part);
  EXPECT_EQ(part->streams, std::vector{commit.streams[1]});
  const auto none = decode_part(bytes, StreamId{"so-2"});
  ASSERT_TRUE(none);
  EXPECT_TRUE(none->streams.empty());
}

TEST(Record, WhatCannotBeReadIsKeptInItsPlaceAsItWas) {
  Commit commit = one_event(service_order::Event{service_order::Nudged{3}}, "so-1");
  commit.streams[0].events.push_back(service_order::Event{service_order::Nudged{4}});
  auto record = parsed(encode(commit));
  record.mutable_slices(0)->mutable_events(0)->set_type(950);
  const std::string bytes = record.SerializeAsString();
  const auto back = decode_readable(bytes);
  ASSERT_TRUE(back);
  const auto& events = back->streams[0].events;
  ASSERT_EQ(events.size(), 2u);
  EXPECT_TRUE(std::holds_alternative<unreadable::Event>(events[0]));
  EXPECT_EQ(events[1], commit.streams[0].events[1]);
  EXPECT_EQ(encode(*back), bytes);
}

TEST(Record, CommandsDecidedTogetherKeepTheirCauses) {
  Commit commit = one_event(service_order::Event{service_order::Nudged{3}}, "so-1");
  const Cause second{"TakeReport", "activation-sim", TenantId{"t1"}, "corr-2", "00-cc-dd-01"};
  commit.streams.push_back({StreamId{"so-1"}, Version{8}, {service_order::Event{service_order::Nudged{4}}}, second});
  const auto back = decode(encode(commit));
  ASSERT_TRUE(back);
  EXPECT_EQ(*back, commit);
  EXPECT_EQ(back->cause_of(back->streams[0]), commit.cause);
  EXPECT_EQ(back->cause_of(back->streams[1]), second);
}

}  // namespace
}  // namespace comd

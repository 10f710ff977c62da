#include <gtest/gtest.h>

#include <future>

#include "edge/south/activation_client.h"
#include "test/unit/south/fake_partner.h"

namespace comd::south {
namespace {

using Kind = service_order::Outcome::Kind;
using service_order::Outcome;
using namespace std::chrono_literals;

constexpr auto kPatience = 20s;

ActivationCall a_call(const std::string& key, EffectKind kind = EffectKind::submit, Millis timeout = 10s) {
  ActivationCall call;
  call.effect.key = key;
  call.effect.kind = kind;
  call.effect.lane = "access";
  call.effect.call_timeout = timeout;
  call.request.service_order = {"so-" + key};
  call.request.action = Action::add;
  call.meta.correlation = "corr";
  call.meta.traceparent = "00-1-2-01";
  return call;
}

class ClientTest : public testing::Test {
 protected:
  void connect(bool streaming = true, Millis connect_wait = 10s) {
    TargetOptions target;
    target.name = "access";
    target.address = partner.address();
    target.streaming = streaming;
    target.connect_wait = connect_wait;
    auto made = ActivationClient::make({target});
    ASSERT_TRUE(made) << made.error();
    client = *made;
  }
  /// Waits for what the lane learns by itself.
  bool until(const std::function<bool(const LaneStatus&)>& condition) {
    const auto end = Steady::now() + kPatience;
    while (Steady::now() < end) {
      if (condition(client->lanes().at(0))) return true;
      std::this_thread::yield();
    }
    return false;
  }
  bool until_streaming() {
    return until([](const LaneStatus& lane) { return lane.streaming; });
  }
  std::future<Outcome> start(ActivationCall call) {
    auto promise = std::make_shared<std::promise<Outcome>>();
    client->call(std::move(call), [promise](Outcome outcome) { promise->set_value(std::move(outcome)); });
    return promise->get_future();
  }
  Outcome result(std::future<Outcome> future) {
    if (future.wait_for(kPatience) != std::future_status::ready) {
      ADD_FAILURE() << "Expected the call to be settled, but it is not.";
      return {};
    }
    return future.get();
  }

  FakePartner partner;
  std::shared_ptr<ActivationClient> client;
};

TEST_F(ClientTest, SubmitIsAcceptedWithTheKeysInMetadata) {
  partner.start();
  connect();
  const auto outcome = result(start(a_call("k1")));
  EXPECT_EQ(outcome.kind, Kind::ok);
  EXPECT_EQ(outcome.reference, "ref-so-k1");
  const auto metadata = partner.last_metadata();
  EXPECT_EQ(metadata.at("comd-correlation-id"), "corr");
  EXPECT_EQ(metadata.at("comd-idempotency-key"), "k1");
  EXPECT_EQ(metadata.at("traceparent"), "00-1-2-01");
}

TEST_F(ClientTest, ARefusalCarriesClassAndCodeFromTheTrailer) {
  partner.answers["k1"] = {grpc::StatusCode::FAILED_PRECONDITION, "no port left"};
  partner.fault = {{"comd-fault-class", "business"}, {"comd-fault-code", "NO_PORT"}};
  partner.start();
  connect();
  const auto outcome = result(start(a_call("k1")));
  EXPECT_EQ(outcome.kind, Kind::refused);
  EXPECT_EQ(outcome.fault, (service_order::Fault{FaultClass::business, "NO_PORT", "no port left"}));
}

TEST_F(ClientTest, ACallThatIsNeverAnsweredIsUnknown) {
  partner.hang = {"k1"};
  partner.start();
  connect();
  const auto outcome = result(start(a_call("k1", EffectKind::submit, 200ms)));
  EXPECT_EQ(outcome.kind, Kind::unknown);
  EXPECT_EQ(outcome.fault.code, "DEADLINE_EXCEEDED");
}

TEST_F(ClientTest, ARefusedConnectionIsNotSent) {
  partner.start();
  partner.stop();  // nobody listens there now
  connect();
  const auto outcome = result(start(a_call("k1")));
  EXPECT_EQ(outcome.kind, Kind::not_sent);
  EXPECT_EQ(outcome.fault.code, "NOT_CONNECTED");
}

TEST_F(ClientTest, AServerThatGoesAwayDuringACallIsUnknown) {
  partner.hang = {"k1"};
  partner.start();
  connect();
  auto call = start(a_call("k1"));
  ASSERT_TRUE(partner.saw_submits(1));
  partner.stop();
  EXPECT_EQ(result(std::move(call)).kind, Kind::unknown);
  EXPECT_EQ(result(start(a_call("k2"))).kind, Kind::not_sent) << "nobody listens any more";
}

TEST_F(ClientTest, AServerThatComesBackIsUsedAgain) {
  partner.start();
  connect();
  EXPECT_EQ(result(start(a_call("k1"))).kind, Kind::ok);
  partner.stop();
  // Until the connection is known to be gone a call leaves on it, and what became of that is honestly unknown.
  ASSERT_TRUE(until([](const LaneStatus& lane) { return !lane.connected; }));
  EXPECT_EQ(result(start(a_call("k2"))).kind, Kind::not_sent);
  partner.start();
  ASSERT_TRUE(until([](const LaneStatus& lane) { return lane.connected; }));
  EXPECT_EQ(result(start(a_call("k3"))).kind, Kind::ok);
}

TEST_F(ClientTest, AskBringsTheReport) {
  partner.report.set_report_id("r1");
  partner.report.set_service_order_id("so-k1");
  partner.report.set_kind(wire::REPORT_KIND_COMPLETED);
  (*partner.report.mutable_outputs())["portId"] = "\"P1\"";
  partner.start();
  connect();
  const auto outcome = result(start(a_call("k1", EffectKind::ask)));
  EXPECT_EQ(outcome.kind, Kind::ok);
  ASSERT_TRUE(outcome.answer);
  EXPECT_EQ(outcome.answer->kind, service_order::ReportKind::completed);
  EXPECT_EQ(outcome.answer->outputs.at("portId").json, "\"P1\"");
}

TEST_F(ClientTest, AskNotFoundIsAnAnswer) {
  partner.answers["k1"] = {grpc::StatusCode::NOT_FOUND, "never heard of it"};
  partner.start();
  connect();
  const auto outcome = result(start(a_call("k1", EffectKind::ask)));
  EXPECT_EQ(outcome.kind, Kind::refused);
  EXPECT_EQ(outcome.fault.code, "NOT_FOUND");
}

TEST_F(ClientTest, AnAnswerToAskWithoutAKindIsUnknown) {
  partner.report.set_report_id("r1");
  partner.report.set_service_order_id("so-k1");
  partner.start();
  connect();
  EXPECT_EQ(result(start(a_call("k1", EffectKind::ask))).kind, Kind::unknown);
}

TEST_F(ClientTest, CancelIsTakenOrRefused) {
  partner.answers["k2"] = {grpc::StatusCode::FAILED_PRECONDITION, "too late"};
  partner.start();
  connect();
  EXPECT_EQ(result(start(a_call("k1", EffectKind::cancel))).kind, Kind::ok);
  EXPECT_EQ(result(start(a_call("k2", EffectKind::cancel))).kind, Kind::refused);
}

TEST_F(ClientTest, AnAmendmentIsTakenOrRefused) {
  partner.answers["k2"] = {grpc::StatusCode::FAILED_PRECONDITION, "dug already"};
  partner.answers["k3"] = {grpc::StatusCode::UNIMPLEMENTED, "what is that"};
  partner.start();
  connect();
  EXPECT_EQ(result(start(a_call("k1", EffectKind::amend))).kind, Kind::ok);
  const auto refused = result(start(a_call("k2", EffectKind::amend)));
  EXPECT_EQ(refused.kind, Kind::refused);
  EXPECT_EQ(refused.fault.message, "dug already");
  EXPECT_EQ(result(start(a_call("k3", EffectKind::amend))).kind, Kind::refused);
}

TEST_F(ClientTest, AnUnknownTargetIsRefusedForGood) {
  partner.start();
  connect();
  auto call = a_call("k1");
  call.effect.lane = "nowhere";
  const auto outcome = result(start(std::move(call)));
  EXPECT_EQ(outcome.kind, Kind::refused);
  EXPECT_EQ(outcome.fault.fault_class, FaultClass::permanent);
  EXPECT_EQ(outcome.fault.code, "UNKNOWN_TARGET");
  EXPECT_NE(outcome.fault.message.find("nowhere"), std::string::npos);
}

TEST_F(ClientTest, DoneIsNeverCalledFromInsideCall) {
  partner.start();
  partner.stop();
  connect();
  for (const char* lane : {"access", "nowhere"}) {
    std::promise<std::thread::id> where;
    auto call = a_call("k1");
    call.effect.lane = lane;
    client->call(std::move(call), [&](const Outcome&) { where.set_value(std::this_thread::get_id()); });
    EXPECT_NE(where.get_future().get(), std::this_thread::get_id()) << lane;
  }
}

TEST_F(ClientTest, VolumeGoesOverOneStream) {
  partner.streaming = true;
  partner.answers["k7"] = {grpc::StatusCode::RESOURCE_EXHAUSTED, "busy"};
  partner.start();
  connect();
  ASSERT_TRUE(until_streaming());
  std::vector<std::future<Outcome>> calls;
  for (int i = 0; i < 500; ++i) calls.push_back(start(a_call("k" + std::to_string(i))));
  for (std::size_t i = 0; i < calls.size(); ++i) {
    const auto outcome = result(std::move(calls[i]));
    if (i == 7) {
      EXPECT_EQ(outcome.kind, Kind::refused);
      EXPECT_EQ(outcome.fault.fault_class, FaultClass::transient);
      EXPECT_EQ(outcome.fault.message, "busy");
    } else {
      EXPECT_EQ(outcome.kind, Kind::ok) << i;
      EXPECT_EQ(outcome.reference, "stream-so-k" + std::to_string(i));
    }
  }
  EXPECT_EQ(partner.streams(), 1U);
}

TEST_F(ClientTest, StreamingCanBeSwitchedOffInTheConfiguration) {
  partner.streaming = true;
  partner.start();
  connect(/*streaming=*/false);
  ASSERT_TRUE(until([](const LaneStatus& lane) { return lane.system == "fake"; }));
  EXPECT_EQ(result(start(a_call("k1"))).reference, "ref-so-k1");
  EXPECT_EQ(partner.streams(), 0U);
}

TEST_F(ClientTest, AServerKilledMidStreamLeavesWhatWasWrittenUnknown) {
  partner.streaming = true;
  partner.hang = {"k0", "k1", "k2"};
  partner.start();
  connect();
  ASSERT_TRUE(until_streaming());
  std::vector<std::future<Outcome>> calls;
  for (int i = 0; i < 3; ++i) calls.push_back(start(a_call("k" + std::to_string(i))));
  ASSERT_TRUE(partner.saw_submits(3));
  partner.stop();
  for (auto& call : calls) {
    const auto outcome = result(std::move(call));
    EXPECT_EQ(outcome.kind, Kind::unknown);
    EXPECT_EQ(outcome.fault.code, "STREAM_BROKEN");
  }
}

TEST_F(ClientTest, ASilentStreamIsReplacedAfterTheDeadline) {
  partner.streaming = true;
  partner.hang = {"k0"};
  partner.start();
  connect();
  ASSERT_TRUE(until_streaming());
  EXPECT_EQ(result(start(a_call("k0", EffectKind::submit, 200ms))).kind, Kind::unknown);
  EXPECT_EQ(result(start(a_call("k1"))).kind, Kind::ok);
  EXPECT_EQ(partner.streams(), 2U);
}

TEST_F(ClientTest, TheSameKeyTwiceOnTheStreamIsAnsweredTwice) {
  partner.streaming = true;
  partner.start();
  connect();
  ASSERT_TRUE(until_streaming());
  auto first = start(a_call("same"));
  auto second = start(a_call("same"));
  EXPECT_EQ(result(std::move(first)).kind, Kind::ok);
  EXPECT_EQ(result(std::move(second)).kind, Kind::ok);
}

TEST_F(ClientTest, TheTargetsOwnLimitIsKept) {
  partner.max_in_flight = 1;
  partner.hang = {"k0"};
  partner.start();
  connect();
  ASSERT_TRUE(until([](const LaneStatus& lane) { return lane.system == "fake"; }));
  auto first = start(a_call("k0", EffectKind::submit, 500ms));
  ASSERT_TRUE(partner.saw_submits(1));
  auto second = start(a_call("k1"));
  EXPECT_EQ(result(std::move(first)).kind, Kind::unknown);
  EXPECT_EQ(result(std::move(second)).kind, Kind::ok) << "its turn came when the first was settled";
}

TEST_F(ClientTest, StopSettlesEverything) {
  partner.streaming = true;
  partner.hang = {"k0", "k1"};
  partner.start();
  connect();
  auto unary = start(a_call("k0", EffectKind::ask));
  ASSERT_TRUE(until_streaming());
  auto streamed = start(a_call("k1"));
  ASSERT_TRUE(partner.saw_submits(1));
  client->stop();
  EXPECT_EQ(result(std::move(unary)).kind, Kind::unknown);
  EXPECT_EQ(result(std::move(streamed)).kind, Kind::unknown);
}

TEST(ClientOptions, MistakesAreNamed) {
  TargetOptions target;
  target.name = "a";
  EXPECT_NE(ActivationClient::make({target}).error().find("address"), std::string::npos);
  target.address = "127.0.0.1:1";
  EXPECT_NE(ActivationClient::make({target, target}).error().find("twice"), std::string::npos);
  target.tls = true;
  target.tls_files.ca = "/nowhere/ca.pem";
  EXPECT_NE(ActivationClient::make({target}).error().find("/nowhere/ca.pem"), std::string::npos);
}

}  // namespace
}  // namespace comd::south

#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "cmd/activation-sim/products.h"
#include "cmd/activation-sim/script.h"
#include "test/support/paths.h"
#include "test/support/temp_file.h"

/// The stand-in's decisions: the tests of comd rest on them being the same each time.
namespace comd::sim {
namespace {

wire::SubmitRequest a_request(const std::string& id, std::uint32_t attempt = 1) {
  wire::SubmitRequest request;
  request.mutable_call()->set_target("access-activation");
  auto& order = *request.mutable_service_order();
  order.set_id("so-" + id);
  order.set_service_id("sv-" + id);
  order.set_specification("fiber-access@1");
  order.set_action(wire::ACTION_ADD);
  order.set_attempt(attempt);
  return request;
}

Config a_config(const std::string& rule) {
  auto config = read_config("seed: 7\nrules:\n  - {" + rule + "}");
  EXPECT_TRUE(config) << config.error();
  return config.value_or(Config{});
}

bool same(const Script& a, const Script& b) {
  return a.answer == b.answer && a.status == b.status && a.end == b.end && a.outputs == b.outputs && a.steps == b.steps;
}

TEST(SimScript, IsAFunctionOfSeedServiceOrderAndAttempt) {
  const std::string rule =
      "delay: [10, 900], progress: [acknowledged, in_progress], fail: {rate: 0.3, code: X}, drop: 0.2, duplicate: 0.2, "
      "late: 0.2, reorder: 0.2, loseAnswer: 0.2, outputs: {portId: \"P-{seq}\"}";
  const auto config = a_config(rule);
  auto other_seed = config;
  other_seed.seed = 8;
  int differ = 0;
  for (int i = 0; i < 200; ++i) {
    const auto request = a_request(std::to_string(i));
    EXPECT_TRUE(same(script_of(config, request, 1), script_of(config, request, 1)));
    differ += same(script_of(config, request, 1), script_of(other_seed, request, 1)) ? 0 : 1;
  }
  EXPECT_GT(differ, 190);
}

TEST(SimScript, TheDrawIsTheSameOnEveryMachine) {
  EXPECT_NE(draw(1, "so-1", 1, "fail"), draw(1, "so-1", 2, "fail"));
  EXPECT_NE(draw(1, "so-1", 1, "fail"), draw(2, "so-1", 1, "fail"));
  EXPECT_DOUBLE_EQ(draw(1, "so-1", 1, "fail"), 0.29853348470270835);
}

TEST(SimScript, RatesAreKept) {
  const auto config = a_config("fail: {rate: 0.25, as: rejected}, loseAnswer: 0.1");
  int failed = 0, lost = 0;
  for (int i = 0; i < 10'000; ++i) {
    const auto script = script_of(config, a_request(std::to_string(i)), 1);
    failed += script.end == wire::REPORT_KIND_REJECTED ? 1 : 0;
    lost += script.answer == Script::Answer::lose ? 1 : 0;
  }
  EXPECT_NEAR(failed, 2500, 200);
  EXPECT_NEAR(lost, 1000, 150);
}

TEST(SimScript, TheFirstAttemptsFailAndTheNextSucceeds) {
  const auto config = a_config("fail: {class: transient, code: PORT_BUSY, attempts: 2}");
  EXPECT_EQ(script_of(config, a_request("1", 1), 1).end, wire::REPORT_KIND_FAILED);
  EXPECT_EQ(script_of(config, a_request("1", 2), 1).fault.code(), "PORT_BUSY");
  EXPECT_EQ(script_of(config, a_request("1", 3), 1).end, wire::REPORT_KIND_COMPLETED);
}

TEST(SimScript, ARepeatedCallCanGetThrough) {
  const auto config = a_config("hang: {times: 1}, refuse: {status: RESOURCE_EXHAUSTED, rate: 0}");
  EXPECT_EQ(script_of(config, a_request("1"), 1).answer, Script::Answer::hang);
  EXPECT_EQ(script_of(config, a_request("1"), 2).answer, Script::Answer::ok);
}

TEST(SimScript, RefusalsCarryTheirStatusAndDoNothing) {
  const auto script =
      script_of(a_config("refuse: {status: FAILED_PRECONDITION, class: business, code: NO_PORT}"), a_request("1"), 1);
  EXPECT_EQ(script.answer, Script::Answer::refuse);
  EXPECT_EQ(script.status, 9);
  EXPECT_EQ(script.fault.code(), "NO_PORT");
  EXPECT_TRUE(script.steps.empty());
}

TEST(SimScript, SilenceStillDoesTheWorkAndAStallDoesNot) {
  const auto silent = script_of(a_config("silence: 1, progress: [acknowledged]"), a_request("1"), 1).steps;
  ASSERT_EQ(silent.size(), 1U);
  EXPECT_EQ(silent[0].what, Step::Do::effect);
  const auto stalled = script_of(a_config("stall: 1, progress: [acknowledged]"), a_request("1"), 1).steps;
  ASSERT_EQ(stalled.size(), 1U);
  EXPECT_EQ(stalled[0].what, Step::Do::report);
}

TEST(SimScript, ReorderedProgressComesAfterTheEnd) {
  const auto steps = script_of(a_config("reorder: 1, progress: [in_progress], delay: 100"), a_request("1"), 1).steps;
  EXPECT_EQ(steps.back().kind, wire::REPORT_KIND_IN_PROGRESS);
}

TEST(SimScript, OutputsBelongToTheServiceAndAreJson) {
  const auto config = a_config(
      "outputs: {portId: \"PORT-{seq}\", vlan: \"{int:100:200}\", prefix: 30, name: \"x {characteristic:site}\", back: "
      "\"{characteristic:n}\"}");
  auto add = a_request("1");
  (*add.mutable_service_order()->mutable_characteristics())["site"] = "\"Bonn\"";
  (*add.mutable_service_order()->mutable_characteristics())["n"] = "5";
  const auto given = script_of(config, add, 1).outputs;
  EXPECT_EQ(given.at("portId").size(), std::string("\"PORT-123456\"").size());
  EXPECT_GE(std::stoi(given.at("vlan")), 100);
  EXPECT_LE(std::stoi(given.at("vlan")), 200);
  EXPECT_EQ(given.at("prefix"), "30");
  EXPECT_EQ(given.at("name"), "\"x Bonn\"");
  EXPECT_EQ(given.at("back"), "5");
  auto modify = add;
  modify.mutable_service_order()->set_id("so-another");
  modify.mutable_service_order()->set_action(wire::ACTION_MODIFY);
  EXPECT_EQ(script_of(config, modify, 1).outputs, given);
  modify.mutable_service_order()->set_action(wire::ACTION_DELETE);
  EXPECT_TRUE(script_of(config, modify, 1).outputs.empty());
}

TEST(SimConfig, LaterRulesAreLaidOverEarlierOnes) {
  const auto config = *read_config(R"(
rules:
  - {delay: 5, outputs: {a: 1}}
  - {specification: "fiber-*", outputs: {b: 2}}
  - {specification: other@1, outputs: {c: 3}}
  - {when: {characteristic: pool, equals: exhausted}, fail: {code: EMPTY}}
)");
  auto request = a_request("1");
  auto behaviour = config.behaviour_for(request);
  EXPECT_EQ(behaviour.delay_max, Millis{5});
  EXPECT_EQ(behaviour.outputs.size(), 2U);
  EXPECT_TRUE(behaviour.endings.empty());
  (*request.mutable_service_order()->mutable_characteristics())["pool"] = "\"exhausted\"";
  EXPECT_EQ(config.behaviour_for(request).endings.size(), 1U);
}

TEST(SimConfig, MistakesNameTheirLine) {
  const std::pair<const char*, const char*> mistakes[] = {
      {"seed: x", "line 1: Expected seed to be a whole number"},
      {"rules:\n  - {dlay: 3}", "line 2: Expected a key that a rule knows, but got \"dlay\""},
      {"rules:\n  - {drop: 1.5}", "line 2: Expected drop to be from 0 to 1"},
      {"rules:\n  - refuse: {status: NOPE}", "line 2: Expected status to be a gRPC status"},
      {"rules:\n  - {delay: [9, 1]}", "line 2: Expected delay"},
      {"rules:\n  - {progress: [completed]}", "line 2: Expected progress"},
      {"rules: [", "line"},
      {"capabilities: {default: {delivery: twice}}", "line 1: Expected delivery"}};
  for (const auto& [yaml, message] : mistakes) {
    const auto config = read_config(yaml);
    ASSERT_FALSE(config) << yaml;
    EXPECT_NE(config.error().find(message), std::string::npos) << config.error();
  }
}

TEST(SimConfig, TheExampleIsValid) {
  std::ifstream in(test::source("examples/activation-sim.yaml"));
  std::ostringstream text;
  text << in.rdbuf();
  const auto config = read_config(text.str());
  ASSERT_TRUE(config) << config.error();
  EXPECT_FALSE(config->rules.empty());
}

/// The product inventory in a server of its own, and the lines of its record.
class SimProducts : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(products.open_record(record.path()));
    int port = 0;
    grpc::ServerBuilder builder;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
    builder.RegisterService(&products);
    server = builder.BuildAndStart();
    stub = inventory::v1::ProductInventory::NewStub(
        grpc::CreateChannel("127.0.0.1:" + std::to_string(port), grpc::InsecureChannelCredentials()));
  }

  grpc::Status push(const std::string& product, std::uint64_t version, const std::string& json = R"({"status":"active"})") {
    inventory::v1::PushRequest request;
    request.set_idempotency_key(product + "/" + std::to_string(version));
    request.set_tenant("acme");
    request.set_order_id("po-1");
    request.set_product_id(product);
    request.set_version(version);
    request.set_product_json(json);
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(20));
    inventory::v1::PushResponse response;
    return stub->Push(&context, request, &response);
  }

  std::vector<nlohmann::json> lines() const {
    std::vector<nlohmann::json> all;
    std::ifstream in(record.path());
    for (std::string line; std::getline(in, line);) all.push_back(nlohmann::json::parse(line));
    return all;
  }

  const test::TempFile record{""};
  Products products;
  std::unique_ptr<grpc::Server> server;
  std::unique_ptr<inventory::v1::ProductInventory::Stub> stub;
};

TEST_F(SimProducts, EachNewerVersionIsALineOfTheRecord) {
  EXPECT_TRUE(push("pr-1", 1, R"({"id":"pr-1","status":"created"})").ok());
  EXPECT_TRUE(push("pr-1", 4, R"({"id":"pr-1","status":"active"})").ok());
  EXPECT_TRUE(push("pr-2", 1).ok());
  const auto all = lines();
  ASSERT_EQ(all.size(), 3U);
  EXPECT_EQ(all[1].at("product"), "pr-1");
  EXPECT_EQ(all[1].at("version"), 4);
  EXPECT_EQ(all[1].at("tenant"), "acme");
  EXPECT_EQ(all[1].at("order"), "po-1");
  EXPECT_EQ(all[1].at("key"), "pr-1/4");
  EXPECT_EQ(all[1].at("document"), (nlohmann::json{{"id", "pr-1"}, {"status", "active"}}));
  EXPECT_EQ(products.version_of("pr-1"), 4U);
}

TEST_F(SimProducts, AVersionThatIsNotNewerIsOkAndChangesNothing) {
  EXPECT_TRUE(push("pr-1", 2).ok());
  EXPECT_TRUE(push("pr-1", 2).ok());
  EXPECT_TRUE(push("pr-1", 1).ok());
  EXPECT_EQ(lines().size(), 1U);
  EXPECT_EQ(products.version_of("pr-1"), 2U);
  products.clear();
  EXPECT_TRUE(push("pr-1", 1).ok());
  EXPECT_EQ(lines().size(), 2U);
}

TEST_F(SimProducts, WhatIsNoProductIsRefused) {
  const std::tuple<std::string, std::uint64_t, std::string, std::string> mistakes[] = {
      {"", 1, "{}", "Expected a product_id"},
      {"pr-1", 0, "{}", "Expected a version from 1 for product pr-1"},
      {"pr-1", 1, "[]", "Expected product_json of product pr-1 to be a JSON object"},
      {"pr-1", 1, "{", "Expected product_json of product pr-1 to be a JSON object"}};
  for (const auto& [product, version, json, message] : mistakes) {
    const auto status = push(product, version, json);
    EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
    EXPECT_NE(status.error_message().find(message), std::string::npos) << status.error_message();
  }
  EXPECT_TRUE(lines().empty());
}

TEST(SimProductsRecord, AFileThatCannotBeOpenedIsNamed) {
  const auto opened = Products().open_record("/nowhere/products.jsonl");
  ASSERT_FALSE(opened);
  EXPECT_NE(opened.error().find("/nowhere/products.jsonl"), std::string::npos);
}

}  // namespace
}  // namespace comd::sim

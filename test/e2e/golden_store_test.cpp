#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <set>

#include "test/e2e/system.h"

/// Data directories as released versions of comd left them when they were killed, in test/golden/stores, one for each version that
/// wrote anything new. Today's comd must read all of each, to the states that were recorded, and go on with it. They are never
/// changed. COMD_UPDATE_GOLDEN=1 makes the one of this version, if there is none.
namespace comd::e2e {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr const char* kCatalog = R"(
catalog: golden
version: "1"
failurePolicy: rollback
personal: [contactName]
specifications:
  line@1:
    target: partner
    delivery: idempotent
    timeouts: {queue: 10m, call: 500ms, acknowledge: 5m, silence: 10m, complete: 30m}
  stuck@1:
    target: partner
    delivery: idempotent
    timeouts: {queue: 10m, call: 500ms, acknowledge: 5m, silence: 10m, complete: 30m}
    retry: [{code: DOWN, then: fallout}]
  refused@1:
    target: partner
    delivery: idempotent
    timeouts: {queue: 10m, call: 500ms, acknowledge: 5m, silence: 10m, complete: 30m}
offerings:
  - id: done
    name: Two lines, one after the other
    services:
      - {key: first, specification: line@1}
      - {key: second, specification: line@1, dependsOn: [first]}
  - id: undone
    name: The second line is refused, so the first is undone
    services:
      - {key: first, specification: line@1}
      - {key: second, specification: refused@1, dependsOn: [first]}
  - id: stuck
    name: Waits for a person, who tries it again
    services: [{key: only, specification: stuck@1}]
)";
constexpr const char* kBroken = R"(
seed: 7
rules:
  - specification: stuck@*
    fail: {class: permanent, code: DOWN}
  - specification: refused@*
    fail: {class: permanent, code: NO_CAPACITY}
)";

fs::path folder() { return source("test/golden/stores"); }

std::vector<std::string> recorded() {
  std::vector<std::string> out;
  std::error_code none;
  for (const auto& entry : fs::directory_iterator(folder(), none))
    if (entry.is_directory()) out.push_back(entry.path().filename());
  std::ranges::sort(out);
  return out;
}

json document(Comd& comd, std::vector<std::string> words) {
  words.insert(words.end(), {"-o", "json"});
  const auto done = comd.comctl(std::move(words));
  EXPECT_EQ(done.exit, 0) << done.output;
  const auto begin = done.output.find('{');
  return json::parse(begin == std::string::npos ? "{}" : done.output.substr(begin), nullptr, false);
}

json states(Comd& comd) {
  json out = json::object();
  for (const auto& order : comd.list()) out[order.external_id()] = {{"id", order.id()}, {"state", order.state()}};
  return out;
}

/// What the store was like when it was left.
json look(Comd& comd) {
  const auto chain = document(comd, {"log", "verify"});
  return {{"orders", states(comd)},
          {"archived", document(comd, {"order", "list", "--archived"}).at("orders").size()},
          {"products", comd.products().size()},
          {"position", chain.at("position")},
          {"chain", chain.at("hash")}};
}

TEST(GoldenStore, IsMadeOnceForEachVersion) {
  const auto place = folder() / COMD_VERSION;
  if (std::getenv("COMD_UPDATE_GOLDEN") == nullptr) {
    EXPECT_TRUE(fs::exists(place)) << "COMD_UPDATE_GOLDEN=1 makes it";
    return;
  }
  ASSERT_FALSE(fs::exists(place)) << "it is never changed";
  const TempDir directory;
  Comd comd(directory);
  const ActivationSim sim(directory, "partner", kBroken, true, comd.port());
  comd.add_target("partner", sim.address());
  ASSERT_TRUE(comd.start()) << comd.log();
  write_file(directory.path() + "/catalog.yaml", kCatalog);
  ASSERT_TRUE(comd.load_catalog(directory.path() + "/catalog.yaml").ok());
  api::SubmitResponse response;
  ASSERT_TRUE(comd.submit(order_json("done-0", "done"), response).ok());
  ASSERT_TRUE(wait_until(Seconds{60}, [&] { return comd.count_of("orders", {"completed"}) == 1; })) << comd.log();
  ASSERT_EQ(document(comd, {"archive", "run", "--older-than", "0s"}).at("orders"), 1);
  ASSERT_EQ(comd.stop(), 0);  // so there are tables, and behind them a log that was not written to any
  ASSERT_TRUE(comd.start()) << comd.log();
  for (const auto* offering : {"done", "undone", "stuck"}) {
    for (const auto* nth : {"-1", "-2"})
      ASSERT_TRUE(comd.submit(order_json(std::string(offering) + nth, offering), response).ok());
  }
  ASSERT_TRUE(wait_until(Seconds{60}, [&] {
    return comd.count_of("orders", {"completed", "failed"}) == 4 && comd.count_of("service_orders", {"held"}) == 2;
  })) << comd.log();
  const auto seen = look(comd);
  comd.kill();
  fs::create_directories(place);
  write_file(place / "expected.json", seen.dump(2) + "\n");
  fs::copy(comd.data(), place / "data", fs::copy_options::recursive);
  const std::set<std::string> no_part{"LOCK", "reserve"};
  for (const auto& file : fs::directory_iterator(place / "data"))
    if (const auto name = file.path().filename().string();
        no_part.contains(name) || name.starts_with("LOG") || name.starts_with("OPTIONS"))
      fs::remove(file);
}

class Golden : public testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    expected = json::parse(read_file(folder() / GetParam() / "expected.json"));
    fs::create_directories(fs::path(comd.data()).parent_path());
    fs::copy(folder() / GetParam() / "data", comd.data(), fs::copy_options::recursive);
  }

  TempDir directory;
  Comd comd{directory};
  json expected;
};

TEST_P(Golden, FoldsToTheStatesThatWereRecorded) {
  const auto verified = run({program("comd"), "--verify-log", comd.data(), "--output", "json"});
  ASSERT_EQ(verified.exit, 0) << verified.output;
  const auto verdict = json::parse(verified.output.substr(verified.output.find('{')));
  EXPECT_EQ(verdict.at("good"), true);
  EXPECT_GE(verdict.at("statesCompared"), expected.at("orders").size());
  const auto examined = document(comd, {"doctor", "--data", comd.data()});
  EXPECT_EQ(examined.at("healthy"), true) << examined;
}

TEST_P(Golden, IsServedAndGoesOn) {
  const ActivationSim sim(directory, "partner", "seed: 7\n", true, comd.port());
  comd.add_target("partner", sim.address());
  ASSERT_TRUE(comd.start()) << comd.log();
  EXPECT_EQ(states(comd), expected.at("orders"));
  EXPECT_EQ(document(comd, {"order", "list", "--archived"}).at("orders").size(), expected.at("archived"));
  EXPECT_EQ(comd.products().size(), expected.at("products"));
  const auto written = document(comd, {"log", "export", directory.path() + "/log", "--to", expected.at("position").dump()});
  EXPECT_EQ(written.at("chain"), expected.at("chain"));
  EXPECT_EQ(document(comd, {"log", "check"}).at("equal"), true);

  // The same submission again means the same order; what waited for a person can be done; and there is room for more.
  api::SubmitResponse again, fresh;
  ASSERT_TRUE(comd.submit(order_json("done-1", "done"), again).ok());
  EXPECT_EQ(again.order_id(), expected.at("orders").at("done-1").at("id"));
  ASSERT_TRUE(comd.submit(order_json("done-0", "done"), again).ok());
  EXPECT_EQ(document(comd, {"order", "get", again.order_id(), "--archived"}).at("summary").at("state"), "completed");
  const auto retried =
      comd.comctl({"repair", "start", "--code", "DOWN", "--action", "retry", "--reason", "it is up", "--follow"});
  EXPECT_EQ(retried.exit, 0) << retried.output;
  ASSERT_TRUE(comd.submit(order_json("done-3", "done"), fresh).ok());
  EXPECT_TRUE(wait_until(Seconds{60}, [&] { return comd.count_of("orders", {"completed"}) == 5; })) << comd.log();
  EXPECT_EQ(document(comd, {"log", "check"}).at("equal"), true);
}

GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(Golden);
INSTANTIATE_TEST_SUITE_P(Of, Golden, testing::ValuesIn(recorded()), [](const auto& version) {
  std::string name = version.param;
  std::ranges::replace_if(
      name, [](char c) { return std::isalnum(static_cast<unsigned char>(c)) == 0; }, '_');
  return name;
});

}  // namespace
}  // namespace comd::e2e

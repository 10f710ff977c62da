#include "cmd/comd/daemon/config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace comd::daemon {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

Givens yaml(const std::string& text) {
  auto read = read_yaml(text, "comd.yaml");
  EXPECT_TRUE(read) << (read ? "" : read.error().front());
  return read ? *read : Givens{};
}
Givens flag(const std::string& name, std::vector<std::string> values) { return {{name, {std::move(values), "--" + name}}}; }
Givens environment(std::map<std::string, std::string> variables) {
  return read_environment([&](const std::string& name) -> const char* {
    const auto found = variables.find(name);
    return found == variables.end() ? nullptr : found->second.c_str();
  });
}

TEST(Config, DefaultsListenOnLoopback) {
  const auto config = resolve({}, {}, {});
  ASSERT_TRUE(config);
  EXPECT_EQ(config->listen, "127.0.0.1:7622");
  EXPECT_EQ(config->metrics_listen, "127.0.0.1:9622");
  EXPECT_EQ(config->data, "./comd-data");
}

TEST(Config, FlagWinsOverEnvironmentAndEnvironmentOverFile) {
  const auto file = yaml("data: from-file\nlog-level: debug\nlisten: 127.0.0.1:1");
  const auto variables = environment({{"COMD_DATA", "from-environment"}, {"COMD_LOG_LEVEL", "error"}});
  const auto config = resolve(file, variables, flag("data", {"from-flag"}));
  ASSERT_TRUE(config);
  EXPECT_EQ(config->data, "from-flag");
  EXPECT_EQ(config->log_level, "error");
  EXPECT_EQ(config->listen, "127.0.0.1:1");
}

TEST(Config, LimitsAreASectionOfTheFileAndHaveTheSameNamesAsFlags) {
  const auto config = resolve(yaml("limits: {batch_max: 64, idle: 5s}"), environment({{"COMD_LIMITS_LANE_WINDOW", "7"}}),
                              flag("limits.in_flight_max", {"9"}));
  ASSERT_TRUE(config);
  EXPECT_EQ(config->limits.batch_max, 64u);
  EXPECT_EQ(config->limits.idle, Millis{5'000});
  EXPECT_EQ(config->limits.lane_window, 7u);
  EXPECT_EQ(config->limits.in_flight_max, 9u);
}

TEST(Config, TargetsOfTheFileAreReplacedOneByOneByFlags) {
  const auto file = yaml("targets:\n  access: {address: 'a:1', tls: true, ca: ca.pem}\n  ip: b:2\n");
  const auto config = resolve(file, {}, flag("target", {"ip=c:3", "cpe=d:4"}));
  ASSERT_TRUE(config);
  ASSERT_EQ(config->targets.size(), 3u);
  EXPECT_TRUE(config->targets.at("access").tls);
  EXPECT_EQ(config->targets.at("access").ca, "ca.pem");
  EXPECT_EQ(config->targets.at("ip").address, "c:3");
  EXPECT_EQ(config->targets.at("cpe").address, "d:4");
}

TEST(Config, LanesHaveSettingsOfTheirOwn) {
  const auto file = yaml("targets:\n  access: {address: 'a:1', window: 64, rate: 50/s, backlog: 1000}\n  north.ip: b:2\n");
  const auto config = resolve(file, environment({{"COMD_LANE", "access.window=32,north.ip.rate=600/m"}}), {});
  ASSERT_TRUE(config);
  const auto& access = config->lanes.at("access");
  EXPECT_EQ(access.window, 32u);
  EXPECT_EQ(access.rate, (Rate{50, Millis{1'000}}));
  EXPECT_EQ(access.backlog, 1'000u);
  EXPECT_FALSE(access.failures);
  EXPECT_EQ(config->lanes.at("north.ip").rate, (Rate{600, Millis{60'000}}));

  const auto flags = flag("lane", {"access.failures=3", "access.pause=2s", "access.pause_max=1m", "inventory.window=9"});
  const auto flagged = resolve(file, environment({{"COMD_LANE", "access.window=32"}}), flags);
  ASSERT_TRUE(flagged);
  EXPECT_EQ(flagged->lanes.at("access").window, 64u);  // of all settings the flag stands for the variable as a whole
  EXPECT_EQ(flagged->lanes.at("access").pause_max, Millis{60'000});
  EXPECT_EQ(flagged->lanes.at("inventory").window, 9u);
  const auto again = resolve(yaml(to_yaml(*flagged)), {}, {});
  ASSERT_TRUE(again);
  EXPECT_EQ(again->lanes, flagged->lanes);
}

TEST(Config, LanesThatHaveNoneAreAsTheLimitsSay) {
  const auto config = resolve(yaml("limits: {lane_rate: 1000/h, lane_backlog: 50}"), {}, flag("limits.lane_pause", {"1s"}));
  ASSERT_TRUE(config);
  EXPECT_EQ(config->limits.lane_rate, (Rate{1'000, Millis{3'600'000}}));
  EXPECT_EQ(config->limits.lane_backlog, 50u);
  EXPECT_EQ(config->limits.lane_pause, Millis{1'000});
  EXPECT_EQ(resolve({}, {}, {})->limits.lane_rate, Rate{});
}

TEST(Config, ErrorsOfLanesSayWhatIsExpectedAndWhere) {
  const auto error = [](const std::string& text) { return resolve(yaml(text), {}, {}).error().front(); };
  EXPECT_THAT(error("targets:\n  a: {address: 'h:1',\n      rate: fast}"),
              HasSubstr("comd.yaml:3: Expected rate of target a to be a rate such as 50/s, 600/m or 10000/h, or off, but got"));
  EXPECT_THAT(error("targets: {a: {address: 'h:1', window: 0}}"), HasSubstr("window of target a to be a whole number from 1"));
  EXPECT_THAT(
      error("\nlane: [a.windw=3]"),
      HasSubstr("comd.yaml:2: Expected name.key=value with key one of window, rate, backlog, failures, pause, pause_max"));
  EXPECT_THAT(error("lane: [a.window=3]"), HasSubstr("lane a: Expected a target of this name"));
  EXPECT_THAT(error("limits: {lane_rate: 5/d}"), HasSubstr("Expected limits.lane_rate to be a rate"));
  EXPECT_THAT(read_yaml("targets:\n  a:\n    address: h:1\n    windw: 3\n", "comd.yaml").error(),
              ElementsAre(HasSubstr("comd.yaml:4: Expected one of address,")));
}

TEST(Config, ListsComeFromFlagsEnvironmentAndFile) {
  EXPECT_THAT(resolve(yaml("catalog: [a.yaml, b.yaml]"), {}, {})->catalogs, ElementsAre("a.yaml", "b.yaml"));
  EXPECT_THAT(resolve({}, environment({{"COMD_CATALOG", "a.yaml,b.yaml"}}), {})->catalogs, ElementsAre("a.yaml", "b.yaml"));
  EXPECT_THAT(resolve(yaml("catalog: a.yaml"), {}, flag("catalog", {"c.yaml"}))->catalogs, ElementsAre("c.yaml"));
}

TEST(Config, ErrorsNameTheLineTheVariableOrTheFlag) {
  EXPECT_THAT(read_yaml("data: x\nlistn: y\n", "comd.yaml").error(),
              ElementsAre(HasSubstr("comd.yaml:2: Expected a setting of comd")));
  EXPECT_THAT(read_yaml("data: [\n", "comd.yaml").error(), ElementsAre(HasSubstr("comd.yaml:2: Expected YAML")));
  EXPECT_THAT(resolve(yaml("\nlog-format: xml"), {}, {}).error(),
              ElementsAre(HasSubstr("comd.yaml:2: Expected log-format to be one of auto, json, human")));
  EXPECT_THAT(resolve({}, environment({{"COMD_LIMITS_BATCH_MAX", "none"}}), {}).error(),
              ElementsAre(HasSubstr("COMD_LIMITS_BATCH_MAX: Expected limits.batch_max")));
  EXPECT_THAT(resolve({}, {}, flag("target", {"nowhere"})).error(), ElementsAre(HasSubstr("--target: Expected name=host:port")));
}

TEST(Config, OthersThanThisMachineAreRefused) {
  EXPECT_THAT(resolve({}, {}, flag("listen", {"0.0.0.0:7622"})).error(), ElementsAre(HasSubstr("loopback")));
  EXPECT_THAT(resolve({}, {}, flag("metrics-listen", {"10.0.0.1:9622"})).error(), ElementsAre(HasSubstr("loopback")));
  EXPECT_TRUE(resolve({}, {}, flag("metrics-listen", {"off"})));
  EXPECT_TRUE(resolve({}, {}, flag("listen", {"[::1]:7622"})));
}

TEST(Config, WhatBelongsTogetherIsChecked) {
  EXPECT_THAT(resolve({}, {}, flag("tls-cert", {"a.pem"})).error(), ElementsAre(HasSubstr("together")));
  EXPECT_THAT(resolve(yaml("targets: {a: {address: 'h:1', ca: x}}"), {}, {}).error(), ElementsAre(HasSubstr("tls is off")));
  EXPECT_THAT(resolve({}, {}, flag("limits.order_bytes", {"90000000"})).error(), ElementsAre(HasSubstr("limits.message_bytes")));
}

TEST(Config, WhatIsPrintedGivesTheSameConfigurationAgain) {
  auto flags = flag("target", {"access=127.0.0.1:7701"});
  flags.merge(flag("catalog", {"a file.yaml"}));
  flags.merge(flag("limits.idle", {"90s"}));
  const auto first = resolve({}, {}, flags);
  ASSERT_TRUE(first);
  const auto again = resolve(yaml(to_yaml(*first)), {}, {});
  ASSERT_TRUE(again);
  EXPECT_EQ(to_yaml(*again), to_yaml(*first));
  EXPECT_EQ(again->limits.idle, Millis{90'000});
  EXPECT_THAT(again->catalogs, ElementsAre("a file.yaml"));
}

}  // namespace
}  // namespace comd::daemon

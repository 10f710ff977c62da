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

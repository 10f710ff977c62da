#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <set>

#include "test/e2e/system.h"

/// Archiving by comctl on a real store: comd is killed while it archives, again and again; what was begun is ended, nothing is lost,
/// and a backup of it is a whole store.
namespace comd::e2e {
namespace {

using nlohmann::json;

constexpr int kOrders = 40, kKills = 4;
constexpr const char* kPartner = R"(
seed: 7
rules:
  - delay: [1, 20]
)";

class Archiving : public testing::Test {
 protected:
  void SetUp() override {
    keyed = std::make_unique<ActivationSim>(directory, "keyed", kPartner, true, comd.port());
    comd.add_target("keyed", keyed->address());
    ASSERT_TRUE(comd.start()) << comd.log();
    ASSERT_TRUE(comd.load_catalog(source("test/e2e/catalog.yaml")).ok());
    for (int i = 0; i < kOrders; ++i) ids.insert(submit(i).order_id());
    ASSERT_TRUE(wait_until(Seconds{60}, [&] { return comd.count_of("orders", {"completed"}) == kOrders; }));
  }
  api::SubmitResponse submit(int number) {
    api::SubmitResponse response;
    EXPECT_TRUE(comd.submit(order_json("archive-" + std::to_string(number), "keyed-3"), response).ok());
    return response;
  }
  json succeeds(std::vector<std::string> words) {
    words.insert(words.end(), {"-o", "json"});
    const auto done = comd.comctl(std::move(words));
    EXPECT_EQ(done.exit, 0) << done.output;
    const auto begin = done.output.find('{');  // remarks for people come first
    return json::parse(begin == std::string::npos ? "{}" : done.output.substr(begin), nullptr, false);
  }
  std::set<std::string> archived() {
    std::set<std::string> out;
    const auto listed = succeeds({"order", "list", "--archived", "--all"});
    for (const auto& order : listed.at("orders")) out.insert(order.at("id"));
    return out;
  }

  TempDir directory;
  Comd comd{directory};
  std::unique_ptr<ActivationSim> keyed;
  std::set<std::string> ids;
};

TEST_F(Archiving, SurvivesBeingKilledAndIsInBackups) {
  for (int i = 0; i < kKills; ++i) {
    Process run({program("comctl"), "--server", comd.address(), "archive", "run", "--older-than", "0s"},
                directory.path() + "/run.log");
    wait_until(Seconds{10}, [&] { return comd.count_of("orders", {"completed"}) < kOrders - 8U * static_cast<unsigned>(i); });
    comd.kill();
    run.wait(Seconds{20});
    ASSERT_TRUE(comd.start()) << comd.log();
    EXPECT_EQ(succeeds({"log", "verify"}).at("whole"), true);
  }
  wait_until(Seconds{20}, [&] {  // what was on its way when it was killed is taken up again
    succeeds({"archive", "run", "--older-than", "0s", "--reason", "the last time"});
    return archived() == ids;
  });
  EXPECT_EQ(archived(), ids);
  EXPECT_TRUE(comd.list().empty());
  const auto verified = succeeds({"log", "verify"});
  EXPECT_GT(verified.at("archived"), 0);
  EXPECT_TRUE(verified.at("unreadArchive").empty());
  EXPECT_EQ(submit(0).outcome(), api::SUBMIT_OUTCOME_REPEATED);
  EXPECT_EQ(succeeds({"archive", "show"}).at("missing"), 0);

  const auto backups = directory.path() + "/backups", restored = directory.path() + "/restored";
  succeeds({"backup", "create", "--to", backups});
  succeeds({"backup", "verify", backups});
  ASSERT_EQ(comd.stop(), 0);
  EXPECT_EQ(succeeds({"doctor", "--data", comd.data()}).at("healthy"), true);
  succeeds({"backup", "restore", backups, "--data", restored});
  EXPECT_EQ(succeeds({"doctor", "--data", restored}).at("healthy"), true);
}

}  // namespace
}  // namespace comd::e2e

#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <set>

#include "test/e2e/system.h"

/// The restore drill of docs/operating.md, on real processes: backups while orders run, the data directory lost, and a comd that
/// goes on from what the backup held.
namespace comd::e2e {
namespace {

using nlohmann::json;

constexpr const char* kSlowPartner = R"(
seed: 7
rules:
  - delay: [50, 400]
)";

class RestoreDrill : public testing::Test {
 protected:
  void SetUp() override {
    keyed = std::make_unique<ActivationSim>(directory, "keyed", kSlowPartner, true, comd.port());
    comd.add_target("keyed", keyed->address());
    ASSERT_TRUE(comd.start()) << comd.log();
    ASSERT_TRUE(comd.load_catalog(source("test/e2e/catalog.yaml")).ok());
  }

  std::vector<std::string> submit(int from, int to) {
    std::vector<std::string> ids;
    for (int i = from; i < to; ++i) {
      api::SubmitResponse response;
      EXPECT_TRUE(comd.submit(order_json("drill-" + std::to_string(i), "keyed-3"), response).ok());
      ids.push_back(response.order_id());
    }
    return ids;
  }

  json succeeds(std::vector<std::string> words) {
    words.insert(words.end(), {"-o", "json"});
    const auto done = comd.comctl(std::move(words));
    EXPECT_EQ(done.exit, 0) << done.output;
    // Remarks for people come first.
    const auto begin = done.output.find('{');
    return json::parse(begin == std::string::npos ? "{}" : done.output.substr(begin), nullptr, false);
  }
  json back_up() { return succeeds({"backup", "create", "--to", backups()}); }
  std::string backups() const { return directory.path() + "/backups"; }

  std::size_t ended() const { return comd.count_of("orders", {"completed", "failed", "partial", "cancelled"}); }

  TempDir directory;
  Comd comd{directory};
  std::unique_ptr<ActivationSim> keyed;
};

TEST_F(RestoreDrill, WhatTheBackupHeldIsThereAndGoesOn) {
  const auto early = submit(0, 20);
  const auto first = back_up();
  EXPECT_EQ(first.at("id"), 1);
  const auto later = submit(20, 40);
  const auto second = back_up();
  EXPECT_GT(second.at("position"), first.at("position"));
  EXPECT_GT(second.at("bytesShared"), 0) << second;
  const auto lost = submit(40, 50);
  ASSERT_LT(ended(), 50U) << "nothing was under way";
  EXPECT_NE(http_get(comd.http_port(), "/metrics").body.find("comd_backup_last_success_timestamp_seconds"), std::string::npos);
  comd.kill();
  // The keys of personal data are kept apart from backups (docs/personal-data.md).
  const auto kept_keys = directory.path() + "/kept-keys";
  std::filesystem::copy(comd.data() + "/keys", kept_keys, std::filesystem::copy_options::recursive);
  std::filesystem::remove_all(comd.data());

  EXPECT_EQ(succeeds({"backup", "list", backups()}).at("backups").size(), 2U);
  EXPECT_GE(succeeds({"backup", "verify", backups()}).at("tail"), second.at("position"));
  const auto restored = succeeds({"backup", "restore", backups(), "--data", comd.data()});
  EXPECT_GE(restored.at("restoredTo"), second.at("position"));
  const auto examined = succeeds({"doctor", "--data", comd.data()});
  EXPECT_EQ(examined.at("healthy"), true) << examined;

  std::filesystem::copy(kept_keys, comd.data() + "/keys", std::filesystem::copy_options::recursive);
  ASSERT_TRUE(comd.start()) << comd.log();
  EXPECT_NE(comd.log().find("started_in_ms"), std::string::npos);
  std::set<std::string> there;
  for (const auto& order : comd.list()) there.insert(order.id());
  for (const auto& id : early) EXPECT_TRUE(there.contains(id)) << id;
  for (const auto& id : later) EXPECT_TRUE(there.contains(id)) << id;
  for (const auto& id : lost) EXPECT_FALSE(comd.get(id) && !there.contains(id)) << id;

  EXPECT_EQ(succeeds({"epoch", "show"}).at("fenced"), true);
  succeeds({"epoch", "reconcile", "--reason", "the old data directory is gone"});
  // Reports that came after the backup are gone; who waits for one goes on by its deadline. What is new goes on at once.
  EXPECT_EQ(succeeds({"doctor"}).at("healthy"), true);
  const auto fresh = submit(100, 102);
  for (const auto& id : fresh)
    EXPECT_TRUE(wait_until(Seconds{60}, [&] { return comd.get(id)->summary().terminal(); }))
        << comd.comctl({"order", "explain", id}).output;
  EXPECT_EQ(keyed->record().duplicates_size(), 0) << keyed->record().DebugString();
}

TEST_F(RestoreDrill, AStoreAsItWasAtAPosition) {
  submit(0, 10);
  const auto first = back_up();
  submit(10, 20);
  ASSERT_TRUE(wait_until(Seconds{60}, [&] { return ended() == 20; }));
  back_up();
  ASSERT_EQ(comd.stop(), 0);
  const auto position = first.at("position").get<std::uint64_t>() / 2;
  const auto data = directory.path() + "/then";
  const auto restored = succeeds({"backup", "restore", backups(), "--data", data, "--to-position", std::to_string(position)});
  EXPECT_EQ(restored.at("restoredTo"), position);
  EXPECT_GT(restored.at("leftOut"), 0);
  const auto examined = succeeds({"doctor", "--data", data});
  EXPECT_EQ(examined.at("healthy"), true) << examined;
  EXPECT_GE(examined.at("tail"), position);
}

}  // namespace
}  // namespace comd::e2e

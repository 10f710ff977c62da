#include <gmock/gmock.h>
#include <grpcpp/create_channel.h>

#include <nlohmann/json.hpp>

#include "test/e2e/system.h"

/// A fault at a partner leaves orders that no retry policy can help; it is removed, and one command brings them all to their end.
namespace comd::e2e {
namespace {

using testing::ContainsRegex;

constexpr int kOrders = 20;

constexpr const char* kCatalog = R"(
catalog: repair
version: "1"
specifications:
  access@1:
    target: access
    delivery: idempotent
    timeouts: {queue: 10m, call: 500ms, acknowledge: 5m, silence: 10m, complete: 30m}
    retry: [{code: SWITCH_DOWN, then: fallout}]
offerings:
  - id: access
    name: One access line
    services: [{key: access, specification: access@1}]
)";
constexpr const char* kBroken = "rules: [{delay: 20, fail: {code: SWITCH_DOWN, class: permanent}}]";
constexpr const char* kWhole = "rules: [{delay: 20}]";

class Repair : public testing::Test {
 protected:
  void SetUp() override {
    sim = std::make_unique<ActivationSim>(directory, "access", kBroken, true, comd.port());
    comd.add_target("access", sim->address());
    ASSERT_TRUE(comd.start()) << comd.log();
    const std::string catalog = directory.path() + "/catalog.yaml";
    write_file(catalog, kCatalog);
    ASSERT_TRUE(comd.load_catalog(catalog).ok());
    for (int i = 0; i < kOrders; ++i) {
      api::SubmitResponse response;
      ASSERT_TRUE(comd.submit(order_json("repair-" + std::to_string(i), "access"), response).ok());
    }
    ASSERT_TRUE(wait_until(Seconds{60}, [&] { return comd.count_of("service_orders", {"held"}) == kOrders; })) << comd.log();
  }
  void make_whole() {
    const auto control =
        sim::v1::SimControl::NewStub(grpc::CreateChannel("ipv4:" + sim->address(), grpc::InsecureChannelCredentials()));
    grpc::ClientContext call;
    call.set_deadline(gpr_time_from_millis(10'000, GPR_TIMESPAN));
    sim::v1::SetConfigRequest request;
    request.set_yaml(kWhole);
    sim::v1::SetConfigResponse response;
    const auto status = control->SetConfig(&call, request, &response);
    ASSERT_TRUE(status.ok()) << status.error_message();
  }
  Finished start(std::vector<std::string> more) {
    std::vector<std::string> words{"repair",   "start",    "--code",   "SWITCH_*", "--action",     "retry",
                                   "--reason", "replaced", "--canary", "3",        "--look-every", "200ms"};
    words.insert(words.end(), more.begin(), more.end());
    return comd.comctl(std::move(words));
  }
  nlohmann::json document(std::vector<std::string> words) {
    words.insert(words.end(), {"--output", "json"});
    const auto finished = comd.comctl(std::move(words));
    auto out = nlohmann::json::parse(finished.output, nullptr, false);
    return out.is_object() ? out : nlohmann::json::object();
  }
  std::string newest() {
    const auto list = document({"repair", "list"});
    return list.contains("repairs") && !list["repairs"].empty() ? list["repairs"][0]["id"].get<std::string>() : "";
  }
  void expect_all_moved(const std::string& id) {
    const auto report = document({"repair", "show", id});
    ASSERT_TRUE(report.contains("repair")) << comd.log();
    const auto& totals = report["repair"]["totals"];
    EXPECT_EQ(report["repair"]["status"], "finished");
    EXPECT_EQ(totals["members"], kOrders);
    EXPECT_EQ(totals["moved"], kOrders) << totals.dump();
    EXPECT_EQ(totals["open"].get<int>() + totals["tried"].get<int>() + totals["stuck"].get<int>() + totals["refused"].get<int>() +
                  totals["skipped"].get<int>(),
              0)
        << totals.dump();
    EXPECT_TRUE(wait_until(Seconds{60}, [&] { return comd.count_of("orders", {"completed"}) == kOrders; }));
    EXPECT_TRUE(document({"fallout", "list"})["items"].empty());
    EXPECT_EQ(sim->record().duplicates_size(), 0);
    EXPECT_EQ(sim->record().distinct(), static_cast<std::uint64_t>(kOrders));
  }

  TempDir directory;
  Comd comd{directory};
  std::unique_ptr<ActivationSim> sim;
};

TEST_F(Repair, BringsAllToTheirEndAndItsReportSums) {
  const auto rehearsal = start({"--dry-run"});
  EXPECT_EQ(rehearsal.exit, 0) << rehearsal.output;
  EXPECT_THAT(rehearsal.output, ContainsRegex("20 +yes +Queued"));
  make_whole();
  const auto finished = start({"--follow"});
  EXPECT_EQ(finished.exit, 0) << finished.output;
  EXPECT_THAT(finished.output, ContainsRegex("3 first .all moved."));
  EXPECT_THAT(finished.output, ContainsRegex("sum +20 +all members"));
  expect_all_moved(newest());
}

TEST_F(Repair, ACanaryThatFindsTheFaultStillThereSparesTheRest) {
  const auto finished = start({"--follow"});
  EXPECT_EQ(finished.exit, 5) << finished.output;
  EXPECT_THAT(finished.output, ContainsRegex("open +17 "));
  const auto id = newest();
  // One of the canary is enough to pause; what became of the others is known a moment later, and would pause it again.
  ASSERT_TRUE(wait_until(Seconds{30}, [&] {
    const auto report = document({"repair", "show", id});
    return report.contains("repair") && report["repair"]["totals"]["tried"] == 0;
  }));
  make_whole();
  EXPECT_EQ(comd.comctl({"repair", "resume", id, "--reason", "now it is replaced"}).exit, 0);
  const auto after = comd.comctl({"repair", "show", id, "--follow"});
  EXPECT_EQ(after.exit, 5) << "those of the canary are still stuck";
  EXPECT_THAT(after.output, ContainsRegex("moved +17 "));
  EXPECT_THAT(after.output, ContainsRegex("sum +20 +all members"));
  EXPECT_TRUE(wait_until(Seconds{60}, [&] { return comd.count_of("orders", {"completed"}) >= kOrders - 3; })) << after.output;
}

TEST_F(Repair, GoesOnWhereItWasWhenComdIsKilled) {
  make_whole();
  ASSERT_EQ(start({"--rate", "10"}).exit, 0);
  const auto id = newest();
  const auto settled = [&] {
    const auto report = document({"repair", "show", id});
    return report.contains("repair") ? report["repair"]["totals"]["moved"].get<int>() : 0;
  };
  for (const int reached : {1, 8}) {
    ASSERT_TRUE(wait_until(Seconds{60}, [&] { return settled() >= reached; })) << comd.log();
    comd.kill();
    ASSERT_TRUE(comd.start()) << comd.log();
  }
  const auto finished = comd.comctl({"repair", "show", id, "--follow"});
  EXPECT_EQ(finished.exit, 0) << finished.output;
  expect_all_moved(id);
}

}  // namespace
}  // namespace comd::e2e

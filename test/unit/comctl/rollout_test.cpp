#include "comd/api/v1/catalog.grpc.pb.h"
#include "test/support/temp_file.h"
#include "test/unit/comctl/against_server.h"

/// `catalog load`, `rollout`, `withdraw` and `migrate` against a server that says what the test wants.
namespace comd::ctl {
namespace {

using namespace api::v1;
using testing::HasSubstr;

class FakeCatalogs final : public CatalogService::Service {
 public:
  grpc::Status Load(grpc::ServerContext*, const LoadCatalogRequest* request, LoadCatalogResponse* response) override {
    load = *request;
    fill(*response->mutable_summary(), request->percent());
    return grpc::Status::OK;
  }
  grpc::Status RollOut(grpc::ServerContext*, const RollOutCatalogRequest* request, RollOutCatalogResponse* response) override {
    rollout = *request;
    fill(*response->mutable_summary(), request->percent());
    for (const auto& tenant : request->tenants()) response->mutable_summary()->add_tenants(tenant);
    response->set_changed(true);
    return grpc::Status::OK;
  }
  grpc::Status Withdraw(grpc::ServerContext*, const WithdrawCatalogRequest*, WithdrawCatalogResponse* response) override {
    if (needed) return {grpc::StatusCode::FAILED_PRECONDITION, "Expected no order under way"};
    fill(*response->mutable_summary(), 0);
    response->mutable_summary()->set_withdrawn(true);
    return grpc::Status::OK;
  }
  grpc::Status Migrate(grpc::ServerContext*, const MigrateOrdersRequest* request,
                       grpc::ServerWriter<MigrateOrdersResponse>* writer) override {
    migration = *request;
    MigrateOrdersResponse message;
    message.mutable_totals()->set_looked_at(256);
    writer->Write(message);  // only how far it is
    auto& order = *message.mutable_order();
    order.set_order_id("po-1");
    order.set_external_id("EX-1");
    order.set_outcome(request->dry_run() ? "would migrate" : "migrated");
    for (const auto* kind : {"keep", "keep", "redo"}) order.add_steps()->set_kind(kind);
    writer->Write(message);
    if (refuses) {
      order.Clear();
      order.set_order_id("po-2");
      order.set_outcome("refused");
      order.set_why("past its point of no return");
      message.mutable_totals()->set_refused(1);
      writer->Write(message);
    }
    message.clear_order();
    message.mutable_totals()->set_migrated(1);
    message.mutable_totals()->set_left(refuses ? 1 : 0);
    message.set_done(true);
    writer->Write(message);
    return grpc::Status::OK;
  }

  bool needed = false, refuses = false;
  LoadCatalogRequest load;
  RollOutCatalogRequest rollout;
  MigrateOrdersRequest migration;

 private:
  static void fill(CatalogSummary& summary, std::uint32_t percent) {
    summary.set_name("shop");
    summary.set_version("2");
    summary.set_percent(percent);
  }
};

class CatalogVersions : public AgainstServer {
 protected:
  CatalogVersions() { serve(service); }
  FakeCatalogs service;
};

TEST_F(CatalogVersions, AreLoadedForSomeAndRolledOut) {
  const test::TempFile file("catalog: x");
  const auto loaded = run({"catalog", "load", file.path(), "--percent", "0"});
  EXPECT_EQ(loaded.exit, kDone) << loaded.err;
  EXPECT_TRUE(service.load.has_percent());
  EXPECT_EQ(service.load.percent(), 0U);
  const auto out =
      run({"catalog", "rollout", "2", "--percent", "10", "--tenant", "acme", "--tenant", "bolt", "--reason", "trial"});
  EXPECT_EQ(out.exit, kDone) << out.err;
  EXPECT_EQ(out.out, "version 2 is rolled out to acme, bolt and 10 %\n");
  EXPECT_EQ(service.rollout.reason(), "trial");
  EXPECT_EQ(service.rollout.tenants_size(), 2);
  EXPECT_EQ(run({"catalog", "rollout", "2", "--reason", "all"}).exit, kDone);
  EXPECT_FALSE(service.rollout.has_percent()) << "left to the server";
  EXPECT_EQ(run({"catalog", "rollout", "2", "--percent", "101", "--reason", "x"}).exit, kUsage);
  EXPECT_EQ(run({"catalog", "rollout", "2", "--percent", "10"}).exit, kUsage) << "without a reason";
}

TEST_F(CatalogVersions, AreWithdrawn) {
  const auto done = run({"catalog", "withdraw", "2", "--reason", "wrong", "-o", "json"});
  EXPECT_EQ(done.exit, kDone);
  EXPECT_EQ(json_of(done.out).at("withdrawn"), true);
  service.needed = true;
  EXPECT_EQ(run({"catalog", "withdraw", "2", "--reason", "wrong"}).exit, kRejected);
}

TEST_F(CatalogVersions, OrdersAreMigratedEachWithItsResult) {
  const std::vector<std::string> words{"catalog", "migrate", "--from", "1", "--to", "2", "--reason", "new lines"};
  auto with = [&](std::vector<std::string> more) {
    auto all = words;
    all.insert(all.end(), more.begin(), more.end());
    return run(all);
  };
  const auto rehearsed = with({"--dry-run", "--order", "po-1", "--order", "po-2", "--accept-cost"});
  EXPECT_EQ(rehearsed.exit, kDone) << rehearsed.err;
  EXPECT_THAT(rehearsed.out, HasSubstr("po-1  EX-1  would migrate  keep 2, redo 1\n"));
  EXPECT_THAT(rehearsed.out, HasSubstr("0 under way with version 1. Nothing was recorded\n"));
  EXPECT_EQ(service.migration.order_ids_size(), 2);
  EXPECT_TRUE(service.migration.accept_cost() && service.migration.dry_run());
  EXPECT_EQ(service.migration.from() + service.migration.to() + service.migration.reason(), "12new lines");

  service.refuses = true;
  const auto done = with({"-o", "json"});
  EXPECT_EQ(done.exit, kRejected);
  std::istringstream lines(done.out);
  std::string first, second, last;
  ASSERT_TRUE(std::getline(lines, first) && std::getline(lines, second) && std::getline(lines, last));
  EXPECT_EQ(json_of(first).at("steps").size(), 3U);
  EXPECT_EQ(json_of(second).at("why"), "past its point of no return");
  EXPECT_EQ(json_of(last).at("totals").at("left"), 1);
}

}  // namespace
}  // namespace comd::ctl

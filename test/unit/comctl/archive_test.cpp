#include "comd/api/v1/archive.grpc.pb.h"
#include "comd/api/v1/product_order.grpc.pb.h"
#include "test/unit/comctl/against_server.h"

/// `archive`, and `--archived` of the commands that look at orders.
namespace comd::ctl {
namespace {

using namespace api::v1;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class FakeArchive final : public ArchiveService::Service {
 public:
  grpc::Status Run(grpc::ServerContext*, const RunArchiveRequest* request,
                   grpc::ServerWriter<RunArchiveResponse>* writer) override {
    asked = *request;
    if (!status.ok()) return status;
    RunArchiveResponse message;
    message.set_orders(7);
    writer->Write(message);
    message.set_orders(12);
    message.set_refused(1);
    message.set_first_refusal("Expected nothing of it to be under way, but this is: so-1 is held");
    message.set_records(340);
    message.set_bytes(5 << 20);
    message.set_files(1);
    message.set_took_ms(1'500);
    message.set_done(true);
    writer->Write(message);
    return grpc::Status::OK;
  }
  grpc::Status List(grpc::ServerContext*, const ListArchiveRequest*, ListArchiveResponse* response) override {
    for (int i = 0; i < 2; ++i) {
      auto& file = *response->add_files();
      file.set_name(i == 0 ? "000001-0badcafe.sst" : "000002-deadbeef.sst");
      file.set_records(100);
      file.set_bytes(1 << 20);
      file.set_first_position(5);
      file.set_last_position(4711);
      file.set_file_bytes(i == 0 ? 1 << 18 : 0);
    }
    response->set_records(200);
    response->set_bytes(2 << 20);
    response->set_log_bytes(9 << 20);
    response->set_directory("/data/archive");
    return grpc::Status::OK;
  }
  RunArchiveRequest asked;
  grpc::Status status = grpc::Status::OK;
};

class ArchiveCommand : public AgainstServer {
 protected:
  void SetUp() override { serve(service); }
  FakeArchive service;
};

TEST_F(ArchiveCommand, RunSaysWhatWasDone) {
  const auto ran = run({"archive", "run", "--older-than", "90d", "--reason", "year's end"});
  EXPECT_EQ(ran.exit, 0) << ran.err;
  EXPECT_EQ(service.asked.older_than_ms(), 90ull * 86'400'000);
  EXPECT_EQ(service.asked.reason(), "year's end");
  EXPECT_FALSE(service.asked.dry_run());
  EXPECT_THAT(ran.out, AllOf(HasSubstr("12"), HasSubstr("340"), HasSubstr("5.0 MiB"), HasSubstr("so-1 is held")));
  const auto json = run({"archive", "run", "-o", "json"});
  EXPECT_FALSE(service.asked.has_older_than_ms()) << "the server's setting holds";
  EXPECT_THAT(json.out, AllOf(HasSubstr("\"orders\": 12"), HasSubstr("\"refused\": 1"), HasSubstr("\"dryRun\": false")));
}

TEST_F(ArchiveCommand, ADryRunSaysThatNothingWasDone) {
  const auto ran = run({"archive", "run", "--older-than", "1h", "--dry-run"});
  EXPECT_TRUE(service.asked.dry_run());
  EXPECT_THAT(ran.out, AllOf(HasSubstr("orders to archive"), HasSubstr("Nothing was archived"), Not(HasSubstr("records"))));
}

TEST_F(ArchiveCommand, ARefusalIsToldWithItsExitCode) {
  service.status = {grpc::StatusCode::FAILED_PRECONDITION, "Expected how old an order must be, but it is not given."};
  const auto ran = run({"archive", "run"});
  EXPECT_EQ(ran.exit, 1);
  EXPECT_THAT(ran.err, HasSubstr("how old"));
}

TEST_F(ArchiveCommand, ListAndShowSayWhatIsMissing) {
  const auto list = run({"archive", "list"});
  EXPECT_EQ(list.exit, 0) << list.err;
  EXPECT_THAT(list.out,
              AllOf(HasSubstr("000001-0badcafe.sst"), HasSubstr("5–4711"), HasSubstr("256.0 KiB"), HasSubstr("missing")));
  const auto show = run({"archive", "show", "-o", "json"});
  EXPECT_THAT(show.out, AllOf(HasSubstr("\"missing\": 1"), HasSubstr("\"records\": 200"), HasSubstr("/data/archive")));
}

/// An external id is looked for among the orders at hand, then among the archived ones.
class FakeOrders final : public ProductOrderService::Service {
 public:
  grpc::Status List(grpc::ServerContext*, const ListOrdersRequest* request, ListOrdersResponse* response) override {
    if (request->archived()) response->add_orders()->set_id("po-old");
    return grpc::Status::OK;
  }
  grpc::Status Get(grpc::ServerContext*, const GetOrderRequest* request, GetOrderResponse* response) override {
    asked = *request;
    response->mutable_summary()->set_id(request->order_id());
    response->mutable_summary()->mutable_archived_at()->set_seconds(1'700'000'000);
    response->set_tmf622_json("{}");
    return grpc::Status::OK;
  }
  GetOrderRequest asked;
};

class ArchivedOrder : public AgainstServer {
 protected:
  void SetUp() override { serve(service); }
  FakeOrders service;
};

TEST_F(ArchivedOrder, IsFoundByItsExternalId) {
  const auto ran = run({"order", "get", "EX-1", "--archived"});
  EXPECT_EQ(ran.exit, 0) << ran.err;
  EXPECT_EQ(service.asked.order_id(), "po-old");
  EXPECT_TRUE(service.asked.archived());
  EXPECT_THAT(ran.out, HasSubstr("archived"));
  EXPECT_EQ(run({"order", "get", "EX-1"}).exit, 0);
  EXPECT_FALSE(service.asked.archived());
}

}  // namespace
}  // namespace comd::ctl

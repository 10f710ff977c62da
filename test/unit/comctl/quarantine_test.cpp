#include "comd/api/v1/quarantine.grpc.pb.h"
#include "test/unit/comctl/against_server.h"

/// `quarantine` against a server that says what the test wants.
namespace comd::ctl {
namespace {

using namespace api::v1;
using testing::HasSubstr;

constexpr char kId[] = "so-7f3a.1.1.0.access.r1";

class FakeQuarantines final : public QuarantineService::Service {
 public:
  grpc::Status List(grpc::ServerContext*, const ListQuarantinesRequest* request, ListQuarantinesResponse* response) override {
    if (request->ended_too() || quarantine.open()) *response->add_quarantines() = quarantine;
    return grpc::Status::OK;
  }
  grpc::Status Get(grpc::ServerContext*, const GetQuarantineRequest*, GetQuarantineResponse* response) override {
    *response->mutable_quarantine() = quarantine;
    response->add_history("Quarantined: unreadable");
    return grpc::Status::OK;
  }
  grpc::Status Resolve(grpc::ServerContext*, const ResolveQuarantineRequest* request,
                       ResolveQuarantineResponse* response) override {
    asked = *request;
    if (ends) quarantine.set_open(false);
    *response->mutable_quarantine() = quarantine;
    response->set_changed(true);
    return grpc::Status::OK;
  }
  Quarantine quarantine;
  ResolveQuarantineRequest asked;
  bool ends = true;
};

class QuarantineCommand : public AgainstServer {
 protected:
  void SetUp() override {
    serve(service);
    service.quarantine.set_id(kId);
    service.quarantine.set_open(true);
    service.quarantine.set_cause("unreadable");
    service.quarantine.set_reason("Expected an event type this comd knows, but it is not");
    service.quarantine.set_version(7);
  }
  int run(std::vector<std::string> words) {
    const auto ran = AgainstServer::run(std::move(words));
    text = ran.out + ran.err;
    return ran.exit;
  }

  FakeQuarantines service;
  std::string text;
};

TEST_F(QuarantineCommand, ListsWhatIsQuarantined) {
  EXPECT_EQ(run({"quarantine", "list"}), kDone);
  EXPECT_THAT(text, HasSubstr(kId));
  EXPECT_EQ(run({"quarantine", "list", "-o", "json"}), kDone);
  EXPECT_EQ(json_of(text).at("quarantines").at(0).at("version"), 7);
  service.quarantine.set_open(false);
  EXPECT_EQ(run({"quarantine", "list"}), kDone);
  EXPECT_THAT(text, HasSubstr("Nothing is quarantined"));
  EXPECT_EQ(run({"quarantine", "list", "--ended"}), kDone);
  EXPECT_THAT(text, HasSubstr(kId));
}

TEST_F(QuarantineCommand, ShowsTheWaysOut) {
  EXPECT_EQ(run({"quarantine", "show", kId}), kDone);
  EXPECT_THAT(text, HasSubstr("Quarantined: unreadable"));
  EXPECT_THAT(text, HasSubstr("comctl quarantine skip so-7f3a.1.1.0.access.r1 --version 7 --reason"));
  EXPECT_EQ(run({"quarantine", "show", kId, "-o", "json"}), kDone);
  EXPECT_EQ(json_of(text).at("quarantine").at("open"), true);
}

TEST_F(QuarantineCommand, AsksForOneOfThem) {
  EXPECT_EQ(run({"quarantine", "skip", kId, "--version", "7", "--reason", "noise"}), kDone);
  EXPECT_EQ(service.asked.action(), "skip");
  EXPECT_EQ(service.asked.version(), 7u);
  EXPECT_EQ(service.asked.reason(), "noise");
  EXPECT_THAT(text, HasSubstr("out of quarantine"));
  EXPECT_EQ(run({"quarantine", "release", kId, "--reason", "0.9.1 reads it"}), kDone);
  EXPECT_EQ(service.asked.action(), "release");
  EXPECT_EQ(run({"quarantine", "correct", kId, "--reason", "by hand"}), kDone);
  EXPECT_EQ(service.asked.action(), "correct");
}

TEST_F(QuarantineCommand, SaysWhatIsStillInTheWay) {
  service.ends = false;
  EXPECT_EQ(run({"quarantine", "skip", kId, "--version", "6", "--reason", "noise"}), kUnexpected);
  EXPECT_THAT(text, HasSubstr("Ways out"));
  EXPECT_NE(run({"quarantine", "skip", kId, "--reason", "noise"}), kDone) << "which event?";
  EXPECT_NE(run({"quarantine", "release", kId}), kDone) << "why?";
}

}  // namespace
}  // namespace comd::ctl

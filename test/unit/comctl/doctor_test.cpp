#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <sstream>

#include "cmd/comctl/tool/session.h"
#include "comd/api/v1/system.grpc.pb.h"

namespace comd::ctl {
namespace {

using namespace api::v1;
using testing::HasSubstr;

class FakeSystem final : public SystemService::Service {
 public:
  grpc::Status Doctor(grpc::ServerContext*, const DoctorRequest*, grpc::ServerWriter<DoctorResponse>* writer) override {
    DoctorResponse message;
    message.mutable_figures()->set_unfinished(7);
    writer->Write(message);
    message.mutable_figures()->set_orders(7);
    message.mutable_figures()->set_wakeups(9);
    for (std::uint64_t i = 0; i < findings; ++i) {
      auto& finding = *message.add_findings();
      finding.set_id("so-7f3a.1.1.0.line.r1");
      finding.set_problem("Expected a timer queue, but it has none");
      finding.set_remedy("Restart comd");
    }
    message.mutable_figures()->set_findings(findings);
    message.set_done(true);
    writer->Write(message);
    return status;
  }
  std::uint64_t findings = 0;
  grpc::Status status = grpc::Status::OK;
};

class DoctorCommand : public testing::Test {
 protected:
  void SetUp() override {
    int port = 0;
    grpc::ServerBuilder builder;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
    builder.RegisterService(&system);
    server_ = builder.BuildAndStart();
    address_ = "127.0.0.1:" + std::to_string(port);
  }
  int run(std::vector<const char*> words) {
    words.insert(words.begin(), {"comctl", "--server", address_.c_str()});
    std::istringstream in;
    std::ostringstream out, err;
    const int exit = ctl::run(static_cast<int>(words.size()), words.data(), Streams{in, out, err});
    text = out.str() + err.str();
    return exit;
  }

  FakeSystem system;
  std::string text;

 private:
  std::string address_;
  std::unique_ptr<grpc::Server> server_;
};

TEST_F(DoctorCommand, saysThatAllIsWell) {
  EXPECT_EQ(run({"doctor"}), kDone) << text;
  EXPECT_THAT(text, HasSubstr("unfinished orders          7"));
  EXPECT_EQ(run({"doctor", "-o", "json"}), kDone);
  EXPECT_EQ(Json::parse(text).at("healthy"), true);
}

TEST_F(DoctorCommand, saysWhatIsWrongAndWhatToDo) {
  system.findings = 1;
  EXPECT_EQ(run({"doctor"}), kUnexpected);
  EXPECT_THAT(text, HasSubstr("so-7f3a.1.1.0.line.r1: Expected a timer queue, but it has none\n    → Restart comd"));
}

TEST_F(DoctorCommand, anExaminationThatBrokeOffProvesNothing) {
  system.status = {grpc::StatusCode::RESOURCE_EXHAUSTED, "Expected no other examination, but one is under way."};
  EXPECT_NE(run({"doctor"}), kDone);
  EXPECT_THAT(text, HasSubstr("one is under way"));
}

}  // namespace
}  // namespace comd::ctl

#include "comd/api/v1/system.grpc.pb.h"
#include "test/unit/comctl/against_server.h"

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

class DoctorCommand : public AgainstServer {
 protected:
  void SetUp() override { serve(system); }
  int run(std::vector<std::string> words) {
    const auto ran = AgainstServer::run(std::move(words));
    text = ran.out + ran.err;
    return ran.exit;
  }

  FakeSystem system;
  std::string text;
};

TEST_F(DoctorCommand, saysThatAllIsWell) {
  EXPECT_EQ(run({"doctor"}), kDone) << text;
  EXPECT_THAT(text, HasSubstr("unfinished orders          7"));
  EXPECT_EQ(run({"doctor", "-o", "json"}), kDone);
  EXPECT_EQ(json_of(text).at("healthy"), true);
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

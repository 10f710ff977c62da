#include <filesystem>
#include <fstream>
#include <iterator>

#include "comd/api/v1/subject.grpc.pb.h"
#include "test/contract/temp_dir.h"
#include "test/unit/comctl/against_server.h"

/// `subject` and `keys` against a server that says what the test wants.
namespace comd::ctl {
namespace {

using namespace api::v1;
using testing::HasSubstr;

class FakeSubjects final : public SubjectService::Service {
 public:
  grpc::Status Show(grpc::ServerContext*, const ShowSubjectRequest* request, ShowSubjectResponse* response) override {
    if (request->subject() != "cust-1") return {grpc::StatusCode::NOT_FOUND, "nobody"};
    *response->mutable_subject() = subject;
    return grpc::Status::OK;
  }
  grpc::Status Forget(grpc::ServerContext*, const ForgetSubjectRequest* request, ForgetSubjectResponse* response) override {
    asked = *request;
    *response->mutable_subject() = subject;
    if (!request->when_closed()) response->add_erased("po-1");
    response->set_keys(2);
    response->set_changed(true);
    return grpc::Status::OK;
  }
  grpc::Status Withdraw(grpc::ServerContext*, const WithdrawSubjectRequest*, WithdrawSubjectResponse* response) override {
    *response->mutable_subject() = subject;
    return grpc::Status::OK;
  }
  grpc::Status List(grpc::ServerContext*, const ListSubjectsRequest*, ListSubjectsResponse* response) override {
    *response->add_subjects() = subject;
    return grpc::Status::OK;
  }
  Subject subject;
  ForgetSubjectRequest asked;
};

class SubjectCommand : public AgainstServer {
 protected:
  void SetUp() override {
    serve(service);
    service.subject.set_pseudonym("sj-x");
    service.subject.set_status("known");
    auto& order = *service.subject.add_orders();
    order.set_id("po-1");
    order.set_state("completed");
  }
  int run(std::vector<std::string> words) {
    const auto ran = AgainstServer::run(std::move(words));
    text = ran.out + ran.err;
    return ran.exit;
  }
  FakeSubjects service;
  std::string text;
};

TEST_F(SubjectCommand, ShowsWhatThereIsOfSomebody) {
  EXPECT_EQ(run({"subject", "show", "cust-1"}), kDone);
  EXPECT_THAT(text, HasSubstr("po-1"));
  EXPECT_EQ(run({"subject", "show", "cust-1", "-o", "json"}), kDone);
  EXPECT_EQ(json_of(text).at("orders").at(0).at("erased"), false);
  EXPECT_EQ(run({"subject", "show", "cust-2"}), kNotFound);
}

TEST_F(SubjectCommand, ForgetsWithAReason) {
  EXPECT_EQ(run({"subject", "forget", "cust-1", "--reason", "asked", "--force"}), kDone);
  EXPECT_TRUE(service.asked.force());
  EXPECT_EQ(service.asked.reason(), "asked");
  EXPECT_THAT(text, HasSubstr("Erased the personal data of 1 orders: 2 keys are destroyed"));
  EXPECT_EQ(run({"subject", "forget", "cust-1", "--dry-run"}), kDone);
  EXPECT_TRUE(service.asked.dry_run());
  EXPECT_THAT(text, HasSubstr("Would erase"));
  service.subject.set_status("waiting");
  service.subject.set_waits_for("po-2 is inProgress");
  EXPECT_EQ(run({"subject", "forget", "cust-1", "--reason", "asked", "--when-closed"}), kDone);
  EXPECT_THAT(text, HasSubstr("Waits: po-2 is inProgress"));
}

TEST_F(SubjectCommand, ListsAndWithdraws) {
  EXPECT_EQ(run({"subject", "list"}), kDone);
  EXPECT_THAT(text, HasSubstr("sj-x"));
  EXPECT_NE(run({"subject", "withdraw", "cust-1"}), kDone) << "why?";
  EXPECT_EQ(run({"subject", "withdraw", "cust-1", "--reason", "a mistake"}), kDone);
}

class FakeKeys final : public KeyService::Service {
 public:
  grpc::Status Rotate(grpc::ServerContext*, const RotateKeysRequest* request, RotateKeysResponse* response) override {
    file = request->master_key_file();
    response->set_master_number(3);
    response->set_keys(7);
    return grpc::Status::OK;
  }
  grpc::Status Copy(grpc::ServerContext*, const CopyKeysRequest* request, CopyKeysResponse* response) override {
    if (++calls == 2) master = 2;  // rotated in the middle: the copy begins again
    const std::string bytes = master == 1 ? "aaaabbbb" : "ccccdddd";
    response->set_piece(bytes.substr(request->offset(), 4));
    response->set_total(bytes.size());
    response->set_master_number(master);
    return grpc::Status::OK;
  }
  std::string file;
  int calls = 0;
  std::uint32_t master = 1;
};

class KeysCommand : public AgainstServer {
 protected:
  void SetUp() override { serve(service); }
  FakeKeys service;
};

TEST_F(KeysCommand, RotatesToTheKeyThatIsNamed) {
  const auto ran = run({"keys", "rotate", "--master-key-file", "/etc/comd/next"});
  EXPECT_EQ(ran.exit, kDone);
  EXPECT_EQ(service.file, "/etc/comd/next");
  EXPECT_THAT(ran.out, HasSubstr("Wrapped 7 keys with master key number 3"));
  EXPECT_THAT(ran.out, HasSubstr("comd --master-key-file /etc/comd/next"));
}

TEST_F(KeysCommand, BacksUpOneFileAndNotHalfOfTwo) {
  const contract::TempDir dir;
  const auto ran = run({"keys", "backup", dir / "copy"});
  EXPECT_EQ(ran.exit, kDone) << ran.err;
  std::ifstream in(dir / "copy");
  EXPECT_EQ(std::string(std::istreambuf_iterator<char>(in), {}), "ccccdddd");
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(dir.path()), {}), 1);
  EXPECT_NE(run({"keys", "backup", dir / "no/such/directory"}).exit, kDone);
}

}  // namespace
}  // namespace comd::ctl

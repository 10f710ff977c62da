#include <filesystem>
#include <fstream>

#include "comd/api/v1/backup.grpc.pb.h"
#include "events/record.h"
#include "storage/restore.h"
#include "test/contract/temp_dir.h"
#include "test/unit/comctl/against_server.h"

/// `backup` and `doctor --data`: one command asks the server, the others work on files.
namespace comd::ctl {
namespace {

using namespace api::v1;
using testing::AllOf;
using testing::HasSubstr;

class FakeBackups final : public BackupService::Service {
 public:
  grpc::Status Create(grpc::ServerContext*, const CreateBackupRequest* request,
                      grpc::ServerWriter<CreateBackupResponse>* writer) override {
    asked = *request;
    if (!status.ok()) return status;
    CreateBackupResponse message;
    message.set_bytes_copied(1 << 20);
    writer->Write(message);
    auto& done = *message.mutable_done();
    done.set_id(3);
    done.set_directory("/backup/comd");
    done.set_position(4711);
    done.set_bytes(5 << 20);
    done.set_bytes_copied(2 << 20);
    done.set_took_ms(1'500);
    writer->Write(message);
    return grpc::Status::OK;
  }
  CreateBackupRequest asked;
  grpc::Status status = grpc::Status::OK;
};

class BackupCommand : public AgainstServer {
 protected:
  void SetUp() override {
    serve(service);
    auto log = open_rocks_event_log({.directory = data(), .on_failure = {}});
    ASSERT_TRUE(log.has_value()) << log.error().message;
    const std::shared_ptr<EventLog> open = std::move(*log);
    const BackupDesk::Now clock = [] { return Instant{Millis{1'700'000'000'000}}; };
    BackupDesk desk{open, clock};
    for (int i = 0; i < 3; ++i) {
      Commit commit;
      commit.time = Instant{Millis{1'000 * (i + 1)}};
      Append append;
      append.record = encode(commit);
      ASSERT_TRUE(open->append({&append, 1}).front().has_value());
      ASSERT_TRUE(desk.make({.directory = backups()}).has_value());
    }
  }
  std::string data() const { return directory / "data"; }
  std::string backups() const { return directory / "backups"; }
  Json document(std::vector<std::string> words) {
    words.insert(words.end(), {"-o", "json"});
    const auto ran = run(std::move(words));
    EXPECT_EQ(ran.exit, kDone) << ran.err;
    return parse_json(ran.out);
  }

  FakeBackups service;
  contract::TempDir directory;
};

TEST_F(BackupCommand, createLetsTheServerMakeOne) {
  const auto ran = run({"backup", "create", "--to", "/backup/comd", "--rate-mib", "50"});
  EXPECT_EQ(ran.exit, kDone) << ran.err;
  EXPECT_EQ(service.asked.directory(), "/backup/comd");
  EXPECT_EQ(service.asked.bytes_per_second(), 50U << 20);
  EXPECT_THAT(ran.out, AllOf(HasSubstr("4711"), HasSubstr("5.0 MiB"), HasSubstr("2.0 MiB"), HasSubstr("1.5s")));
  EXPECT_EQ(document({"backup", "create"}).at("bytesShared"), 3 << 20);
  service.status = {grpc::StatusCode::FAILED_PRECONDITION, "Expected no other backup to be under way, but there is one."};
  EXPECT_EQ(run({"backup", "create"}).exit, kRejected);
}

TEST_F(BackupCommand, listVerifyAndPruneNeedNoServer) {
  const auto list = document({"backup", "list", backups()});
  ASSERT_EQ(list.at("backups").size(), 3U);
  EXPECT_EQ(list.at("backups")[1].at("position"), 2);
  EXPECT_EQ(list.at("backups")[1].at("madeAt"), "2023-11-14T22:13:20.000Z");
  const auto verdict = document({"backup", "verify", backups(), "2"});
  EXPECT_EQ(verdict.at("tail"), 2);
  EXPECT_EQ(verdict.at("chain").get<std::string>().size(), 64U);
  EXPECT_EQ(document({"backup", "prune", backups(), "--keep", "1"}).at("deleted"), Json::array({1, 2}));
  EXPECT_EQ(document({"backup", "list", backups()}).at("backups").size(), 1U);
  EXPECT_EQ(run({"backup", "verify", backups(), "2"}).exit, kNotFound);
  const auto none = run({"backup", "list", data()});
  EXPECT_EQ(none.exit, kNotFound);
  EXPECT_THAT(none.err, HasSubstr("to be a directory of backups, but it is none"));
}

TEST_F(BackupCommand, restoreMakesADataDirectoryAsItWas) {
  const auto restored =
      document({"backup", "restore", backups(), "--data", directory / "new", "--to-time", "1970-01-01T00:00:02Z"});
  EXPECT_EQ(restored.at("restoredTo"), 2);
  EXPECT_EQ(restored.at("leftOut"), 1);
  EXPECT_EQ(restored.at("backup").at("id"), 3);
  const auto again = run({"backup", "restore", backups(), "--data", directory / "new"});
  EXPECT_EQ(again.exit, kRejected);
  EXPECT_THAT(again.err, HasSubstr("it is not empty"));
  EXPECT_EQ(
      run({"backup", "restore", backups(), "--data", directory / "x", "--to-position", "1", "--to-time", "1970-01-01"}).exit,
      kUsage);
}

TEST_F(BackupCommand, doctorExaminesAWholeStore) {
  const auto seen = document({"doctor", "--data", data()});
  EXPECT_EQ(seen.at("healthy"), true) << seen;
  EXPECT_EQ(seen.at("commits"), 3);
  for (const auto& file : std::filesystem::directory_iterator(data()))
    if (file.path().extension() == ".sst") {
      std::filesystem::resize_file(file.path(), 100);
      break;
    }
  const auto bad = run({"doctor", "--data", data()});
  EXPECT_EQ(bad.exit, kUnexpected);
  EXPECT_THAT(bad.out, AllOf(HasSubstr("healthy"), HasSubstr("no"), HasSubstr(".sst: Expected a whole table"), HasSubstr("→ ")));
  EXPECT_EQ(run({"doctor", "--data", directory / "none"}).exit, kRejected);
}

TEST_F(BackupCommand, doctorMakesRowsAnew) {
  EXPECT_EQ(document({"doctor", "--data", data(), "--rebuild-rows"}).at("commits"), 3);
  EXPECT_EQ(document({"doctor", "--data", data()}).at("healthy"), true);
  EXPECT_EQ(run({"doctor", "--rebuild-rows"}).exit, kUsage);
}

}  // namespace
}  // namespace comd::ctl

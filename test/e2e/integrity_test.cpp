#include <gtest/gtest.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "test/e2e/system.h"

/// That history was not changed, shown by somebody who has no comd; and a new build that shows that it reads the log before it
/// serves it.
namespace comd::e2e {
namespace {

using nlohmann::json;

class Integrity : public testing::Test {
 protected:
  void SetUp() override {
    keyed = std::make_unique<ActivationSim>(directory, "keyed", "seed: 7\n", true, comd.port());
    comd.add_target("keyed", keyed->address());
    ASSERT_TRUE(comd.start()) << comd.log();
    ASSERT_TRUE(comd.load_catalog(source("test/e2e/catalog.yaml")).ok());
    for (int i = 0; i < 5; ++i) {
      api::SubmitResponse response;
      ASSERT_TRUE(comd.submit(order_json("kept-" + std::to_string(i), "keyed-3"), response).ok());
    }
    ASSERT_TRUE(wait_until(Seconds{60}, [&] { return comd.count_of("orders", {"completed"}) == 5; }));
  }

  std::string file(const std::string& name) const { return directory.path() + "/" + name; }
  Finished third_party(const std::string& log) const {
    return run({"/usr/bin/env", "python3", source("examples/verify/verify_log.py"), log, file("checkpoint.json")});
  }

  TempDir directory;
  Comd comd{directory};
  std::unique_ptr<ActivationSim> keyed;
};

TEST_F(Integrity, AThirdPartyChecksAnExportedLogAgainstACheckpoint) {
  const auto walked = comd.comctl({"log", "verify", "-o", "json"});
  EXPECT_EQ(walked.exit, 0) << walked.output;
  ASSERT_EQ(comd.comctl({"log", "checkpoint", "--out", file("checkpoint.json")}).exit, 0);
  const auto exported = comd.comctl({"log", "export", file("log.bin")});
  ASSERT_EQ(exported.exit, 0) << exported.output;
  const auto good = third_party(file("log.bin"));
  EXPECT_EQ(good.exit, 0) << good.output;

  // One byte of history is another.
  auto bytes = read_file(file("log.bin"));
  bytes[bytes.size() / 2] ^= 1;
  write_file(file("changed.bin"), bytes);
  EXPECT_NE(third_party(file("changed.bin")).exit, 0);
  // The checkpoint says something else than what was signed.
  auto checkpoint = json::parse(read_file(file("checkpoint.json")));
  auto text = checkpoint.at("text").get<std::string>();
  text.replace(text.find("epoch: 1"), 8, "epoch: 2");
  checkpoint["text"] = text;
  write_file(file("checkpoint.json"), checkpoint.dump());
  const auto forged = third_party(file("log.bin"));
  EXPECT_NE(forged.exit, 0);
  EXPECT_NE(forged.output.find("signature"), std::string::npos) << forged.output;
}

/// The same program under another build id: a note of the linker's, 20 bytes behind a name.
void make_another_build(const std::string& path) {
  using namespace std::string_view_literals;
  constexpr auto kHead = "\x04\0\0\0\x14\0\0\0\x03\0\0\0GNU\0"sv;
  std::string bytes = read_file(program("comd"));
  const auto note = bytes.find(kHead);
  ASSERT_NE(note, std::string::npos) << "no build id";
  bytes[note + kHead.size()] ^= 1;
  std::ofstream(path, std::ios::binary) << bytes;
  std::filesystem::permissions(path, std::filesystem::perms::owner_all);
}

TEST_F(Integrity, ANewBuildServesOnlyWhatItHasShownToRead) {
  ASSERT_EQ(comd.stop(), 0);
  make_another_build(file("comd-next"));
  const std::vector<std::string> start{
      file("comd-next"),        "--data", comd.data(), "--listen", "127.0.0.1:0", "--metrics-listen", "off",
      "--require-verified-log", "true"};
  const auto refused = run(start);
  EXPECT_EQ(refused.exit, 1) << refused.output;
  EXPECT_NE(refused.output.find("comd --verify-log " + comd.data()), std::string::npos) << refused.output;

  const auto verified = run({file("comd-next"), "--verify-log", comd.data(), "--output", "json"});
  ASSERT_EQ(verified.exit, 0) << verified.output;
  const auto document = json::parse(verified.output.substr(verified.output.find('{')));
  EXPECT_EQ(document.at("good"), true);
  EXPECT_GE(document.at("statesCompared"), 5);
  EXPECT_FALSE(document.at("chain").contains("break"));

  Process next(start, file("next.log"));
  EXPECT_TRUE(wait_until(Seconds{30}, [&] { return read_file(file("next.log")).find("comd is ready") != std::string::npos; }))
      << read_file(file("next.log"));
  next.signal(SIGTERM);
  EXPECT_EQ(next.wait(Seconds{30}), 0);
  // The first build did not write the end of the log any more, as far as it knows; it is asked again.
  EXPECT_EQ(run({program("comd"), "--data", comd.data(), "--listen", "127.0.0.1:0", "--metrics-listen", "off",
                 "--require-verified-log", "true"})
                .exit,
            1);
}

}  // namespace
}  // namespace comd::e2e

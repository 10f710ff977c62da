#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>

#include "cmd/comd/daemon/config.h"
#include "cmd/comd/daemon/daemon.h"
#include "storage/unfinished.h"
#include "test/contract/temp_dir.h"

namespace comd::daemon {
namespace {

TEST(UnfinishedStore, IsNotServed) {
  const contract::TempDir directory;
  Config config;
  config.data = directory / "data";
  config.listen = "127.0.0.1:0";
  config.metrics_listen = "off";
  config.cache_mib = 8;
  config.disk = {{}, {}, {}, 0};
  std::filesystem::create_directories(config.data);
  std::ofstream(unfinished_file(config.data)) << "an import was interrupted";
  const auto refused = start_daemon(config);
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error(), testing::HasSubstr("there is a part of one: an import was interrupted"));
  std::filesystem::remove(unfinished_file(config.data));
  const auto started = start_daemon(config);
  ASSERT_TRUE(started) << started.error();
  (*started)->stop();
}

}  // namespace
}  // namespace comd::daemon

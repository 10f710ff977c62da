#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <prometheus/metric_family.h>

#include <filesystem>
#include <fstream>

#include "cmd/comd/daemon/archive_schedule.h"
#include "cmd/comd/daemon/daemon.h"
#include "test/contract/temp_dir.h"

namespace comd::daemon {
namespace {

namespace fs = std::filesystem;
using testing::Contains;
using testing::Field;
using testing::HasSubstr;

TEST(ArchiveSettings, AreOffUnlessSet) {
  EXPECT_EQ(resolve({}, {}, {})->archive_after, Millis{0});
  const auto read = read_yaml("archive: {after: 90d, directory: /cold}", "comd.yaml");
  ASSERT_TRUE(read);
  const auto config = resolve(*read, {}, {});
  ASSERT_TRUE(config);
  EXPECT_EQ(config->archive_after, std::chrono::hours(24 * 90));
  EXPECT_EQ(config->archive_directory, "/cold");
  EXPECT_EQ(resolve(*read_yaml(to_yaml(*config), "again"), {}, {})->archive_after, config->archive_after);
}

TEST(ArchiveDirectory, IsLinkedFromTheData) {
  contract::TempDir directory;
  const std::string data = directory / "data", cold = directory / "cold", other = directory / "other";
  fs::create_directories(data);
  EXPECT_FALSE(link_archive(data, ""));
  EXPECT_FALSE(fs::exists(data + "/archive"));
  EXPECT_THAT(link_archive(data, "cold").value_or(""), HasSubstr("no absolute path"));
  EXPECT_FALSE(link_archive(data, cold));
  std::ofstream(data + "/archive/000001-0badcafe.sst") << "x";
  EXPECT_TRUE(fs::exists(cold + "/000001-0badcafe.sst"));
  EXPECT_FALSE(link_archive(data, cold)) << "as it is already";
  EXPECT_THAT(link_archive(data, other).value_or(""), HasSubstr("is there already"));
}

TEST(ArchiveFigures, SayNothingBeforeThereIsAnArchiver) {
  ArchiveFigures figures;
  EXPECT_TRUE(figures.Collect().empty());
}

}  // namespace
}  // namespace comd::daemon

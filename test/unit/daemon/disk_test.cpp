#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "cmd/comd/daemon/daemon.h"
#include "cmd/comd/daemon/disk_settings.h"
#include "cmd/comd/daemon/disk_space.h"
#include "test/contract/temp_dir.h"
#include "test/support/paths.h"

namespace comd::daemon {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr std::uint64_t kMiB = 1u << 20;

Givens flag(const std::string& name, const std::string& value) { return {{name, {{value}, "--" + name}}}; }

TEST(DiskSettings, AreBytesOrAShareOfTheDisk) {
  const auto read = read_yaml("disk: {warn: 10%, refuse: 5%, read_only: 2%, reserve: 128MiB}", "comd.yaml");
  ASSERT_TRUE(read);
  const auto config = resolve(*read, {}, {});
  ASSERT_TRUE(config);
  EXPECT_EQ(config->disk.warn, (Watermark{0, 10}));
  EXPECT_EQ(config->disk.read_only, (Watermark{0, 2}));
  EXPECT_EQ(config->disk.reserve, 128 * kMiB);
  const auto again = resolve(*read_yaml(to_yaml(*config), "again"), {}, {});
  ASSERT_TRUE(again);
  EXPECT_EQ(again->disk.refuse, config->disk.refuse);
  EXPECT_EQ(resolve({}, {}, flag("disk.warn", "8589934592"))->disk.warn.bytes, std::uint64_t{8} << 30);
}

TEST(DiskSettings, ErrorsSayWhatIsExpected) {
  const auto error = [](const std::string& name, const std::string& value) { return resolve({}, {}, flag(name, value)).error(); };
  EXPECT_THAT(
      error("disk.warn", "much"),
      ElementsAre(HasSubstr("--disk.warn: Expected disk.warn to be an amount such as 512MiB or 4GiB, or from 1% to 99%")));
  EXPECT_THAT(error("disk.refuse", "100%"), ElementsAre(HasSubstr("from 1% to 99%")));
  EXPECT_THAT(error("disk.reserve", "5%"), ElementsAre(HasSubstr("Expected disk.reserve to be an amount")));
  EXPECT_THAT(error("disk.reserve", "99999999TiB"), ElementsAre(HasSubstr("99999999TiB")));
}

TEST(DiskSettings, MustBeInOrder) {
  EXPECT_THAT(resolve({}, {}, flag("disk.refuse", "5GiB")).error(),
              ElementsAre(HasSubstr("Expected disk.warn to be no less than disk.refuse (5 GiB), but it is 4 GiB")));
  EXPECT_TRUE(resolve({}, {}, flag("disk.refuse", "5%"))) << "only the disk can tell";
  const contract::TempDir directory;
  Config config;
  config.data = directory.path();
  config.disk = {{1, 0}, {0, 99}, {0, 1}, 0};
  EXPECT_THAT(check_files(config), ElementsAre(HasSubstr("disk.warn to be no less than disk.refuse")));
}

TEST(DiskSpaceTest, IsThatOfTheDirectoryAlsoBeforeItIsThere) {
  const contract::TempDir directory;
  const auto room = make_disk_space(directory / "not/there/yet")->room();
  ASSERT_TRUE(room) << room.error();
  EXPECT_GT(room->total, 0u);
  EXPECT_LE(room->free, room->total);
}

TEST(DiskSpaceTest, TheReserveTakesItsRoomAndGivesItBack) {
  const contract::TempDir directory;
  {
    const auto space = make_disk_space(directory.path());
    EXPECT_EQ(space->reserved(), 0u);
    ASSERT_TRUE(space->reserve(2 * kMiB));
    EXPECT_EQ(space->reserved(), 2 * kMiB);
    EXPECT_TRUE(std::filesystem::exists(directory / "reserve"));
  }
  const auto later = make_disk_space(directory.path());
  EXPECT_EQ(later->reserved(), 2 * kMiB) << "that of the process before";
  later->release();
  EXPECT_EQ(later->reserved(), 0u);
  const auto refused = make_disk_space(directory / "none")->reserve(kMiB);
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error(), HasSubstr("reserve"));
}

/// A disk is as full as one says it must not be.
class StartOnAFullDisk : public testing::Test {
 protected:
  StartOnAFullDisk() {
    config_.data = directory_ / "data";
    config_.listen = "127.0.0.1:0";
    config_.metrics_listen = "off";
    config_.cache_mib = 8;
    config_.catalogs = {test::source("examples/catalog.yaml")};
    config_.disk = {{}, {}, {}, 2 * kMiB};
  }
  std::string start() {
    auto daemon = start_daemon(config_);
    if (!daemon) return daemon.error();
    (*daemon)->stop();
    return {};
  }
  const contract::TempDir directory_;
  Config config_;
};

TEST_F(StartOnAFullDisk, StartsReadOnlyWithTheCataloguesItHas) {
  EXPECT_EQ(start(), "");
  EXPECT_EQ(std::filesystem::file_size(config_.data + "/reserve"), 2 * kMiB);
  config_.disk.warn = config_.disk.refuse = config_.disk.read_only = {0, 99};
  EXPECT_EQ(start(), "");
  config_.catalogs.push_back(test::source("examples/catalog-2026.2.yaml"));  // cannot be loaded now
  EXPECT_EQ(start(), "");
  config_.disk = {{}, {}, {}, 0};
  EXPECT_EQ(start(), "");
  EXPECT_FALSE(std::filesystem::exists(config_.data + "/reserve")) << "nobody wants it any more";
}

class SmallDisk final : public DiskSpace {
 public:
  Result<Room, std::string> room() override { return Room{free, 1'000 * kMiB}; }
  std::uint64_t reserved() const override { return held; }
  Result<bool, std::string> reserve(std::uint64_t bytes) override {
    held = bytes;
    return true;
  }
  void release() override { free += std::exchange(held, 0); }
  std::uint64_t free = 0, held = 0;
};

TEST(RoomToOpen, TheReserveIsGivenFreeWhenTheWriteAheadLogNeedsIt) {
  const contract::TempDir directory;
  std::ofstream(directory / "000007.log") << "x";
  std::filesystem::resize_file(directory / "000007.log", 30 * kMiB);
  SmallDisk disk;
  disk.free = 50 * kMiB;
  disk.held = 40 * kMiB;
  EXPECT_FALSE(make_room_to_open(disk, directory.path()));
  EXPECT_EQ(disk.held, 40 * kMiB);
  disk.free = 10 * kMiB;
  EXPECT_FALSE(make_room_to_open(disk, directory.path()));
  EXPECT_EQ(disk.held, 0u);
  disk.free = 3 * kMiB;
  disk.held = 2 * kMiB;
  EXPECT_THAT(*make_room_to_open(disk, directory.path()),
              testing::AllOf(HasSubstr("Expected at least 46 MiB free"), HasSubstr("there are 3 MiB and 2 MiB in reserve"),
                             HasSubstr("Free some space and start comd again")));
  EXPECT_EQ(disk.held, 2 * kMiB);
}

}  // namespace
}  // namespace comd::daemon

#include <fstream>

#include <unistd.h>

#include "event_log_contract.h"
#include "failing_disk.h"
#include "storage/rocks_store.h"
#include "temp_dir.h"

/// What RocksDB's log does when the disk, the power or the directory is not as it should be.
namespace comd::contract {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

RocksOptions options_for(const std::string& directory, bool create = true) {
  return {.directory = directory, .block_cache_bytes = 8u << 20, .create = create, .on_failure = {}};
}
std::string refusal_of(const RocksOptions& options) {
  const auto opened = open_rocks_event_log(options);
  return opened ? "opened" : opened.error().message;
}

TEST(RocksDisk, HasSyncedEverythingWhenAppendReturns) {
  const TempDir directory, images;
  FailingDisk disk;
  auto log = open_rocks_event_log(options_for(directory.path()), &disk);
  ASSERT_TRUE(log.has_value()) << log.error().message;
  for (std::uint64_t i = 1; i <= 5; ++i) {
    const std::vector<Append> batch{append_to("po-" + std::to_string(i), 0, 1, "one"),
                                    append_to("po-" + std::to_string(i), 1, 1, "two")};
    for (const auto& out : (*log)->append(batch)) ASSERT_TRUE(out.has_value());
    const std::string image = images / std::to_string(i);
    disk.power_cut_image(directory.path(), image);
    const auto after = open_rocks_event_log(options_for(image));
    ASSERT_TRUE(after.has_value()) << after.error().message;
    EXPECT_EQ((*after)->tail(), Position{2 * i});
    EXPECT_EQ((*after)->head(stream("po-" + std::to_string(i))), Version{2});
  }
}

class RocksFailure : public testing::TestWithParam<bool> {};

TEST_P(RocksFailure, AcceptsNothingMoreAfterAFailedWriteOrSync) {
  const TempDir directory;
  FailingDisk disk;
  std::vector<std::string> told;
  auto options = options_for(directory.path());
  options.on_failure = [&told](std::string_view text) { told.emplace_back(text); };
  {
    auto opened = open_rocks_event_log(options, &disk);
    ASSERT_TRUE(opened.has_value()) << opened.error().message;
    EventLog& log = **opened;
    const Append good = append_to("po-1", 0, 1, "good");
    ASSERT_TRUE(log.append({&good, 1}).front().has_value());
    (GetParam() ? disk.fail_syncs : disk.fail_writes) = true;
    const std::vector<Append> batch{append_to("po-1", 1, 1, "bad"), append_to("po-9", 7, 1, "conflict"),
                                    append_to("po-2", 0, 1, "bad too")};
    for (const auto& out : log.append(batch)) EXPECT_EQ(out.error(), AppendError::failed);
    (GetParam() ? disk.fail_syncs : disk.fail_writes) = false;
    const Append next = append_to("po-3", 0, 1, "next");
    EXPECT_EQ(log.append({&next, 1}).front().error(), AppendError::failed);
    EXPECT_THAT(told, ElementsAre(AllOf(HasSubstr("Nothing more is accepted"), HasSubstr("start comd again"))));
    EXPECT_EQ(log.tail(), Position{1});
    EXPECT_THAT(records(log.read_stream(stream("po-1"))), ElementsAre("good"));
  }
  const auto again = open_rocks_event_log(options_for(directory.path()));
  ASSERT_TRUE(again.has_value()) << again.error().message;
  EventLog& log = **again;
  EXPECT_EQ(log.read_feed({}, 10).front().record, "good");
  // The failed batch is there whole or not at all; both are allowed.
  const std::uint64_t tail = number(log.tail());
  EXPECT_TRUE(tail == 1 || tail == 3) << tail;
  const Append next = append_to("po-3", 0, 1, "next");
  EXPECT_EQ(log.append({&next, 1}).front()->position, Position{tail + 1});
}

std::string failing_call(const testing::TestParamInfo<bool>& failure) { return failure.param ? "Sync" : "Write"; }
INSTANTIATE_TEST_SUITE_P(, RocksFailure, testing::Bool(), failing_call);

TEST(RocksDisk, AFullDiskStopsItWithWhatToDoAndWhatWasAnsweredIsThereOnceThereIsRoom) {
  const TempDir directory;
  FailingDisk disk;
  std::vector<std::string> told;
  auto options = options_for(directory.path());
  options.on_failure = [&told](std::string_view text) { told.emplace_back(text); };
  {
    auto log = open_rocks_event_log(options, &disk);
    ASSERT_TRUE(log.has_value()) << log.error().message;
    for (std::uint64_t i = 0; i < 20; ++i) {
      const Append good = append_to("po-1", i, 1, "good " + std::to_string(i));
      ASSERT_TRUE((*log)->append({&good, 1}).front().has_value());
    }
    disk.full = true;
    const Append lost = append_to("po-1", 20, 1, "lost");
    EXPECT_EQ((*log)->append({&lost, 1}).front().error(), AppendError::failed);
    EXPECT_THAT(told, ElementsAre(AllOf(HasSubstr("No space left"), HasSubstr("free some space, then start comd again"))));
    EXPECT_EQ((*log)->tail(), Position{20}) << "and it is still read";
  }
  const auto refused = open_rocks_event_log(options, &disk);
  ASSERT_FALSE(refused.has_value());
  EXPECT_THAT(refused.error().message, AllOf(HasSubstr("the disk is full"), HasSubstr("Free some space")));

  disk.full = false;
  const auto again = open_rocks_event_log(options, &disk);
  ASSERT_TRUE(again.has_value()) << again.error().message;
  EXPECT_EQ((*again)->tail(), Position{20});
  EXPECT_EQ(records((*again)->read_stream(stream("po-1"))).back(), "good 19");
  const Append next = append_to("po-1", 20, 1, "next");
  EXPECT_TRUE((*again)->append({&next, 1}).front().has_value());
}

// ── Messages of an open that fails ──────────────────────────────────────────────────────────────────────────────────

TEST(RocksOpen, SaysThatAnotherProcessHasIt) {
  const TempDir directory;
  const auto first = open_rocks_event_log(options_for(directory.path()));
  ASSERT_TRUE(first.has_value());
  EXPECT_THAT(refusal_of(options_for(directory.path())),
              AllOf(HasSubstr("another process has it open"), HasSubstr("use another directory")));
}

TEST(RocksOpen, SaysThatTheFormatIsNewer) {
  const TempDir directory;
  {
    auto store = rocks::Store::open(options_for(directory.path()), rocksdb::Env::Default());
    ASSERT_TRUE(store.has_value());
    ASSERT_TRUE((*store)->db().Put({}, (*store)->family(rocks::Family::meta), "format", "4").ok());
    rocksdb::ColumnFamilyHandle* newer = nullptr;
    ASSERT_TRUE((*store)->db().CreateColumnFamily({}, "a-later-family", &newer).ok());
    (*store)->db().DestroyColumnFamilyHandle(newer);
  }
  EXPECT_THAT(refusal_of(options_for(directory.path())),
              AllOf(HasSubstr("its format is 4"), HasSubstr("formats up to 3"), HasSubstr("newer comd")));
}

TEST(RocksOpen, SaysThatTheFormatIsFromBeforeTheFirstRelease) {
  const TempDir directory;
  {
    auto store = rocks::Store::open(options_for(directory.path()), rocksdb::Env::Default());
    ASSERT_TRUE(store.has_value());
    ASSERT_TRUE((*store)->db().Put({}, (*store)->family(rocks::Family::meta), "format", "1").ok());
  }
  EXPECT_THAT(refusal_of(options_for(directory.path())), HasSubstr("from before the first release"));
}

TEST(RocksOpen, TakesNoDirectoryOfSomebodyElse) {
  const TempDir directory;
  std::ofstream(directory / "holiday.jpg") << "x";
  EXPECT_THAT(refusal_of(options_for(directory.path())), HasSubstr("holds other files (holiday.jpg)"));
  EXPECT_THAT(refusal_of(options_for(directory / "holiday.jpg")), HasSubstr("not a directory"));

  const TempDir other;
  rocksdb::Options options;
  options.create_if_missing = true;
  rocksdb::DB* raw = nullptr;
  ASSERT_TRUE(rocksdb::DB::Open(options, other.path(), &raw).ok());
  ASSERT_TRUE(raw->Put({}, "theirs", "x").ok());
  delete raw;
  EXPECT_THAT(refusal_of(options_for(other.path())), HasSubstr("database of another program"));
}

TEST(RocksOpen, CreatesOnlyWhenAsked) {
  const TempDir directory;
  EXPECT_THAT(refusal_of(options_for(directory / "none", false)), HasSubstr("no such directory"));
  EXPECT_THAT(refusal_of(options_for(directory.path(), false)), HasSubstr("holds no store"));
  EXPECT_TRUE(open_rocks_event_log(options_for(directory / "a/new/one")).has_value());
  EXPECT_TRUE(open_rocks_event_log(options_for(directory / "a/new/one", false)).has_value());
}

TEST(RocksOpen, SaysThatItMayNotWrite) {
  if (geteuid() == 0) GTEST_SKIP() << "root may write everywhere";
  EXPECT_THAT(refusal_of(options_for("/comd-test-not-allowed")), HasSubstr("cannot be created"));
}

TEST(RocksOpen, SaysThatItIsDamaged) {
  const TempDir directory;
  {
    auto log = open_rocks_event_log(options_for(directory.path()));
    ASSERT_TRUE(log.has_value());
  }
  for (const auto& file : std::filesystem::directory_iterator(directory.path()))
    if (file.path().filename().string().starts_with("MANIFEST-"))
      std::ofstream(file.path(), std::ios::in | std::ios::out).seekp(20).write("garbage!", 8);
  EXPECT_THAT(refusal_of(options_for(directory.path())),
              AllOf(HasSubstr("it is damaged"), HasSubstr("restore the latest backup")));
}

}  // namespace
}  // namespace comd::contract

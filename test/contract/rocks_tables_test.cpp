#include "storage/rocks_tables.h"

#include "storage/log_memory.h"
#include "walked_store.h"

/// How tables are merged may change from one comd to the next: each goes on with what another one has left.
namespace comd::contract {
namespace {

using rocks::Family;

/// Writes out and merges everything, as RocksDB does in that style of those families which are not merged level by level now.
class Merged {
 public:
  Merged(const std::string& directory, rocksdb::CompactionStyle style) {
    auto names = std::vector<std::string>{};
    must(rocksdb::DB::ListColumnFamilies({}, directory, &names));
    const auto cache = rocksdb::NewLRUCache(std::size_t{1} << 20);
    std::vector<rocksdb::ColumnFamilyDescriptor> families;
    for (const auto& name : names) {
      const auto family = rocks::family_named(name);
      auto options = family ? rocks::table_options(*family, cache) : rocksdb::ColumnFamilyOptions{};
      if (options.compaction_style != rocksdb::kCompactionStyleLevel) options.compaction_style = style;
      families.emplace_back(name, options);
    }
    rocksdb::DB* db = nullptr;
    must(rocksdb::DB::Open(rocks::db_options(rocksdb::Env::Default()), directory, families, &handles_, &db));
    db_.reset(db);
    for (auto* handle : handles_) {
      must(db_->Flush({}, handle));
      must(db_->CompactRange({}, handle, nullptr, nullptr));
    }
  }
  ~Merged() {
    for (auto* handle : handles_) must(db_->DestroyColumnFamilyHandle(handle));
  }

  int files(Family family, int level) const {
    std::string number = "none";
    for (auto* handle : handles_)
      if (rocks::family_named(handle->GetName()) == family)
        db_->GetProperty(handle, rocksdb::DB::Properties::kNumFilesAtLevelPrefix + std::to_string(level), &number);
    return std::stoi(number);
  }

 private:
  static void must(const rocksdb::Status& status) { ASSERT_TRUE(status.ok()) << status.ToString(); }

  std::unique_ptr<rocksdb::DB> db_;
  std::vector<rocksdb::ColumnFamilyHandle*> handles_;
};

class StyleOfMerging : public WalkedStore, public testing::TestWithParam<Family> {
 public:
  /// `style` is that of an earlier comd or of a later one; this one then reads everything and goes on.
  void go_on_after(rocksdb::CompactionStyle style, int level) {
    log.reset();
    {
      const Merged merged(directory.path(), style);
      EXPECT_EQ(merged.files(GetParam(), 0), 0);
      EXPECT_EQ(merged.files(GetParam(), level), 1);
    }
    log = open_log(directory.path());
    ASSERT_NE(log, nullptr);
    expect_all();
    go_on(20);
    expect_all();
  }

 private:
  void expect_all() {
    EXPECT_EQ(log->derived(), derived.back());
    std::map<StreamId, std::pair<Version, std::size_t>> streams;  // head and commits
    for (const auto& stored : log->read_feed({}, 10'000)) {
      const auto commit = decode(stored.record);
      ASSERT_TRUE(commit.has_value());
      for (const auto& slice : commit->streams) {
        auto& [head, commits] = streams[slice.stream];
        head = slice.before + slice.events.size();
        ++commits;
      }
    }
    EXPECT_GT(streams.size(), 3u);
    for (const auto& [stream, last] : streams) {
      EXPECT_EQ(log->head(stream), last.first) << stream.value;
      EXPECT_EQ(log->read_stream(stream).size(), last.second) << stream.value;
    }
  }
};

TEST_P(StyleOfMerging, OfAnotherVersionIsGoneOnWithAndBack) {
  go_on(60);
  go_on_after(rocksdb::kCompactionStyleLevel, 1);      // as it was merged before
  go_on_after(rocksdb::kCompactionStyleUniversal, 6);  // as it is now
  go_on_after(rocksdb::kCompactionStyleLevel, 6);      // an older comd is back
  go_on_after(rocksdb::kCompactionStyleUniversal, 6);
}

INSTANTIATE_TEST_SUITE_P(All, StyleOfMerging, testing::Values(Family::streams, Family::views));

TEST(LogMemory, SaysWhatIsReadAndWhatIsNotWrittenOut) {
  EXPECT_FALSE(memory_of(*make_memory_event_log()).has_value());
  WalkedStore store;
  const auto before = memory_of(*store.log);
  store.go_on(60);
  const auto written = memory_of(*store.log);
  ASSERT_TRUE(before && written);
  EXPECT_GT(written->memtables, before->memtables);
  store.log.reset();
  { const Merged merged(store.directory.path(), rocksdb::kCompactionStyleUniversal); }
  store.log = open_log(store.directory.path());
  ASSERT_NE(store.log, nullptr);
  const auto opened = memory_of(*store.log);
  EXPECT_FALSE(store.log->derived().empty());
  const auto read = memory_of(*store.log);
  ASSERT_TRUE(opened && read);
  EXPECT_GT(read->cache, opened->cache);
  EXPECT_GT(read->tables, 0u);
}

}  // namespace
}  // namespace comd::contract

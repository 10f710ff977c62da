#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>

#include "event_log_contract.h"
#include "storage/epoch.h"
#include "storage/inspection.h"
#include "storage/restore.h"
#include "storage/rocks_keys.h"
#include "walked_store.h"

/// The examination of a whole store: it finds nothing in a healthy one, and whatever was planted in one that is not.
namespace comd::contract {
namespace {

namespace fs = std::filesystem;
using rocks::Family;
using testing::AllOf;
using testing::Contains;
using testing::Each;
using testing::Field;
using testing::HasSubstr;
using testing::IsEmpty;

class Inspected : public testing::Test {
 protected:
  void SetUp() override {
    store_.keep_derived = false;
    store_.go_on(150);
    tail_ = store_.log->tail();
    rows_ = store_.log->derived().size();
    store_.log.reset();
  }

  Inspection inspect() {
    const auto done = inspect_store({.data = data()});
    EXPECT_TRUE(done.has_value()) << done.error().message;
    return done.value_or(Inspection{});
  }
  std::string data() const { return store_.directory.path(); }

  /// Changes what the store holds, behind its back.
  template <class Change>
  void change(Change how) {
    auto store = rocks::Store::open({.directory = data(), .on_failure = {}}, rocksdb::Env::Default());
    ASSERT_TRUE(store.has_value()) << store.error().message;
    const auto status = how((*store)->db(), **store);
    ASSERT_TRUE(status.ok()) << status.ToString();
  }

  static auto found(const std::string& kind, const std::string& problem) {
    return Contains(AllOf(Field(&StoreFinding::kind, kind), Field(&StoreFinding::problem, HasSubstr(problem))));
  }

  WalkedStore store_;
  Position tail_{};
  std::size_t rows_ = 0;
};

TEST_F(Inspected, NothingIsFoundInAHealthyStore) {
  const auto seen = inspect();
  EXPECT_THAT(seen.findings, IsEmpty()) << seen.findings.front().problem;
  EXPECT_THAT(seen.unchecked, IsEmpty());
  EXPECT_EQ(seen.tail, tail_);
  EXPECT_EQ(seen.commits, number(tail_));
  EXPECT_EQ(seen.links, number(tail_));
  EXPECT_EQ(seen.rows, rows_);
  EXPECT_GT(seen.events, seen.commits);
  EXPECT_GT(seen.files, 0u);
}

TEST_F(Inspected, AStoreInUseIsNotLookedAt) {
  const auto log = open_log(data());
  EXPECT_THAT(inspect_store({.data = data()}).error().message, HasSubstr("another process has it open"));
  EXPECT_THAT(inspect_store({.data = data() + "/none"}).error().message, HasSubstr("no such directory"));
}

TEST_F(Inspected, RowsThatDoNotFollowFromTheLogAreNamed) {
  std::string gone;
  change([&](rocksdb::DB& db, const rocks::Store& store) {
    const std::unique_ptr<rocksdb::Iterator> it(db.NewIterator({}, store.family(Family::views)));
    it->SeekToFirst();
    gone = it->key().ToString();
    it->Next();
    rocksdb::WriteBatch batch;
    EXPECT_TRUE(batch.Delete(store.family(Family::views), gone).ok());
    EXPECT_TRUE(batch.Put(store.family(Family::views), it->key(), "changed").ok());
    EXPECT_TRUE(batch.Put(store.family(Family::views), "Vzz", "too much").ok());
    EXPECT_TRUE(batch.Delete(store.family(Family::work), keys::counter("none")).ok());
    return db.Write({}, &batch);
  });
  const auto seen = inspect();
  EXPECT_EQ(seen.found, 3u);
  EXPECT_THAT(seen.findings, found("row", "it is not there"));
  EXPECT_THAT(seen.findings, found("row", "it says: changed"));
  EXPECT_THAT(seen.findings, found("row", "this one does not: too much"));
  EXPECT_THAT(seen.findings, Each(Field(&StoreFinding::remedy, HasSubstr("--rebuild-rows"))));
}

TEST_F(Inspected, AChangedRecordBreaksTheChain) {
  change([&](rocksdb::DB& db, const rocks::Store& store) {
    std::string record;
    EXPECT_TRUE(db.Get({}, store.family(Family::log), rocks::log_key(Position{9}), &record).ok());
    return db.Put({}, store.family(Family::log), rocks::log_key(Position{9}), record + record);
  });
  EXPECT_THAT(inspect().findings, Contains(AllOf(Field(&StoreFinding::kind, "chain"), Field(&StoreFinding::where, "8..9"))));
}

TEST_F(Inspected, AMissingRecordIsNamed) {
  change([&](rocksdb::DB& db, const rocks::Store& store) {
    return db.Delete({}, store.family(Family::log), rocks::log_key(Position{9}));
  });
  const auto seen = inspect();
  EXPECT_THAT(seen.findings, Contains(AllOf(Field(&StoreFinding::kind, "record"), Field(&StoreFinding::where, "9"))));
  EXPECT_THAT(seen.findings, found("chain", ""));
}

TEST_F(Inspected, AnIndexThatDoesNotFitTheRecordsIsNamed) {
  change([&](rocksdb::DB& db, const rocks::Store& store) {
    const std::unique_ptr<rocksdb::Iterator> it(db.NewIterator({}, store.family(Family::streams)));
    it->SeekToFirst();
    rocksdb::WriteBatch batch;
    EXPECT_TRUE(batch.Delete(store.family(Family::streams), it->key()).ok());
    EXPECT_TRUE(
        batch.Put(store.family(Family::streams), rocks::stream_key(StreamId{"po-not"}, Version{1}), rocks::log_key(Position{3}))
            .ok());
    EXPECT_TRUE(
        batch.Put(store.family(Family::streams), rocks::stream_key(StreamId{"po-not"}, Version{2}), rocks::log_key(Position{4}))
            .ok());
    return db.Write({}, &batch);
  });
  const auto seen = inspect();
  EXPECT_THAT(seen.findings, found("index", "but the index says NotFound"));
  EXPECT_THAT(seen.findings, found("index", "Expected position 3 to hold a commit of it"));
}

TEST_F(Inspected, DamagedTablesAreNamedWithWhatToDoAboutEach) {
  std::map<std::string, std::string> table_of;  // family → file
  change([&](rocksdb::DB& db, const rocks::Store&) {
    std::vector<rocksdb::LiveFileMetaData> files;
    db.GetLiveFilesMetaData(&files);
    for (const auto& file : files) table_of[file.column_family_name] = file.name.substr(1);
    return rocksdb::Status::OK();
  });
  for (const std::string family : {"views", "work", "log", "streams", "chain"}) {
    SCOPED_TRACE(family);
    ASSERT_TRUE(table_of.contains(family));
    const auto path = fs::path(data()) / table_of[family];
    const auto flip = [&] {
      std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
      file.seekg(10);
      const int byte = file.get();
      file.seekp(10);
      file.put(static_cast<char>(byte ^ 8));
    };
    flip();
    const auto seen = inspect();
    EXPECT_THAT(
        seen.findings,
        Contains(AllOf(Field(&StoreFinding::kind, "file"), Field(&StoreFinding::where, table_of[family]),
                       Field(&StoreFinding::problem, HasSubstr("table of " + family)),
                       Field(&StoreFinding::remedy,
                             HasSubstr(family == "views" || family == "work" ? "--rebuild-rows" : "comctl backup restore")))));
    flip();
  }
  EXPECT_THAT(inspect().findings, IsEmpty());
}

TEST_F(Inspected, DamagedRowsAreMadeAnew) {
  std::set<std::string> tables;
  change([&](rocksdb::DB& db, const rocks::Store&) {
    std::vector<rocksdb::LiveFileMetaData> files;
    db.GetLiveFilesMetaData(&files);
    for (const auto& file : files)
      if (file.column_family_name == "views" || file.column_family_name == "work") tables.insert(file.name.substr(1));
    return rocksdb::Status::OK();
  });
  for (const auto& name : tables) {
    std::fstream file(fs::path(data()) / name, std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(10);
    file << "damage";
  }
  EXPECT_EQ(inspect().found, tables.size());
  ASSERT_TRUE(make_rows_anew(data(), {}).has_value());
  EXPECT_THAT(inspect().findings, IsEmpty());
  EXPECT_EQ(open_log(data())->derived().size(), rows_);
}

/// What a killed process leaves, with its write-ahead log damaged in the middle: nothing is opened, but what lies before it can be
/// copied into a store of its own.
TEST(Salvaged, IsWhatLiesBeforeTheDamage) {
  WalkedStore store;
  store.go_on(150);
  const TempDir copies;
  const std::string damaged = copies / "damaged", saved = copies / "saved";
  fs::copy(store.directory.path(), damaged, fs::copy_options::recursive);
  for (const auto& file : fs::directory_iterator(damaged))
    if (file.path().extension() == ".log" && file.file_size() > 0) {
      std::fstream out(file.path(), std::ios::in | std::ios::out | std::ios::binary);
      out.seekp(static_cast<std::streamoff>(file.file_size() / 2));
      out << "damage";
    }
  EXPECT_THAT(open_rocks_event_log({.directory = damaged, .on_failure = {}}).error().message, HasSubstr("is damaged at byte"));
  const auto done = salvage_store({.damaged = damaged, .data = saved}, Instant{Millis{1}});
  ASSERT_TRUE(done.has_value()) << done.error().message;
  const auto end = number(done->tail);
  ASSERT_GT(end, 10u);
  EXPECT_TRUE(epoch_of(*open_log(saved)).fenced);
  ASSERT_LT(end, number(store.log->tail()));
  const auto log = open_log(saved);
  EXPECT_EQ(records(log->read_feed({}, end)), records(store.log->read_feed({}, end)));
  EXPECT_THAT(differences(log->derived(), rebuild(*log), 5), IsEmpty());
  EXPECT_FALSE(open_rocks_event_log({.directory = damaged, .on_failure = {}}).has_value()) << "it stays as it is";
}

TEST_F(Inspected, FilesThatAreShortOrMissingAreNamed) {
  fs::path manifest;
  for (const auto& file : fs::directory_iterator(data()))
    if (file.path().filename().string().starts_with("MANIFEST-")) manifest = file.path();
  fs::resize_file(manifest, fs::file_size(manifest) - 3);
  const auto seen = inspect();
  EXPECT_THAT(seen.findings, found("file", manifest.filename().string() + " can be read up to byte"));
  EXPECT_THAT(seen.unchecked, Contains(HasSubstr("cannot be opened")));
}

}  // namespace
}  // namespace comd::contract

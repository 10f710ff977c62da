#include "storage/table_rebuild.h"

#include <gmock/gmock.h>
#include <rocksdb/write_batch.h>

#include <thread>

#include "failing_disk.h"
#include "storage/inspection.h"
#include "storage/rocks_picture.h"
#include "walked_store.h"

/// The tables of a store that serves, made afresh beside those in use.
namespace comd::contract {
namespace {

using testing::Contains;
using testing::IsEmpty;
using testing::SizeIs;
using testing::StartsWith;

constexpr char kBuild[] = "a build";

class Rebuilt : public testing::Test {
 protected:
  Rebuilt() {
    store.keep_derived = false;
    store.go_on(400);
  }

  std::unique_ptr<TableRebuild> begin(const std::string& build = kBuild) {
    auto out = store.log->rebuild_tables(build);
    EXPECT_NE(out, nullptr);
    return out;
  }
  static void fold(TableRebuild& tables) {
    while (tables.fold()) {}
  }
  static TableRebuild::Comparison compare(TableRebuild& tables) {
    while (tables.compare()) {}
    return tables.comparison();
  }
  rocks::Store& tables() { return dynamic_cast<rocks::HasStore&>(*store.log).store(); }
  void reopen() {
    store.log.reset();
    store.log = open_log(store.directory.path());
  }
  std::size_t families() {
    std::vector<std::string> names;
    EXPECT_TRUE(rocksdb::DB::ListColumnFamilies({}, store.directory.path(), &names).ok());
    return names.size();
  }

  WalkedStore store;
};

TEST_F(Rebuilt, AreEqualToThoseInUseAndTakeTheirPlace) {
  const auto before = store.log->derived();
  const auto counters = store.log->counters();
  const auto outbox = store.log->outbox(nullptr, 1'000);
  const auto due = store.log->next_due();
  {
    const auto tables = begin();
    fold(*tables);
    EXPECT_EQ(tables->position(), store.log->tail());
    EXPECT_GT(tables->events(), 200U);
    const auto seen = compare(*tables);
    EXPECT_THAT(seen.differences, IsEmpty());
    EXPECT_EQ(seen.rows, before.size());
    EXPECT_EQ(seen.at, store.log->tail());
    tables->swap();
  }
  EXPECT_EQ(store.log->derived(), before);
  EXPECT_EQ(store.log->counters(), counters);
  EXPECT_EQ(store.log->outbox(nullptr, 1'000), outbox);
  EXPECT_EQ(store.log->next_due(), due);
  store.go_on(200);
  const auto after = store.log->derived();
  EXPECT_NE(after, before);
  EXPECT_EQ(after, rebuild(*store.log));
  reopen();
  EXPECT_EQ(store.log->derived(), after);
  const auto again = begin();  // and a third generation
  fold(*again);
  EXPECT_EQ(compare(*again).differing, 0U);
  again->swap();
  store.go_on(50);
  EXPECT_EQ(store.log->derived(), rebuild(*store.log));
}

TEST_F(Rebuilt, NameEveryKindOfDifferenceAndMendIt) {
  const auto good = store.log->derived();
  const auto order = keys::row(Table::order, store.log->scan(Table::order, {}, {}, 1).rows.front().first);
  const auto counter = keys::counter(store.log->counters().begin()->first);
  rocksdb::WriteBatch batch;
  ASSERT_TRUE(batch.Delete(tables().family(rocks::Family::views), order).ok());
  ASSERT_TRUE(batch.Put(tables().family(rocks::Family::work), counter, std::string(8, '\7')).ok());
  ASSERT_TRUE(batch.Put(tables().family(rocks::Family::views), keys::row(Table::order, "po-nobody"), "who?").ok());
  ASSERT_TRUE(tables().db().Write({}, &batch).ok());

  const auto tables = begin();
  fold(*tables);
  const auto seen = compare(*tables);
  EXPECT_EQ(seen.differing, 3U);
  EXPECT_THAT(seen.differences, SizeIs(3));
  for (const char* kind : {"missing ", "extra ", "differs "}) EXPECT_THAT(seen.differences, Contains(StartsWith(kind)));
  tables->swap();
  EXPECT_EQ(store.log->derived(), good);
}

TEST_F(Rebuilt, GoOnWhereTheyWereLeftAlsoAfterARestart) {
  fold(*begin());
  const auto left = store.log->tail();
  EXPECT_EQ(begin()->position(), left);
  reopen();
  store.go_on(100);
  const auto tables = begin();
  EXPECT_EQ(tables->position(), left);
  fold(*tables);
  EXPECT_LE(tables->events(), 200U);
  EXPECT_EQ(compare(*tables).differing, 0U);
}

TEST_F(Rebuilt, OfAnotherBuildAreBegunAfresh) {
  fold(*begin());
  const auto tables = begin("another build");
  EXPECT_EQ(tables->position(), Position{});
  fold(*tables);
  EXPECT_EQ(compare(*tables).differing, 0U);
}

TEST_F(Rebuilt, LeaveNothingWhenTheyAreDroppedOrReplaced) {
  const auto usual = families();
  {
    const auto tables = begin();
    fold(*tables);
    EXPECT_EQ(store.log->rebuild_tables(kBuild), nullptr) << "one at a time";
    compare(*tables);
    tables->drop();
  }
  reopen();
  EXPECT_EQ(families(), usual);
  {
    const auto tables = begin();
    EXPECT_EQ(tables->position(), Position{});
    fold(*tables);
    tables->swap();
  }
  reopen();
  EXPECT_EQ(families(), usual);
  EXPECT_EQ(store.log->derived(), rebuild(*store.log));
}

TEST_F(Rebuilt, TakeInWhatIsWrittenMeanwhile) {
  std::atomic<bool> enough{false};
  std::thread writer([&] {
    while (!enough) store.go_on(20);
  });
  for (int round = 0; round < 3; ++round) {
    const auto tables = begin();
    fold(*tables);
    EXPECT_EQ(compare(*tables).differing, 0U);
    tables->swap();
  }
  enough = true;
  writer.join();
  EXPECT_EQ(store.log->derived(), rebuild(*store.log));
}

/// An event that is passed over was never folded, wherever in the log that was decided.
TEST_F(Rebuilt, BeginAgainWhenAnEventIsPassedOver) {
  const auto tables = begin();
  fold(*tables);
  Commit commit;
  const StreamId stream{"qu-po-nobody"};
  commit.streams.push_back({stream, Version{}, {quarantine::Event{quarantine::Skipped{Version{1}, "anna", "why", {}}}}});
  Append append;
  append.streams.push_back({stream, Version{}, 1});
  append.record = encode(commit);
  ASSERT_TRUE(store.log->append({&append, 1})[0]);
  EXPECT_TRUE(tables->fold());
  EXPECT_EQ(tables->position(), Position{});
  fold(*tables);
  EXPECT_EQ(tables->position(), store.log->tail());
}

/// A store whose tables are of a later generation is one like any other to the doctor, and after a power cut.
TEST_F(Rebuilt, AreReadByWhoeverOpensTheStore) {
  store.log.reset();
  const TempDir images;
  FailingDisk disk;
  {
    auto opened =
        open_rocks_event_log({.directory = store.directory.path(), .block_cache_bytes = 8u << 20, .on_failure = {}}, &disk);
    ASSERT_TRUE(opened.has_value()) << opened.error().message;
    const auto tables = (*opened)->rebuild_tables(kBuild);
    fold(*tables);
    tables->swap();
    const auto derived = (*opened)->derived();
    disk.power_cut_image(store.directory.path(), images / "cut");
    const auto after = open_log(images / "cut");
    ASSERT_NE(after, nullptr);
    EXPECT_EQ(after->derived(), derived);
  }
  const auto seen = inspect_store({.data = store.directory.path()});
  ASSERT_TRUE(seen.has_value()) << seen.error().message;
  EXPECT_THAT(seen->findings, IsEmpty());
}

}  // namespace
}  // namespace comd::contract

#include "storage/archive.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "events/fold.h"
#include "events/lost.h"
#include "storage/archive_files.h"
#include "storage/archive_meta.h"
#include "storage/as_of.h"
#include "storage/each_commit.h"
#include "storage/inspection.h"
#include "storage/restore.h"
#include "storage/rocks_keys.h"
#include "storage/rocks_picture.h"
#include "storage/verify_chain.h"
#include "walked_store.h"

/// Records that have moved to archive files: every reader is given them as before, whatever the moving was interrupted by; and what
/// becomes of a store that has lost a file.
namespace comd::contract {
namespace {

namespace fs = std::filesystem;
using rocks::Family;
using testing::AllOf;
using testing::Contains;
using testing::Field;
using testing::HasSubstr;
using testing::IsEmpty;

std::vector<std::pair<Position, std::string>> all_of(const EventLog& log) {
  std::vector<std::pair<Position, std::string>> out;
  each_commit(log, {}, log.tail(), [&](const StoredCommit& c) { out.emplace_back(c.position, c.record); });
  return out;
}

class Archived : public testing::Test {
 protected:
  void SetUp() override {
    store_.keep_derived = false;
    store_.go_on(300);
    ASSERT_TRUE(store_.walk.calm_down(30'000));
    store_.walk.archive();
    before_ = all_of(log());
  }
  EventLog& log() { return *store_.log; }
  std::string data() const { return store_.directory.path(); }
  fs::path archive() const { return fs::path(data()) / "archive"; }
  rocks::Store& inside() { return dynamic_cast<rocks::HasStore&>(log()).store(); }

  Moved move(MoveOptions options = {}) {
    auto moved = move_archived(log(), options);
    EXPECT_TRUE(moved.has_value()) << moved.error().message;
    return moved.value_or(Moved{});
  }
  void reopen() {
    store_.log.reset();
    RocksOptions options{.directory = data(), .block_cache_bytes = 8u << 20, .on_failure = {}};
    options.on_lost = [](std::string_view) {};
    auto log = open_rocks_event_log(options);
    ASSERT_TRUE(log.has_value()) << log.error().message;
    store_.log = std::move(*log);
  }
  std::size_t stubs() {
    std::size_t out = 0;
    const std::unique_ptr<rocksdb::Iterator> it(inside().db().NewIterator({}, inside().family(Family::log)));
    for (it->SeekToFirst(); it->Valid(); it->Next()) out += rocks::stub_in(it->value().ToString()) ? 1 : 0;
    return out;
  }
  std::vector<fs::path> files() const {
    std::vector<fs::path> out;
    for (const auto& file : fs::directory_iterator(archive())) out.push_back(file.path());
    std::ranges::sort(out);
    return out;
  }

  /// As it was before: records, chain, rows.
  void expect_as_before() {
    EXPECT_EQ(all_of(log()), before_);
    const auto chain = verify_chain(log());
    EXPECT_FALSE(chain.first) << chain.first->problem;
    EXPECT_THAT(chain.unread, IsEmpty());
    EXPECT_EQ(chain.archived, stubs());
    EXPECT_THAT(differences(log().derived(), rebuild(log()), 5), IsEmpty());
  }

  WalkedStore store_;
  std::vector<std::pair<Position, std::string>> before_;
};

TEST_F(Archived, RecordsAreReadAsBefore) {
  const auto streams = [&] {
    std::map<StreamId, std::vector<std::string>> out;
    for (const auto& [stream, member] : store_.walk.world.members)
      for (auto& commit : log().read_stream(stream)) out[stream].push_back(std::move(commit.record));
    return out;
  };
  const auto streams_before = streams();
  const auto moved = move();
  EXPECT_GT(moved.records, 20u);
  EXPECT_EQ(moved.files, 1u);
  EXPECT_EQ(stubs(), moved.records);
  EXPECT_LT(moved.records, before_.size()) << "products and services stay";
  expect_as_before();
  EXPECT_EQ(streams(), streams_before);
  reopen();
  expect_as_before();
  EXPECT_EQ(streams(), streams_before);
  EXPECT_EQ(move().records, 0u) << "there is nothing new";
}

TEST_F(Archived, OnlyRecordsOfArchivedStreamsMove) {
  move();
  const std::unique_ptr<rocksdb::Iterator> it(inside().db().NewIterator({}, inside().family(Family::log)));
  for (it->SeekToFirst(); it->Valid(); it->Next()) {
    if (!rocks::stub_in(it->value().ToString())) continue;
    const auto stored = log().read_feed(Position{bytes::get(rocks::view(it->key())) - 1}, 1);
    const auto commit = decode(stored.front().record);
    ASSERT_TRUE(commit);
    for (const auto& slice : commit->streams) {
      const auto* order = store_.walk.world.find<product_order::State>(StreamId{family_of(slice.stream).value});
      ASSERT_NE(order, nullptr) << slice.stream.value;
      EXPECT_TRUE(order->archived());
    }
  }
}

TEST_F(Archived, SmallFilesAreMadeWhereOneWouldBeTooLarge) {
  const auto moved = move({.file_bytes = 1});
  EXPECT_GT(moved.files, 1u);
  const auto view = view_archive(log());
  ASSERT_TRUE(view);
  EXPECT_EQ(view->files.size(), moved.files);
  std::uint64_t records = 0;
  for (const auto& file : view->files) {
    records += file.records;
    EXPECT_GT(file.file_bytes, 0u);
    EXPECT_LE(file.first, file.last);
  }
  EXPECT_EQ(records, moved.records);
  expect_as_before();
}

/// Wherever it is interrupted, nothing is lost, and the next run ends what was begun.
TEST_F(Archived, AnInterruptedRunIsGoneOnWith) {
  for (const std::string_view where : {"collected", "written", "named", "replaced"}) {
    MoveOptions options;
    options.progress = [&](std::string_view step, const Moved&) { return step != where; };
    const auto stopped = move_archived(log(), options);
    ASSERT_FALSE(stopped.has_value()) << where;
    EXPECT_TRUE(stopped.error().given_up);
    reopen();
    expect_as_before();
  }
  move();
  expect_as_before();
  for (const auto& file : files()) EXPECT_EQ(file.extension(), ".sst") << "what was left unnamed is gone";
}

TEST_F(Archived, AMissingFileCostsItsOwnRecordsAndNothingElse) {
  const auto moved = move({.file_bytes = 1});
  ASSERT_GT(moved.files, 1u);
  const auto gone = files().front();
  fs::remove(gone);
  reopen();
  std::size_t lost = 0;
  for (const auto& [position, record] : all_of(log())) lost += record.starts_with(kLost) ? 1 : 0;
  EXPECT_GT(lost, 0u);
  EXPECT_LT(lost, moved.records);
  const auto chain = verify_chain(log());
  EXPECT_FALSE(chain.first) << "the digests are in the log";
  EXPECT_THAT(chain.unread, testing::ElementsAre(testing::Pair(gone.filename().string(), lost)));
  EXPECT_EQ(view_archive(log())->files.front().file_bytes, 0u);
  store_.log.reset();
  const auto seen = inspect_store({.data = data()});
  ASSERT_TRUE(seen.has_value());
  EXPECT_THAT(seen->findings, Contains(AllOf(Field(&StoreFinding::kind, "file"),
                                             Field(&StoreFinding::where, "archive/" + gone.filename().string()))));
}

/// Every byte of a file, changed, is noticed by the inspection; and no reader is ever given anything but what was archived.
TEST_F(Archived, ADamagedFileIsNeverReadAsSomethingElse) {
  move();
  store_.log.reset();
  const auto path = files().front();
  const auto size = fs::file_size(path);
  for (std::uint64_t at = 0; at < size; at += size / 40 + 1) {
    const auto flip = [&] {
      std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
      file.seekg(static_cast<std::streamoff>(at));
      const char c = static_cast<char>(file.get() ^ 0x20);
      file.seekp(static_cast<std::streamoff>(at));
      file.put(c);
    };
    flip();
    reopen();
    for (std::size_t i = 0; const auto& [position, record] : all_of(log())) {
      EXPECT_TRUE(record == before_[i].second || record.starts_with(kLost)) << "byte " << at << ", position " << number(position);
      ++i;
    }
    EXPECT_FALSE(verify_chain(log()).first);
    store_.log.reset();
    flip();
  }
  fs::resize_file(path, size / 2);
  const auto seen = inspect_store({.data = data()});
  ASSERT_TRUE(seen.has_value());
  EXPECT_THAT(seen->findings, Contains(Field(&StoreFinding::where, HasSubstr("archive/"))));
}

TEST_F(Archived, AHealthyStoreIsFoundHealthy) {
  move({.file_bytes = 10'000});
  store_.log.reset();
  const auto seen = inspect_store({.data = data()});
  ASSERT_TRUE(seen.has_value());
  EXPECT_THAT(seen->findings, IsEmpty()) << seen->findings.front().problem;
}

TEST_F(Archived, TheRowsAreMadeAnewWithIt) {
  move();
  const auto rows = log().derived();
  store_.log.reset();
  const auto made = make_rows_anew(data(), {});
  ASSERT_TRUE(made.has_value()) << made.error().message;
  EXPECT_EQ(made->unreadable, 0u);
  reopen();
  EXPECT_THAT(differences(log().derived(), rows, 5), IsEmpty());
}

TEST_F(Archived, BackupsHaveItAndGiveItBack) {
  move({.file_bytes = 10'000});
  TempDir elsewhere;
  const std::string backups = elsewhere / "backups", restored = elsewhere / "restored";
  BackupDesk desk(store_.log, [] { return Instant{Millis{1}}; });
  const auto first = desk.make({.directory = backups});
  ASSERT_TRUE(first.has_value()) << first.error().message;
  const auto second = desk.make({.directory = backups});
  ASSERT_TRUE(second.has_value()) << second.error().message;
  EXPECT_EQ(std::distance(fs::directory_iterator(backups + "/archive"), {}), std::distance(fs::directory_iterator(archive()), {}))
      << "each once";
  const auto verdict = verify_backup(backups, 0);
  ASSERT_TRUE(verdict.has_value()) << verdict.error().message;
  const auto done = restore_backup({.backups = backups, .data = restored, .reason = "a drill"}, Instant{Millis{2}});
  ASSERT_TRUE(done.has_value()) << done.error().message;
  {
    const auto log = open_log(restored);
    auto records = all_of(*log);
    records.pop_back();  // its new epoch
    EXPECT_EQ(records, before_);
    EXPECT_FALSE(verify_chain(*log).first);
  }
  const auto half = restore_backup({.backups = backups, .data = elsewhere / "half", .to_position = Position{before_.size() / 2}},
                                   Instant{Millis{2}});
  ASSERT_TRUE(half.has_value()) << half.error().message;
  {
    const auto log = open_log(elsewhere / "half");
    EXPECT_THAT(differences(log->derived(), rebuild(*log), 5), IsEmpty());
    EXPECT_LE(rocks::archived_up_to(dynamic_cast<rocks::HasStore&>(*log).store()), log->tail()) << "what comes is looked through";
  }

  fs::remove(fs::directory_iterator(backups + "/archive")->path());
  EXPECT_THAT(verify_backup(backups, 0).error().message, HasSubstr("archive"));
  EXPECT_FALSE(restore_backup({.backups = backups, .data = elsewhere / "none"}, Instant{Millis{2}}).has_value());
}

TEST_F(Archived, WhatCanBeSalvagedBringsItsFiles) {
  move();
  store_.log.reset();
  TempDir elsewhere;
  const auto done = salvage_store({.damaged = data(), .data = elsewhere / "saved"}, Instant{Millis{2}});
  ASSERT_TRUE(done.has_value()) << done.error().message;
  auto records = all_of(*open_log(elsewhere / "saved"));
  records.pop_back();
  EXPECT_EQ(records, before_);
}

/// Before it was archived an order is listed as of then, by the same reads as ever.
TEST_F(Archived, ThePastListsItStill) {
  move();
  const StreamId order{"po-0"};
  const auto commits = log().read_stream(order);
  const auto past = make_as_of_log(log(), Position{number(commits.back().position) - 1});
  const auto all = views::index_prefix(TenantId{"t1"}, "all", "");
  const auto ids = [&](const EventLog& of, Table table) {
    std::vector<std::string> out;
    for (const auto& [key, value] : of.scan(table, all, {}, 100).rows) out.push_back(views::id_of_index_key(key));
    return out;
  };
  const auto& tenant = store_.walk.world.find<product_order::State>(order)->order.tenant;
  ASSERT_EQ(tenant.value, "t1");
  EXPECT_THAT(ids(*past, Table::order_index), Contains("po-0"));
  EXPECT_TRUE(past->row(Table::order, "po-0"));
  EXPECT_THAT(ids(log(), Table::order_index), testing::Not(Contains("po-0")));
  EXPECT_THAT(ids(log(), Table::archived), Contains("po-0"));
  EXPECT_FALSE(log().row(Table::order, "po-0"));
  EXPECT_THAT(ids(*make_as_of_log(log(), log().tail()), Table::archived), Contains("po-0"));
}

/// Keys and values of log, index and rows, whatever the tables on disk look like.
std::uint64_t hot_bytes(const rocks::Store& store) {
  std::uint64_t out = 0;
  for (const auto family : {Family::log, Family::streams, Family::work, Family::views}) {
    const std::unique_ptr<rocksdb::Iterator> it(store.db().NewIterator({}, store.family(family)));
    for (it->SeekToFirst(); it->Valid(); it->Next()) out += it->key().size() + it->value().size();
  }
  return out;
}

/// What stays at hand of an archived order is a small part of what it was. (Products stay; here they are most of it.)
TEST_F(Archived, HotSizeIsWhatIsNotArchivedAndSmallStubs) {
  const auto before = hot_bytes(inside());
  const auto moved = move();
  const auto after = hot_bytes(inside());
  EXPECT_EQ(before - after, moved.bytes - moved.records * rocks::to_bytes(rocks::Stub{}).size());
  EXPECT_EQ(rocks::to_bytes(rocks::Stub{}).size(), 41u);
}

}  // namespace
}  // namespace comd::contract

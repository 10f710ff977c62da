#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "storage/epoch.h"
#include "storage/restore.h"
#include "storage/rocks_store.h"
#include "storage/verify_chain.h"
#include "walked_store.h"

/// Backups of a store of real orders, made while they go on, and what is restored from them: everything, or what was there at a
/// position, row by row.
namespace comd::contract {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

Position behind(Position position, std::uint64_t commits) { return Position{number(position) + commits}; }

/// Without the row of the epoch, which a restored store has besides.
DerivedRows before_its_epoch(const EventLog& log) {
  auto rows = log.derived();
  std::erase_if(rows, [key = keys::row(Table::epoch, epoch::kRow)](const auto& row) { return row.first == key; });
  return rows;
}

class Backups : public testing::Test {
 protected:
  void go_on(int steps) { store_.go_on(steps); }
  BackupMade back_up() {
    const auto made = desk_.make({.directory = backups()});
    EXPECT_TRUE(made.has_value()) << made.error().message;
    return made.value_or(BackupMade{});
  }
  std::string backups() const { return elsewhere_ / "backups"; }
  std::string target(const std::string& name) const { return elsewhere_ / name; }

  Result<Restored, BackupError> restore(RestoreOptions options) {
    options.backups = backups();
    options.reason = "a drill";
    return restore_backup(options, Instant{Millis{1}});
  }

  /// It is the log up to `position`, with its rows and its chain.
  void expect_store(const std::string& directory, Position position) {
    const auto log = open_log(directory);
    ASSERT_NE(log, nullptr);
    ASSERT_EQ(log->tail(), behind(position, 1)) << "its new epoch begins";
    EXPECT_TRUE(epoch_of(*log).fenced);
    EXPECT_EQ(epoch_of(*log).after, position);
    const auto n = number(position);
    EXPECT_THAT(differences(before_its_epoch(*log), n == 0 ? DerivedRows{} : store_.derived[n - 1], 5), IsEmpty());
    EXPECT_THAT(differences(log->derived(), rebuild(*log), 5), IsEmpty());
    EXPECT_EQ(log->last_link(position), ChainLink(log_->last_link(position)));
    const auto chain = verify_chain(*log);
    EXPECT_FALSE(chain.first) << chain.first->problem;
    EXPECT_EQ(chain.records, n + 1);
    for (const auto& [stream, member] : store_.walk.world.members) {
      const auto all = log_->read_stream(stream);
      const auto held = log->read_stream(stream);
      const auto expected = std::ranges::count_if(all, [&](const auto& c) { return c.position <= position; });
      ASSERT_EQ(static_cast<std::ptrdiff_t>(held.size()), expected) << stream.value;
      EXPECT_EQ(log->head(stream) == Version{}, held.empty()) << stream.value;
    }
    const Append next{{{StreamId{"po-new"}, Version{}, 1}}, "next", {}, {}};
    EXPECT_EQ(log->append({&next, 1}).front()->position, behind(position, 2));
  }

  TempDir elsewhere_;
  WalkedStore store_;
  const std::shared_ptr<EventLog> log_ = store_.log;
  BackupDesk desk_{log_, [] { return Instant{Millis{1'700'000'000'000}}; }};
};

TEST_F(Backups, HoldWhatWasThereAndShareWhatTheyHaveInCommon) {
  go_on(100);
  const auto first = back_up();
  EXPECT_EQ(first.info.id, 1u);
  EXPECT_EQ(first.info.position, log_->tail());
  EXPECT_EQ(first.copied, first.info.bytes);
  const Position at_first = log_->tail();
  go_on(100);
  const auto second = back_up();
  const auto third = back_up();
  EXPECT_LT(third.copied, second.copied) << "its tables lay there already";
  EXPECT_EQ(third.info.position, second.info.position);
  EXPECT_EQ(desk_.last()->info.id, 3u);

  const auto list = list_backups(backups());
  ASSERT_TRUE(list.has_value()) << list.error().message;
  ASSERT_EQ(list->backups.size(), 3u);
  EXPECT_EQ(list->backups[0].position, at_first);
  EXPECT_EQ(list->backups[0].made, (Instant{Millis{1'700'000'000'000}}));
  EXPECT_EQ(list->backups[1].format, rocks::kFormat);

  const auto verdict = verify_backup(backups(), 0);
  ASSERT_TRUE(verdict.has_value()) << verdict.error().message;
  EXPECT_EQ(verdict->info.id, 3u);
  EXPECT_EQ(verdict->tail, log_->tail());
  EXPECT_EQ(verdict->end, log_->last_link(log_->tail()));

  ASSERT_TRUE(restore({.id = 1, .data = target("first")}).has_value());
  expect_store(target("first"), at_first);
  const auto whole = restore({.data = target("second")});
  ASSERT_TRUE(whole.has_value()) << whole.error().message;
  EXPECT_EQ(whole->cut, 0u);
  expect_store(target("second"), second.info.position);
}

TEST_F(Backups, AreRestoredToAnyPositionWithTheRowsOfThatMoment) {
  go_on(200);
  back_up();
  const auto tail = number(log_->tail());
  for (const std::uint64_t to : {std::uint64_t{0}, std::uint64_t{1}, tail / 3, tail - 1, tail}) {
    const auto data = target("at-" + std::to_string(to));
    const auto restored = restore({.data = data, .to_position = Position{to}});
    ASSERT_TRUE(restored.has_value()) << restored.error().message;
    EXPECT_EQ(restored->tail, Position{to});
    EXPECT_EQ(restored->cut, tail - to);
    expect_store(data, Position{to});
  }
  const auto beyond = restore({.data = target("beyond"), .to_position = Position{tail + 1}});
  ASSERT_FALSE(beyond.has_value());
  EXPECT_THAT(beyond.error().message, HasSubstr("it ends at " + std::to_string(tail)));
  EXPECT_FALSE(fs::exists(target("beyond")));
}

TEST_F(Backups, AreRestoredToATime) {
  go_on(150);
  back_up();
  const auto middle = store_.times[store_.times.size() / 2];
  std::size_t until = 0;
  while (until < store_.times.size() && store_.times[until] <= middle) ++until;
  const auto restored = restore({.data = target("then"), .to_time = middle});
  ASSERT_TRUE(restored.has_value()) << restored.error().message;
  EXPECT_EQ(restored->tail, Position{until});
  expect_store(target("then"), Position{until});
}

TEST_F(Backups, OfABatchAreCutWithinIt) {
  std::vector<Append> batch;
  for (int i = 1; i <= 9; ++i) batch.push_back({{{StreamId{"po-b" + std::to_string(i)}, Version{}, 1}}, "record", {}, {}});
  const auto before = log_->tail();
  for (const auto& out : log_->append(batch)) ASSERT_TRUE(out.has_value());
  back_up();
  ASSERT_TRUE(restore({.data = target("cut"), .to_position = behind(before, 4)}).has_value());
  const auto log = open_log(target("cut"));
  EXPECT_EQ(log->tail(), behind(before, 5)) << "its new epoch begins";
  const auto chain = verify_chain(*log);
  EXPECT_FALSE(chain.first) << chain.first->problem;
  EXPECT_EQ(chain.end.position, behind(before, 5));
}

TEST_F(Backups, NothingIsWrittenOver) {
  go_on(20);
  back_up();
  fs::create_directories(target("used"));
  std::ofstream(target("used") + "/file") << "x";
  EXPECT_THAT(restore({.data = target("used")}).error().message, HasSubstr("it is not empty"));
  EXPECT_THAT(desk_.make({.directory = store_.directory / "backups"}).error().message, HasSubstr("within the data directory"));
  EXPECT_THAT(desk_.make({.directory = target("used")}).error().message, HasSubstr("it holds other files (file)"));
  EXPECT_THAT(desk_.make({.directory = "relative"}).error().message, HasSubstr("absolute"));
  EXPECT_EQ(desk_.failures(), 3u);
  EXPECT_TRUE(list_backups(target("used")).error().not_found);
  EXPECT_TRUE(verify_backup(backups(), 9).error().not_found);
}

TEST_F(Backups, ThatAreDamagedAreFoundOutAndNotRestored) {
  go_on(50);
  back_up();
  for (const auto& file : fs::directory_iterator(backups() + "/shared_checksum")) {
    std::fstream out(file.path(), std::ios::in | std::ios::out | std::ios::binary);
    out.seekp(100);
    const int byte = out.peek();
    out.put(static_cast<char>(byte ^ 4));
    break;
  }
  const auto verdict = verify_backup(backups(), 1);
  ASSERT_FALSE(verdict.has_value());
  EXPECT_THAT(verdict.error().message, testing::AllOf(HasSubstr("backup 1"), HasSubstr(".sst")));
  EXPECT_THAT(restore({.data = target("bad")}).error().message, HasSubstr("Expected backup 1"));
  EXPECT_FALSE(fs::exists(target("bad")));
}

TEST_F(Backups, ArePrunedAndTheRestStaysWhole) {
  for (int i = 0; i < 4; ++i) {
    go_on(20);
    back_up();
  }
  const auto pruned = prune_backups(backups(), 2);
  ASSERT_TRUE(pruned.has_value()) << pruned.error().message;
  EXPECT_THAT(pruned->deleted, ElementsAre(1u, 2u));
  EXPECT_EQ(pruned->kept, 2u);
  EXPECT_TRUE(verify_backup(backups(), 3).has_value());
  ASSERT_TRUE(restore({.data = target("last")}).has_value());
  expect_store(target("last"), log_->tail());
}

TEST_F(Backups, ThatAreGivenUpLeaveNone) {
  go_on(50);
  const auto made = desk_.make({.directory = backups(), .progress = [](std::uint64_t) { return false; }});
  ASSERT_FALSE(made.has_value());
  EXPECT_TRUE(made.error().given_up);
  EXPECT_THAT(list_backups(backups())->backups, IsEmpty());
  EXPECT_EQ(back_up().info.position, log_->tail());
}

TEST_F(Backups, RowsAreMadeAnewFromTheLog) {
  go_on(150);
  const auto tail = log_->tail();
  const auto whole = store_.derived.back();
  const TempDir copy;
  back_up();
  ASSERT_TRUE(restore({.data = copy / "data"}).has_value());
  {
    auto store = rocks::Store::open({.directory = copy / "data", .on_failure = {}}, rocksdb::Env::Default());
    ASSERT_TRUE(store.has_value());
    auto& db = (*store)->db();
    ASSERT_TRUE(db.DeleteRange({}, (*store)->family(rocks::Family::views), "V", "W").ok());
    ASSERT_TRUE(db.Put({}, (*store)->family(rocks::Family::work), "Ca counter", "12345678").ok());
    ASSERT_TRUE(db.Put({}, (*store)->family(rocks::Family::meta), rocks::kRowsIncomplete, "1").ok());
  }
  const auto refused = open_rocks_event_log({.directory = copy / "data", .on_failure = {}});
  ASSERT_FALSE(refused.has_value());
  EXPECT_THAT(refused.error().message, HasSubstr("--rebuild-rows"));
  const auto made = make_rows_anew(copy / "data", {});
  ASSERT_TRUE(made.has_value()) << made.error().message;
  EXPECT_EQ(made->commits, number(tail) + 1);
  EXPECT_EQ(made->unreadable, 0u);
  EXPECT_THAT(differences(before_its_epoch(*open_log(copy / "data")), whole, 5), IsEmpty());
}

}  // namespace
}  // namespace comd::contract

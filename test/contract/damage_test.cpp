#include <algorithm>
#include <filesystem>
#include <fstream>

#include "event_log_contract.h"
#include "events/lost.h"
#include "storage/high_water.h"
#include "temp_dir.h"

/// Every file of a store, damaged in every way: what is read then is what was written, or the store says which file is damaged.
/// A commit record of the log may be lost, as a record that says so; anything else that cannot be read stops the reader.
namespace comd::contract {
namespace {

namespace fs = std::filesystem;
using testing::AnyOf;
using testing::HasSubstr;

constexpr std::uint64_t kStreams = 12, kCommits = 120;

/// Everything about the commit at `position` follows from the position.
Append commit_at(std::uint64_t position) {
  const std::uint64_t nth = (position - 1) / kStreams;
  const std::string id = "po-" + std::to_string((position - 1) % kStreams);
  std::string text;
  for (std::uint64_t i = 0, x = position; i < 600; ++i, x = x * 6364136223846793005U + 1442695040888963407U)
    text.push_back(static_cast<char>(x >> 33U));  // nothing that compresses
  Append a = append_to(id, nth, 1, id + " " + std::to_string(position) + " " + text);
  keys::add_rows(a.rows, stream(id),
                 rows({{Table::order, id, text.substr(0, 40)}, {Table::order, id + std::to_string(nth), id}}));
  keys::add_rows(a.rows, stream(id), timer({{"w", at(static_cast<std::int64_t>(position)), "why"}}));
  keys::add_rows(a.rows, stream(id), effects({effect("e" + std::to_string(nth), EffectKind::submit, "lane", 1)}));
  a.counters = {{"orders", 1}, {"sum", static_cast<std::int64_t>(position)}};
  return a;
}

void write_commits(EventLog& log, std::uint64_t until) {
  for (std::uint64_t at = number(log.tail()) + 1; at <= until; ++at) {
    const Append a = commit_at(at);
    ASSERT_TRUE(log.append({&a, 1}).front().has_value());
  }
}

struct Stopped {
  std::string why;
};

RocksOptions options_for(const std::string& directory) {
  RocksOptions options{.directory = directory, .block_cache_bytes = 8u << 20, .on_failure = [](std::string_view) {}};
  options.on_unreadable = [](std::string_view why) { throw Stopped{std::string(why)}; };
  options.on_lost = [](std::string_view) {};
  return options;
}

enum class Outcome { same, lost, refused, stopped, wrong };
struct Seen {
  Outcome outcome;
  std::string text;  ///< what the store said
};

/// Compares all that can be read with what was written.
class Comparison {
 public:
  explicit Comparison(const EventLog& truth) : truth_(truth), chain_(truth.read_chain({}, 1'000)) {}

  Seen of(const std::string& directory) {
    const auto opened = open_rocks_event_log(options_for(directory));
    if (!opened) return {Outcome::refused, opened.error().message};
    try {
      return compare(**opened);
    } catch (const Stopped& stopped) { return {Outcome::stopped, stopped.why}; }
  }

 private:
  Seen compare(const EventLog& log) {
    lost_.clear();
    const auto is = [&](const auto& read) { return read(log) == read(truth_); };
    if (!is([](const EventLog& l) { return l.tail(); })) return {Outcome::wrong, "tail"};
    if (!same(log.read_feed({}, 1'000), truth_.read_feed({}, 1'000))) return {Outcome::wrong, "feed"};
    for (std::uint64_t i = 0; i <= kStreams; ++i) {  // the last one does not exist
      const StreamId id = stream("po-" + std::to_string(i));
      if (!is([&](const EventLog& l) { return l.head(id); })) return {Outcome::wrong, "head"};
      if (!same(log.read_stream(id), truth_.read_stream(id))) return {Outcome::wrong, "stream"};
      if (!is([&](const EventLog& l) { return l.row(Table::order, id.value); })) return {Outcome::wrong, "row"};
    }
    if (!is([](const EventLog& l) { return l.scan(Table::order, "po-", {}, 1'000, true).rows; })) return {Outcome::wrong, "scan"};
    if (!is([](const EventLog& l) { return l.timers_due(at(1'000), 1'000); })) return {Outcome::wrong, "timers"};
    if (!is([](const EventLog& l) { return l.outbox(nullptr, 1'000); })) return {Outcome::wrong, "outbox"};
    if (!is([](const EventLog& l) { return l.counters(); })) return {Outcome::wrong, "counters"};
    if (log.read_chain({}, 1'000) != chain_) return {Outcome::wrong, "chain"};
    if (!is([](const EventLog& l) { return l.derived(); })) return {Outcome::wrong, "derived"};
    return {lost_.empty() ? Outcome::same : Outcome::lost, lost_};
  }

  bool same(const std::vector<StoredCommit>& read, const std::vector<StoredCommit>& written) {
    return std::ranges::equal(read, written, [&](const StoredCommit& r, const StoredCommit& w) {
      if (r.record.starts_with(kLost)) lost_ = r.record;
      return r.position == w.position && (r.record == w.record || r.record.starts_with(kLost));
    });
  }

  const EventLog& truth_;
  const std::vector<ChainLink> chain_;
  std::string lost_;
};

class Damage : public testing::Test {
 protected:
  /// A store as a killed process leaves it: a part in tables, the rest in the write-ahead log.
  static void SetUpTestSuite() {
    image_ = new TempDir;
    const TempDir live;
    write_commits(**open_rocks_event_log(options_for(live.path())), kCommits / 2);
    auto log = open_rocks_event_log(options_for(live.path()));
    write_commits(**log, kCommits);
    fs::copy(live.path(), image_->path(), fs::copy_options::recursive);
    truth_ = make_memory_event_log().release();
    write_commits(*truth_, kCommits);
  }
  static void TearDownTestSuite() {
    delete image_;
    delete truth_;
  }

  static std::vector<std::string> files(const std::string& ending) {
    std::vector<std::string> out;
    for (const auto& file : fs::directory_iterator(image_->path()))
      if (const std::string name = file.path().filename().string(); name.find(ending) != std::string::npos) out.push_back(name);
    std::ranges::sort(out);
    EXPECT_FALSE(out.empty()) << ending;
    return out;
  }
  static std::uintmax_t size(const std::string& name) { return fs::file_size(fs::path(image_->path()) / name); }

  /// The image with one file changed, opened and compared.
  template <class Change>
  static Seen with(const std::string& name, Change change) {
    const TempDir copy;
    fs::copy(image_->path(), copy.path(), fs::copy_options::recursive);
    change(fs::path(copy.path()) / name);
    return Comparison(*truth_).of(copy.path());
  }
  static Seen flipped(const std::string& name, std::uintmax_t offset) {
    return with(name, [&](const fs::path& path) {
      std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
      file.seekg(static_cast<std::streamoff>(offset));
      const int byte = file.get();
      file.seekp(static_cast<std::streamoff>(offset));
      file.put(static_cast<char>(byte ^ (1 << (offset % 8))));
    });
  }
  static Seen cut(const std::string& name, std::uintmax_t bytes) {
    return with(name, [&](const fs::path& path) { fs::resize_file(path, bytes); });
  }
  static Seen removed(const std::string& name) {
    return with(name, [](const fs::path& path) { fs::remove(path); });
  }

  /// Offsets all over a file, its first and last bytes among them.
  static std::vector<std::uintmax_t> offsets(const std::string& name, std::uintmax_t count) {
    std::vector<std::uintmax_t> out;
    const auto bytes = size(name);
    for (std::uintmax_t i = 0; i < std::min(count, bytes); ++i) out.push_back(count >= bytes ? i : i * (bytes - 1) / (count - 1));
    return out;
  }

  static void expect_named(const Seen& seen, const std::string& name) {
    EXPECT_NE(seen.outcome, Outcome::wrong) << seen.text << " differs from what was written, and nothing says so";
    if (seen.outcome != Outcome::same) { EXPECT_THAT(seen.text, HasSubstr(name)); }
  }

  static inline TempDir* image_ = nullptr;
  static inline EventLog* truth_ = nullptr;
};

TEST_F(Damage, NoneIsReadAsItWasWritten) {
  EXPECT_EQ(with("CURRENT", [](const fs::path&) {}).outcome, Outcome::same);
}

TEST_F(Damage, AFlippedBitInATableIsNamedWhenItIsReadOrAtStart) {
  int lost = 0, stopped = 0;
  for (const auto& name : files(".sst")) {
    for (const auto offset : offsets(name, 8)) {
      SCOPED_TRACE(name + " at " + std::to_string(offset) + " of " + std::to_string(size(name)));
      const Seen seen = flipped(name, offset);
      expect_named(seen, name);
      lost += seen.outcome == Outcome::lost;
      stopped += seen.outcome == Outcome::stopped || seen.outcome == Outcome::refused;
    }
  }
  EXPECT_GT(lost, 0) << "no record of the log was hit";
  EXPECT_GT(stopped, 0) << "no row was hit";
}

TEST_F(Damage, AMissingOrShortTableIsNamedAtStart) {
  for (const auto& name : files(".sst")) {
    for (const Seen& seen : {removed(name), cut(name, 0), cut(name, size(name) / 2), cut(name, size(name) - 1)}) {
      EXPECT_EQ(seen.outcome, Outcome::refused) << name << ": " << seen.text;
      EXPECT_THAT(seen.text, testing::AllOf(HasSubstr(name), HasSubstr("it is damaged"), HasSubstr("comctl backup restore")));
    }
  }
}

TEST_F(Damage, AFlippedBitInTheWriteAheadLogIsRefused) {
  for (const auto& name : files(".log")) {
    if (size(name) == 0) continue;
    for (const auto offset : offsets(name, 40)) {
      SCOPED_TRACE(name + " at " + std::to_string(offset) + " of " + std::to_string(size(name)));
      const Seen seen = flipped(name, offset);
      EXPECT_EQ(seen.outcome, Outcome::refused) << seen.text;
      EXPECT_THAT(seen.text, AnyOf(HasSubstr(name + " is damaged at byte"), HasSubstr("the end of its write-ahead log")));
    }
  }
}

TEST_F(Damage, AShortOrMissingWriteAheadLogIsRefused) {
  for (const auto& name : files(".log")) {
    if (size(name) == 0) continue;
    for (const auto bytes : offsets(name, 12)) {
      if (bytes == size(name)) continue;
      const Seen seen = cut(name, bytes);
      EXPECT_EQ(seen.outcome, Outcome::refused) << name << " cut to " << bytes << ": " << seen.text;
      EXPECT_THAT(seen.text, HasSubstr("had been written up to 120"));
    }
    EXPECT_EQ(removed(name).outcome, Outcome::refused);
  }
}

TEST_F(Damage, ABlockOfZerosInTheWriteAheadLogIsRefused) {
  const auto name = files(".log").back();
  const Seen seen = with(name, [&](const fs::path& path) {
    std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(static_cast<std::streamoff>(size(name) / 3));
    file << std::string(size(name) / 3, '\0');
  });
  EXPECT_EQ(seen.outcome, Outcome::refused) << seen.text;
  EXPECT_THAT(seen.text, HasSubstr(name));
}

TEST_F(Damage, AWriteThatACrashCutOffIsNone) {
  const auto name = files(".log").back();
  const Seen seen = with(name, [](const fs::path& path) {
    std::ofstream(path, std::ios::app | std::ios::binary) << std::string("\x12\x34\x56\x78\xff\x01\x01torn", 11);
  });
  EXPECT_EQ(seen.outcome, Outcome::same) << seen.text;
}

TEST_F(Damage, TheListOfFilesIsWholeOrTheStoreIsRefused) {
  for (const auto& name : files("MANIFEST-")) {
    for (const auto offset : offsets(name, 24)) {
      SCOPED_TRACE(name + " at " + std::to_string(offset) + " of " + std::to_string(size(name)));
      const Seen seen = flipped(name, offset);
      expect_named(seen, name);
      EXPECT_EQ(seen.outcome, Outcome::refused) << seen.text;
    }
    for (const auto bytes : offsets(name, 12)) {
      if (bytes == size(name)) continue;
      const Seen seen = cut(name, bytes);
      EXPECT_EQ(seen.outcome, Outcome::refused) << name << " cut to " << bytes << ": " << seen.text;
      EXPECT_THAT(seen.text, HasSubstr(name));
    }
    EXPECT_EQ(removed(name).outcome, Outcome::refused);
  }
}

TEST_F(Damage, WithoutCurrentTheStoreIsRefusedAndNotMadeAnew) {
  EXPECT_THAT(removed("CURRENT").text, HasSubstr("its file CURRENT is missing"));
  for (const auto offset : offsets("CURRENT", 99)) {
    const Seen seen = flipped("CURRENT", offset);
    EXPECT_EQ(seen.outcome, Outcome::refused) << offset << ": " << seen.text;
  }
  for (const auto bytes : {0U, 5U, 15U}) EXPECT_EQ(cut("CURRENT", bytes).outcome, Outcome::refused) << bytes;
}

TEST_F(Damage, OfFilesThatHoldNothingHarmsNothing) {
  for (const auto* kind : {"OPTIONS-", "IDENTITY", "LOCK", "high-water"}) {
    for (const auto& name : files(kind)) {
      for (const auto offset : offsets(name, 6)) EXPECT_EQ(flipped(name, offset).outcome, Outcome::same) << name << offset;
      EXPECT_EQ(cut(name, size(name) / 2).outcome, Outcome::same) << name;
      EXPECT_EQ(removed(name).outcome, Outcome::same) << name;
    }
  }
}

TEST_F(Damage, WhatWasRefusedIsStillThereToBeLookedAt) {
  const TempDir copy;
  fs::copy(image_->path(), copy.path(), fs::copy_options::recursive);
  const auto path = fs::path(copy.path()) / files(".log").back();
  fs::resize_file(path, fs::file_size(path) - 3);
  const auto bytes = fs::file_size(path);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(Comparison(*truth_).of(copy.path()).outcome, Outcome::refused);
  EXPECT_EQ(fs::file_size(path), bytes);
}

}  // namespace
}  // namespace comd::contract

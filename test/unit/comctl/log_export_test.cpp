#include <gmock/gmock.h>

#include "cmd/comctl/tool/exported_log.h"
#include "edge/catalog/catalog.h"
#include "storage/epoch.h"
#include "storage/unfinished.h"
#include "test/support/paths.h"
#include "test/unit/comctl/log_fixture.h"

/// What is exported, imported and served again is the same.
namespace comd::ctl {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;

TEST_F(LogCommand, WhatIsExportedAndImportedIsTheSameAndIsServed) {
  make_history();
  for (const std::string name : {"all.log", "all.jsonl"}) {
    const auto file = dir / name, data = dir / ("from-" + name);
    const auto exported = run({"log", "export", file, "-o", "json"});
    ASSERT_EQ(exported.exit, kDone) << exported.err;
    EXPECT_EQ(json_of(exported.out).at("last"), number(log->tail()));
    const auto imported = run({"log", "import", file, "--data", data, "-o", "json"});
    ASSERT_EQ(imported.exit, kDone) << imported.err;
    EXPECT_EQ(json_of(imported.out).at("epoch"), 2);
    EXPECT_FALSE(std::filesystem::exists(unfinished_file(data)));

    std::shared_ptr<EventLog> copy = opened(data);
    EXPECT_THAT(differences(derived_without_epoch(*copy), log->derived(), 10), IsEmpty());
    EXPECT_EQ(copy->last_link(log->tail()), log->last_link(log->tail())) << "the chain goes through both";
    EXPECT_TRUE(epoch_of(*copy).fenced);
    EXPECT_THAT(differences(copy->derived(), rebuild(*copy), 10), IsEmpty());

    prometheus::Registry figures;
    const auto other = start_engine(copy, clock, std::make_shared<north::Accepting>(), std::make_shared<north::NoInventory>(),
                                    catalog::parse_catalog, figures, EngineOptions{});
    north::ServerOptions options;
    options.listen = "127.0.0.1:0";
    auto second = north::start_server(*other, catalog::parse_catalog, nullptr, options);
    ASSERT_TRUE(second) << second.error();
    const auto there = run({"order", "get", complete, "-o", "json"}, (*second)->port());
    EXPECT_EQ(there.out, run({"order", "get", complete, "-o", "json"}).out) << there.err;
    EXPECT_EQ(run({"order", "list", "-o", "json"}, (*second)->port()).out, run({"order", "list", "-o", "json"}).out);
    (*second)->stop(Millis{2'000});
    other->stop(Millis{2'000});
  }
}

TEST_F(LogCommand, AnExportThatWasInterruptedGoesOn) {
  make_history();
  for (const std::string name : {"all.log", "all.jsonl"}) {
    const auto whole = dir / name, part = dir / ("part-" + name);
    ASSERT_EQ(run({"log", "export", whole}).exit, kDone);
    const auto bytes = content(whole);
    write(part, bytes.substr(0, bytes.size() / 2));
    EXPECT_EQ(run({"log", "export", part}).exit, kUsage) << "it would overwrite what is there";
    EXPECT_EQ(content(part).size(), bytes.size() / 2);
    const auto resumed = run({"log", "export", part, "--resume"});
    EXPECT_EQ(resumed.exit, kDone) << resumed.err;
    EXPECT_EQ(content(part), bytes);
    // One that is finished is taken further.
    completed_order("later-" + name);
    wait_until([&] { return log->tells(nullptr, 1).empty() && log->outbox(nullptr, 1).empty(); });
    ASSERT_EQ(run({"log", "export", part, "--resume"}).exit, kDone);
    ASSERT_EQ(run({"log", "export", dir / ("again-" + name)}).exit, kDone);
    EXPECT_EQ(content(part), content(dir / ("again-" + name)));
  }
}

TEST_F(LogCommand, AnExportOfAnotherStoreIsNotGoneOnWith) {
  completed_order("E-1");
  auto begun = LogFileWriter::begin(dir / "other.log", LogFormat::binary, Position{1}, Digest{});
  begun->add("a record of another store", {});
  ASSERT_TRUE(begun->finish(false));
  const auto ran = run({"log", "export", dir / "other.log", "--resume"});
  EXPECT_EQ(ran.exit, kRejected);
  EXPECT_THAT(ran.err, HasSubstr("at position 1 they differ"));
}

TEST_F(LogCommand, APartCanBeExportedAndIsNoStore) {
  completed_order("E-1");
  ASSERT_EQ(run({"log", "export", dir / "part.log", "--from", "3", "--to", "5"}).exit, kDone);
  auto file = LogFileReader::open(dir / "part.log");
  ASSERT_TRUE(file);
  const auto stored = log->read_feed(Position{2}, 3);
  for (const auto& commit : stored) EXPECT_EQ(*file->next(), commit.record);
  EXPECT_EQ(*file->next(), std::nullopt);
  const auto ran = run({"log", "import", dir / "part.log", "--data", dir / "store"});
  EXPECT_EQ(ran.exit, kRejected);
  EXPECT_THAT(ran.err, HasSubstr("begins at 3"));
}

TEST_F(LogCommand, AnImportThatWasInterruptedGoesOnAndUntilThenSaysThatItIsUnfinished) {
  make_history();
  ASSERT_EQ(run({"log", "export", dir / "all.log"}).exit, kDone);
  // A part of the log is what an import leaves that stopped halfway.
  const auto store = dir / "store";
  {
    const auto part = opened(store);
    Refold refold(*log, markers(*log));
    for (const auto& commit : log->read_feed({}, number(log->tail()) / 2)) {
      const auto append = refold.add(commit.record);
      ASSERT_TRUE(part->append(std::span(&*append, 1)).front());
    }
  }
  write(unfinished_file(store), "part");
  const auto ran = run({"log", "import", dir / "all.log", "--data", store});
  EXPECT_EQ(ran.exit, kDone) << ran.err;
  EXPECT_THAT(ran.err, HasSubstr("already; going on"));
  EXPECT_THAT(differences(derived_without_epoch(*opened(store)), log->derived(), 10), IsEmpty());
  const auto again = run({"log", "import", dir / "all.log", "--data", store});
  EXPECT_EQ(again.exit, kRejected) << "it is a store now";
  EXPECT_THAT(again.err, HasSubstr("something is in it"));
}

TEST_F(LogCommand, AnImportDoesNotGoOnWithAnotherLog) {
  completed_order("I-1");
  ASSERT_EQ(run({"log", "export", dir / "all.log"}).exit, kDone);
  const auto store = dir / "store";
  {
    const auto part = opened(store);
    Commit commit;
    commit.cause.command = "something else";
    const Append append{{}, encode(commit), {}, {}};
    ASSERT_TRUE(part->append(std::span(&append, 1)).front());
  }
  write(unfinished_file(store), "part");
  const auto ran = run({"log", "import", dir / "all.log", "--data", store});
  EXPECT_EQ(ran.exit, kRejected);
  EXPECT_THAT(ran.err, HasSubstr("holds something else"));
}

TEST_F(LogCommand, AFileThatIsCutOffOrChangedIsRefusedAtItsPosition) {
  completed_order("D-1");
  for (const std::string name : {"all.log", "all.jsonl"}) {
    const auto file = dir / name;
    ASSERT_EQ(run({"log", "export", file}).exit, kDone);
    const auto bytes = content(file);
    const auto refused = [&](const std::string& changed) {
      write(file, changed);
      const auto store = dir / "store";
      std::filesystem::remove_all(store);
      const auto ran = run({"log", "import", file, "--data", store});
      EXPECT_EQ(ran.exit, kRejected) << ran.out;
      if (std::filesystem::exists(store)) { EXPECT_EQ(opened(store)->tail(), Position{}) << "nothing of it is taken"; }
      return ran.err;
    };
    EXPECT_THAT(refused(bytes.substr(0, bytes.size() - 5)), HasSubstr("is cut off"));
    const auto third = log->read_feed(Position{2}, 1).front().record;
    const auto place = name == "all.log" ? bytes.find(third) + third.size() / 2
                                         : bytes.find("\"record\":\"", bytes.find("{\"position\":3,")) + 30;
    ASSERT_LT(place, bytes.size());
    auto flipped = bytes;
    flipped[place] = flipped[place] == 'A' ? 'B' : 'A';
    EXPECT_THAT(refused(flipped), AllOf(HasSubstr("position 3"), HasSubstr("not those that were exported")));
    EXPECT_THAT(refused("nonsense"), HasSubstr("does not begin like one"));
    EXPECT_THAT(refused(bytes + "x"), HasSubstr("something follows"));
  }
}

TEST_F(LogCommand, EveryBitOfABinaryFileCounts) {
  submitted(north::order_json("B-1"));
  ASSERT_EQ(run({"log", "export", dir / "all.log", "--from", "2", "--to", "3"}).exit, kDone);
  const auto bytes = content(dir / "all.log");
  const auto whole = [&](const std::string& changed) {
    write(dir / "changed.log", changed);
    auto file = LogFileReader::open(dir / "changed.log");
    if (!file) return false;
    while (true) {
      const auto record = file->next();
      if (!record) return false;
      if (!*record) return true;
    }
  };
  EXPECT_TRUE(whole(bytes));
  for (std::size_t i = 0; i < bytes.size(); i += i < 100 || i + 60 > bytes.size() ? 1 : 7) {
    auto changed = bytes;
    changed[i] = static_cast<char>(changed[i] ^ (1 << (i % 8)));
    EXPECT_FALSE(whole(changed)) << "byte " << i;
    EXPECT_FALSE(whole(bytes.substr(0, i))) << "cut at " << i;
  }
}

TEST_F(LogCommand, TheProgramInTheDocumentationChecksAnExport) {
  completed_order("P-1");
  ASSERT_EQ(run({"log", "export", dir / "all.log", "--from", "2"}).exit, kDone);
  const auto text = content(test::source("docs/log-format.md"));
  const auto begin = text.find("```python\n") + std::string("```python\n").size();
  write(dir / "check.py", text.substr(begin, text.find("```", begin) - begin));
  const auto checked = [&] {
    return std::system(("python3 " + (dir / "check.py") + " " + (dir / "all.log") + " > " + (dir / "said") + " 2>&1").c_str());
  };
  EXPECT_EQ(checked(), 0) << content(dir / "said");
  EXPECT_THAT(content(dir / "said"),
              HasSubstr("h(" + std::to_string(number(log->tail())) + ") = " + to_hex(log->last_link(log->tail()).hash)));
  auto bytes = content(dir / "all.log");
  bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 4);
  write(dir / "all.log", bytes);
  EXPECT_NE(checked(), 0);
}

}  // namespace
}  // namespace comd::ctl

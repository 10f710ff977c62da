#include <gmock/gmock.h>

#include "event_log_contract.h"
#include "storage/bytes.h"
#include "storage/rocks_store.h"
#include "storage/verify_chain.h"
#include "temp_dir.h"

/// Whoever changes history in the files themselves is found out, and where.
namespace comd::contract {
namespace {

using rocks::Family;
using testing::ElementsAre;
using testing::HasSubstr;

TEST_P(EventLogContract, ChainsEveryRecordToAllBeforeIt) {
  EXPECT_EQ(log().last_link(Position{9}), ChainLink{});
  const std::vector<Append> batch{append_to("po-1", 0, 1, "a"), append_to("po-2", 7, 1, "refused"), append_to("po-3", 0, 1, "b")};
  append(batch);
  Append digested = append_to("po-4", 0, 1, "c");
  digested.digest = sha256("c");
  must_append(digested);
  const Digest one = chained(Digest{}, sha256("a")), two = chained(one, sha256("b")), three = chained(two, sha256("c"));
  EXPECT_THAT(log().read_chain({}, 10), ElementsAre(ChainLink{Position{2}, two}, ChainLink{Position{3}, three}));
  EXPECT_THAT(log().read_chain(Position{2}, 10), ElementsAre(ChainLink{Position{3}, three}));
  EXPECT_THAT(log().read_chain({}, 1), ElementsAre(ChainLink{Position{2}, two}));
  EXPECT_EQ(log().last_link(Position{1}), ChainLink{});
  EXPECT_EQ(log().last_link(Position{2}).hash, two);
  EXPECT_EQ(log().last_link(Position{99}).hash, three);
  EXPECT_EQ(chain_at(log(), Position{1}), one);  // within a batch
  EXPECT_EQ(verify_chain(log()).first, std::nullopt);
}

class Tampering : public testing::Test {
 protected:
  static constexpr std::uint64_t kRecords = 20'000, kBatch = 100;

  void SetUp() override {
    auto log = open();
    for (std::uint64_t at = 0; at < kRecords; at += kBatch) {
      std::vector<Append> batch;
      for (std::uint64_t i = at + 1; i <= at + kBatch; ++i)
        batch.push_back(append_to("po-" + std::to_string(i), 0, 1, "record " + std::to_string(i)));
      log->append(batch);
    }
  }

  std::unique_ptr<EventLog> open() const {
    auto opened = open_rocks_event_log(options());
    EXPECT_TRUE(opened.has_value());
    return std::move(*opened);
  }
  RocksOptions options() const { return {.directory = directory_.path(), .block_cache_bytes = 8u << 20, .on_failure = {}}; }

  /// With comd stopped, as somebody who has the files would.
  void change(Family family, std::uint64_t position, std::optional<std::string> value) const {
    const auto store = rocks::Store::open(options(), rocksdb::Env::Default());
    std::string key;
    bytes::put(key, position);
    auto* const handle = (*store)->family(family);
    ASSERT_TRUE((value ? (*store)->db().Put({}, handle, key, *value) : (*store)->db().Delete({}, handle, key)).ok());
  }
  ChainVerdict verify(std::size_t threads = 1, Position after = {}) const {
    ChainWalk walk;
    walk.threads = threads;
    walk.after = after;
    return verify_chain(*open(), walk);
  }
  void expect_break(std::uint64_t after, std::uint64_t until, std::string_view why) const {
    for (const std::size_t threads : {1u, 2u, 5u}) {
      const auto verdict = verify(threads);
      ASSERT_TRUE(verdict.first.has_value());
      EXPECT_EQ(number(verdict.first->after), after);
      EXPECT_EQ(number(verdict.first->until), until);
      EXPECT_THAT(verdict.first->problem, HasSubstr(why));
    }
  }

  TempDir directory_;
};

TEST_F(Tampering, NothingChangedIsFoundWhole) {
  for (const std::size_t threads : {1u, 2u, 7u}) {
    const auto verdict = verify(threads);
    EXPECT_EQ(verdict.first, std::nullopt);
    EXPECT_EQ(verdict.records, kRecords);
    EXPECT_EQ(verdict.links, kRecords / kBatch);
    EXPECT_EQ(verdict.end, open()->last_link(Position{kRecords}));
  }
}

TEST_F(Tampering, AChangedRecordIsNamedByItsBatch) {
  change(Family::log, 12'345, "record 12346");
  expect_break(12'300, 12'400, "the records 12301 to 12400");
}

TEST_F(Tampering, ARecordThatIsGoneIsNamed) {
  change(Family::log, 12'345, std::nullopt);
  expect_break(12'300, 12'346, "a record at position 12345, but the next one is at 12346");
}

TEST_F(Tampering, ARecordThatWasPutInIsFound) {
  change(Family::log, kRecords + 1, "never happened");
  expect_break(kRecords, kRecords + 1, "the last one is at 20000");
}

TEST_F(Tampering, TwoRecordsThatWereExchangedAreFound) {
  change(Family::log, 7, "record 8");
  change(Family::log, 8, "record 7");
  expect_break(0, 100, "the records 1 to 100");
}

TEST_F(Tampering, AChangedLinkIsFound) {
  change(Family::chain, 500, std::string(32, 'x'));
  expect_break(400, 500, "the stored chain value 78787878");
}

/// A forger who works the chain out anew as well fits again: only what was written down elsewhere tells.
TEST_F(Tampering, AForgedChainIsFoundByWhatWasWrittenDownBefore) {
  const Digest before = chain_at(*open(), Position{kRecords});
  change(Family::log, kRecords, "forged");
  const Digest forged = chained(chain_at(*open(), Position{kRecords - 1}), sha256("forged"));
  change(Family::chain, kRecords, std::string(forged.begin(), forged.end()));
  EXPECT_EQ(verify().first, std::nullopt);
  EXPECT_NE(chain_at(*open(), Position{kRecords}), before);
}

TEST_F(Tampering, TheWalkGoesOnFromWhereItStopped) {
  std::vector<std::uint64_t> told;
  ChainWalk walk;
  walk.progress = [&](Position at) {
    told.push_back(number(at));
    return false;
  };
  const auto first = verify_chain(*open(), walk);
  EXPECT_EQ(first.end.position, Position{told.at(0)});
  EXPECT_LT(first.records, kRecords);
  const auto rest = verify(2, first.end.position);
  EXPECT_EQ(rest.first, std::nullopt);
  EXPECT_EQ(first.records + rest.records, kRecords);
}

}  // namespace
}  // namespace comd::contract

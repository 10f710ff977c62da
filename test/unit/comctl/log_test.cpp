#include <gmock/gmock.h>

#include "test/unit/comctl/log_fixture.h"

/// `log` to people and programs: read, tail, stats, consume.
namespace comd::ctl {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

TEST_F(LogCommand, ReadShowsWhatAnOrderRecordedToPeopleAndPrograms) {
  const auto id = completed_order("R-1");
  completed_order("R-2");
  const auto table = run({"log", "read", "R-1"});
  EXPECT_EQ(table.exit, kDone) << table.err;
  EXPECT_THAT(table.out, AllOf(HasSubstr("OrderSubmitted"), HasSubstr("ServiceOrderCompleted"), HasSubstr(id + " v1")));
  EXPECT_THAT(table.out, Not(HasSubstr("R-2")));
  const auto json = run({"log", "read", id, "--event", "OrderSubmitted", "--record", "-o", "json"});
  const auto commits = lines(json.out);
  ASSERT_EQ(commits.size(), 1u) << json.out;
  EXPECT_EQ(commits[0].at("events").at(0).at("payload").at("order").at("externalId"), "R-1");
  EXPECT_TRUE(commits[0].at("record").is_string());
  EXPECT_EQ(run({"log", "read", "so-nobody"}).exit, kNotFound);
  EXPECT_EQ(run({"log", "read", "--event", "Nonsense"}).exit, kRejected);
  EXPECT_EQ(run({"log", "read", "--from", "yesterday"}).exit, kUsage);
}

TEST_F(LogCommand, ReadTakesARangeOfPositionsOrTimes) {
  completed_order("R-1");
  const auto positions = [&](std::vector<std::string> more) {
    more.insert(more.begin(), {"log", "read", "-o", "json"});
    std::vector<std::uint64_t> out;
    for (const auto& commit : lines(run(more).out)) out.push_back(commit.at("position").get<std::uint64_t>());
    return out;
  };
  EXPECT_THAT(positions({"--from", "2", "--to", "4"}), testing::ElementsAre(2, 3, 4));
  EXPECT_EQ(positions({"--from", "2020-01-01"}).size(), number(log->tail()));
  EXPECT_THAT(positions({"--to", "2020-01-01"}), IsEmpty());
}

TEST_F(LogCommand, TailGoesOnWhereItIsToldTo) {
  completed_order("T-1");
  const auto ran = run({"log", "tail", "--from", "3", "--limit", "2", "-o", "json"});
  EXPECT_EQ(ran.exit, kDone) << ran.err;
  const auto commits = lines(ran.out);
  ASSERT_EQ(commits.size(), 2u);
  EXPECT_EQ(commits[0].at("position"), 3);
  EXPECT_EQ(run({"log", "tail", "--from", "1000000"}).exit, kRejected);
}

TEST_F(LogCommand, StatsAddUp) {
  make_history();
  const auto stats = json_of(run({"log", "stats", "-o", "json"}).out);
  EXPECT_EQ(stats.at("commits"), number(log->tail()));
  std::uint64_t events = 0;
  for (const auto& type : stats.at("types")) events += type.at("events").get<std::uint64_t>();
  EXPECT_EQ(stats.at("events"), events);
  EXPECT_THAT(run({"log", "stats"}).out, AllOf(HasSubstr("OrderSubmitted"), HasSubstr("quarantine")));
}

TEST_F(LogCommand, ConsumeAcknowledgesWhatItPrintedAndTheNextOneGoesOnThere) {
  completed_order("C-1");
  const auto first = run({"log", "consume", "billing", "--from", "beginning", "--limit", "3", "-o", "json"});
  EXPECT_EQ(first.exit, kDone) << first.err;
  EXPECT_EQ(lines(first.out).size(), 3u);
  const auto listed = json_of(run({"log", "consumers", "-o", "json"}).out).at("consumers").at(0);
  EXPECT_EQ(listed.at("position"), 3);
  EXPECT_EQ(listed.at("holder"), "") << "it gave the lease up";
  const auto second = run({"log", "consume", "billing", "--limit", "1", "-o", "json"});
  EXPECT_EQ(lines(second.out).at(0).at("position"), 4);
  EXPECT_EQ(run({"log", "forget-consumer", "billing"}).exit, kDone);
  EXPECT_EQ(run({"log", "forget-consumer", "billing"}).exit, kNotFound);
  EXPECT_THAT(run({"log", "consumers"}).out, HasSubstr("no consumers"));
}

}  // namespace
}  // namespace comd::ctl

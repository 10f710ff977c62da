#include "event_log_contract.h"

#include <thread>

namespace comd::contract {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

// ── The log ─────────────────────────────────────────────────────────────────────────────────────────────────────────

TEST_P(EventLogContract, IsEmptyAtFirst) {
  EXPECT_EQ(log().tail(), Position{});
  EXPECT_EQ(log().head(stream("po-1")), Version{});
  EXPECT_THAT(log().read_stream(stream("po-1")), IsEmpty());
  EXPECT_THAT(log().read_feed({}, 10), IsEmpty());
  EXPECT_THAT(log().derived(), IsEmpty());
  EXPECT_THAT(append(std::span<const Append>{}), IsEmpty());
  EXPECT_EQ(log().next_due(), std::nullopt);
}

TEST_P(EventLogContract, GivesDensePositionsInCommitOrder) {
  const std::vector<Append> batch{append_to("po-1", 0, 3, "a"), append_to("po-2", 0, 1, "b")};
  const auto first = append(batch);
  ASSERT_EQ(first.size(), 2u);
  EXPECT_EQ(first[0]->position, Position{1});
  EXPECT_EQ(first[1]->position, Position{2});
  EXPECT_EQ(append(append_to("po-1", 3, 1, "c"))->position, Position{3});
  EXPECT_EQ(log().tail(), Position{3});
  EXPECT_THAT(positions(log().read_feed({}, 10)), ElementsAre(1, 2, 3));
}

TEST_P(EventLogContract, RefusesAWrongExpectedVersion) {
  must_append(append_to("po-1", 0, 2, "a"));
  for (const std::uint64_t wrong : {0, 1, 3}) {
    const auto refused = append(append_to("po-1", wrong, 1, "x"));
    ASSERT_FALSE(refused.has_value());
    EXPECT_EQ(refused.error(), AppendError::conflict);
  }
  EXPECT_EQ(log().head(stream("po-1")), Version{2});
  EXPECT_EQ(log().tail(), Position{1});
}

TEST_P(EventLogContract, RefusesAConflictAloneAndLeavesNoTraceOfIt) {
  must_append(append_to("po-1", 0, 1, "a"));
  std::vector<Append> batch{append_to("po-2", 0, 1, "b"), append_to("po-1", 0, 1, "late"), append_to("po-3", 0, 1, "c")};
  batch[1].streams.push_back({stream("so-9"), Version{}, 1});
  batch[1].rows.push_back({keys::row(Table::order, "late"), "row"});
  batch[1].counters.emplace_back("orders", 1);
  const auto out = append(batch);
  EXPECT_EQ(out[0]->position, Position{2});
  EXPECT_EQ(out[1].error(), AppendError::conflict);
  EXPECT_EQ(out[2]->position, Position{3});
  EXPECT_THAT(records(log().read_feed({}, 10)), ElementsAre("a", "b", "c"));
  EXPECT_EQ(log().head(stream("so-9")), Version{});
  EXPECT_EQ(log().row(Table::order, "late"), std::nullopt);
  EXPECT_THAT(log().counters(), IsEmpty());
}

TEST_P(EventLogContract, SeesEarlierAppendsOfTheSameBatch) {
  const std::vector<Append> batch{append_to("po-1", 0, 2, "a"), append_to("po-1", 2, 1, "b"), append_to("po-1", 2, 1, "again")};
  const auto out = append(batch);
  EXPECT_TRUE(out[0].has_value());
  EXPECT_TRUE(out[1].has_value());
  EXPECT_EQ(out[2].error(), AppendError::conflict);
  EXPECT_EQ(log().head(stream("po-1")), Version{3});
}

TEST_P(EventLogContract, AppendsToSeveralStreamsAllOrNone) {
  Append plan = append_to("po-1", 0, 2, "plan");
  plan.streams.push_back({stream("so-1"), Version{}, 1});
  plan.streams.push_back({stream("so-2"), Version{}, 1});
  must_append(plan);
  Append wrong = append_to("po-1", 2, 1, "wrong");
  wrong.streams.push_back({stream("so-1"), Version{7}, 1});
  EXPECT_EQ(append(wrong).error(), AppendError::conflict);
  for (const auto& [name, version] : {std::pair{"po-1", 2}, {"so-1", 1}, {"so-2", 1}}) {
    EXPECT_EQ(log().head(stream(name)), Version{static_cast<std::uint64_t>(version)});
    EXPECT_THAT(records(log().read_stream(stream(name))), ElementsAre("plan"));
  }
}

TEST_P(EventLogContract, TakesACommitOfNoStream) {
  must_append(append_to("po-1", 0, 1, "a"));
  must_append(rows_only({}));
  EXPECT_EQ(log().tail(), Position{2});
  EXPECT_THAT(records(log().read_feed({}, 10)), ElementsAre("a", "rows"));
  EXPECT_THAT(records(log().read_stream(stream("po-1"))), ElementsAre("a"));
}

TEST_P(EventLogContract, ReadsAStreamFromBehindAVersion) {
  must_append(append_to("po-1", 0, 2, "a"));
  must_append(append_to("po-10", 0, 5, "other"));
  must_append(append_to("po-1", 2, 3, "b"));
  must_append(append_to("po-1", 5, 1, "c"));
  EXPECT_THAT(positions(log().read_stream(stream("po-1"))), ElementsAre(1, 3, 4));
  EXPECT_THAT(records(log().read_stream(stream("po-1"), Version{2})), ElementsAre("b", "c"));
  EXPECT_THAT(records(log().read_stream(stream("po-1"), Version{4})), ElementsAre("b", "c"));  // holds event 5
  EXPECT_THAT(records(log().read_stream(stream("po-1"), Version{5})), ElementsAre("c"));
  EXPECT_THAT(log().read_stream(stream("po-1"), Version{6}), IsEmpty());
  EXPECT_THAT(log().read_stream(stream("po-1"), Version{99}), IsEmpty());
}

TEST_P(EventLogContract, TellsStreamsWithCommonBeginningsApart) {
  must_append(append_to("so-1.a", 0, 1, "long"));
  must_append(append_to("so-1", 0, 3, "short"));
  must_append(append_to("so-1.a.b", 0, 2, "longest"));
  EXPECT_EQ(log().head(stream("so-1")), Version{3});
  EXPECT_EQ(log().head(stream("so-1.a")), Version{1});
  EXPECT_EQ(log().head(stream("so-1.a.b")), Version{2});
  EXPECT_EQ(log().head(stream("so-")), Version{});
  EXPECT_EQ(log().head(stream("so-1.")), Version{});
  EXPECT_THAT(records(log().read_stream(stream("so-1"))), ElementsAre("short"));
  EXPECT_THAT(log().read_stream(StreamId{}), IsEmpty());
}

TEST_P(EventLogContract, ReadsTheFeedInPages) {
  for (int i = 0; i < 5; ++i) must_append(append_to("po-" + std::to_string(i), 0, 1, std::string(1, static_cast<char>('a' + i))));
  EXPECT_THAT(positions(log().read_feed({}, 2)), ElementsAre(1, 2));
  EXPECT_THAT(records(log().read_feed(Position{2}, 2)), ElementsAre("c", "d"));
  EXPECT_THAT(positions(log().read_feed(Position{4}, 2)), ElementsAre(5));
  EXPECT_THAT(log().read_feed(Position{5}, 2), IsEmpty());
  EXPECT_THAT(log().read_feed(Position{50}, 2), IsEmpty());
  EXPECT_THAT(log().read_feed({}, 0), IsEmpty());
}

TEST_P(EventLogContract, KeepsBytesAsTheyAre) {
  std::string record("\0\xff\x01 bytes \0", 11);
  record.append(200'000, '\xfe');
  must_append(append_to("po-1", 0, 1, record));
  EXPECT_THAT(records(log().read_stream(stream("po-1"))), ElementsAre(record));
  EXPECT_THAT(records(log().read_feed({}, 1)), ElementsAre(record));
}

TEST_P(EventLogContract, FindsALongHistoryOfManyStreams) {
  constexpr std::uint64_t kStreams = 40, kCommits = 25;
  for (std::uint64_t i = 0; i < kCommits; ++i) {
    std::vector<Append> batch;
    for (std::uint64_t s = 0; s < kStreams; ++s)
      batch.push_back(append_to("po-" + std::to_string(s), i * 2, 2, std::to_string(s)));
    for (const auto& out : append(batch)) ASSERT_TRUE(out.has_value());
  }
  EXPECT_EQ(log().tail(), Position{kStreams * kCommits});
  EXPECT_EQ(log().head(stream("po-7")), Version{2 * kCommits});
  EXPECT_EQ(log().read_stream(stream("po-7")).size(), kCommits);
  EXPECT_EQ(log().read_stream(stream("po-7"), Version{30}).size(), 10u);
  EXPECT_THAT(log().read_stream(stream("po-7")), testing::Each(testing::Field(&StoredCommit::record, "7")));
}

// ── Timers ──────────────────────────────────────────────────────────────────────────────────────────────────────────

TEST_P(EventLogContract, GivesDueTimersEarliestFirst) {
  change(timer({{"late", at(3'000), "r3"}}), "so-3");
  change(timer({{"early", at(1'000), "r1"}}));
  change(timer({{"middle", at(2'000), "r2"}}), "po-1");
  EXPECT_THAT(log().timers_due(at(999), 10), IsEmpty());
  EXPECT_THAT(log().timers_due(at(2'000), 10), ElementsAre(DueTimer{stream("so-1"), "early", at(1'000), "r1"},
                                                           DueTimer{stream("po-1"), "middle", at(2'000), "r2"}));
  EXPECT_EQ(log().timers_due(at(9'000), 10).size(), 3u);
  EXPECT_EQ(log().timers_due(at(9'000), 2).size(), 2u);
  const DueTimer early{stream("so-1"), "early", at(1'000), "r1"};
  EXPECT_THAT(log().timers_due(at(2'000), 10, &early), ElementsAre(DueTimer{stream("po-1"), "middle", at(2'000), "r2"}));
  const DueTimer late{stream("so-3"), "late", at(3'000), "r3"};
  EXPECT_THAT(log().timers_due(at(9'000), 10, &late), IsEmpty());
  EXPECT_THAT(log().timers_due(at(9'000), 0), IsEmpty());
  EXPECT_EQ(log().next_due(), at(1'000));
}

TEST_P(EventLogContract, MovesAndRemovesTimers) {
  const Wakeup first{"retry", at(1'000), "first"}, second{"retry", at(4'000), "second"},
      other{"retry", at(4'000), "other reason"}, complete{"complete", at(5'000), "c"};
  change(timer(first));
  change(timer(complete), "so-2");
  EXPECT_EQ(log().timers_due(at(1'000), 10).size(), 1u);
  change(timer(second, first));
  EXPECT_THAT(log().timers_due(at(3'999), 10), IsEmpty());
  EXPECT_EQ(log().next_due(), at(4'000));
  EXPECT_THAT(log().timers_due(at(9'000), 10), ElementsAre(DueTimer{stream("so-1"), "retry", at(4'000), "second"},
                                                           DueTimer{stream("so-2"), "complete", at(5'000), "c"}));
  change(timer(other, second));
  EXPECT_THAT(log().timers_due(at(4'000), 10), ElementsAre(DueTimer{stream("so-1"), "retry", at(4'000), "other reason"}));
  change(timer({}, other));
  change(timer({}, complete), "so-2");
  EXPECT_EQ(log().next_due(), std::nullopt);
  EXPECT_THAT(log().derived(), IsEmpty());
}

TEST_P(EventLogContract, SeesATimerAddedBeforeWhatWasLookedAtAlready) {
  change(timer({{"a", at(10'000), ""}}));
  EXPECT_THAT(log().timers_due(at(5'000), 10), IsEmpty());
  EXPECT_EQ(log().next_due(), at(10'000));
  change(timer({{"b", at(2'000), ""}}));
  EXPECT_EQ(log().next_due(), at(2'000));
  EXPECT_EQ(log().timers_due(at(2'000), 10).size(), 1u);
  change(timer({}, {{"a", at(10'000), ""}}));
  change(timer({}, {{"b", at(2'000), ""}}));
  EXPECT_EQ(log().next_due(), std::nullopt);
  change(timer({{"c", at(-86'400'000), "before 1970"}}));
  EXPECT_EQ(log().next_due(), at(-86'400'000));
  EXPECT_EQ(log().timers_due(at(0), 10).size(), 1u);
}

TEST_P(EventLogContract, AgreesWithAModelOfTimers) {
  std::map<std::pair<std::int64_t, std::string>, bool> model;  // (due, name)
  std::uint64_t x = 12'345;                                    // an LCG: the same sequence every time
  const auto draw = [&x](std::uint64_t n) {
    x = x * 6'364'136'223'846'793'005u + 1'442'695'040'888'963'407u;
    return (x >> 33) % n;
  };
  for (int step = 0; step < 40; ++step) {
    const std::string name = "t" + std::to_string(step);
    const auto due = static_cast<std::int64_t>(draw(1'000));
    change(timer({{name, at(due), ""}}));
    model[{due, name}] = true;
    if (draw(3) > 0) {
      auto gone = model.begin();
      std::advance(gone, static_cast<std::ptrdiff_t>(draw(model.size())));
      change(timer({}, {{gone->first.second, at(gone->first.first), ""}}));
      model.erase(gone);
    }
    const auto until = static_cast<std::int64_t>(draw(1'000));
    std::vector<std::pair<std::int64_t, std::string>> expected, seen;
    for (const auto& [timer, live] : model)
      if (timer.first <= until) expected.push_back(timer);
    for (const auto& t : log().timers_due(at(until), 1'000)) seen.emplace_back(t.due.time_since_epoch().count(), t.name);
    ASSERT_EQ(seen, expected) << "step " << step;
    ASSERT_EQ(log().next_due(), model.empty() ? std::nullopt : std::optional(at(model.begin()->first.first)));
  }
}

// ── Outbox, tells, rows, counters ───────────────────────────────────────────────────────────────────────────────────

TEST_P(EventLogContract, PagesTheOutbox) {
  change(effects({effect("k2", EffectKind::submit, "access", 5), effect("k1", EffectKind::cancel, "cpe", 6)}), "so-1");
  change(effects({effect("k1", EffectKind::product, "inventory", 7)}), "so-2");
  const OutboxEntry first{stream("so-1"), "k1", "cpe", EffectKind::cancel, at(6)},
      second{stream("so-1"), "k2", "access", EffectKind::submit, at(5)},
      third{stream("so-2"), "k1", "inventory", EffectKind::product, at(7)};
  EXPECT_THAT(log().outbox(nullptr, 10), ElementsAre(first, second, third));
  EXPECT_THAT(log().outbox(nullptr, 2), ElementsAre(first, second));
  EXPECT_THAT(log().outbox(&second, 2), ElementsAre(third));
  EXPECT_THAT(log().outbox(&third, 2), IsEmpty());
  EXPECT_THAT(log().outbox(nullptr, 0), IsEmpty());
  change(effects({effect("k1", EffectKind::cancel, "cpe", 60)}, {"k2"}), "so-1");
  const OutboxEntry changed{stream("so-1"), "k1", "cpe", EffectKind::cancel, at(60)};
  EXPECT_THAT(log().outbox(nullptr, 10), ElementsAre(changed, third));
  EXPECT_THAT(log().outbox(&second, 10), ElementsAre(third));  // the entry it continues behind may be gone
}

TEST_P(EventLogContract, PagesTellsAndConsumesThem) {
  change(tells({{stream("so-2"), "release"}, {stream("so-1"), "release"}}), "po-1");
  change(tells({{stream("po-1"), "settled"}}), "so-1");
  const PendingTell first{stream("po-1"), stream("so-1"), "release"}, second{stream("po-1"), stream("so-2"), "release"},
      third{stream("so-1"), stream("po-1"), "settled"};
  EXPECT_THAT(log().tells(nullptr, 10), ElementsAre(first, second, third));
  EXPECT_THAT(log().tells(&first, 1), ElementsAre(second));
  std::vector<RowChange> rows;
  keys::add_consumed(rows, {stream("po-1"), stream("so-1"), "release"});
  must_append(rows_only(std::move(rows)));
  EXPECT_THAT(log().tells(nullptr, 10), ElementsAre(second, third));
  change(tells({}, {{stream("so-2"), "release"}}), "po-1");
  EXPECT_THAT(log().tells(nullptr, 10), ElementsAre(third));
}

TEST_P(EventLogContract, ScansRowsByPrefixBothWays) {
  change(rows({{Table::order_index, "a1", "1"},
               {Table::order_index, "b1", "2"},
               {Table::order_index, "b2", "3"},
               {Table::order_index, "b3", "4"},
               {Table::order_index, "b\xff", "5"},
               {Table::order_index, "c", "6"},
               {Table::product, "b2", "other table"}}));
  const auto scan = [&](std::string_view prefix, std::string_view after, std::size_t limit, bool backwards) {
    return log().scan(Table::order_index, prefix, after, limit, backwards);
  };
  EXPECT_THAT(scan("b", "", 10, false).rows, ElementsAre(Pair("b1", "2"), Pair("b2", "3"), Pair("b3", "4"), Pair("b\xff", "5")));
  EXPECT_THAT(row_keys(scan("b", "", 10, true)), ElementsAre("b\xff", "b3", "b2", "b1"));
  EXPECT_THAT(row_keys(scan("", "", 10, false)), ElementsAre("a1", "b1", "b2", "b3", "b\xff", "c"));
  EXPECT_THAT(row_keys(scan("b", "b1", 2, false)), ElementsAre("b2", "b3"));
  EXPECT_TRUE(scan("b", "b1", 2, false).more);
  EXPECT_THAT(row_keys(scan("b", "b3", 2, false)), ElementsAre("b\xff"));
  EXPECT_FALSE(scan("b", "b3", 2, false).more);
  EXPECT_FALSE(scan("b", "", 4, false).more);
  EXPECT_THAT(row_keys(scan("b", "b3", 1, true)), ElementsAre("b2"));
  EXPECT_TRUE(scan("b", "b3", 1, true).more);
  EXPECT_THAT(row_keys(scan("b", "b2", 5, true)), ElementsAre("b1"));
  EXPECT_THAT(row_keys(scan("b", "b25", 5, false)), ElementsAre("b3", "b\xff"));  // the row it continues behind may be gone
  EXPECT_THAT(row_keys(scan("b", "a", 1, false)), ElementsAre("b1"));             // before the prefix: from its start
  EXPECT_THAT(scan("b", "c", 5, false).rows, IsEmpty());
  EXPECT_THAT(scan("b", "a", 5, true).rows, IsEmpty());
  EXPECT_THAT(scan("d", "", 5, true).rows, IsEmpty());
  EXPECT_TRUE(scan("b", "", 0, false).more);
}

TEST_P(EventLogContract, PutsAndRemovesRows) {
  change(rows({{Table::order, "po-1", "v1"}, {Table::product, "po-1", "p"}}));
  EXPECT_EQ(log().row(Table::order, "po-1"), "v1");
  EXPECT_EQ(log().row(Table::product, "po-1"), "p");
  EXPECT_EQ(log().row(Table::service, "po-1"), std::nullopt);
  change(rows({{Table::order, "po-1", "v2"}}, {{Table::product, "po-1"}}));
  EXPECT_EQ(log().row(Table::order, "po-1"), "v2");
  EXPECT_EQ(log().row(Table::product, "po-1"), std::nullopt);
}

TEST_P(EventLogContract, AppliesTheRowChangesOfOneAppendInOrder) {
  const std::string key = keys::row(Table::order, "k");
  must_append(rows_only({{key, "old"}, {key, std::nullopt}, {key, "new"}}));
  EXPECT_EQ(log().row(Table::order, "k"), "new");
  const std::vector<Append> batch{rows_only({{key, "next"}}), rows_only({{key, std::nullopt}})};
  append(batch);
  EXPECT_EQ(log().row(Table::order, "k"), std::nullopt);
}

TEST_P(EventLogContract, AddsUpCounters) {
  Append a = rows_only({});
  a.counters = {{"orders{state=\"inProgress\"}", 1}, {"submitted", 1}};
  Append b = rows_only({});
  b.counters = {{"orders{state=\"inProgress\"}", -1}, {"submitted", 1}, {"odd", -3}};
  const std::vector<Append> batch{a, a, b};
  append(batch);
  EXPECT_THAT(log().counters(), ElementsAre(Pair("odd", -3), Pair("orders{state=\"inProgress\"}", 1), Pair("submitted", 3)));
  must_append(b);
  // A count that came back to zero stays a count.
  EXPECT_THAT(log().counters(), ElementsAre(Pair("odd", -6), Pair("orders{state=\"inProgress\"}", 0), Pair("submitted", 4)));
}

TEST_P(EventLogContract, IsTheSameAsTheMemoryLog) {
  const auto model = make_memory_event_log();
  const auto both = [&](Append a) {
    model->append({&a, 1});
    must_append(a);
  };
  for (int i = 0; i < 30; ++i) {
    const std::string name = "so-" + std::to_string(i % 7);
    AgendaChange c;
    c.effects_added = {effect("e" + std::to_string(i), EffectKind::submit, "l", i)};
    if (i > 7) c.effects_removed = {"e" + std::to_string(i - 7)};
    c.wakeup_added = {"w", at(100 + i), "why"};
    if (i > 7) c.wakeup_removed = {"w", at(100 + i - 7), "why"};
    c.tells_added = {{stream("po-1"), "n" + std::to_string(i)}};
    c.rows_put = {{Table::order, name, std::to_string(i)}};
    Append a = append_to(name, static_cast<std::uint64_t>(i / 7), 1, "r");
    keys::add_rows(a.rows, stream(name), c);
    a.counters = {{"c" + std::to_string(i % 3), i - 15}};
    both(a);
  }
  EXPECT_EQ(log().derived(), model->derived());
  EXPECT_EQ(log().counters(), model->counters());
  EXPECT_EQ(log().tail(), model->tail());
  EXPECT_TRUE(std::ranges::is_sorted(log().derived()));
}

TEST_P(EventLogContract, ShowsReadersWholeCommitsWhileTheWriterWrites) {
  constexpr std::uint64_t kCommits = 300;
  EventLog& writing = log();
  std::thread reader([&] {
    std::uint64_t seen = 0;
    while (seen < kCommits) {
      const auto commits = writing.read_feed(Position{seen}, 100);
      for (const auto& c : commits) {
        ASSERT_EQ(number(c.position), ++seen);
        const std::string& id = c.record;
        ASSERT_EQ(writing.head(stream(id)), Version{1});
        ASSERT_EQ(writing.row(Table::order, id), id);
      }
      writing.timers_due(at(static_cast<std::int64_t>(seen)), 10);
      writing.counters();
    }
  });
  for (std::uint64_t i = 1; i <= kCommits; ++i) {
    const std::string id = "po-" + std::to_string(i);
    Append a = append_to(id, 0, 1, id);
    keys::add_rows(a.rows, stream(id), timer({{"w", at(static_cast<std::int64_t>(i)), ""}}));
    keys::add_rows(a.rows, stream(id), rows({{Table::order, id, id}}));
    a.counters = {{"orders", 1}};
    EXPECT_TRUE(writing.append({&a, 1}).front().has_value());
  }
  reader.join();
  EXPECT_EQ(writing.timers_due(at(kCommits), 1'000).size(), kCommits);
  EXPECT_THAT(writing.counters(), ElementsAre(Pair("orders", kCommits)));
}

}  // namespace
}  // namespace comd::contract

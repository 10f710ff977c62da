#include "cmd/comctl/tool/text.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "cmd/comctl/tool/output.h"
#include "cmd/comctl/tool/progress.h"
#include "cmd/comctl/tool/tables.h"

namespace comd::ctl {
namespace {

TEST(Table, alignsColumnsByWhatATerminalShows) {
  Table table{{{"NAME"}, {"N", true}, {"STATE"}}, {}};
  table.rows.push_back({"Zürich", "7", "held"});
  table.rows.push_back({"x", "1200", {"completed", Style::good}});
  EXPECT_EQ(table.render(false),
            "NAME       N  STATE\n"
            "Zürich     7  held\n"
            "x       1200  completed\n");
}

TEST(Table, coloursOnlyWhenAsked) {
  Table table{{{"S"}}, {{{"failed", Style::bad}}}};
  EXPECT_EQ(table.render(false).find('\x1b'), std::string::npos);
  EXPECT_NE(table.render(true).find("\x1b[31mfailed\x1b[0m"), std::string::npos);
}

TEST(Table, whatAPartnerSaysCannotSteerTheTerminal) {
  Table table{{{"S"}}, {{Cell("a\x1b[2J\nb\x07")}}};
  EXPECT_EQ(table.render(false), "S\na\\x1b[2J\\nb\\x07\n");
}

TEST(Milestones, areShownInTheOrderTheyWereReached) {
  const auto service_order = [](const char* id, const char* name, const char* at) {
    return Json{{"id", id}, {"milestones", {{{"name", name}, {"description", ""}, {"message", "said"}, {"reachedAt", at}}}}};
  };
  const Json all = {service_order("so-x.1.1.0.access.r1", "later", "2026-03-01T00:00:02.000Z"),
                    service_order("so-x.1.1.0.ip.r1", "sooner", "2026-03-01T00:00:01.000Z"),
                    {{"id", "so-x.1.1.0.cpe.r1"}, {"milestones", Json::array()}}};
  const auto shown = show_milestones(all, false);
  EXPECT_LT(shown.find("sooner"), shown.find("later"));
  EXPECT_NE(shown.find("1/access"), std::string::npos);
  EXPECT_EQ(show_milestones(Json::array(), false), "");
}

TEST(Facts, leavesOutWhatIsNotKnown) {
  Facts facts;
  facts.add("state", "held");
  facts.add("a much longer name", "");
  facts.add("why", "no answer");
  EXPECT_EQ(facts.render(false), "state  held\nwhy    no answer\n");
}

TEST(Width, countsColumnsNotBytes) {
  EXPECT_EQ(width("abc"), 3u);
  EXPECT_EQ(width("é…"), 2u);
  EXPECT_EQ(width("e\xcc\x81"), 1u);
  EXPECT_EQ(width("東京"), 4u);
  EXPECT_EQ(cut("abcdef", 4), "abc…");
  EXPECT_EQ(cut("abcd", 4), "abcd");
}

TEST(Duration, readsUnits) {
  using std::chrono::milliseconds;
  EXPECT_EQ(parse_duration("250ms"), milliseconds(250));
  EXPECT_EQ(parse_duration("10"), milliseconds(10'000));
  EXPECT_EQ(parse_duration("1h30m"), milliseconds(5'400'000));
  for (const auto* bad : {"", "x", "-1s", "10parsecs", "s"}) EXPECT_EQ(parse_duration(bad), std::nullopt) << bad;
  EXPECT_EQ(show_duration(milliseconds(1'234)), "1.2s");
  EXPECT_EQ(show_duration(milliseconds(200'000)), "3m 20s");
}

TEST(Time, readsDatesAndTimes) {
  using namespace std::chrono;
  const sys_days day = 2026y / January / 31;
  EXPECT_EQ(parse_time("2026-01-31"), sys_time<milliseconds>(day));
  EXPECT_EQ(parse_time("2026-01-31T10:00:00Z"), sys_time<milliseconds>(day + 10h));
  EXPECT_EQ(parse_time("2026-01-31T10:00:00.25+02:00"), sys_time<milliseconds>(day + 8h + 250ms));
  for (const auto* bad : {"", "today", "2026-02-30", "2026-01-31T25:00", "2026-01-31T10:00:00+"})
    EXPECT_EQ(parse_time(bad), std::nullopt) << bad;
}

TEST(Yaml, quotesWhatWouldBeReadAsSomethingElse) {
  const Json document{{"id", "0017"},
                      {"yes", "no"},
                      {"count", 3},
                      {"open", nullptr},
                      {"ok", true},
                      {"none", Json::array()},
                      {"list", {"a: b", "1.5", "plain"}},
                      {"at", "2026-01-31T00:00:00Z"}};
  EXPECT_EQ(to_yaml(document),
            "id: \"0017\"\n"
            "\"yes\": \"no\"\n"
            "count: 3\n"
            "open: null\n"
            "ok: true\n"
            "none: []\n"
            "list:\n"
            "  - \"a: b\"\n"
            "  - \"1.5\"\n"
            "  - plain\n"
            "at: \"2026-01-31T00:00:00Z\"\n");
}

TEST(Json, keepsTheOrderOfNamesAndSurvivesBadUtf8) {
  EXPECT_EQ(to_json({{"z", 1}, {"a", "x\xff"}}), "{\n  \"z\": 1,\n  \"a\": \"x\xef\xbf\xbd\"\n}\n");
  EXPECT_EQ(text_at({{"a", {{"b", "c"}}}}, "a.b"), "c");
  EXPECT_EQ(text_at({{"a", {{"b", "c"}}}}, "a.x.y"), "");
}

TEST(Names, areShortForPeople) {
  EXPECT_EQ(short_name("po-abc"), "order");
  EXPECT_EQ(short_name("so-abc.100.1.0.access.r1"), "100/access");
  EXPECT_EQ(short_name("so-abc.100.2.3.port.r2.undo"), "100/port unit 2 site 3 r2 undo");
  EXPECT_EQ(short_name("pr-abc.100.1"), "pr-abc.100.1");
  EXPECT_EQ(shortened("so-abc.1.1.0.ip.r1 failed: NO (see so-abc.1.1.0.cpe.r1), also-so-x"),
            "1/ip failed: NO (see 1/cpe), also-so-x");
}

TEST(Progress, saysHowFarAndHowLong) {
  EXPECT_EQ(progress_line({5000, 1250, 3}, std::chrono::seconds(2), 78),
            "[#######------------------------]  1250/5000  25%  625/s  6.0s left  3 refused");
  EXPECT_EQ(progress_line({10, 10, 0}, std::chrono::milliseconds(0), 40), "[#########################]  10/10  100%");
}

TEST(Progress, withoutATerminalSpeaksEveryFewSeconds) {
  std::ostringstream out;
  auto now = std::chrono::steady_clock::time_point{};
  Progress progress(out, false, [&] { return now; });
  for (std::size_t i = 1; i <= 100; ++i) {
    now += std::chrono::milliseconds(100);
    progress.update({100, i, 0});
  }
  progress.finish({100, 100, 0});
  const auto text = out.str();
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 4) << text;
  EXPECT_EQ(text.find('\r'), std::string::npos);
}

}  // namespace
}  // namespace comd::ctl

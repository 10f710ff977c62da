#include "test/unit/domain/service_order_scenario.h"

#include <algorithm>

#include "domain/product_order.h"
#include "domain/views.h"

/// What a service order reaches on its way, and that it takes longer than expected.
namespace comd::service_order {
namespace {

using At = MilestoneRule::At;

struct Milestones : Scenario {
  Milestones() {
    auto changed = std::make_shared<Catalog>(*catalogs.versions.front());
    changed->specifications["access@1"].milestones = {{"survey", "The site was visited", At::report},
                                                      {"trench", "The trench is dug", At::report},
                                                      {"taken", "", At::acknowledged},
                                                      {"begun", "", At::in_progress},
                                                      {"connected", "", At::completed}};
    catalogs.versions.front() = changed;
  }
  Milestones& names(const std::string& milestone, const std::string& id, ReportKind kind = ReportKind::in_progress,
                    std::uint32_t attempt = 1) {
    Report r;
    r.id = id;
    r.kind = kind;
    r.attempt = attempt;
    r.milestone = milestone;
    r.message = "said with " + id;
    when(TakeReport{r});
    return *this;
  }
  std::vector<std::string> reached() const {
    std::vector<std::string> out;
    for (const auto& each : state.milestones) out.push_back(each.name);
    return out;
  }
};

using Names = std::vector<std::string>;

TEST(Milestone, a_report_names_the_one_that_it_reaches) {
  Milestones s;
  s.accepted();
  s.names("survey", "r1");
  EXPECT_EQ(s.reached(), (Names{"survey", "taken", "begun"}));
  EXPECT_EQ(s.state.milestones[0].description, "The site was visited");
  EXPECT_EQ(s.state.milestones[0].message, "said with r1");
  EXPECT_EQ(s.state.milestones[0].at, s.now);
}

TEST(Milestone, is_reached_once_however_often_it_is_told) {
  Milestones s;
  s.accepted();
  s.names("survey", "r1").names("survey", "r1");
  EXPECT_TRUE(s.last.empty());
  s.names("survey", "r2");
  EXPECT_EQ(s.last.size(), 1u) << "the report is kept";
  EXPECT_EQ(s.reached().size(), 3u);
}

TEST(Milestone, comes_in_any_order_and_after_the_end) {
  Milestones s;
  s.accepted();
  s.names("trench", "r2");
  s.report(ReportKind::completed, "r3");
  EXPECT_EQ(s.reached(), (Names{"trench", "taken", "begun", "connected"}));
  s.names("survey", "r1");
  EXPECT_EQ(s.reached().back(), "survey");
  EXPECT_EQ(s.state.status, Status::completed);
}

TEST(Milestone, a_single_completed_has_passed_everything_before_it) {
  Milestones s;
  s.accepted();
  s.report(ReportKind::completed);
  EXPECT_EQ(s.reached(), (Names{"taken", "begun", "connected"}));
}

TEST(Milestone, that_the_catalogue_does_not_name_is_kept_in_its_report_only) {
  Milestones s;
  s.accepted();
  s.names("surveyy", "r1");
  EXPECT_EQ(s.reached(), (Names{"taken", "begun"}));
  EXPECT_EQ(std::get<Reported>(s.last.front()).report.milestone, "surveyy");
}

TEST(Milestone, of_a_failed_attempt_is_gone_with_it) {
  Milestones s;
  s.accepted();
  s.names("survey", "r1");
  s.report(ReportKind::failed, "r2", 1, {FaultClass::transient, "BUSY", ""});
  EXPECT_FALSE(s.reached().empty());
  s.timer(kRetryTimer);
  EXPECT_TRUE(s.reached().empty());
  s.accepted();
  s.names("survey", "r3", ReportKind::in_progress, 1);
  EXPECT_TRUE(s.reached().empty()) << "said of the attempt before";
  s.names("survey", "r4", ReportKind::in_progress, 2);
  EXPECT_EQ(s.reached(), (Names{"survey", "taken", "begun"}));
}

TEST(Milestone, is_not_reached_by_a_failure_that_names_it) {
  Milestones s;
  s.accepted();
  s.names("survey", "r1", ReportKind::failed);
  EXPECT_TRUE(s.reached().empty());
}

TEST(Milestone, of_the_end_is_reached_by_a_person_who_completes_it) {
  Milestones s;
  s.accepted();
  s.when(Intervene{{"i1", Remedy::complete, "anna", "it is done", {}, {}, true}});
  EXPECT_EQ(s.state.status, Status::completed);
  EXPECT_EQ(s.reached(), (Names{"taken", "begun", "connected"}));
}

TEST(Milestone, is_for_what_was_ordered_not_for_what_undoes_it) {
  Milestones s;
  s.state.spec.undoes = so("access");
  s.accepted();
  s.names("survey", "r1");
  EXPECT_TRUE(s.reached().empty());
}

// ── longer than expected ─────────────────────────────────────────────────────────────────────────────────────────────

struct Watched : Scenario {
  Watched() {
    Spec spec = state.spec;
    state = {};
    for (const Event& event : open(spec, true, context(), kNow + 24h)) evolve(state, event);
  }
};

TEST(Expectation, without_a_date_nobody_watches) {
  Scenario s;
  EXPECT_FALSE(s.state.expected);
  EXPECT_FALSE(s.state.timers.contains(kExpectedTimer));
  s.accepted().when(TakeReport{{"r", ReportKind::expected_date, 1, {}, {}, "", kNow + 1h, "p"}});
  EXPECT_EQ(s.state.expected, kNow + 1h);
  EXPECT_FALSE(s.state.timers.contains(kExpectedTimer));
  for (const Tell& tell : agenda(s.state).tells) EXPECT_FALSE(tell.name.starts_with("expected"));
}

TEST(Expectation, it_raises_jeopardy_when_it_takes_longer) {
  Watched s;
  EXPECT_EQ(s.state.expected, kNow + 1min);
  s.accepted().report(ReportKind::in_progress).timer(kExpectedTimer);
  ASSERT_TRUE(s.state.jeopardy);
  EXPECT_NE(s.state.jeopardy->cause.find("access-system works on it"), std::string::npos) << s.state.jeopardy->cause;
  EXPECT_FALSE(s.state.timers.contains(kExpectedTimer));
  EXPECT_EQ(explain(s.state).jeopardy, s.state.jeopardy->cause);
  s.report(ReportKind::completed, "r2");
  EXPECT_FALSE(s.state.jeopardy);
}

TEST(Expectation, a_retry_does_not_move_it) {
  Watched s;
  s.accepted().report(ReportKind::failed, "r1", 1, {FaultClass::transient, "BUSY", ""}).timer(kRetryTimer).accepted();
  EXPECT_EQ(s.state.expected, kNow + 1min);
  s.timer(kExpectedTimer);
  EXPECT_NE(s.state.jeopardy->cause.find("attempt 2"), std::string::npos) << s.state.jeopardy->cause;
}

TEST(Expectation, the_partner_moves_it_and_the_product_order_is_told) {
  Watched s;
  s.accepted().timer(kExpectedTimer).when(TakeReport{{"r", ReportKind::expected_date, 1, {}, {}, "", kNow + 1h, "p"}});
  EXPECT_FALSE(s.state.jeopardy);
  EXPECT_EQ(s.state.timers.at(std::string(kExpectedTimer)), kNow + 1h);
  const auto tells = agenda(s.state).tells;
  const auto told = std::ranges::find(tells, "expected#1", &Tell::name);
  ASSERT_NE(told, tells.end());
  const auto note = std::get<product_order::NoteExpected>(product_order::note_of(s.state, *told));
  EXPECT_EQ(note.completion, kNow + 1h);
  s.timer(kExpectedTimer);
  EXPECT_TRUE(s.state.jeopardy);
}

TEST(Expectation, it_begins_when_it_starts_not_when_it_is_planned) {
  Watched s;
  Spec spec = s.state.spec;
  s.state = {};
  for (const Event& event : open(spec, false, s.context(), kNow + 24h)) evolve(s.state, event);
  EXPECT_FALSE(s.state.expected);
  s.now += 2h;
  s.when(Release{{}});
  EXPECT_EQ(s.state.expected, kNow + 2h + 1min);
}

}  // namespace
}  // namespace comd::service_order

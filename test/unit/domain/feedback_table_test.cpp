#include <fstream>
#include <functional>

#include "domain/system.h"
#include "domain/views.h"
#include "test/support/paths.h"
#include "test/unit/domain/service_order_scenario.h"

/// The table "Feedback in any order" of docs/integrators.md, row by row: as written there, and as it is.
namespace comd::service_order {
namespace {

const Fault kBusy{FaultClass::transient, "BUSY", ""}, kBroken{FaultClass::permanent, "X", ""};
using K = ReportKind;

Scenario waiting() {
  Scenario s;
  Spec spec = s.state.spec;
  s.state = State{};
  for (const Event& event : open(spec, false, s.context())) evolve(s.state, event);
  return s;
}
Scenario sent() { return Scenario{}.sent(); }
Scenario accepted() { return Scenario{}.accepted(); }
Scenario in_doubt() { return accepted().timer(kAcknowledgeTimer); }
Scenario held_in_doubt() { return Scenario{"cpe"}.accepted().timer(kAcknowledgeTimer); }
Scenario held_failed() { return accepted().report(K::failed, "first", 1, {FaultClass::business, "NO_PERSON", ""}); }
Scenario retry_waiting() { return accepted().report(K::failed, "first", 1, kBusy); }
Scenario second_attempt() { return retry_waiting().timer(kRetryTimer).accepted(); }
Scenario cancelling() { return accepted().when(Cancel{"changed my mind"}); }
Scenario ended(K kind) { return accepted().report(kind, "first", 1, kBroken); }

struct Row {
  std::string name;
  Scenario given;
  K kind;
  std::uint32_t attempt;
  std::string recorded, then;
  std::string id = "r";
};

std::vector<Row> rows() {
  return {
      {"it is done, before `Submit` was answered", sent(), K::completed, 1, "applied", "completed"},
      {"it failed, before `Submit` was answered", sent(), K::failed, 1, "applied", "failed"},
      {"it is done, before comd's call was made", Scenario{}, K::completed, 1, "applied", "completed"},
      {"any, before its turn has come", waiting(), K::completed, 1, "contradictory", "waiting"},
      {"any, for an attempt that was never made", accepted(), K::completed, 2, "contradictory", "submitted"},
      {"a sign of life, after a timeout", in_doubt(), K::in_progress, 1, "applied", "inProgress"},
      {"an end, after a timeout", in_doubt(), K::completed, 1, "applied", "completed"},
      {"a sign of life, while a person decides", held_in_doubt(), K::in_progress, 1, "late", "held"},
      {"an end, while a person decides what is in doubt", held_in_doubt(), K::completed, 1, "applied", "completed"},
      {"another failure, while a person decides about a failure", held_failed(), K::failed, 1, "late", "held"},
      {"it is done, while a person decides about a failure", held_failed(), K::completed, 1, "applied", "completed"},
      {"it is done, while a retry waits", retry_waiting(), K::completed, 1, "applied", "completed"},
      {"any other, while a retry waits", retry_waiting(), K::failed, 1, "late", "retryWaiting"},
      {"any, for an earlier attempt", second_attempt(), K::completed, 1, "staleAttempt", "submitted"},
      {"it is done, without an attempt", second_attempt(), K::completed, 0, "applied", "completed"},
      {"another end, without an attempt, after the first", second_attempt(), K::failed, 0, "staleAttempt", "submitted"},
      {"it is cancelled, as asked", cancelling(), K::cancelled, 1, "applied", "cancelled"},
      {"it is done, although cancelled", cancelling(), K::completed, 1, "applied", "completed"},
      {"a sign of life, although cancelled", cancelling(), K::in_progress, 1, "applied", "inProgress"},
      {"the cancellation is refused", cancelling(), K::cancel_refused, 1, "applied", "submitted"},
      {"a cancellation is refused that nobody asked for", accepted(), K::cancel_refused, 1, "applied", "submitted"},
      {"it is cancelled, and nobody asked", accepted(), K::cancelled, 1, "applied", "cancelled"},
      {"the same report id again", ended(K::completed), K::completed, 1, "", "completed", "first"},
      {"the same end under another id", ended(K::completed), K::completed, 1, "repeated", "completed"},
      {"the same failure under another id", ended(K::failed), K::failed, 1, "repeated", "failed"},
      {"acknowledged, behind in progress", accepted().report(K::in_progress, "first"), K::acknowledged, 1, "repeated",
       "inProgress"},
      {"a sign of life, after the end", ended(K::completed), K::in_progress, 1, "late", "completed"},
      {"failed, after it was completed", ended(K::completed), K::failed, 1, "contradictory", "completed"},
      {"completed, after it failed", ended(K::failed), K::completed, 1, "contradictory", "failed"},
      {"completed, after it was cancelled", ended(K::cancelled), K::completed, 1, "contradictory", "cancelled"},
      {"completed, after it was activated in part", ended(K::partial), K::completed, 1, "contradictory", "partial"},
  };
}

TEST(FeedbackTable, every_row_is_as_it_is_written) {
  for (Row& row : rows()) {
    Scenario& s = row.given;
    s.report(row.kind, row.id, row.attempt, kBroken);
    ASSERT_FALSE(s.rejection) << row.name << ": a partner's report is never refused";
    if (row.recorded.empty()) {
      EXPECT_TRUE(s.last.empty()) << row.name;
    } else {
      ASSERT_FALSE(s.last.empty()) << row.name << " was dropped";
      EXPECT_EQ(to_text(std::get<Reported>(s.last[0]).disposition), row.recorded) << row.name;
    }
    EXPECT_EQ(to_text(s.state.status), row.then) << row.name;
    EXPECT_TRUE(is_final(s.state.status) || !s.state.timers.empty()) << row.name << ": waits for nothing";
    EXPECT_EQ(explain(s.state).because.find("contradict") != std::string::npos, row.recorded == "contradictory") << row.name;
    s.report(row.kind, row.id, row.attempt, kBroken);
    EXPECT_TRUE(s.last.empty()) << row.name << ", told twice";
  }
}

/// The first three cells of the table's rows.
std::vector<std::string> written() {
  std::ifstream in(test::source("docs/integrators.md"));
  std::vector<std::string> out;
  bool inside = false;
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with("#")) inside = line == "## Feedback in any order";
    if (!inside || !line.starts_with("| ") || line.starts_with("| ---") || line.starts_with("| What is reported")) continue;
    std::size_t end = 0;
    for (int cell = 0; cell < 4 && end != std::string::npos; ++cell) end = line.find('|', cell == 0 ? 0 : end + 1);
    out.push_back(line.substr(0, end));
  }
  return out;
}

TEST(FeedbackTable, the_document_has_the_same_rows) {
  std::vector<std::string> ours;
  for (const Row& row : rows())
    ours.push_back("| " + row.name + " | " + (row.recorded.empty() ? "nothing new" : "`" + row.recorded + "`") + " | `" +
                   row.then + "` ");
  EXPECT_EQ(written(), ours);
}

TEST(FeedbackTable, an_answer_behind_a_faster_report_changes_nothing) {
  Scenario s = sent();
  s.report(K::completed).outcome(Outcome::Kind::ok);
  EXPECT_TRUE(s.last.empty());
  s.outcome(Outcome::Kind::refused, kBroken);
  EXPECT_EQ(s.state.status, Status::completed);
}

TEST(FeedbackTable, more_reports_than_are_kept_are_counted) {
  Scenario s = ended(K::completed);
  for (std::size_t i = 0; i < kReportsKept + 5; ++i) s.report(K::failed, "again-" + std::to_string(i), 1, kBroken);
  EXPECT_EQ(s.state.reports_taken, kReportsKept + 6);
  EXPECT_EQ(s.state.reports.size(), kReportsKept);
  EXPECT_EQ(s.state.contradictions, kReportsKept + 5);
  EXPECT_EQ(s.state.status, Status::completed);
}

TEST(FeedbackTable, one_for_an_unknown_service_order_is_kept_apart) {
  Scenario s;
  Report report;
  report.id = "r";
  report.kind = K::completed;
  auto refused = decide(State{}, TakeReport{report}, s.context());
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, RejectionCode::not_found) << "its sender then records it as unmatched";
  unmatched::State kept;
  const unmatched::Record record{"so-nobody", report};
  auto first = unmatched::decide(kept, record);
  ASSERT_TRUE(first && first->size() == 1);
  unmatched::evolve(kept, first->front());
  EXPECT_EQ(kept.count, 1u);
  EXPECT_EQ(unmatched::agenda(kept).rows.size(), 1u) << "comctl unmatched list";
  EXPECT_TRUE(unmatched::decide(kept, record)->empty()) << "told twice";
}

}  // namespace
}  // namespace comd::service_order

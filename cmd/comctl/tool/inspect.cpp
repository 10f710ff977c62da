#include <fmt/format.h>

#include "cmd/comctl/tool/offline.h"
#include "storage/inspection.h"
#include "storage/restore.h"

/// `doctor --data`: the whole store, while no comd has it open.
namespace comd::ctl {
namespace {

Failure failure_of(const OpenError& error) { return {kRejected, "FAILED_PRECONDITION", error.message, {}, {}, {}, {}}; }

std::uint64_t per_second(std::uint64_t count, Millis took) {
  return took.count() == 0 ? count * 1'000 : count * 1'000 / static_cast<std::uint64_t>(took.count());
}

std::string show_inspection(const Json& document, bool colour) {
  Facts facts;
  const bool healthy = document.at("healthy") == true;
  facts.add("healthy", {healthy ? "yes" : "no", healthy ? Style::good : Style::bad});
  facts.add("tables", text_at(document, "files"));
  facts.add("commits", text_at(document, "commits") + ", the last at position " + text_at(document, "tail"));
  facts.add("events", text_at(document, "events") + " of " + text_at(document, "streams") + " streams, " +
                          text_at(document, "eventsPerSecond") + "/s");
  facts.add("rows", text_at(document, "rows"));
  facts.add("links of the chain", text_at(document, "links"));
  facts.add("took", show_duration(std::chrono::milliseconds(document.at("tookMs").get<std::int64_t>())));
  std::string out = facts.render(colour);
  for (const auto& what : document.at("unchecked")) out += paint("not checked: " + text_at(what, ""), Style::wait, colour) + "\n";
  const auto& findings = document.at("findings");
  if (findings.empty()) return out;
  out += heading("What is wrong", colour);
  for (const auto& finding : findings)
    out += paint(text_at(finding, "kind") + " " + printable(text_at(finding, "where")), Style::bold, colour) + ": " +
           printable(text_at(finding, "problem")) + "\n    → " + printable(text_at(finding, "remedy")) + "\n";
  if (document.at("found") > findings.size())
    out += fmt::format("and {} more\n", document.at("found").get<std::uint64_t>() - findings.size());
  return out;
}

}  // namespace

int inspect(const Session& session) {
  Steps steps(session);
  const auto done = inspect_store(
      {.data = session.options.data, .progress = [&](const InspectionStep& step) { steps.tell(step.what, step.done, step.of); }});
  steps.end();
  if (!done) return session.fail(failure_of(done.error()));
  const bool healthy = done->found == 0 && done->unchecked.empty();
  Json document{
      {"healthy", healthy},           {"tail", number(done->tail)}, {"files", done->files},
      {"commits", done->commits},     {"events", done->events},     {"streams", done->streams},
      {"rows", done->rows},           {"links", done->links},       {"eventsPerSecond", per_second(done->events, done->folding)},
      {"tookMs", done->took.count()}, {"found", done->found},       {"findings", Json::array()},
      {"unchecked", done->unchecked}};
  for (const auto& f : done->findings)
    document["findings"].push_back(
        {{"kind", f.kind}, {"where", printable(f.where)}, {"problem", f.problem}, {"remedy", f.remedy}});
  session.print(document, show_inspection);
  return healthy ? kDone : kUnexpected;
}

int rebuild_rows(const Session& session) {
  Steps steps(session);
  const auto done =
      make_rows_anew(session.options.data, [&](const RestoreStep& step) { steps.tell(step.what, step.done, step.of); });
  steps.end();
  if (!done) return session.fail(failure_of(done.error()));
  session.print({{"commits", done->commits}, {"unreadable", done->unreadable}, {"tookMs", done->took.count()}},
                [](const Json& d, bool colour) {
                  Facts facts;
                  facts.add("rows made from", text_at(d, "commits") + " commits");
                  if (d.at("unreadable") != 0)
                    facts.add("could not be read", {text_at(d, "unreadable") + " commits", Style::bad});
                  facts.add("took", show_duration(std::chrono::milliseconds(d.at("tookMs").get<std::int64_t>())));
                  return facts.render(colour);
                });
  return kDone;
}

int salvage(const Session& session) {
  const auto& o = session.options;
  Steps steps(session);
  const auto done = salvage_store(
      {o.data, o.salvage, "salvaged from " + o.data, [&](const RestoreStep& step) { steps.tell(step.what, step.done, step.of); }},
      now());
  steps.end();
  if (!done) return session.fail({kRejected, "FAILED_PRECONDITION", done.error().message, {}, {}, {}, {}});
  session.print({{"data", o.salvage}, {"restoredTo", number(done->tail)}, {"leftOut", done->cut}, {"tookMs", done->took.count()}},
                [](const Json& d, bool colour) {
                  Facts facts;
                  facts.add("data directory", {printable(text_at(d, "data")), Style::bold});
                  facts.add("log up to position", text_at(d, "restoredTo"));
                  if (d.at("leftOut") != 0) facts.add("left out", text_at(d, "leftOut") + " commits behind a gap");
                  facts.add("took", show_duration(std::chrono::milliseconds(d.at("tookMs").get<std::int64_t>())));
                  facts.add("dispatches", {"nothing yet: a new epoch has begun, fenced", Style::wait});
                  return facts.render(colour);
                });
  return kDone;
}

}  // namespace comd::ctl

#include "cmd/comctl/tool/lists.h"
#include "comd/api/v1/quarantine.grpc.pb.h"

/// Streams that cannot be gone on with: what is wrong, and the three ways out.
namespace comd::ctl {
namespace {

using Quarantines = api::v1::QuarantineService;

constexpr std::size_t kTextWidth = 80;

Cell state_of(const Json& quarantine) {
  if (quarantine.at("open") == true) return {text_at(quarantine, "cause"), Style::bad};
  return {"ended by " + text_at(quarantine, "endedBy"), Style::good};
}

}  // namespace

Json document_of(const api::v1::Quarantine& q) {
  Json out{{"id", q.id()},
           {"open", q.open()},
           {"cause", q.cause()},
           {"reason", q.reason()},
           {"version", q.version()},
           {"skipped", Json::array()},
           {"since", time_of(q.has_since(), q.since())},
           {"reviewAt", time_of(q.has_review_at(), q.review_at())},
           {"endedBy", q.ended_by()},
           {"by", q.by()},
           {"why", q.why()},
           {"endedAt", time_of(q.has_ended_at(), q.ended_at())}};
  for (const auto version : q.skipped()) out["skipped"].push_back(version);
  return out;
}

std::string show_quarantines(const Json& document, bool colour) {
  Table table{{{"ID"}, {"STATE"}, {"VERSION", true}, {"SINCE"}, {"REVIEW"}, {"REASON"}}, {}};
  for (const auto& q : document.at("quarantines"))
    table.rows.push_back({text_at(q, "id"), state_of(q), text_at(q, "version"), shown_time(q.at("since")),
                          shown_time(q.at("reviewAt")), cut(printable(text_at(q, "reason")), kTextWidth)});
  return (table.rows.empty() ? "Nothing is quarantined.\n" : table.render(colour)) + more_line(document, colour);
}

std::string show_quarantine(const Json& document, bool colour) {
  const auto& q = document.at("quarantine");
  const std::string id = text_at(q, "id");
  Facts facts;
  facts.add("stream", {id, Style::bold});
  facts.add("state", state_of(q));
  facts.add("because", printable(text_at(q, "reason")));
  facts.add("at version", text_at(q, "version"));
  if (!q.at("skipped").empty()) facts.add("skipped versions", text_of(q.at("skipped")));
  facts.add("since", shown_time(q.at("since")));
  facts.add("review", shown_time(q.at("reviewAt")));
  facts.add("ended", shown_time(q.at("endedAt")));
  facts.add("by", printable(text_at(q, "by")));
  facts.add("why", printable(text_at(q, "why")));
  std::string out = facts.render(colour);
  if (document.contains("history") && !document.at("history").empty()) {
    out += heading("What happened", colour);
    for (const auto& line : document.at("history")) out += printable(text_at(line, "")) + "\n";
  }
  if (q.at("open") != true) return out;
  out += heading("Ways out", colour);
  out += "a comd that can read it runs:  comctl quarantine release " + id + " --reason …\n";
  if (q.at("cause") == "unreadable")
    out +=
        "pass over the event:           comctl quarantine skip " + id + " --version " + text_at(q, "version") + " --reason …\n";
  out += "end it as failed:              comctl quarantine correct " + id + " --reason …" +
         (q.at("cause") == "unreadable" ? " (once it can be read)\n" : "\n");
  return out;
}

int quarantine_list(const Session& session) {
  api::v1::ListQuarantinesRequest request;
  request.set_ended_too(session.options.ended_too);
  return list_pages(
      session, &Quarantines::Stub::List, std::move(request), "quarantines",
      [](const auto& page) -> const auto& { return page.quarantines(); }, show_quarantines);
}

int quarantine_show(const Session& session) {
  api::v1::GetQuarantineRequest request;
  request.set_id(session.options.ids.front());
  const auto answer = session.client.call(&Quarantines::Stub::Get, request);
  if (!answer) return session.fail(answer.error());
  Json document{{"quarantine", document_of(answer->quarantine())}, {"history", Json::array()}};
  for (const auto& line : answer->history()) document["history"].push_back(line);
  session.print(document, show_quarantine);
  return kDone;
}

int quarantine_resolve(const Session& session) {
  const auto& command = session.options.command;
  api::v1::ResolveQuarantineRequest request;
  request.set_id(session.options.ids.front());
  request.set_action(command.substr(command.rfind(' ') + 1));
  request.set_version(session.options.event_version);
  request.set_reason(session.options.reason);
  const auto answer = session.client.call(&Quarantines::Stub::Resolve, request);
  if (!answer) return session.fail(answer.error());
  const Json document{
      {"quarantine", document_of(answer->quarantine())}, {"changed", answer->changed()}, {"position", answer->position()}};
  session.print(document, [](const Json& d, bool colour) {
    const auto& q = d.at("quarantine");
    if (q.at("open") != true)
      return text_at(q, "id") + " is out of quarantine" + (d.at("changed") == true ? "" : " already") + ", and goes on\n";
    return show_quarantine(d, colour);
  });
  return answer->quarantine().open() ? kUnexpected : kDone;
}

}  // namespace comd::ctl

#include "edge/grpc/quarantine.h"

#include "edge/grpc/convert.h"
#include "edge/grpc/page.h"
#include "edge/grpc/words.h"

namespace comd::north {
namespace {

constexpr std::size_t kHistory = 20;

api::Quarantine message_of(const views::QuarantineSummary& s) {
  api::Quarantine out;
  out.set_id(s.stream.value);
  out.set_open(s.open);
  out.set_cause(s.cause);
  out.set_reason(s.reason);
  out.set_version(number(s.version));
  for (const Version version : s.skipped) out.add_skipped(number(version));
  if (s.since != Instant{}) fill(*out.mutable_since(), s.since);
  if (s.until != Instant{}) fill(*out.mutable_review_at(), s.until);
  out.set_ended_by(s.how);
  out.set_by(s.by);
  out.set_why(s.why);
  if (s.released_at != Instant{}) fill(*out.mutable_ended_at(), s.released_at);
  return out;
}

/// One whose tenant could not be found out is everybody's: somebody has to be able to resolve it.
bool may_see(const Caller& caller, const views::QuarantineSummary& s) {
  return s.tenant.empty() || s.tenant == caller.principal.tenant;
}

Result<views::QuarantineSummary, Rejection> find(const Core& core, const Caller& caller, const std::string& id) {
  auto found = core.reader.quarantine(StreamId{id});
  if (!found || !may_see(caller, *found)) return Err(not_found("a stream in quarantine", id));
  return *std::move(found);
}

Result<quarantine::Command, Rejection> command_of(const Caller& caller, const api::ResolveQuarantineRequest& request) {
  const auto invalid = [](std::string message, std::string where, std::string hint) {
    return Err(Rejection{RejectionCode::invalid, std::move(message), std::move(where), std::move(hint)});
  };
  if (auto wrong = too_long(request.reason(), kReasonMax, "reason")) return Err(*std::move(wrong));
  const std::string& by = caller.principal.subject;
  if (request.action() != "skip" && request.version() != 0)
    return invalid("Expected a version with skip, but the action is " + request.action() + ".", "version", "Leave it out.");
  if (request.action() == "release") return quarantine::Command{quarantine::Release{by, request.reason()}};
  if (request.action() == "skip") return quarantine::Command{quarantine::Skip{Version{request.version()}, by, request.reason()}};
  if (request.action() == "correct") return quarantine::Command{quarantine::Correct{by, request.reason()}};
  return invalid("Expected one of release, skip, correct, but got \"" + request.action() + "\".", "action",
                 "Get tells what is wrong.");
}

}  // namespace

grpc::Status list_quarantines(const Core& core, const Caller& caller, const api::ListQuarantinesRequest& request,
                              api::ListQuarantinesResponse& response) {
  return page(core, IndexQuery{Table::quarantine, {""}, false, {}, {}, {}, 0}, request, response, [&](const std::string& id) {
    const auto found = core.reader.quarantine(StreamId{id});
    if (found && may_see(caller, *found) && (found->open || request.ended_too()))
      *response.add_quarantines() = message_of(*found);
    return static_cast<std::size_t>(response.quarantines_size());
  });
}

grpc::Status get_quarantine(const Core& core, const Caller& caller, const api::GetQuarantineRequest& request,
                            api::GetQuarantineResponse& response) {
  const auto found = find(core, caller, request.id());
  if (!found) return status_of(found.error());
  *response.mutable_quarantine() = message_of(*found);
  const auto history = core.reader.history({found->stream, quarantine_of(found->stream)}, kHistory);
  if (!history) return status_of(history.error());
  for (const auto& told : history->entries) {
    const bool own = told.stream == found->stream;
    auto text = comd::to_text(told.time) + (own ? " version " + std::to_string(number(told.version)) : "") + " " + told.line.name;
    if (!told.line.text.empty()) text += ": " + told.line.text;
    if (!told.line.reason.empty()) text += " (" + told.line.reason + ")";
    response.add_history(std::move(text));
  }
  return grpc::Status::OK;
}

void resolve_quarantine(const Core& core, const Caller& caller, const api::ResolveQuarantineRequest& request,
                        api::ResolveQuarantineResponse& response, Done done) {
  const auto found = find(core, caller, request.id());
  if (!found) return done(status_of(found.error()));
  auto command = command_of(caller, request);
  if (!command) return done(status_of(command.error()));
  const auto cause = cause_of(caller, "Quarantine:" + request.action());
  const StreamId stream = found->stream;
  core.engine.execute(quarantine_of(stream), std::move(*command), cause,
                      [&core, &response, stream, cause, done = std::move(done)](const Reply& reply) {
                        if (reply.rejection) {
                          log_order(spdlog::level::info, "Refused to resolve a quarantine", cause, stream.value,
                                    {{"why", reply.rejection->message}});
                          return done(status_of(*reply.rejection, reply.retry_after));
                        }
                        response.set_position(number(reply.position));
                        response.set_changed(reply.changed);
                        if (const auto now = core.reader.quarantine(stream)) *response.mutable_quarantine() = message_of(*now);
                        log_order(spdlog::level::info, "Resolved a quarantine, or part of it", cause, stream.value,
                                  {{"open", response.quarantine().open() ? "yes" : "no"}});
                        done(grpc::Status::OK);
                      });
}

Explanation explain_quarantine(const views::QuarantineSummary& s) {
  const std::string id = s.stream.value;
  Explanation out;
  out.status = "quarantined";
  out.because = s.reason;
  out.waits.push_back({"a person resolves the quarantine", id, s.until});
  out.next.push_back("what happened: comctl quarantine show " + id);
  out.next.push_back("once a comd runs that can read it: comctl quarantine release " + id + " --reason …");
  if (s.cause == "unreadable")
    out.next.push_back("pass over the event: comctl quarantine skip " + id + " --version " + std::to_string(number(s.version)) +
                       " --reason …");
  else
    out.next.push_back("end it as failed: comctl quarantine correct " + id + " --reason …");
  return out;
}

}  // namespace comd::north

#include "edge/grpc/holds.h"

#include <algorithm>

#include "edge/grpc/convert.h"
#include "edge/grpc/words.h"
#include "storage/holds.h"

namespace comd::north {
namespace {

constexpr std::size_t kNameMax = 200;

void fill(api::Hold& out, const hold::Hold& h) {
  out.set_kind(std::string(to_text(h.scope.kind)));
  out.set_name(h.scope.name);
  out.set_freeze_timers(h.timers == hold::Timers::freeze);
  out.set_refuse_new(h.refuse_new);
  out.set_by(h.by);
  out.set_reason(h.reason);
  north::fill(*out.mutable_since(), h.since);
  north::fill(*out.mutable_review_at(), h.review_at);
  out.set_reviews(h.reviews);
}

Rejection wrong(RejectionCode code, std::string message, std::string where, std::string hint) {
  return {code, std::move(message), std::move(where), std::move(hint)};
}

/// What a request is about, and why.
template <class Request>
Result<hold::Scope, Rejection> scope_of(const Request& request) {
  const auto kind = hold::kind_named(request.kind());
  if (!kind)
    return Err(wrong(RejectionCode::invalid, "Expected one of target, specification, tenant, but got \"" + request.kind() + "\".",
                     "kind", "A single order or service order is held by itself."));
  for (auto wrong_one : {too_long(request.name(), kNameMax, "name"), too_long(request.reason(), kReasonMax, "reason")})
    if (wrong_one) return Err(*std::move(wrong_one));
  return hold::Scope{*kind, request.name()};
}

/// A hold of a name that nothing has would hold nothing, and nobody would notice. Tenants are not listed anywhere.
std::optional<Rejection> unknown(const Core& core, const hold::Scope& scope) {
  if (scope.kind == hold::Kind::tenant || scope.name.empty()) return std::nullopt;
  const bool target = scope.kind == hold::Kind::target;
  const auto catalogs = core.engine.catalogs();
  for (const auto& catalog : catalogs->versions)
    for (const auto& [id, specification] : catalog->specifications)
      if ((target ? specification.target : id) == scope.name) return std::nullopt;
  return wrong(RejectionCode::not_found,
               "Expected a " + std::string(to_text(scope.kind)) + " of a loaded catalogue, but none has \"" + scope.name + "\".",
               "name", target ? "comctl lanes lists the targets." : "Its name and version: fiber-access@1.");
}

}  // namespace

hold::State holds_in(const View& view) { return view.past ? holds_folded(view.reader.log()) : holds_of(view.reader.log()); }

void place_hold(const Core& core, const Caller& caller, const api::PlaceHoldRequest& request, api::PlaceHoldResponse& response,
                Done done) {
  const auto scope = scope_of(request);
  if (!scope) return done(status_of(scope.error()));
  if (const auto refused = unknown(core, *scope)) return done(status_of(*refused));
  hold::Place command{*scope, request.freeze_timers() ? hold::Timers::freeze : hold::Timers::keep, request.refuse_new(),
                      caller.principal.subject, request.reason()};
  const auto cause = cause_of(caller, "PlaceHold");
  core.engine.execute(StreamId{std::string(kHoldsStream)}, hold::Command{std::move(command)}, cause,
                      [&core, &response, scope = *scope, cause, done = std::move(done)](const Reply& reply) {
                        if (reply.rejection) return done(status_of(*reply.rejection, reply.retry_after));
                        const auto now = holds_of(core.engine.log());
                        if (const auto found = now.in_force.find(scope); found != now.in_force.end())
                          fill(*response.mutable_hold(), found->second);
                        response.set_position(number(reply.position));
                        response.set_changed(reply.changed);
                        if (reply.changed)
                          log_order(spdlog::level::warn, "Held as a whole", cause, std::string(kHoldsStream),
                                    {{"what", to_text(scope)}, {"because", response.hold().reason()}});
                        done(grpc::Status::OK);
                      });
}

void lift_hold(const Core& core, const Caller& caller, const api::LiftHoldRequest& request, api::LiftHoldResponse& response,
               Done done) {
  const auto scope = scope_of(request);
  if (!scope) return done(status_of(scope.error()));
  const auto cause = cause_of(caller, "LiftHold");
  core.engine.execute(
      StreamId{std::string(kHoldsStream)}, hold::Command{hold::Lift{*scope, caller.principal.subject, request.reason()}}, cause,
      [&response, scope = *scope, cause, done = std::move(done)](const Reply& reply) {
        if (reply.rejection) return done(status_of(*reply.rejection, reply.retry_after));
        response.set_position(number(reply.position));
        log_order(spdlog::level::warn, "Lifted a hold", cause, std::string(kHoldsStream), {{"what", to_text(scope)}});
        done(grpc::Status::OK);
      });
}

grpc::Status list_holds(const Core& core, const Caller& caller, const api::ListHoldsRequest& request,
                        api::ListHoldsResponse& response) {
  const auto view = view_of(core, caller, request);
  if (!view) return status_of(view.error());
  view->tell_position(response);
  for (const auto& [scope, hold] : holds_in(*view).in_force) fill(*response.add_holds(), hold);
  return grpc::Status::OK;
}

}  // namespace comd::north

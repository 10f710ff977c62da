#include "edge/grpc/subject.h"

#include <algorithm>

#include "edge/grpc/convert.h"
#include "edge/grpc/page.h"
#include "edge/grpc/words.h"
#include "events/fold.h"
#include "storage/subject_reader.h"

namespace comd::north {
namespace {

Rejection invalid(std::string message, std::string where, std::string hint) {
  return {RejectionCode::invalid, std::move(message), std::move(where), std::move(hint)};
}

/// The stream of the subject that a request names.
Result<StreamId, Rejection> stream_of_subject(const Core& core, const Caller& caller, const std::string& subject) {
  if (!core.sealing.on())
    return Err(Rejection{RejectionCode::precondition, "Expected a comd that seals personal data, but this one has no keys", "",
                         "Start it with keys: docs/personal-data.md"});
  if (subject.empty())
    return Err(invalid("Expected the id of a data subject, but it is empty.", "subject",
                       "Give a party's id as the orders have it, or order:<id> for an order that names nobody."));
  if (subject.size() > core.limits.order.max_id + 8)
    return Err(Rejection{RejectionCode::limit,
                         "Expected at most " + std::to_string(core.limits.order.max_id + 8) + " bytes, but it has " +
                             std::to_string(subject.size()) + ".",
                         "subject", "Ids of parties are shorter."});
  return subject_stream(core.sealing.pseudonym(caller.principal.tenant, subject));
}

std::optional<views::SubjectSummary> row_of(const Core& core, const TenantId& tenant, const StreamId& stream) {
  const auto row = core.reader.log().row(Table::subject, views::tenant_prefix(tenant) + stream.value);
  return row ? views::decode_subject(*row) : std::nullopt;
}

api::Subject message_of(const views::SubjectSummary& s) {
  api::Subject out;
  out.set_pseudonym(s.id);
  out.set_status(s.status);
  out.set_waits_for(s.waits_for);
  out.set_by(s.by);
  out.set_why(s.why);
  if (s.asked_at != Instant{}) fill(*out.mutable_asked_at(), s.asked_at);
  if (s.forgotten_at != Instant{}) fill(*out.mutable_forgotten_at(), s.forgotten_at);
  if (s.erased_at != Instant{}) fill(*out.mutable_erased_at(), s.erased_at);
  out.set_keys(s.keys.size());
  return out;
}

/// What there is of it, as it is now. Nothing: nobody.
std::optional<api::Subject> look_at(const Core& core, const TenantId& tenant, const StreamId& stream) {
  const auto row = row_of(core, tenant, stream);
  const auto findings = find_subject(core.reader.log(), tenant, stream);
  if (!row && findings.orders.empty() && findings.products.empty()) return std::nullopt;
  auto out = row ? message_of(*row) : api::Subject{};
  if (!row) {
    out.set_pseudonym(stream.value);
    out.set_status("known");
  }
  for (const auto& order : findings.orders) {
    auto& to = *out.add_orders();
    to.set_id(order.id.value);
    to.set_state(order.state);
    to.set_open(order.open);
    to.set_erased(row && std::ranges::find(row->orders, order.id) != row->orders.end());
  }
  for (const auto& product : findings.products) {
    auto& to = *out.add_products();
    to.set_id(product.id.value);
    to.set_status(product.status);
    to.set_live(product.live);
  }
  const bool all_erased = std::ranges::all_of(out.orders(), [](const auto& order) { return order.erased(); });
  if (!all_erased) out.set_in_the_way(subject::in_the_way(findings, false));
  return out;
}

Rejection nobody() {
  return {RejectionCode::not_found, "Expected a data subject that orders name, but none does.", "subject",
          "Give a party's id as the orders have it, or order:<id> for an order that names nobody."};
}

void tell_erased(const std::vector<subject::Event>& events, api::ForgetSubjectResponse& response) {
  std::set<std::string> keys;
  for (const auto& event : events)
    if (const auto* forgotten = std::get_if<subject::Forgotten>(&event))
      for (const auto& order : forgotten->orders) {
        response.add_erased(order.order.value);
        keys.insert(order.keys.begin(), order.keys.end());
      }
  response.set_keys(keys.size());
}

grpc::Status try_it(const Core& core, const TenantId& tenant, const StreamId& stream, const subject::Forget& command,
                    api::ForgetSubjectResponse& response) {
  auto folded = fold<subject::State>(core.reader.log().read_stream(stream), stream);
  if (!folded) return status_of(Rejection{RejectionCode::precondition, folded.error().message, {}, {}});
  const subject::Context context{core.engine.clock().now(), find_subject(core.reader.log(), tenant, stream)};
  const auto events = subject::decide(folded->state, command, context);
  if (!events) return status_of(events.error());
  tell_erased(*events, response);
  response.set_changed(!events->empty());
  if (auto subject = look_at(core, tenant, stream)) *response.mutable_subject() = *std::move(subject);
  return grpc::Status::OK;
}

/// What the command led to, from the commit that recorded it.
void tell_recorded(const Core& core, const StreamId& stream, Position at, api::ForgetSubjectResponse& response) {
  const auto stored = core.reader.log().read_feed(Position{number(at) - 1}, 1);
  if (stored.empty()) return;
  const auto commit = decode_readable(stored.front().record, &stream);
  if (!commit) return;
  std::vector<subject::Event> events;
  for (const auto& slice : commit->streams)
    for (const auto& event : slice.events)
      if (const auto* own = std::get_if<subject::Event>(&event)) events.push_back(*own);
  tell_erased(events, response);
}

}  // namespace

grpc::Status show_subject(const Core& core, const Caller& caller, const api::ShowSubjectRequest& request,
                          api::ShowSubjectResponse& response) {
  const auto stream = stream_of_subject(core, caller, request.subject());
  if (!stream) return status_of(stream.error());
  auto subject = look_at(core, caller.principal.tenant, *stream);
  if (!subject) return status_of(nobody());
  *response.mutable_subject() = *std::move(subject);
  return grpc::Status::OK;
}

void forget_subject(const Core& core, const Caller& caller, const api::ForgetSubjectRequest& request,
                    api::ForgetSubjectResponse& response, Done done) {
  const auto stream = stream_of_subject(core, caller, request.subject());
  if (!stream) return done(status_of(stream.error()));
  if (auto wrong = too_long(request.reason(), kReasonMax, "reason")) return done(status_of(*wrong));
  const TenantId tenant = caller.principal.tenant;
  subject::Forget command{tenant, caller.principal.subject, request.reason(), request.force(), request.when_closed()};
  if (request.dry_run()) return done(try_it(core, tenant, *stream, command, response));
  const auto cause = cause_of(caller, "Forget");
  core.engine.execute(
      *stream, subject::Command{std::move(command)}, cause,
      [&core, &response, stream = *stream, tenant, cause, done = std::move(done)](const Reply& reply) {
        if (reply.rejection) {
          log_order(spdlog::level::info, "Refused to forget a data subject", cause, stream.value,
                    {{"why", reply.rejection->message}});
          return done(reply.retry_after > Millis{0} ? status_of(*reply.rejection, reply.retry_after)
                                                    : status_of(*reply.rejection));
        }
        response.set_changed(reply.changed);
        response.set_position(number(reply.position));
        if (reply.changed) tell_recorded(core, stream, reply.position, response);
        // It is recorded, so it will be done; whoever asked wants to hear that it is.
        const auto row = row_of(core, tenant, stream);
        std::vector<std::string> keys;
        if (row && row->status != "waiting") keys = row->keys;
        core.sealing.keys()->erase(std::move(keys), [&core, &response, stream, tenant, cause, done](bool ok, std::string detail) {
          log_order(spdlog::level::warn, ok ? "Forgot a data subject" : "Could not destroy keys, and will try again", cause,
                    stream.value, {{"keys", std::to_string(response.keys())}, {"detail", detail}});
          if (!ok)
            return done(
                status_of(Rejection{RejectionCode::unavailable, std::move(detail), {}, "It is recorded: comd goes on trying"}));
          if (auto subject = look_at(core, tenant, stream)) *response.mutable_subject() = *std::move(subject);
          done(grpc::Status::OK);
        });
      });
}

void withdraw_subject(const Core& core, const Caller& caller, const api::WithdrawSubjectRequest& request,
                      api::WithdrawSubjectResponse& response, Done done) {
  const auto stream = stream_of_subject(core, caller, request.subject());
  if (!stream) return done(status_of(stream.error()));
  if (auto wrong = too_long(request.reason(), kReasonMax, "reason")) return done(status_of(*wrong));
  const TenantId tenant = caller.principal.tenant;
  core.engine.execute(*stream, subject::Command{subject::Withdraw{caller.principal.subject, request.reason()}},
                      cause_of(caller, "Withdraw"),
                      [&core, &response, stream = *stream, tenant, done = std::move(done)](const Reply& reply) {
                        if (reply.rejection) return done(status_of(*reply.rejection));
                        response.set_position(number(reply.position));
                        if (auto subject = look_at(core, tenant, stream)) *response.mutable_subject() = *std::move(subject);
                        done(grpc::Status::OK);
                      });
}

grpc::Status list_subjects(const Core& core, const Caller& caller, const api::ListSubjectsRequest& request,
                           api::ListSubjectsResponse& response) {
  const auto prefix = views::tenant_prefix(caller.principal.tenant);
  return page(core, IndexQuery{Table::subject, {prefix}, false, {}, {}, {}, 0}, request, response, [&](const std::string& id) {
    if (const auto row = row_of(core, caller.principal.tenant, StreamId{id})) *response.add_subjects() = message_of(*row);
    return static_cast<std::size_t>(response.subjects_size());
  });
}

}  // namespace comd::north

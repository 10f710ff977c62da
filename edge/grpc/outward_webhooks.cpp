#include "edge/grpc/outward_webhooks.h"

#include <algorithm>

#include "edge/grpc/convert.h"

namespace comd::north {
namespace {

constexpr std::uint32_t kLimit = 1'000, kLimitMost = 10'000;

std::vector<outward::WebhookStanding> standings(const Core& core, const Caller& caller) {
  if (core.webhooks == nullptr) return {};
  auto out = core.webhooks->list();
  std::erase_if(out, [&caller](const auto& one) { return one.tenant != caller.principal.tenant; });
  return out;
}

std::optional<Rejection> unknown(const Core& core, const Caller& caller, const std::string& name) {
  std::string names;
  for (const auto& one : standings(core, caller)) {
    if (one.name == name) return std::nullopt;
    names += (names.empty() ? "" : ", ") + one.name;
  }
  return Rejection{RejectionCode::not_found, "Expected a webhook, but there is none called \"" + name + "\".", "webhook",
                   names.empty() ? "comd.yaml has none: docs/events.md says how to add one." : "There are: " + names + "."};
}

api::Webhook message_of(const outward::WebhookStanding& is, Position tail) {
  api::Webhook out;
  out.set_name(is.name);
  out.set_url(is.url);
  out.set_tenant(is.tenant.value);
  for (const auto& type : is.types) out.add_types(type);
  out.set_read_position(number(is.read));
  out.set_behind(number(tail) - std::min(number(tail), number(is.read)));
  out.set_waiting(static_cast<std::uint32_t>(is.waiting));
  out.set_under_way(static_cast<std::uint32_t>(is.under_way));
  out.set_dead_letters(static_cast<std::uint32_t>(is.dead));
  if (is.oldest) fill(*out.mutable_oldest(), *is.oldest);
  if (is.next_try) fill(*out.mutable_next_try(), *is.next_try);
  out.set_failures(is.failures);
  out.set_last_error(is.last_error);
  if (is.last_delivered) fill(*out.mutable_last_delivered(), *is.last_delivered);
  return out;
}

}  // namespace

grpc::Status list_webhooks(const Core& core, const Caller& caller, api::ListWebhooksResponse& response) {
  const auto tail = core.reader.log().tail();
  for (const auto& one : standings(core, caller)) *response.add_webhooks() = message_of(one, tail);
  return grpc::Status::OK;
}

grpc::Status list_dead_letters(const Core& core, const Caller& caller, const api::ListDeadLettersRequest& request,
                               api::ListDeadLettersResponse& response) {
  if (const auto refused = unknown(core, caller, request.webhook())) return status_of(*refused);
  const auto letters = core.webhooks->dead(request.webhook()).value_or(std::vector<outward::DeadLetter>{});
  const auto limit = std::min(request.limit() == 0 ? kLimit : request.limit(), kLimitMost);
  response.set_total(static_cast<std::uint32_t>(letters.size()));
  for (const auto& letter : letters) {
    if (static_cast<std::uint32_t>(response.letters_size()) == limit) break;
    auto& out = *response.add_letters();
    out.set_event_id(letter.id);
    out.set_position(number(letter.position));
    out.set_type(letter.type);
    out.set_order_id(letter.order.value);
    fill(*out.mutable_time(), letter.time);
    fill(*out.mutable_given_up(), letter.given_up);
    out.set_attempts(letter.attempts);
    out.set_error(letter.error);
  }
  return grpc::Status::OK;
}

grpc::Status redeliver(const Core& core, const Caller& caller, const api::RedeliverRequest& request,
                       api::RedeliverResponse& response) {
  if (const auto refused = unknown(core, caller, request.webhook())) return status_of(*refused);
  if (request.all() != request.event_ids().empty()) {
    return status_of(Rejection{RejectionCode::invalid, "Expected either event_ids or all, but got both or neither.", "event_ids",
                               "comctl webhook dead lists the ids."});
  }
  const auto done = core.webhooks->redeliver(request.webhook(), {request.event_ids().begin(), request.event_ids().end()});
  if (!done) return status_of(done.error());
  response.set_queued(static_cast<std::uint32_t>(done->queued));
  for (const auto& id : done->unknown) response.add_unknown(id);
  log_line(spdlog::level::info, "Dead letters of a webhook are delivered again",
           {{"webhook", request.webhook()}, {"queued", std::to_string(done->queued)}, {"by", caller.principal.subject}});
  return grpc::Status::OK;
}

}  // namespace comd::north

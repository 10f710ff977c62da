#include <fmt/format.h>

#include "cmd/comctl/tool/session.h"
#include "comd/api/v1/events.grpc.pb.h"

/// The webhooks: how far they are, what they gave up, and to try that again.
namespace comd::ctl {
namespace {

using Events = api::v1::EventsService;

constexpr char kNone[] = "–";

Json document_of(const api::v1::Webhook& w) {
  return {{"name", w.name()},
          {"url", w.url()},
          {"tenant", w.tenant()},
          {"types", std::vector<std::string>(w.types().begin(), w.types().end())},
          {"readPosition", w.read_position()},
          {"behind", w.behind()},
          {"waiting", w.waiting()},
          {"underWay", w.under_way()},
          {"deadLetters", w.dead_letters()},
          {"oldest", time_of(w.has_oldest(), w.oldest())},
          {"nextTry", time_of(w.has_next_try(), w.next_try())},
          {"failures", w.failures()},
          {"lastError", w.last_error()},
          {"lastDelivered", time_of(w.has_last_delivered(), w.last_delivered())}};
}

Json document_of(const api::v1::DeadLetter& l) {
  return {{"eventId", l.event_id()},
          {"position", l.position()},
          {"type", l.type()},
          {"orderId", l.order_id()},
          {"time", time_of(l.has_time(), l.time())},
          {"givenUp", time_of(l.has_given_up(), l.given_up())},
          {"attempts", l.attempts()},
          {"error", l.error()}};
}

std::string age(const Json& time) {
  const auto since = time.is_null() ? std::nullopt : parse_time(time.get<std::string>());
  const auto now = std::chrono::time_point_cast<Millis>(std::chrono::system_clock::now());
  return since ? show_duration(std::max(now - *since, Millis{0})) : kNone;
}

std::string show_webhooks(const Json& document, bool colour) {
  Table table{{{"WEBHOOK"}, {"WAITING", true}, {"OLDEST", true}, {"FAILURES", true}, {"DEAD", true}, {"NEXT TRY"}, {"URL"}}, {}};
  std::string errors;
  for (const auto& webhook : document.at("webhooks")) {
    const bool failing = webhook.at("failures").get<std::uint32_t>() > 0,
               dead = webhook.at("deadLetters").get<std::uint32_t>() > 0;
    table.rows.push_back({Cell{text_at(webhook, "name"), failing ? Style::bad : Style::good}, text_at(webhook, "waiting"),
                          age(webhook.at("oldest")), Cell{text_at(webhook, "failures"), failing ? Style::bad : Style::plain},
                          Cell{text_at(webhook, "deadLetters"), dead ? Style::bad : Style::plain},
                          webhook.at("nextTry").is_null() ? kNone : shown_time(webhook.at("nextTry")),
                          printable(text_at(webhook, "url"))});
    if (failing) errors += fmt::format("{}: {}\n", text_at(webhook, "name"), printable(text_at(webhook, "lastError")));
  }
  if (table.rows.empty()) return "comd has no webhooks; `webhooks` of comd.yaml are where they go\n";
  return table.render(colour) + errors;
}

std::string show_dead(const Json& document, bool colour) {
  Table table{{{"EVENT"}, {"GIVEN UP"}, {"TYPE"}, {"ORDER"}, {"ATTEMPTS", true}, {"ERROR"}}, {}};
  for (const auto& letter : document.at("letters"))
    table.rows.push_back({text_at(letter, "eventId"), shown_time(letter.at("givenUp")), text_at(letter, "type"),
                          text_at(letter, "orderId"), text_at(letter, "attempts"), cut(printable(text_at(letter, "error")), 60)});
  auto out = table.rows.empty() ? std::string("none\n") : table.render(colour);
  const auto total = document.at("total").get<std::size_t>(), shown = document.at("letters").size();
  if (shown < total) out += fmt::format("{} more; --limit shows them\n", total - shown);
  return out;
}

}  // namespace

int webhook_list(const Session& session) {
  const auto response = session.client.call(&Events::Stub::ListWebhooks, {});
  if (!response) return session.fail(response.error());
  Json document{{"webhooks", Json::array()}};
  for (const auto& webhook : response->webhooks()) document["webhooks"].push_back(document_of(webhook));
  session.print(document, show_webhooks);
  return kDone;
}

int webhook_dead(const Session& session) {
  api::v1::ListDeadLettersRequest request;
  request.set_webhook(session.options.webhook);
  request.set_limit(session.options.page_size);
  const auto response = session.client.call(&Events::Stub::ListDeadLetters, request);
  if (!response) return session.fail(response.error());
  Json document{{"letters", Json::array()}, {"total", response->total()}};
  for (const auto& letter : response->letters()) document["letters"].push_back(document_of(letter));
  session.print(document, show_dead);
  return kDone;
}

int webhook_redeliver(const Session& session) {
  api::v1::RedeliverRequest request;
  request.set_webhook(session.options.webhook);
  for (const auto& id : session.options.ids) request.add_event_ids(id);
  request.set_all(session.options.all);
  const auto response = session.client.call(&Events::Stub::Redeliver, request);
  if (!response) return session.fail(response.error());
  Json document{{"queued", response->queued()}, {"unknown", Json::array()}};
  for (const auto& id : response->unknown()) document["unknown"].push_back(id);
  session.print(document, [](const Json& result, bool) {
    auto out = fmt::format("{} queued; `comctl webhook list` shows how they fare\n", text_at(result, "queued"));
    for (const auto& id : result.at("unknown")) out += fmt::format("{} is not among the dead letters\n", id.get<std::string>());
    return out;
  });
  return response->unknown().empty() ? kDone : kNotFound;
}

}  // namespace comd::ctl

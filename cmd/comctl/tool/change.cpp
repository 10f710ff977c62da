#include <fmt/format.h>

#include "cmd/comctl/tool/changes.h"
#include "cmd/comctl/tool/documents.h"
#include "cmd/comctl/tool/lists.h"
#include "cmd/comctl/tool/submissions.h"
#include "comd/api/v1/product_order.grpc.pb.h"

/// Changes of an order that is under way: another version of it, or its cancellation. Both say before what they would do.
namespace comd::ctl {

Json steps_of(const google::protobuf::RepeatedPtrField<api::v1::ChangeStep>& steps) {
  Json out = Json::array();
  for (const auto& step : steps)
    out.push_back({{"kind", step.kind()},
                   {"serviceOrder", step.service_order()},
                   {"item", step.item()},
                   {"key", step.service_key()},
                   {"specification", step.specification()},
                   {"action", step.action()},
                   {"replaces", step.replaces()},
                   {"why", step.why()}});
  return out;
}

namespace {

using Orders = api::v1::ProductOrderService;

Json obstacles_of(const google::protobuf::RepeatedPtrField<api::v1::Obstacle>& obstacles) {
  Json out = Json::array();
  for (const auto& one : obstacles) out.push_back(ctl::document_of(one));
  return out;
}

Json document_of(const api::v1::ReviseOrderResponse& response, const std::string& id, bool dry_run) {
  return {{"orderId", id},
          {"revision", response.revision()},
          {"changed", response.changed()},
          {"queued", response.queued()},
          {"dryRun", dry_run},
          {"position", response.position()},
          {"version", response.version()},
          {"steps", steps_of(response.steps())},
          {"expectedCompletion", time_of(response.has_expected_completion(), response.expected_completion())}};
}

Json document_of(const api::v1::CancelOrderResponse& response, const std::string& id, bool dry_run) {
  return {{"orderId", id},
          {"state", response.state()},
          {"changed", response.position() != 0},
          {"dryRun", dry_run},
          {"position", response.position()},
          {"version", response.version()},
          {"task", response.has_task() ? ctl::document_of(response.task()) : Json()},
          {"steps", steps_of(response.steps())},
          {"obstacles", obstacles_of(response.obstacles())},
          {"costs", obstacles_of(response.costs())},
          {"asked", obstacles_of(response.asked())},
          {"expectedCompletion", time_of(response.has_expected_completion(), response.expected_completion())}};
}

Style style_of_kind(const std::string& kind) {
  if (kind == "keep") return Style::dim;
  return kind == "add" || kind == "redo" || kind == "amend" ? Style::good : Style::bad;
}

std::string show_steps(const Json& steps, bool colour) {
  Table table{{{"STEP"}, {"SERVICE ORDER"}, {"ACTION"}, {"SPECIFICATION"}, {"BEHIND"}}, {}};
  for (const auto& step : steps) {
    const auto kind = text_at(step, "kind");
    table.rows.push_back({{kind, style_of_kind(kind)},
                          text_at(step, "serviceOrder"),
                          text_at(step, "action"),
                          text_at(step, "specification"),
                          text_at(step, "replaces")});
  }
  std::string out = table.render(colour);
  for (const auto& step : steps)
    if (text_at(step, "kind") == "leave")
      out += fmt::format("{} stays: {}\n", text_at(step, "serviceOrder"), text_at(step, "why"));
  return out;
}

std::string show_obstacles(const std::string& title, const Json& obstacles) {
  std::string out;
  for (const auto& one : obstacles)
    out += fmt::format("{}: {} of item {}: {}\n", title, text_at(one, "serviceOrder"), text_at(one, "item"), text_at(one, "why"));
  return out;
}

std::string nothing_recorded(const Json& document) {
  return fmt::format("\nNothing was recorded. From this state on exactly: --if-version {}\n", text_at(document, "version"));
}

std::string show_revision_rehearsal(const Json& document, bool colour) {
  if (document.at("queued") == true)
    return fmt::format(
               "Revision {} would wait until what an earlier one does away with is gone. What it does then depends on what is "
               "there.\n",
               text_at(document, "revision")) +
           nothing_recorded(document);
  std::string out = document.at("changed") == true ? show_steps(document.at("steps"), colour) : "Nothing would change.\n";
  if (!document.at("expectedCompletion").is_null())
    out += "expected completion  " + shown_time(document.at("expectedCompletion")) + "\n";
  return out + nothing_recorded(document);
}

std::string show_revised(const Json& document, bool colour) {
  if (document.at("queued") == true)
    return fmt::format("Revision {} of {} waits until what an earlier one does away with is gone.\n",
                       paint(text_at(document, "revision"), Style::bold, colour), text_at(document, "orderId"));
  return fmt::format("{} is at revision {}{}\n", text_at(document, "orderId"),
                     paint(text_at(document, "revision"), Style::bold, colour),
                     document.at("changed") == true ? "" : " (it was already: nothing changed)");
}

std::string show_cancel_rehearsal(const Json& document, bool colour) {
  std::string out = show_obstacles("denied", document.at("obstacles"));
  out += show_obstacles("asked first", document.at("asked"));
  if (!document.at("steps").empty())
    out += show_steps(document.at("steps"), colour);
  else if (out.empty())
    out = document.at("state") == "cancelled" ? "Nothing was begun: it would be cancelled at once.\n" : "Nothing would change.\n";
  out += show_obstacles("needs --accept-cost", document.at("costs"));
  if (!document.at("expectedCompletion").is_null()) out += "undone by  " + shown_time(document.at("expectedCompletion")) + "\n";
  return out + nothing_recorded(document);
}

std::string show_cancelled(const Json& document, bool colour) {
  const auto state = text_at(document, "state");
  return fmt::format("{} is {}{}\n", text_at(document, "orderId"), paint(state, style_of(state), colour),
                     document.at("changed") == true ? "" : " (it was already: nothing changed)");
}

/// What every change says.
template <class Request>
Request request_for(const std::string& id, const Options& options) {
  Request out;
  out.set_order_id(id);
  out.set_reason(options.reason);
  out.set_accept_cost(options.accept_cost);
  out.set_dry_run(options.dry_run);
  if (options.if_version) out.set_if_version(*options.if_version);
  return out;
}

}  // namespace

int order_revise(const Session& session) {
  const auto& options = session.options;
  const auto id = resolve(session, options.ids.front());
  if (!id) return session.fail(id.error());
  const auto text = read_text(options.files.front(), session.streams.in);
  if (!text) return session.fail(text.error());
  auto request = request_for<api::v1::ReviseOrderRequest>(*id, options);
  request.set_tmf622_json(*text);
  request.set_catalog_version(options.catalog_version);
  request.set_revision(options.revision);
  if (options.revision == 0) {
    api::v1::GetOrderRequest get;
    get.set_order_id(*id);
    const auto order = session.client.call(&Orders::Stub::Get, get);
    if (!order) return session.fail(order.error());
    request.set_revision(order->revision() + 1 + static_cast<std::uint32_t>(order->queued_revisions_size()));
  }
  const auto response = session.client.call(&Orders::Stub::Revise, request);
  if (!response) return session.fail(response.error());
  session.print(document_of(*response, *id, options.dry_run), options.dry_run ? show_revision_rehearsal : show_revised);
  return kDone;
}

int order_cancel(const Session& session) {
  const auto& options = session.options;
  const auto id = resolve(session, options.ids.front());
  if (!id) return session.fail(id.error());
  auto request = request_for<api::v1::CancelOrderRequest>(*id, options);
  request.set_accept_remainder(options.accept_remainder);
  const auto response = session.client.call(&Orders::Stub::Cancel, request);
  if (!response) return session.fail(response.error());
  session.print(document_of(*response, *id, options.dry_run), options.dry_run ? show_cancel_rehearsal : show_cancelled);
  return kDone;
}

}  // namespace comd::ctl

#include <fmt/format.h>
#include <google/protobuf/util/time_util.h>

#include "cmd/comctl/tool/fallout.h"
#include "cmd/comctl/tool/lists.h"
#include "cmd/comctl/tool/submissions.h"
#include "comd/api/v1/fallout.grpc.pb.h"

/// What waits for a person, and what a person does about it.
namespace comd::ctl {
namespace {

using Fallout = api::v1::FalloutService;

google::protobuf::Timestamp ago(Millis duration) {
  const auto then = std::chrono::time_point_cast<Millis>(std::chrono::system_clock::now()) - duration;
  return google::protobuf::util::TimeUtil::MillisecondsToTimestamp(then.time_since_epoch().count());
}

int list(const Session& session, const std::string& kind) {
  auto request = fallout_query(session);
  if (!request) return session.fail(request.error());
  request->set_kind(kind);
  return list_pages(
      session, &Fallout::Stub::List, std::move(*request), "items", [](const auto& page) -> const auto& { return page.items(); },
      show_fallout);
}

/// "fallout retry" → "retry"; providing information is trying again with it.
std::string action_of(const std::string& command) {
  auto action = command.substr(command.rfind(' ') + 1);
  return action == "provide" ? "retry" : action;
}

struct Done {
  std::string id;
  Outcome<api::v1::ActResponse> answer;
};

Done act(const Session& session, const std::string& name, api::v1::ActRequest request) {
  const auto id = resolve(session, name);
  if (!id) return {name, tl::unexpected(id.error())};
  request.set_id(*id);
  request.set_request_id(drawn_key());
  auto answer = session.client.call(&Fallout::Stub::Act, request);
  // The request id makes it one request, however often it is sent.
  if (!answer && worth_repeating(answer.error()) && session.client.wait_for_server(session.options.timeout))
    answer = session.client.call(&Fallout::Stub::Act, request);
  return {*id, std::move(answer)};
}

Json document_of(const std::vector<Done>& all, const std::string& action, bool dry_run) {
  Json results = Json::array();
  std::size_t done = 0;
  for (const auto& [id, answer] : all) {
    Json one{{"id", id}, {"action", action}, {"dryRun", dry_run}};
    const auto& response = answer ? *answer : api::v1::ActResponse{};
    one["repeated"] = response.repeated();
    one["position"] = response.position();
    one["version"] = response.version();
    one["leadsTo"] = Json::array();
    for (const auto& lead : response.leads_to()) one["leadsTo"].push_back(lead);
    one["error"] = answer ? Json(nullptr) : ctl::document_of(answer.error());
    if (answer) ++done;
    results.push_back(std::move(one));
  }
  return {{"done", done}, {"refused", all.size() - done}, {"results", std::move(results)}};
}

}  // namespace

Outcome<api::v1::ListFalloutRequest> fallout_query(const Session& session) {
  const auto& options = session.options;
  api::v1::ListFalloutRequest request;
  request.set_kind(options.kind);
  request.set_target(options.target);
  request.set_specification(options.specification);
  request.set_code(options.code);
  request.set_fault_class(options.fault_class);
  request.set_assignee(options.assignee);
  request.set_state(options.state);
  if (!options.order.empty()) {
    const auto order = resolve(session, options.order);
    if (!order) return tl::unexpected(order.error());
    request.set_order_id(*order);
  }
  if (options.older_than) *request.mutable_since_before() = ago(*options.older_than);
  if (options.newer_than) *request.mutable_since_after() = ago(*options.newer_than);
  return request;
}

Outcome<std::string> values_of(const Session& session) {
  const auto& options = session.options;
  if (options.values_file.empty() && options.sets.empty()) return std::string{};
  auto values = Json::object();
  if (!options.values_file.empty()) {
    const auto text = read_text(options.values_file, session.streams.in);
    if (!text) return tl::unexpected(text.error());
    values = parse_json(*text);
    if (!values.is_object())
      return tl::unexpected(usage_failure(fmt::format("Expected a JSON object in {}, but it is none", options.values_file),
                                          R"(for example {"portId": "P-7"})"));
  }
  for (const auto& set : options.sets) {
    const auto equals = set.find('=');
    if (equals == std::string::npos || equals == 0)
      return tl::unexpected(
          usage_failure(fmt::format("Expected --set NAME=VALUE, but got \"{}\"", set), "for example --set portId=P-7"));
    auto value = parse_json(set.substr(equals + 1));
    values[set.substr(0, equals)] = value.is_discarded() ? Json(set.substr(equals + 1)) : std::move(value);
  }
  return text_of(values);
}

int fallout_list(const Session& session) { return list(session, session.options.kind); }
int task_list(const Session& session) { return list(session, "task"); }

int fallout_show(const Session& session) {
  const auto id = resolve(session, session.options.ids.front());
  if (!id) return session.fail(id.error());
  api::v1::GetFalloutRequest request;
  request.set_id(*id);
  request.set_service_order(session.options.service_order);
  const auto response = session.client.call(&Fallout::Stub::Get, request);
  if (!response) return session.fail(response.error());
  session.print(ctl::document_of(*response), show_fallout_item);
  return kDone;
}

int fallout_act(const Session& session) {
  const auto& options = session.options;
  if (options.ids.size() > 1 && options.if_version)
    return session.fail(usage_failure("Expected one ID with --if-version, but there are " + std::to_string(options.ids.size()),
                                      "each has a version of its own: act on one after the other"));
  const auto values = values_of(session);
  if (!values) return session.fail(values.error());
  if (options.command == "task provide" && values->empty())
    return session.fail(usage_failure("Expected the information with --set or --values, but there is none",
                                      "to try again as it is: comctl fallout retry"));
  api::v1::ActRequest request;
  request.set_action(action_of(options.command));
  request.set_reason(options.reason);
  request.set_values_json(*values);
  if (request.action() == "assign" && options.assignee != "-") request.set_assignee(options.assignee);
  request.set_force(options.force);
  request.set_service_order(options.service_order);
  request.set_item(options.item);
  if (options.priority) request.set_priority(static_cast<std::uint32_t>(std::min<std::uint64_t>(*options.priority, 255)));
  request.set_dry_run(options.dry_run);
  if (options.if_version) request.set_if_version(*options.if_version);

  std::vector<Done> all;
  int exit = kDone;
  for (const auto& id : options.ids) {
    all.push_back(act(session, id, request));
    auto& answer = all.back().answer;
    if (answer) continue;
    answer.error().about = all.back().id;
    if (options.ids.size() == 1) return session.fail(answer.error());
    exit = exit == kDone || exit == answer.error().exit ? answer.error().exit : kRejected;
  }
  const auto document = document_of(all, request.action(), options.dry_run);
  session.print(document, show_actions);
  if (options.output != Output::json && options.output != Output::yaml)
    for (const auto& one : all)
      if (!one.answer) report(one.answer.error(), options, session.streams);
  return exit;
}

}  // namespace comd::ctl

#include <algorithm>
#include <cmath>
#include <map>

#include "edge/grpc/convert.h"
#include "edge/grpc/fallout.h"
#include "edge/grpc/repair.h"
#include "edge/tmf/tmf622.h"

/// Starting a bulk repair: whom it is for is frozen here, what becomes of it is decided by its actor.
namespace comd::north {
namespace {

constexpr int kForecasts = 1'000;      ///< members told one by one by a dry run
constexpr std::size_t kOutcomes = 50;  ///< sums told by a dry run; what is rarer is told together
constexpr std::size_t kQueryMax = 1'000;
constexpr std::int64_t kLookLeast = 100, kLookMost = 7LL * 24 * 3'600'000;
constexpr double kRate = 20, kRateLeast = 0.01, kRateMost = 1'000;
constexpr std::uint32_t kStopAfter = 10;

Rejection invalid(std::string message, std::string where, std::string hint) {
  return {RejectionCode::invalid, std::move(message), std::move(where), std::move(hint)};
}

RepairId id_of(const TenantId& tenant, const std::string& request_id) {
  return {"rj-" + tmf::order_id_of_key(tenant, "repair", request_id).value.substr(3)};  // without its "po-"
}

/// The query as a person would read it; empty: it has no filter.
std::string text_of(const api::ListFalloutRequest& query) {
  std::string out;
  const auto add = [&](std::string_view name, const std::string& value) {
    if (!value.empty()) out += (out.empty() ? "" : " ") + std::string(name) + "=" + value;
  };
  add("kind", query.kind());
  add("target", query.target());
  add("specification", query.specification());
  add("code", query.code());
  add("class", query.fault_class());
  add("assignee", query.assignee());
  add("order", query.order_id());
  add("state", query.state());
  if (query.has_since_before()) add("since-before", comd::to_text(instant_of(query.since_before())));
  if (query.has_since_after()) add("since-after", comd::to_text(instant_of(query.since_after())));
  return out;
}

Result<std::string, Rejection> query_of(const api::ListFalloutRequest& query) {
  if (query.page_size() != 0 || !query.page_token().empty())
    return Err(invalid("Expected filters only, but there is a page size or a page token.", "query",
                       "A repair is for everything that fits; leave them out."));
  auto text = text_of(query);
  if (text.empty())
    return Err(invalid("Expected at least one filter, but there is none: that would be everything that waits for a person.",
                       "query", "If that is what you want: kind \"fallout\", and another repair for kind \"task\"."));
  if (text.size() > kQueryMax)
    return Err(
        Rejection{RejectionCode::limit,
                  "Expected at most " + std::to_string(kQueryMax) + " bytes, but it has " + std::to_string(text.size()) + ".",
                  "query", "Send shorter filters."});
  return text;
}

/// `asked`, or where it is zero the default; it must lie between the two.
template <class Number>
Result<Number, Rejection> within(Number asked, Number otherwise, Number least, Number most, std::string where) {
  if (asked == Number{}) return otherwise;
  if (asked >= least && asked <= most) return asked;
  const auto text = [](Number n) {
    auto out = std::to_string(n);
    if (out.find('.') != std::string::npos) out.erase(std::min(out.find_last_not_of('0'), out.size() - 2) + 1);
    return out.ends_with('.') ? out.substr(0, out.size() - 1) : out;
  };
  return Err(invalid("Expected " + text(least) + " to " + text(most) + ", but got " + text(asked) + ".", std::move(where),
                     "0 means " + text(otherwise) + "."));
}

Result<repair::Plan, std::vector<Rejection>> plan_of(const Core& core, const Caller& caller,
                                                     const api::StartRepairRequest& request) {
  const auto one = [](Rejection rejection) { return Err(std::vector{std::move(rejection)}); };
  api::ActRequest act;
  act.set_action(request.action());
  act.set_reason(request.reason());
  act.set_values_json(request.values_json());
  act.set_force(request.force());
  act.set_request_id(request.request_id());
  auto what = intervention_of(core, caller, act);
  if (!what) return Err(what.error());
  for (const std::string& name : core.sealing.on() ? personal_names(core) : std::vector<std::string>{})
    if (what->values.contains(name))
      return one(invalid("Expected values that are nobody's, but '" + name + "' is personal data.", "values_json",
                         "Give it to each order by itself: it is sealed with the order's key."));
  if (what->remedy == Remedy::hold || what->remedy == Remedy::assign || what->remedy == Remedy::note)
    return one(
        invalid("Expected one of retry, complete, skip, fail, compensate, resume, accept, but got \"" + request.action() + "\".",
                "action", "The others move nothing, so whether they helped cannot be seen."));
  if (auto wrong = refuse_reason(request.reason())) return one(std::move(*wrong));
  auto query = query_of(request.query());
  if (!query) return one(query.error());
  const auto rate = within(request.rate(), kRate, kRateLeast, kRateMost, "rate");
  if (!rate) return one(rate.error());
  const auto every = within<std::int64_t>(request.look_every_ms(), 5'000, kLookLeast, kLookMost, "look_every_ms");
  if (!every) return one(every.error());
  const auto lasting =
      within<std::int64_t>(request.look_for_ms(), std::max<std::int64_t>(600'000, *every), *every, kLookMost, "look_for_ms");
  if (!lasting) return one(lasting.error());
  repair::Plan plan;
  plan.tenant = caller.principal.tenant;
  plan.query = std::move(*query);
  plan.what = std::move(*what);
  plan.what.id = id_of(plan.tenant, plan.what.id).value;
  plan.canary = request.canary();
  plan.pace = Millis{std::llround(1000.0 / *rate)};
  plan.failures_max = request.stop_after() == 0 ? kStopAfter : request.stop_after();
  plan.look_every = Millis{*every};
  plan.look_for = Millis{*lasting};
  return plan;
}

/// "Queued, Released": ids, deadlines and counts differ from member to member.
std::string in_short(const api::RepairForecast& forecast) {
  std::string out = forecast.refusal();
  for (auto at = out.find(forecast.id()); at != std::string::npos; at = out.find(forecast.id(), at))
    out.replace(at, forecast.id().size(), "it");
  if (!forecast.allowed()) return out;
  for (const auto& lead : forecast.leads_to()) out += (out.empty() ? "" : ", ") + lead.substr(0, lead.find(':'));
  return out.empty() ? "recorded, and nothing follows at once" : out;
}

api::RepairForecast forecast_of(const Core& core, const Caller& caller, const api::StartRepairRequest& request,
                                const repair::Target& member) {
  api::ActRequest act;
  act.set_id(member.id);
  act.set_action(request.action());
  act.set_reason(request.reason());
  act.set_values_json(request.values_json());
  act.set_force(request.force());
  act.set_if_version(number(member.version));
  act.set_dry_run(true);
  api::ActResponse answer;
  api::RepairForecast out;
  out.set_id(member.id);
  out.set_version(number(member.version));
  north::act(core, caller, act, answer, [&out](const grpc::Status& status) {  // a dry run answers at once
    out.set_allowed(status.ok());
    if (!status.ok()) out.set_refusal(status.error_message());
  });
  if (out.allowed()) *out.mutable_leads_to() = answer.leads_to();
  return out;
}

void tell(const std::map<std::pair<bool, std::string>, std::uint32_t>& sums, api::StartRepairResponse& response) {
  std::vector<std::pair<std::uint32_t, std::pair<bool, std::string>>> sorted;
  for (const auto& [what, members] : sums) sorted.emplace_back(members, what);
  std::ranges::stable_sort(sorted, std::greater{}, [](const auto& one) { return one.first; });
  std::map<bool, std::uint32_t> rare;
  for (std::size_t i = 0; i < sorted.size(); ++i) {
    const auto& [members, what] = sorted[i];
    if (i >= kOutcomes) {
      rare[what.first] += members;
      continue;
    }
    auto& outcome = *response.add_outcomes();
    outcome.set_allowed(what.first);
    outcome.set_text(what.second);
    outcome.set_members(members);
  }
  for (const auto& [allowed, members] : rare) {
    auto& outcome = *response.add_outcomes();
    outcome.set_allowed(allowed);
    outcome.set_text("something else");
    outcome.set_members(members);
  }
}

grpc::Status rehearse(const Core& core, const Caller& caller, const api::StartRepairRequest& request,
                      const repair::Start& command, api::StartRepairResponse& response) {
  const auto events = repair::decide({}, command, {core.engine.clock().now(), {}});
  if (!events) return status_of(events.error());
  auto& what = *response.mutable_repair();
  what.set_action(request.action());
  what.set_by(caller.principal.subject);
  what.set_why(request.reason());
  what.set_query(command.plan.query);
  what.mutable_totals()->set_members(static_cast<std::uint32_t>(command.members.size()));
  what.mutable_totals()->set_open(what.totals().members());
  std::map<std::pair<bool, std::string>, std::uint32_t> sums;
  for (const auto& member : command.members) {
    auto forecast = forecast_of(core, caller, request, member);
    ++sums[{forecast.allowed(), in_short(forecast)}];
    if (forecast.allowed())
      response.set_allowed(response.allowed() + 1);
    else
      response.set_refused(response.refused() + 1);
    if (response.forecasts_size() < kForecasts) *response.add_forecasts() = std::move(forecast);
  }
  tell(sums, response);
  return grpc::Status::OK;
}

/// True if the job is there already; then the answer says so.
bool repeated(const Core& core, const RepairId& id, const TenantId& tenant, api::StartRepairResponse& response) {
  const auto first = core.reader.repair(id, tenant);
  if (!first) return false;
  fill(*response.mutable_repair(), first->state);
  response.set_position(number(first->first));
  response.set_repeated(true);
  return true;
}

}  // namespace

void start_repair(const Core& core, const Caller& caller, const api::StartRepairRequest& request,
                  api::StartRepairResponse& response, Done done) {
  auto plan = plan_of(core, caller, request);
  if (!plan) return done(status_of(plan.error()));
  const RepairId id{plan->what.id};
  const auto tenant = plan->tenant;
  if (!request.dry_run() && repeated(core, id, tenant, response)) return done(grpc::Status::OK);
  auto members = find_fallout(core, caller, request.query());
  if (!members) return done(status_of(members.error()));
  repair::Start command{std::move(*plan), std::move(*members)};
  if (request.dry_run()) return done(rehearse(core, caller, request, command, response));
  const auto cause = cause_of(caller, "StartRepair");
  core.engine.execute(
      stream_of(id), repair::Command{std::move(command)}, cause,
      [&core, &response, id, tenant, cause, done = std::move(done)](const Reply& reply) {
        if (reply.rejection) {
          log_order(spdlog::level::info, "Refused a repair", cause, id.value, {{"why", reply.rejection->message}});
          return done(reply.retry_after > Millis{0} ? status_of(*reply.rejection, reply.retry_after)
                                                    : status_of(*reply.rejection));
        }
        repeated(core, id, tenant, response);  // how it stands
        response.set_repeated(!reply.changed);
        log_order(spdlog::level::info, "Started a repair", cause, id.value,
                  {{"members", std::to_string(response.repair().totals().members())}});
        done(grpc::Status::OK);
      });
}

}  // namespace comd::north

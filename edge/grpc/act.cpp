#include "edge/grpc/convert.h"
#include "edge/grpc/fallout.h"
#include "edge/grpc/sealed_ports.h"
#include "edge/grpc/words.h"
#include "edge/tmf/reader.h"
#include "events/record.h"

/// One intervention: read from the request, decided by the order's actor or, as a dry run, here.
namespace comd::north {
namespace {

constexpr std::size_t kAssigneeMax = 128, kRequestIdMax = 128;

constexpr char kActions[] = "retry, complete, skip, fail, compensate, hold, resume, accept, assign, note, prioritise";

Rejection invalid(std::string message, std::string where, std::string hint) {
  return {RejectionCode::invalid, std::move(message), std::move(where), std::move(hint)};
}

Result<Values, std::vector<Rejection>> values_of(const std::string& text, const tmf::Limits& limits) {
  Values out;
  if (text.empty()) return out;
  auto json = tmf::parse_json(text, limits);
  if (!json) {
    for (auto& rejection : json.error())
      rejection.where = "values_json" + (rejection.where.empty() ? "" : ": " + rejection.where);
    return Err(json.error());
  }
  if (!json->is_object())
    return Err(std::vector{invalid("Expected an object, but got " + std::string(tmf::kind_of_json(*json)) + ".", "values_json",
                                   R"(For example {"portId": "P-7"}.)")});
  if (json->size() > limits.max_characteristics)
    return Err(std::vector{Rejection{RejectionCode::limit,
                                     "Expected at most " + std::to_string(limits.max_characteristics) + " values, but got " +
                                         std::to_string(json->size()) + ".",
                                     "values_json", "Send fewer."}});
  for (const auto& [name, value] : json->items()) {
    if (name.empty() || name.size() > limits.max_id)
      return Err(std::vector{invalid(
          "Expected names of 1 to " + std::to_string(limits.max_id) + " bytes, but one has " + std::to_string(name.size()) + ".",
          "values_json", "Name the value as the specification does.")});
    out[name] = Value{value.dump()};
  }
  return out;
}

template <class Event>
void tell(const Event& event, api::ActResponse& response) {
  const auto line = describe(event);
  if (line.name != "Intervened") response.add_leads_to(line.name + (line.text.empty() ? "" : ": " + line.text));
}

const std::string* id_of(const AnyEvent& event) {
  return std::visit(
      [](const auto& own) -> const std::string* {
        return std::visit(
            [](const auto& e) -> const std::string* {
              if constexpr (requires {
                              e.what.id;
                              e.what.force;
                              e.at;
                            })
                return &e.what.id;
              return nullptr;
            },
            own);
      },
      event);
}

/// What the intervention led to, from the commit that recorded it; others' commands may share it.
void tell_recorded(const EventLog& log, const StreamId& stream, const std::string& id, Position at, api::ActResponse& response) {
  const auto stored = log.read_feed(Position{number(at) - 1}, 1);
  if (stored.empty()) return;
  const auto commit = decode_readable(stored.front().record, &stream);
  if (!commit) return;
  for (const auto& slice : commit->streams) {
    const std::string* first = slice.stream == stream && !slice.events.empty() ? id_of(slice.events.front()) : nullptr;
    if (first == nullptr || *first != id) continue;
    response.set_version(number(slice.before + slice.events.size()));
    for (const auto& event : slice.events) std::visit([&](const auto& own) { tell(own, response); }, event);
  }
}

Rejection moved(const Rejection& rejection) {
  auto out = rejection;
  out.code = RejectionCode::precondition;  // not the id is in conflict, the moment is
  out.where = "if_version";
  return out;
}

std::optional<Rejection> moved_since(const api::ActRequest& request, Version now) {
  if (!request.has_if_version() || request.if_version() == number(now)) return std::nullopt;
  return Rejection{RejectionCode::precondition,
                   "Expected version " + std::to_string(request.if_version()) + ", but it is at version " +
                       std::to_string(number(now)) + " by now",
                   "if_version", "Look at it again, then decide"};
}

/// One kind of order: how its state is read, what its command and context are.
struct OnOrder {
  using Command = product_order::Command;
  static auto load(const Core& core, const api::ActRequest& request, const TenantId& tenant) {
    return core.reader.order(OrderId{request.id()}, tenant);
  }
  static product_order::Intervene command(const api::ActRequest& request, Intervention what, std::optional<Version> version) {
    return {ServiceOrderId{request.service_order()}, std::move(what), version};
  }
  static Result<std::vector<product_order::Event>, Rejection> decide(const Core& core, const product_order::State& state,
                                                                     const Command& command) {
    const auto catalogs = core.engine.catalogs();
    if (catalogs->find(state.catalog_version) == nullptr)
      return Err(Rejection{RejectionCode::unavailable,
                           "Expected catalogue version " + state.catalog_version + " to be live, but it is not",
                           {},
                           "See the log of comd's start for the reason"});
    auto decision = product_order::decide(state.id, state, command, {core.engine.clock().now(), catalogs.get(), {}});
    if (!decision) return Err(decision.error());
    return std::move(decision->events);
  }
  static std::optional<Rejection> check(const api::ActRequest& request, const product_order::State& state) {
    if (request.service_order().empty() || state.index.contains(ServiceOrderId{request.service_order()})) return std::nullopt;
    auto out = not_found("a service order of this order", request.service_order());
    out.where = "service_order";
    return out;
  }
};

struct OnServiceOrder {
  using Command = service_order::Command;
  static auto load(const Core& core, const api::ActRequest& request, const TenantId& tenant) {
    return core.reader.service_order(ServiceOrderId{request.id()}, tenant);
  }
  static service_order::Intervene command(const api::ActRequest&, Intervention what, std::optional<Version> version) {
    return {std::move(what), version};
  }
  static Result<std::vector<service_order::Event>, Rejection> decide(const Core& core, const service_order::State& state,
                                                                     const Command& command) {
    const auto catalogs = core.engine.catalogs();
    return service_order::decide(state, command, {core.engine.clock().now(), 0, catalogs.get()});
  }
  static std::optional<Rejection> check(const api::ActRequest&, const service_order::State&) { return std::nullopt; }
};

template <class Kind>
void act_on(const Core& core, const Caller& caller, const api::ActRequest& request, api::ActResponse& response, Intervention what,
            Done done) {
  // Another tenant's must look as if it were not there; and a command to nowhere need not wake an actor.
  const auto loaded = Kind::load(core, request, caller.principal.tenant);
  if (!loaded) return done(status_of(loaded.error()));
  response.set_version(number(loaded->version));
  // The same request again is answered as the first time was, whatever has happened since.
  if (loaded->state.interventions.contains(what.id)) {
    response.set_repeated(true);
    return done(grpc::Status::OK);
  }
  if (const auto refused = Kind::check(request, loaded->state)) return done(status_of(*refused));
  if (const auto refused = moved_since(request, loaded->version)) return done(status_of(*refused));
  const auto version = request.has_if_version() ? std::optional(Version{request.if_version()}) : std::nullopt;
  if (request.dry_run()) {
    const auto events = Kind::decide(core, loaded->state, Kind::command(request, what, version));
    if (!events) return done(status_of(events.error()));
    for (const auto& event : *events) tell(event, response);
    return done(grpc::Status::OK);
  }
  seal_values(core, what.values, caller.principal.tenant, OrderId{family_of(StreamId{request.id()}).value});
  if (what.remedy == Remedy::note && core.sealing.on())  // what people write down about customers
    core.sealing.seal(what.reason, caller.principal.tenant,
                      document_of(core.engine.log(), OrderId{family_of(StreamId{request.id()}).value}));
  const StreamId stream{request.id()};
  const auto cause = cause_of(caller, "Act:" + request.action());
  const auto id = what.id;
  core.engine.execute(
      stream, typename Kind::Command{Kind::command(request, std::move(what), version)}, cause,
      [&core, &response, stream, cause, id, done = std::move(done)](const Reply& reply) {
        if (reply.rejection && reply.rejection->where == "ifVersion") return done(status_of(moved(*reply.rejection)));
        if (reply.rejection) {
          log_order(spdlog::level::info, "Refused an intervention", cause, stream.value, {{"why", reply.rejection->message}});
          return done(reply.retry_after > Millis{0} ? status_of(*reply.rejection, reply.retry_after)
                                                    : status_of(*reply.rejection));
        }
        log_order(spdlog::level::info, "Took an intervention", cause, stream.value);
        response.set_position(number(reply.position));
        response.set_repeated(!reply.changed);
        if (reply.changed) tell_recorded(core.reader.log(), stream, id, reply.position, response);
        done(grpc::Status::OK);
      });
}

}  // namespace

Result<Intervention, std::vector<Rejection>> intervention_of(const Core& core, const Caller& caller,
                                                             const api::ActRequest& request) {
  const auto one = [](Rejection rejection) { return Err(std::vector{std::move(rejection)}); };
  const auto remedy = remedy_of(request.action());
  if (!remedy)
    return one(invalid("Expected one of " + std::string(kActions) + ", but got \"" + request.action() + "\".", "action",
                       "Get says what each would lead to."));
  for (auto wrong : {too_long(request.reason(), kReasonMax, "reason"), too_long(request.assignee(), kAssigneeMax, "assignee"),
                     too_long(request.request_id(), kRequestIdMax, "request_id")})
    if (wrong) return one(std::move(*wrong));
  auto values = values_of(request.values_json(), core.limits.order);
  if (!values) return Err(values.error());
  if (!values->empty() && *remedy != Remedy::complete && *remedy != Remedy::retry)
    return one(invalid("Expected values with complete or retry, but the action is " + request.action() + ".", "values_json",
                       "Leave them out."));
  if (!request.assignee().empty() && *remedy != Remedy::assign)
    return one(
        invalid("Expected an assignee with assign, but the action is " + request.action() + ".", "assignee", "Leave it out."));
  if (!request.service_order().empty() && kind_of(request.id()) != StreamKind::product_order)
    return one(invalid("Expected service_order together with the id of a product order, but the id is " + request.id() + ".",
                       "service_order", "Leave it out."));
  const bool steers = *remedy == Remedy::hold || *remedy == Remedy::resume;
  if (!request.item().empty() && (!steers || kind_of(request.id()) != StreamKind::product_order))
    return one(invalid("Expected item with hold or resume of a product order, but the action is " + request.action() + " of " +
                           request.id() + ".",
                       "item", "Leave it out."));
  if (request.has_priority() != (*remedy == Remedy::prioritise))
    return one(invalid("Expected a priority with prioritise, and only there, but the action is " + request.action() + ".",
                       "priority", "0 is highest, 4 lowest."));
  Intervention out{request.request_id().empty() ? draw_id() : request.request_id(),
                   *remedy,
                   caller.principal.subject,
                   request.reason(),
                   std::move(*values),
                   request.assignee(),
                   request.force()};
  out.item = request.item();
  if (request.has_priority()) out.priority = static_cast<std::uint8_t>(std::min(request.priority(), 255u));
  return out;
}

Rejection not_for_people(const std::string& id) {
  return invalid("Expected the id of a product order (po-…) or of a service order (so-…), but got \"" + id + "\".", "id",
                 "List what waits for a person to see the ids.");
}

void act(const Core& core, const Caller& caller, const api::ActRequest& request, api::ActResponse& response, Done done) {
  const auto kind = kind_of(request.id());
  if (kind != StreamKind::product_order && kind != StreamKind::service_order)
    return done(status_of(not_for_people(request.id())));
  auto what = intervention_of(core, caller, request);
  if (!what) return done(status_of(what.error()));
  if (kind == StreamKind::product_order)
    act_on<OnOrder>(core, caller, request, response, std::move(*what), std::move(done));
  else
    act_on<OnServiceOrder>(core, caller, request, response, std::move(*what), std::move(done));
}

}  // namespace comd::north

#include "edge/grpc/fallout.h"

#include <algorithm>
#include <limits>

#include "edge/grpc/convert.h"
#include "edge/grpc/page.h"

namespace comd::north {
namespace {

constexpr std::size_t kHistory = 12;  ///< of the last events, what one look takes in

bool fits(const std::string& wanted, const std::string& is) { return wanted.empty() || wanted == is; }

bool fits_specification(const std::string& wanted, const std::string& is) {
  return fits(wanted, is) || (wanted.find('@') == std::string::npos && is.starts_with(wanted + "@"));
}

bool fits_code(const std::string& wanted, const std::string& is) {
  return fits(wanted, is) || (wanted.ends_with('*') && is.starts_with(wanted.substr(0, wanted.size() - 1)));
}

bool fits(const api::ListFalloutRequest& wanted, const views::PersonSummary& is) {
  const auto assignee = wanted.assignee() == "-" ? is.assignee.empty() : fits(wanted.assignee(), is.assignee);
  return assignee && fits(wanted.kind(), is.kind) && fits(wanted.target(), is.target) &&
         fits_specification(wanted.specification(), is.specification) && fits_code(wanted.code(), is.code) &&
         fits(wanted.fault_class(), is.fault_class) && fits(wanted.order_id(), is.order.value) && fits(wanted.state(), is.state);
}

std::optional<Rejection> one_of(const std::string& value, const std::vector<std::string>& known, std::string where) {
  if (value.empty() || std::ranges::find(known, value) != known.end()) return std::nullopt;
  std::string list;
  for (const auto& one : known) list += (list.empty() ? "" : ", ") + one;
  return Rejection{RejectionCode::invalid, "Expected one of " + list + ", but got \"" + value + "\".", std::move(where),
                   "Leave it out to see all."};
}

api::FalloutItem message_of(const views::PersonSummary& person) {
  api::FalloutItem out;
  out.set_id(person.id);
  out.set_kind(person.kind);
  out.set_order_id(person.order.value);
  out.set_item(person.item);
  out.set_key(person.key);
  out.set_specification(person.specification);
  out.set_target(person.target);
  out.set_state(person.state);
  out.set_fault_class(person.fault_class);
  out.set_code(person.code);
  out.set_message(person.message);
  if (person.since != Instant{}) fill(*out.mutable_since(), person.since);
  if (person.until != Instant{}) fill(*out.mutable_until(), person.until);
  out.set_attempts(person.attempts);
  out.set_in_doubt(person.in_doubt);
  out.set_optional(person.optional);
  out.set_compensation(person.compensation);
  out.set_assignee(person.assignee);
  return out;
}

/// The row that a state is listed by, if it waits for a person.
template <class State>
std::optional<views::PersonSummary> row_of(const State& state) {
  Agenda agenda;
  views::add_rows(state, agenda);
  for (const auto& row : agenda.rows)
    if (row.table == Table::person) return views::decode_person(row.value);
  return std::nullopt;
}

api::FalloutItem item_of(const service_order::State& state) {
  if (const auto row = row_of(state)) return message_of(*row);
  views::PersonSummary out;
  out.id = state.spec.id.value;
  out.order = state.spec.order;
  out.item = state.spec.item;
  out.key = state.spec.key;
  out.specification = state.spec.specification;
  out.target = state.spec.target;
  out.state = service_order::to_text(state.status);
  if (!state.fault.code.empty()) {
    out.fault_class = to_text(state.fault.fault_class);
    out.code = state.fault.code;
    out.message = state.fault.message;
  }
  out.attempts = state.attempt;
  out.optional = state.spec.optional;
  out.compensation = !state.spec.undoes.empty();
  out.assignee = state.assignee;
  return message_of(out);
}

api::FalloutItem item_of(const product_order::State& state) {
  if (const auto row = row_of(state)) return message_of(*row);
  views::PersonSummary out;
  out.id = state.id.value;
  out.order = state.id;
  out.state = to_text(state.status);
  out.message = state.reason;
  out.assignee = state.assignee;
  return message_of(out);
}

void add_prospects(const std::vector<Prospect>& prospects, api::GetFalloutResponse& response) {
  for (const auto& prospect : prospects) {
    auto& out = *response.add_prospects();
    out.set_action(std::string(to_text(prospect.remedy)));
    out.set_allowed(prospect.allowed);
    out.set_needs_force(prospect.forced);
    for (const auto& lead : prospect.leads) out.add_leads_to(lead);
    out.set_refusal(prospect.refusal);
    out.set_hint(prospect.hint);
  }
}

grpc::Status add_history(const Core& core, const std::vector<StreamId>& streams, api::GetFalloutResponse& response) {
  const auto history = core.reader.history(streams, kHistory);
  if (!history) return status_of(history.error());
  for (const auto& told : history->entries) {
    auto text = comd::to_text(told.time) + " " + (told.stream == streams.front() ? "" : told.stream.value + " ") + told.line.name;
    if (!told.line.text.empty()) text += ": " + told.line.text;
    if (!told.line.reason.empty()) text += " (" + told.line.reason + ")";
    response.add_history(std::move(text));
  }
  return grpc::Status::OK;
}

grpc::Status get_order(const Core& core, const Caller& caller, const api::GetFalloutRequest& request,
                       api::GetFalloutResponse& response) {
  const auto order = core.reader.order(OrderId{request.id()}, caller.principal.tenant);
  if (!order) return status_of(order.error());
  const ServiceOrderId one{request.service_order()};
  if (!one.empty() && !order->state.index.contains(one)) return status_of(not_found("a service order of this order", one.value));
  *response.mutable_item() = item_of(order->state);
  response.set_version(number(order->version));
  response.set_because(explain(order->state).because);
  std::vector<StreamId> streams{stream_of(order->state.id)};
  for (const auto& node : order->state.nodes) {
    if (one.empty() ? product_order::can_reopen(order->state, node) : node.spec.id == one)
      streams.push_back(stream_of(node.spec.id));
  }
  const auto catalogs = core.engine.catalogs();
  if (catalogs->find(order->state.catalog_version) != nullptr)
    add_prospects(prospects(order->state, one, {core.engine.clock().now(), catalogs.get(), {}}), response);
  return add_history(core, streams, response);
}

/// Where what waits for a person of this tenant is listed, within the bounds of time.
Result<IndexQuery, Rejection> query_of(const Caller& caller, const api::ListFalloutRequest& request) {
  if (auto wrong = one_of(request.kind(), {"fallout", "task", "quarantine"}, "kind")) return Err(std::move(*wrong));
  if (auto wrong = one_of(request.fault_class(), {"transient", "permanent", "business", "unknown"}, "fault_class"))
    return Err(std::move(*wrong));
  IndexQuery query{Table::person, {views::tenant_prefix(caller.principal.tenant)}, false, {}, {}, {}, 0};
  if (request.has_since_after()) query.from = views::date_key(instant_of(request.since_after()));
  if (request.has_since_before()) query.to = views::date_key(instant_of(request.since_before()));
  return query;
}

}  // namespace

grpc::Status list_fallout(const Core& core, const Caller& caller, const api::ListFalloutRequest& request,
                          api::ListFalloutResponse& response, const std::function<bool()>& go_on) {
  const auto view = view_of(core, caller, request);
  if (!view) return status_of(view.error());
  auto query = query_of(caller, request);
  if (!query) return status_of(query.error());
  const auto prefix = query->prefixes.front();
  if (const auto read = view->read_open(core, go_on); !read) return status_of(read.error());
  return page(core, *view, std::move(*query), request, response, [&](const std::string& suffix) {
    const auto row = view->reader.log().row(Table::person, prefix + suffix);
    const auto person = row ? views::decode_person(*row) : std::nullopt;
    if (person && fits(request, *person)) *response.add_items() = message_of(*person);
    return static_cast<std::size_t>(response.items_size());
  });
}

Result<std::vector<repair::Target>, Rejection> find_fallout(const Core& core, const Caller& caller,
                                                            const api::ListFalloutRequest& request) {
  auto query = query_of(caller, request);
  if (!query) return Err(query.error());
  query->scan_max = std::numeric_limits<std::size_t>::max();
  const auto& log = core.reader.log();
  std::vector<repair::Target> out;
  walk(log, *query, [&](const std::string& suffix) {
    // The version first: what changes in between is then at a later one than was frozen, and will be left alone.
    repair::Target target{views::id_of_index_key(suffix), {}};
    target.version = log.head(StreamId{target.id});
    const auto row = log.row(Table::person, query->prefixes.front() + suffix);
    const auto person = row ? views::decode_person(*row) : std::nullopt;
    if (person && person->kind == "quarantine") return true;  // has ways out of its own
    if (person && fits(request, *person)) out.push_back(std::move(target));
    return true;
  });
  return out;
}

grpc::Status get_fallout(const Core& core, const Caller& caller, const api::GetFalloutRequest& request,
                         api::GetFalloutResponse& response) {
  if (kind_of(request.id()) != StreamKind::service_order) {
    if (kind_of(request.id()) == StreamKind::product_order) return get_order(core, caller, request, response);
    return status_of(not_for_people(request.id()));
  }
  const auto loaded = core.reader.service_order(ServiceOrderId{request.id()}, caller.principal.tenant);
  if (!loaded) return status_of(loaded.error());
  *response.mutable_item() = item_of(loaded->state);
  response.set_version(number(loaded->version));
  response.set_because(explain(loaded->state).because);
  const auto catalogs = core.engine.catalogs();
  add_prospects(prospects(loaded->state, {core.engine.clock().now(), 0, catalogs.get()}), response);
  return add_history(core, {StreamId{request.id()}}, response);
}

}  // namespace comd::north

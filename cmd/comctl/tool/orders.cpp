#include <fmt/format.h>

#include <algorithm>

#include "cmd/comctl/tool/lists.h"
#include "comd/api/v1/product_order.grpc.pb.h"

/// Looking at product orders, and cancelling them.
namespace comd::ctl {
namespace {

using Orders = api::v1::ProductOrderService;

bool looks_like_id(std::string_view name) {
  return name.starts_with("po-") || name.starts_with("so-") || name.starts_with("pr-") || name.starts_with("sv-");
}

/// Resolves the one ID of the command, asks, prints.
template <class Request, class Response>
int ask(const Session& session, grpc::Status (Orders::Stub::*method)(grpc::ClientContext*, const Request&, Response*),
        const std::function<std::string(const Json&, bool)>& table) {
  const auto id = resolve(session, session.options.ids.front());
  if (!id) return session.fail(id.error());
  Request request;
  request.set_order_id(*id);
  if constexpr (requires { request.mutable_as_of(); }) set_as_of(session, request);
  if constexpr (requires { request.set_archived(true); }) request.set_archived(session.options.archived);
  const auto response = session.client.call(method, request);
  if (!response) return session.fail(response.error());
  if constexpr (requires { response->as_of_position(); })
    print_as_of(session, document_of(*response), *response, table);
  else
    session.print(document_of(*response), table);
  return kDone;
}

}  // namespace

Outcome<std::string> resolve(const Session& session, const std::string& name) {
  const auto& options = session.options;
  if (!options.external && looks_like_id(name)) return name;
  api::v1::ListOrdersRequest request;
  request.set_external_id(name);
  std::vector<api::v1::OrderSummary> found;
  for (bool more = true; more;) {
    const auto page = session.client.call(&Orders::Stub::List, request);
    if (!page) return tl::unexpected(page.error());
    for (const auto& order : page->orders())
      if ((options.source.empty() || order.source() == options.source) &&
          std::ranges::none_of(found, [&](const auto& seen) { return seen.id() == order.id(); }))  // it may go meanwhile
        found.push_back(order);
    request.set_page_token(page->next_page_token());
    more = !request.page_token().empty();
    if (more || request.archived()) continue;
    more = true;  // then among the archived ones
    request.set_archived(true);
  }

  const std::string of_source = options.source.empty() ? "" : fmt::format(" of source \"{}\"", options.source);
  if (found.empty())
    return tl::unexpected(not_found_failure(
        fmt::format("Expected an order with the id or external id \"{}\"{}, but there is none", name, of_source),
        "`comctl order list` shows the orders there are"));
  if (found.size() == 1) return found.front().id();
  std::string all;
  for (const auto& order : found) all += fmt::format("{}{} (source \"{}\")", all.empty() ? "" : ", ", order.id(), order.source());
  return tl::unexpected(usage_failure(
      fmt::format("Expected one order with the external id \"{}\"{}, but there are {}: {}", name, of_source, found.size(), all),
      "name it by its id, or add --source"));
}

int order_get(const Session& session) { return ask(session, &Orders::Stub::Get, show_order); }
int order_timeline(const Session& session) { return ask(session, &Orders::Stub::Timeline, show_timeline); }
int order_explain(const Session& session) { return ask(session, &Orders::Stub::Explain, show_explanation); }

int order_plan(const Session& session) {
  const bool dot = session.options.output == Output::dot;
  return ask(session, &Orders::Stub::Plan,
             [dot](const Json& document, bool colour) { return dot ? plan_dot(document) : show_plan(document, colour); });
}

int order_list(const Session& session) {
  const auto& options = session.options;
  api::v1::ListOrdersRequest request;
  for (const auto& state : options.states) request.add_states(state);
  request.set_offering(options.offering);
  request.set_related_party(options.party);
  request.set_external_id(options.external_id);
  request.set_in_jeopardy(options.jeopardy);
  request.set_archived(options.archived);
  if (options.from) *request.mutable_submitted_from() = timestamp_of(*options.from);
  if (options.to) *request.mutable_submitted_to() = timestamp_of(*options.to);
  request.set_sort(options.oldest_first ? api::v1::SORT_ORDER_OLDEST_FIRST : api::v1::SORT_ORDER_NEWEST_FIRST);
  return list_pages(
      session, &Orders::Stub::List, std::move(request), "orders", [](const auto& page) -> const auto& { return page.orders(); },
      show_orders);
}

}  // namespace comd::ctl

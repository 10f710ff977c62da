#include "edge/grpc/lists.h"

#include <algorithm>

#include "edge/grpc/convert.h"
#include "edge/grpc/page.h"

namespace comd::north {
namespace {

constexpr std::size_t kDateDigits = 16;
constexpr Millis kClockSlack{86'400'000};

bool contains(const auto& range, const auto& value) { return std::ranges::find(range, value) != range.end(); }
bool has_party(const std::vector<PartyRef>& parties, const std::string& id) {
  return std::ranges::any_of(parties, [&id](const auto& party) { return party.id == id; });
}

/// As the rows have it.
std::string party_of(const Core& core, const Caller& caller, const std::string& id) {
  return id.empty() ? id : core.sealing.pseudonym(caller.principal.tenant, id);
}

/// The index that leaves the fewest rows to look at.
std::vector<std::string> ranges_of(const TenantId& tenant, const api::ListOrdersRequest& request, const std::string& party,
                                   const std::vector<std::string>& states, bool past) {
  // Of the past, what an order is listed by only for a while would be looked for among all: better page by page.
  if (request.in_jeopardy() && !past && !request.archived()) return std::vector{views::index_prefix(tenant, "jeopardy", "")};
  if (!request.external_id().empty()) return std::vector{views::index_prefix(tenant, "external", request.external_id())};
  if (!party.empty()) return std::vector{views::index_prefix(tenant, "party", party)};
  if (request.archived()) return std::vector{views::index_prefix(tenant, "all", "")};
  if (!states.empty() && !past) {
    std::vector<std::string> out;
    for (const auto& state : states) out.push_back(views::index_prefix(tenant, "state", state));
    return out;
  }
  if (!request.offering().empty()) return std::vector{views::index_prefix(tenant, "offering", request.offering())};
  return std::vector{views::index_prefix(tenant, "all", "")};
}

}  // namespace

grpc::Status list_orders(const Core& core, const Caller& caller, const api::ListOrdersRequest& request,
                         api::ListOrdersResponse& response) {
  std::vector<std::string> states;
  for (int i = 0; i < request.states_size(); ++i) {
    const auto named = states_named(request.states(i));
    if (named.empty()) {
      return status_of(Rejection{RejectionCode::invalid,
                                 "Expected a state of a product order, but got \"" + request.states(i) + "\".",
                                 "states[" + std::to_string(i) + "]",
                                 "For example acknowledged, pending, inProgress, held, completed, partial, failed, cancelled."});
    }
    for (const auto& state : named) {
      if (!contains(states, state)) states.push_back(state);
    }
  }
  if (request.archived() && (request.in_jeopardy() || !request.offering().empty()))
    return status_of(
        Rejection{RejectionCode::invalid,
                  "Expected archived orders to be asked for by state, time, party or external id, but got another filter.",
                  request.in_jeopardy() ? "in_jeopardy" : "offering", "Leave it out."});
  const auto view = view_of(core, caller, request);
  if (!view) return status_of(view.error());
  const auto& tenant = caller.principal.tenant;
  const auto party = party_of(core, caller, request.related_party());
  const auto ranges = ranges_of(tenant, request, party, states, view->past != nullptr);
  // The index of parties also holds those that are named further down.
  const bool by_party = !party.empty() && (!request.in_jeopardy() || view->past) && request.external_id().empty();
  IndexQuery query{request.archived() ? Table::archived : Table::order_index,
                   ranges,
                   request.sort() != api::SORT_ORDER_OLDEST_FIRST,
                   {},
                   {},
                   {},
                   0};
  if (request.has_submitted_from()) query.from = views::date_key(instant_of(request.submitted_from()));
  if (request.has_submitted_to()) query.to = views::date_key(instant_of(request.submitted_to()));
  if (view->past) {  // those submitted later are many, perhaps; the clock may have been set back, but not by so much
    const auto until = views::date_key(view->now + kClockSlack);
    if (query.to.empty() || until < query.to) query.to = until;
  }
  return page(core, *view, std::move(query), request, response, [&](const std::string& suffix) {
    const auto count = [&response] { return static_cast<std::size_t>(response.orders_size()); };
    const auto& log = view->reader.log();
    const auto row = request.archived()
                         ? log.row(Table::archived, views::index_prefix(tenant, "all", "") + suffix)
                         : log.row(Table::order, std::string_view(suffix).substr(std::min(kDateDigits, suffix.size())));
    const auto summary = row ? views::decode_order(*row) : std::nullopt;
    if (!summary || summary->tenant != tenant) return count();
    if (!states.empty() && !contains(states, summary->state)) return count();
    if (!request.offering().empty() && !contains(summary->offerings, request.offering())) return count();
    const auto of_party = [&] {
      return request.archived() ? log.row(Table::archived, views::index_prefix(tenant, "party", party) + suffix).has_value()
                                : has_party(summary->parties, party);
    };
    if (!party.empty() && !by_party && !of_party()) return count();
    if (!request.external_id().empty() && summary->external_id != request.external_id()) return count();
    if (view->past && request.in_jeopardy() && !log.row(Table::order_index, views::index_prefix(tenant, "jeopardy", "") + suffix))
      return count();
    *response.add_orders() = message_of(*summary);
    return count();
  });
}

grpc::Status list_products(const Core& core, const Caller& caller, const api::ListProductsRequest& request,
                           api::ListProductsResponse& response) {
  const auto view = view_of(core, caller, request);
  if (!view) return status_of(view.error());
  const auto& tenant = caller.principal.tenant;
  const auto party = party_of(core, caller, request.related_party());
  auto prefix = views::index_prefix(tenant, "all", "");
  if (view->past) {
    // looked for among all, page by page
  } else if (!party.empty()) {
    prefix = views::index_prefix(tenant, "party", party);
  } else if (!request.offering().empty()) {
    prefix = views::index_prefix(tenant, "offering", request.offering());
  } else if (!request.status().empty()) {
    prefix = views::index_prefix(tenant, "status", request.status());
  }
  return page(core, *view, {Table::product_index, {prefix}, false, {}, {}, {}, 0}, request, response, [&](const auto& suffix) {
    const auto row = view->reader.log().row(Table::product, suffix);
    const auto summary = row ? views::decode_product(*row) : std::nullopt;
    const bool fits = summary && summary->tenant == tenant && (request.status().empty() || summary->status == request.status()) &&
                      (request.offering().empty() || summary->offering == request.offering()) &&
                      (party.empty() || !view->past || has_party(summary->parties, party));
    if (fits) *response.add_products() = message_of(*summary);
    return static_cast<std::size_t>(response.products_size());
  });
}

grpc::Status list_services(const Core& core, const Caller& caller, const api::ListServicesRequest& request,
                           api::ListServicesResponse& response) {
  const auto view = view_of(core, caller, request);
  if (!view) return status_of(view.error());
  const auto& tenant = caller.principal.tenant;
  auto prefix = views::index_prefix(tenant, "all", "");
  if (!request.product().empty()) {
    prefix = views::index_prefix(tenant, "product", request.product());
  } else if (!request.state().empty() && !view->past) {
    prefix = views::index_prefix(tenant, "state", request.state());
  }
  return page(core, *view, {Table::service_index, {prefix}, false, {}, {}, {}, 0}, request, response, [&](const auto& suffix) {
    const auto row = view->reader.log().row(Table::service, suffix);
    const auto summary = row ? views::decode_service(*row) : std::nullopt;
    const bool fits = summary && summary->tenant == tenant && (request.state().empty() || summary->state == request.state());
    if (fits) *response.add_services() = message_of(*summary);
    return static_cast<std::size_t>(response.services_size());
  });
}

grpc::Status list_unmatched(const Core& core, const api::ListUnmatchedRequest& request, api::ListUnmatchedResponse& response) {
  // One event each, kept or only counted.
  response.set_total(number(core.reader.log().head(StreamId{std::string(kUnmatchedStream)})));
  return page(core, {Table::unmatched, {""}, false, {}, {}, {}, 0}, request, response, [&](const std::string& key) {
    auto& report = *response.add_reports();
    const auto cut = key.find('/');
    report.set_service_order(key.substr(0, cut));
    if (cut != std::string::npos) report.set_report_id(key.substr(cut + 1));
    report.set_text(core.reader.log().row(Table::unmatched, key).value_or(""));
    return static_cast<std::size_t>(response.reports_size());
  });
}

}  // namespace comd::north

#include "cmd/comctl/tool/tables.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "cmd/comctl/tool/failure.h"

namespace comd::ctl {
namespace {

Cell state_cell(const Json& document, std::string_view path) {
  auto state = text_at(document, path);
  const auto style = style_of(state);
  return {std::move(state), style};
}

std::string parties(const Json& list) {
  std::string out;
  for (const auto& party : list) {
    const auto role = text_at(party, "role");
    out += (out.empty() ? "" : ", ") + text_at(party, "id") + (role.empty() ? "" : " (" + role + ")");
  }
  return out;
}

/// "name=value, …" for characteristics.
std::string values(const Json& object) {
  std::string out;
  for (const auto& [name, value] : object.items()) out += (out.empty() ? "" : ", ") + name + "=" + text_at(value, "");
  return out;
}

std::string fault_text(const Json& fault) {
  if (!fault.is_object()) return {};
  const auto code = text_at(fault, "code"), message = text_at(fault, "message");
  return text_at(fault, "class") + (code.empty() ? "" : " " + code) + (message.empty() ? "" : ": " + message);
}

/// Why a service order is where it is; what the activation system said last, when nothing better is known.
std::string why(const Json& service_order) {
  const auto reason = text_at(service_order, "reason");
  return shortened(reason.empty() ? fault_text(service_order.at("fault")) : reason);
}

std::string history(const Json& entries, bool colour) {
  Table table{{{"TIME"}, {"WHERE"}, {"EVENT"}, {"WHAT"}, {"WHY"}, {"CAUSED BY"}}, {}};
  for (const auto& entry : entries) {
    const auto subject = text_at(entry, "cause.subject");
    table.rows.push_back({{shown_time(entry.at("time"), true), Style::dim},
                          short_name(text_at(entry, "stream")),
                          {text_at(entry, "event"), Style::bold},
                          shortened(text_at(entry, "text")),
                          shortened(text_at(entry, "reason")),
                          {text_at(entry, "cause.command") + (subject.empty() ? "" : " (" + subject + ")"), Style::dim}});
  }
  return table.render(colour);
}

std::vector<GraphNode> nodes_of(const Json& plan) {
  std::vector<GraphNode> nodes;
  for (const auto& so : plan.at("serviceOrders")) {
    GraphNode node;
    node.id = text_at(so, "id");
    node.label = short_name(node.id);
    node.state = text_at(so, "status");
    const auto attempt = text_at(so, "attempt");
    node.details = {text_at(so, "action"), text_at(so, "specification"), text_at(so, "target"),
                    so.at("optional") == true ? "optional" : "", attempt == "0" || attempt == "1" ? "" : "attempt " + attempt};
    for (const auto& id : so.at("dependsOn")) node.depends_on.push_back(text_at(id, ""));
    node.undoes = text_at(so, "undoes");
    for (const auto& flow : plan.at("dataFlow"))
      if (text_at(flow, "to") == node.id)
        node.flows.push_back({text_at(flow, "characteristic"), text_at(flow, "from"), text_at(flow, "output")});
    nodes.push_back(std::move(node));
  }
  return nodes;
}

}  // namespace

std::string joined(const Json& texts, std::string_view separator) {
  std::string out;
  for (const auto& text : texts) out += (out.empty() ? "" : std::string(separator)) + text_at(text, "");
  return out;
}

std::string heading(std::string_view text, bool colour) { return "\n" + paint(text, Style::bold, colour) + "\n"; }

std::string more_line(const Json& document, bool colour) {
  const auto token = text_at(document, "nextPageToken");
  return token.empty() ? "" : paint("There are more: --page-token " + token + ", or --all", Style::dim, colour) + "\n";
}

std::string short_name(std::string_view stream) {
  if (stream.starts_with("po-")) return "order";
  if (!stream.starts_with("so-")) return std::string(stream);
  std::vector<std::string_view> parts;  // so-<suffix>, item, unit, site, key, r<revision>, [undo]
  for (auto rest = stream; !rest.empty();) {
    const auto dot = std::min(rest.find('.'), rest.size());
    parts.push_back(rest.substr(0, dot));
    rest.remove_prefix(std::min(dot + 1, rest.size()));
  }
  if (parts.size() < 6) return std::string(stream);
  std::string name = fmt::format("{}/{}", parts[1], parts[4]);
  if (parts[2] != "1" && parts[2] != "0") name += fmt::format(" unit {}", parts[2]);
  if (parts[3] != "0") name += fmt::format(" site {}", parts[3]);
  if (parts[5] != "r1") name += fmt::format(" {}", parts[5]);
  if (parts.size() > 6) name += fmt::format(" {}", parts[6]);
  return name;
}

std::string shortened(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const bool id = text.starts_with("so-") && (out.empty() || out.back() == ' ' || out.back() == '(');
    const auto end = id ? text.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.%") : 1;
    const auto part = text.substr(0, end);
    out += id ? short_name(part) : std::string(part);
    text.remove_prefix(part.size());
  }
  return out;
}

std::string shown_time(const Json& time, bool exact) {
  if (!time.is_string()) return {};
  auto text = time.get<std::string>().substr(0, exact ? 23 : 19);
  if (text.size() > 10) text[10] = ' ';
  return text;
}

std::string show_orders(const Json& document, bool colour) {
  Table table{{{"ID"}, {"EXTERNAL ID"}, {"STATE"}, {"DONE", true}, {"SUBMITTED"}, {"OFFERINGS"}, {"REASON"}}, {}};
  for (const auto& order : document.at("orders"))
    table.rows.push_back({text_at(order, "id"),
                          text_at(order, "externalId"),
                          state_cell(order, "state"),
                          text_at(order, "serviceOrdersDone") + "/" + text_at(order, "serviceOrders"),
                          shown_time(order.at("submittedAt")),
                          joined(order.at("offerings")),
                          {shortened(text_at(order, "reason")), Style::dim}});
  if (table.rows.empty()) return "No orders." + std::string("\n") + more_line(document, colour);
  return table.render(colour) + more_line(document, colour);
}

std::string show_order(const Json& document, bool colour) {
  const auto& order = document.at("summary");
  Facts facts;
  facts.add("order", {text_at(order, "id"), Style::bold});
  facts.add("external id", text_at(order, "externalId"));
  facts.add("source", text_at(order, "source"));
  facts.add("state", state_cell(order, "state"));
  facts.add("reason", shortened(text_at(order, "reason")));
  facts.add("priority", text_at(order, "priority"));
  if (text_at(document, "revision") != "1") facts.add("revision", text_at(document, "revision"));
  for (const auto& one : document.at("queuedRevisions"))
    facts.add("revision waits",
              fmt::format("{} ({}, {})", text_at(one, "revision"), text_at(one, "requestedBy"), text_at(one, "reason")));
  for (const auto& task : document.at("cancellations")) {
    facts.add("cancellation",
              fmt::format("{} ({}, {})", text_at(task, "state"), text_at(task, "requestedBy"), text_at(task, "reason")));
    for (const auto& one : task.at("obstacles"))
      facts.add("", fmt::format("item {}: {}", text_at(one, "item"), text_at(one, "why")));
  }
  facts.add("offerings", joined(order.at("offerings")));
  facts.add("parties", parties(order.at("relatedParties")));
  facts.add("submitted", shown_time(order.at("submittedAt"), true));
  facts.add("expected", shown_time(document.at("expectedCompletion")));
  if (document.at("jeopardy").is_object()) facts.add("in jeopardy", {shortened(text_at(document, "jeopardy.cause")), Style::bad});
  facts.add("closed", shown_time(order.at("closedAt"), true));
  facts.add("archived", shown_time(order.at("archivedAt"), true));
  facts.add("catalogue", text_at(order, "catalogVersion"));
  std::string out = facts.render(colour);

  const auto& tmf = document.at("productOrder");
  if (tmf.is_object() && tmf.contains("productOrderItem") && tmf.at("productOrderItem").is_array()) {
    Table items{{{"ITEM"}, {"ACTION"}, {"STATE"}, {"OFFERING"}, {"PRODUCT"}}, {}};
    // Items may nest (productOrderItem in productOrderItem): shown one after the other, indented.
    const std::function<void(const Json&, std::size_t)> add = [&](const Json& list, std::size_t depth) {
      for (const auto& item : list) {
        if (!item.is_object()) continue;
        const auto name = text_at(item, "productOffering.name");
        items.rows.push_back(
            {std::string(2 * depth, ' ') + text_at(item, "id"), text_at(item, "action"), state_cell(item, "state"),
             text_at(item, "productOffering.id") + (name.empty() ? "" : " (" + name + ")"), text_at(item, "product.id")});
        if (item.contains("productOrderItem") && item.at("productOrderItem").is_array())
          add(item.at("productOrderItem"), depth + 1);
      }
    };
    add(tmf.at("productOrderItem"), 0);
    out += heading("Items", colour) + items.render(colour);
  }

  if (!document.at("serviceOrders").empty()) {
    Table table{{{"SERVICE ORDER"}, {"STATUS"}, {"ACTION"}, {"SPECIFICATION"}, {"TARGET"}, {"TRY", true}, {"OUTPUTS"}, {"WHY"}},
                {}};
    for (const auto& so : document.at("serviceOrders"))
      table.rows.push_back({short_name(text_at(so, "id")),
                            state_cell(so, "status"),
                            text_at(so, "action"),
                            text_at(so, "specification"),
                            text_at(so, "target"),
                            text_at(so, "attempt"),
                            values(so.at("outputs")),
                            {why(so), Style::dim}});
    out += heading("Service orders", colour) + table.render(colour);
    out += show_milestones(document.at("serviceOrders"), colour);
  }
  return out;
}

std::string show_timeline(const Json& document, bool colour) {
  std::string out = history(document.at("entries"), colour);
  if (document.at("truncated") == true)
    out += paint("Only the newest are shown: there were more than the server gives at once.", Style::dim, colour) + "\n";
  return out;
}

std::string show_explanation(const Json& document, bool colour) {
  std::string out;
  const auto add = [&](const Json& one, const std::string& name) {
    const auto status = text_at(one, "status"), because = shortened(text_at(one, "because"));
    out += fmt::format("{} is {}{}\n", paint(printable(name), Style::bold, colour), paint(status, style_of(status), colour),
                       because.empty() ? "" : ": " + printable(because));
    if (const auto expected = shown_time(one.at("expected")); !expected.empty()) out += "  expected by " + expected + "\n";
    if (const auto jeopardy = shortened(text_at(one, "jeopardy")); !jeopardy.empty())
      out += "  " + paint("in jeopardy", Style::bad, colour) + ": " + printable(jeopardy) + "\n";
    for (const auto& wait : one.at("waits")) {
      const auto on = text_at(wait, "on"), until = shown_time(wait.at("until"));
      out += fmt::format("  waits for {}{}{}\n", printable(shortened(text_at(wait, "what"))),
                         on.empty() ? "" : " (" + printable(short_name(on)) + ")", until.empty() ? "" : ", until " + until);
    }
    for (const auto& next : one.at("next")) out += "  → " + printable(shortened(text_at(next, ""))) + "\n";
  };
  add(document.at("order"), text_at(document, "order.id"));
  for (const auto& so : document.at("serviceOrders")) {
    out += "\n";
    add(so, short_name(text_at(so, "id")));
  }
  return out;
}

std::string show_plan(const Json& document, bool colour) {
  const auto state = text_at(document, "state");
  std::string out = fmt::format("{}  {}  catalogue {}\n", paint(text_at(document, "orderId"), Style::bold, colour),
                                paint(state, style_of(state), colour), printable(text_at(document, "catalogVersion")));
  if (document.at("decomposed") != true) return out + "Not decomposed yet: there are no service orders.\n";
  for (const auto& product : document.at("products"))
    out += paint(fmt::format("item {}: {} {} → {}", printable(text_at(product, "item")), text_at(product, "action"),
                             printable(text_at(product, "offering")), text_at(product, "productId")),
                 Style::dim, colour) +
           "\n";
  const auto nodes = nodes_of(document);
  return out + (nodes.empty() ? "Nothing to do: no service orders.\n" : "\n" + draw(nodes, colour));
}

std::string plan_dot(const Json& document) { return draw_dot(text_at(document, "orderId"), nodes_of(document)); }

std::string show_submissions(const Json& document, bool colour) {
  const auto& results = document.at("orders");
  Table table{{{"FROM"}, {"ORDER"}, {"STATE"}, {"OUTCOME"}, {"CATALOGUE"}}, {}};
  for (const auto& one : results)
    if (results.size() <= kShownInFull && !one.at("error").is_object())
      table.rows.push_back({text_at(one, "from"), text_at(one, "orderId"), state_cell(one, "state"), text_at(one, "outcome"),
                            text_at(one, "catalogVersion")});
  std::string out = table.rows.empty() ? "" : table.render(colour);
  if (results.size() == 1) return out;
  return out + fmt::format("{} orders: {} created, {} repeated, {} refused\n", results.size(), text_at(document, "created"),
                           text_at(document, "repeated"), text_at(document, "refused"));
}

std::string show_refusals(const Json& document, bool colour) {
  std::string out;
  const auto& results = document.at("orders");
  for (std::size_t i = 0; i < results.size();) {
    // A server that is away refuses all in the same words: say them once.
    std::size_t same = i + 1;
    while (same < results.size() && results[same].at("error") == results[i].at("error")) ++same;
    if (results[i].at("error").is_object())
      out += paint(printable(text_at(results[i], "from")), Style::bold, colour) +
             (same == i + 1 ? "" : fmt::format(" and {} more", same - i - 1)) + ": " +
             render(failure_from(results[i].at("error")), colour);
    i = same;
  }
  return out;
}

std::string watch_line(const Json& event, bool several, bool colour) {
  const auto pad = [](const std::string& text, std::size_t columns) {
    return text + std::string(columns - std::min(columns, width(text)), ' ') + "  ";
  };
  const auto state = text_at(event, "state"), name = text_at(event, "event");
  const auto text = shortened(text_at(event, "text")), reason = shortened(text_at(event, "reason"));
  std::string out = paint(shown_time(event.at("time"), true), Style::dim, colour) + "  ";
  if (several) out += printable(text_at(event, "orderId")) + "  ";
  out += paint(pad(printable(short_name(text_at(event, "stream"))), 16), Style::bold, colour) +
         paint(pad(state, 12), style_of(state), colour) + (text.empty() && reason.empty() ? name : pad(name, 22)) +
         printable(text);
  if (!reason.empty() && reason != text) out += paint((text.empty() ? "" : ": ") + printable(reason), Style::dim, colour);
  return out + "\n";
}

// ── Inventory, catalogue, system ────────────────────────────────────────────────────────────────────────────────────

std::string show_products(const Json& document, bool colour) {
  Table table{
      {{"ID"}, {"STATUS"}, {"OFFERING"}, {"PARTIES"}, {"SERVICES", true}, {"WRITES", true}, {"LAST ORDER"}, {"CLAIMED BY"}}, {}};
  for (const auto& product : document.at("products"))
    table.rows.push_back({text_at(product, "id"),
                          state_cell(product, "status"),
                          text_at(product, "offering"),
                          parties(product.at("relatedParties")),
                          text_at(product, "services"),
                          text_at(product, "writes"),
                          text_at(product, "lastOrder"),
                          {text_at(product, "claimedBy"), Style::wait}});
  return (table.rows.empty() ? "No products.\n" : table.render(colour)) + more_line(document, colour);
}

std::string show_services(const Json& document, bool colour) {
  Table table{{{"ID"}, {"STATE"}, {"OPERATING"}, {"SPECIFICATION"}, {"PRODUCT"}, {"LAST ORDER"}}, {}};
  for (const auto& service : document.at("services"))
    table.rows.push_back({text_at(service, "id"), state_cell(service, "state"), state_cell(service, "operatingStatus"),
                          text_at(service, "specification"), text_at(service, "product"), text_at(service, "lastOrder")});
  return (table.rows.empty() ? "No services.\n" : table.render(colour)) + more_line(document, colour);
}

std::string show_product(const Json& document, bool colour) {
  const auto& product = document.at("summary");
  Facts facts;
  facts.add("product", {text_at(product, "id"), Style::bold});
  facts.add("status", state_cell(product, "status"));
  const auto name = text_at(product, "offeringName");
  facts.add("offering", text_at(product, "offering") + (name.empty() ? "" : " (" + name + ")"));
  facts.add("parties", parties(product.at("relatedParties")));
  facts.add("last order", text_at(product, "lastOrder"));
  facts.add("claimed by", {text_at(product, "claimedBy"), Style::wait});
  std::string waiting;
  for (const auto& order : document.at("claimsWaiting")) waiting += (waiting.empty() ? "" : ", ") + order.get<std::string>();
  facts.add("in line", {waiting, Style::wait});
  facts.add("changed", shown_time(product.at("changedAt"), true));
  const auto& tmf = document.at("product");
  if (tmf.is_object() && tmf.contains("productCharacteristic") && tmf.at("productCharacteristic").is_array())
    for (const auto& one : tmf.at("productCharacteristic")) facts.add("  " + text_at(one, "name"), text_at(one, "value"));
  std::string out = facts.render(colour);
  if (!document.at("services").empty())
    out += heading("Services", colour) + show_services({{"services", document.at("services")}}, colour);
  if (!document.at("history").empty()) out += heading("History", colour) + history(document.at("history"), colour);
  return out;
}

std::string show_service(const Json& document, bool colour) {
  const auto& service = document.at("summary");
  Facts facts;
  facts.add("service", {text_at(service, "id"), Style::bold});
  facts.add("state", state_cell(service, "state"));
  facts.add("operating", state_cell(service, "operatingStatus"));
  facts.add("specification", text_at(service, "specification"));
  facts.add("product", text_at(service, "product"));
  facts.add("last order", text_at(service, "lastOrder"));
  facts.add("characteristics", values(document.at("characteristics")));
  facts.add("outputs", values(document.at("outputs")));
  std::string out = facts.render(colour);
  if (!document.at("history").empty()) out += heading("History", colour) + history(document.at("history"), colour);
  return out;
}

std::string show_catalogs(const Json& document, bool colour) {
  Table table{
      {{"VERSION"}, {"NAME"}, {"OFFERINGS", true}, {"SPECIFICATIONS", true}, {"LOADED"}, {"DIGEST"}, {""}, {"ROLLED OUT TO"}},
      {}};
  for (const auto& one : document.at("catalogs"))
    table.rows.push_back({text_at(one, "version"),
                          text_at(one, "name"),
                          text_at(one, "offerings"),
                          text_at(one, "specifications"),
                          shown_time(one.at("loadedAt")),
                          {text_at(one, "digest").substr(0, 12), Style::dim},
                          {one.at("newest") == true ? "newest" : "", Style::good},
                          rollout_text(one)});
  return table.rows.empty() ? "No catalogue is loaded: `comctl catalog load FILE` loads one.\n" : table.render(colour);
}

std::string show_unmatched(const Json& document, bool colour) {
  Table table{{{"SERVICE ORDER"}, {"REPORT"}, {"WHAT"}}, {}};
  for (const auto& one : document.at("reports"))
    table.rows.push_back({text_at(one, "serviceOrder"), text_at(one, "reportId"), text_at(one, "text")});
  return (table.rows.empty() ? "" : table.render(colour)) +
         fmt::format("{} unmatched reports in all\n", text_at(document, "total")) + more_line(document, colour);
}

}  // namespace comd::ctl

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <filesystem>

#include "cmd/comctl/tool/rollout.h"
#include "cmd/comctl/tool/session.h"
#include "cmd/comctl/tool/submissions.h"
#include "comd/api/v1/catalog.grpc.pb.h"
#include "edge/catalog/catalog.h"

/// Catalogue files and versions.
namespace comd::ctl {
namespace {

using Catalogs = api::v1::CatalogService;

Failure invalid_catalog(const std::string& name, std::vector<Violation> violations) {
  Failure failure;
  failure.code = "INVALID_ARGUMENT";
  failure.message = fmt::format("Expected {} to be a catalogue, but {} found in it", name,
                                violations.size() == 1 ? "an error was" : fmt::format("{} errors were", violations.size()));
  failure.violations = std::move(violations);
  return failure;
}

Failure invalid_catalog(const std::string& name, const std::vector<Rejection>& rejections) {
  std::vector<Violation> violations;
  for (const auto& r : rejections) violations.push_back({"invalid", r.where, r.message, r.hint});
  return invalid_catalog(name, std::move(violations));
}

/// Validation has one shape, wherever it was done.
Json valid_document(const std::string& file, const std::string& name, const std::string& version, const std::string& digest,
                    std::size_t offerings, std::size_t specifications) {
  return {{"file", file},
          {"valid", true},
          {"name", name},
          {"version", version},
          {"digest", digest},
          {"offerings", offerings},
          {"specifications", specifications}};
}

void print_valid(const Session& session, const Json& document) {
  session.print(document, [](const Json& d, bool colour) {
    return fmt::format("{}: {} {} version {}: {} offerings, {} service specifications\n", printable(text_at(d, "file")),
                       paint("valid", Style::good, colour), printable(text_at(d, "name")), printable(text_at(d, "version")),
                       text_at(d, "offerings"), text_at(d, "specifications"));
  });
}

int validate_remotely(const Session& session, const std::string& file, const std::string& content) {
  api::v1::ValidateCatalogRequest request;
  request.set_content(content);
  const auto response = session.client.call(&Catalogs::Stub::Validate, request);
  if (!response) return session.fail(response.error());
  std::vector<Violation> violations;
  for (const auto& v : response->violations()) violations.push_back({v.code(), v.where(), v.message(), v.hint()});
  if (!violations.empty()) return session.fail(invalid_catalog(file, std::move(violations)));
  const auto& s = response->summary();
  print_valid(session, valid_document(file, s.name(), s.version(), s.digest(), s.offerings(), s.specifications()));
  return kDone;
}

/// The bytes to show: a file's, or those of a version the server has.
Outcome<std::string> bytes_to_show(const Session& session, const std::string& name) {
  std::error_code error;
  if (name == "-" || (!name.empty() && std::filesystem::exists(name, error))) return read_text(name, session.streams.in);
  api::v1::GetCatalogRequest request;
  request.set_version(name);
  const auto response = session.client.call(&Catalogs::Stub::Get, request);
  if (!response) {
    auto failure = response.error();
    if (!name.empty()) failure.hint += fmt::format("{}there is no file {} either", failure.hint.empty() ? "" : "; ", name);
    return tl::unexpected(std::move(failure));
  }
  return response->content();
}

std::string mapping_text(const Mapping& mapping) {
  switch (mapping.source) {
    case Mapping::Source::constant: return mapping.name + "=" + mapping.constant.json;
    case Mapping::Source::product: return mapping.name + " ← " + mapping.from;
    case Mapping::Source::place: return mapping.name + " ← place." + mapping.from;
    case Mapping::Source::output: return {};  // drawn as data that flows
  }
  return {};
}

GraphNode node_of(const ServiceRule& rule) {
  GraphNode node;
  node.id = node.label = rule.key;
  for (const auto& mapping : rule.characteristics) {
    if (mapping.source == Mapping::Source::output)
      node.flows.push_back({mapping.name, mapping.from, mapping.output});
    else
      node.notes.push_back(mapping_text(mapping));
  }
  const std::string per = rule.per == Per::site ? "per site" : rule.per == Per::item ? "per item" : "";
  node.details = {rule.specification, per, rule.optional ? "optional" : "",
                  rule.when.kind == Predicate::Kind::always ? "" : "conditional"};
  node.depends_on = rule.depends_on;
  return node;
}

std::string version_range(const Offering& offering) {
  const auto from = printable(offering.min_version), to = printable(offering.max_version);
  if (from.empty() && to.empty()) return {};
  return "  " + (from.empty() ? "versions below " + to
                 : to.empty() ? "versions from " + from
                              : "versions " + from + " to below " + to);
}

std::string show_catalog(const Catalog& catalog, bool colour) {
  Facts facts;
  facts.add("catalogue", {catalog.name, Style::bold});
  facts.add("version", catalog.version);
  facts.add("digest", catalog.digest);
  facts.add("failure policy", std::string(to_text(catalog.failure_policy)));
  if (catalog.claims != Claims::refuse) facts.add("claimed products", std::string(to_text(catalog.claims)));
  facts.add("personal data", fmt::format("{}", fmt::join(catalog.personal, ", ")));
  std::string out = facts.render(colour);
  for (const auto& offering : catalog.offerings) {
    out += "\n" + paint(offering.id, Style::bold, colour) + (offering.name.empty() ? "" : "  " + printable(offering.name)) +
           version_range(offering) + (offering.failure_policy ? "  " + std::string(to_text(*offering.failure_policy)) : "") +
           (offering.claims ? "  " + std::string(to_text(*offering.claims)) : "") + "\n";
    std::vector<GraphNode> nodes;
    for (const auto& rule : offering.services) nodes.push_back(node_of(rule));
    out += nodes.empty() ? "  a bundle: its parts carry the services\n" : draw(nodes, colour);
  }
  Table table{{{"SPECIFICATION"}, {"TARGET"}, {"DELIVERY"}, {"EXPECTED", true}, {"NO RETURN"}, {"RETRY RULES", true}}, {}};
  for (const auto& [id, spec] : catalog.specifications)
    table.rows.push_back({id, spec.target,
                          spec.delivery == Delivery::idempotent  ? "idempotent"
                          : spec.delivery == Delivery::queryable ? "queryable"
                                                                 : "neither",
                          show_duration(spec.expected_duration),
                          spec.ponr == PointOfNoReturn::hard   ? "hard"
                          : spec.ponr == PointOfNoReturn::soft ? "soft"
                                                               : "",
                          std::to_string(spec.retry.size())});
  return out + "\n" + table.render(colour);
}

}  // namespace

int catalog_validate(const Session& session) {
  const auto& file = session.options.files.front();
  const auto content = read_text(file, session.streams.in);
  if (!content) return session.fail(content.error());
  if (session.options.remote) return validate_remotely(session, file, *content);
  const auto parsed = catalog::parse_catalog(*content);
  if (!parsed) return session.fail(invalid_catalog(file, parsed.error()));
  const auto& c = **parsed;
  print_valid(session, valid_document(file, c.name, c.version, c.digest, c.offerings.size(), c.specifications.size()));
  return kDone;
}

int catalog_show(const Session& session) {
  const auto name = session.options.files.empty() ? std::string() : session.options.files.front();
  const auto bytes = bytes_to_show(session, name);
  if (!bytes) return session.fail(bytes.error());
  const auto parsed = catalog::parse_catalog(*bytes);
  if (!parsed) return session.fail(invalid_catalog(name.empty() ? "the newest version" : name, parsed.error()));
  session.print(parse_json(catalog::to_json(**parsed)), [&](const Json&, bool colour) { return show_catalog(**parsed, colour); });
  return kDone;
}

int catalog_load(const Session& session) {
  const auto& file = session.options.files.front();
  auto content = read_text(file, session.streams.in);
  if (!content) return session.fail(content.error());
  api::v1::LoadCatalogRequest request;
  request.set_content(std::move(*content));
  set_rollout(request, session.options);
  const auto response = session.client.call(&Catalogs::Stub::Load, request);
  if (!response) return session.fail(response.error());
  Json document = document_of(response->summary());
  document["changed"] = !response->repeated_load();
  document["position"] = response->position();
  session.print(document, [](const Json& d, bool) {
    return fmt::format("{} version {} {}\n", printable(text_at(d, "name")), printable(text_at(d, "version")),
                       d.at("changed") == false ? "was loaded already: nothing changed"
                       : d.at("percent") != 100 ? "is loaded, for " + rollout_text(d)
                                                : "is loaded");
  });
  return kDone;
}

int catalog_list(const Session& session) {
  const auto response = session.client.call(&Catalogs::Stub::List, {});
  if (!response) return session.fail(response.error());
  Json document{{"catalogs", Json::array()}};
  for (const auto& one : response->catalogs()) document["catalogs"].push_back(document_of(one));
  session.print(document, show_catalogs);
  return kDone;
}

}  // namespace comd::ctl

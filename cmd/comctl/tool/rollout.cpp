#include "cmd/comctl/tool/rollout.h"

#include <fmt/format.h>

#include "cmd/comctl/tool/changes.h"
#include "cmd/comctl/tool/session.h"
#include "comd/api/v1/catalog.grpc.pb.h"

/// A new catalogue version with orders running: who takes it, who stays, who is moved.
namespace comd::ctl {
namespace {

using Catalogs = api::v1::CatalogService;

template <class Response>
int print_changed(const Session& session, const Response& response, const std::string& what) {
  Json document = ctl::document_of(response.summary());
  document["changed"] = response.changed();
  document["position"] = response.position();
  session.print(document, [&](const Json& d, bool) {
    return fmt::format("version {} {}{}\n", printable(text_at(d, "version")), what + rollout_text(d),
                       d.at("changed") == true ? "" : " already: nothing changed");
  });
  return kDone;
}

Json document_of(const api::v1::MigratedOrder& order) {
  return {{"orderId", order.order_id()},  {"externalId", order.external_id()},
          {"tenant", order.tenant()},     {"outcome", order.outcome()},
          {"why", order.why()},           {"revision", order.revision()},
          {"position", order.position()}, {"steps", steps_of(order.steps())}};
}

Json document_of(const api::v1::MigrationTotals& totals) {
  return {{"migrated", totals.migrated()},
          {"unchanged", totals.unchanged()},
          {"refused", totals.refused()},
          {"moved", totals.moved()},
          {"left", totals.left()}};
}

/// "keep 2, redo 1"
std::string counted(const Json& steps) {
  std::vector<std::pair<std::string, int>> kinds;
  for (const auto& step : steps) {
    const auto kind = text_at(step, "kind");
    const auto found = std::find_if(kinds.begin(), kinds.end(), [&](const auto& one) { return one.first == kind; });
    if (found == kinds.end())
      kinds.emplace_back(kind, 1);
    else
      ++found->second;
  }
  std::string out;
  for (const auto& [kind, count] : kinds) out += fmt::format("{}{} {}", out.empty() ? "" : ", ", kind, count);
  return out;
}

std::string line_of(const Json& order, bool colour) {
  const auto outcome = text_at(order, "outcome");
  const auto style = outcome == "migrated" || outcome == "would migrate" ? Style::good
                     : outcome == "unchanged"                            ? Style::dim
                                                                         : Style::bad;
  const auto why = text_at(order, "why");
  return fmt::format("{}  {}  {}  {}\n", printable(text_at(order, "orderId")), printable(text_at(order, "externalId")),
                     paint(outcome, style, colour), why.empty() ? counted(order.at("steps")) : printable(why));
}

std::string totals_line(const Json& totals, const Options& options) {
  return fmt::format("{} {}, {} unchanged, {} refused, {} moved; {} under way with version {}{}\n", text_at(totals, "migrated"),
                     options.dry_run ? "would migrate" : "migrated", text_at(totals, "unchanged"), text_at(totals, "refused"),
                     text_at(totals, "moved"), text_at(totals, "left"), printable(options.rollout.from),
                     options.dry_run ? ". Nothing was recorded" : "");
}

/// One document for each order, as it comes, and one for all of them: they may be many.
void print_one(const Session& session, const Json& document, const std::string& line) {
  auto& out = session.streams.out;
  if (session.options.output == Output::json)
    out << to_json_line(document);
  else if (session.options.output == Output::yaml)
    out << "---\n" << to_yaml(document);
  else
    out << line;
  out << std::flush;
}

void say_progress(const Session& session, const api::v1::MigrationTotals& totals) {
  if (!session.streams.err_is_terminal) return;
  session.streams.err << fmt::format("\r\x1b[K{} orders looked at, {} done", totals.looked_at(),
                                     totals.migrated() + totals.unchanged() + totals.refused() + totals.moved())
                      << std::flush;
}

void end_progress(const Session& session) {
  if (session.streams.err_is_terminal) session.streams.err << "\r\x1b[K" << std::flush;
}

Outcome<api::v1::MigrateOrdersRequest> migration_of(const Session& session) {
  const auto& options = session.options;
  api::v1::MigrateOrdersRequest out;
  out.set_from(options.rollout.from);
  out.set_to(options.rollout.to);
  out.set_tenant(options.rollout.tenant);
  out.set_reason(options.reason);
  out.set_accept_cost(options.accept_cost);
  out.set_dry_run(options.dry_run);
  for (const auto& name : options.ids) {
    auto id = resolve(session, name);
    if (!id) return tl::unexpected(std::move(id.error()));
    out.add_order_ids(*std::move(id));
  }
  return out;
}

}  // namespace

std::string rollout_text(const Json& catalog) {
  if (catalog.at("withdrawn") == true) return "withdrawn";
  const auto percent = text_at(catalog, "percent");
  if (percent == "100") return "everybody";
  const auto tenants = joined(catalog.at("tenants"));
  if (percent == "0") return tenants.empty() ? "nobody" : tenants;
  return (tenants.empty() ? "" : tenants + " and ") + percent + " %";
}

int catalog_rollout(const Session& session) {
  api::v1::RollOutCatalogRequest request;
  request.set_version(session.options.rollout.version);
  request.set_reason(session.options.reason);
  set_rollout(request, session.options);
  const auto response = session.client.call(&Catalogs::Stub::RollOut, request);
  return response ? print_changed(session, *response, "is rolled out to ") : session.fail(response.error());
}

int catalog_withdraw(const Session& session) {
  api::v1::WithdrawCatalogRequest request;
  request.set_version(session.options.rollout.version);
  request.set_reason(session.options.reason);
  const auto response = session.client.call(&Catalogs::Stub::Withdraw, request);
  return response ? print_changed(session, *response, "is ") : session.fail(response.error());
}

int catalog_migrate(const Session& session) {
  const auto request = migration_of(session);
  if (!request) return session.fail(request.error());
  grpc::ClientContext context;  // no deadline: it says how far it is
  session.client.prepare(context);
  const auto stream = session.client.stub<Catalogs>()->Migrate(&context, *request);
  api::v1::MigrateOrdersResponse message, last;
  while (stream->Read(&message)) {
    end_progress(session);
    if (message.has_order()) {
      const Json document = document_of(message.order());
      print_one(session, document, line_of(document, session.colour()));
    }
    say_progress(session, message.totals());
    last = message;
  }
  end_progress(session);
  const auto status = stream->Finish();
  if (!status.ok()) return session.fail(failure_of(status, session.client.server()));
  const Json totals = document_of(last.totals());
  print_one(session, {{"dryRun", session.options.dry_run}, {"totals", totals}}, totals_line(totals, session.options));
  return last.totals().refused() + last.totals().moved() == 0 ? kDone : kRejected;
}

}  // namespace comd::ctl

#include "edge/grpc/rollout.h"

#include "edge/grpc/catalogs.h"
#include "edge/grpc/pinned_orders.h"
#include "edge/grpc/words.h"

namespace comd::north {
namespace {

constexpr std::size_t kNamedMax = 99;  // of the orders that keep a version from being withdrawn

/// Tenants alone: only theirs. Nothing said: everybody's.
template <class Request>
catalog_log::RollOut command_of(const Caller& caller, const Request& request, const std::string& version) {
  catalog_log::RollOut out;
  out.version = version;
  out.percent = request.has_percent() ? request.percent() : request.tenants().empty() ? 100 : 0;
  for (const auto& tenant : request.tenants()) out.tenants.push_back(TenantId{tenant});
  out.by = caller.principal.subject;
  return out;
}

template <class Response>
void execute(const Core& core, const Caller& caller, const std::string& version, catalog_log::Command command, std::string name,
             Response& response, Done done) {
  core.engine.execute(StreamId{std::string(kCatalogStream)}, std::move(command), cause_of(caller, name),
                      [&core, &response, version, name, done = std::move(done)](const Reply& reply) {
                        if (reply.rejection) return done(status_of(*reply.rejection, reply.retry_after));
                        const auto live = core.engine.catalogs();
                        if (const auto* catalog = live->find(version)) *response.mutable_summary() = summary_of(core, *catalog);
                        response.set_changed(reply.changed);
                        response.set_position(number(reply.position));
                        if (reply.changed) log_line(spdlog::level::info, name + " of a catalogue", {{"version", version}});
                        done(grpc::Status::OK);
                      });
}

/// The orders that need it, with how many there are; nothing: none.
std::vector<Rejection> needed_by(const Core& core, const std::string& version, const std::atomic<bool>& stopped) {
  std::vector<Rejection> out;
  std::uint64_t count = 0;
  for (PinnedOrders orders(core.engine.log(), version); !orders.done() && !stopped;) {
    const auto order = orders.next();
    if (!order || ++count > kNamedMax) continue;
    out.push_back({RejectionCode::precondition,
                   order->id.value + " of tenant " + order->tenant.value + " is " + order->state,
                   order->id.value,
                   {}});
  }
  if (count == 0) return out;
  out.insert(out.begin(),
             Rejection{RejectionCode::precondition,
                       "Expected no order under way with catalogue version " + version + ", but there " +
                           (count == 1 ? "is 1" : "are " + std::to_string(count)),
                       "version",
                       "Move them first: comctl catalog migrate --from " + version + " --to VERSION --reason REASON --dry-run"});
  return out;
}

}  // namespace

catalog_log::RollOut rollout_of(const Caller& caller, const api::LoadCatalogRequest& request, const std::string& version) {
  return command_of(caller, request, version);
}

void roll_out_catalog(const Core& core, const Caller& caller, const api::RollOutCatalogRequest& request,
                      api::RollOutCatalogResponse& response, Done done) {
  if (auto refused = refused_reason(request.reason(), "Say why; it is kept.")) return done(status_of(*refused));
  auto command = command_of(caller, request, request.version());
  command.reason = request.reason();
  execute(core, caller, request.version(), std::move(command), "RollOut", response, std::move(done));
}

void withdraw_catalog(const Core& core, const Caller& caller, const api::WithdrawCatalogRequest& request,
                      api::WithdrawCatalogResponse& response, Done done) {
  if (auto refused = refused_reason(request.reason(), "Say why; it is kept.")) return done(status_of(*refused));
  catalog_log::Withdraw command{request.version(), caller.principal.subject, request.reason()};
  const bool begun = core.aside.run([&core, caller, command, &response, done](const std::atomic<bool>& stopped) {
    const auto catalogs = core.engine.catalogs();
    const bool asked = catalogs->find(command.version) != nullptr && !catalogs->rollout(command.version).withdrawn;
    if (asked)
      if (const auto orders = needed_by(core, command.version, stopped); !orders.empty()) return done(status_of(orders));
    if (stopped) return done({grpc::StatusCode::UNAVAILABLE, "Expected to look at all orders, but comd is stopping."});
    execute(core, caller, command.version, command, "Withdraw", response, done);
  });
  if (!begun) done(status_of(Aside::busy()));
}

}  // namespace comd::north

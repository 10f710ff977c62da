#include "edge/grpc/migrate.h"

#include "edge/grpc/pinned_orders.h"
#include "edge/grpc/revise.h"
#include "edge/grpc/rollout.h"
#include "edge/grpc/words.h"

namespace comd::north {
namespace {

constexpr std::size_t kNamedMax = 1'000;
constexpr std::size_t kCountedAtOnce = 4'096;  ///< for one message

enum class Outcome { migrated, would_migrate, unchanged, refused, moved };

std::string_view to_text(Outcome outcome) {
  switch (outcome) {
    case Outcome::migrated: return "migrated";
    case Outcome::would_migrate: return "would migrate";
    case Outcome::unchanged: return "unchanged";
    case Outcome::refused: return "refused";
    case Outcome::moved: return "moved";
  }
  return {};
}

void count(Outcome outcome, api::MigrationTotals& totals) {
  switch (outcome) {
    case Outcome::migrated:
    case Outcome::would_migrate: return totals.set_migrated(totals.migrated() + 1);
    case Outcome::unchanged: return totals.set_unchanged(totals.unchanged() + 1);
    case Outcome::refused: return totals.set_refused(totals.refused() + 1);
    case Outcome::moved: return totals.set_moved(totals.moved() + 1);
  }
}

/// One order after the other, the next when the client has taken the last one's result: nothing is kept, what others do goes between, and
/// a client that leaves ends it. One thing at a time: a write, or a command.
class Migration final : public grpc::ServerWriteReactor<api::MigrateOrdersResponse> {
 public:
  Migration(const Core& core, grpc::CallbackServerContext* context, const api::MigrateOrdersRequest& request)
      : core_(core),
        request_(request),
        recorded_(core.engine.log()),
        orders_(core.engine.log(), request.from(), TenantId{request.tenant()}) {
    if (auto caller = caller_of(context->client_metadata()); !caller) {
      finish(status_of(caller.error()));
    } else if (const auto refused = refusal()) {
      finish(status_of(*refused));
    } else {
      caller_ = *std::move(caller);
      step();
    }
  }

  void OnWriteDone(bool ok) override {
    if (!ok) return finish(grpc::Status::CANCELLED);
    if (message_.done()) return finish(grpc::Status::OK);
    step();
  }
  void OnDone() override { delete this; }

 private:
  std::optional<Rejection> refusal() const;
  void step();
  void count_what_is_left();
  std::optional<views::OrderSummary> next_named();
  void take(const OrderId& id, const TenantId& tenant, bool again);
  void settle(const OrderId& id, bool again, const Reply& reply);
  product_order::Revise command_of(const Loaded<product_order::State>&) const;
  void answer(Outcome outcome, std::string why = {});
  void refuse(const grpc::Status& status) { answer(Outcome::refused, status.error_message()); }
  void tell() {
    *message_.mutable_totals() = totals_;
    StartWrite(&message_);
  }
  void finish(const grpc::Status& status) {
    core_.ended("MigrateOrders", status);
    Finish(status);
  }

  const Core& core_;
  const api::MigrateOrdersRequest request_;
  Caller caller_;
  const Reader recorded_;  ///< opens nothing: what is sealed is recorded again as it is
  PinnedOrders orders_;
  int named_ = 0;
  std::optional<PinnedOrders> left_;  ///< all have been taken: what is left is counted
  api::MigrationTotals totals_;
  api::MigrateOrdersResponse message_;
};

std::optional<Rejection> Migration::refusal() const {
  if (auto reason = refused_reason(request_.reason(), "Say why; it is kept.")) return reason;
  const auto catalogs = core_.engine.catalogs();
  if (catalogs->find(request_.from()) == nullptr) return not_found("a catalogue version", request_.from());
  if (catalogs->find(request_.to()) == nullptr) return not_found("a catalogue version", request_.to());
  if (auto withdrawn = catalogs->withdrawn(request_.to())) return withdrawn;
  if (request_.from() == request_.to())
    return Rejection{RejectionCode::invalid, "Expected two catalogue versions, but got " + request_.to() + " twice", "to",
                     "Name the version that the orders go to"};
  if (static_cast<std::size_t>(request_.order_ids_size()) > kNamedMax)
    return Rejection{
        RejectionCode::limit,
        "Expected at most " + std::to_string(kNamedMax) + " orders by id, but got " + std::to_string(request_.order_ids_size()),
        "order_ids", "Name none to migrate all, or fewer at once"};
  return std::nullopt;
}

void Migration::step() {
  message_.Clear();
  if (left_) return count_what_is_left();
  const bool all = request_.order_ids().empty();
  const auto order = all ? orders_.next() : next_named();
  totals_.set_looked_at(all ? orders_.looked_at() : static_cast<std::uint64_t>(named_));
  if (order) {
    message_.mutable_order()->set_external_id(order->external_id);
    return take(order->id, order->tenant, false);
  }
  if (!all || orders_.done()) left_.emplace(core_.engine.log(), request_.from(), TenantId{request_.tenant()});
  tell();
}

void Migration::count_what_is_left() {
  for (std::size_t found = 0; found < kCountedAtOnce && left_->next(); ++found) totals_.set_left(totals_.left() + 1);
  message_.set_done(left_->done());
  if (message_.done())
    log_line(spdlog::level::info, request_.dry_run() ? "Tried a migration of orders" : "Migrated orders",
             {{"from", request_.from()},
              {"to", request_.to()},
              {"migrated", std::to_string(totals_.migrated())},
              {"refused", std::to_string(totals_.refused())},
              {"left", std::to_string(totals_.left())}});
  tell();
}

/// Where nothing is known of it, it is looked for in the caller's tenant, and not found there.
std::optional<views::OrderSummary> Migration::next_named() {
  if (named_ == request_.order_ids_size()) return std::nullopt;
  const std::string& id = request_.order_ids(named_++);
  const auto row = core_.engine.log().row(Table::order, id);
  if (auto order = row ? views::decode_order(*row) : std::nullopt) return order;
  views::OrderSummary unknown;
  unknown.id = OrderId{id};
  unknown.tenant = request_.tenant().empty() ? caller_.principal.tenant : TenantId{request_.tenant()};
  return unknown;
}

/// The same content again, as it was recorded.
product_order::Revise Migration::command_of(const Loaded<product_order::State>& known) const {
  product_order::Revise out;
  out.order = known.state.order;
  out.digest = known.state.digest;
  out.revision = known.state.revision + 1;
  out.catalog_version = request_.to();
  out.requested_by = caller_.principal.subject;
  out.reason = request_.reason();
  out.accept_cost = request_.accept_cost();
  out.if_version = known.version;
  return out;
}

void Migration::take(const OrderId& id, const TenantId& tenant, bool again) {
  auto& result = *message_.mutable_order();
  result.set_order_id(id.value);
  result.set_tenant(tenant.value);
  result.clear_steps();
  if (!request_.tenant().empty() && tenant.value != request_.tenant())
    return answer(Outcome::unchanged, "it is an order of tenant " + tenant.value);
  const auto known = recorded_.order(id, tenant);
  if (!known) return refuse(status_of(known.error()));
  result.set_revision(known->state.revision);
  if (is_final(known->state.status))
    return answer(Outcome::unchanged, "it has ended: " + std::string(to_text(known->state.status)));
  if (known->state.catalog_version != request_.from())
    return answer(Outcome::unchanged, "it is pinned to catalogue version " + known->state.catalog_version);
  auto command = command_of(*known);
  Caller on_behalf = caller_;
  on_behalf.principal.tenant = tenant;
  api::ReviseOrderResponse rehearsed;
  if (const auto status = rehearse_revision(core_, on_behalf, *known, command, rehearsed); !status.ok()) return refuse(status);
  if (rehearsed.queued()) return answer(Outcome::refused, "a revision of it is under way: migrate it when that is done");
  result.mutable_steps()->Swap(rehearsed.mutable_steps());
  result.set_revision(rehearsed.revision());
  if (request_.dry_run()) return answer(Outcome::would_migrate);
  core_.engine.execute(stream_of(id), product_order::Command{std::move(command)}, cause_of(on_behalf, "Migrate"),
                       [this, id, again](const Reply& reply) { settle(id, again, reply); });
}

/// What was done is what was rehearsed: the order is at the version that was looked at. If it is not, it is looked at once more.
void Migration::settle(const OrderId& id, bool again, const Reply& reply) {
  const TenantId tenant{message_.order().tenant()};
  if (reply.rejection) {
    if (reply.rejection->code != RejectionCode::conflict) return refuse(status_of(*reply.rejection, reply.retry_after));
    return again ? answer(Outcome::moved, reply.rejection->message) : take(id, tenant, true);
  }
  message_.mutable_order()->set_position(number(reply.position));
  const auto now = recorded_.order(id, tenant);
  if (!now) return refuse(status_of(now.error()));
  if (now->state.catalog_version != request_.to())
    return answer(Outcome::moved, "it was read back with catalogue version " + now->state.catalog_version);
  answer(Outcome::migrated);
}

void Migration::answer(Outcome outcome, std::string why) {
  auto& result = *message_.mutable_order();
  if (outcome != Outcome::migrated && outcome != Outcome::would_migrate) result.clear_steps();
  result.set_outcome(std::string(to_text(outcome)));
  result.set_why(std::move(why));
  count(outcome, totals_);
  tell();
}

}  // namespace

grpc::ServerWriteReactor<api::MigrateOrdersResponse>* start_migration(const Core& core, grpc::CallbackServerContext* context,
                                                                      const api::MigrateOrdersRequest& request) {
  return new Migration(core, context, request);
}

}  // namespace comd::north

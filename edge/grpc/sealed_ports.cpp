#include "edge/grpc/sealed_ports.h"

#include <algorithm>

#include "domain/views.h"
#include "events/fold.h"

namespace comd::north {
namespace {

class SealedActivation final : public ActivationPort {
 public:
  SealedActivation(std::shared_ptr<ActivationPort> port, crypto::Sealing sealing, std::shared_ptr<const EventLog> log,
                   std::shared_ptr<const PersonalNames> names)
      : port_(std::move(port)), door_(std::make_shared<Door>(Door{std::move(sealing), std::move(log), std::move(names)})) {}

  void call(ActivationCall call, Done done) override {
    const TenantId tenant = call.meta.tenant;
    const OrderId order = call.request.order;
    door_->sealing.open(call.request.characteristics, tenant);
    door_->sealing.open(call.request.previous, tenant);
    port_->call(std::move(call), [door = door_, tenant, order, done = std::move(done)](service_order::Outcome outcome) {
      if (outcome.answer && !outcome.answer->outputs.empty()) door->take_in(outcome.answer->outputs, tenant, order);
      done(std::move(outcome));
    });
  }

 private:
  struct Door {
    crypto::Sealing sealing;
    std::shared_ptr<const EventLog> log;
    std::shared_ptr<const PersonalNames> names;
    void take_in(Values& outputs, const TenantId& tenant, const OrderId& order) const {
      const auto personal = names->all();
      const bool any = std::ranges::any_of(personal, [&](const std::string& name) { return outputs.contains(name); });
      if (any) sealing.seal(outputs, tenant, document_of(*log, order), personal);
    }
  };
  const std::shared_ptr<ActivationPort> port_;
  const std::shared_ptr<const Door> door_;  ///< outlives the port: answers may come late
};

class SealedInventory final : public ProductInventoryPort {
 public:
  SealedInventory(std::shared_ptr<ProductInventoryPort> port, crypto::Sealing sealing)
      : port_(std::move(port)), sealing_(std::move(sealing)) {}

  void push(const product::Snapshot& product, std::uint64_t version, CallMeta meta, Done done) override {
    auto opened = product;
    sealing_.open(opened);
    port_->push(opened, version, std::move(meta), std::move(done));
  }

 private:
  const std::shared_ptr<ProductInventoryPort> port_;
  const crypto::Sealing sealing_;
};

}  // namespace

void PersonalNames::add(const Catalog& catalog) {
  const std::lock_guard lock(mutex_);
  names_.insert(catalog.personal.begin(), catalog.personal.end());
}

std::vector<std::string> PersonalNames::all() const {
  const std::lock_guard lock(mutex_);
  return {names_.begin(), names_.end()};
}

std::string document_of(const EventLog& log, const OrderId& id) {
  const StreamId stream = stream_of(id);
  const auto folded = fold<product_order::State>(log.read_stream(stream), stream,
                                                 views::skipped_events(log.row(Table::quarantine, stream.value)));
  return folded ? folded->state.order.document : std::string{};
}

std::shared_ptr<ActivationPort> make_sealed(std::shared_ptr<ActivationPort> port, crypto::Sealing sealing,
                                            std::shared_ptr<const EventLog> log, std::shared_ptr<const PersonalNames> names) {
  return std::make_shared<SealedActivation>(std::move(port), std::move(sealing), std::move(log), std::move(names));
}

std::shared_ptr<ProductInventoryPort> make_sealed(std::shared_ptr<ProductInventoryPort> port, crypto::Sealing sealing) {
  if (port == nullptr) return nullptr;
  return std::make_shared<SealedInventory>(std::move(port), std::move(sealing));
}

}  // namespace comd::north

#include "edge/south/inventory_client.h"

#include "edge/south/outcome.h"

namespace comd::south {
namespace {

struct Push {
  grpc::ClientContext context;
  inventory::v1::PushRequest request;
  inventory::v1::PushResponse response;
  ProductInventoryPort::Done done;
};

}  // namespace

Result<std::shared_ptr<InventoryClient>, std::string> InventoryClient::make(InventoryOptions options, ProductWriter write) {
  auto channel = make_channel(options.target);
  if (!channel) return Err(channel.error());
  return std::shared_ptr<InventoryClient>(new InventoryClient(std::move(options), std::move(write), std::move(*channel)));
}

InventoryClient::InventoryClient(InventoryOptions options, ProductWriter write, std::shared_ptr<grpc::Channel> channel)
    : options_(std::move(options)), write_(std::move(write)), stub_(inventory::v1::ProductInventory::NewStub(channel)) {}

InventoryClient::~InventoryClient() { stop(); }

void InventoryClient::push(const product::Snapshot& product, std::uint64_t version, CallMeta meta, Done done) {
  auto push = std::make_shared<Push>();
  push->request.set_idempotency_key(product.id.value + "/" + std::to_string(version));
  push->request.set_correlation_id(meta.correlation);
  push->request.set_traceparent(meta.traceparent);
  push->request.set_tenant(meta.tenant.value);
  push->request.set_order_id(meta.order.value);
  push->request.set_product_id(product.id.value);
  push->request.set_version(version);
  push->request.set_product_json(write_(product));
  push->done = std::move(done);
  if (!meta.correlation.empty()) push->context.AddMetadata("comd-correlation-id", meta.correlation);
  if (!meta.traceparent.empty()) push->context.AddMetadata("traceparent", meta.traceparent);
  push->context.set_deadline(std::chrono::system_clock::now() + options_.call_timeout);
  {
    const std::lock_guard lock(mutex_);
    ++under_way_;
    contexts_.insert(&push->context);
    if (stopping_) push->context.TryCancel();
  }
  stub_->async()->Push(&push->context, &push->request, &push->response, [this, push](const grpc::Status& status) mutable {
    if (status.ok())
      push->done(true, {});
    else
      push->done(false, options_.target.name + " at " + options_.target.address + ": " + south::status_name(status.error_code()) +
                            ": " + status.error_message());
    {
      const std::lock_guard lock(mutex_);
      contexts_.erase(&push->context);
    }
    // The context holds the channel. If it went after stop() returned, gRPC could take its own threads down from this one, which
    // is one of them, and end the process.
    push.reset();
    const std::lock_guard lock(mutex_);
    if (--under_way_ == 0) idle_.notify_all();
  });
}

void InventoryClient::stop() {
  std::unique_lock lock(mutex_);
  stopping_ = true;
  for (auto* context : contexts_) context->TryCancel();
  idle_.wait(lock, [this] { return under_way_ == 0; });
}

}  // namespace comd::south

#pragma once
#include <condition_variable>
#include <mutex>
#include <unordered_set>

#include "actors/ports.h"
#include "comd/inventory/v1/product_inventory.grpc.pb.h"
#include "edge/south/channel.h"

namespace comd::south {

/// A product as TMF637 JSON; made by edge/tmf, handed in by main so that this folder needs to know no TMF.
using ProductWriter = std::function<std::string(const product::Snapshot&)>;

struct InventoryOptions {
  TargetOptions target;  ///< its name is only for messages
  Millis call_timeout{10'000};
};

/// Pushes products to an external inventory (comd/inventory/v1). Not ok means only "not known to be taken over": the product
/// pushes again, and the inventory ignores a version it has.
class InventoryClient : public ProductInventoryPort {
 public:
  static Result<std::shared_ptr<InventoryClient>, std::string> make(InventoryOptions, ProductWriter);
  ~InventoryClient() override;

  void push(const product::Snapshot&, std::uint64_t version, CallMeta, Done) override;

  /// Cancels what is under way. Returns when every Done was called. Idempotent. Nothing may be pushed afterwards.
  void stop();

 private:
  InventoryClient(InventoryOptions, ProductWriter, std::shared_ptr<grpc::Channel>);

  const InventoryOptions options_;
  const ProductWriter write_;
  const std::unique_ptr<inventory::v1::ProductInventory::Stub> stub_;
  std::mutex mutex_;
  std::condition_variable idle_;
  std::unordered_set<grpc::ClientContext*> contexts_;  ///< of the pushes that may be cancelled
  std::size_t under_way_ = 0;                          ///< pushes that still hold something of gRPC's
  bool stopping_ = false;
};

}  // namespace comd::south

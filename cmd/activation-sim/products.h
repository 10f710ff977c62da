#pragma once
#include <cstdint>
#include <mutex>
#include <unordered_map>

#include "cmd/activation-sim/line_file.h"
#include "comd/inventory/v1/product_inventory.grpc.pb.h"

namespace comd::sim {

/// The external product inventory that comd's --product-inventory names: takes over each newer version of a product, on the
/// port of the activation system. Thread-safe.
class Products final : public inventory::v1::ProductInventory::CallbackService {
 public:
  /// Also appends one JSON line per version taken over to this file, at once. The error says why it cannot be opened.
  tl::expected<void, std::string> open_record(const std::string& path) { return record_.open(path); }

  /// Zero: none.
  std::uint64_t version_of(const std::string& product) const;
  void clear();

 private:
  grpc::ServerUnaryReactor* Push(grpc::CallbackServerContext*, const inventory::v1::PushRequest*,
                                 inventory::v1::PushResponse*) override;
  grpc::Status take(const inventory::v1::PushRequest&);

  mutable std::mutex mutex_;
  std::unordered_map<std::string, std::uint64_t> versions_;  ///< the newest of each product
  LineFile record_;
};

}  // namespace comd::sim

#pragma once
#include <memory>
#include <mutex>
#include <set>

#include "actors/ports.h"
#include "edge/crypto/sealing.h"
#include "storage/event_log.h"

/// The doors to other systems, where personal data is sealed: what leaves is opened, what comes back is sealed again.
namespace comd::north {

/// The names of personal characteristics and outputs, of every catalogue version that is live. Thread-safe.
class PersonalNames {
 public:
  void add(const Catalog&);
  std::vector<std::string> all() const;

 private:
  mutable std::mutex mutex_;
  std::set<std::string> names_;
};

/// The token of an order's document as it was recorded: what its key is found by. Empty: there is none.
std::string document_of(const EventLog&, const OrderId&);

std::shared_ptr<ActivationPort> make_sealed(std::shared_ptr<ActivationPort>, crypto::Sealing, std::shared_ptr<const EventLog>,
                                            std::shared_ptr<const PersonalNames>);
/// Null stays null.
std::shared_ptr<ProductInventoryPort> make_sealed(std::shared_ptr<ProductInventoryPort>, crypto::Sealing);

}  // namespace comd::north

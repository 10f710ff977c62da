#pragma once
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "domain/plan.h"
#include "events/record.h"

/// The doors between the actors and everything outside them. edge/ implements them; test/sim fakes them.
namespace comd {

/// Wall-clock time. Read by actors, never by the domain.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual Instant now() const = 0;
};

/// What travels with every call: who asked, and how to find it again.
struct CallMeta {
  TenantId tenant;
  OrderId order;
  std::string correlation;
  std::string traceparent;
};

/// One activation call. Idempotency key = Effect::key.
struct ActivationCall {
  Effect effect;
  ActivationRequest request;
  CallMeta meta;
};

/// Activation systems, by lane (target name). `done` is called exactly once, from any thread, also when the call is abandoned or
/// the target unknown; never from inside `call`.
class ActivationPort {
 public:
  using Done = std::function<void(service_order::Outcome)>;
  virtual ~ActivationPort() = default;
  virtual void call(ActivationCall, Done) = 0;
};

/// An external product inventory, if one is configured. Same rules.
class ProductInventoryPort {
 public:
  using Done = std::function<void(bool ok, std::string detail)>;
  virtual ~ProductInventoryPort() = default;
  virtual void push(const product::Snapshot&, std::uint64_t version, CallMeta, Done) = 0;
};

/// The keys that personal data is sealed with: edge/crypto. Same rules.
class KeyPort {
 public:
  using Done = std::function<void(bool ok, std::string detail)>;
  virtual ~KeyPort() = default;
  /// Destroys them for good. What is gone already is gone: ok.
  virtual void erase(std::vector<std::string> keys, Done) = 0;
};

/// Bytes of a catalogue file to a catalogue: edge/catalog.
using CatalogParser = std::function<Result<std::shared_ptr<const Catalog>, std::vector<Rejection>>(std::string_view bytes)>;

}  // namespace comd

#pragma once
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "actors/engine.h"
#include "domain/views.h"
#include "edge/crypto/sealing.h"

/// Reads from the log, without any actor: one stream folded, a family's history told. Thread-safe; every call reads afresh.
namespace comd::north {

/// A stream folded to its end, and the commit that began it.
template <class State>
struct Loaded {
  State state;
  Version version{};
  Position first{}, last{};
  Instant began{}, changed{};
  Cause cause;  ///< of the first commit
};

/// One event, as the timeline shows it.
struct Told {
  Position position{};
  Instant time{};
  StreamId stream;
  Version version{};
  Line line;
  Cause cause;
};

class Reader {
 public:
  explicit Reader(const EventLog& log, crypto::Sealing sealing = crypto::Sealing{}) : log_(log), sealing_(std::move(sealing)) {}

  /// A stream that is not there, or is another tenant's, is `not_found`. An order's document is opened, if its key is there; all else
  /// that is sealed stays as it was recorded.
  Result<Loaded<product_order::State>, Rejection> order(const OrderId&, const TenantId&) const;
  Result<Loaded<service_order::State>, Rejection> service_order(const ServiceOrderId&, const TenantId&) const;
  Result<Loaded<product::State>, Rejection> product(const ProductId&, const TenantId&) const;
  Result<Loaded<service::State>, Rejection> service(const ServiceId&, const TenantId&) const;
  Result<Loaded<repair::State>, Rejection> repair(const RepairId&, const TenantId&) const;

  /// Of now, or the last one; nothing if there never was any.
  std::optional<views::QuarantineSummary> quarantine(const StreamId&) const;

  /// The service orders of an order, in plan order. One that cannot be read is left out: the others must stay visible.
  std::vector<service_order::State> service_orders(const product_order::State&) const;

  /// Everything that happened to these streams, oldest first; beyond `limit` the newest.
  struct History {
    std::vector<Told> entries;
    bool truncated = false;
  };
  Result<History, Rejection> history(const std::vector<StreamId>&, std::size_t limit) const;

  const EventLog& log() const { return log_; }
  const crypto::Sealing& sealing() const { return sealing_; }

 private:
  const EventLog& log_;
  const crypto::Sealing sealing_;
};

Line describe_any(const AnyEvent&);

/// Not found, in the words for each kind of id.
Rejection not_found(std::string_view what, std::string_view id);

}  // namespace comd::north

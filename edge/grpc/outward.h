#pragma once
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "edge/grpc/folded_streams.h"

/// What other systems are told of the commits: typed events in the words of TM Forum, one feed per tenant. Derived, never stored:
/// the same commit gives the same events, with the same ids, whenever it is read.
namespace comd::outward {

enum class Type : std::uint8_t {
  product_order_create,
  product_order_state_change,
  service_order_create,
  service_order_state_change,
  product_create,
  product_state_change,
  product_attribute_change,
  fallout_raised,
  fallout_resolved,
  task_opened,
  product_order_jeopardy,
  service_order_jeopardy,
  service_order_milestone,
};
/// "ProductOrderStateChangeEvent", …
std::string_view to_text(Type);
const std::vector<Type>& all_types();

struct Event {
  Position position{};
  std::string id;  ///< "<position>.<index of the recorded event in its commit>.<aspect>": what a receiver knows repeats by
  Type type{};
  Instant time{};
  TenantId tenant;
  OrderId order;        ///< of a product: the order that changed it
  std::string subject;  ///< the order, service order or product it happened to
  std::string external_id, correlation;
  std::string before, after;  ///< the state shown to TM Forum clients; before is empty where there was none
  std::string reason;
  std::string payload;  ///< JSON object: the resource, shortly
};

/// The event as a TMF688 notification: what webhooks post.
std::string to_json(const Event&);

/// Which events somebody wants: "ProductOrderStateChangeEvent", "ProductOrder*", "ProductOrderStateChangeEvent:completed". None:
/// all.
class Filter {
 public:
  /// The error names the text and what is known.
  static Result<Filter, std::string> make(const std::vector<std::string>& patterns);
  bool wants(const Event&) const;

 private:
  struct Pattern {
    std::vector<Type> types;
    std::string state;  ///< after; empty: any
  };
  std::vector<Pattern> patterns_;
};

/// Commits to events. For one thread.
class Teller {
 public:
  using Item = Event;
  Teller(const EventLog& log, std::size_t capacity) : log_(log), capacity_(capacity), streams_(log, capacity) {}

  using Wanted = std::function<bool(const OrderId&)>;
  /// In the order they happened. What cannot be decoded is passed over: its order is set aside by the engine, and the feed must go
  /// on.
  std::vector<Event> tell(const StoredCommit&, const Wanted& wanted);

 private:
  std::string external_id_of(const OrderId&);
  std::string external_id_in_history(const OrderId&) const;

  const EventLog& log_;
  const std::size_t capacity_;
  north::FoldedStreams streams_;
  std::unordered_map<OrderId, std::string> external_ids_;
};

}  // namespace comd::outward

#pragma once
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "domain/ids.h"
#include "domain/order.h"

/// What a state asks of the rest of the process: effects, messages to the family, wake-ups, index rows, counts.
///
/// It is a pure function of the state (`agenda(state)`), and what an append changes is the difference between the agenda
/// before and after. So no timer or effect can outlive its reason, and a rebuild reaches the same rows by the same fold.
namespace comd {

/// One call to an activation system. `key` is permanent: the same intention always carries the same key.
struct ActivationRequest {
  ServiceOrderId service_order;
  OrderId order;
  TenantId tenant;
  std::string item;
  ServiceId service;
  std::string specification;  ///< "name@version"
  Action action{};
  std::uint32_t revision = 1;
  std::uint32_t attempt = 1;  ///< counts new intentions (after a definite failure); re-sending keeps it
  std::uint8_t priority = 4;
  Values characteristics;
  Values previous;  ///< what the service had before, for modify and delete
  bool compensation = false;
  std::string reason;  ///< cancel only
  bool operator==(const ActivationRequest&) const = default;
};

enum class EffectKind : std::uint8_t {
  submit = 1,
  ask = 2,
  cancel = 3,
  product = 4,
  push = 5,
  repair = 6,
  erase = 7,
  amend = 8,
};  // on disk
std::string_view to_text(EffectKind);

/// An intended outside action that is not settled. `lane`: the target system; "inventory" is our own product aggregates,
/// "product-inventory" the external one.
struct Effect {
  std::string key;
  EffectKind kind{};
  std::string lane;
  Instant not_before{};
  Instant deadline{};        ///< a timer of the same aggregate watches it
  bool record_send = false;  ///< MarkSent must be durable before the call leaves
  Millis call_timeout{10'000};
  std::uint8_t priority = 4;  ///< not in its row: a lane that holds it learns of a change by the hint
  bool operator==(const Effect&) const = default;
};

/// A named wait. When it is due, the aggregate gets TimerDue{name}; deciding on it always moves or removes it.
struct Wakeup {
  std::string name;
  Instant due{};
  std::string reason;
  bool operator==(const Wakeup&) const = default;
};

/// A message to another member of the family, consumed by the append of the receiver.
struct Tell {
  StreamId to;
  std::string name;  ///< unique per (sender, receiver)
  auto operator<=>(const Tell&) const = default;
};

/// A row of an index or view. Tables and key forms: domain/views.h.
enum class Table : std::uint8_t {
  order = 1,
  order_index = 2,
  product = 3,
  product_index = 4,
  service = 5,
  service_index = 6,
  unmatched = 7,
  person = 8,
  repair = 9,
  quarantine = 10,
  epoch = 11,
  subject = 12,
  archived = 13,
  hold = 14,
};  // on disk
struct Row {
  Table table{};
  std::string key;
  std::string value;
  bool operator==(const Row&) const = default;
};

/// The counters this state is counted in, by name with label ("orders{tenant=\"t\",state=\"inProgress\"}").
struct Agenda {
  std::vector<Effect> effects;
  std::vector<Tell> tells;
  std::vector<Wakeup> wakeups;
  std::vector<Row> rows;
  std::vector<std::string> counters;
  bool operator==(const Agenda&) const = default;
};

struct AgendaChange {
  std::vector<Effect> effects_added;  ///< new or changed
  std::vector<std::string> effects_removed;
  std::vector<Tell> tells_added, tells_removed;
  std::optional<Wakeup> wakeup_removed, wakeup_added;  ///< of the next wake-up, the only one that has a row
  std::vector<Row> rows_put;
  std::vector<std::pair<Table, std::string>> rows_removed;
  std::vector<std::pair<std::string, int>> counters;  ///< +1 / -1
};
AgendaChange difference(const Agenda& before, const Agenda& after);
/// Of agendas in parts: what they ask for together.
using AgendaParts = std::vector<const Agenda*>;
AgendaChange difference(const AgendaParts& before, const AgendaParts& after);

/// The earliest wake-up, or nullptr. One timer per stream is armed: what it decides when it is due moves that wake-up away, and
/// then the one behind it is the next.
const Wakeup* next_wakeup(const Agenda&);

}  // namespace comd

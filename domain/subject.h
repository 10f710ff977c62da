#pragma once
#include <set>

#include "domain/product_order.h"

/// A data subject that is to be forgotten: somebody whom orders name. Its stream is named by a pseudonym, and holds who asked for
/// it and why, which orders it was, and which keys were destroyed for it. That the keys are to be destroyed is recorded first;
/// destroying them is an effect. Orders and products stay as they are: what was sealed in them does not open any more.
namespace comd::subject {

/// An order that names the subject, or that changed one of its products and names nobody.
struct OrderView {
  OrderId id;
  bool open = false;
  std::string state;
  std::vector<std::string> keys;  ///< that open what it holds of the subject
  bool operator==(const OrderView&) const = default;
};
struct ProductView {
  ProductId id;
  bool live = false;  ///< neither terminated nor given up
  std::string status;
  bool operator==(const ProductView&) const = default;
};
/// What the store has of a subject.
struct Findings {
  std::vector<OrderView> orders;
  std::vector<ProductView> products;
  bool truncated = false;  ///< there are more orders than kOrdersMax
};
inline constexpr std::size_t kOrdersMax = 20'000;  ///< of one subject, forgotten in one go

// ── Commands ────────────────────────────────────────────────────────────────────────────────────────────────────────
struct Forget {
  TenantId tenant;
  std::string by, why;
  bool force = false;        ///< also while products of the subject are live
  bool when_closed = false;  ///< as soon as nothing is in the way
};
/// Takes back what waits.
struct Withdraw {
  std::string by, why;
};
struct SettleErase {
  std::uint32_t round = 0;
  bool ok = false;
  std::string detail;
};
struct TimerDue {
  std::string name;
};
using Command = std::variant<Forget, Withdraw, SettleErase, TimerDue>;

// ── Events ──────────────────────────────────────────────────────────────────────────────────────────────────────────
/// It waits for what is in the way to end.
struct Asked {
  TenantId tenant;
  std::string by, why;
  bool force = false;
  std::string waits_for;
  Instant at{};
  Instant look_at{};
  bool operator==(const Asked&) const = default;
};
struct StillWaiting {
  std::uint32_t looks = 1;
  std::string waits_for;
  Instant next{};
  bool operator==(const StillWaiting&) const = default;
};
struct Withdrawn {
  std::string by, why;
  Instant at{};
  bool operator==(const Withdrawn&) const = default;
};
struct ForgottenOrder {
  OrderId order;
  std::vector<std::string> keys;
  bool operator==(const ForgottenOrder&) const = default;
};
/// Decided: these keys are destroyed from here on.
struct Forgotten {
  TenantId tenant;
  std::string by, why;
  std::vector<ForgottenOrder> orders;
  std::vector<ProductId> products;
  Instant at{};
  bool operator==(const Forgotten&) const = default;
};
struct EraseDelayed {
  std::uint32_t attempts = 1;
  std::string detail;
  Instant next{};
  bool operator==(const EraseDelayed&) const = default;
};
/// The keys of all rounds up to this one are destroyed.
struct Erased {
  std::uint32_t round = 1;
  Instant at{};
  bool operator==(const Erased&) const = default;
};
using Event = std::variant<Asked, StillWaiting, Withdrawn, Forgotten, EraseDelayed, Erased>;

inline constexpr std::string_view kLookTimer = "look", kEraseTimer = "erase";

struct State {
  std::string id;  ///< of the stream
  TenantId tenant;
  bool waiting = false;
  std::string by, why;  ///< of the last person who asked for it, or withdrew it
  bool force = false;
  std::string waits_for;
  std::uint32_t looks = 0;
  Instant asked_at{}, look_at{}, forgotten_at{}, erased_at{};
  std::uint32_t rounds = 0, erased = 0;
  std::set<OrderId> orders;                ///< forgotten
  std::set<ProductId> products;            ///< that were there when they were
  std::vector<std::string> keys, pending;  ///< all; of those, not known to be destroyed
  std::uint32_t attempts = 0;              ///< to destroy them
  Instant erase_at{};
  bool operator==(const State&) const = default;
};

struct Context {
  Instant now{};
  Findings findings;  ///< Forget, TimerDue(look)
};

/// `id`: of the stream.
Result<std::vector<Event>, Rejection> decide(const State&, const Command&, const Context&);
void evolve(State&, const Event&);
Agenda agenda(const State&);

/// What keeps the subject from being forgotten now; empty: nothing.
std::string in_the_way(const Findings&, bool force);
/// "waiting", "erasing", "forgotten", "kept": asked for and withdrawn.
std::string_view status_of(const State&);
/// What an erasing effect destroys, and for which round.
struct Erasure {
  std::vector<std::string> keys;
  std::uint32_t round = 0;
};
Erasure erasure_of(const State&);

}  // namespace comd::subject

namespace comd {

/// "sj-" and the pseudonym.
StreamId subject_stream(std::string_view pseudonym);
std::string pseudonym_of(const StreamId& subject);

}  // namespace comd

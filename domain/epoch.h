#pragma once
#include "domain/views.h"

/// Which life of the log this is. A store that was restored from a backup or imported begins a new one, fenced: what it thinks is
/// still to be sent may have been sent by the store it is a copy of, in the part of history that it does not have. While the fence
/// is up nothing is sent and no deadline passes; what clients and partners bring is recorded. A person who has seen to it that the
/// other store is gone for good lets it go on. From then on, work that the store knew of when the epoch began is asked about before
/// it is sent for the first time, at partners that could not tell that they have it already.
namespace comd::epoch {

inline constexpr std::string_view kRow = "epoch";  ///< the key of its row in Table::epoch

/// To an empty stream or any other: by who restores or imports.
struct Begin {
  Position after{};  ///< the log's tail: what is up to here may be known elsewhere
  std::string reason;
};
struct Reconcile {
  std::string by, reason;
};
using Command = std::variant<Begin, Reconcile>;

struct Began {
  std::uint64_t number = 0;
  Position after{};
  std::string reason;
  Instant at{};
  bool operator==(const Began&) const = default;
};
/// The fence is down.
struct Reconciled {
  std::string by, reason;
  Instant at{};
  bool operator==(const Reconciled&) const = default;
};
using Event = std::variant<Began, Reconciled>;

struct State {
  std::uint64_t number = 1;
  bool fenced = false;
  Position after{};
  std::string reason;
  Instant began{};
  std::string by, why;  ///< who took the fence down
  Instant reconciled{};
  bool operator==(const State&) const = default;
};

/// Reconcile without a fence: no events.
Result<std::vector<Event>, Rejection> decide(const State&, const Command&, Instant now);
void evolve(State&, const Event&);
Agenda agenda(const State&);

}  // namespace comd::epoch

namespace comd::views {

std::string encode(const epoch::State&);
/// As its row says; without one the first epoch, open.
epoch::State decode_epoch(const std::optional<std::string>& row);

}  // namespace comd::views

namespace comd {

Line describe(const epoch::Event&);

}  // namespace comd

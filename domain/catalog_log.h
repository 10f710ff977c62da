#pragma once
#include <variant>

#include "domain/agenda.h"
#include "domain/catalog.h"

/// The stream "catalog": which versions were loaded, and which new orders take which of them.
namespace comd::catalog_log {

/// A catalogue version went live: its bytes are part of the log, so history can be decomposed again without the file.
struct Loaded {
  std::string name, version, digest, bytes;
  bool operator==(const Loaded&) const = default;
};

/// From now on these new orders take it, if no later version takes them. Before the first of these: all.
struct RolledOut {
  std::string version;
  std::uint32_t percent = 0;
  std::vector<TenantId> tenants;
  std::string by, reason;
  bool operator==(const RolledOut&) const = default;
};

/// No new order takes it any more. It stays readable: history and orders are pinned to it.
struct Withdrawn {
  std::string version, by, reason;
  bool operator==(const Withdrawn&) const = default;
};
using Event = std::variant<Loaded, RolledOut, Withdrawn>;

struct RollOut {
  std::string version;
  std::uint32_t percent = 100;
  std::vector<TenantId> tenants;
  std::string by, reason;
};
/// `rollout`: recorded with it, so that there is no moment in which the version takes more. Of a version that is there already
/// nothing changes.
struct Load {
  std::string name, version, digest, bytes;
  std::optional<RollOut> rollout = {};
};
struct Withdraw {
  std::string version, by, reason;
};
using Command = std::variant<Load, RollOut, Withdraw>;

struct State {
  std::map<std::string, std::string> digests;                  ///< by version
  std::map<std::string, comd::Rollout, std::less<>> rollouts;  ///< of those that were rolled out or withdrawn
  bool operator==(const State&) const = default;
};

/// At most this many tenants take a version before the others.
inline constexpr std::size_t kRolloutTenantsMax = 1'000;

/// The same command again: no events. The same version with another digest: conflict. Some version that is not withdrawn takes every
/// order, always: what would end that is refused.
Result<std::vector<Event>, Rejection> decide(const State&, const Command&);
void evolve(State&, const Event&);
Agenda agenda(const State&);

}  // namespace comd::catalog_log

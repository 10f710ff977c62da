#pragma once
#include <map>

#include "domain/service_order.h"
#include "domain/views.h"

/// What is held as a whole: everything for a target, of a specification's version, of a tenant. One aggregate for all of it, which
/// lanes, deadlines and admission consult, so that a hold of a million service orders is one event. While it lasts
///
///   target         no call leaves on the target's lane
///   specification  no submission of it leaves; what became of those under way is asked, and cancellations go on
///   tenant         as of a specification, for all the tenant's
///
/// What is under way settles, and what partners report is taken. A hold is reviewed every day, and that never freezes.
namespace comd::hold {

enum class Kind : std::uint8_t { target = 1, specification = 2, tenant = 3 };  // on disk: never renumber
std::string_view to_text(Kind);
std::optional<Kind> kind_named(std::string_view);

/// What becomes of the deadlines of service orders under a hold.
enum class Timers : std::uint8_t { keep = 1, freeze = 2 };  // on disk

struct Scope {
  Kind kind{};
  std::string name;  ///< of the target; "name@version"; of the tenant
  auto operator<=>(const Scope&) const = default;
};
std::string to_text(const Scope&);  ///< "target network"

// ── Commands ────────────────────────────────────────────────────────────────────────────────────────────────────────
struct Place {
  Scope scope;
  Timers timers = Timers::keep;
  bool refuse_new = false;  ///< new orders that need it are refused; else they wait
  std::string by, reason;
};
struct Lift {
  Scope scope;
  std::string by, reason;
};
struct TimerDue {
  std::string name;
};
using Command = std::variant<Place, Lift, TimerDue>;

// ── Events ──────────────────────────────────────────────────────────────────────────────────────────────────────────
/// One that is there already is from now on as this says.
struct Placed {
  Scope scope;
  Timers timers = Timers::keep;
  bool refuse_new = false;
  std::string by, reason;
  Instant at{}, review_at{};
  bool operator==(const Placed&) const = default;
};
struct Lifted {
  Scope scope;
  std::string by, reason;
  Instant at{};
  bool operator==(const Lifted&) const = default;
};
/// It was in force when somebody should have looked at it.
struct Reviewed {
  Scope scope;
  std::uint32_t count = 1;
  Instant next{};
  bool operator==(const Reviewed&) const = default;
};
using Event = std::variant<Placed, Lifted, Reviewed>;

inline constexpr std::string_view kReviewTimer = "review";
/// More at once are no holds but a mistake.
inline constexpr std::size_t kHoldsMax = 1'000;

struct Hold {
  Scope scope;
  Timers timers = Timers::keep;
  bool refuse_new = false;
  std::string by, reason;        ///< who placed it, or changed it last, and why
  Instant since{}, review_at{};  ///< since it was first placed
  std::uint32_t reviews = 0;     ///< since it was placed or changed
  bool operator==(const Hold&) const = default;
};
/// "target network is held by ann since …: reason"
std::string to_text(const Hold&);

struct State {
  std::map<Scope, Hold> in_force;
  bool operator==(const State&) const = default;
};

Result<std::vector<Event>, Rejection> decide(const State&, const Command&, Instant now);
void evolve(State&, const Event&);
Agenda agenda(const State&);

// ── What they mean for others ───────────────────────────────────────────────────────────────────────────────────────
/// The hold that keeps a call from leaving, or nullptr. Only calls to activation systems are held.
const Hold* holding(const State&, EffectKind, const std::string& target, const std::string& specification, const TenantId&);
/// Those that a service order is under.
std::vector<const Hold*> above(const State&, const service_order::Spec&);
service_order::Freeze freeze_of(const State&, const service_order::Spec&);
/// Adds which holds something waits for, and how they are lifted.
void explain(const State&, const service_order::State&, Explanation&);
void explain(const State&, const product_order::State&, Explanation&);

}  // namespace comd::hold

namespace comd::views {

std::string encode(const hold::Hold&);
std::optional<hold::Hold> decode_hold(std::string_view);

}  // namespace comd::views

namespace comd {

Line describe(const hold::Event&);

}  // namespace comd

#pragma once
#include "domain/product_order.h"

/// A bulk repair: one remedy for many orders or service orders that wait for a person. What it is for is frozen when it starts.
/// A few go first (the canary); the rest follow, at a rate, only when those have moved. A remedy that was taken is not taken for
/// done: each member is looked at until it has moved past where it was stuck, or has not in time. Too many failures pause it.
/// Its numbers always sum: moved + stuck + refused + skipped + open = members.
namespace comd::repair {

enum class Verdict : std::uint8_t {  // on disk: never renumber
  open = 1,                          ///< not tried yet
  tried = 2,                         ///< the remedy was taken; whether it helped is not known yet
  moved = 3,                         ///< seen past where it was stuck
  stuck = 4,                         ///< stuck again, or still, when time was up
  refused = 5,                       ///< the remedy was refused
  skipped = 6,                       ///< it had moved by itself since the set was frozen: left alone
};
std::string_view to_text(Verdict);

enum class Status : std::uint8_t { absent = 0, canary = 1, running = 2, paused = 3, finished = 4, cancelled = 5 };
std::string_view to_text(Status);

struct Target {
  std::string id;  ///< of a product order or service order
  Version version{};
  bool operator==(const Target&) const = default;
};

struct Plan {
  TenantId tenant;
  std::string query;               ///< as it was asked, for people
  Intervention what;               ///< its id is the job's
  std::uint32_t canary = 0;        ///< this many first; 0: none
  Millis pace{50};                 ///< between two tries
  std::uint32_t failures_max = 1;  ///< stuck or refused: with so many it pauses
  Millis look_every{5'000}, look_for{600'000};
  bool operator==(const Plan&) const = default;
};
inline constexpr std::size_t kMembersMax = 10'000;

// ── Commands ────────────────────────────────────────────────────────────────────────────────────────────────────────
struct Start {
  Plan plan;
  std::vector<Target> members;
};
/// The member's answer. `moved_on`: it is not at the version that was frozen any more.
struct SettleTry {
  std::size_t member = 0;
  bool taken = false, moved_on = false;
  std::string detail;
};
enum class Order : std::uint8_t { pause = 1, resume = 2, cancel = 3 };  // on disk
struct Steer {
  Order order{};
  std::string by, reason;
};
struct TimerDue {
  std::string name;
};
using Command = std::variant<Start, SettleTry, Steer, TimerDue>;

// ── Events ──────────────────────────────────────────────────────────────────────────────────────────────────────────
struct Started {
  Plan plan;
  std::vector<Target> members;
  Instant at{};
  Instant deadline{};
  bool operator==(const Started&) const = default;
};
struct Tried {
  std::uint64_t member = 0;
  Verdict verdict{};
  std::string detail;
  Instant at{};
  Instant deadline{};  ///< of the next try
  bool operator==(const Tried&) const = default;
};
struct TryOverdue {
  std::uint32_t count = 1;
  Instant deadline{};
  bool operator==(const TryOverdue&) const = default;
};  ///< no answer: tried again; the member takes it once
struct Looked {
  std::uint64_t member = 0;
  Verdict verdict{};  ///< tried: not known yet, look again at `next`
  std::string detail;
  Instant next{};
  bool operator==(const Looked&) const = default;
};
struct CanaryPassed {
  Instant deadline{};
  bool operator==(const CanaryPassed&) const = default;
};
struct Paused {
  std::string by, reason;
  Instant review_at{};
  bool operator==(const Paused&) const = default;
};
struct Resumed {
  std::string by, reason;
  std::uint32_t forgiven = 0;  ///< failures that are known and counted no more
  Instant deadline{};
  bool operator==(const Resumed&) const = default;
};
struct Ended {
  bool cancelled = false;
  std::string by, reason;
  Instant at{};
  bool operator==(const Ended&) const = default;
};
using Event = std::variant<Started, Tried, TryOverdue, Looked, CanaryPassed, Paused, Resumed, Ended>;

inline constexpr std::string_view kTryTimer = "try", kLookTimer = "look", kReviewTimer = "review";

struct Member {
  Target target;
  Verdict verdict = Verdict::open;
  std::string detail;
  Instant tried_at{}, look_at{};
  bool operator==(const Member&) const = default;
};

/// How many members have each verdict; the others sum to `members`.
struct Totals {
  std::uint64_t members = 0, open = 0, tried = 0, moved = 0, stuck = 0, refused = 0, skipped = 0;
  std::uint64_t& of(Verdict);
  bool operator==(const Totals&) const = default;
};

struct State {
  std::string id;
  Status status = Status::absent;
  Plan plan;
  std::vector<Member> members;
  Totals totals;
  std::size_t next = 0;  ///< the first that is not tried
  bool canary_passed = false;
  std::uint32_t overdue = 0, forgiven = 0;
  Instant started_at{}, last_try{}, ended_at{};
  Instant try_deadline{}, review_at{};
  std::string reason;
  bool operator==(const State&) const = default;
};

/// Where a member stands, for those a decision looks at.
struct Look {
  Verdict verdict = Verdict::tried;  ///< moved, stuck, or tried: not known yet
  std::string detail;
};
Look look(const service_order::State&);
Look look(const product_order::State&);

struct Context {
  Instant now{};
  std::map<std::size_t, Look> looks;  ///< TimerDue(look): of the members that are due
};
/// The members that TimerDue(look) will look at.
std::vector<std::size_t> due_members(const State&, Instant now);

Result<std::vector<Event>, Rejection> decide(const State&, const Command&, const Context&);
void evolve(State&, const Event&);
Agenda agenda(const State&);

/// What the effect of an agenda stands for: whom to ask, and what.
struct Ask {
  StreamId stream;
  std::variant<product_order::Command, service_order::Command> command;
  std::size_t member = 0;
};
Ask ask_of(const State&, const Effect&);

}  // namespace comd::repair

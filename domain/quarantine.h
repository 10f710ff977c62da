#pragma once
#include <set>

#include "domain/product_order.h"
#include "domain/repair.h"

/// The quarantine of one stream: it does not fold, or what it folds to contradicts itself. While it lasts nothing is decided on
/// that stream, its timers and effects rest, and only the review deadline here is live. It ends in one of three ways, each with
/// who and why: the stream folds again (a build that can read it), an event of it is passed over from now on, or a correction is
/// appended that ends it. The markers of what is passed over stay when the quarantine has ended.
namespace comd::quarantine {

enum class Cause : std::uint8_t { unreadable = 1, inconsistent = 2 };  // on disk: never renumber
std::string_view to_text(Cause);

enum class Exit : std::uint8_t { upcast = 1, skip = 2, correction = 3 };  // on disk
std::string_view to_text(Exit);

/// Why a stream cannot be gone on with.
struct Finding {
  Cause cause{};
  Version version{};  ///< of the event that cannot be read; inconsistent: of the last one
  std::string reason;
  bool operator==(const Finding&) const = default;
};

// ── Commands ────────────────────────────────────────────────────────────────────────────────────────────────────────
struct Enter {
  TenantId tenant;
  Finding finding;
};  ///< from whoever found it
struct Release {
  std::string by, reason;
};  ///< try again
struct Skip {
  Version version{};
  std::string by, reason;
};
struct Correct {
  std::string by, reason;
};
struct TimerDue {
  std::string name;
};
using Command = std::variant<Enter, Release, Skip, Correct, TimerDue>;

// ── Events ──────────────────────────────────────────────────────────────────────────────────────────────────────────
struct Entered {
  StreamId stream;
  TenantId tenant;
  Finding finding;
  Instant at{}, review_at{};
  bool operator==(const Entered&) const = default;
};
/// From now on that event is not folded.
struct Skipped {
  Version version{};
  std::string by, reason;
  Instant at{};
  bool operator==(const Skipped&) const = default;
};
/// One thing is out of the way; this is the next.
struct Found {
  Finding finding;
  bool operator==(const Found&) const = default;
};
/// The same commit holds the events that correct the stream.
struct Corrected {
  std::string by, reason;
  Instant at{};
  bool operator==(const Corrected&) const = default;
};
struct Released {
  Exit how{};
  std::string by, reason;
  Instant at{};
  std::string held;  ///< it still waits for a person, and why
  bool operator==(const Released&) const = default;
};
struct Reviewed {
  std::uint32_t count = 1;
  Instant next{};
  bool operator==(const Reviewed&) const = default;
};  ///< nobody did anything about it
using Event = std::variant<Entered, Skipped, Found, Corrected, Released, Reviewed>;

inline constexpr std::string_view kReviewTimer = "review";

struct State {
  StreamId stream;  ///< that is quarantined
  TenantId tenant;
  bool open = false;
  std::uint32_t rounds = 0;  ///< times it was entered
  Finding finding;
  std::set<Version> skipped;
  Instant since{}, review_at{}, released_at{};
  std::uint32_t reviews = 0;
  Exit how{};              ///< released: the last time
  std::string by, reason;  ///< of the last person who took part
  std::string held;
  bool operator==(const State&) const = default;
};

/// What a decision may look at: the stream as it would be after the command.
struct Context {
  Instant now{};
  Version head{};                    ///< of the stream
  std::optional<Finding> stands;     ///< what is in the way as it is
  std::optional<Finding> would;      ///< what would be in the way after the command
  std::optional<Rejection> refusal;  ///< Correct: it cannot be corrected
  std::string held;
};

Result<std::vector<Event>, Rejection> decide(const StreamId& stream, const State&, const Command&, const Context&);
void evolve(State&, const Event&);
Agenda agenda(const State&);
/// What a tell of `agenda` stands for.
product_order::Command note_of(const State&, const Tell&);

// ── What a correction appends ───────────────────────────────────────────────────────────────────────────────────────
struct Correction {
  std::string id, by, reason;
  Instant now{};
};
/// It ends as failed. One whose opening is lost is opened anew as its product order planned it, if that is known.
Result<std::vector<service_order::Event>, Rejection> correction(const service_order::State&,
                                                                const std::optional<service_order::Spec>& planned,
                                                                const Correction&);
/// It ends as failed, and the products it claimed are set free.
Result<std::vector<product_order::Event>, Rejection> correction(const product_order::State&, const Correction&);

}  // namespace comd::quarantine

namespace comd {

/// What must hold of every state that events lead to; checked when a stream is folded and before anything is recorded. The text
/// says what does not, or is empty. Cheap: of the order of the agenda, which is at hand.
std::string broken_invariant(const product_order::State&, const Agenda&);
std::string broken_invariant(const service_order::State&, const Agenda&);
std::string broken_invariant(const repair::State&, const Agenda&);
template <class State>
std::string broken_invariant(const State&, const Agenda&) {
  return {};
}

}  // namespace comd

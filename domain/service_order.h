#pragma once
#include <set>

#include "domain/service_order_events.h"

/// One service order: what it may be asked (Command), what happened (Event), what it is (State), and the pure functions that
/// relate them. Its life: planned → waiting → queued → submitted → acknowledged → inProgress ⇄ pendingExternal →
/// completed | partial | failed | rejected | cancelled, with inDoubt, retryWaiting, held; or, where a person does the work,
/// waiting → awaitingPerson → its end. A person can take part at any time (Intervene), and start an ended one anew (Reopen).
namespace comd::service_order {

/// The outcome of one call. `refused`: the partner answered no. `not_sent`: provably never left. Anything else: `unknown`.
struct Outcome {
  enum class Kind : std::uint8_t { ok = 1, refused = 2, unknown = 3, not_sent = 4 };
  Kind kind{};
  Fault fault;                   ///< refused, unknown, not_sent
  std::string reference;         ///< ok: the partner's own id
  std::optional<Report> answer;  ///< ask only: ok = found, and this is where it stands; refused NOT_FOUND = not there
};

// ── Commands ────────────────────────────────────────────────────────────────────────────────────────────────────────
struct Release {
  Values inputs;
};  ///< from the product order: prerequisites are met
struct MarkSent {
  std::string effect;
};  ///< from the dispatcher, before the call
/// The process that made the call is gone, and with it whoever waited for the answer.
struct CallLost {
  Instant answer_by{};  ///< which call: the one whose answer was expected until then
};
struct SettleEffect {
  std::string effect;
  EffectKind kind{};
  Outcome outcome;
};  ///< from the dispatcher, after the call
struct TakeReport {
  Report report;
};
struct Cancel {
  std::string reason;
  bool only_if_agreed = false;  ///< a refusal is told, and it goes on as if nobody had asked
};                              ///< from the product order
/// From the product order: a revision wants it with these inputs.
struct Amend {
  std::uint32_t revision = 0;
  Values inputs;
};
struct Prioritise {
  std::uint8_t priority = 4;
};  ///< from the product order
struct Nudge {
  Values inputs;
};  ///< from the product order: your answer is overdue; also releases
struct TimerDue {
  std::string name;
};
struct Intervene {
  Intervention what;
  std::optional<Version> if_version = {};  ///< decided on that version of the stream: refused if it has moved since
};
struct Reopen {
  Intervention what;
};  ///< from the product order: it failed, and a person wants it otherwise
using Command = std::variant<Release, MarkSent, CallLost, SettleEffect, TakeReport, Cancel, Nudge, TimerDue, Intervene, Reopen,
                             Prioritise, Amend>;

/// Deadline names; also the timer names on disk.
inline constexpr std::string_view kQueueTimer = "queue", kAnswerTimer = "answer", kAcknowledgeTimer = "acknowledge",
                                  kSilenceTimer = "silence", kCompleteTimer = "complete", kDoubtTimer = "doubt",
                                  kRetryTimer = "retry", kCancelTimer = "cancel", kReviewTimer = "review",
                                  kPrerequisiteTimer = "prerequisites", kTaskTimer = "task", kExpectedTimer = "expected",
                                  kAmendTimer = "amend";
/// The answer to a call is waited for so much longer than the call may take.
inline constexpr Millis kAnswerMargin{2'000};
/// At most this many reports are kept in full per service order; the rest are counted.
inline constexpr std::size_t kReportsKept = 64;

struct State {
  Status status = Status::absent;
  Spec spec;
  std::uint32_t attempt = 0;
  std::uint32_t failures = 0;  ///< definite failures so far
  std::uint32_t doubts = 0;    ///< since the last sign of life
  std::uint32_t asks = 0;      ///< ever: a late answer to an earlier question is not taken for this one's
  Values inputs;               ///< characteristics with the bindings filled in
  Values outputs;
  std::string reference;                               ///< the partner's own id
  std::map<std::string, Instant, std::less<>> timers;  ///< by timer name
  Fault fault;                                         ///< the last one
  Then then = Then::fail;
  Millis call_timeout{};
  Instant sent_at{};
  bool sent = false;            ///< the current attempt may have reached the partner
  bool ask = false;             ///< in doubt: the next step is to ask
  Instant next_step{};          ///< in doubt: not before
  bool cancel_wanted = false;   ///< asked of us
  bool cancel_calling = false;  ///< a cancel call is due or under way
  bool cancel_refused = false;
  bool cancel_if_agreed = false;
  std::uint32_t refusals = 0;  ///< told to the product order
  std::uint32_t cancel_attempts = 0;
  Instant cancel_next{};
  std::string cancel_reason;
  std::optional<AmendRequested> amendment;  ///< while it is not answered
  std::uint32_t amend_attempts = 0;
  Instant amend_next{};
  std::optional<AmendAnswered> amend_answer;  ///< the last one; told to the product order
  bool amend_doubt = false;                   ///< it ended while an amendment was not answered
  std::uint32_t holds = 0, nudges = 0;        ///< count what was told to the product order
  std::uint32_t reviews = 0, overdue = 0;
  std::uint32_t reopens = 0;  ///< times it was started anew after its end
  bool skipped_by_hand = false;
  bool partly = false;     ///< a part of it is there, from this attempt or an earlier one, with `outputs`
  Instant person_since{};  ///< held or awaiting a person: since when
  Interventions interventions;
  std::string assignee;
  bool ponr_reached = false;
  std::optional<Instant> requested_completion;  ///< of its order; set: it is watched
  std::optional<Instant> expected;
  std::uint32_t expectations = 0;            ///< times the partner said so: told to a product order with a date
  std::optional<JeopardyRaised> jeopardy;    ///< while it takes longer than expected
  std::vector<MilestoneReached> milestones;  ///< of this attempt, as they were reached
  std::set<std::string> reports;             ///< ids seen
  std::uint32_t reports_taken = 0, contradictions = 0;
  std::string note;  ///< the partner's last words
  bool archived = false;
  bool operator==(const State&) const = default;
};

/// A hold that freezes the deadlines of a service order (domain/holds.h).
struct Freeze {
  std::string reason;  ///< "target network is held by ann since …: …"; empty: nothing is frozen
  Instant review_at{};
};

/// A frozen deadline is looked at again after this, or when the hold is reviewed: when the hold is lifted, no deadline is farther off.
inline constexpr Millis kFrozenFor{3'600'000};

struct Context {
  Instant now{};
  double jitter = 0;                     ///< in [0, 1), drawn by the caller for this decision
  const CatalogSet* catalogs = nullptr;  ///< holds at least the version the order is pinned to
  Freeze frozen = {};                    ///< its deadlines, by a hold
};

Result<std::vector<Event>, Rejection> decide(const State&, const Command&, const Context&);
void evolve(State&, const Event&);
Agenda agenda(const State&);

/// The first events of a service order: opened, and queued at once when nothing is to be waited for. `wanted_by`: its order has
/// that date.
std::vector<Event> open(const Spec&, bool ready, const Context&, std::optional<Instant> wanted_by = {});

/// The specification's policies, from the pinned catalogue version or else the newest that has it. nullptr: in none.
const ServiceSpecification* find_specification(const CatalogSet&, std::string_view catalog_version,
                                               const std::string& specification);

/// The permanent idempotency key of an attempt.
std::string attempt_key(const ServiceOrderId&, std::uint32_t attempt);
/// The key of the question that is open now.
std::string ask_key(const State&);
/// The key of the amendment that is open now.
std::string amend_key(const State&);

/// The call that an effect of `agenda` stands for.
ActivationRequest request_of(const State&, const Effect&);

}  // namespace comd::service_order

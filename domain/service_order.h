#pragma once
#include <set>
#include <variant>
#include <vector>

#include "domain/agenda.h"
#include "domain/catalog.h"
#include "domain/deferred.h"
#include "domain/intervention.h"

/// One service order: what it may be asked (Command), what happened (Event), what it is (State), and the pure functions that
/// relate them. Its life: planned → waiting → queued → submitted → acknowledged → inProgress ⇄ pendingExternal →
/// completed | partial | failed | rejected | cancelled, with inDoubt, retryWaiting, held; or, where a person does the work,
/// waiting → awaitingPerson → its end. A person can take part at any time (Intervene), and start an ended one anew (Reopen).
namespace comd::service_order {

enum class Status : std::uint8_t {  // on disk: never renumber
  absent = 0,
  waiting = 2,
  queued = 3,
  submitted = 4,
  acknowledged = 5,
  in_progress = 6,
  pending_external = 7,
  completed = 8,
  partial = 9,
  failed = 10,
  rejected = 11,
  cancelled = 12,
  in_doubt = 13,
  retry_waiting = 14,
  held = 15,
  awaiting_person = 16,  ///< a person's task
};
std::string_view to_text(Status);
bool is_final(Status);

struct Fault {
  FaultClass fault_class = FaultClass::unknown;
  std::string code;
  std::string message;
  bool operator==(const Fault&) const = default;
};

/// A characteristic whose value is an output of an earlier service order.
struct Binding {
  std::string name;
  ServiceOrderId from;
  std::string output;
  bool required = true;
  bool operator==(const Binding&) const = default;
};

/// Everything a service order is told when its plan is made.
struct Spec {
  ServiceOrderId id;
  OrderId order;
  TenantId tenant;
  std::string item;
  std::uint32_t unit = 0, site = 0;
  std::string key;
  ServiceId service;
  std::string specification;  ///< "name@version"
  std::string catalog_version;
  std::string target;
  Action action{};
  std::uint32_t revision = 1;
  bool optional = false;
  std::uint8_t priority = 4;
  ServiceOrderId undoes;    ///< set: this is a compensation
  ServiceOrderId replaces;  ///< set: a revision put it in the place of that one, and it waits until that is gone
  Values characteristics;   ///< known when planned
  Values previous;          ///< what the service had before
  std::vector<Binding> bindings;
  std::vector<ServiceOrderId> depends_on;
  bool operator==(const Spec&) const = default;
};

enum class ReportKind : std::uint8_t {  // on disk
  acknowledged = 1,
  rejected = 2,
  in_progress = 3,
  pending_external = 4,
  completed = 5,
  partial = 6,
  failed = 7,
  cancelled = 8,
  cancel_refused = 9,
  ponr_reached = 10,
  expected_date = 11,
};
std::string_view to_text(ReportKind);

/// What a partner said about a service order, in any order, late, twice.
struct Report {
  std::string id;  ///< the partner's; deduplicates
  ReportKind kind{};
  std::uint32_t attempt = 0;  ///< 0: the partner did not say
  Values outputs;
  Fault fault;
  std::string message;
  std::optional<Instant> expected;
  std::string reporter;        ///< target system or principal
  std::string milestone = {};  ///< the one that is reached with it, by its name in the catalogue
  bool operator==(const Report&) const = default;
};

/// What a report changed. Everything but `applied` leaves the status as it is; all are kept and shown.
enum class Disposition : std::uint8_t { applied = 1, late = 2, stale_attempt = 3, contradictory = 4, repeated = 5 };  // on disk
std::string_view to_text(Disposition);

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
using Command = std::variant<Release, MarkSent, SettleEffect, TakeReport, Cancel, Nudge, TimerDue, Intervene, Reopen, Prioritise>;

// ── Events (past tense; stored; never change meaning once released) ─────────────────────────────────────────────────
struct Opened {
  Spec spec;
  Instant review_at{};
  bool operator==(const Opened&) const = default;
};
struct StillWaiting {
  std::uint32_t reviews = 1;
  Instant next{};
  bool operator==(const StillWaiting&) const = default;
};  ///< for prerequisites
struct Queued {
  std::uint32_t attempt = 1;
  Values inputs;
  Instant deadline{};
  Millis call_timeout{};
  std::string reason;
  bool operator==(const Queued&) const = default;
};
struct Sent {
  std::uint32_t attempt = 1;
  Instant at{};
  Instant answer_by{};
  bool operator==(const Sent&) const = default;
};
struct Accepted {
  std::string reference;
  Instant acknowledge_by{};
  Instant complete_by{};
  bool operator==(const Accepted&) const = default;
};
/// The outcome of the call, or whether the work still runs, is not known. Next, at `next_step`: ask, and expect an answer until
/// `answer_by`; or send the same key again.
struct Doubted {
  Fault fault;
  std::uint32_t doubts = 1;
  bool ask = false;
  Instant next_step{};
  Instant answer_by{};
  bool operator==(const Doubted&) const = default;
};
struct RetryScheduled {
  Fault fault;
  std::uint32_t attempt = 2;
  Millis delay{};
  Instant due{};
  bool operator==(const RetryScheduled&) const = default;
};
struct Reported {
  Report report;
  Disposition disposition{};
  Instant silence_by{};
  Instant complete_by{};
  bool operator==(const Reported&) const = default;
};
struct CancelRequested {
  std::string reason;
  Instant deadline{};
  bool only_if_agreed = false;
  bool operator==(const CancelRequested&) const = default;
};
struct CancelAnswered {
  bool accepted = false;
  std::string detail;
  Instant deadline{};
  bool operator==(const CancelAnswered&) const = default;
};
struct CancelUnanswered {
  Fault fault;
  std::uint32_t attempts = 1;
  Instant next{};
  Instant deadline{};
  bool operator==(const CancelUnanswered&) const = default;
};
struct Held {
  Fault fault;
  bool in_doubt = false;
  Instant review_at{};
  std::uint32_t reviews = 0;
  Instant at{};
  bool operator==(const Held&) const = default;
};
struct Completed {
  Values outputs;
  bool operator==(const Completed&) const = default;
};
struct PartlyActivated {
  Values outputs;
  std::string detail;
  Then then = Then::fail;
  bool operator==(const PartlyActivated&) const = default;
};
struct Failed {
  Fault fault;
  Then then = Then::fail;
  bool rejected = false;
  std::uint32_t attempts = 1;
  bool operator==(const Failed&) const = default;
};
struct Cancelled {
  std::string reason;
  bool operator==(const Cancelled&) const = default;
};
struct Nudged {
  std::uint32_t count = 1;
  bool operator==(const Nudged&) const = default;
};  ///< final already: the answer is told again
struct TaskOpened {
  std::uint32_t attempt = 1;
  Values inputs;
  Instant at{};
  Instant deadline{};
  std::string reason;
  bool operator==(const TaskOpened&) const = default;
};
struct TaskOverdue {
  std::uint32_t count = 1;
  Instant next{};
  bool operator==(const TaskOverdue&) const = default;
};
/// A person took part; the events that follow say what it led to.
struct Intervened {
  Intervention what;
  bool reopened = false;  ///< it had ended
  Instant at{};
  bool operator==(const Intervened&) const = default;
};
/// Its order is wanted by a date. Only then is it watched whether the service order takes longer than expected.
struct Dated {
  Instant requested_completion{};
  bool operator==(const Dated&) const = default;
};
/// It has started, and is expected to be done by then.
struct Expected {
  Instant completion{};
  bool operator==(const Expected&) const = default;
};
/// It takes longer than expected.
struct JeopardyRaised {
  std::string cause;
  Instant expected{};
  Instant at{};
  bool operator==(const JeopardyRaised&) const = default;
};
struct MilestoneReached {
  std::string name;
  std::string description;
  std::string message;  ///< the partner's words
  Instant at{};
  bool operator==(const MilestoneReached&) const = default;
};
/// Its order was archived, and it with it, in the same commit.
struct Archived {
  Instant at{};
  bool operator==(const Archived&) const = default;
};
struct Prioritised {
  std::uint8_t priority = 4;
  bool operator==(const Prioritised&) const = default;
};
using Event =
    std::variant<Opened, StillWaiting, Queued, Sent, Accepted, Doubted, RetryScheduled, Reported, CancelRequested, CancelAnswered,
                 CancelUnanswered, Held, Completed, PartlyActivated, Failed, Cancelled, Nudged, TaskOpened, TaskOverdue,
                 Intervened, Dated, Expected, JeopardyRaised, MilestoneReached, Archived, Prioritised, Deferred>;

/// Deadline names; also the timer names on disk.
inline constexpr std::string_view kQueueTimer = "queue", kAnswerTimer = "answer", kAcknowledgeTimer = "acknowledge",
                                  kSilenceTimer = "silence", kCompleteTimer = "complete", kDoubtTimer = "doubt",
                                  kRetryTimer = "retry", kCancelTimer = "cancel", kReviewTimer = "review",
                                  kPrerequisiteTimer = "prerequisites", kTaskTimer = "task", kExpectedTimer = "expected";
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
  std::uint32_t holds = 0, nudges = 0;  ///< count what was told to the product order
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

/// The call that an effect of `agenda` stands for.
ActivationRequest request_of(const State&, const Effect&);

}  // namespace comd::service_order

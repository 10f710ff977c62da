#pragma once
#include <variant>
#include <vector>

#include "domain/agenda.h"
#include "domain/catalog.h"
#include "domain/intervention.h"

/// What a service order is made of, and what happens to it. Past tense; stored: an event never changes its meaning once it is released.
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
/// A deadline was put off, because a hold freezes it; nothing else changed.
struct Deferred {
  std::string timer;
  Instant until{};
  std::string reason;
  bool operator==(const Deferred&) const = default;
};
/// A revision of its order wants it with these inputs.
struct AmendRequested {
  std::uint32_t revision = 2;
  Values inputs;
  Instant deadline{};
  bool operator==(const AmendRequested&) const = default;
};
/// Accepted: these are its inputs from now on. Otherwise it goes on as it was.
struct AmendAnswered {
  std::uint32_t revision = 2;
  bool accepted = false;
  std::string detail;
  bool in_doubt = false;  ///< not accepted, but its activation system may work on it as amended all the same
  bool operator==(const AmendAnswered&) const = default;
};
struct AmendUnanswered {
  Fault fault;
  std::uint32_t attempts = 1;
  Instant next{};
  Instant deadline{};
  bool operator==(const AmendUnanswered&) const = default;
};
using Event = std::variant<Opened, StillWaiting, Queued, Sent, Accepted, Doubted, RetryScheduled, Reported, CancelRequested,
                           CancelAnswered, CancelUnanswered, Held, Completed, PartlyActivated, Failed, Cancelled, Nudged,
                           TaskOpened, TaskOverdue, Intervened, Dated, Expected, JeopardyRaised, MilestoneReached, Archived,
                           Prioritised, Deferred, AmendRequested, AmendAnswered, AmendUnanswered>;

}  // namespace comd::service_order

#include <algorithm>
#include <cmath>

#include "domain/check.h"
#include "domain/overload.h"
#include "domain/service_order_steps.h"

namespace comd::service_order {
namespace {

using Events = std::vector<Event>;
using Decided = Result<Events, Rejection>;

using namespace std::chrono_literals;
constexpr std::uint32_t kDoubtsMax = 12;  ///< then a person decides

Millis retry_delay(const RetryRule& rule, std::uint32_t failures, double jitter) {
  const double plain = static_cast<double>(rule.initial.count()) * std::pow(rule.factor, failures);
  const double capped = std::min(plain, static_cast<double>(rule.maximum.count()));
  return Millis{std::llround(capped * (1.0 + rule.jitter * (2.0 * jitter - 1.0)))};
}

/// One decision about one service order.
class Decider {
 public:
  Decider(const State& state, const ServiceSpecification& spec, const Context& context) : s_(state), spec_(spec), c_(context) {}

  Decided handle(const Command& command) {
    return std::visit([&](const auto& c) -> Decided { return on(c); }, command);
  }

 private:
  Decided on(const Release& c) {
    if (s_.status != Status::waiting) return Events{};
    return Events{begin(c.inputs)};
  }

  Decided on(const Nudge& c) {
    if (s_.status == Status::waiting) return Events{begin(c.inputs)};
    if (!is_final(s_.status)) return Events{};
    return Events{Nudged{s_.nudges + 1}};
  }

  /// An amendment may have overtaken the release.
  Event begin(const Values& inputs) const {
    const bool amended = s_.amend_answer && s_.amend_answer->accepted;
    return start_attempt(spec_, 1, amended ? s_.inputs : inputs, "prerequisites are met", c_.now);
  }

  Decided on(const Amend& c) { return amend(s_, spec_, c, c_.now); }

  Decided on(const MarkSent& c) {
    if (s_.status != Status::queued || c.effect != attempt_key(s_.spec.id, s_.attempt)) return Events{};
    return Events{Sent{s_.attempt, c_.now, c_.now + s_.call_timeout + kAnswerMargin}};
  }

  /// The call itself may still be on its way, up to its own deadline: only whoever answers a repetition as the first time can be
  /// asked again before that.
  Decided on(const CallLost& c) {
    const auto waits = s_.timers.find(kAnswerTimer);
    if (waits == s_.timers.end() || waits->second != c.answer_by) return Events{};
    if (spec_.delivery != Delivery::idempotent || !c_.frozen.reason.empty()) return Events{};
    Events out =
        doubt({FaultClass::transient, "CALL_LOST", "comd was started again before " + s_.spec.target + " had answered"}, false);
    if (std::holds_alternative<Doubted>(out.back()))
      out.push_back(queue(s_.attempt, s_.inputs, "comd was started again: the same key again"));
    return out;
  }

  Decided on(const SettleEffect& c) {
    switch (c.kind) {
      case EffectKind::submit: return submit_settled(c);
      case EffectKind::ask: return ask_settled(c);
      case EffectKind::cancel: return cancel_settled(c);
      case EffectKind::amend: return amend_settled(s_, spec_, c, c_.now);
      default:
        return Err(
            Rejection{RejectionCode::invalid, "Expected the outcome of an activation call, but it is of another kind", {}, {}});
    }
  }

  Decided submit_settled(const SettleEffect& c) {
    if (c.effect != attempt_key(s_.spec.id, s_.attempt)) return Events{};  // an older attempt
    const bool waiting_for_it = s_.timers.contains(kAnswerTimer) || s_.status == Status::in_doubt;
    if (!waiting_for_it) return Events{};  // a report was faster, or the deadline was
    switch (c.outcome.kind) {
      case Outcome::Kind::ok:
        return Events{
            Accepted{c.outcome.reference, s_.sent_at + spec_.timeouts.acknowledge, s_.sent_at + spec_.timeouts.complete}};
      case Outcome::Kind::refused: return fail(c.outcome.fault, false, {});
      case Outcome::Kind::unknown: return s_.status == Status::in_doubt ? Events{} : doubt(c.outcome.fault, false);
      case Outcome::Kind::not_sent:
        if (s_.status == Status::in_doubt) return Events{};
        return Events{queue(s_.attempt, s_.inputs, "the call never left: " + c.outcome.fault.message)};
    }
    return Events{};
  }

  Decided ask_settled(const SettleEffect& c) {
    if (s_.status != Status::in_doubt || !s_.ask || c.effect != ask_key(s_)) return Events{};
    if (c.outcome.kind == Outcome::Kind::ok && c.outcome.answer) return take(*c.outcome.answer);
    if (c.outcome.kind == Outcome::Kind::refused && c.outcome.fault.code == "NOT_FOUND") {
      // Asked after the quiet period, so this is proof: it never arrived. The same key goes out again.
      if (s_.cancel_wanted) return Events{Cancelled{s_.cancel_reason}};
      return Events{queue(s_.attempt, s_.inputs, s_.spec.target + " never received it")};
    }
    return doubt(c.outcome.fault, true);
  }

  Decided cancel_settled(const SettleEffect& c) {
    if (!s_.cancel_calling || c.effect != attempt_key(s_.spec.id, s_.attempt) + "!" + std::to_string(s_.cancel_attempts))
      return Events{};
    const Fault& fault = c.outcome.fault;
    if (c.outcome.kind == Outcome::Kind::ok)
      return Events{CancelAnswered{true, c.outcome.reference, c_.now + spec_.timeouts.silence}};
    // "Not now" is no answer to whether it can be cancelled.
    if (c.outcome.kind == Outcome::Kind::refused && (fault.code == "NOT_FOUND" || fault.fault_class != FaultClass::transient)) {
      if (fault.code != "NOT_FOUND") return Events{CancelAnswered{false, fault.message, {}}};
      if (never_received()) return Events{Cancelled{s_.cancel_reason}};
    }
    return cancel_again(fault);
  }

  /// Whether a target that knows nothing of it is to be believed: not where it has said that it has it, for the cancellation may have
  /// overtaken the submission; and after a call whose outcome is not known only when that cannot be on its way any more.
  bool never_received() const {
    if (s_.status == Status::retry_waiting || (s_.status == Status::queued && s_.doubts == 0)) return true;
    const bool doubtful = s_.status == Status::queued || s_.status == Status::in_doubt || s_.status == Status::held ||
                          s_.timers.contains(kAnswerTimer);
    // The question counts, not its answer, which may have been long on its way to us.
    return doubtful && s_.cancel_next >= s_.sent_at + s_.call_timeout + spec_.settle;
  }

  Decided cancel_again(const Fault& fault) {
    if (s_.cancel_attempts + 1 >= kCancelsMax)
      return Events{CancelAnswered{false, "no answer to the cancellation: " + fault.message, {}}};
    const Instant next = c_.now + backoff(1s, s_.cancel_attempts);
    return Events{CancelUnanswered{fault, s_.cancel_attempts + 1, next, next + spec_.timeouts.call + spec_.timeouts.queue}};
  }

  Decided on(const TakeReport& c) { return take(c.report); }

  Decided on(const Cancel& c) {
    const bool firmer = s_.cancel_if_agreed && !c.only_if_agreed;
    if (is_final(s_.status) || (s_.cancel_wanted && !firmer)) return Events{};
    if (!s_.sent) return Events{Cancelled{c.reason}};  // nothing of it is out there; a person's task just goes away
    return Events{CancelRequested{c.reason, c_.now + spec_.timeouts.queue + spec_.timeouts.call, c.only_if_agreed}};
  }

  Decided on(const Prioritise& c) {
    if (is_final(s_.status) || s_.spec.priority == c.priority) return Events{};
    return Events{Prioritised{c.priority}};
  }

  Decided on(const TimerDue& c) {
    auto found = s_.timers.find(c.name);
    if (found == s_.timers.end() || found->second > c_.now) return Events{};
    if (!c_.frozen.reason.empty() && freezes(c.name)) return Events{put_off(c.name)};
    const Fault late{FaultClass::transient, "TIMEOUT_" + upper(c.name), "no " + c.name + " from " + s_.spec.target + " in time"};
    if (c.name == kQueueTimer) {
      if (s_.sent) return doubt(late, true);
      return fail({late.fault_class, late.code, "not sent to " + s_.spec.target + " before the queue deadline"}, false, {});
    }
    if (c.name == kAnswerTimer || c.name == kAcknowledgeTimer || c.name == kSilenceTimer || c.name == kCompleteTimer)
      return doubt(late, true);
    if (c.name == kDoubtTimer) {
      if (s_.ask)
        return doubt({FaultClass::transient, "ASK_UNANSWERED", s_.spec.target + " did not say what became of it"}, true);
      return Events{queue(s_.attempt, s_.inputs, "outcome unknown: the same key again")};
    }
    if (c.name == kRetryTimer) return Events{queue(s_.attempt + 1, s_.inputs, "retry after " + s_.fault.code)};
    if (c.name == kCancelTimer) return cancel_again(late);
    if (c.name == kAmendTimer) return amend_again(s_, spec_, late, c_.now);
    if (c.name == kReviewTimer) return Events{Held{s_.fault, s_.sent, c_.now + kReview, s_.reviews + 1, c_.now}};
    if (c.name == kPrerequisiteTimer) return Events{StillWaiting{s_.reviews + 1, c_.now + kReview}};
    if (c.name == kExpectedTimer) return Events{run_over(s_, c_.now)};
    if (c.name == kTaskTimer) return Events{TaskOverdue{s_.overdue + 1, c_.now + kReview}};
    return Events{};
  }

  /// What waits for the partner or a person. What only tells people (a review, prerequisites, an expected end) never freezes, and
  /// what sends again waits in its lane, so that it leaves as soon as the hold is lifted.
  bool freezes(std::string_view timer) const {
    if (timer == kDoubtTimer) return s_.ask;
    return timer != kReviewTimer && timer != kPrerequisiteTimer && timer != kExpectedTimer && timer != kRetryTimer;
  }

  Event put_off(const std::string& timer) const {
    const Instant review = c_.frozen.review_at > c_.now ? c_.frozen.review_at : Instant::max();
    return Deferred{timer, std::min(c_.now + kFrozenFor, review), c_.frozen.reason};
  }

  Decided on(const Intervene& c) {
    if (s_.interventions.contains(c.what.id)) return Events{};
    return intervene(s_, spec_, c_, c.what, false);
  }

  Decided on(const Reopen& c) {
    const bool ended = s_.status == Status::failed || s_.status == Status::rejected || s_.status == Status::partial ||
                       s_.status == Status::cancelled;
    return ended && !s_.interventions.contains(c.what.id) ? intervene(s_, spec_, c_, c.what, true) : Decided(Events{});
  }

  // ── steps ────────────────────────────────────────────────────────────────────────────────────────────────────────

  static std::string upper(std::string_view text) {
    std::string out;
    for (char ch : text) out.push_back(ch == '-' ? '_' : static_cast<char>(std::toupper(static_cast<unsigned char>(ch))));
    return out;
  }

  Event queue(std::uint32_t attempt, Values inputs, std::string reason) const {
    return start_attempt(spec_, attempt, std::move(inputs), std::move(reason), c_.now);
  }

  Events doubt(const Fault& fault, bool again) const {
    const std::uint32_t doubts = s_.doubts + 1;
    if (spec_.delivery == Delivery::neither || doubts > kDoubtsMax) return {Held{fault, true, c_.now + kReview, 0, c_.now}};
    const bool ask = spec_.delivery == Delivery::queryable;
    const Millis pause = ask && !(again && s_.doubts > 0) ? spec_.settle : backoff(ask ? spec_.settle : 1s, s_.doubts);
    const Instant next = c_.now + pause;
    return {Doubted{fault, doubts, ask, next, next + spec_.timeouts.call + spec_.timeouts.queue}};
  }

  /// A definite failure: nothing of this attempt is left at the partner, or what is left stays while the rest is asked for.
  Events fail(const Fault& fault, bool rejected, Events before) const {
    const std::uint32_t failures = s_.failures + 1;
    const RetryRule* rule = find_retry(spec_, fault.fault_class, fault.code);
    const bool again = rule != nullptr && failures < rule->attempts && !s_.cancel_wanted;
    if (again) {
      const Millis delay = retry_delay(*rule, s_.failures, c_.jitter);
      before.push_back(RetryScheduled{fault, s_.attempt + 1, delay, c_.now + delay});
      return before;
    }
    const Then then = rule == nullptr ? Then::fail : rule->then;
    if (then == Then::fallout && !s_.cancel_wanted)
      before.push_back(Held{fault, false, c_.now + kReview, 0, c_.now});
    else
      before.push_back(Failed{fault, then, rejected, failures});
    return before;
  }

  // ── reports ──────────────────────────────────────────────────────────────────────────────────────────────────────

  Decided take(const Report& report) {
    if (s_.reports.contains(report.id)) return Events{};
    const Disposition disposition = match(report);
    Reported event{report, disposition, {}, {}};
    if (disposition != Disposition::applied) {
      if (s_.reports_taken >= kReportsKept) {  // counted, no longer kept in full
        event.report.outputs.clear();
        event.report.message.clear();
      }
      return Events{std::move(event)};
    }
    return apply(std::move(event));
  }

  Disposition match(const Report& report) const {
    if (is_final(s_.status)) {
      const bool same_end = (s_.status == Status::completed && report.kind == ReportKind::completed) ||
                            (s_.status == Status::partial && report.kind == ReportKind::partial) ||
                            (s_.status == Status::failed && report.kind == ReportKind::failed) ||
                            (s_.status == Status::rejected && report.kind == ReportKind::rejected) ||
                            (s_.status == Status::cancelled && report.kind == ReportKind::cancelled);
      if (same_end) return Disposition::repeated;
      return ends(report.kind) ? Disposition::contradictory : Disposition::late;
    }
    if (s_.attempt == 0 || report.attempt > s_.attempt) return Disposition::contradictory;  // nothing was sent yet
    if (report.attempt != 0 && report.attempt < s_.attempt) return Disposition::stale_attempt;
    // A failure that does not say of which attempt may be an old one told again; this attempt's deadlines find out.
    if (report.attempt == 0 && s_.attempt > 1 && ends(report.kind) && report.kind != ReportKind::completed)
      return Disposition::stale_attempt;
    const bool between = s_.status == Status::retry_waiting || s_.status == Status::held || s_.status == Status::awaiting_person;
    if (between && report.kind != ReportKind::completed && report.kind != ReportKind::ponr_reached)
      return s_.sent && ends(report.kind) ? Disposition::applied : Disposition::late;
    if (report.kind == ReportKind::acknowledged && (s_.status == Status::in_progress || s_.status == Status::pending_external))
      return Disposition::repeated;
    return Disposition::applied;
  }

  static bool ends(ReportKind kind) {
    return kind == ReportKind::completed || kind == ReportKind::partial || kind == ReportKind::failed ||
           kind == ReportKind::rejected || kind == ReportKind::cancelled;
  }

  Decided apply(Reported event) {
    const Report& report = event.report;
    auto complete_by = [&] {
      auto found = s_.timers.find(kCompleteTimer);
      return found == s_.timers.end() ? c_.now + spec_.timeouts.complete : found->second;
    };
    switch (report.kind) {
      case ReportKind::acknowledged:
      case ReportKind::in_progress:
        event.silence_by = c_.now + spec_.timeouts.silence;
        event.complete_by = complete_by();
        return Events{std::move(event)};
      case ReportKind::pending_external:
        event.silence_by = c_.now + spec_.timeouts.pending_external;
        event.complete_by = std::max(complete_by(), event.silence_by);
        return Events{std::move(event)};
      case ReportKind::completed: return Events{event, Completed{report.outputs}};
      case ReportKind::partial:
        if (spec_.partial_activation == PartialActivation::complete)
          return fail({FaultClass::transient, std::string(kPartialActivation), report.message}, false, {event});
        return Events{event, PartlyActivated{report.outputs, report.message}};
      case ReportKind::cancelled: return Events{event, Cancelled{report.message.empty() ? s_.cancel_reason : report.message}};
      case ReportKind::cancel_refused:
        if (!s_.cancel_wanted) return Events{std::move(event)};
        return Events{event, CancelAnswered{false, report.message, {}}};
      case ReportKind::failed: return fail(report.fault, false, {event});
      case ReportKind::rejected: return fail(report.fault, true, {event});
      case ReportKind::ponr_reached:
      case ReportKind::expected_date: return Events{std::move(event)};
    }
    return Events{};
  }

  const State& s_;
  const ServiceSpecification& spec_;
  const Context& c_;
};

}  // namespace

const ServiceSpecification* find_specification(const CatalogSet& set, std::string_view catalog_version, const std::string& id) {
  auto in = [&](const Catalog& catalog) -> const ServiceSpecification* {
    auto found = catalog.specifications.find(id);
    return found == catalog.specifications.end() ? nullptr : &found->second;
  };
  if (const Catalog* pinned = set.find(catalog_version))
    if (const auto* spec = in(*pinned)) return spec;
  for (auto it = set.versions.rbegin(); it != set.versions.rend(); ++it)
    if (const auto* spec = in(**it)) return spec;
  return nullptr;
}

std::vector<Event> open(const Spec& spec, bool ready, const Context& context, std::optional<Instant> wanted_by) {
  std::vector<Event> out{Opened{spec, context.now + kReview}};
  if (wanted_by) out.push_back(Dated{*wanted_by});
  if (!ready) return out;
  const ServiceSpecification* policy = find_specification(*context.catalogs, spec.catalog_version, spec.specification);
  CHECK(policy != nullptr);  // decomposition took it from there
  out.push_back(start_attempt(*policy, 1, spec.characteristics, "nothing to wait for", context.now));
  if (wanted_by) out.push_back(Expected{context.now + policy->expected_duration});
  return out;
}

Result<std::vector<Event>, Rejection> decide(const State& state, const Command& command, const Context& context) {
  if (state.status == Status::absent)
    return Err(Rejection{RejectionCode::not_found,
                         "Expected a service order of comd, but there is none with this id",
                         {},
                         "Check the id; it is the service_order_id of the submit call"});
  if (state.archived) {
    const auto* intervene = std::get_if<Intervene>(&command);
    if (intervene == nullptr || state.interventions.contains(intervene->what.id)) return std::vector<Event>{};
    return Err(refusal_of_archived(state.spec.id.value));
  }
  const ServiceSpecification* spec = find_specification(*context.catalogs, state.spec.catalog_version, state.spec.specification);
  if (spec == nullptr)
    return Err(Rejection{RejectionCode::unavailable,
                         "Expected specification " + state.spec.specification + " in a loaded catalogue, but it is in none",
                         {},
                         "Load catalogue version " + state.spec.catalog_version + " again"});
  auto decided = Decider{state, *spec, context}.handle(command);
  if (decided) {
    keep_what_is_there(state, *decided);
    follow_amendment(state, *spec, context.now, *decided);
    add_progress(state, *spec, context.now, *decided);
  }
  return decided;
}

}  // namespace comd::service_order

#include "domain/repair.h"

#include <algorithm>

#include "domain/check.h"
#include "domain/overload.h"
#include "domain/views.h"

namespace comd::repair {
namespace {

using namespace std::chrono_literals;
constexpr Millis kTryDeadline = 60s;  ///< the member is our own: later means lost
constexpr Millis kReview = 24h;

using Events = std::vector<Event>;

bool is_over(Status status) { return status == Status::finished || status == Status::cancelled; }
bool at_work(Status status) { return status == Status::canary || status == Status::running; }

/// The canary's members are all tried, and the rest waits for what becomes of them.
bool behind_canary(const State& s) {
  return !s.canary_passed && s.next >= std::min<std::size_t>(s.plan.canary, s.members.size());
}

std::uint32_t failures(const State& s) { return static_cast<std::uint32_t>(s.totals.stuck + s.totals.refused); }

bool tries(const State& s) { return at_work(s.status) && s.next < s.members.size() && !behind_canary(s); }

void judge(State& s, Member& member, Verdict verdict) {
  --s.totals.of(member.verdict);
  member.verdict = verdict;
  ++s.totals.of(verdict);
}

/// One decision: what follows from a command, and then from what it led to.
class Decider {
 public:
  Decider(const State& state, const Context& context) : s_(state), c_(context) {}

  Result<Events, Rejection> handle(const Command& command) {
    auto refused = std::visit([&](const auto& c) { return on(c); }, command);
    if (refused) return Err(*std::move(refused));
    return std::move(out_);
  }

 private:
  using Refusal = std::optional<Rejection>;

  void emit(Event event) {
    evolve(s_, event);
    out_.push_back(std::move(event));
  }

  Refusal on(const Start& c) {
    if (s_.status != Status::absent) return {};  // the same id: the same job
    if (c.members.empty())
      return Rejection{RejectionCode::invalid, "Expected at least one order or service order, but the query found none", "query",
                       "See what there is with: comctl fallout list"};
    if (c.members.size() > kMembersMax)
      return Rejection{
          RejectionCode::limit,
          "Expected at most " + std::to_string(kMembersMax) + " members, but the query found " + std::to_string(c.members.size()),
          "query", "Narrow it, and start another job for the rest"};
    if (c.plan.what.reason.empty())
      return Rejection{RejectionCode::invalid, "Expected a reason, but it is empty", "reason",
                       "Say why; it is kept in every timeline"};
    emit(Started{c.plan, c.members, c_.now, c_.now + kTryDeadline});
    advance();
    return {};
  }

  Refusal on(const SettleTry& c) {
    if (c.member != s_.next || c.member >= s_.members.size() || is_over(s_.status)) return {};
    const Verdict verdict = c.taken ? Verdict::tried : c.moved_on ? Verdict::skipped : Verdict::refused;
    emit(Tried{c.member, verdict, c.detail, c_.now, c_.now + s_.plan.pace + kTryDeadline});
    advance();
    return {};
  }

  Refusal on(const Steer& c) {
    if (s_.status == Status::absent)
      return Rejection{RejectionCode::not_found, "Expected a repair, but there is none with this id", "id",
                       "List them with: comctl repair list"};
    if (is_over(s_.status))
      return Rejection{RejectionCode::precondition, "Expected a repair under way, but it is " + std::string(to_text(s_.status)),
                       "id", "Start another one"};
    switch (c.order) {
      case Order::pause:
        if (s_.status != Status::paused) emit(Paused{c.by, c.reason, c_.now + kReview});
        break;
      case Order::resume:
        if (s_.status != Status::paused) break;
        emit(Resumed{c.by, c.reason, failures(s_), c_.now + kTryDeadline});
        advance();
        break;
      case Order::cancel: emit(Ended{true, c.by, c.reason, c_.now}); break;
    }
    return {};
  }

  Refusal on(const TimerDue& c) {
    if (c.name == kTryTimer && tries(s_) && s_.try_deadline <= c_.now) {
      emit(TryOverdue{s_.overdue + 1, c_.now + kTryDeadline});
    } else if (c.name == kReviewTimer && s_.status == Status::paused && s_.review_at <= c_.now) {
      emit(Paused{"comd", s_.reason, c_.now + kReview});
    } else if (c.name == kLookTimer) {
      for (const std::size_t member : due_members(s_, c_.now)) look_at(member);
      advance();
    }
    return {};
  }

  void look_at(std::size_t member) {
    const auto found = c_.looks.find(member);
    const Look seen = found == c_.looks.end() ? Look{Verdict::tried, "could not be read"} : found->second;
    const bool late = s_.members[member].tried_at + s_.plan.look_for <= c_.now;
    const Verdict verdict = seen.verdict == Verdict::tried && late ? Verdict::stuck : seen.verdict;
    emit(Looked{member, verdict, seen.detail, verdict == Verdict::tried ? c_.now + s_.plan.look_every : Instant{}});
  }

  void advance() {
    if (!at_work(s_.status)) return;
    const std::uint32_t failed = failures(s_) - s_.forgiven;
    const bool in_canary = !s_.canary_passed && s_.plan.canary > 0;
    if (failed >= (in_canary ? 1 : std::max(s_.plan.failures_max, 1U)))
      return emit(
          Paused{"comd", std::to_string(failed) + (in_canary ? " of the canary" : "") + " did not move", c_.now + kReview});
    const Totals& t = s_.totals;
    if (!s_.canary_passed && behind_canary(s_) && t.tried == 0) emit(CanaryPassed{c_.now + kTryDeadline});
    if (t.open == 0 && t.tried == 0) emit(Ended{false, "comd", "every member has its verdict", c_.now});
  }

  State s_;
  const Context& c_;
  Events out_;
};

}  // namespace

std::string_view to_text(Verdict verdict) {
  switch (verdict) {
    case Verdict::open: return "open";
    case Verdict::tried: return "tried";
    case Verdict::moved: return "moved";
    case Verdict::stuck: return "stuck";
    case Verdict::refused: return "refused";
    case Verdict::skipped: return "skipped";
  }
  return "unknown";
}

std::string_view to_text(Status status) {
  switch (status) {
    case Status::absent: return "absent";
    case Status::canary: return "canary";
    case Status::running: return "running";
    case Status::paused: return "paused";
    case Status::finished: return "finished";
    case Status::cancelled: return "cancelled";
  }
  return "unknown";
}

Look look(const service_order::State& s) {
  using service_order::Status;
  const std::string where(to_text(s.status));
  switch (s.status) {
    case Status::held: return {Verdict::stuck, where + " again: " + s.fault.code};
    case Status::failed:
    case Status::rejected:
    case Status::completed:
    case Status::partial:
    case Status::cancelled:
    case Status::acknowledged:
    case Status::in_progress:
    case Status::pending_external: return {Verdict::moved, where};
    default: return {Verdict::tried, "still " + where};
  }
}

Look look(const product_order::State& s) {
  const std::string where(to_text(s.status));
  if (is_final(s.status)) return {Verdict::moved, where};
  if (s.on_hold) return {Verdict::stuck, where + " again: " + s.reason};
  const bool at_it =
      std::ranges::any_of(s.nodes, [](const auto& node) { return node.reopens > 0 && node.progress == Progress::running; });
  return at_it ? Look{Verdict::tried, "still " + where} : Look{Verdict::moved, where};
}

std::vector<std::size_t> due_members(const State& s, Instant now) {
  std::vector<std::size_t> out;
  if (is_over(s.status)) return out;
  for (std::size_t i = 0; i < s.next; ++i)
    if (s.members[i].verdict == Verdict::tried && s.members[i].look_at <= now) out.push_back(i);
  return out;
}

Result<std::vector<Event>, Rejection> decide(const State& state, const Command& command, const Context& context) {
  return Decider{state, context}.handle(command);
}

void evolve(State& s, const Event& event) {
  std::visit(Overload{
                 [&](const Started& e) {
                   s.id = e.plan.what.id;
                   s.plan = e.plan;
                   s.status = e.plan.canary > 0 ? Status::canary : Status::running;
                   s.canary_passed = e.plan.canary == 0;
                   for (const Target& target : e.members) s.members.push_back({target, Verdict::open, {}, {}, {}});
                   s.totals.members = s.totals.open = e.members.size();
                   s.started_at = e.at;
                   s.try_deadline = e.deadline;
                 },
                 [&](const Tried& e) {
                   if (e.member >= s.members.size()) return;
                   Member& member = s.members[e.member];
                   judge(s, member, e.verdict);
                   member.detail = e.detail;
                   member.tried_at = e.at;
                   member.look_at = e.at + s.plan.look_every;
                   s.next = e.member + 1;
                   s.last_try = e.at;
                   s.try_deadline = e.deadline;
                 },
                 [&](const TryOverdue& e) {
                   s.overdue = e.count;
                   s.try_deadline = e.deadline;
                 },
                 [&](const Looked& e) {
                   if (e.member >= s.members.size()) return;
                   Member& member = s.members[e.member];
                   judge(s, member, e.verdict);
                   member.detail = e.detail;
                   member.look_at = e.next;
                 },
                 [&](const CanaryPassed& e) {
                   s.canary_passed = true;
                   s.status = Status::running;
                   s.try_deadline = e.deadline;
                 },
                 [&](const Paused& e) {
                   s.status = Status::paused;
                   s.reason = e.reason;
                   s.review_at = e.review_at;
                 },
                 [&](const Resumed& e) {
                   s.status = s.canary_passed ? Status::running : Status::canary;
                   s.forgiven = e.forgiven;
                   s.reason = e.reason;
                   s.try_deadline = e.deadline;
                 },
                 [&](const Ended& e) {
                   s.status = e.cancelled ? Status::cancelled : Status::finished;
                   s.reason = e.reason;
                   s.ended_at = e.at;
                 },
             },
             event);
}

Agenda agenda(const State& s) {
  Agenda out;
  if (s.status == Status::absent) return out;
  if (tries(s)) {
    const std::string key = s.id + "#" + std::to_string(s.next) + (s.overdue == 0 ? "" : "/" + std::to_string(s.overdue));
    const Instant not_before = s.last_try == Instant{} ? Instant{} : s.last_try + s.plan.pace;
    out.effects.push_back({key, EffectKind::repair, "repair", not_before, s.try_deadline, false, kTryDeadline});
    out.wakeups.push_back({std::string(kTryTimer), s.try_deadline, "the answer of " + s.members[s.next].target.id});
  }
  if (!is_over(s.status)) {
    std::optional<Instant> first;
    for (std::size_t i = 0; i < s.next; ++i)
      if (s.members[i].verdict == Verdict::tried) first = first ? std::min(*first, s.members[i].look_at) : s.members[i].look_at;
    if (first) out.wakeups.push_back({std::string(kLookTimer), *first, "to see whether they moved"});
  }
  if (s.status == Status::paused) out.wakeups.push_back({std::string(kReviewTimer), s.review_at, "a person's decision"});
  views::add_rows(s, out);
  return out;
}

Ask ask_of(const State& s, const Effect&) {
  CHECK(s.next < s.members.size());  // effects come from this state's agenda
  const Target& target = s.members[s.next].target;
  Intervention what = s.plan.what;
  what.id = s.id + "/" + std::to_string(s.next);
  Ask out;
  out.stream = StreamId{target.id};
  out.member = s.next;
  if (kind_of(target.id) == StreamKind::product_order) {
    product_order::Intervene intervene{{}, std::move(what), target.version};
    out.command.emplace<product_order::Command>(std::move(intervene));
  } else {
    service_order::Intervene intervene{std::move(what), target.version};
    out.command.emplace<service_order::Command>(std::move(intervene));
  }
  return out;
}

std::uint64_t& Totals::of(Verdict verdict) {
  switch (verdict) {
    case Verdict::open: return open;
    case Verdict::tried: return tried;
    case Verdict::moved: return moved;
    case Verdict::stuck: return stuck;
    case Verdict::refused: return refused;
    case Verdict::skipped: return skipped;
  }
  return open;
}

}  // namespace comd::repair

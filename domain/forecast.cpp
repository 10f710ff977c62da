#include "domain/forecast.h"

#include <algorithm>

#include "domain/product_order_decider.h"

namespace comd::product_order {
Millis expected_duration(const Node& node, const CatalogSet& catalogs) {
  const auto* policy = service_order::find_specification(catalogs, node.spec.catalog_version, node.spec.specification);
  return policy == nullptr ? Millis::zero() : policy->expected_duration;
}

namespace {

constexpr Millis kFarthest = std::chrono::hours{24 * 365 * 100};  ///< what partners say is not believed beyond

/// How a node's end moves as time passes and nothing else happens: the later of `fixed` and now + `ahead`.
struct Course {
  Instant end{};
  Instant fixed{};
  Millis ahead{};
  std::size_t after = Forecast::kNone;  ///< the node its start waits for longest
};

bool runs(const Node& node) { return node.progress == Progress::running || node.progress == Progress::held; }

/// What a person may have started anew stands for its work once more.
bool is_ahead(const State& s, const Node& node) {
  return node.progress == Progress::not_started || (s.on_hold && can_reopen(s, node));
}

/// When what runs is expected to end, whatever the time is now.
Instant expected_end(const State& s, const Node& node, const CatalogSet& catalogs, Instant now) {
  if (node.expected) return std::min(*node.expected, now + kFarthest);
  const Instant started = node.started_at == Instant{} ? s.submitted_at : node.started_at;
  return started + expected_duration(node, catalogs);
}

Course course_of(const State& s, const Node& node, const std::vector<Course>& before, const CatalogSet& catalogs, Instant now) {
  Course out;
  if (runs(node)) {
    out.fixed = expected_end(s, node, catalogs, now);
  } else {
    Instant start{};
    for (const ServiceOrderId& id : node.spec.depends_on) {
      const auto found = s.index.find(id);
      if (found == s.index.end() || found->second >= before.size() || before[found->second].end == Instant{}) continue;
      const Course& other = before[found->second];
      out.ahead = std::max(out.ahead, other.ahead);
      out.fixed = std::max(out.fixed, other.fixed);
      if (out.after == Forecast::kNone || other.end > start) {
        out.after = found->second;
        start = other.end;
      }
    }
    const Millis duration = expected_duration(node, catalogs);
    out.ahead += duration;
    out.fixed = std::max(out.fixed, node.not_before);
    if (out.fixed != Instant{}) out.fixed += duration;
  }
  out.end = std::max(now + out.ahead, out.fixed);
  return out;
}

}  // namespace

std::optional<Forecast> forecast(const State& s, const CatalogSet& catalogs, Instant now) {
  if (!s.decomposed || s.unwinding || is_final(s.status)) return std::nullopt;
  Forecast out;
  out.completion = now;
  std::vector<Course> courses;  // plan order: what a node depends on stands before it
  courses.reserve(s.nodes.size());
  for (std::size_t i = 0; i < s.nodes.size(); ++i) {
    const Node& node = s.nodes[i];
    courses.push_back(runs(node) || is_ahead(s, node) ? course_of(s, node, courses, catalogs, now) : Course{});
    const Course& course = courses.back();
    out.ends.push_back(course.end);
    if (course.end == Instant{}) continue;
    out.ahead = std::max(out.ahead, course.ahead);
    if (out.critical != Forecast::kNone && course.end <= out.completion) continue;
    out.completion = course.end;
    out.critical = i;
  }
  while (out.critical != Forecast::kNone && courses[out.critical].after != Forecast::kNone)
    out.critical = courses[out.critical].after;
  return out;
}

std::vector<Millis> durations_to_end(const State& s, const std::function<Millis(const Node&)>& duration) {
  std::vector<Millis> out(s.nodes.size());
  for (std::size_t i = s.nodes.size(); i-- > 0;) {  // plan order: what depends on it stands behind it
    out[i] += duration(s.nodes[i]);
    for (const ServiceOrderId& id : s.nodes[i].spec.depends_on)
      if (const auto before = s.index.find(id); before != s.index.end())
        out[before->second] = std::max(out[before->second], out[i]);
  }
  return out;
}

/// What depends on a service order is undone before it: as long as doing it, the other way round.
Millis time_to_undo(const State& s, const CatalogSet& catalogs) {
  const auto to_end = durations_to_end(s, [&](const Node& node) {
    const bool undone = node.spec.undoes.empty() && did_work(node) && !undo_decided(s, node.spec.id);
    return undone ? expected_duration(node, catalogs) : Millis::zero();
  });
  return to_end.empty() ? Millis::zero() : std::ranges::max(to_end);
}

JeopardyRaised jeopardy_of(const State& s, const Forecast& forecast, const CatalogSet& catalogs, Instant now) {
  JeopardyRaised out;
  out.expected = forecast.completion;
  out.at = now;
  const auto because = [&out](JeopardyKind kind, std::string cause) {
    out.kind = kind;
    out.cause = std::move(cause);
    return out;
  };
  if (forecast.critical == Forecast::kNone)
    return s.on_hold ? because(JeopardyKind::person, "the order waits for a person: " + s.reason)
                     : because(JeopardyKind::inventory, "the product inventory is not updated yet");
  const Node& node = s.nodes[forecast.critical];
  const std::string& id = node.spec.id.value;
  out.service_order = node.spec.id;
  if (node.progress == Progress::held) return because(JeopardyKind::person, id + " waits for a person: " + node.reason);
  if (!runs(node)) return because(JeopardyKind::person, id + " is not started while the order waits for a person: " + s.reason);
  const Instant end = expected_end(s, node, catalogs, now);
  if (end <= now) return because(JeopardyKind::overrun, id + " was expected to be done by " + comd::to_text(end));
  if (node.expected)
    return because(JeopardyKind::partner, node.spec.target + " expects " + id + " to be done by " + comd::to_text(end));
  if (!node.spec.depends_on.empty())
    return because(JeopardyKind::late_start, id + " was started as late as " + comd::to_text(node.started_at));
  return because(JeopardyKind::plan,
                 "from " + id + " on the plan is expected to take until " + comd::to_text(forecast.completion));
}

/// Orders with a date only: whether it is expected to be met now, and until when it is if nothing moves. Recorded when the answer
/// is another than before.
void Decider::assess() {
  const auto& date = s_.order.requested_completion;
  if (!date) return;
  const auto now = forecast(s_, *c_.catalogs, c_.now);
  if (!now) return;
  if (now->completion > *date) {
    JeopardyRaised raised = jeopardy_of(s_, *now, *c_.catalogs, c_.now);
    const bool same = s_.jeopardy && s_.jeopardy->kind == raised.kind && s_.jeopardy->service_order == raised.service_order;
    if (!same) emit(std::move(raised));
    return;
  }
  const Instant late_from = now->late_from(*date);
  const auto timer = s_.timers.find(kJeopardyTimer);
  if (timer == s_.timers.end() || timer->second != late_from) emit(OnTime{now->completion, late_from});
}

}  // namespace comd::product_order

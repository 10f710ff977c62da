#include "test/sim/partner.h"

namespace comd::sim {

using namespace std::chrono_literals;
using service_order::Fault;
using service_order::Outcome;
using service_order::Report;
using service_order::ReportKind;

bool Timeline::run_one() {
  if (events_.empty() || events_.begin()->first > now) return false;
  auto what = std::move(events_.extract(events_.begin()).mapped());
  what();
  return true;
}

Fate fate_of(std::uint64_t seed, const std::string& service_order) {
  // Whichever revision asks for it, the work is the same.
  std::string work = service_order;
  const std::size_t undo_at = work.ends_with(".undo") ? work.size() - 5 : work.size();
  const std::size_t revision = work.rfind(".r", undo_at - 1);
  if (revision != std::string::npos) work.replace(revision, undo_at - revision, ".r1");
  const std::uint64_t roll = fate(seed, work);
  Fate out;
  out.cancellable = roll % 3 != 0;
  out.amendable = (roll >> 32) % 3 != 0;
  const auto luck = (roll >> 8) % 100;
  const bool undo = service_order.ends_with(".undo");
  if (luck < 20) out.transient_failures = 1 + static_cast<std::uint32_t>((roll >> 16) % 2);  // within the three attempts
  if (!undo && luck >= 80 && luck < 90) out.person = static_cast<Fate::Person>(1 + (roll >> 24) % 3);
  if (!undo && luck >= 90) out.permanent = luck >= 95;
  if (!undo && luck >= 90 && luck < 95) out.transient_failures = 3;  // beyond them
  return out;
}

bool accepts(std::uint64_t seed, const std::string& order) { return fate(seed, "accepts " + order) % 2 == 0; }

Partners::Truth Partners::truth(const std::string& service_order) const {
  const auto key = newest_.find(ServiceOrderId{service_order});
  if (key == newest_.end()) return Truth::nothing;
  const Job& job = jobs_.at(key->second);
  if (!job.finished && !job.cancelled) return Truth::working;
  return job.last && job.last->kind == ReportKind::completed ? Truth::done : Truth::failed;
}

void Partners::call(ActivationCall c, Done done) {
  ++calls;
  const Millis timeout = c.effect.call_timeout;
  const Fault gone{FaultClass::transient, "UNAVAILABLE", "simulated"};
  auto finish = [this, done](Millis delay, Outcome outcome) {
    time_.after(delay, [done, outcome = std::move(outcome)] { done(outcome); });
  };
  const bool out = outage.contains(c.effect.lane);
  if (out || (faults.on && random_.chance(faults.not_sent))) return finish(1ms, {Outcome::Kind::not_sent, gone, {}, {}});
  if (faults.on && random_.chance(faults.lost_call))
    return finish(timeout, {Outcome::Kind::unknown, {FaultClass::transient, "DEADLINE_EXCEEDED", "lost"}, {}, {}});
  if (faults.on && random_.chance(faults.late_arrival)) {
    // Arrives after the caller gave up, but within what the catalogue calls `settle`.
    time_.after(timeout + 2s, [this, c] { answer(c); });
    return finish(timeout, {Outcome::Kind::unknown, {FaultClass::transient, "DEADLINE_EXCEEDED", "late"}, {}, {}});
  }
  const bool lose_answer = faults.on && random_.chance(faults.lost_answer);
  time_.after(Millis{1 + random_.below(50)}, [this, c, finish, timeout, lose_answer] {
    Outcome outcome = answer(c);
    if (lose_answer)
      return finish(timeout, {Outcome::Kind::unknown, {FaultClass::transient, "UNAVAILABLE", "answer lost"}, {}, {}});
    finish(Millis{1 + random_.below(20)}, std::move(outcome));
  });
}

Outcome Partners::answer(const ActivationCall& c) {
  switch (c.effect.kind) {
    case EffectKind::ask: return ask(c);
    case EffectKind::cancel: return cancel(c);
    case EffectKind::amend: return amend(c);
    default: arrive(c); return {Outcome::Kind::ok, {}, "T-" + c.effect.key, {}};
  }
}

void Partners::arrive(const ActivationCall& c) {
  const std::string& key = c.effect.key;
  const bool idempotent = c.request.specification.starts_with("ip@");
  auto found = jobs_.find(key);
  if (found != jobs_.end() && idempotent) {  // answered again; says again how it ended
    if (found->second.last) send(c.request.service_order, *found->second.last, 10ms, false);
    return;
  }
  newest_[c.request.service_order] = key;
  Job& job = jobs_[key];
  job = Job{c, false, false, 0, {}};
  const Millis took{100 + random_.below(30'000)};
  if (random_.chance(0.8)) report(key, ReportKind::acknowledged, Millis{random_.below(200)});
  if (random_.chance(0.5)) report(key, ReportKind::in_progress, Millis{random_.below(400)});  // may overtake
  time_.after(took, [this, key] { perform(key); });
}

void Partners::perform(const std::string& key) {
  Job& job = jobs_[key];
  if (job.cancelled) return;
  const ActivationRequest& r = job.call.request;
  const Fate fate = fate_of(seed_, r.service_order.value);
  job.finished = true;
  if (fate.permanent) return report(key, ReportKind::failed, 0ms, {FaultClass::permanent, "NO_PORT", "no port is free"});
  if (r.attempt <= fate.transient_failures)
    return report(key, ReportKind::failed, 0ms, {FaultClass::transient, "BUSY", "try later"});
  const bool tries_again = fate.person == Fate::Person::tries_again && r.attempt > 1;
  if (fate.person != Fate::Person::none && !tries_again)
    return report(key, ReportKind::failed, 0ms, {FaultClass::business, "NO_PERSON", "somebody has to look at this"});
  const std::string what = r.service_order.value + " " + std::string(to_text(r.action)) + " r" + std::to_string(r.revision);
  if (++work[what] > 1) done_twice.push_back(what);
  order_of_work.push_back(r.service_order.value);
  report(key, ReportKind::completed, 0ms);
}

void Partners::report(const std::string& key, ReportKind kind, Millis delay, Fault fault) {
  Job& job = jobs_[key];
  Report r;
  r.id = key + "/" + std::string(to_text(kind));
  r.kind = kind;
  r.attempt = job.call.request.attempt;
  r.fault = std::move(fault);
  r.reporter = job.call.effect.lane;
  if (kind == ReportKind::in_progress) r.milestone = "surveyed";
  if (kind == ReportKind::completed) r.outputs = {{"portId", text_value("P-" + job.call.request.service_order.value)}};
  if (kind == ReportKind::completed || kind == ReportKind::failed || kind == ReportKind::cancelled) job.last = r;
  const ServiceOrderId to = job.call.request.service_order;
  send(to, r, delay, true);
  if (faults.on && random_.chance(faults.twice)) send(to, r, delay + Millis{random_.below(60'000)}, true);
}

void Partners::send(ServiceOrderId to, Report r, Millis delay, bool may_be_lost) {
  if (may_be_lost && faults.on && random_.chance(faults.lost_callback)) return;
  time_.after(delay, [this, to, r] {
    if (!deliver_) return send(to, r, 1s, false);
    deliver_(r, to, [this, to, r](bool recorded) {
      if (!recorded) return send(to, r, 500ms, false);  // at least once
      if (r.kind != ReportKind::completed || !faults.on || !random_.chance(faults.contradicts)) return;
      Report lie = r;  // said after the truth was taken: it must change nothing
      lie.id += "/contradiction";
      lie.kind = ReportKind::failed;
      lie.fault = {FaultClass::transient, "SORRY", "it did not work after all"};
      send(to, lie, Millis{random_.below(30'000)}, false);
    });
  });
}

Outcome Partners::ask(const ActivationCall& c) {
  auto key = newest_.find(c.request.service_order);
  const std::string wanted = c.effect.key.substr(0, c.effect.key.find('?'));
  if (key == newest_.end() || !jobs_.contains(wanted))
    return {Outcome::Kind::refused, {FaultClass::permanent, "NOT_FOUND", "never received"}, {}, {}};
  const Job& job = jobs_[wanted];
  Report r;
  if (job.last) {
    r = *job.last;
  } else {
    r.id = c.effect.key;
    r.kind = ReportKind::in_progress;
    r.attempt = job.call.request.attempt;
    r.reporter = c.effect.lane;
  }
  return {Outcome::Kind::ok, {}, {}, r};
}

Outcome Partners::amend(const ActivationCall& c) {
  const auto found = jobs_.find(c.effect.key.substr(0, c.effect.key.find('~')));
  if (found == jobs_.end()) return {Outcome::Kind::refused, {FaultClass::permanent, "NOT_FOUND", "never received"}, {}, {}};
  Job& job = found->second;
  if (c.request.revision <= job.revised) return {Outcome::Kind::ok, {}, "A", {}};  // repeated, or overtaken
  if (job.finished || job.cancelled || !fate_of(seed_, c.request.service_order.value).amendable)
    return {Outcome::Kind::refused, {FaultClass::business, "TOO_LATE", "cannot be amended"}, {}, {}};
  job.revised = c.request.revision;
  job.call.request.characteristics = c.request.characteristics;
  return {Outcome::Kind::ok, {}, "A", {}};
}

Outcome Partners::cancel(const ActivationCall& c) {
  auto key = newest_.find(c.request.service_order);
  if (key == newest_.end()) return {Outcome::Kind::refused, {FaultClass::permanent, "NOT_FOUND", "never received"}, {}, {}};
  Job& job = jobs_[key->second];
  if (job.finished || !fate_of(seed_, c.request.service_order.value).cancellable)
    return {Outcome::Kind::refused, {FaultClass::business, "TOO_LATE", "cannot be cancelled"}, {}, {}};
  if (!job.cancelled) {
    job.cancelled = true;
    report(key->second, ReportKind::cancelled, Millis{random_.below(5'000)});
  }
  return {Outcome::Kind::ok, {}, "C", {}};
}

}  // namespace comd::sim

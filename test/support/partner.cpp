#include "test/support/partner.h"

namespace comd::test {

Partner::Outcome Partner::submit(const std::string& key, const ActivationRequest& request, bool deduplicates) {
  const auto known = works.find(key);
  if (faults && known == works.end()) {
    switch (random_.below(12 * (1 + calm))) {
      case 0: return {Outcome::Kind::not_sent, fault("UNREACHABLE", FaultClass::transient), {}, {}};
      case 1: return unknown();  // lost on its way
      case 2: return {Outcome::Kind::refused, random_fault(), {}, {}};
      default: break;
    }
  }
  if (known != works.end() && deduplicates) {
    say(known->second);
  } else {
    Work& work = works[key];
    work.service_order = request.service_order;
    work.attempt = request.attempt;
    work.characteristics = request.characteristics;
    ++work.accepted;
    begin(work);
  }
  if (strikes(6)) return unknown();  // the answer is lost
  return {Outcome::Kind::ok, {}, "ref-" + key, {}};
}

Partner::Outcome Partner::ask(const std::string& key) {
  if (strikes(4)) return unknown();
  const auto known = works.find(key);
  if (known == works.end()) return {Outcome::Kind::refused, fault("NOT_FOUND", FaultClass::permanent), {}, {}};
  return {Outcome::Kind::ok, {}, {}, report_of(known->second)};
}

Partner::Outcome Partner::cancel(const std::string& key) {
  if (strikes(4)) return unknown();
  const auto known = works.find(key);
  if (known == works.end()) return {Outcome::Kind::refused, fault("NOT_FOUND", FaultClass::permanent), {}, {}};
  Work& work = known->second;
  const bool running = work.status == Kind::in_progress;
  if (!running && work.status != Kind::cancelled) {
    say(work);
    return {Outcome::Kind::refused, fault("ENDED", FaultClass::permanent), {}, {}};
  }
  if (running && random_.below(4) == 0) return {Outcome::Kind::refused, fault("TOO_LATE", FaultClass::business), {}, {}};
  work.status = Kind::cancelled;
  say(work);
  return {Outcome::Kind::ok, {}, {}, {}};
}

Partner::Outcome Partner::amend(const std::string& key, const std::string& amendment, const Values& characteristics) {
  if (strikes(4)) return unknown();
  const auto known = works.find(key);
  if (known == works.end()) return {Outcome::Kind::refused, fault("NOT_FOUND", FaultClass::permanent), {}, {}};
  Work& work = known->second;
  const auto [answer, fresh] = work.amendments.try_emplace(amendment, work.status == Kind::in_progress && random_.below(4) != 0);
  if (fresh && answer->second) work.characteristics = characteristics;
  if (strikes(6)) return unknown();  // the answer is lost
  if (!answer->second) return {Outcome::Kind::refused, fault("TOO_LATE", FaultClass::business), {}, {}};
  return {Outcome::Kind::ok, {}, {}, {}};
}

std::vector<Partner::Work*> Partner::running() {
  std::vector<Work*> out;
  for (auto& [key, work] : works)
    if (work.status == Kind::in_progress) out.push_back(&work);
  return out;
}

void Partner::finish(Work& work) {
  const std::size_t luck = faults && random_.below(1 + calm) == 0 ? random_.below(100) : 0;
  work.status = luck < 70   ? Kind::completed
                : luck < 78 ? Kind::partial
                : luck < 93 ? Kind::failed
                : luck < 97 ? Kind::rejected
                            : Kind::cancelled;
  if (work.status == Kind::completed || work.status == Kind::partial) {
    if (!strikes(20)) work.outputs["portId"] = text_value("port of " + work.service_order.value);
    work.outputs["vlan"] = number_value(static_cast<std::int64_t>(random_.below(4000)));
  }
  if (work.status == Kind::failed || work.status == Kind::rejected) work.fault = random_fault();
  say(work);
}

service_order::Fault Partner::fault(std::string code, FaultClass fault_class) {
  return {fault_class, std::move(code), "said the partner"};
}

service_order::Fault Partner::random_fault() {
  return fault("E" + std::to_string(random_.below(3)), static_cast<FaultClass>(1 + random_.below(4)));
}

Partner::Outcome Partner::unknown() {
  return {Outcome::Kind::unknown, fault("DEADLINE_EXCEEDED", FaultClass::transient), {}, {}};
}

void Partner::begin(Work& work) {
  for (const Kind kind : {Kind::acknowledged, Kind::in_progress, Kind::pending_external, Kind::ponr_reached, Kind::expected_date,
                          Kind::in_progress}) {
    if (random_.below(3) != 0) continue;
    service_order::Report report{next_id(), kind, work.attempt, {}, {}, "", {}, "partner"};
    if (random_.below(3) == 0) report.milestone = "surveyed";
    if (kind == Kind::expected_date)
      report.expected = Instant{Millis{random_.below(2) == 0 ? 1'000'000'000 : 1'700'000'000'000 + 60'000 * random_.below(600)}};
    send(work, report);
  }
}

service_order::Report Partner::report_of(const Work& work) {
  // Which attempt failed has to be said: a second report of an old failure would end the attempt that runs now.
  const bool failed = work.status == Kind::failed || work.status == Kind::rejected || work.status == Kind::cancelled;
  return {next_id(), work.status, !failed && random_.below(5) == 0 ? 0 : work.attempt, work.outputs, work.fault, "",
          {},        "partner"};
}

void Partner::say(const Work& work) { send(work, report_of(work)); }

void Partner::send(const Work& work, const service_order::Report& report) {
  const std::size_t luck = faults ? random_.below(10 * (1 + calm)) : 5;
  if (luck == 0) return;
  mail.push_back({work.service_order, report});
  if (luck == 1) mail.push_back({work.service_order, report});
}

}  // namespace comd::test

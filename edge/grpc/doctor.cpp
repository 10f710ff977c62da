#include "edge/grpc/doctor.h"

#include <algorithm>
#include <map>

#include "domain/views.h"

namespace comd::north {
namespace {

constexpr int kRounds = 3;          ///< further looks at what changed while it was looked at
constexpr std::size_t kPage = 256;  ///< outbox rows read at once

constexpr char kRestart[] =
    "Restart comd: it decides anew on what is due. If it stays, keep a copy of the data directory and report it";
constexpr char kAside[] = "It is quarantined when it is woken, and harms nothing else; then: comctl quarantine list";

/// The effects of a stream that have a row.
std::map<std::string, OutboxEntry> effects_of(const EventLog& log, const StreamId& stream) {
  std::map<std::string, OutboxEntry> out;
  OutboxEntry after{stream, {}, {}, {}, {}};
  while (true) {
    auto page = log.outbox(&after, kPage);
    for (auto& entry : page) {
      if (entry.stream != stream) return out;
      after = entry;
      out.emplace(entry.key, std::move(entry));
    }
    if (page.size() < kPage) return out;
  }
}

Agenda agenda_of(const product_order::State& state) { return product_order::agenda(state); }
Agenda agenda_of(const service_order::State& state) { return service_order::agenda(state); }
bool ended(const product_order::State& state) { return is_final(state.status); }
bool ended(const service_order::State& state) { return service_order::is_final(state.status); }

}  // namespace

Doctor::Doctor(const EventLog& log, DoctorLimits limits) : log_(log), limits_(limits), walk_(log) {}

/// What is found again when its order is looked at again counts once.
void Doctor::add(DoctorFinding finding) {
  if (told_.size() < limits_.findings && !told_.insert(finding.id + ' ' + finding.problem).second) return;
  if (figures_.findings++ < limits_.findings) found_.push_back(std::move(finding));
}

bool Doctor::step() {
  if (!timers_) {
    figures_.unfinished = count_unfinished(log_);
    timers_ = TimerSet::read(log_, limits_.timers);
    look_at_quarantines();
    return true;
  }
  std::vector<OrderId> ids;
  if (!walked_) {
    ids = walk_.next(limits_.orders_per_step);
    walked_ = ids.empty();
  }
  if (walked_) {
    if (again_.empty() && !seen_again_.empty() && rounds_ < kRounds) {
      ++rounds_;
      again_.assign(seen_again_.begin(), seen_again_.end());
      seen_again_.clear();
      timers_ = TimerSet::read(log_, limits_.timers);
    }
    const auto many = std::min(again_.size(), limits_.orders_per_step);
    ids.assign(again_.end() - static_cast<std::ptrdiff_t>(many), again_.end());
    again_.resize(again_.size() - many);
    if (ids.empty()) {
      figures_.moving += seen_again_.size();
      seen_again_.clear();
      return false;
    }
  }
  for (const auto& id : ids) {
    if (rounds_ == 0) ++figures_.orders;
    examine(id);
  }
  return true;
}

/// They are known, and a person has to do something; of the streams themselves nothing is to be expected meanwhile.
void Doctor::look_at_quarantines() {
  std::string after;
  for (bool more = true; more;) {
    const auto page = log_.scan(Table::quarantine, {}, after, kPage);
    for (const auto& [key, value] : page.rows) {
      after = key;
      const auto aside = views::decode_quarantine(value);
      if (!aside || !aside->open) continue;
      add({key, family_of(aside->stream).value,
           "Expected no quarantine, but there is one since " + to_text(aside->since) + ": " + aside->reason,
           "Resolve it: comctl quarantine show " + key, "quarantine"});
    }
    more = page.more;
  }
}

void Doctor::examine(const OrderId& id) {
  changed_ = false;
  const auto order = examine_stream<product_order::State>(stream_of(id), id);
  if (order && !ended(*order)) {
    for (const auto& node : order->nodes)
      if (node.progress != Progress::done) examine_stream<service_order::State>(stream_of(node.spec.id), id);
  }
  if (!changed_) return;
  if (seen_again_.size() < limits_.moving)
    seen_again_.insert(id);
  else
    ++figures_.moving;
}

/// Rows are read before the stream: if the stream then ends at a commit that was durable when the timers were read, all three
/// are of one moment. Otherwise what does not fit proves nothing, and the order is looked at again.
template <class State>
std::optional<State> Doctor::examine_stream(const StreamId& stream, const OrderId& order) {
  const auto aside = log_.row(Table::quarantine, stream.value);
  if (const auto summary = aside ? views::decode_quarantine(*aside) : std::nullopt; summary && summary->open) return std::nullopt;
  const auto effects = effects_of(log_, stream);
  const auto commits = log_.read_stream(stream);
  if (commits.empty()) {
    add({stream.value, order.value, "Expected its history in the log, but there is none", kRestart});
    return std::nullopt;
  }
  auto folded = fold<State>(commits, stream, views::skipped_events(aside));
  if (!folded) {
    add({stream.value, order.value, "Expected its history to be readable, but it is not: " + folded.error().message, kAside,
         "unreadable"});
    return std::nullopt;
  }
  std::vector<DoctorFinding> findings;
  const auto say = [&](std::string problem) { findings.push_back({stream.value, order.value, std::move(problem), kRestart}); };
  if (ended(folded->state)) {
    // Looked at again, it may have ended since the index was read.
    if (std::same_as<State, product_order::State> && rounds_ == 0)
      say("Expected an unfinished order, as the index says, but it has ended");
  } else {
    if (rounds_ == 0 && std::same_as<State, service_order::State>) ++figures_.service_orders;
    const auto agenda = agenda_of(folded->state);
    compare(agenda, stream, findings);
    for (const auto& effect : agenda.effects) {
      const auto row = effects.find(effect.key);
      if (row == effects.end())
        say("Expected its effect " + effect.key + " in the outbox, but it is not there");
      else if (row->second.lane != effect.lane || row->second.kind != effect.kind)
        say("Expected its effect " + effect.key + " to be for " + effect.lane + ", but the outbox has it for " +
            row->second.lane);
    }
    if (effects.size() > agenda.effects.size())
      say("Expected " + std::to_string(agenda.effects.size()) + " effects in the outbox, but there are " +
          std::to_string(effects.size()));
    if (rounds_ == 0) figures_.effects += agenda.effects.size();
  }
  if (!findings.empty() && commits.back().position > timers_->read_at()) {
    changed_ = true;
  } else {
    for (auto& finding : findings) add(std::move(finding));
  }
  return std::move(folded->state);
}

void Doctor::compare(const Agenda& agenda, const StreamId& stream, std::vector<DoctorFinding>& findings) {
  const auto say = [&](std::string problem) {
    findings.push_back({stream.value, family_of(stream).value, std::move(problem), kRestart});
  };
  const auto* wakeup = next_wakeup(agenda);
  if (wakeup == nullptr) return say("Expected a next wake-up, but its state asks for none: it waits for nothing");
  if (wakeup->reason.empty()) say("Expected a reason for its wake-up " + wakeup->name + ", but it has none");
  switch (timers_->find(stream, wakeup->name, wakeup->due)) {
    case TimerSet::Found::yes:
      if (rounds_ == 0) ++figures_.wakeups;
      return;
    case TimerSet::Found::unknown: ++figures_.unchecked; return;
    case TimerSet::Found::other:
      return say("Expected a timer " + wakeup->name + " at " + to_text(wakeup->due) + ", but its timer is another");
    case TimerSet::Found::none:
      return say("Expected a timer " + wakeup->name + " at " + to_text(wakeup->due) + ", but it has none");
  }
}

}  // namespace comd::north

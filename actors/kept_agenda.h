#pragma once
#include <algorithm>
#include <map>
#include <utility>

#include "actors/kinds.h"

namespace comd {

/// The agenda of a state as it is durable, and what an append changes in it. A kind that says which parts its events touch has only
/// those compared: what the rest of a large state asks for stays as it is, unseen.
template <class K>
class KeptAgenda {
 public:
  using State = typename K::State;

  KeptAgenda() = default;
  explicit KeptAgenda(const State& durable) {
    touched_.all = true;
    look(durable);
    settle();
  }

  void touch(const State& after, const typename K::Event& event) {
    if constexpr (kInParts) K::touch(touched_, after, event);
  }

  /// What has changed since it was durable.
  AgendaChange look(const State& now) {
    next_.clear();
    next_effects_ = effects_;
    AgendaParts before, after;
    const auto see = [&](const StreamId& part) {
      if (const auto found = parts_.find(part); found != parts_.end()) {
        before.push_back(&found->second);
        next_effects_ -= found->second.effects.size();
      }
      Agenda& one = next_[part] = agenda_of(now, part);
      after.push_back(&one);
      next_effects_ += one.effects.size();
    };
    see({});
    if (touched_.all) name_all(now);
    for (const StreamId& part : touched_.parts) see(part);
    return difference(before, after);
  }

  /// What was looked at is durable.
  void settle() {
    for (auto& [part, agenda] : next_) {
      if (!part.empty() && agenda == Agenda{})
        parts_.erase(part);
      else
        parts_.insert_or_assign(part, std::move(agenda));
    }
    effects_ = next_effects_;
    next_.clear();
    touched_ = {};
  }

  /// Of the aggregate itself, with all its wake-ups.
  const Agenda& own() const { return own_in(parts_); }
  const Agenda& next_own() const { return own_in(next_); }
  bool has_effects() const { return effects_ > 0; }
  bool will_have_effects() const { return next_effects_ > 0; }
  /// For the planted bug.
  void put_off() {
    for (Wakeup& wait : parts_[StreamId{}].wakeups) wait.due += Millis{1'000};
  }

  /// The effects, and those of these tells that it has.
  AgendaChange again(const std::vector<Tell>& tells) const {
    AgendaChange out;
    for (const auto& [part, agenda] : parts_)
      out.effects_added.insert(out.effects_added.end(), agenda.effects.begin(), agenda.effects.end());
    for (const Tell& tell : tells)
      if (has(StreamId{}, tell) || has(tell.to, tell)) out.tells_added.push_back(tell);
    return out;
  }

 private:
  using Parts = std::map<StreamId, Agenda>;
  static constexpr bool kInParts = requires(const State& s) { K::parts_of(s); };

  static Agenda agenda_of(const State& s, const StreamId& part) {
    if constexpr (kInParts)
      return K::agenda(s, part);
    else
      return K::agenda(s);
  }

  bool has(const StreamId& part, const Tell& tell) const {
    const auto found = parts_.find(part);
    return found != parts_.end() && std::ranges::find(found->second.tells, tell) != found->second.tells.end();
  }

  void name_all(const State& now) {
    if constexpr (kInParts) touched_.parts.merge(K::parts_of(now));
    for (const auto& [part, agenda] : parts_)
      if (!part.empty()) touched_.parts.insert(part);
  }

  static const Agenda& own_in(const Parts& parts) {
    static const Agenda kNone;
    const auto found = parts.find(StreamId{});
    return found == parts.end() ? kNone : found->second;
  }

  Parts parts_, next_;
  std::size_t effects_ = 0, next_effects_ = 0;
  product_order::Touched touched_;
};

}  // namespace comd

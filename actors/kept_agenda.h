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
    next_own_ = agenda_of(now, StreamId{});
    AgendaParts before{&own_}, after{&next_own_};
    if (touched_.all) name_all(now);
    for (const StreamId& part : touched_.parts) {
      if (const auto found = parts_.find(part); found != parts_.end()) {
        before.push_back(&found->second);
        next_effects_ -= found->second.effects.size();
      }
      Agenda& one = next_[part] = agenda_of(now, part);
      after.push_back(&one);
      next_effects_ += one.effects.size();
    }
    return difference(before, after);
  }

  /// What was looked at is durable.
  void settle() {
    own_ = std::move(next_own_);
    const Agenda nothing;
    for (auto& [part, agenda] : next_) {
      if (agenda != nothing)
        parts_[part] = std::move(agenda);
      else
        parts_.erase(part);
    }
    effects_ = next_effects_;
    next_.clear();
    touched_ = {};
  }

  /// Of the aggregate itself, with all its wake-ups.
  const Agenda& own() const { return own_; }
  const Agenda& next_own() const { return next_own_; }
  bool has_effects() const { return effects_ > 0 || !own_.effects.empty(); }
  bool will_have_effects() const { return next_effects_ > 0 || !next_own_.effects.empty(); }

  /// For the planted bug.
  void put_off() {
    for (Wakeup& wait : own_.wakeups) wait.due += Millis{1'000};
  }

  /// The effects, and those of these tells that it has.
  AgendaChange again(const std::vector<Tell>& tells) const {
    AgendaChange out;
    out.effects_added = own_.effects;
    for (const auto& [part, agenda] : parts_)
      out.effects_added.insert(out.effects_added.end(), agenda.effects.begin(), agenda.effects.end());
    for (const Tell& tell : tells)
      if (has(tell)) out.tells_added.push_back(tell);
    return out;
  }

 private:
  static constexpr bool kInParts = requires(const State& s) { K::parts_of(s); };

  static Agenda agenda_of(const State& s, const StreamId& part) {
    if constexpr (kInParts)
      return K::agenda(s, part);
    else
      return K::agenda(s);
  }

  bool has(const Tell& tell) const {
    const auto in = [&](const Agenda& agenda) { return std::ranges::find(agenda.tells, tell) != agenda.tells.end(); };
    const auto part = parts_.find(tell.to);
    return in(own_) || (part != parts_.end() && in(part->second));
  }

  void name_all(const State& now) {
    if constexpr (kInParts) touched_.parts.merge(K::parts_of(now));
    for (const auto& [part, agenda] : parts_) touched_.parts.insert(part);
  }

  Agenda own_, next_own_;
  std::map<StreamId, Agenda> parts_, next_;     ///< the others, if they ask for something
  std::size_t effects_ = 0, next_effects_ = 0;  ///< of the others
  product_order::Touched touched_;
};

}  // namespace comd

#include "domain/agenda.h"

#include <algorithm>
#include <map>
#include <tuple>

namespace comd {
namespace {

/// Walks two lists in key order, and tells what is only in one of them or differs. Agendas are small, but those of large orders
/// are not, so this sorts instead of searching.
template <class T, class Key, class Gone, class Came>
void compare(const AgendaParts& before, const AgendaParts& after, std::vector<T> Agenda::*list, Key key, Gone gone, Came came) {
  auto sorted = [&](const AgendaParts& parts) {
    std::vector<const T*> out;
    std::size_t count = 0;
    for (const Agenda* part : parts) count += (part->*list).size();
    out.reserve(count);
    for (const Agenda* part : parts)
      for (const T& item : part->*list) out.push_back(&item);
    std::ranges::sort(out, [&](const T* a, const T* b) { return key(*a) < key(*b); });
    return out;
  };
  const auto old_list = sorted(before), new_list = sorted(after);
  auto a = old_list.begin();
  auto b = new_list.begin();
  while (a != old_list.end() || b != new_list.end()) {
    if (b == new_list.end() || (a != old_list.end() && key(**a) < key(**b))) {
      gone(**a++);
    } else if (a == old_list.end() || key(**b) < key(**a)) {
      came(**b++, nullptr);
    } else {
      if (!(**a == **b)) came(**b, *a);
      ++a, ++b;
    }
  }
}

const Wakeup* next_wakeup(const AgendaParts& parts) {
  const Wakeup* next = nullptr;
  for (const Agenda* part : parts)
    for (const Wakeup& one : part->wakeups)
      if (next == nullptr || std::tie(one.due, one.name) < std::tie(next->due, next->name)) next = &one;
  return next;
}

}  // namespace

std::string_view to_text(EffectKind kind) {
  switch (kind) {
    case EffectKind::submit: return "submit";
    case EffectKind::ask: return "ask";
    case EffectKind::cancel: return "cancel";
    case EffectKind::product: return "product";
    case EffectKind::push: return "push";
    case EffectKind::repair: return "repair";
    case EffectKind::erase: return "erase";
    case EffectKind::amend: return "amend";
  }
  return "unknown";
}

const Wakeup* next_wakeup(const Agenda& agenda) { return next_wakeup(AgendaParts{&agenda}); }

AgendaChange difference(const Agenda& before, const Agenda& after) {
  return difference(AgendaParts{&before}, AgendaParts{&after});
}

AgendaChange difference(const AgendaParts& before, const AgendaParts& after) {
  AgendaChange out;
  compare(
      before, after, &Agenda::effects, [](const Effect& e) -> const std::string& { return e.key; },
      [&](const Effect& e) { out.effects_removed.push_back(e.key); },
      [&](const Effect& e, const Effect*) { out.effects_added.push_back(e); });
  compare(
      before, after, &Agenda::tells, [](const Tell& t) { return std::tie(t.to, t.name); },
      [&](const Tell& t) { out.tells_removed.push_back(t); }, [&](const Tell& t, const Tell*) { out.tells_added.push_back(t); });
  const Wakeup *old = next_wakeup(before), *next = next_wakeup(after);
  if (old == nullptr || next == nullptr || !(*old == *next)) {
    if (old != nullptr) out.wakeup_removed = *old;
    if (next != nullptr) out.wakeup_added = *next;
  }
  compare(
      before, after, &Agenda::rows, [](const Row& r) { return std::tie(r.table, r.key); },
      [&](const Row& r) { out.rows_removed.emplace_back(r.table, r.key); },
      [&](const Row& r, const Row*) { out.rows_put.push_back(r); });
  std::map<std::string_view, int> counts;
  for (const Agenda* part : after)
    for (const std::string& name : part->counters) ++counts[name];
  for (const Agenda* part : before)
    for (const std::string& name : part->counters) --counts[name];
  for (const auto& [name, change] : counts)
    if (change != 0) out.counters.emplace_back(name, change);
  return out;
}

}  // namespace comd

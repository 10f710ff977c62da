#include "storage/rebuild.h"

#include "storage/bytes.h"
#include "storage/each_commit.h"
#include "storage/keys.h"

namespace comd {

void RowTable::take(Append append) {
  for (RowChange& change : append.rows) {
    if (change.value)
      rows_.insert_or_assign(std::move(change.key), std::move(*change.value));
    else
      rows_.erase(change.key);
  }
  for (const auto& [name, delta] : append.counters) counters_[name] += delta;
}

DerivedRows RowTable::all() const {
  auto all = rows_;
  for (const auto& [name, value] : counters_) {
    std::string text;
    bytes::put_signed(text, value);
    all.insert_or_assign(keys::counter(name), std::move(text));
  }
  return {all.begin(), all.end()};
}

DerivedRows rebuild(const EventLog& log) {
  Refold refold(log, markers(log));
  RowTable rows;
  each_commit(log, Position{}, log.tail(), [&](const StoredCommit& commit) {
    if (auto append = refold.add(commit.record)) rows.take(std::move(*append));
  });
  return rows.all();
}

std::vector<std::string> differences(const DerivedRows& stored, const DerivedRows& rebuilt, std::size_t limit) {
  const auto shown = [](std::string_view raw) {
    std::string text;
    for (const char c : raw) text += c >= ' ' && c <= '~' ? c : '.';
    return text;
  };
  std::vector<std::string> out;
  auto s = stored.begin();
  auto r = rebuilt.begin();
  while (out.size() < limit && (s != stored.end() || r != rebuilt.end())) {
    if (r == rebuilt.end() || (s != stored.end() && s->first < r->first)) {
      out.push_back("extra " + shown(s->first) + " = " + shown(s->second));
      ++s;
    } else if (s == stored.end() || r->first < s->first) {
      out.push_back("missing " + shown(r->first) + " = " + shown(r->second));
      ++r;
    } else {
      if (s->second != r->second)
        out.push_back("differs " + shown(s->first) + " = " + shown(s->second) + ", rebuilt " + shown(r->second));
      ++s;
      ++r;
    }
  }
  return out;
}

}  // namespace comd

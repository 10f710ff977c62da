#include "storage/rebuild.h"

#include "storage/bytes.h"
#include "storage/each_commit.h"
#include "storage/keys.h"
#include "storage/row_difference.h"

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
  std::vector<std::string> out;
  auto s = stored.begin();
  auto r = rebuilt.begin();
  while (out.size() < limit && (s != stored.end() || r != rebuilt.end())) {
    if (r == rebuilt.end() || (s != stored.end() && s->first < r->first)) {
      out.push_back(row_difference(s->first, s->second, std::nullopt));
      ++s;
    } else if (s == stored.end() || r->first < s->first) {
      out.push_back(row_difference(r->first, std::nullopt, r->second));
      ++r;
    } else {
      if (auto line = row_difference(s->first, s->second, r->second); !line.empty()) out.push_back(std::move(line));
      ++s;
      ++r;
    }
  }
  return out;
}

}  // namespace comd

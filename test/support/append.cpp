#include "test/support/append.h"

#include "storage/keys.h"

namespace comd::test {

Append append_of(const Commit& commit, const std::string& record, const World::Changes& changes) {
  Append append;
  append.record = record;
  for (const StreamSlice& slice : commit.streams)
    append.streams.push_back({slice.stream, slice.before, static_cast<std::uint32_t>(slice.events.size())});
  for (const auto& [stream, change] : changes) {
    keys::add_rows(append.rows, stream, change);
    append.counters.insert(append.counters.end(), change.counters.begin(), change.counters.end());
  }
  for (const ConsumedTell& tell : commit.consumed) keys::add_consumed(append.rows, tell);
  return append;
}

}  // namespace comd::test

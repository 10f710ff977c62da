#pragma once
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "events/fold.h"

namespace comd::test {

/// Folds a stream's records event by event. `see` is called with what is folded before and after each, and with the event.
template <class State, class See>
void fold_along(const std::vector<std::string>& records, const StreamId& stream, See see) {
  Folded<State> folded{fresh<State>(stream), {}};
  for (const auto& record : records) {
    const auto commit = decode_readable(record, &stream);
    ASSERT_TRUE(commit);
    for (const auto& slice : commit->streams) {
      for (std::size_t i = 0; i < slice.events.size(); ++i) {
        const Folded<State> before = folded;
        ASSERT_TRUE(apply(folded, StreamSlice{stream, slice.before + i, {slice.events[i]}, {}}));
        see(before, folded, slice.events[i]);
      }
    }
  }
}

}  // namespace comd::test

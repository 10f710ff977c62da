#include "storage/verify_states.h"

#include "domain/projection.h"
#include "storage/each_commit.h"

namespace comd {

StateVerdict verify_states(const EventLog& log, const std::function<void(const StateVerdict&, Position)>& progress) {
  constexpr std::size_t kDifferences = 100;
  constexpr std::uint64_t kTellEvery = 4'096;
  StateVerdict out;
  Position at{};
  Refold refold(log, markers(log));
  refold.observe([&](const StreamSlice& slice, const AnyFolded& after) {
    out.events += slice.events.size();
    if (slice.state.empty()) return;
    const auto state = std::visit([&](const auto& folded) { return project(folded.state, number_of(slice.state)); }, after);
    if (state.empty()) {
      ++out.unknown;
      return;
    }
    ++out.compared;
    auto fields = differing(slice.state, state);
    if (fields.empty()) return;
    if (out.differing++ < kDifferences)
      out.differences.push_back({slice.stream, slice.before + slice.events.size(), at, std::move(fields)});
  });
  each_commit(log, Position{}, log.tail(), [&](const StoredCommit& commit) {
    at = commit.position;
    ++out.commits;
    if (!refold.fold(commit.record)) ++out.unreadable;
    if (progress && out.commits % kTellEvery == 0) progress(out, at);
  });
  out.set_aside = refold.set_aside();
  return out;
}

}  // namespace comd

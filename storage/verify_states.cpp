#include "storage/verify_states.h"

#include <algorithm>
#include <thread>

#include "domain/projection.h"
#include "events/record_view.h"

namespace comd {
namespace {

constexpr std::size_t kDifferences = 100;

/// Folds some of the families, and counts. One thread at a time.
class Folder {
 public:
  Folder(const EventLog& log, const Markers& markers, std::size_t streams) : refold_(log, markers, streams) {
    refold_.observe([this](const StreamSlice& slice, const AnyFolded& after) { compare(slice, after); });
  }

  void take(const StoredCommit& commit) {
    at_ = commit.position;
    ++verdict_.commits;
    if (!refold_.fold(commit.record)) ++verdict_.unreadable;
  }

  void add_to(StateVerdict& sum) const {
    sum.commits += verdict_.commits;
    sum.events += verdict_.events;
    sum.compared += verdict_.compared;
    sum.unknown += verdict_.unknown;
    sum.unreadable += verdict_.unreadable;
    sum.differing += verdict_.differing;
    sum.differences.insert(sum.differences.end(), verdict_.differences.begin(), verdict_.differences.end());
    sum.set_aside.insert(refold_.set_aside().begin(), refold_.set_aside().end());
  }

 private:
  void compare(const StreamSlice& slice, const AnyFolded& after) {
    verdict_.events += slice.events.size();
    if (slice.state.empty()) return;
    const auto state = std::visit([&](const auto& folded) { return project(folded.state, number_of(slice.state)); }, after);
    if (state.empty()) {
      ++verdict_.unknown;
      return;
    }
    ++verdict_.compared;
    auto fields = differing(slice.state, state);
    if (fields.empty()) return;
    if (verdict_.differing++ < kDifferences)
      verdict_.differences.push_back({slice.stream, slice.before + slice.events.size(), at_, std::move(fields)});
  }

  Refold refold_;
  StateVerdict verdict_;
  Position at_{};
};

using Folders = std::vector<std::unique_ptr<Folder>>;

/// What each of them has counted, as if one had.
StateVerdict sum_of(const Folders& folders) {
  StateVerdict sum;
  for (const auto& folder : folders) folder->add_to(sum);
  std::ranges::stable_sort(sum.differences, {}, &StateDifference::position);
  if (sum.differences.size() > kDifferences) sum.differences.resize(kDifferences);
  return sum;
}

/// Families have nothing in common, so each is folded by one of the threads.
void fold(const std::vector<StoredCommit>& page, const Folders& folders, std::vector<std::jthread>& threads) {
  for (std::size_t i = 0; i < folders.size(); ++i)
    threads.emplace_back([&page, &folders, i] {
      for (const StoredCommit& commit : page)
        if (std::hash<StreamId>{}(family_of(a_stream_of(commit.record))) % folders.size() == i) folders[i]->take(commit);
    });
}

}  // namespace

StateVerdict verify_states(const EventLog& log, const StateWalk& walk) {
  constexpr std::size_t kPage = 4'096, kStreams = 20'000;
  const Markers marked = walk.markers ? *walk.markers : markers(log);
  const std::size_t threads = std::max<std::size_t>(walk.threads, 1);
  Folders folders;
  while (folders.size() < threads) folders.push_back(std::make_unique<Folder>(log, marked, kStreams / threads));
  for (auto page = log.read_feed({}, kPage); !page.empty();) {
    std::vector<StoredCommit> next;
    {
      std::vector<std::jthread> folding;
      fold(page, folders, folding);
      next = log.read_feed(page.back().position, kPage);  // meanwhile
    }
    if (walk.progress) walk.progress(sum_of(folders), page.back().position);
    page = std::move(next);
  }
  return sum_of(folders);
}

}  // namespace comd

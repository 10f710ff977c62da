#include "storage/verify_chain.h"

#include <algorithm>
#include <atomic>
#include <thread>

#include "events/lost.h"
#include "storage/each_commit.h"

namespace comd {
namespace {

constexpr std::uint64_t kSpan = 8'192;  ///< records of one piece of work

std::string at(Position p) { return std::to_string(number(p)); }

/// Of an archived record the stub's: a record that is read from a file has been compared with it.
Digest digest_of(const StoredCommit& commit) { return commit.archived ? commit.archived->digest : sha256(commit.record); }

/// The links from `start.position` up to `until`, and all records between them.
ChainVerdict verify_span(const EventLog& log, const ChainLink& start, Position until, const ChainWalk& walk) {
  ChainVerdict out;
  out.end = start;
  std::vector<ChainLink> links;
  std::size_t next = 0;
  ChainLink trusted = start;
  each_commit(log, start.position, until, [&](const StoredCommit& commit) {
    if (number(commit.position) != number(out.end.position) + 1) {
      out.first = ChainBreak{trusted.position, commit.position,
                             "Expected a record at position " + at(Position{number(out.end.position) + 1}) +
                                 ", but the next one is at " + at(commit.position)};
      return false;
    }
    out.end = {commit.position, chained(out.end.hash, digest_of(commit))};
    ++out.records;
    if (walk.each) walk.each(commit);
    if (commit.archived) {
      ++out.archived;
      if (commit.record.starts_with(kLost)) ++out.unread[commit.archived->file];
    }
    if (next == links.size()) {
      links = log.read_chain(trusted.position, 1024);
      next = 0;
    }
    if (next == links.size() || links[next].position != commit.position) return true;
    if (links[next].hash != out.end.hash) {
      out.first = ChainBreak{trusted.position, commit.position,
                             "Expected the records " + at(Position{number(trusted.position) + 1}) + " to " + at(commit.position) +
                                 " to give the stored chain value " + to_hex(links[next].hash) + ", but they give " +
                                 to_hex(out.end.hash)};
      return false;
    }
    trusted = links[next++];
    ++out.links;
    return true;
  });
  if (!out.first && out.end.position < until && out.end.position < log.tail())
    out.first = ChainBreak{out.end.position, until,
                           "Expected a record at position " + at(Position{number(out.end.position) + 1}) + ", but there is none"};
  if (!out.first && trusted.position != out.end.position && until == log.tail())
    out.first = ChainBreak{trusted.position, out.end.position,
                           "Expected a stored chain value at the end of the log, position " + at(out.end.position) +
                               ", but the last one is at " + at(trusted.position)};
  return out;
}

}  // namespace

Digest chain_at(const EventLog& log, Position position) {
  ChainLink link = log.last_link(position);
  each_commit(log, link.position, position,
              [&](const StoredCommit& commit) { link.hash = chained(link.hash, digest_of(commit)); });
  return link.hash;
}

ChainVerdict verify_chain(const EventLog& log, const ChainWalk& walk) {
  const Position until = std::min(walk.until, log.tail());
  ChainVerdict out;
  out.end = log.last_link(walk.after);
  while (!out.first && out.end.position < until) {
    // As many spans side by side as there are threads; each begins at a stored link, so none waits for the one before it.
    std::vector<ChainLink> starts{out.end};
    while (starts.size() < std::max<std::size_t>(walk.threads, 1)) {
      const ChainLink next = log.last_link(Position{std::min(number(until), number(starts.back().position) + kSpan)});
      if (next.position <= starts.back().position || next.position >= until) break;
      starts.push_back(next);
    }
    std::vector<ChainVerdict> parts(starts.size());
    const auto run = [&](std::size_t i) {
      const Position end = i + 1 < starts.size()
                               ? starts[i + 1].position
                               : log.last_link(Position{std::min(number(until), number(starts[i].position) + kSpan)}).position;
      parts[i] = verify_span(log, starts[i], end > starts[i].position ? end : until, walk);
    };
    {
      std::vector<std::jthread> others;
      for (std::size_t i = 1; i < starts.size(); ++i) others.emplace_back(run, i);
      run(0);
    }
    for (std::size_t i = 0; i < parts.size() && !out.first; ++i) {
      out.records += parts[i].records;
      out.links += parts[i].links;
      out.archived += parts[i].archived;
      for (const auto& [file, count] : parts[i].unread) out.unread[file] += count;
      out.end = parts[i].end;
      out.first = parts[i].first;
    }
    if (!out.first && walk.progress && !walk.progress(out.end.position)) break;
  }
  return out;
}

}  // namespace comd

#include <algorithm>

#include "edge/grpc/convert.h"
#include "edge/grpc/following.h"
#include "edge/grpc/log_calls.h"
#include "edge/grpc/log_select.h"
#include "edge/grpc/log_stream.h"

namespace comd::north {
namespace {

constexpr std::size_t kStep = 4'096;  // commits counted for one message

/// What is in the log, counted commit by commit. Nothing is folded.
class LogCount {
 public:
  void add(const StoredCommit& stored) {
    const auto view = view_of(stored.record);
    ++commits_;
    bytes_ += stored.record.size();
    if (!view) return;
    first_ = std::min(first_, view->time);
    last_ = std::max(last_, view->time);
    auto& day = days_[comd::to_text(view->time).substr(0, std::string_view("2026-11-21").size())];
    ++day.commits;
    day.bytes += stored.record.size();
    for (const auto& slice : view->slices) {
      auto& kind = kinds_[std::string(kind_text(slice.stream))];
      if (slice.before == Version{} && !slice.events.empty()) ++kind.first;
      kind.second += slice.events.size();
      day.events += slice.events.size();
      for (const auto& event : slice.events) {
        auto& type = types_[event.type];
        ++type.first;
        type.second += event.payload.size();
      }
    }
  }

  api::LogStats message() const {
    api::LogStats out;
    out.set_commits(commits_);
    out.set_bytes(bytes_);
    if (first_ <= last_) {
      fill(*out.mutable_first_time(), first_);
      fill(*out.mutable_last_time(), last_);
    }
    std::vector<std::pair<std::uint32_t, Counted>> types(types_.begin(), types_.end());
    std::ranges::stable_sort(types, std::greater{}, [](const auto& type) { return type.second.first; });
    for (const auto& [number, counted] : types) {
      auto& type = *out.add_types();
      type.set_type(event_type_name(number));
      type.set_events(counted.first);
      type.set_bytes(counted.second);
      out.set_events(out.events() + counted.first);
    }
    for (const auto& [name, counted] : kinds_) {
      auto& kind = *out.add_kinds();
      kind.set_kind(name);
      kind.set_begun(counted.first);
      kind.set_events(counted.second);
    }
    for (const auto& [date, counted] : days_) {
      auto& day = *out.add_days();
      day.set_date(date);
      day.set_commits(counted.commits);
      day.set_events(counted.events);
      day.set_bytes(counted.bytes);
    }
    return out;
  }

 private:
  using Counted = std::pair<std::uint64_t, std::uint64_t>;
  struct Day {
    std::uint64_t commits = 0, events = 0, bytes = 0;
  };
  std::uint64_t commits_ = 0, bytes_ = 0;
  Instant first_ = Instant::max(), last_ = Instant::min();
  std::map<std::uint32_t, Counted> types_;  ///< events, bytes
  std::map<std::string, Counted> kinds_;    ///< begun, events
  std::map<std::string, Day> days_;
};

class LogCounting final : public LogStream<api::LogStatsResponse> {
 public:
  LogCounting(const Core& core, LogWaiters& waiters, Position after, Position until)
      : LogStream(waiters), log_(core.reader.log()), at_(after), until_(until) {}

 private:
  Next next(api::LogStatsResponse& out, Position&) override {
    if (done_) return Next::end;
    const auto page = at_ < until_ ? log_.read_feed(at_, kStep) : std::vector<StoredCommit>{};
    for (const auto& stored : page) {
      if (stored.position > until_) break;
      count_.add(stored);
      at_ = stored.position;
    }
    done_ = page.empty() || at_ >= until_;
    out.set_position(number(at_));
    out.set_to_position(number(until_));
    out.set_done(done_);
    if (done_) *out.mutable_stats() = count_.message();
    return Next::write;
  }

  const EventLog& log_;
  Position at_;
  const Position until_;
  LogCount count_;
  bool done_ = false;
};

}  // namespace

grpc::ServerWriteReactor<api::LogStatsResponse>* start_log_stats(Core& core, const api::LogStatsRequest& request) {
  const auto& log = core.reader.log();
  const auto after = position_in(log, request.after_position(), "after_position");
  const auto until = position_in(log, request.to_position(), "to_position");
  Result<void, Rejection> in = !after ? Err(after.error()) : !until ? Err(until.error()) : let_in(core);
  core.ended("Stats", in ? grpc::Status::OK : status_of(in.error()));
  if (!in) return new Refused<grpc::ServerWriteReactor<api::LogStatsResponse>>(status_of(in.error()));
  return LogCounting::launch(
      std::make_shared<LogCounting>(core, core.log_waiters, *after, *until == Position{} ? log.tail() : *until));
}

}  // namespace comd::north

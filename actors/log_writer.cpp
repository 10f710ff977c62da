#include "actors/log_writer.h"

#include <algorithm>
#include <iterator>

#include "actors/shared.h"
#include "domain/check.h"

namespace comd {

bool LogWriter::append(const std::shared_ptr<AppendJob>& job) {
  {
    const std::lock_guard lock(mutex_);
    if (closed_) return false;
    if (busy_) {
      waiting_.push_back(job);
      return false;
    }
    busy_ = true;
    if (!shared_.options.writes_at_once) waiting_.push_back(job);
  }
  if (shared_.options.writes_at_once) write({job});
  done();
  return shared_.options.writes_at_once;
}

void LogWriter::write_waiting() {
  Jobs jobs;
  {
    const std::lock_guard lock(mutex_);
    const auto end = waiting_.begin() + static_cast<std::ptrdiff_t>(std::min(waiting_.size(), shared_.options.limits.batch_max));
    jobs.assign(std::make_move_iterator(waiting_.begin()), std::make_move_iterator(end));
    waiting_.erase(waiting_.begin(), end);
  }
  if (jobs.empty()) return;
  write(jobs);
  for (auto& job : jobs) {
    const caf::actor to = std::exchange(job->from, nullptr);
    caf::anon_send(to, AppendDone{std::move(job)});
  }
  done();
}

/// Busy as long as anything waits: then the actor goes on.
void LogWriter::done() {
  const std::lock_guard lock(mutex_);
  busy_ = !waiting_.empty();
  if (busy_) caf::anon_send(shared_.writer_actor, Flush{});
}

void LogWriter::close() {
  Jobs dropped;
  const std::lock_guard lock(mutex_);
  closed_ = true;
  dropped.swap(waiting_);
}

void LogWriter::write(const Jobs& jobs) {
  std::vector<Append> batch;
  batch.reserve(jobs.size());
  for (const auto& job : jobs) batch.push_back(std::move(job->append));
  Metrics& metrics = *shared_.metrics;
  metrics.waiting_writer.Set(static_cast<double>(batch.size()));
  const auto began = std::chrono::steady_clock::now();
  // What was under way when the disk ran full is refused here, whoever asked for it.
  auto results = shared_.disk.read_only() ? std::vector<Result<Appended, AppendError>>(batch.size(), Err(AppendError::full))
                                          : shared_.log->append(batch);
  metrics.sync_seconds.Observe(std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count());
  metrics.batch_appends.Observe(static_cast<double>(batch.size()));
  CHECK(results.size() == batch.size());

  const bool failed = std::ranges::any_of(results, [](const auto& r) { return !r && r.error() == AppendError::failed; });
  if (failed) {
    shared_.on_log_failure(
        "Expected " + std::to_string(batch.size()) +
        " commits to be written and synced, but the store failed: what is on disk is not known any more. Nothing was "
        "acknowledged. Check the disk (space, errors in the kernel log) and start comd again; it continues from the log.");
  }
  metrics.commits.Increment(static_cast<double>(std::ranges::count_if(results, [](const auto& r) { return r.has_value(); })));

  for (std::size_t i = 0; i < jobs.size(); ++i) jobs[i]->result = results[i];
  if (!failed) shared_.listeners.tell(shared_.log->tail());
}

caf::behavior LogWriterActor::make_behavior() {
  return {
      [this](Flush) { shared_->writer->write_waiting(); },
      [](Start) {},
  };
}

}  // namespace comd

#include "actors/log_writer.h"

#include <algorithm>

#include "domain/check.h"

namespace comd {

caf::behavior LogWriter::make_behavior() {
  return {
      [this](AppendRequest& request) {
        batch_.push_back(std::move(request.job->append));
        jobs_.push_back(std::move(request.job));
        if (batch_.size() >= shared_->options.limits.batch_max) return flush();
        if (!std::exchange(flush_sent_, true)) send(this, Flush{});
      },
      [this](Flush) {
        flush_sent_ = false;
        flush();
      },
      [](Start) {},
  };
}

void LogWriter::flush() {
  if (jobs_.empty()) return;
  Metrics& metrics = *shared_->metrics;
  metrics.waiting_writer.Set(static_cast<double>(batch_.size()));
  const auto began = std::chrono::steady_clock::now();
  // What was under way when the disk ran full is refused here, whoever asked for it.
  auto results = shared_->disk.read_only() ? std::vector<Result<Appended, AppendError>>(batch_.size(), Err(AppendError::full))
                                           : shared_->log->append(batch_);
  metrics.sync_seconds.Observe(std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count());
  metrics.batch_appends.Observe(static_cast<double>(batch_.size()));
  CHECK(results.size() == batch_.size());

  const bool failed = std::ranges::any_of(results, [](const auto& r) { return !r && r.error() == AppendError::failed; });
  if (failed) {
    shared_->on_log_failure(
        "Expected " + std::to_string(batch_.size()) +
        " commits to be written and synced, but the store failed: what is on disk is not known any more. Nothing was "
        "acknowledged. Check the disk (space, errors in the kernel log) and start comd again; it continues from the log.");
  }
  metrics.commits.Increment(static_cast<double>(std::ranges::count_if(results, [](const auto& r) { return r.has_value(); })));

  for (std::size_t i = 0; i < jobs_.size(); ++i) {
    auto& job = jobs_[i];
    job->result = results[i];
    caf::actor to = std::move(job->from);
    job->from = nullptr;
    anon_send(to, AppendDone{std::move(job)});
  }
  batch_.clear();
  jobs_.clear();
  if (!failed) shared_->listeners.tell(shared_->log->tail());
}

void LogWriter::on_exit() {
  jobs_.clear();
  shared_.reset();
}

}  // namespace comd

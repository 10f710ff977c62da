#include <algorithm>

#include "actors/dispatcher.h"

namespace comd {
namespace {

constexpr std::size_t kPage = 512;
constexpr std::size_t kRehintsMax = 256;  ///< under way at once: a start with a long outbox must not wake every order together

}  // namespace

/// Goes through the log's outbox and tells, a page at a time, and asks for a hint of what it does not know. A hint may be on its
/// way; so an entry is asked for when the sweep before found it unknown too. The first sweep, after the start, asks at once.
void Dispatcher::sweep() {
  while (rehints_ < kRehintsMax && !outbox_done_) {
    const auto page = shared_->log->outbox(outbox_at_ ? &*outbox_at_ : nullptr, kPage);
    StreamId last;
    for (const OutboxEntry& entry : page) {
      const std::string key = entry.stream.value + '\0' + entry.key;
      if (by_key_.contains(key) || shared_->fence.holds(entry.stream)) continue;
      seen_.insert(key);
      const bool overdue = !full() && (first_sweep_ || suspects_.contains(key));
      if (overdue && std::exchange(last, entry.stream) != entry.stream) rehint(entry.stream, {});
    }
    if (page.size() < kPage)
      outbox_done_ = true;
    else
      outbox_at_ = page.back();
  }
  while (rehints_ < kRehintsMax && outbox_done_ && !tells_done_) {
    const auto page = shared_->log->tells(tells_at_ ? &*tells_at_ : nullptr, kPage);
    std::map<StreamId, std::vector<Tell>> overdue;
    for (const PendingTell& tell : page) {
      if (shared_->fence.holds(tell.from) || shared_->fence.holds(tell.to)) continue;  // told when the quarantine has ended
      const std::string key = tell.from.value + '\0' + tell.to.value + '\0' + tell.name;
      seen_.insert(key);
      if (first_sweep_ || suspects_.contains(key)) overdue[tell.from].push_back({tell.to, tell.name});
    }
    if (!shared_->faults.drop_tell)
      for (auto& [from, tells] : overdue) rehint(from, std::move(tells));
    if (page.size() < kPage)
      tells_done_ = true;
    else
      tells_at_ = page.back();
  }
  if (!outbox_done_ || !tells_done_) return;  // goes on when a rehint is answered
  sweeping_ = first_sweep_ = outbox_done_ = tells_done_ = false;
  outbox_at_.reset();
  tells_at_.reset();
  suspects_ = std::exchange(seen_, {});
}

void Dispatcher::rehint(const StreamId& stream, std::vector<Tell> tells) {
  ++rehints_;
  shared_->metrics->rehints.Increment();
  auto mail = std::make_shared<Mail>();
  mail->stream = stream;
  mail->ask = Rehint{std::move(tells)};
  mail->cause.command = "Rehint";
  mail->cause.subject = "comd";
  mail->done = [self = caf::actor_cast<caf::actor>(this)](const Answer&) { caf::anon_send(self, Rehinted{}); };
  send_mail(*shared_, mail);
}

}  // namespace comd

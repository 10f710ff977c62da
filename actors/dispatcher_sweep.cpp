#include <algorithm>

#include "actors/dispatcher.h"
#include "storage/each_timer.h"

namespace comd {
namespace {

constexpr std::size_t kPage = 512;
constexpr std::size_t kLookedAtMax = 1'000'000;  ///< timers, for lost calls; what is more is found out by its deadline
constexpr std::size_t kRehintsMax = 256;  ///< under way at once: a start with a long outbox must not wake every order together

}  // namespace

/// Goes through the log's outbox and tells, a page at a time, and asks for a hint of what it does not know. A hint may be on its
/// way; so an entry is asked for when the sweep before found it unknown too. The first sweep, after the start, asks at once.
void Dispatcher::sweep() {
  tell_lost_calls();
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

/// Calls that had left, or were about to, when an earlier life of the process ended: nobody waits for their answers any more. Before
/// anything is called, so that none of this life is among them. A copy of a store may have its calls answered elsewhere.
void Dispatcher::find_lost_calls() {
  if (shared_->epoch.known_elsewhere() != Position{}) return;
  Millis longest{0};
  for (const auto& catalog : shared_->catalogs.get()->versions)
    for (const auto& [id, specification] : catalog->specifications) longest = std::max(longest, specification.timeouts.call);
  const Instant until = shared_->clock->now() + longest + service_order::kAnswerMargin;
  each_timer(*shared_->log, until, kLookedAtMax, [this](const DueTimer& timer) {
    if (kind_of(timer.stream.value) == StreamKind::service_order && timer.name == service_order::kAnswerTimer)
      lost_calls_.push_back(timer);
  });
}

void Dispatcher::tell_lost_calls() {
  if (shared_->epoch.fenced()) return;
  while (rehints_ < kRehintsMax && !lost_calls_.empty()) {
    const DueTimer lost = std::move(lost_calls_.back());
    lost_calls_.pop_back();
    AnyCommand command = service_order::Command{service_order::CallLost{lost.due}};
    Cause cause{name_of(command), "comd", {}, {}, {}};
    send_for_sweep(std::make_shared<Mail>(lost.stream, std::move(command), std::move(cause)));
  }
}

void Dispatcher::rehint(const StreamId& stream, std::vector<Tell> tells) {
  shared_->metrics->rehints.Increment();
  auto mail = std::make_shared<Mail>();
  mail->stream = stream;
  mail->ask = Rehint{std::move(tells)};
  mail->cause.command = "Rehint";
  mail->cause.subject = "comd";
  send_for_sweep(mail);
}

void Dispatcher::send_for_sweep(const MailPtr& mail) {
  ++rehints_;
  mail->done = [self = caf::actor_cast<caf::actor>(this)](const Answer&) { caf::anon_send(self, Rehinted{}); };
  send_mail(*shared_, mail);
}

}  // namespace comd

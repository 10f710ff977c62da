#include "actors/router.h"

#include <spdlog/spdlog.h>

#include "actors/family.h"

namespace comd {
namespace {

constexpr Millis kRetryFull{1'000};

Answer no_such_kind(const StreamId& stream) {
  return refused(RejectionCode::not_found,
                 "Expected the id of an order, service order, product or service, but \"" + stream.value + "\" is none of them",
                 "Ids begin with po-, so-, pr- or sv-");
}

}  // namespace

Router::Router(caf::actor_system& system, Shared& shared) : system_(system), shared_(shared) {}

void Router::deliver(const MailPtr& mail) {
  std::optional<Answer> refusal;
  {
    const std::lock_guard lock(mutex_);
    refusal = route(mail);
  }
  if (refusal) mail->answer(std::move(*refusal));
}

/// The caller holds a reference to the mail, so that one that is lost on the way is answered outside the lock.
std::optional<Answer> Router::route(const MailPtr& mail) {
  if (closed_) return std::nullopt;
  const auto entry = find_or_spawn(mail->stream);
  if (entry == in_use_.end()) return no_such_kind(mail->stream);
  if (auto full = admit(*entry, *mail)) return full;
  if (entry->in == &leaving_) {
    entry->parked.push_back(mail);
    return std::nullopt;
  }
  if (entry->in == &resting_ || entry->touched != now_) {
    entry->touched = now_;
    move(entry, in_use_);
  }
  if (!goes_by_the_second_door(mail)) caf::anon_send(entry->actor, Envelope{mail});
  return std::nullopt;
}

/// Planted bug: every fifth mail goes to an actor of its own, which leaves when it is done.
bool Router::goes_by_the_second_door(const MailPtr& mail) {
  if (!shared_.faults.second_door || ++strays_ % 5 != 0) return false;
  const caf::actor& second = second_doors_.emplace_back(spawn(mail->stream));
  caf::anon_send(second, Envelope{mail});
  caf::anon_send(second, Stop{});
  return true;
}

/// A spawn leaves CAF's logger with the calling thread, and the actor system waits for it to be given back. Threads of gRPC call
/// this too, and stay for longer.
caf::actor Router::spawn(const StreamId& stream) {
  // Lazy: the first command schedules it, not the spawn.
  caf::actor out = system_.spawn<Family, caf::lazy_init>(home_of(stream), shared_.shared_from_this());
  caf::logger::set_current_actor_system(nullptr);
  return out;
}

Router::Entries::iterator Router::find_or_spawn(const StreamId& stream) {
  if (kind_of(stream.value) == StreamKind::unknown) return in_use_.end();
  StreamId home = home_of(stream);
  if (const auto found = by_home_.find(home.value); found != by_home_.end()) return found->second;
  caf::actor actor = spawn(home);
  const auto entry = in_use_.insert(
      in_use_.end(), Entry{.home = std::move(home), .actor = std::move(actor), .in = &in_use_, .touched = now_, .parked = {}});
  by_home_.emplace(entry->home.value, entry);
  shared_.metrics->spawned.Increment();
  shared_.metrics->residents.Set(static_cast<double>(by_home_.size()));
  if (in_use_.size() + resting_.size() > shared_.options.limits.residents_max)
    passivate(resting_.empty() ? in_use_.begin() : resting_.begin());
  return entry;
}

/// Only what came from outside counts: what comd tells itself is bounded by what it began, and must not be refused.
std::optional<Answer> Router::admit(Entry& entry, Mail& mail) {
  if (!mail.gate) return std::nullopt;
  const std::size_t limit = shared_.faults.no_limit ? SIZE_MAX : shared_.options.limits.stream_waiting_max;
  auto& waiting = entry.waiting[mail.stream.value];
  if (!waiting) waiting = std::make_shared<std::atomic<std::size_t>>(0);
  if (mail.waits != waiting && waiting->fetch_add(1) >= limit) {
    waiting->fetch_sub(1);
    Answer full = refused(code_of_full(std::get<AnyCommand>(mail.ask)),
                          "Expected at most " + std::to_string(limit) + " commands to wait for " + mail.stream.value +
                              " (stream_waiting_max), but there are that many",
                          "Send it again in a second, or fewer at once for the same order; nothing of it was recorded");
    full.reply.retry_after = kRetryFull;
    return full;
  }
  if (mail.waits && mail.waits != waiting) mail.waits->fetch_sub(1);  // it was parked, and its actor is another one now
  mail.waits = waiting;
  return std::nullopt;
}

void Router::move(Entries::iterator entry, Entries& to) {
  to.splice(to.end(), *entry->in, entry);
  entry->in = &to;
}

void Router::passivate(Entries::iterator entry) {
  if (shared_.faults.never_passivate) return;
  move(entry, leaving_);
  caf::anon_send(entry->actor, Stop{});
}

void Router::may_leave(const StreamId& home) {
  const std::lock_guard lock(mutex_);
  const auto found = by_home_.find(home.value);
  if (found == by_home_.end() || found->second->in == &leaving_) return;
  move(found->second, resting_);
  if (resting_.size() > shared_.options.limits.resting_max) passivate(resting_.begin());
}

void Router::ended(const StreamId& home, caf::actor_id id) {
  std::vector<MailPtr> parked;
  {
    const std::lock_guard lock(mutex_);
    const auto found = by_home_.find(home.value);
    if (found == by_home_.end() || found->second->actor.id() != id) return;
    const auto entry = found->second;
    if (entry->in != &leaving_) spdlog::error("Expected the actor of {} to live, but it ended", home.value);
    parked = std::move(entry->parked);
    by_home_.erase(found);
    entry->in->erase(entry);
    shared_.metrics->residents.Set(static_cast<double>(by_home_.size()));
  }
  for (const MailPtr& mail : parked) deliver(mail);
}

void Router::tick() {
  const std::lock_guard lock(mutex_);
  ++now_;
  const auto let_go = [this](Entries& from, auto due) {
    for (auto next = from.begin(); next != from.end() && due(*next);) passivate(next++);
  };
  let_go(resting_, [](const Entry&) { return true; });
  let_go(in_use_, [this](const Entry& entry) { return entry.touched + kTicksPerIdle < now_; });
}

void Router::close() {
  Entries all;
  {
    const std::lock_guard lock(mutex_);
    closed_ = true;
    by_home_.clear();
    for (Entries* some : {&in_use_, &resting_, &leaving_}) all.splice(all.end(), *some);
  }
  for (Entry& entry : all) caf::anon_send_exit(entry.actor, caf::exit_reason::user_shutdown);
  for (const caf::actor& second : second_doors_) caf::anon_send_exit(second, caf::exit_reason::user_shutdown);
}

caf::behavior RouterTicks::make_behavior() {
  const auto again = [this] { delayed_send(this, shared_->options.limits.idle / Router::kTicksPerIdle, Tick{}); };
  return {
      [this, again](Tick) {
        again();
        shared_->router->tick();
      },
      [again](Start) { again(); },
  };
}

}  // namespace comd

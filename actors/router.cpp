#include "actors/router.h"

#include <spdlog/spdlog.h>

#include "actors/aggregate_actor.h"

namespace comd {

Router::Router(caf::actor_config& config, std::shared_ptr<Shared> shared)
    : caf::event_based_actor(config), shared_(std::move(shared)) {}

caf::behavior Router::make_behavior() {
  set_down_handler([this](caf::down_msg& down) { ended(down); });
  // An aggregate that is killed must not take the router along; its down message says what happened.
  return {
      [this](Envelope& envelope) { route(std::move(envelope.mail)); },
      [this](const Passivate& request) {
        auto found = by_stream_.find(request.stream.value);
        if (found == by_stream_.end() || found->second->stopping) return;
        found->second->touched = 0;
        entries_.splice(entries_.begin(), entries_, found->second);
      },
      [this](Tick) { tick(); },
      [this](Start) { delayed_send(this, shared_->options.limits.idle / kTicksPerIdle, Tick{}); },
  };
}

void Router::route(MailPtr mail) {
  auto found = by_stream_.find(mail->stream.value);
  if (found == by_stream_.end()) {
    caf::actor actor = spawn_aggregate(*this, mail->stream, shared_);
    if (!actor)
      return mail->answer(refused(
          RejectionCode::not_found,
          "Expected the id of an order, service order, product or service, but \"" + mail->stream.value + "\" is none of them",
          "Ids begin with po-, so-, pr- or sv-"));
    auto entry = entries_.insert(entries_.end(), Entry{.stream = mail->stream, .actor = actor, .touched = now_, .parked = {}});
    found = by_stream_.emplace(entry->stream.value, entry).first;
    by_actor_.emplace(actor.id(), entry);
    shared_->metrics->spawned.Increment();
    shared_->metrics->residents.Set(static_cast<double>(entries_.size()));
    if (entries_.size() - stopping_ > shared_->options.limits.residents_max)
      for (Entry& oldest : entries_)
        if (!oldest.stopping) {
          passivate(oldest);
          break;
        }
  }
  Entry& entry = *found->second;
  if (!admit(entry, *mail)) return;
  if (entry.stopping) {
    entry.parked.push_back(std::move(mail));
    return;
  }
  if (entry.touched != now_) {
    entry.touched = now_;
    entries_.splice(entries_.end(), entries_, found->second);
  }
  send(entry.actor, Envelope{std::move(mail)});
}

/// Only what came from outside counts: what comd tells itself is bounded by what it began, and must not be refused.
bool Router::admit(Entry& entry, Mail& mail) {
  if (!mail.gate) return true;
  const std::size_t limit = shared_->options.limits.stream_waiting_max;
  if (mail.waits != entry.waiting && entry.waiting->fetch_add(1) >= limit) {
    entry.waiting->fetch_sub(1);
    Answer full = refused(code_of_full(std::get<AnyCommand>(mail.ask)),
                          "Expected at most " + std::to_string(limit) + " commands to wait for " + mail.stream.value +
                              " (stream_waiting_max), but there are that many",
                          "Send it again in a second, or fewer at once for the same order; nothing of it was recorded");
    full.reply.retry_after = kRetryFull;
    mail.answer(std::move(full));
    return false;
  }
  if (mail.waits && mail.waits != entry.waiting) mail.waits->fetch_sub(1);  // it was parked, and its actor is another one now
  mail.waits = entry.waiting;
  return true;
}

void Router::passivate(Entry& entry) {
  entry.stopping = true;
  ++stopping_;
  send(entry.actor, Stop{});
}

void Router::ended(const caf::down_msg& down) {
  auto found = by_actor_.find(down.source.id());
  if (found == by_actor_.end()) return;
  auto entry = found->second;
  if (!entry->stopping)
    spdlog::error("Expected the actor of {} to live, but it ended: {}", entry->stream.value, system().render(down.reason));
  else
    --stopping_;
  std::vector<MailPtr> parked = std::move(entry->parked);
  by_actor_.erase(found);
  by_stream_.erase(entry->stream.value);
  entries_.erase(entry);
  shared_->metrics->residents.Set(static_cast<double>(entries_.size()));
  for (MailPtr& mail : parked) route(std::move(mail));
}

/// Entries are in the order of their last use, up to one tick: those that are due come first.
void Router::tick() {
  delayed_send(this, shared_->options.limits.idle / kTicksPerIdle, Tick{});
  ++now_;
  for (Entry& entry : entries_) {
    if (entry.touched != 0 && entry.touched + kTicksPerIdle >= now_) break;
    if (!entry.stopping) passivate(entry);
  }
  shared_->metrics->waiting_router.Set(static_cast<double>(mailbox().size()));
}

void Router::on_exit() {
  for (Entry& entry : entries_) anon_send_exit(entry.actor, caf::exit_reason::user_shutdown);
  entries_.clear();
  by_stream_.clear();
  by_actor_.clear();
  shared_.reset();
}

}  // namespace comd

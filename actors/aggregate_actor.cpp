#include "actors/aggregate_actor.h"

#include <algorithm>
#include <ranges>

#include <spdlog/spdlog.h>

#include "actors/jitter.h"
#include "actors/log.h"
#include "actors/moved_since.h"
#include "actors/quarantine.h"
#include "actors/related.h"
#include "domain/check.h"

namespace comd {
namespace {

/// It waits for a date, for other orders or for a person: that takes longer than anybody stays in memory.
template <class State>
bool rests(const State&) {
  return false;
}
bool rests(const product_order::State& s) { return s.status == OrderStatus::pending || s.status == OrderStatus::held; }
bool rests(const service_order::State& s) {
  using service_order::Status;
  return s.status == Status::waiting || s.status == Status::awaiting_person || s.status == Status::held;
}

std::string key_of(const ConsumedTell& tell) { return tell.from.value + '\0' + tell.name; }

}  // namespace

template <class K>
AggregateActor<K>::AggregateActor(caf::actor_config& config, StreamId stream, std::shared_ptr<Shared> shared)
    : caf::event_based_actor(config),
      stream_(std::move(stream)),
      shared_(std::move(shared)),
      random_(shared_->options.seed ^ hash_of(stream_.value)),
      state_(fresh<typename K::State>(stream_)) {}

template <class K>
caf::behavior AggregateActor<K>::make_behavior() {
  return {
      [this](Envelope& envelope) {
        waiting_.push_back(std::move(envelope.mail));
        work();
      },
      [this](AppendDone& appended) {
        in_flight_ = false;
        settle(*appended.job);
        work();
      },
      [this](Stop) {
        stopping_ = true;
        if (idle()) quit();
      },
  };
}

template <class K>
void AggregateActor<K>::work() {
  while (!in_flight_ && !waiting_.empty()) {
    if (!loaded_) wake_up();
    Draft draft(shared_->clock->now());
    take_batch(draft);
    if (!draft.empty()) hand_over(std::move(draft));
  }
  if (stopping_ && idle()) return quit();
  // Nothing that will come soon: no need to stay until the usual idle time is over.
  const bool nothing_soon = agenda_.effects.empty() && (agenda_.wakeups.empty() || rests(state_));
  if (loaded_ && idle() && !stopping_ && nothing_soon) shared_->router->may_leave(stream_);
}

template <class K>
void AggregateActor<K>::take_batch(Draft& draft) {
  const auto catalogs = shared_->catalogs.get();
  for (std::size_t taken = 0; !waiting_.empty() && taken < kBatchMax; ++taken) {
    if (std::holds_alternative<Rehint>(waiting_.front()->ask) && !draft.empty()) return;  // hints speak of durable state only
    MailPtr mail = std::move(waiting_.front());
    waiting_.pop_front();
    const double jitter = static_cast<double>(next_random(random_) >> 11) * 0x1.0p-53;
    take(std::move(mail), Asked{*shared_, shared_->clock->now(), jitter, catalogs.get()}, draft);
    if (std::is_same_v<K, ProductKind> && draft.streams() > 1) return;  // the next decision reads those services from the log
  }
}

/// What the batch changed becomes rows and hints here, once: what came and went within it never shows.
template <class K>
void AggregateActor<K>::hand_over(Draft draft) {
  Agenda after = K::agenda(state_);
  // What contradicts itself is not recorded.
  if (auto broken = draft.streams() > 0 ? broken_invariant(state_, after) : std::string{}; !broken.empty())
    return set_aside({quarantine::Cause::inconsistent, version_, "What was decided was not recorded: " + broken});
  draft.template add_change<K>(stream_, state_, comd::difference(agenda_, after), about_);
  draft.record_state(stream_, state_, after.effects.empty() && after.wakeups.empty());
  agenda_ = std::move(after);
  hints_ = std::move(draft.hints);
  // Marking a send takes its effect out of the outbox. The dispatcher, which asked for it, knows.
  std::erase_if(hints_.removed, [&](const auto& gone) { return std::ranges::find(marked_, gone.second) != marked_.end(); });
  marked_.clear();
  auto job = std::make_shared<AppendJob>();
  job->append = draft.finish();
  // What only takes note of a tell is decided on this version too.
  auto& heads = job->append.streams;
  if (std::ranges::find(heads, stream_, &StreamHead::stream) == heads.end()) heads.push_back({stream_, version_, 0});
  if (shared_->faults.forget_row && number(version_) % 10 == 0 && !job->append.rows.empty()) job->append.rows.pop_back();
  job->from = caf::actor_cast<caf::actor>(this);
  in_flight_ = true;
  send(shared_->writer, AppendRequest{std::move(job)});
}

template <class K>
void AggregateActor<K>::wake_up() {
  loaded_ = true;
  unreadable_ = shared_->fence.why(stream_);
  if (!unreadable_.empty()) return;
  auto stored = load<K>(*shared_->log, stream_);
  if (!stored) return set_aside(stored.error());
  state_ = std::move(stored->folded.state);
  version_ = stored->folded.version;
  about_ = std::move(stored->first);
  for (const ConsumedTell& tell : stored->consumed) consumed_.insert(key_of(tell));
  agenda_ = K::agenda(state_);
  if (shared_->faults.redraw_on_replay)
    for (Wakeup& wait : agenda_.wakeups) wait.due += Millis{1'000};
  if (version_ == Version{}) return;
  if (auto broken = broken_invariant(state_, agenda_); !broken.empty())
    set_aside({quarantine::Cause::inconsistent, version_, std::move(broken)});
}

/// The state is not to be gone on with: from here everything is refused, until the quarantine ends.
template <class K>
void AggregateActor<K>::set_aside(const quarantine::Finding& finding) {
  enter_quarantine(*shared_, stream_, finding, about_);
  drop_state();
  loaded_ = true;
  unreadable_ = finding.reason;
  hints_ = {};
  marked_.clear();
  for (Pending& one : std::exchange(pending_, {})) one.mail->answer(in_quarantine(stream_, unreadable_));
}

template <class K>
void AggregateActor<K>::drop_state() {
  loaded_ = false;
  unreadable_.clear();
  state_ = fresh<typename K::State>(stream_);
  agenda_ = {};
  version_ = {};
  consumed_.clear();
}

template <class K>
bool AggregateActor<K>::already_consumed(const Mail& mail) const {
  return mail.tell && consumed_.contains(key_of(*mail.tell));
}

template <class K>
Cause AggregateActor<K>::cause_of(const Mail& mail) const {
  Cause out = mail.cause;
  if (out.tenant.empty()) out.tenant = about_.tenant;
  if (out.correlation.empty()) out.correlation = about_.correlation;
  if (out.traceparent.empty()) out.traceparent = about_.traceparent;
  return out;
}

template <class K>
void AggregateActor<K>::take(MailPtr mail, const Asked& asked, Draft& draft) {
  const auto* rehint = std::get_if<Rehint>(&mail->ask);
  if (!unreadable_.empty() && rehint != nullptr) {  // the quarantine may have ended
    drop_state();
    wake_up();
  }
  if (!unreadable_.empty()) return mail->answer(in_quarantine(stream_, unreadable_));
  if (rehint != nullptr) {
    hint_again(*rehint);
    return mail->answer({});
  }
  if (already_consumed(*mail)) return mail->answer({});
  if (shared_->faults.forget_report && mail->cause.command == "TakeReport" && ++reports_ % 3 == 0) return mail->answer({});
  const auto* command = std::get_if<typename K::Command>(&std::get<AnyCommand>(mail->ask));
  if (command == nullptr)
    return mail->answer(refused(RejectionCode::invalid, "Expected a command for " + stream_.value + ", but " +
                                                            mail->cause.command + " is for another kind"));

  if (auto moved = moved_since(state_, *command, version_)) {
    Pending refused_one{std::move(mail), {}, {}, {}};
    refused_one.answer.reply.rejection = std::move(moved);
    return answer_in_turn(std::move(refused_one), draft);
  }
  Pending pending{std::move(mail), {}, {}, {}};
  auto decided = decide(*command, asked, pending);
  if (!decided) {
    if (!pending.mail->tell) {
      pending.answer.reply.rejection = std::move(decided.error());
      return answer_in_turn(std::move(pending), draft);
    }
    // A tell is true whatever its receiver thinks of it: it is consumed, and what it changed is nothing.
    log_order(spdlog::level::warn, "Refused what a member of the family told: " + decided.error().message, about_, stream_.value,
              {{"command", pending.mail->cause.command}, {"from", pending.mail->tell->from.value}});
    decided = Decided<typename K::Event>{};
  }
  if (decided->events.empty() && !pending.mail->tell) return answer_in_turn(std::move(pending), draft);
  record(std::move(pending), std::move(*decided), asked, draft);
}

template <class K>
Result<Decided<typename K::Event>, Rejection> AggregateActor<K>::decide(const typename K::Command& command, const Asked& asked,
                                                                        Pending& pending) {
  if constexpr (std::is_same_v<K, CatalogKind>) {
    if (const auto* load = std::get_if<catalog_log::Load>(&command)) {
      auto parsed = shared_->parse(load->bytes);
      if (!parsed)
        return Err(parsed.error().empty() ? Rejection{RejectionCode::invalid, "Expected a valid catalogue", {}, {}}
                                          : parsed.error().front());
      if ((*parsed)->version != load->version)
        return Err(Rejection{RejectionCode::invalid,
                             "Expected catalogue version " + load->version + ", but the file says " + (*parsed)->version,
                             "version",
                             {}});
      pending.catalog = *parsed;
    }
  }
  try {
    return K::decide(stream_, state_, command, asked);
  } catch (const std::exception& error) {  // out of memory, or a bug: this command ends here, and nothing else does
    log_order(spdlog::level::err, "Expected a decision, but: " + std::string(error.what()), about_, stream_.value,
              {{"command", pending.mail->cause.command}});
    return Err(Rejection{
        RejectionCode::unavailable, "Expected a decision, but it failed inside comd: " + std::string(error.what()), {}, {}});
  }
}

/// Evolves the state in place. If the append is refused the state is folded again.
template <class K>
void AggregateActor<K>::record(Pending pending, Decided<typename K::Event> decided, const Asked& asked, Draft& draft) {
  Mail& mail = *pending.mail;
  const Cause cause = cause_of(mail);
  if constexpr (std::is_same_v<K, ProductOrderKind>) {
    if (auto members = add_members(draft, decided, cause, asked.shared, asked.now); !members) {
      pending.answer.reply.rejection = members.error();
      return answer_in_turn(std::move(pending), draft);
    }
  }
  if constexpr (std::is_same_v<K, ProductKind>) {
    if (auto members = add_members(draft, decided, cause, asked.shared, state_); !members) {
      pending.answer.reply.rejection = members.error();
      return answer_in_turn(std::move(pending), draft);
    }
  }
  if constexpr (std::is_same_v<K, QuarantineKind>) {
    auto after = state_;
    for (const auto& event : decided.events) K::evolve(after, event);
    if (auto released = add_release(draft, decided.events, after, *asked.shared.log, cause); !released) {
      pending.answer.reply.rejection = released.error();
      return answer_in_turn(std::move(pending), draft);
    }
  }
  if (!decided.events.empty()) {
    for (const auto& event : decided.events) {
      if (!shared_->faults.impure_evolve || ++evolved_ % 7 != 0) K::evolve(state_, event);
      if (auto ending = K::ending(state_, event)) pending.endings.push_back(*ending);
      if constexpr (std::is_same_v<K, ProductKind>)
        if (const auto* claimed = std::get_if<product::Claimed>(&event); claimed != nullptr && decided.events.size() > 1)
          draft.hints.granted.emplace_back(stream_of(claimed->order), state_.product.id);
    }
    const std::size_t count = decided.events.size();
    draft.add_events(stream_, version_, std::move(decided.events), cause);
    if (version_ == Version{} || std::is_same_v<K, ProductKind>) about_ = cause;
    version_ = version_ + count;
    if constexpr (std::is_same_v<K, ServiceOrderKind>)
      if (const auto* marked =
              std::get_if<service_order::MarkSent>(&std::get<typename K::Command>(std::get<AnyCommand>(mail.ask))))
        marked_.push_back(marked->effect);
  }
  if (mail.tell) {
    draft.consume(*mail.tell, cause);
    consumed_.insert(key_of(*mail.tell));
  }
  if constexpr (std::is_same_v<K, ProductKind>)
    if (mail.want_product) pending.answer.product = std::make_shared<const product::State>(state_);
  pending.answer.reply.changed = true;
  if (shared_->faults.ack_before_sync) mail.answer(pending.answer);
  pending_.push_back(std::move(pending));
}

/// Nothing to record. If the decision built on state that is not durable yet, the answer waits for it.
template <class K>
void AggregateActor<K>::answer_in_turn(Pending pending, const Draft& draft) {
  if constexpr (std::is_same_v<K, ProductKind>)
    if (pending.mail->want_product && !pending.answer.reply.rejection)
      pending.answer.product = std::make_shared<const product::State>(state_);
  if (draft.empty()) return deliver(pending);
  pending_.push_back(std::move(pending));
}

/// Hints leave before the answers: the dispatcher hears of a changed effect before it hears that its command is done.
template <class K>
void AggregateActor<K>::settle(const AppendJob& job) {
  std::deque<Pending> decided = std::exchange(pending_, {});
  Hints hints = std::exchange(hints_, {});
  if (job.result) {
    if constexpr (std::is_same_v<K, HoldsKind>) apply_holds(*shared_, state_);  // who is answered may rely on it
    send_hints(hints);
    // Before what was loaded goes live: at no moment it takes more orders than it was loaded for.
    if constexpr (std::is_same_v<K, CatalogKind>) shared_->catalogs.roll_out(state_);
    for (Pending& one : decided) {
      if (one.answer.reply.changed) one.answer.reply.position = job.result->position;
      deliver(one);
    }
    if constexpr (std::is_same_v<K, QuarantineKind>) apply_fence(*shared_, state_);
    if constexpr (std::is_same_v<K, EpochKind>) shared_->epoch.set(state_);
    return;
  }
  // Nothing of it happened. After a conflict all of it is decided anew, on the state as it is.
  drop_state();
  std::ranges::reverse(decided);  // each goes before those that waited, so the first last
  for (Pending& one : decided) {
    if (job.result.error() == AppendError::conflict && ++one.mail->tries < kTriesMax) {
      shared_->metrics->conflicts.Increment();
      waiting_.push_front(std::move(one.mail));
      continue;
    }
    if (job.result.error() == AppendError::full) {
      one.mail->answer({Reply{shared_->disk.no_command(), {}, false, DiskMode::kRetryCommand}, nullptr});
      continue;
    }
    one.mail->answer(refused(RejectionCode::unavailable,
                             "Expected the decision on " + stream_.value + " to be recorded, but the log did not confirm it",
                             "Send the same command again; what was recorded is not recorded twice."));
  }
}

/// Durable, or nothing to record.
template <class K>
void AggregateActor<K>::deliver(Pending& one) {
  if (one.catalog && !one.answer.reply.rejection) shared_->catalogs.add(std::move(one.catalog));
  for (const Ending& ending : one.endings) {
    if (!ending.order) {
      shared_->metrics->service_order_ended(ending.outcome);
      continue;
    }
    shared_->metrics->order_ended(ending.outcome, ending.seconds);
    hint_related(*shared_, about_.tenant, OrderId{stream_.value});
    const auto level = ending.outcome == to_text(OrderStatus::completed) ? spdlog::level::debug : spdlog::level::info;
    if (shared_->options.tells_ends && spdlog::should_log(level))
      log_order(level, "Order ended", about_, stream_.value, {{"outcome", std::string(ending.outcome)}});
  }
  one.mail->answer(std::move(one.answer));
}

template <class K>
void AggregateActor<K>::send_hints(Hints& hints) {
  for (MailPtr& tell : hints.tells) {
    if (shared_->faults.drop_tell && ++tells_ % 2 == 0) continue;
    send_mail(*shared_, tell);
  }
  hints.tells.clear();
  if (hints.earliest && hints.earliest->time_since_epoch().count() < shared_->timer_armed.load())
    send(shared_->timers, ArmTimer{*hints.earliest});
  if (hints.effects.empty() && hints.removed.empty() && hints.granted.empty()) return;
  send(shared_->dispatcher, HintEffects{std::make_shared<Hints>(std::move(hints))});
}

template <class K>
void AggregateActor<K>::hint_again(const Rehint& rehint) {
  AgendaChange all;
  all.effects_added = agenda_.effects;
  for (const Tell& tell : agenda_.tells)
    if (std::ranges::find(rehint.tells, tell) != rehint.tells.end()) all.tells_added.push_back(tell);
  Hints hints;
  add_hints<K>(hints, stream_, state_, all, about_);
  send_hints(hints);
}

template <class K>
void AggregateActor<K>::on_exit() {
  waiting_.clear();
  pending_.clear();
  if (shared_) shared_->router->ended(stream_, id());
  shared_.reset();
}

template class AggregateActor<ProductOrderKind>;
template class AggregateActor<ServiceOrderKind>;
template class AggregateActor<ProductKind>;
template class AggregateActor<ServiceKind>;
template class AggregateActor<CatalogKind>;
template class AggregateActor<UnmatchedKind>;
template class AggregateActor<RepairKind>;
template class AggregateActor<QuarantineKind>;
template class AggregateActor<EpochKind>;
template class AggregateActor<SubjectKind>;
template class AggregateActor<HoldsKind>;

}  // namespace comd

#include "actors/family.h"

#include <algorithm>
#include <iterator>

#include "actors/quarantine.h"
#include "domain/check.h"

namespace comd {
namespace {

/// Not only at the states of its family, which may be ahead of it.
bool looks_at_the_log(const std::variant<AnyCommand, Rehint>& ask) {
  const auto* any = std::get_if<AnyCommand>(&ask);
  const auto* command = any == nullptr ? nullptr : std::get_if<product_order::Command>(any);
  return any == nullptr || (command != nullptr && std::holds_alternative<product_order::Archive>(*command));
}

}  // namespace

StreamId home_of(const StreamId& stream) { return kind_of(stream.value) == StreamKind::quarantine ? stream : family_of(stream); }

Family::Family(caf::actor_config& config, StreamId home, std::shared_ptr<Shared> shared)
    : caf::event_based_actor(config), home_(std::move(home)), shared_(std::move(shared)) {}

caf::behavior Family::make_behavior() {
  return {
      [this](Envelope& envelope) {
        waiting_.push_back(std::move(envelope.mail));
        // What else lies in the mailbox is decided together with it.
        if (!in_flight_ && !std::exchange(deciding_, true)) send(this, Decide{});
      },
      [this](Decide) {
        deciding_ = false;
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

void Family::work() {
  while (!in_flight_ && !waiting_.empty()) {
    const auto catalogs = shared_->catalogs.get();
    const Asked asked{*shared_, shared_->clock->now(), 0, catalogs.get()};
    Draft draft(asked.now);
    take_batch(asked, draft);
    pass_on_news(asked, draft);
    send_at_once(asked, draft);
    if (!touched_.empty()) hand_over(std::move(draft));
  }
  if (!idle()) return;
  if (stopping_) return quit();
  if (rests()) shared_->router->may_leave(home_);
}

/// Asked after every append, so the others are looked at only if it may depend on them; where the order waits for nothing but them, only
/// if they are few.
bool Family::rests() const {
  constexpr std::size_t kFew = 16;
  const auto home = members_.find(home_.value);
  const auto rests_if = [&](std::size_t waiting) {
    return home == members_.end() || home->second->rest(waiting) != Member::Rest::none;
  };
  if (!rests_if(members_.size()) || (members_.size() > kFew && !rests_if(0))) return false;
  std::size_t waiting = 0;
  for (const auto& [stream, member] : members_) {
    if (stream == home_.value) continue;
    const auto rest = member->rest(0);
    if (rest == Member::Rest::none) return false;
    if (rest == Member::Rest::waits) ++waiting;
  }
  return rests_if(waiting);
}

Member& Family::member(const StreamId& stream, bool recorded) {
  const auto [found, made] = members_.try_emplace(stream.value);
  if (made) found->second = make_member(stream, *this, *shared_);
  CHECK(found->second && home_of(stream) == home_);
  found->second->wake_up(recorded || !made);
  return *found->second;
}

void Family::touch(Member& one) {
  if (!std::exchange(one.touched, true)) touched_.push_back(&one);
}

/// What looks at the log as well as at states, or speaks of what is durable, comes first in its batch.
void Family::take_batch(const Asked& asked, Draft& draft) {
  for (std::size_t taken = 0; !waiting_.empty() && taken < kBatchMax; ++taken) {
    if (looks_at_the_log(waiting_.front()->ask) && !draft.empty()) return;
    MailPtr mail = std::move(waiting_.front());
    waiting_.pop_front();
    Member& one = member(mail->stream);
    one.take(std::move(mail), asked, draft, false);
  }
}

/// What members have to tell each other is decided on in the same append, as long as that stays of a sensible size. What is left
/// is a row, and a message once that is durable.
void Family::pass_on_news(const Asked& asked, Draft& draft) {
  if (shared_->faults.drop_tell) return;
  const std::size_t limit = shared_->options.limits.told_together;
  std::size_t passed = 0;
  for (bool again = true; again;) {
    again = false;
    for (std::size_t i = 0; i < touched_.size() && passed < limit; ++i) {
      for (MailPtr& tell : touched_[i]->news(limit - passed)) {
        Member& to = member(tell->stream);
        to.take(std::move(tell), asked, draft, true);
        again = true;
        ++passed;
      }
    }
  }
}

/// What is to be called now is recorded as sent in the same append, as far as its lane has lent a place.
void Family::send_at_once(const Asked& asked, Draft& draft) {
  for (Member* one : touched_) one->send_at_once(asked, draft);
}

void Family::hand_over(Draft draft) {
  for (Member* one : touched_)
    if (const auto broken = one->contradiction()) return give_up(*one, *broken);
  for (Member* one : touched_) one->add_changes(draft);
  hints_ = std::move(draft.hints);
  std::erase_if(hints_.removed, [&](const auto& gone) { return std::ranges::find(marked_, gone.second) != marked_.end(); });
  auto job = std::make_shared<AppendJob>();
  job->append = draft.finish();
  auto& rows = job->append.rows;
  if (shared_->faults.forget_row && number(touched_.front()->version()) % 10 == 0 && !rows.empty()) rows.pop_back();
  job->from = caf::actor_cast<caf::actor>(this);
  in_flight_ = true;
  if (!shared_->writer->append(job)) return;
  in_flight_ = false;
  settle(*job);
}

/// What contradicts itself is not recorded, and nothing that was decided beside it: the others decide again.
void Family::give_up(Member& broken, const quarantine::Finding& finding) {
  const auto of_broken =
      std::stable_partition(pending_.begin(), pending_.end(), [&](const Pending& p) { return p.of != &broken; });
  std::vector<Pending> refused(std::make_move_iterator(of_broken), std::make_move_iterator(pending_.end()));
  pending_.erase(of_broken, pending_.end());
  broken.set_aside(finding);
  for (Pending& one : refused)
    if (!one.passed_on) one.mail->answer(in_quarantine(broken.stream(), broken.unreadable()));
  for (Member* one : touched_)
    if (one != &broken) one->forget();
  for (auto one = pending_.rbegin(); one != pending_.rend(); ++one)
    if (!one->passed_on) waiting_.push_front(std::move(one->mail));
  end_append();
}

/// Hints leave before the answers: the dispatcher hears of a changed effect before it hears that its command is done.
void Family::settle(const AppendJob& job) {
  if (!job.result) return decide_again(job.result.error());
  for (Member* one : touched_) one->before_answers();
  send_hints(hints_);
  std::vector<Pending> decided = std::exchange(pending_, {});
  for (Pending& one : decided) {
    if (one.answer.reply.changed) one.answer.reply.position = job.result->position;
    deliver(one);
  }
  for (Member* one : touched_) one->after_answers();
  end_append();
}

/// Nothing of it happened. After a conflict all of it is decided anew, on the states as they are.
void Family::decide_again(AppendError error) {
  for (Member* one : touched_) one->forget();
  std::vector<Pending> decided = std::exchange(pending_, {});
  std::ranges::reverse(decided);  // each goes before those that waited, so the first last
  for (Pending& one : decided) {
    if (one.passed_on) continue;
    if (error == AppendError::conflict && ++one.mail->tries < kTriesMax) {
      shared_->metrics->conflicts.Increment();
      waiting_.push_front(std::move(one.mail));
      continue;
    }
    if (error == AppendError::full) {
      one.mail->answer({Reply{shared_->disk.no_command(), {}, false, DiskMode::kRetryCommand}, nullptr});
      continue;
    }
    one.mail->answer(
        refused(RejectionCode::unavailable,
                "Expected the decision on " + one.of->stream().value + " to be recorded, but the log did not confirm it",
                "Send the same command again; what was recorded is not recorded twice."));
  }
  end_append();
}

void Family::end_append() {
  hints_ = {};
  marked_.clear();
  pending_.clear();
  for (Member* one : touched_) {
    one->touched = false;
    one->place = {};
  }
  touched_.clear();
}

void Family::deliver(Pending& one) {
  if (one.catalog && !one.answer.reply.rejection) shared_->catalogs.add(std::move(one.catalog));
  for (const Ending& ending : one.endings) one.of->tell_end(ending);
  one.mail->answer(std::move(one.answer));
}

void Family::send_hints(Hints& hints) {
  for (MailPtr& tell : hints.tells) {
    if (shared_->faults.drop_tell && ++tells_ % 2 == 0) continue;
    send_mail(*shared_, tell);
  }
  hints.tells.clear();
  if (hints.earliest && hints.earliest->time_since_epoch().count() < shared_->timer_armed.load())
    send(shared_->timers, ArmTimer{*hints.earliest});
  if (hints.effects.empty() && hints.departures.empty() && hints.removed.empty() && hints.granted.empty()) return;
  send(shared_->dispatcher, HintEffects{std::make_shared<Hints>(std::move(hints))});
}

void Family::on_exit() {
  waiting_.clear();
  pending_.clear();
  if (shared_) shared_->router->ended(home_, id());
  touched_.clear();
  members_.clear();
  shared_.reset();
}

}  // namespace comd

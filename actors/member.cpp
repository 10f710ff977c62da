#include "actors/member.h"

#include <algorithm>

#include <spdlog/spdlog.h>

#include "actors/departure.h"
#include "actors/family.h"
#include "actors/jitter.h"
#include "actors/log.h"
#include "actors/moved_since.h"
#include "actors/quarantine.h"
#include "actors/related.h"
#include "domain/check.h"
#include "domain/decide_in_place.h"
#include "domain/fnv1a.h"

namespace comd {
namespace {

/// It waits for a date, for other orders or for a person: that takes longer than anybody stays in memory. A product order also where
/// all that is open of it does.
template <class State>
bool waits_long(const State&, std::size_t) {
  return false;
}
bool waits_long(const product_order::State& s, std::size_t waiting) {
  if (s.status == OrderStatus::in_progress) return s.tally.open > 0 && s.tally.open <= waiting;
  return s.status == OrderStatus::pending || s.status == OrderStatus::held;
}
bool waits_long(const service_order::State& s, std::size_t) {
  using service_order::Status;
  return s.status == Status::waiting || s.status == Status::awaiting_person || s.status == Status::held;
}

std::string key_of(const ConsumedTell& tell) { return tell.from.value + '\0' + tell.name; }

/// A member of the same family, which is of that kind.
template <class K, class Id>
MemberOf<K>& member_of(Family& family, const Id& id, bool recorded = true) {
  return static_cast<MemberOf<K>&>(family.member(stream_of(id), recorded));
}

Rejection not_readable(const Member& member) { return Rejection{RejectionCode::unavailable, member.unreadable(), {}, {}}; }

}  // namespace

template <class K>
MemberOf<K>::MemberOf(StreamId stream, Family& family, Shared& shared)
    : Member(std::move(stream)),
      family_(family),
      shared_(shared),
      random_(shared.options.seed ^ fnv1a(stream_.value)),
      state_(fresh<typename K::State>(stream_)) {}

template <class K>
void MemberOf<K>::wake_up(bool recorded) {
  if (std::exchange(loaded_, true)) return;
  unreadable_ = shared_.fence.why(stream_);
  if (!unreadable_.empty() || !recorded) return;
  auto stored = load<K>(*shared_.log, stream_);
  if (!stored) return set_aside(stored.error());
  state_ = std::move(stored->folded.state);
  version_ = stored->folded.version;
  about_ = std::move(stored->first);
  for (const ConsumedTell& tell : stored->consumed) consumed_.insert(key_of(tell));
  agenda_ = KeptAgenda<K>(state_);
  if (shared_.faults.redraw_on_replay) agenda_.put_off();
  if (version_ == Version{}) return;
  if (auto broken = broken_invariant(state_, agenda_.own()); !broken.empty())
    set_aside({quarantine::Cause::inconsistent, version_, std::move(broken)});
}

/// The state is not to be gone on with: from here everything is refused, until the quarantine ends.
template <class K>
void MemberOf<K>::set_aside(const quarantine::Finding& finding) {
  enter_quarantine(shared_, stream_, finding, about_);
  const std::string reason = finding.reason;
  forget();
  loaded_ = true;
  unreadable_ = reason;
}

template <class K>
void MemberOf<K>::forget() {
  loaded_ = false;
  unreadable_.clear();
  state_ = fresh<typename K::State>(stream_);
  agenda_ = KeptAgenda<K>();
  version_ = {};
  consumed_.clear();
  changed_ = moved_ = false;
  spoilt_.clear();
  told_.clear();
}

template <class K>
Member::Rest MemberOf<K>::rest(std::size_t waiting) const {
  if (agenda_.has_effects()) return Rest::none;
  if (agenda_.own().wakeups.empty()) return Rest::done;
  return waits_long(state_, waiting) ? Rest::waits : Rest::none;
}

template <class K>
double MemberOf<K>::draw() {
  return static_cast<double>(next_random(random_) >> 11) * 0x1.0p-53;
}

template <class K>
bool MemberOf<K>::already_consumed(const Mail& mail) const {
  return mail.tell && consumed_.contains(key_of(*mail.tell));
}

template <class K>
Cause MemberOf<K>::cause_of(const Mail& mail) const {
  Cause out = mail.cause;
  if (out.tenant.empty()) out.tenant = about_.tenant;
  if (out.correlation.empty()) out.correlation = about_.correlation;
  if (out.traceparent.empty()) out.traceparent = about_.traceparent;
  return out;
}

template <class K>
void MemberOf<K>::take(MailPtr mail, const Asked& all, Draft& draft, bool passed_on) {
  const auto* rehint = std::get_if<Rehint>(&mail->ask);
  if (!unreadable_.empty() && rehint != nullptr) {  // the quarantine may have ended
    forget();
    wake_up(true);
  }
  if (!unreadable_.empty()) return mail->answer(in_quarantine(stream_, unreadable_));
  if (rehint != nullptr) {
    hint_again(*rehint);
    return mail->answer({});
  }
  if (already_consumed(*mail)) return mail->answer({});
  if (shared_.faults.forget_report && mail->cause.command == "TakeReport" && ++reports_ % 3 == 0) return mail->answer({});
  const auto* command = std::get_if<typename K::Command>(&std::get<AnyCommand>(mail->ask));
  if (command == nullptr)
    return mail->answer(refused(RejectionCode::invalid, "Expected a command for " + stream_.value + ", but " +
                                                            mail->cause.command + " is for another kind"));

  Pending pending{this, std::move(mail), passed_on};
  if (auto moved = moved_since(state_, *command, version_)) {
    pending.answer.reply.rejection = std::move(moved);
    return answer_in_turn(std::move(pending), draft);
  }
  Asked asked = all;
  asked.jitter = draw();
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
Result<Decided<typename K::Event>, Rejection> MemberOf<K>::decide(const typename K::Command& command, const Asked& asked,
                                                                  Pending& pending) {
  if constexpr (std::is_same_v<K, CatalogKind>) {
    if (const auto* load = std::get_if<catalog_log::Load>(&command)) {
      auto parsed = shared_.parse(load->bytes);
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
    if constexpr (std::is_same_v<K, ProductOrderKind>)
      if (product_order::decides_in_place(command)) spoil(error.what());  // nobody knows how far it came
    return Err(Rejection{
        RejectionCode::unavailable, "Expected a decision, but it failed inside comd: " + std::string(error.what()), {}, {}});
  }
}

/// What else of the family the decision brings: service orders it opens or archives, service instances it changes.
template <class K>
Result<void, Rejection> MemberOf<K>::add_members(const Decided<typename K::Event>& decided, const Cause& cause,
                                                 const Asked& asked, Draft& draft) {
  if constexpr (std::is_same_v<K, ProductOrderKind>) {
    for (const ServiceOrderId& id : decided.archived)
      if (auto& order = member_of<ServiceOrderKind>(family_, id); !order.unreadable().empty()) return Err(not_readable(order));
    for (const auto& [id, events] : decided.opened)
      if (auto& one = member_of<ServiceOrderKind>(family_, id, false); !one.unreadable().empty()) return Err(not_readable(one));
    for (const ServiceOrderId& id : decided.archived)
      member_of<ServiceOrderKind>(family_, id).add({service_order::Archived{asked.now}}, cause, draft);
    for (const auto& [id, events] : decided.opened) member_of<ServiceOrderKind>(family_, id).add(events, cause, draft);
  }
  if constexpr (std::is_same_v<K, ProductKind>) {
    std::vector<service::Changed> changes;
    for (const auto& event : decided.events)
      if (const auto* written = std::get_if<product::Written>(&event))
        for (product::ServiceRecord& record : product::changed_services(state_, *written))
          changes.push_back({written->product.tenant, written->product.id, written->order, std::move(record)});
    const bool recorded = version_ != Version{};  // the first record of a product is the first of each of its services
    for (const auto& change : changes)
      if (auto& one = member_of<ServiceKind>(family_, change.record.id, recorded); !one.unreadable().empty())
        return Err(not_readable(one));
    for (const auto& change : changes) member_of<ServiceKind>(family_, change.record.id).add({change}, cause, draft);
  }
  if constexpr (std::is_same_v<K, QuarantineKind>) {
    auto after = state_;
    for (const auto& event : decided.events) K::evolve(after, event);
    return add_release(draft, decided.events, after, *asked.shared.log, cause);
  }
  return {};
}

/// Evolves the state in place. If the append is refused the state is folded again.
template <class K>
void MemberOf<K>::add(std::vector<typename K::Event> events, const Cause& cause, Draft& draft, std::vector<Ending>* endings,
                      bool evolved) {
  family_.touch(*this);
  changed_ = moved_ = true;
  for (const auto& event : events) {
    if (!evolved && (!shared_.faults.impure_evolve || ++evolved_ % 7 != 0)) K::evolve(state_, event);
    agenda_.touch(state_, event);
    if (endings == nullptr) continue;
    if (auto ending = K::ending(state_, event)) endings->push_back(*ending);
  }
  const std::size_t count = events.size();
  draft.add_events(stream_, place, version_, std::move(events), cause);
  if (version_ == Version{} || std::is_same_v<K, ProductKind>) about_ = cause;
  version_ = version_ + count;
}

template <class K>
void MemberOf<K>::record(Pending pending, Decided<typename K::Event> decided, const Asked& asked, Draft& draft) {
  Mail& mail = *pending.mail;
  const Cause cause = cause_of(mail);
  if (auto members = add_members(decided, cause, asked, draft); !members) {
    if (decided.evolved) spoil(members.error().message);
    pending.answer.reply.rejection = members.error();
    return answer_in_turn(std::move(pending), draft);
  }
  if (!decided.events.empty()) {
    if constexpr (std::is_same_v<K, ProductKind>)
      for (const auto& event : decided.events)
        if (const auto* claimed = std::get_if<product::Claimed>(&event); claimed != nullptr && decided.events.size() > 1)
          draft.hints.granted.emplace_back(stream_of(claimed->order), state_.product.id);
    if constexpr (std::is_same_v<K, ServiceOrderKind>)
      if (const auto* marked =
              std::get_if<service_order::MarkSent>(&std::get<typename K::Command>(std::get<AnyCommand>(mail.ask))))
        family_.marked(marked->effect);
    add(std::move(decided.events), cause, draft, &pending.endings, decided.evolved);
  }
  if (mail.tell) {
    family_.touch(*this);
    draft.consume(*mail.tell, cause, pending.passed_on);
    consumed_.insert(key_of(*mail.tell));
  }
  if constexpr (std::is_same_v<K, ProductKind>)
    if (mail.want_product) pending.answer.product = std::make_shared<const product::State>(state_);
  pending.answer.reply.changed = true;
  if (shared_.faults.ack_before_sync) mail.answer(pending.answer);
  family_.keep(std::move(pending));
}

/// Nothing to record. If the decision built on state that is not durable yet, the answer waits for it.
template <class K>
void MemberOf<K>::answer_in_turn(Pending pending, const Draft& draft) {
  if constexpr (std::is_same_v<K, ProductKind>)
    if (pending.mail->want_product && !pending.answer.reply.rejection)
      pending.answer.product = std::make_shared<const product::State>(state_);
  if (draft.empty()) return family_.deliver(pending);
  family_.keep(std::move(pending));
}

template <class K>
void MemberOf<K>::look() {
  change_ = agenda_.look(state_);
  moved_ = false;
}

template <class K>
std::vector<MailPtr> MemberOf<K>::news(std::size_t limit) {
  std::vector<MailPtr> out;
  if (!moved_) return out;
  look();
  const StreamId home = home_of(stream_);
  for (const Tell& tell : change_.tells_added) {
    if (out.size() == limit) break;
    if (home_of(tell.to) == home && told_.insert(tell).second) out.push_back(mail_of<K>(stream_, state_, tell, about_));
  }
  return out;
}

/// What is called at once is recorded as sent with the decision.
template <class K>
void MemberOf<K>::send_at_once(const Asked& asked, Draft& draft) {
  if constexpr (std::is_same_v<K, ServiceOrderKind>) {
    if (!changed_ || !spoilt_.empty()) return;
    if (moved_) look();
    auto leaves = departure_of(shared_, stream_, state_, agenda_.own(), change_, about_, asked.now);
    if (!leaves) return;
    const service_order::Command mark = service_order::MarkSent{leaves->hint.effect.key};
    auto sent = K::decide(stream_, state_, mark, asked);
    if (!sent || sent->events.empty()) return;
    add(std::move(sent->events), {name_of(mark), "comd", about_.tenant, about_.correlation, about_.traceparent}, draft);
    draft.hints.departures.push_back(std::move(*leaves));
  }
}

/// The state is ahead of what can be recorded.
template <class K>
void MemberOf<K>::spoil(std::string why) {
  family_.touch(*this);
  spoilt_ = std::move(why);
}

template <class K>
std::optional<quarantine::Finding> MemberOf<K>::contradiction() {
  if (!spoilt_.empty()) return quarantine::Finding{quarantine::Cause::inconsistent, version_, "It cannot go on: " + spoilt_};
  if (!changed_) return std::nullopt;
  if (moved_) look();
  const std::string broken = broken_invariant(state_, agenda_.next_own());
  if (broken.empty()) return std::nullopt;
  return quarantine::Finding{quarantine::Cause::inconsistent, version_, "What was decided was not recorded: " + broken};
}

template <class K>
void MemberOf<K>::add_changes(Draft& draft) {
  draft.built_on(stream_, place, version_);
  if (!changed_) return;
  std::erase_if(change_.tells_added, [&](const Tell& tell) {
    return told_.contains(tell) && draft.consumes({stream_, tell.to, tell.name});
  });
  draft.template add_change<K>(stream_, state_, change_, about_);
  draft.record_state(place, state_, !agenda_.will_have_effects() && agenda_.next_own().wakeups.empty());
}

template <class K>
void MemberOf<K>::before_answers() {
  if (changed_) agenda_.settle();
  changed_ = false;
  told_.clear();
  if constexpr (std::is_same_v<K, HoldsKind>) apply_holds(shared_, state_);  // who is answered may rely on it
  // Before what was loaded goes live: at no moment it takes more orders than it was loaded for.
  if constexpr (std::is_same_v<K, CatalogKind>) shared_.catalogs.roll_out(state_);
}

template <class K>
void MemberOf<K>::after_answers() {
  if constexpr (std::is_same_v<K, QuarantineKind>) apply_fence(shared_, state_);
  if constexpr (std::is_same_v<K, EpochKind>) shared_.epoch.set(state_);
}

template <class K>
void MemberOf<K>::tell_end(const Ending& ending) {
  if (!ending.order) return shared_.metrics->service_order_ended(ending.outcome);
  shared_.metrics->order_ended(ending.outcome, ending.seconds);
  hint_related(shared_, about_.tenant, OrderId{stream_.value});
  const auto level = ending.outcome == to_text(OrderStatus::completed) ? spdlog::level::debug : spdlog::level::info;
  if (shared_.options.tells_ends && spdlog::should_log(level))
    log_order(level, "Order ended", about_, stream_.value, {{"outcome", std::string(ending.outcome)}});
}

template <class K>
void MemberOf<K>::hint_again(const Rehint& rehint) {
  Hints hints;
  add_hints<K>(hints, stream_, state_, agenda_.again(rehint.tells), about_);
  family_.send_hints(hints);
}

std::unique_ptr<Member> make_member(const StreamId& stream, Family& family, Shared& shared) {
  switch (kind_of(stream.value)) {
    case StreamKind::product_order: return std::make_unique<MemberOf<ProductOrderKind>>(stream, family, shared);
    case StreamKind::service_order: return std::make_unique<MemberOf<ServiceOrderKind>>(stream, family, shared);
    case StreamKind::product: return std::make_unique<MemberOf<ProductKind>>(stream, family, shared);
    case StreamKind::service: return std::make_unique<MemberOf<ServiceKind>>(stream, family, shared);
    case StreamKind::catalog: return std::make_unique<MemberOf<CatalogKind>>(stream, family, shared);
    case StreamKind::unmatched: return std::make_unique<MemberOf<UnmatchedKind>>(stream, family, shared);
    case StreamKind::repair: return std::make_unique<MemberOf<RepairKind>>(stream, family, shared);
    case StreamKind::quarantine: return std::make_unique<MemberOf<QuarantineKind>>(stream, family, shared);
    case StreamKind::epoch: return std::make_unique<MemberOf<EpochKind>>(stream, family, shared);
    case StreamKind::subject: return std::make_unique<MemberOf<SubjectKind>>(stream, family, shared);
    case StreamKind::holds: return std::make_unique<MemberOf<HoldsKind>>(stream, family, shared);
    case StreamKind::unknown: return nullptr;
  }
  return nullptr;
}

}  // namespace comd

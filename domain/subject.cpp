#include "domain/subject.h"

#include <algorithm>

#include "domain/overload.h"
#include "domain/views.h"

namespace comd::subject {
namespace {

using namespace std::chrono_literals;
constexpr Millis kLookFirst = 1min, kLookMax = 6h;  ///< between two looks whether something is still in the way
constexpr Millis kEraseTimeout = 60s;               ///< then an attempt counts as failed
constexpr std::size_t kNamed = 5;                   ///< in a text

using Events = std::vector<Event>;
using Decided = Result<Events, Rejection>;

class Decider {
 public:
  Decider(const State& state, const Context& context) : s_(state), c_(context) {}

  Decided on(const Forget& c) const {
    if (c.why.empty())
      return Err(Rejection{RejectionCode::invalid, "Expected a reason, but it is empty", "reason", "Say why; it is kept"});
    if (c_.findings.truncated)
      return Err(Rejection{RejectionCode::limit,
                           "Expected at most " + std::to_string(kOrdersMax) + " orders of one data subject, but there are more",
                           {},
                           "What so many orders name is an organisation; forget the people named beside it"});
    if (c_.findings.orders.empty() && s_.rounds == 0)
      return Err(Rejection{RejectionCode::not_found, "Expected a data subject that orders name, but none does", "subject",
                           "Give the party's id as the orders have it, or order:<id> for an order that names nobody"});
    const auto fresh = fresh_orders();
    if (fresh.empty()) return s_.waiting ? Decided(Events{forgotten(c.tenant, c.by, c.why, {})}) : Decided(Events{});
    for (const ForgottenOrder& order : fresh)
      if (order.keys.empty())
        return Err(Rejection{RejectionCode::precondition,
                             "Expected personal data that is sealed, but " + order.order.value + " was recorded when nothing was",
                             "subject", "What was recorded in the clear cannot be erased from the log"});
    const auto why_not = in_the_way(c_.findings, c.force);
    if (why_not.empty()) return Events{forgotten(c.tenant, c.by, c.why, fresh)};
    if (!c.when_closed)
      return Err(Rejection{RejectionCode::precondition, "Expected nothing of the data subject to be in use, but " + why_not,
                           "subject", hint(c.force)});
    if (s_.waiting && s_.force == c.force) return Events{};
    return Events{Asked{c.tenant, c.by, c.why, c.force, why_not, c_.now, c_.now + kLookFirst}};
  }

  Decided on(const Withdraw& c) const {
    if (c.why.empty())
      return Err(Rejection{RejectionCode::invalid, "Expected a reason, but it is empty", "reason", "Say why; it is kept"});
    if (!s_.waiting)
      return Err(Rejection{RejectionCode::precondition, "Expected a data subject that waits to be forgotten, but it does not",
                           "subject", "What was erased cannot be brought back"});
    return Events{Withdrawn{c.by, c.why, c_.now}};
  }

  Decided on(const SettleErase& c) const {
    if (s_.pending.empty() || c.round != s_.rounds) return Events{};
    if (c.ok) return Events{Erased{c.round, c_.now}};
    if (c_.now < s_.erase_at) return Events{};  // an attempt that was counted: the next has not begun
    return delayed(c.detail, std::min<Millis>(1s * (1LL << std::min(s_.attempts, 12u)), 10min));
  }

  Decided on(const TimerDue& c) const {
    if (c.name == kEraseTimer) {
      if (s_.pending.empty() || c_.now < s_.erase_at + kEraseTimeout) return Events{};
      return delayed("no answer", {});
    }
    if (c.name != kLookTimer || !s_.waiting || c_.now < s_.look_at) return Events{};
    auto why_not = in_the_way(c_.findings, s_.force);
    if (c_.findings.truncated) why_not = "it has more than " + std::to_string(kOrdersMax) + " orders by now";
    if (why_not.empty()) return Events{forgotten(s_.tenant, s_.by, s_.why, fresh_orders())};
    const Millis pause = std::min<Millis>(kLookFirst * (1LL << std::min(s_.looks, 12u)), kLookMax);
    return Events{StillWaiting{s_.looks + 1, std::move(why_not), c_.now + pause}};
  }

 private:
  std::vector<ForgottenOrder> fresh_orders() const {
    std::vector<ForgottenOrder> out;
    for (const OrderView& order : c_.findings.orders)
      if (!s_.orders.contains(order.id)) out.push_back({order.id, order.keys});
    return out;
  }

  Forgotten forgotten(const TenantId& tenant, const std::string& by, const std::string& why,
                      std::vector<ForgottenOrder> orders) const {
    Forgotten out{tenant, by, why, std::move(orders), {}, c_.now};
    for (const ProductView& product : c_.findings.products) out.products.push_back(product.id);
    return out;
  }

  Decided delayed(std::string detail, Millis pause) const {
    return Events{EraseDelayed{s_.attempts + 1, std::move(detail), c_.now + pause}};
  }

  std::string hint(bool force) const {
    const bool orders = std::ranges::any_of(c_.findings.orders, &OrderView::open);
    const std::string queue = "--when-closed does it as soon as they have ended";
    return orders || force ? "Wait until they have ended, or cancel them; " + queue
                           : "Terminate the products first, or go on with --force: they stay, without what is personal; " + queue;
  }

  const State& s_;
  const Context& c_;
};

}  // namespace

std::string in_the_way(const Findings& findings, bool force) {
  std::string out;
  std::size_t count = 0;
  const auto add = [&](const std::string& id, const std::string& is) {
    if (++count <= kNamed) out += (out.empty() ? "" : ", ") + id + " is " + is;
  };
  for (const OrderView& order : findings.orders)
    if (order.open) add(order.id.value, order.state);
  if (!force)
    for (const ProductView& product : findings.products)
      if (product.live) add(product.id.value, product.status);
  if (count > kNamed) out += " and " + std::to_string(count - kNamed) + " more";
  return out;
}

std::string_view status_of(const State& s) {
  if (s.waiting) return "waiting";
  if (!s.pending.empty()) return "erasing";
  return s.rounds > 0 ? "forgotten" : "kept";
}

Erasure erasure_of(const State& s) { return {s.pending, s.rounds}; }

Result<std::vector<Event>, Rejection> decide(const State& state, const Command& command, const Context& context) {
  return std::visit([&](const auto& c) { return Decider(state, context).on(c); }, command);
}

void evolve(State& s, const Event& event) {
  std::visit(Overload{
                 [&](const Asked& e) {
                   s.tenant = e.tenant;
                   s.waiting = true;
                   s.by = e.by;
                   s.why = e.why;
                   s.force = e.force;
                   s.waits_for = e.waits_for;
                   s.looks = 0;
                   s.asked_at = e.at;
                   s.look_at = e.look_at;
                 },
                 [&](const StillWaiting& e) {
                   s.looks = e.looks;
                   s.waits_for = e.waits_for;
                   s.look_at = e.next;
                 },
                 [&](const Withdrawn& e) {
                   s.waiting = false;
                   s.waits_for.clear();
                   s.by = e.by;
                   s.why = e.why;
                 },
                 [&](const Forgotten& e) {
                   s.tenant = e.tenant;
                   s.waiting = false;
                   s.waits_for.clear();
                   s.by = e.by;
                   s.why = e.why;
                   s.forgotten_at = s.erase_at = e.at;
                   s.attempts = 0;
                   ++s.rounds;
                   for (const ForgottenOrder& order : e.orders) {
                     s.orders.insert(order.order);
                     for (const std::string& key : order.keys)
                       if (std::ranges::find(s.pending, key) == s.pending.end()) {
                         s.keys.push_back(key);
                         s.pending.push_back(key);
                       }
                   }
                   s.products.insert(e.products.begin(), e.products.end());
                   if (s.pending.empty()) s.erased = s.rounds;
                 },
                 [&](const EraseDelayed& e) {
                   s.attempts = e.attempts;
                   s.erase_at = e.next;
                 },
                 [&](const Erased& e) {
                   s.erased = e.round;
                   s.erased_at = e.at;
                   s.pending.clear();
                 },
             },
             event);
}

Agenda agenda(const State& s) {
  Agenda out;
  if (s.tenant.empty()) return out;
  if (s.waiting) out.wakeups.push_back({std::string(kLookTimer), s.look_at, "the end of what is in the way: " + s.waits_for});
  if (!s.pending.empty()) {
    const Instant by = s.erase_at + kEraseTimeout;
    out.effects.push_back({"erase@" + std::to_string(s.rounds) + "." + std::to_string(s.attempts), EffectKind::erase, "keys",
                           s.erase_at, by, false, kEraseTimeout / 2});
    out.wakeups.push_back({std::string(kEraseTimer), by, "keys to be destroyed"});
  }
  views::add_rows(s, out);
  out.counters.push_back("subjects{tenant=\"" + s.tenant.value + "\",state=\"" + std::string(status_of(s)) + "\"}");
  return out;
}

}  // namespace comd::subject

namespace comd {

StreamId subject_stream(std::string_view pseudonym) { return StreamId{"sj-" + std::string(pseudonym)}; }
std::string pseudonym_of(const StreamId& subject) { return subject.value.substr(3); }

}  // namespace comd

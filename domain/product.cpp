#include "domain/product.h"

#include <algorithm>

#include "domain/overload.h"
#include "domain/views.h"

namespace comd::product {

using namespace std::chrono_literals;

constexpr Millis kPushTimeout = 60s;  ///< then an attempt counts as failed

std::string_view to_text(Status status) {
  switch (status) {
    case Status::absent: return "absent";
    case Status::created: return "created";
    case Status::pending_active: return "pendingActive";
    case Status::cancelled: return "cancelled";
    case Status::active: return "active";
    case Status::pending_terminate: return "pendingTerminate";
    case Status::terminated: return "terminated";
    case Status::suspended: return "suspended";
    case Status::aborted: return "aborted";
  }
  return "unknown";
}

std::string_view to_text(ServiceState state) {
  switch (state) {
    case ServiceState::absent: return "absent";
    case ServiceState::feasibility_checked: return "feasibilityChecked";
    case ServiceState::designed: return "designed";
    case ServiceState::reserved: return "reserved";
    case ServiceState::inactive: return "inactive";
    case ServiceState::active: return "active";
    case ServiceState::terminated: return "terminated";
  }
  return "unknown";
}

std::string_view to_text(Outcome outcome) {
  switch (outcome) {
    case Outcome::completed: return "completed";
    case Outcome::partial: return "partial";
    case Outcome::failed: return "failed";
    case Outcome::cancelled: return "cancelled";
  }
  return "unknown";
}

Status next_status(Action action, Outcome outcome, Status before) {
  switch (action) {
    case Action::add:
      switch (outcome) {
        case Outcome::completed: return Status::active;
        case Outcome::partial: return Status::pending_active;
        case Outcome::failed: return before == Status::absent ? Status::aborted : before;
        case Outcome::cancelled: return before == Status::absent ? Status::cancelled : before;
      }
      break;
    case Action::remove:
      switch (outcome) {
        case Outcome::completed: return Status::terminated;
        case Outcome::partial: return Status::pending_terminate;
        case Outcome::failed:
        case Outcome::cancelled: return before;
      }
      break;
    case Action::modify:
    case Action::no_change: return before;  // what was true before, or the same with other characteristics
  }
  return before;
}

bool allows(Action action, Status status) {
  if (status == Status::active || status == Status::suspended || status == Status::pending_active) return true;
  return action == Action::remove && status == Status::pending_terminate;
}

std::uint32_t place_in_line(const State& s, const OrderId& order) {
  const auto found = std::ranges::find(s.queue, order, &ClaimQueued::order);
  return found == s.queue.end() ? 0 : static_cast<std::uint32_t>(found - s.queue.begin()) + 1;
}

namespace {

using Decided = Result<std::vector<Event>, Rejection>;

std::string not_allowed(Action action, Status status) {
  return "Expected a product that can be " + std::string(action == Action::remove ? "deleted" : "modified") + ", but it is " +
         std::string(to_text(status));
}

Claimed granted(const ClaimQueued& to, Status status) {
  return {to.order, to.item, to.action, to.action == Action::remove ? Status::pending_terminate : status};
}

Decided claim(const State& s, const Claim& c) {
  if (s.product.claimed_by == c.order || s.orders.contains(c.order.value + "/" + c.item)) return std::vector<Event>{};
  if (s.product.status == Status::absent)
    return Err(Rejection{
        RejectionCode::not_found, "Expected a product of the inventory, but there is none with this id", {}, "Check product.id"});
  const bool taken = !s.product.claimed_by.empty();
  if (taken && !c.queue)
    return Err(Rejection{RejectionCode::precondition,
                         "Expected a free product, but order " + s.product.claimed_by.value + " is changing it",
                         {},
                         "Wait for that order to end, or cancel it"});
  // Whatever becomes of the claim: what is impossible without it stays impossible.
  const Status status = taken ? s.before_claim : s.product.status;
  if (!allows(c.action, status))
    return Err(Rejection{
        RejectionCode::precondition, not_allowed(c.action, status), {}, "See its history: comctl inventory product get"});
  const ClaimQueued wanted{c.order, c.item, c.action};
  if (!taken) return std::vector<Event>{granted(wanted, status)};
  if (place_in_line(s, c.order) > 0) return std::vector<Event>{};
  return std::vector<Event>{wanted};
}

/// The product is free again: the first in line whose change is still possible has it now, in the same append, so that nobody comes
/// between.
void hand_on(State s, std::vector<Event>& out) {
  evolve(s, out.back());
  for (const ClaimQueued& next : s.queue) {
    const bool possible = allows(next.action, s.product.status);
    if (possible) out.emplace_back(granted(next, s.product.status));
    if (possible) return;
    out.emplace_back(ClaimDropped{next.order, next.item, not_allowed(next.action, s.product.status)});
  }
}

Decided write(const State& s, const Write& c, const Context& context) {
  // Written already; another order may have claimed or even written it since.
  if (s.orders.contains(c.order.value + "/" + c.item)) return std::vector<Event>{};
  if (s.product.status != Status::absent && s.product.claimed_by != c.order)
    return Err(Rejection{RejectionCode::precondition, "Expected the order that claimed the product, but it is another", {}, {}});
  const Status before = s.product.claimed_by.empty() ? s.product.status : s.before_claim;
  Written event{c.order, c.item, c.action, c.outcome, before, c.product, context.push, context.push ? context.now : Instant{}};
  event.product.status = next_status(c.action, c.outcome, before);
  event.product.claimed_by = {};
  std::vector<Event> out{std::move(event)};
  if (!s.queue.empty()) hand_on(s, out);
  return out;
}

}  // namespace

Result<std::vector<Event>, Rejection> decide(const State& s, const Command& command, const Context& context) {
  return std::visit(Overload{
                        [&](const Claim& c) { return claim(s, c); },
                        [&](const Write& c) { return write(s, c, context); },
                        [&](const Withdraw& c) -> Decided {
                          const std::uint32_t place = place_in_line(s, c.order);
                          if (place == 0) return std::vector<Event>{};
                          return std::vector<Event>{ClaimDropped{c.order, s.queue[place - 1].item, "withdrawn"}};
                        },
                        [&](const SettlePush& c) -> Decided {
                          if (!s.push_wanted || c.version != s.writes) return std::vector<Event>{};
                          if (c.ok) return std::vector<Event>{Pushed{c.version}};
                          if (context.now < s.push_at)
                            return std::vector<Event>{};  // an attempt that was counted: the next has not begun
                          const Millis pause = std::min<Millis>(1s * (1LL << std::min(s.push_attempts, 12u)), 10min);
                          return std::vector<Event>{PushDelayed{c.version, s.push_attempts + 1, c.detail, context.now + pause}};
                        },
                        [&](const TimerDue& c) -> Decided {
                          // The push did not answer at all: count it as a failed attempt.
                          if (!s.push_wanted || c.name != "push" || context.now < s.push_at + kPushTimeout)
                            return std::vector<Event>{};
                          return std::vector<Event>{PushDelayed{s.writes, s.push_attempts + 1, "no answer", context.now}};
                        },
                    },
                    command);
}

void evolve(State& s, const Event& event) {
  std::visit(
      Overload{
          [&](const Claimed& e) {
            s.before_claim = s.product.status;
            s.product.status = e.status;
            s.product.claimed_by = e.order;
            s.claimed_item = e.item;
            s.claimed_action = e.action;
            std::erase_if(s.queue, [&](const ClaimQueued& one) { return one.order == e.order; });
          },
          [&](const Written& e) {
            s.product = e.product;
            s.last_order = e.order;
            s.claimed_item.clear();
            s.orders.insert(e.order.value + "/" + e.item);
            ++s.writes;
            s.push_wanted = e.push;
            s.push_attempts = 0;
            s.push_at = e.push_by;
          },
          [&](const Pushed& e) {
            s.pushed = e.version;
            s.push_wanted = false;
          },
          [&](const PushDelayed& e) {
            s.push_attempts = e.attempts;
            s.push_at = e.next;
          },
          [&](const ClaimQueued& e) { s.queue.push_back(e); },
          [&](const ClaimDropped& e) { std::erase_if(s.queue, [&](const ClaimQueued& one) { return one.order == e.order; }); },
      },
      event);
}

Agenda agenda(const State& s) {
  Agenda out;
  if (s.product.status == Status::absent) return out;
  const Snapshot& p = s.product;
  if (s.push_wanted) {
    const Instant by = s.push_at + kPushTimeout;
    out.effects.push_back({p.id.value + "@" + std::to_string(s.writes) + "." + std::to_string(s.push_attempts), EffectKind::push,
                           "product-inventory", s.push_at, by, false, kPushTimeout / 2});
    out.wakeups.push_back({"push", by, "answer of the external product inventory"});
  }
  views::add_rows(s, out);
  out.counters.push_back("products{tenant=\"" + p.tenant.value + "\",status=\"" + std::string(to_text(p.status)) + "\"}");
  return out;
}

std::vector<ServiceRecord> changed_services(const State& before, const Written& written) {
  std::vector<ServiceRecord> out;
  for (const ServiceRecord& record : written.product.services)
    if (std::ranges::find(before.product.services, record) == before.product.services.end()) out.push_back(record);
  return out;
}

}  // namespace comd::product

namespace comd::service {

std::string_view to_text(NewsKind kind) {
  switch (kind) {
    case NewsKind::suspended: return "suspended";
    case NewsKind::resumed: return "resumed";
    case NewsKind::degraded: return "degraded";
    case NewsKind::restored: return "restored";
    case NewsKind::terminated: return "terminated";
    case NewsKind::changed: return "changed";
  }
  return "unknown";
}

Result<std::vector<Event>, Rejection> decide(const State& s, const Command& command) {
  const TakeNews& c = std::get<TakeNews>(command);
  if (s.record.state == product::ServiceState::absent)
    return Err(Rejection{RejectionCode::not_found, "Expected a service of the inventory, but there is none with this id",
                         "service_id", "Check the id; it is the service id of the submit call"});
  if (s.news.contains(c.id)) return std::vector<Event>{};
  return std::vector<Event>{NewsRecorded{c.id, c.kind, c.message, c.characteristics, c.reporter}};
}

void evolve(State& s, const Event& event) {
  std::visit(Overload{
                 [&](const Changed& e) {
                   s.product = e.product;
                   s.last_order = e.order;
                   s.record = e.record;
                   s.tenant = e.tenant;
                 },
                 [&](const NewsRecorded& e) {
                   constexpr std::size_t kNewsKept = 64;  // ids for deduplication
                   if (s.news.size() < kNewsKept) s.news.insert(e.id);
                   switch (e.kind) {
                     case NewsKind::suspended: s.operating_status = "suspended"; break;
                     case NewsKind::degraded: s.operating_status = "degraded"; break;
                     case NewsKind::resumed:
                     case NewsKind::restored: s.operating_status.clear(); break;
                     case NewsKind::terminated: s.record.state = product::ServiceState::terminated; break;
                     case NewsKind::changed:
                       for (const auto& [name, value] : e.characteristics) s.record.characteristics[name] = value;
                       break;
                   }
                 },
             },
             event);
}

Agenda agenda(const State& s) {
  Agenda out;
  if (s.record.state == product::ServiceState::absent) return out;
  views::add_rows(s, out);
  out.counters.push_back("services{tenant=\"" + s.tenant.value + "\",state=\"" + std::string(to_text(s.record.state)) + "\"}");
  return out;
}

}  // namespace comd::service

#include "edge/grpc/outward.h"

#include <algorithm>
#include <span>

#include "edge/grpc/history.h"
#include "edge/grpc/outward_payload.h"
#include "edge/tmf/render.h"

namespace comd::outward {
namespace {

/// One slice and where its events stand in the commit.
struct Part {
  const StreamSlice* slice;
  std::size_t first;
};
using Parts = std::vector<Part>;

/// The slices of each stream that is told of, a product order before the service orders that it opened in the same commit.
std::vector<Parts> streams_of(const Commit& commit) {
  std::vector<Parts> out;
  for (const auto kind : {StreamKind::product_order, StreamKind::service_order, StreamKind::product}) {
    std::size_t index = 0;
    for (const auto& slice : commit.streams) {
      const Part part{&slice, index};
      index += slice.events.size();
      if (kind_of(slice.stream.value) != kind || slice.events.empty()) continue;
      const auto known =
          std::ranges::find_if(out, [&](const Parts& parts) { return parts.front().slice->stream == slice.stream; });
      known == out.end() ? out.push_back({part}) : known->push_back(part);
    }
  }
  return out;
}

// ── What a recorded event tells by itself ───────────────────────────────────────────────────────────────────────────
// One row each. What follows from the state (another state shown, a person is waited for) needs none: it is told from what the
// state was before the commit and is after it.

template <class Event>
struct Row {
  std::size_t recorded;  ///< alternative of the variant
  Type type;
  std::string_view aspect;  ///< in the id
};

template <class Event, class Variant>
constexpr std::size_t alternative() {
  return []<std::size_t... I>(std::index_sequence<I...>) {
    return ((std::is_same_v<std::variant_alternative_t<I, Variant>, Event> ? I : 0) + ...);
  }
  (std::make_index_sequence<std::variant_size_v<Variant>>{});
}
template <class Event, class Variant>
constexpr Row<Variant> row(Type type, std::string_view aspect) {
  return {alternative<Event, Variant>(), type, aspect};
}

constexpr Row<product_order::Event> kOrderRows[] = {
    row<product_order::Submitted, product_order::Event>(Type::product_order_create, "create"),
    row<product_order::JeopardyRaised, product_order::Event>(Type::product_order_jeopardy, "jeopardy"),
};
constexpr Row<service_order::Event> kServiceOrderRows[] = {
    row<service_order::Opened, service_order::Event>(Type::service_order_create, "create"),
    row<service_order::JeopardyRaised, service_order::Event>(Type::service_order_jeopardy, "jeopardy"),
    row<service_order::MilestoneReached, service_order::Event>(Type::service_order_milestone, "milestone"),
};

std::span<const Row<product_order::Event>> rows(const product_order::Event&) { return kOrderRows; }
std::span<const Row<service_order::Event>> rows(const service_order::Event&) { return kServiceOrderRows; }
std::span<const Row<product::Event>> rows(const product::Event&) { return {}; }

// ── What of a state is shown ────────────────────────────────────────────────────────────────────────────────────────
std::string shown(const product_order::State& s) { return std::string(s.status == OrderStatus::absent ? "" : to_tmf(s.status)); }
std::string shown(const service_order::State& s) {
  return std::string(s.status == service_order::Status::absent ? "" : tmf::shown_state(s));
}
std::string shown(const product::State& s) {
  return std::string(s.product.status == product::Status::absent ? "" : product::to_text(s.product.status));
}

Type state_change(const product_order::State&) { return Type::product_order_state_change; }
Type state_change(const service_order::State&) { return Type::service_order_state_change; }
Type state_change(const product::State& before) {
  return before.product.status == product::Status::absent ? Type::product_create : Type::product_state_change;
}

const TenantId& tenant_of(const product_order::State& s) { return s.order.tenant; }
const TenantId& tenant_of(const service_order::State& s) { return s.spec.tenant; }
const TenantId& tenant_of(const product::State& s) { return s.product.tenant; }

std::string reason_of(const product_order::State& s) { return s.reason; }
std::string reason_of(const service_order::State& s) {
  if (!s.cancel_reason.empty()) return s.cancel_reason;
  return s.status == service_order::Status::completed ? "" : s.fault.message;
}
std::string reason_of(const product::State&) { return {}; }

OrderId order_of(const product_order::Event&, const OrderId& family) { return family; }
OrderId order_of(const service_order::Event&, const OrderId& family) { return family; }
OrderId order_of(const product::Event& event, const OrderId& last) {
  if (const auto* claimed = std::get_if<product::Claimed>(&event)) return claimed->order;
  if (const auto* written = std::get_if<product::Written>(&event)) return written->order;
  return last;
}

/// A write that hands the product on to the next order in line is told as of the order that wrote it.
bool hands_on(const product::Event& event) { return std::holds_alternative<product::Claimed>(event); }
bool hands_on(const product_order::Event&) { return false; }
bool hands_on(const service_order::Event&) { return false; }

/// What waits for a person, if this does.
std::optional<views::PersonSummary> person_of(const product_order::State& s) {
  if (!s.on_hold) return std::nullopt;
  Agenda agenda;
  views::add_rows(s, agenda);
  for (const auto& each : agenda.rows)
    if (each.table == Table::person) return views::decode_person(each.value);
  return std::nullopt;
}
std::optional<views::PersonSummary> person_of(const service_order::State& s) {
  Agenda agenda;
  views::add_rows(s, agenda);
  for (const auto& each : agenda.rows)
    if (each.table == Table::person) return views::decode_person(each.value);
  return std::nullopt;
}
std::optional<views::PersonSummary> person_of(const product::State&) { return std::nullopt; }

/// What may have led to what is told. A note has not, and is not for everybody.
const Intervention* intervention_of(const product_order::Event& event) {
  const auto* found = std::get_if<product_order::Intervened>(&event);
  return found == nullptr || found->what.remedy == Remedy::note ? nullptr : &found->what;
}
const Intervention* intervention_of(const service_order::Event& event) {
  const auto* found = std::get_if<service_order::Intervened>(&event);
  return found == nullptr || found->what.remedy == Remedy::note ? nullptr : &found->what;
}
const Intervention* intervention_of(const product::Event&) { return nullptr; }

// ── Jeopardy ────────────────────────────────────────────────────────────────────────────────────────────────────────────
// Raised, it is a recorded event. That it is over follows from the state, and is told while there is still something to be late.
bool in_jeopardy(const product_order::State& s) { return s.jeopardy.has_value(); }
bool in_jeopardy(const service_order::State& s) { return s.jeopardy.has_value(); }
bool in_jeopardy(const product::State&) { return false; }

bool may_be_late(const product_order::State& s) { return !is_final(s.status) && !s.unwinding; }
bool may_be_late(const service_order::State& s) { return !service_order::is_final(s.status); }
bool may_be_late(const product::State&) { return false; }

Type jeopardy_type(const product_order::State&) { return Type::product_order_jeopardy; }
Type jeopardy_type(const service_order::State&) { return Type::service_order_jeopardy; }
Type jeopardy_type(const product::State&) { return {}; }

/// What a recorded event says of its own, where that is more than its state does.
std::string said_by(const product_order::Event& event) {
  const auto* raised = std::get_if<product_order::JeopardyRaised>(&event);
  return raised == nullptr ? "" : raised->cause;
}
std::string said_by(const service_order::Event& event) {
  if (const auto* raised = std::get_if<service_order::JeopardyRaised>(&event)) return raised->cause;
  const auto* reached = std::get_if<service_order::MilestoneReached>(&event);
  return reached == nullptr ? "" : reached->message;
}
std::string said_by(const product::Event&) { return {}; }

/// The same product to its owner: claims come and go unseen.
bool same(product::Snapshot a, const product::Snapshot& b) {
  a.claimed_by = b.claimed_by;
  return a == b;
}

/// A product is never in jeopardy.
std::string eased_payload_of(const product::State&) { return {}; }
std::string eased_payload_of(const product_order::State& s) { return payload_of(s, tmf::Alert::eased); }
std::string eased_payload_of(const service_order::State& s) { return payload_of(s, tmf::Alert::eased); }
constexpr const char* kEased = "expected to be in time again";

/// The events of one stream's part of a commit.
template <class State>
class Telling {
 public:
  using Recorded = typename Aggregate<State>::Event;
  Telling(const StoredCommit& stored, const Commit& commit, north::FoldedStreams::Entry& entry)
      : stored_(stored), commit_(commit), folded_(std::get<Folded<State>>(entry)) {}

  std::vector<Event> tell(const Parts& parts, const OrderId& family) {
    order_ = family;
    const auto before = folded_.state;
    auto state_before = shown(before);
    for (const auto& part : parts) {
      cause_ = &commit_.cause_of(*part.slice);
      Version version = part.slice->before;
      for (std::size_t i = 0; i < part.slice->events.size(); ++i) {
        const auto* recorded = std::get_if<Recorded>(&part.slice->events[i]);
        if (recorded == nullptr) {  // passed over, or the end of what can be read
          if (!apply(folded_, StreamSlice{part.slice->stream, version, {part.slice->events[i]}, {}})) return std::move(out_);
          version = version + 1;
          continue;
        }
        const bool was_in_jeopardy = in_jeopardy(folded_.state);
        if (!apply(folded_, StreamSlice{part.slice->stream, version, {part.slice->events[i]}, {}})) return std::move(out_);
        version = version + 1;
        index_ = part.first + i;
        if (i == 0 || !hands_on(*recorded)) order_ = order_of(*recorded, order_);
        if (const auto* what = intervention_of(*recorded)) person_ = what;
        for (const auto& each : rows(*recorded)) {
          if (each.recorded != recorded->index()) continue;
          const bool created = each.aspect == "create";
          auto& event = add(each.type, each.aspect, created ? state_before : "", payload_of(folded_.state));
          if (created)
            state_before = shown(folded_.state);
          else
            event.reason = said_by(*recorded);
        }
        if (was_in_jeopardy && !in_jeopardy(folded_.state) && may_be_late(folded_.state))
          add(jeopardy_type(folded_.state), "eased", "", eased_payload_of(folded_.state)).reason = kEased;
      }
    }
    compare(before, state_before);
    return std::move(out_);
  }

 private:
  void compare(const State& before, const std::string& state_before) {
    const auto was = person_of(before), is = person_of(folded_.state);
    const auto waited = [](const auto& person, std::string_view kind) { return person && person->kind == kind; };
    if (waited(was, "fallout") && !waited(is, "fallout")) resolved(*was, state_before);
    if (shown(folded_.state) != state_before) {
      add(state_change(before), "state", state_before, payload_of(folded_.state));
    } else if constexpr (std::is_same_v<State, product::State>) {
      if (!same(before.product, folded_.state.product))
        add(Type::product_attribute_change, "attributes", state_before, payload_of(folded_.state));
    }
    if (waited(is, "fallout") && !waited(was, "fallout"))
      add(Type::fallout_raised, "fallout", state_before, payload_of("fallout", *is)).reason = is->message;
    if (waited(is, "task") && !waited(was, "task")) add(Type::task_opened, "task", state_before, payload_of("task", *is));
  }

  void resolved(const views::PersonSummary& was, const std::string& state_before) {
    const auto by = person_ != nullptr ? person_->by : cause_->subject;
    const auto remedy = person_ != nullptr ? to_text(person_->remedy) : std::string_view{};
    const auto reason = person_ != nullptr ? person_->reason : cause_->command;
    add(Type::fallout_resolved, "resolved", state_before, payload_of(was, by, remedy, reason)).reason = reason;
  }

  Event& add(Type type, std::string_view aspect, const std::string& state_before, std::string payload) {
    Event event;
    event.position = stored_.position;
    event.id = std::to_string(number(stored_.position)) + "." + std::to_string(index_) + "." + std::string(aspect);
    event.type = type;
    event.time = commit_.time;
    event.tenant = tenant_of(folded_.state);
    event.order = order_;
    event.correlation = cause_->correlation;
    event.before = state_before;
    event.after = shown(folded_.state);
    event.reason = reason_of(folded_.state);
    event.payload = std::move(payload);
    out_.push_back(std::move(event));
    return out_.back();
  }

  const StoredCommit& stored_;
  const Commit& commit_;
  Folded<State>& folded_;
  OrderId order_;
  const Cause* cause_ = nullptr;          ///< of the last slice
  const Intervention* person_ = nullptr;  ///< the last person who took part
  std::size_t index_ = 0;                 ///< of the last recorded event
  std::vector<Event> out_;
};

}  // namespace

std::vector<Event> Teller::tell(const StoredCommit& stored, const Wanted& wanted) {
  std::vector<Event> out;
  const auto commit = decode_readable(stored.record);
  if (!commit) return out;
  for (const auto& parts : streams_of(*commit)) {
    const auto& stream = parts.front().slice->stream;
    const bool product = kind_of(stream.value) == StreamKind::product;
    const OrderId family{product ? std::string{} : family_of(stream).value};
    if (!product && !wanted(family)) continue;
    auto& entry = streams_.at(stream, parts.front().slice->before);
    auto told = std::visit(
        [&]<class State>(Folded<State>&) { return Telling<State>(stored, *commit, entry).tell(parts, family); }, entry);
    for (auto& event : told) {
      if (product && !wanted(event.order)) continue;
      event.subject = stream.value;
      event.external_id = external_id_of(event.order);
      out.push_back(std::move(event));
    }
  }
  return out;
}

/// An archived order is known by its history alone.
std::string Teller::external_id_in_history(const OrderId& order) const {
  const StreamId stream = stream_of(order);
  const auto folded = north::fold_any(log_, stream);
  const auto* known = folded ? std::get_if<Folded<product_order::State>>(&*folded) : nullptr;
  return known == nullptr ? std::string{} : known->state.order.external_id;
}

/// Never changes, so it may be remembered.
std::string Teller::external_id_of(const OrderId& order) {
  if (const auto known = external_ids_.find(order); known != external_ids_.end()) return known->second;
  if (external_ids_.size() >= capacity_) external_ids_.clear();
  const auto row = log_.row(Table::order, order.value);
  const auto summary = row ? views::decode_order(*row) : std::nullopt;
  return external_ids_.try_emplace(order, summary ? summary->external_id : external_id_in_history(order)).first->second;
}

}  // namespace comd::outward

#pragma once
#include <google/protobuf/arena.h>

#include <optional>
#include <string>
#include <type_traits>
#include <variant>
#include <vector>

#include "comd/events/v1/commit.pb.h"
#include "comd/events/v1/common.pb.h"
#include "comd/events/v1/product.pb.h"
#include "comd/events/v1/service_order.pb.h"
#include "domain/check.h"
#include "domain/overload.h"
#include "events/record.h"

/// Inside of events/: how one event becomes an envelope and back. `put(from, message)` and `get(message, to, trouble)` stand in
/// pairs, one pair per struct, in the messages' namespace so that the templates here find them by their argument.
namespace comd::events::v1 {

using google::protobuf::RepeatedPtrField;

/// What in the bytes this version does not understand: the first finding. Reading goes on behind it, so it is total.
struct Trouble {
  std::string message;
  void add(std::string found) {
    if (message.empty()) message = std::move(found);
  }
};

template <class E, class P>
E enum_of(P value, bool (*known)(int), const char* what, Trouble& trouble) {
  if (!known(static_cast<int>(value))) {
    trouble.add("Expected a known " + std::string(what) + ", but found number " + std::to_string(static_cast<int>(value)));
    return E{};
  }
  return static_cast<E>(value);
}

std::uint8_t byte_of(std::uint32_t value, const char* what, Trouble& trouble);

inline std::int64_t put_time(Instant at) { return at.time_since_epoch().count(); }
inline Instant get_time(std::int64_t ms) { return Instant{Millis{ms}}; }

// ── Shared by several aggregates ────────────────────────────────────────────────────────────────────────────────────
void put(const Values&, RepeatedPtrField<Characteristic>&);
void get(const RepeatedPtrField<Characteristic>&, Values&);
void put(const OfferingRef&, Offering&);
void get(const Offering&, OfferingRef&);
void put(const std::vector<PartyRef>&, RepeatedPtrField<Party>&);
void get(const RepeatedPtrField<Party>&, std::vector<PartyRef>&);
void put(const std::vector<PlaceRef>&, RepeatedPtrField<Place>&);
void get(const RepeatedPtrField<Place>&, std::vector<PlaceRef>&);
void put(const service_order::Fault&, Fault&);
void get(const Fault&, service_order::Fault&, Trouble&);
void put(const service_order::Spec&, Spec&);
void get(const Spec&, service_order::Spec&, Trouble&);
void put(const std::vector<service_order::Spec>&, RepeatedPtrField<Spec>&);
void get(const RepeatedPtrField<Spec>&, std::vector<service_order::Spec>&, Trouble&);
void put(const service_order::Report&, Report&);
void get(const Report&, service_order::Report&, Trouble&);
void put(const service_order::Deferred&, ServiceOrderDeferred&);
void get(const ServiceOrderDeferred&, service_order::Deferred&, Trouble&);
void put(const service_order::AmendRequested&, ServiceOrderAmendRequested&);
void get(const ServiceOrderAmendRequested&, service_order::AmendRequested&, Trouble&);
void put(const service_order::AmendAnswered&, ServiceOrderAmendAnswered&);
void get(const ServiceOrderAmendAnswered&, service_order::AmendAnswered&, Trouble&);
void put(const service_order::AmendUnanswered&, ServiceOrderAmendUnanswered&);
void get(const ServiceOrderAmendUnanswered&, service_order::AmendUnanswered&, Trouble&);
void put(const comd::Intervention&, Intervention&);
void get(const Intervention&, comd::Intervention&, Trouble&);
void put(const product::Snapshot&, Snapshot&);
void get(const Snapshot&, product::Snapshot&, Trouble&);

template <class Tag>
void put(const std::vector<Id<Tag>>& ids, RepeatedPtrField<std::string>& to) {
  to.Reserve(static_cast<int>(ids.size()));
  for (const auto& id : ids) *to.Add() = id.value;
}
template <class Tag>
void get(const RepeatedPtrField<std::string>& from, std::vector<Id<Tag>>& ids) {
  ids.reserve(static_cast<std::size_t>(from.size()));
  for (const std::string& id : from) ids.push_back(Id<Tag>{id});
}

// ── Events and their numbers ────────────────────────────────────────────────────────────────────────────────────────

/// One format of one event: its struct, its message, its type number and the version of the format. The first row of an event
/// is the one that is written; the rows below it are older formats, which are only read (events/upcast.h).
template <class E, class M, EventType type_number, std::uint32_t format_version = 1>
struct Row {
  using Domain = E;
  using Message = M;
  static constexpr std::uint32_t type = type_number;
  static constexpr std::uint32_t format = format_version;
};

template <class... Rows>
struct Rows_ {};

template <class E, class First, class... Rest>
constexpr auto written_row(Rows_<First, Rest...>) {
  if constexpr (std::is_same_v<typename First::Domain, E>) {
    return First{};
  } else {
    static_assert(sizeof...(Rest) > 0, "an event without a row cannot be written");
    return written_row<E>(Rows_<Rest...>{});
  }
}

template <class AllRows, class DomainEvent>
void pack(const DomainEvent& event, Event& to) {
  std::visit(
      [&]<class E>(const E& e) {
        using Written = decltype(written_row<E>(AllRows{}));
        to.set_type(Written::type);
        to.set_version(Written::format);
        auto* message = google::protobuf::Arena::CreateMessage<typename Written::Message>(to.GetArena());
        put(e, *message);
        CHECK(message->SerializeToString(to.mutable_payload()));
      },
      event);
}

template <class R, class DomainEvent>
bool unpack_row(const Event& from, std::optional<DomainEvent>& to, bool& type_known, Trouble& trouble) {
  if (from.type() != R::type) return false;
  type_known = true;
  if (from.version() != R::format) return false;
  auto* message = google::protobuf::Arena::CreateMessage<typename R::Message>(from.GetArena());
  if (!message->ParseFromString(from.payload())) {
    trouble.add("Expected a payload of " + message->GetTypeName() + ", but its bytes do not parse");
    return true;
  }
  typename R::Domain e;
  get(*message, e, trouble);
  to.emplace(std::move(e));
  return true;
}

/// Nothing, and trouble, when there is no row for its (type, version) or the row cannot read it.
template <class DomainEvent, class... Rows>
std::optional<DomainEvent> unpack(Rows_<Rows...>, const Event& from, Trouble& trouble) {
  std::optional<DomainEvent> event;
  bool type_known = false;
  const bool found = (unpack_row<Rows>(from, event, type_known, trouble) || ...);
  if (!found && type_known) trouble.add("Expected a format this comd knows, but it is a newer one");
  if (!found && !type_known) trouble.add("Expected an event type this comd knows, but it is not");
  return event;
}

void pack(const product_order::Event&, Event&);
void pack(const service_order::Event&, Event&);
void pack(const product::Event&, Event&);
void pack(const service::Event&, Event&);
void pack(const catalog_log::Event&, Event&);
void pack(const unmatched::Event&, Event&);
void pack(const repair::Event&, Event&);
void pack(const quarantine::Event&, Event&);
void pack(const epoch::Event&, Event&);
void pack(const subject::Event&, Event&);
void pack(const hold::Event&, Event&);
void pack(const unreadable::Event&, Event&);  ///< as it was

std::optional<AnyEvent> unpack_product_order(const Event&, Trouble&);
std::optional<AnyEvent> unpack_service_order(const Event&, Trouble&);
std::optional<AnyEvent> unpack_product(const Event&, Trouble&);
std::optional<AnyEvent> unpack_service(const Event&, Trouble&);
std::optional<AnyEvent> unpack_catalog(const Event&, Trouble&);
std::optional<AnyEvent> unpack_unmatched(const Event&, Trouble&);
std::optional<AnyEvent> unpack_repair(const Event&, Trouble&);
std::optional<AnyEvent> unpack_quarantine(const Event&, Trouble&);
std::optional<AnyEvent> unpack_epoch(const Event&, Trouble&);
std::optional<AnyEvent> unpack_subject(const Event&, Trouble&);
std::optional<AnyEvent> unpack_holds(const Event&, Trouble&);

}  // namespace comd::events::v1

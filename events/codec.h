#pragma once
#include <variant>

#include "comd/events/v1/commit.pb.h"
#include "domain/check.h"
#include "events/record.h"
#include "events/wire.h"

/// Inside of events/: how one event becomes an envelope and back.
namespace comd::events::v1 {

/// An event's envelope as it stands in a record.
struct Envelope {
  std::uint32_t type = 0, format = 0;
  std::string_view payload;
};

// ── Events and their numbers ────────────────────────────────────────────────────────────────────────────────────────

/// One format of one event: its struct, its message, its type number and the version of the format. The first row of an event
/// is the one that is written; the rows below it are older formats, which are only read, each to a struct of its own (events/upcast.h).
template <class E, class M, EventType type_number, std::uint32_t format_version = 1, class S = E>
struct Row {
  using Domain = E;
  using Message = M;
  using Stored = S;
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
void pack(const DomainEvent& event, Writer& to) {
  std::visit(
      [&]<class E>(const E& e) {
        using Written = decltype(written_row<E>(AllRows{}));
        to(Event::kTypeFieldNumber, Written::type);
        to(Event::kVersionFieldNumber, Written::format);
        to.payload(Event::kPayloadFieldNumber, e);
      },
      event);
}

template <class R, class DomainEvent, class To>
bool unpack_row(const Envelope& from, To& to, bool& type_known, Trouble& trouble) {
  if (from.type != R::type) return false;
  type_known = true;
  if (from.format != R::format) return false;
  using E = typename R::Domain;
  auto& e = std::get<E>(to.template emplace<DomainEvent>(std::in_place_type<E>));
  Reader reader(from.payload, trouble);
  bool whole = false;
  if constexpr (std::is_same_v<E, typename R::Stored>) {
    whole = reader.read(e);
  } else {
    typename R::Stored stored;
    whole = reader.read(stored);
    upcast(std::move(stored), e);
  }
  if (!whole) trouble.message = "Expected a payload of " + R::Message::descriptor()->full_name() + ", but its bytes do not parse";
  return true;
}

/// Into a variant that has DomainEvent. Trouble when there is no row for its (type, format) or the row cannot read it.
template <class DomainEvent, class To, class... Rows>
void unpack(Rows_<Rows...>, const Envelope& from, To& to, Trouble& trouble) {
  bool type_known = false;
  const bool found = (unpack_row<Rows, DomainEvent>(from, to, type_known, trouble) || ...);
  if (!found && type_known) trouble.add("Expected a format this comd knows, but it is a newer one");
  if (!found && !type_known) trouble.add("Expected an event type this comd knows, but it is not");
}

void pack(const product_order::Event&, Writer&);
void pack(const service_order::Event&, Writer&);
void pack(const product::Event&, Writer&);
void pack(const service::Event&, Writer&);
void pack(const catalog_log::Event&, Writer&);
void pack(const unmatched::Event&, Writer&);
void pack(const repair::Event&, Writer&);
void pack(const quarantine::Event&, Writer&);
void pack(const epoch::Event&, Writer&);
void pack(const subject::Event&, Writer&);
void pack(const hold::Event&, Writer&);
void pack(const unreadable::Event&, Writer&);  ///< as it was

void unpack_product_order(const Envelope&, AnyEvent&, Trouble&);
void unpack_service_order(const Envelope&, AnyEvent&, Trouble&);
void unpack_product(const Envelope&, AnyEvent&, Trouble&);
void unpack_service(const Envelope&, AnyEvent&, Trouble&);
void unpack_catalog(const Envelope&, AnyEvent&, Trouble&);
void unpack_unmatched(const Envelope&, AnyEvent&, Trouble&);
void unpack_repair(const Envelope&, AnyEvent&, Trouble&);
void unpack_quarantine(const Envelope&, AnyEvent&, Trouble&);
void unpack_epoch(const Envelope&, AnyEvent&, Trouble&);
void unpack_subject(const Envelope&, AnyEvent&, Trouble&);
void unpack_holds(const Envelope&, AnyEvent&, Trouble&);

}  // namespace comd::events::v1

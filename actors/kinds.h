#pragma once
#include <optional>

#include "actors/shared.h"
#include "domain/projection.h"
#include "events/fold.h"
#include "storage/keys.h"

/// What differs between the aggregates, kind by kind: their pure functions, and what their effects and tells carry. Everything
/// else is the same code: member.h.
namespace comd {

/// What a decision may look at, besides its state.
struct Asked {
  const Shared& shared;
  Instant now{};
  double jitter = 0;
  const CatalogSet* catalogs = nullptr;
};

template <class Event>
struct Decided {
  std::vector<Event> events;
  std::vector<std::pair<ServiceOrderId, std::vector<service_order::Event>>> opened;  ///< product orders only, as what follows
  std::vector<ServiceOrderId> archived = {};
  bool evolved = false;  ///< the state is already what the events make of it
};

/// A number of an end, for the metrics.
struct Ending {
  bool order = false;  ///< a product order; else a service order
  std::string_view outcome;
  double seconds = 0;
};

struct ProductOrderKind {
  using State = product_order::State;
  using Command = product_order::Command;
  using Event = product_order::Event;
  static Result<Decided<Event>, Rejection> decide(const StreamId&, State&, const Command&, const Asked&);
  static void evolve(State& s, const Event& e) { product_order::evolve(s, e); }
  static Agenda agenda(const State& s) { return product_order::agenda(s); }
  static Agenda agenda(const State& s, const StreamId& part) { return product_order::agenda(s, part); }
  static std::set<StreamId> parts_of(const State& s) { return product_order::parts_of(s); }
  static void touch(product_order::Touched& out, const State& s, const Event& e) { product_order::touch(out, s, e); }
  static OrderId order_of(const State& s) { return s.id; }
  static Payload payload(const State&, const Effect&);
  static AnyCommand message(const State& s, const Tell& tell) { return product_order::message_of(s, tell); }
  static std::optional<Ending> ending(const State& after, const Event&);
};

struct ServiceOrderKind {
  using State = service_order::State;
  using Command = service_order::Command;
  using Event = service_order::Event;
  static Result<Decided<Event>, Rejection> decide(const StreamId&, const State&, const Command&, const Asked&);
  static void evolve(State& s, const Event& e) { service_order::evolve(s, e); }
  static Agenda agenda(const State& s) { return service_order::agenda(s); }
  static OrderId order_of(const State& s) { return s.spec.order; }
  static Payload payload(const State& s, const Effect& effect) { return service_order::request_of(s, effect); }
  static AnyCommand message(const State& s, const Tell& tell) { return product_order::note_of(s, tell); }
  static std::optional<Ending> ending(const State& after, const Event&);
};

struct ProductKind {
  using State = product::State;
  using Command = product::Command;
  using Event = product::Event;
  static Result<Decided<Event>, Rejection> decide(const StreamId&, const State&, const Command&, const Asked&);
  static void evolve(State& s, const Event& e) { product::evolve(s, e); }
  static Agenda agenda(const State& s) { return product::agenda(s); }
  static OrderId order_of(const State& s) { return s.product.claimed_by.empty() ? s.last_order : s.product.claimed_by; }
  static Payload payload(const State& s, const Effect&) { return PushWork{s.product, s.writes}; }
  static AnyCommand message(const State&, const Tell&);
  static std::optional<Ending> ending(const State&, const Event&) { return std::nullopt; }
};

struct RepairKind {
  using State = repair::State;
  using Command = repair::Command;
  using Event = repair::Event;
  static Result<Decided<Event>, Rejection> decide(const StreamId&, const State&, const Command&, const Asked&);
  static void evolve(State& s, const Event& e) { repair::evolve(s, e); }
  static Agenda agenda(const State& s) { return repair::agenda(s); }
  static OrderId order_of(const State&) { return {}; }
  static Payload payload(const State& s, const Effect& effect) { return RepairWork{repair::ask_of(s, effect)}; }
  static AnyCommand message(const State&, const Tell&);
  static std::optional<Ending> ending(const State&, const Event&) { return std::nullopt; }
};

struct EpochKind {
  using State = epoch::State;
  using Command = epoch::Command;
  using Event = epoch::Event;
  static Result<Decided<Event>, Rejection> decide(const StreamId&, const State&, const Command&, const Asked&);
  static void evolve(State& s, const Event& e) { epoch::evolve(s, e); }
  static Agenda agenda(const State& s) { return epoch::agenda(s); }
  static OrderId order_of(const State&) { return {}; }
  static Payload payload(const State&, const Effect&) { return {}; }
  static AnyCommand message(const State&, const Tell&);
  static std::optional<Ending> ending(const State&, const Event&) { return std::nullopt; }
};

struct QuarantineKind {
  using State = quarantine::State;
  using Command = quarantine::Command;
  using Event = quarantine::Event;
  static Result<Decided<Event>, Rejection> decide(const StreamId&, const State&, const Command&, const Asked&);
  static void evolve(State& s, const Event& e) { quarantine::evolve(s, e); }
  static Agenda agenda(const State& s) { return quarantine::agenda(s); }
  static OrderId order_of(const State& s) { return OrderId{family_of(s.stream).value}; }
  static Payload payload(const State&, const Effect&) { return {}; }
  static AnyCommand message(const State& s, const Tell& tell) { return quarantine::note_of(s, tell); }
  static std::optional<Ending> ending(const State&, const Event&) { return std::nullopt; }
};

struct HoldsKind {
  using State = hold::State;
  using Command = hold::Command;
  using Event = hold::Event;
  static Result<Decided<Event>, Rejection> decide(const StreamId&, const State&, const Command&, const Asked&);
  static void evolve(State& s, const Event& e) { hold::evolve(s, e); }
  static Agenda agenda(const State& s) { return hold::agenda(s); }
  static OrderId order_of(const State&) { return {}; }
  static Payload payload(const State&, const Effect&) { return {}; }
  static AnyCommand message(const State&, const Tell&);
  static std::optional<Ending> ending(const State&, const Event&) { return std::nullopt; }
};

struct SubjectKind {
  using State = subject::State;
  using Command = subject::Command;
  using Event = subject::Event;
  static Result<Decided<Event>, Rejection> decide(const StreamId&, const State&, const Command&, const Asked&);
  static void evolve(State& s, const Event& e) { subject::evolve(s, e); }
  static Agenda agenda(const State& s) { return subject::agenda(s); }
  static OrderId order_of(const State&) { return {}; }
  static Payload payload(const State& s, const Effect&) { return EraseWork{subject::erasure_of(s)}; }
  static AnyCommand message(const State&, const Tell&);
  static std::optional<Ending> ending(const State&, const Event&) { return std::nullopt; }
};

/// Kinds with events of their own only: no effects, no tells.
template <class S, class C, class E, Result<std::vector<E>, Rejection> (*decide_)(const S&, const C&),
          void (*evolve_)(S&, const E&), Agenda (*agenda_)(const S&)>
struct PlainKind {
  using State = S;
  using Command = C;
  using Event = E;
  static Result<Decided<Event>, Rejection> decide(const StreamId&, const State& s, const Command& c, const Asked&) {
    auto events = decide_(s, c);
    if (!events) return Err(events.error());
    return Decided<Event>{std::move(*events), {}};
  }
  static void evolve(State& s, const Event& e) { evolve_(s, e); }
  static Agenda agenda(const State& s) { return agenda_(s); }
  static OrderId order_of(const State&) { return {}; }
  static Payload payload(const State&, const Effect&) { return {}; }
  static AnyCommand message(const State&, const Tell&);
  static std::optional<Ending> ending(const State&, const Event&) { return std::nullopt; }
};
using ServiceKind =
    PlainKind<service::State, service::Command, service::Event, service::decide, service::evolve, service::agenda>;
using CatalogKind = PlainKind<catalog_log::State, catalog_log::Command, catalog_log::Event, catalog_log::decide,
                              catalog_log::evolve, catalog_log::agenda>;
using UnmatchedKind =
    PlainKind<unmatched::State, unmatched::Command, unmatched::Event, unmatched::decide, unmatched::evolve, unmatched::agenda>;

/// A stream as the log has it.
template <class K>
struct Loaded {
  Folded<typename K::State> folded;
  Cause first;  ///< of the commit that opened the stream: whose it is, and its correlation
  std::vector<ConsumedTell> consumed;
};

/// Folds a stream, without the events that are marked as skipped, or without these. The error says which stream, which commit, and
/// why.
template <class K>
Result<Loaded<K>, quarantine::Finding> load(const EventLog&, const StreamId&,
                                            std::optional<std::set<Version>> skipped = std::nullopt);

/// One append in the making, and what follows once it is durable. It takes the decisions of several commands: each adds its
/// events under its own cause, and the rows and hints of a stream are added once, for what all of them changed.
class Draft {
 public:
  explicit Draft(Instant now) { commit_.time = now; }

  /// Where a stream stands in the append, once it does: its head, and the last of its events.
  struct Place {
    std::optional<std::size_t> head;
    std::size_t slice = 0;
  };

  /// A command's events in one stream.
  template <class Event>
  void add_events(const StreamId&, Place&, Version before, std::vector<Event> events, const Cause&);
  /// `state` is the stream's after all its events, `change` the difference between its agendas before and after them.
  template <class K>
  void add_change(const StreamId&, const typename K::State& state, const AgendaChange& change, const Cause&);
  /// `passed_on`: told in this append too, so that it never becomes a row.
  void consume(const ConsumedTell&, const Cause&, bool passed_on);
  bool consumes(const ConsumedTell&) const;
  /// The decision is right only at this version of the stream, also where it adds no event to it.
  void built_on(const StreamId&, Place&, Version);
  /// Rows that are set right without an event that says so.
  void add_rows(std::vector<RowChange>, const AgendaChange& counted);

  /// With the stream's last events goes what its state is after them (domain/projection.h): whenever it has come to rest, and
  /// every now and then.
  template <class State>
  void record_state(const Place&, const State&, bool at_rest);

  bool empty() const { return commit_.streams.empty() && commit_.consumed.empty(); }
  Append finish();
  Hints hints;

 private:
  StreamHead& head_of(const StreamId&, Place&, Version);
  void begin(const Cause&);
  Commit commit_;
  Append append_;
};

/// What a stream's agenda (or its change) asks of dispatcher, timers and other members.
template <class K>
void add_hints(Hints&, const StreamId&, const typename K::State&, const AgendaChange&, const Cause&);

/// What one stream tells another, as a command that the receiver's append consumes.
template <class K>
MailPtr mail_of(const StreamId& from, const typename K::State&, const Tell&, const Cause&);

}  // namespace comd

#pragma once
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "domain/product_order.h"
#include "domain/quarantine.h"
#include "domain/repair.h"
#include "domain/subject.h"
#include "domain/system.h"

/// The read model: rows written in the append itself, so a list sees an order the moment its submission is answered. Values
/// are a flat "field=value" text form (see `Fields`), keys sort by date.
///
///   order          <order id>                                            → OrderSummary
///   order_index    <tenant> '\0' <dimension> '\0' <value> '\0' <date><order id>  → ""   dimension: all, state, offering, party, external,
///                                                                             jeopardy, related (orders that it depends on)
///   product        <product id>                                          → ProductSummary
///   product_index  <tenant> '\0' <dimension> '\0' <value> '\0' <product id>      → ""   dimension: all, status, offering, party
///   service        <service id>                                          → ServiceSummary
///   service_index  <tenant>…                                             as product_index; dimension: all, state, product
///   unmatched      <service order id> '/' <report id>                    → text
///   person         <tenant> '\0' <since><stream>                         → PersonSummary: what waits for a person, oldest first
///   repair         <tenant> '\0' <started><repair id>                    → RepairSummary
///   epoch          "epoch"                                               → epoch::State, once there was a second one
///   quarantine     <stream>                                              → QuarantineSummary: of now, or the last one
///   subject        <tenant> '\0' <subject's stream>                      → SubjectSummary
///   hold           <kind> '/' <name>                                      → hold::Hold, while it is in force
///   archived       as order_index; dimension: all (→ OrderSummary, the short of it), party, external (→ "")
namespace comd::views {

struct OrderSummary {
  OrderId id;
  TenantId tenant;
  std::string external_id, source;
  std::string state;  ///< domain's word
  std::string reason;
  std::vector<std::string> offerings;
  std::vector<PartyRef> parties;
  std::uint8_t priority = 4;
  Instant submitted_at{}, closed_at{};
  std::uint32_t service_orders = 0, service_orders_done = 0;
  std::string catalog_version;
  Instant archived_at{};
  bool operator==(const OrderSummary&) const = default;
};
std::string encode(const OrderSummary&);
std::optional<OrderSummary> decode_order(std::string_view);
OrderSummary summary_of(const product_order::State&);

struct ProductSummary {
  ProductId id;
  TenantId tenant;
  std::string status;
  std::string offering, offering_name;
  std::vector<PartyRef> parties;
  OrderId last_order, claimed_by;
  std::uint32_t services = 0;
  std::uint64_t writes = 0;
  bool operator==(const ProductSummary&) const = default;
};
std::string encode(const ProductSummary&);
std::optional<ProductSummary> decode_product(std::string_view);

struct ServiceSummary {
  ServiceId id;
  TenantId tenant;
  ProductId product;
  std::string specification, state, operating_status;
  OrderId last_order;
  bool operator==(const ServiceSummary&) const = default;
};
std::string encode(const ServiceSummary&);
std::optional<ServiceSummary> decode_service(std::string_view);

/// What waits for a person: a task (work that a person does), or fallout (an order or service order that does not go on).
struct PersonSummary {
  std::string id;    ///< of the service order or product order
  std::string kind;  ///< "task" or "fallout"
  TenantId tenant;
  OrderId order;
  std::string item, key, specification, target;  ///< service orders only
  std::string state;
  std::string fault_class, code, message;
  Instant since{}, until{};  ///< until: the task's deadline, or the next review
  std::uint32_t attempts = 0;
  bool in_doubt = false;  ///< the partner may have done it
  bool optional = false, compensation = false;
  std::string assignee;
  bool operator==(const PersonSummary&) const = default;
};
std::string encode(const PersonSummary&);
std::optional<PersonSummary> decode_person(std::string_view);

struct RepairSummary {
  RepairId id;
  TenantId tenant;
  std::string status, remedy, by, why, query;
  std::string reason;  ///< why it is where it is
  repair::Totals totals;
  Instant started_at{}, ended_at{};
  bool operator==(const RepairSummary&) const = default;
};
std::string encode(const RepairSummary&);
std::optional<RepairSummary> decode_repair(std::string_view);

struct QuarantineSummary {
  StreamId stream;
  TenantId tenant;
  bool open = false;
  std::string cause, reason;
  Version version{};
  std::vector<Version> skipped;  ///< events that are passed over, also when the quarantine has ended
  Instant since{}, until{};      ///< until: the review deadline
  std::string how, by, why;      ///< how it ended; who did something about it last
  Instant released_at{};
  bool operator==(const QuarantineSummary&) const = default;
};
std::string encode(const QuarantineSummary&);
std::optional<QuarantineSummary> decode_quarantine(std::string_view);
/// The events of a stream that are passed over, from its row of the quarantine table, if it has one.
std::set<Version> skipped_events(const std::optional<std::string>& row);

/// A data subject that is forgotten, or waits for it. Its keys are what a restored key file is compared with.
struct SubjectSummary {
  std::string id;  ///< of its stream
  TenantId tenant;
  std::string status;  ///< subject::status_of
  std::string by, why;
  bool force = false;
  std::string waits_for;
  Instant asked_at{}, forgotten_at{}, erased_at{};
  std::vector<OrderId> orders;
  std::vector<ProductId> products;
  std::vector<std::string> keys;
  bool operator==(const SubjectSummary&) const = default;
};
std::string encode(const SubjectSummary&);
std::optional<SubjectSummary> decode_subject(std::string_view);

/// The rows a state is listed by; used by the agendas.
void add_rows(const subject::State&, Agenda&);
void add_rows(const quarantine::State&, Agenda&);
void add_rows(const repair::State&, Agenda&);
void add_rows(const service_order::State&, Agenda&);
void add_rows(const product_order::State&, Agenda&);
void add_archived_rows(const product_order::State&, Agenda&);
void add_rows(const product::State&, Agenda&);
void add_rows(const service::State&, Agenda&);

/// Prefix of an index: everything under (tenant, dimension, value).
std::string index_prefix(const TenantId&, std::string_view dimension, std::string_view value);
std::string date_key(Instant);  ///< 16 hex digits, sorts by time
/// Keys of what is listed by time alone: person, repair.
std::string tenant_prefix(const TenantId&);
std::string dated_key(const TenantId&, Instant, std::string_view id);
std::string id_of_index_key(std::string_view key);  ///< the id at its end

}  // namespace comd::views

/// Text for people, from the same state that decides: what happened, why an order is where it is, and what it waits for.
namespace comd {

struct Wait {
  std::string what;
  std::string on;
  std::optional<Instant> until;
};
struct Explanation {
  std::string status;
  std::string because;
  std::vector<Wait> waits;               ///< empty only for a final state
  std::vector<std::string> next;         ///< what a person can do now
  std::string jeopardy = {};             ///< why it is expected to miss its date, or takes longer than expected; empty: it is not
  std::optional<Instant> expected = {};  ///< its end; of a product order: where a forecast was made (domain/forecast.h)
};
Explanation explain(const product_order::State&);
Explanation explain(const service_order::State&);

/// What a remedy would lead to now.
struct Prospect {
  Remedy remedy{};
  bool allowed = false;
  bool forced = false;             ///< only with force
  std::vector<std::string> leads;  ///< allowed: what would happen, as the timeline would tell it
  std::string refusal, hint;       ///< not allowed, or only with force: why
};
std::vector<Prospect> prospects(const product_order::State&, const ServiceOrderId&, const product_order::Context&);
std::vector<Prospect> prospects(const service_order::State&, const service_order::Context&);

/// A one-line "what" and "why" of an event, for the timeline.
struct Line {
  std::string name;
  std::string text;
  std::string reason;
};
Line describe(const product_order::Event&);
Line describe(const service_order::Event&);
Line describe(const product::Event&);
Line describe(const service::Event&);
Line describe(const catalog_log::Event&);
Line describe(const unmatched::Event&);
Line describe(const repair::Event&);
Line describe(const quarantine::Event&);
Line describe(const subject::Event&);
Line describe(const unreadable::Event&);

}  // namespace comd

#include "events/codec.h"

/// Events 301 to 499, of "pr-…" and "sv-…" streams.
namespace comd::events::v1 {

namespace pr = comd::product;
namespace sv = comd::service;

void put(const pr::ServiceRecord& from, ServiceRecord& to) {
  to.set_id(from.id.value);
  to.set_key(from.key);
  to.set_site(from.site);
  to.set_specification(from.specification);
  to.set_target(from.target);
  to.set_state(static_cast<ServiceState>(from.state));
  put(from.characteristics, *to.mutable_characteristics());
  put(from.outputs, *to.mutable_outputs());
  put(from.depends_on, *to.mutable_depends_on());
}

void get(const ServiceRecord& from, pr::ServiceRecord& to, Trouble& trouble) {
  to.id.value = from.id();
  to.key = from.key();
  to.site = from.site();
  to.specification = from.specification();
  to.target = from.target();
  to.state = enum_of<pr::ServiceState>(from.state(), ServiceState_IsValid, "service state", trouble);
  get(from.characteristics(), to.characteristics);
  get(from.outputs(), to.outputs);
  get(from.depends_on(), to.depends_on);
}

void put(const pr::Snapshot& from, Snapshot& to) {
  to.set_id(from.id.value);
  to.set_tenant(from.tenant.value);
  to.set_status(static_cast<ProductStatus>(from.status));
  put(from.offering, *to.mutable_offering());
  put(from.characteristics, *to.mutable_characteristics());
  put(from.places, *to.mutable_places());
  put(from.parties, *to.mutable_parties());
  for (const pr::ServiceRecord& service : from.services) put(service, *to.add_services());
  to.set_claimed_by(from.claimed_by.value);
  to.set_catalog_version(from.catalog_version);
}

void get(const Snapshot& from, pr::Snapshot& to, Trouble& trouble) {
  to.id.value = from.id();
  to.tenant.value = from.tenant();
  to.status = enum_of<pr::Status>(from.status(), ProductStatus_IsValid, "product status", trouble);
  get(from.offering(), to.offering);
  get(from.characteristics(), to.characteristics);
  get(from.places(), to.places);
  get(from.parties(), to.parties);
  for (const ServiceRecord& service : from.services()) get(service, to.services.emplace_back(), trouble);
  to.claimed_by.value = from.claimed_by();
  to.catalog_version = from.catalog_version();
}

void put(const pr::Claimed& e, ProductClaimed& m) {
  m.set_order(e.order.value);
  m.set_item(e.item);
  m.set_action(static_cast<Action>(e.action));
  m.set_status(static_cast<ProductStatus>(e.status));
}
void get(const ProductClaimed& m, pr::Claimed& e, Trouble& t) {
  e.order.value = m.order();
  e.item = m.item();
  e.action = enum_of<comd::Action>(m.action(), Action_IsValid, "action", t);
  e.status = enum_of<pr::Status>(m.status(), ProductStatus_IsValid, "product status", t);
}

void put(const pr::Written& e, ProductWritten& m) {
  m.set_order(e.order.value);
  m.set_item(e.item);
  m.set_action(static_cast<Action>(e.action));
  m.set_outcome(static_cast<Outcome>(e.outcome));
  m.set_before(static_cast<ProductStatus>(e.before));
  put(e.product, *m.mutable_product());
  m.set_push(e.push);
  m.set_push_by(put_time(e.push_by));
}
void get(const ProductWritten& m, pr::Written& e, Trouble& t) {
  e.order.value = m.order();
  e.item = m.item();
  e.action = enum_of<comd::Action>(m.action(), Action_IsValid, "action", t);
  e.outcome = enum_of<pr::Outcome>(m.outcome(), Outcome_IsValid, "outcome", t);
  e.before = enum_of<pr::Status>(m.before(), ProductStatus_IsValid, "product status", t);
  get(m.product(), e.product, t);
  e.push = m.push();
  e.push_by = get_time(m.push_by());
}

void put(const pr::Pushed& e, ProductPushed& m) { m.set_version(e.version); }
void get(const ProductPushed& m, pr::Pushed& e, Trouble&) { e.version = m.version(); }

void put(const pr::PushDelayed& e, ProductPushDelayed& m) {
  m.set_version(e.version);
  m.set_attempts(e.attempts);
  m.set_detail(e.detail);
  m.set_next(put_time(e.next));
}
void get(const ProductPushDelayed& m, pr::PushDelayed& e, Trouble&) {
  e.version = m.version();
  e.attempts = m.attempts();
  e.detail = m.detail();
  e.next = get_time(m.next());
}

void put(const pr::ClaimQueued& e, ProductClaimQueued& m) {
  m.set_order(e.order.value);
  m.set_item(e.item);
  m.set_action(static_cast<Action>(e.action));
}
void get(const ProductClaimQueued& m, pr::ClaimQueued& e, Trouble& t) {
  e.order.value = m.order();
  e.item = m.item();
  e.action = enum_of<comd::Action>(m.action(), Action_IsValid, "action", t);
}

void put(const pr::ClaimDropped& e, ProductClaimDropped& m) {
  m.set_order(e.order.value);
  m.set_item(e.item);
  m.set_reason(e.reason);
}
void get(const ProductClaimDropped& m, pr::ClaimDropped& e, Trouble&) {
  e.order.value = m.order();
  e.item = m.item();
  e.reason = m.reason();
}

void put(const sv::Changed& e, ServiceChanged& m) {
  m.set_tenant(e.tenant.value);
  m.set_product(e.product.value);
  m.set_order(e.order.value);
  put(e.record, *m.mutable_record());
}
void get(const ServiceChanged& m, sv::Changed& e, Trouble& t) {
  e.tenant.value = m.tenant();
  e.product.value = m.product();
  e.order.value = m.order();
  get(m.record(), e.record, t);
}

void put(const sv::NewsRecorded& e, ServiceNewsRecorded& m) {
  m.set_id(e.id);
  m.set_kind(static_cast<NewsKind>(e.kind));
  m.set_message(e.message);
  put(e.characteristics, *m.mutable_characteristics());
  m.set_reporter(e.reporter);
}
void get(const ServiceNewsRecorded& m, sv::NewsRecorded& e, Trouble& t) {
  e.id = m.id();
  e.kind = enum_of<sv::NewsKind>(m.kind(), NewsKind_IsValid, "kind of news", t);
  e.message = m.message();
  get(m.characteristics(), e.characteristics);
  e.reporter = m.reporter();
}

namespace {

using ProductRows =
    Rows_<Row<pr::Claimed, ProductClaimed, PRODUCT_CLAIMED>, Row<pr::Written, ProductWritten, PRODUCT_WRITTEN>,
          Row<pr::Pushed, ProductPushed, PRODUCT_PUSHED>, Row<pr::PushDelayed, ProductPushDelayed, PRODUCT_PUSH_DELAYED>,
          Row<pr::ClaimQueued, ProductClaimQueued, PRODUCT_CLAIM_QUEUED>,
          Row<pr::ClaimDropped, ProductClaimDropped, PRODUCT_CLAIM_DROPPED>>;
using ServiceRows =
    Rows_<Row<sv::Changed, ServiceChanged, SERVICE_CHANGED>, Row<sv::NewsRecorded, ServiceNewsRecorded, SERVICE_NEWS_RECORDED>>;

}  // namespace

void pack(const pr::Event& event, Event& to) { pack<ProductRows>(event, to); }
void pack(const sv::Event& event, Event& to) { pack<ServiceRows>(event, to); }

std::optional<AnyEvent> unpack_product(const Event& from, Trouble& trouble) {
  return unpack<pr::Event>(ProductRows{}, from, trouble);
}
std::optional<AnyEvent> unpack_service(const Event& from, Trouble& trouble) {
  return unpack<sv::Event>(ServiceRows{}, from, trouble);
}

}  // namespace comd::events::v1

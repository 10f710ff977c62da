#include "events/shared_fields.h"

/// Events 301 to 499, of "pr-…" and "sv-…" streams.
namespace comd::events::v1 {

namespace pr = comd::product;
namespace sv = comd::service;

template <>
struct Known<sv::NewsKind> {
  static constexpr auto valid = NewsKind_IsValid;
  static constexpr auto name = "kind of news";
};

void fields(auto& c, Is<pr::Claimed> auto& e) {
  using M = ProductClaimed;
  c(M::kOrderFieldNumber, e.order);
  c(M::kItemFieldNumber, e.item);
  c(M::kActionFieldNumber, e.action);
  c(M::kStatusFieldNumber, e.status);
}

void fields(auto& c, Is<pr::Written> auto& e) {
  using M = ProductWritten;
  c(M::kOrderFieldNumber, e.order);
  c(M::kItemFieldNumber, e.item);
  c(M::kActionFieldNumber, e.action);
  c(M::kOutcomeFieldNumber, e.outcome);
  c(M::kBeforeFieldNumber, e.before);
  c(M::kProductFieldNumber, e.product);
  c(M::kPushFieldNumber, e.push);
  c(M::kPushByFieldNumber, e.push_by);
}

void fields(auto& c, Is<pr::Pushed> auto& e) {
  using M = ProductPushed;
  c(M::kVersionFieldNumber, e.version);
}

void fields(auto& c, Is<pr::PushDelayed> auto& e) {
  using M = ProductPushDelayed;
  c(M::kVersionFieldNumber, e.version);
  c(M::kAttemptsFieldNumber, e.attempts);
  c(M::kDetailFieldNumber, e.detail);
  c(M::kNextFieldNumber, e.next);
}

void fields(auto& c, Is<pr::ClaimQueued> auto& e) {
  using M = ProductClaimQueued;
  c(M::kOrderFieldNumber, e.order);
  c(M::kItemFieldNumber, e.item);
  c(M::kActionFieldNumber, e.action);
}

void fields(auto& c, Is<pr::ClaimDropped> auto& e) {
  using M = ProductClaimDropped;
  c(M::kOrderFieldNumber, e.order);
  c(M::kItemFieldNumber, e.item);
  c(M::kReasonFieldNumber, e.reason);
}

void fields(auto& c, Is<sv::Changed> auto& e) {
  using M = ServiceChanged;
  c(M::kTenantFieldNumber, e.tenant);
  c(M::kProductFieldNumber, e.product);
  c(M::kOrderFieldNumber, e.order);
  c(M::kRecordFieldNumber, e.record);
}

void fields(auto& c, Is<sv::NewsRecorded> auto& e) {
  using M = ServiceNewsRecorded;
  c(M::kIdFieldNumber, e.id);
  c(M::kKindFieldNumber, e.kind);
  c(M::kMessageFieldNumber, e.message);
  c(M::kCharacteristicsFieldNumber, e.characteristics);
  c(M::kReporterFieldNumber, e.reporter);
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

void pack(const pr::Event& event, Writer& to) { pack<ProductRows>(event, to); }
void pack(const sv::Event& event, Writer& to) { pack<ServiceRows>(event, to); }

void unpack_product(const Envelope& from, AnyEvent& to, Trouble& trouble) { unpack<pr::Event>(ProductRows{}, from, to, trouble); }
void unpack_service(const Envelope& from, AnyEvent& to, Trouble& trouble) { unpack<sv::Event>(ServiceRows{}, from, to, trouble); }

}  // namespace comd::events::v1

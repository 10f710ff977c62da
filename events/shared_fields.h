#pragma once
#include "comd/events/v1/product.pb.h"
#include "comd/events/v1/service_order.pb.h"
#include "events/codec.h"

/// The values that events of several aggregates carry.
namespace comd::events::v1 {

template <>
struct Known<comd::Action> {
  static constexpr auto valid = Action_IsValid;
  static constexpr auto name = "action";
};

template <>
struct Known<comd::FaultClass> {
  static constexpr auto valid = FaultClass_IsValid;
  static constexpr auto name = "fault class";
};

template <>
struct Known<comd::Then> {
  static constexpr auto valid = Then_IsValid;
  static constexpr auto name = "step after failure";
};

template <>
struct Known<comd::Remedy> {
  static constexpr auto valid = Remedy_IsValid;
  static constexpr auto name = "remedy";
};

template <>
struct Known<service_order::ReportKind> {
  static constexpr auto valid = ReportKind_IsValid;
  static constexpr auto name = "report kind";
};

template <>
struct Known<product::Status> {
  static constexpr auto valid = ProductStatus_IsValid;
  static constexpr auto name = "product status";
};

template <>
struct Known<product::ServiceState> {
  static constexpr auto valid = ServiceState_IsValid;
  static constexpr auto name = "service state";
};

template <>
struct Known<product::Outcome> {
  static constexpr auto valid = Outcome_IsValid;
  static constexpr auto name = "outcome";
};

void fields(auto& c, Is<OfferingRef> auto& e) {
  using M = Offering;
  c(M::kIdFieldNumber, e.id);
  c(M::kNameFieldNumber, e.name);
  c(M::kVersionFieldNumber, e.version);
}

void fields(auto& c, Is<PartyRef> auto& e) {
  using M = Party;
  c(M::kIdFieldNumber, e.id);
  c(M::kRoleFieldNumber, e.role);
  c(M::kSealedFieldNumber, e.sealed);
}

void fields(auto& c, Is<PlaceRef> auto& e) {
  using M = Place;
  c(M::kIdFieldNumber, e.id);
  c(M::kRoleFieldNumber, e.role);
  c(M::kNameFieldNumber, e.name);
}

void fields(auto& c, Is<service_order::Fault> auto& e) {
  using M = Fault;
  c(M::kFaultClassFieldNumber, e.fault_class);
  c(M::kCodeFieldNumber, e.code);
  c(M::kMessageFieldNumber, e.message);
}

void fields(auto& c, Is<service_order::Binding> auto& e) {
  using M = Binding;
  c(M::kNameFieldNumber, e.name);
  c(M::kFromFieldNumber, e.from);
  c(M::kOutputFieldNumber, e.output);
  c(M::kRequiredFieldNumber, e.required);
}

void fields(auto& c, Is<service_order::Spec> auto& e) {
  using M = Spec;
  c(M::kIdFieldNumber, e.id);
  c(M::kOrderFieldNumber, e.order);
  c(M::kTenantFieldNumber, e.tenant);
  c(M::kItemFieldNumber, e.item);
  c(M::kUnitFieldNumber, e.unit);
  c(M::kSiteFieldNumber, e.site);
  c(M::kKeyFieldNumber, e.key);
  c(M::kServiceFieldNumber, e.service);
  c(M::kSpecificationFieldNumber, e.specification);
  c(M::kCatalogVersionFieldNumber, e.catalog_version);
  c(M::kTargetFieldNumber, e.target);
  c(M::kActionFieldNumber, e.action);
  c(M::kRevisionFieldNumber, e.revision);
  c(M::kOptionalFieldNumber, e.optional);
  c(M::kPriorityFieldNumber, e.priority);
  c(M::kUndoesFieldNumber, e.undoes);
  c(M::kCharacteristicsFieldNumber, e.characteristics);
  c(M::kPreviousFieldNumber, e.previous);
  c(M::kBindingsFieldNumber, e.bindings);
  c(M::kDependsOnFieldNumber, e.depends_on);
  c(M::kReplacesFieldNumber, e.replaces);
}

void fields(auto& c, Is<service_order::Report> auto& e) {
  using M = Report;
  c(M::kIdFieldNumber, e.id);
  c(M::kKindFieldNumber, e.kind);
  c(M::kAttemptFieldNumber, e.attempt);
  c(M::kOutputsFieldNumber, e.outputs);
  c(M::kFaultFieldNumber, e.fault);
  c(M::kMessageFieldNumber, e.message);
  c(M::kExpectedFieldNumber, e.expected);
  c(M::kReporterFieldNumber, e.reporter);
  c(M::kMilestoneFieldNumber, e.milestone);
}

void fields(auto& c, Is<comd::Intervention> auto& e) {
  using M = Intervention;
  c(M::kRemedyFieldNumber, e.remedy);
  c(M::kByFieldNumber, e.by);
  c(M::kReasonFieldNumber, e.reason);
  c(M::kValuesFieldNumber, e.values);
  c(M::kAssigneeFieldNumber, e.assignee);
  c(M::kForceFieldNumber, e.force);
  c(M::kIdFieldNumber, e.id);
  c(M::kItemFieldNumber, e.item);
  c(M::kPriorityFieldNumber, e.priority);
}

void fields(auto& c, Is<product::ServiceRecord> auto& e) {
  using M = ServiceRecord;
  c(M::kIdFieldNumber, e.id);
  c(M::kKeyFieldNumber, e.key);
  c(M::kSiteFieldNumber, e.site);
  c(M::kSpecificationFieldNumber, e.specification);
  c(M::kTargetFieldNumber, e.target);
  c(M::kStateFieldNumber, e.state);
  c(M::kCharacteristicsFieldNumber, e.characteristics);
  c(M::kOutputsFieldNumber, e.outputs);
  c(M::kDependsOnFieldNumber, e.depends_on);
}

void fields(auto& c, Is<product::Snapshot> auto& e) {
  using M = Snapshot;
  c(M::kIdFieldNumber, e.id);
  c(M::kTenantFieldNumber, e.tenant);
  c(M::kStatusFieldNumber, e.status);
  c(M::kOfferingFieldNumber, e.offering);
  c(M::kCharacteristicsFieldNumber, e.characteristics);
  c(M::kPlacesFieldNumber, e.places);
  c(M::kServicesFieldNumber, e.services);
  c(M::kClaimedByFieldNumber, e.claimed_by);
  c(M::kCatalogVersionFieldNumber, e.catalog_version);
  c(M::kPartiesFieldNumber, e.parties);
}

}  // namespace comd::events::v1

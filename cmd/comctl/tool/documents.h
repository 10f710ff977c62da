#pragma once
#include "cmd/comctl/tool/output.h"

namespace google::protobuf {
class Timestamp;
}
namespace comd::api::v1 {
class CancelTask;
class QueuedRevision;
class Obstacle;
class CatalogSummary;
class ExplainResponse;
class Explanation;
class FalloutItem;
class GetFalloutResponse;
class GetOrderResponse;
class GetProductResponse;
class GetRepairResponse;
class GetServiceResponse;
class ListLanesResponse;
class OrderSummary;
class PlanResponse;
class ProductSummary;
class Quarantine;
class Repair;
class ServiceOrderSummary;
class ServiceSummary;
class StartRepairResponse;
class StatusResponse;
class Subject;
class SubmitResponse;
class TimelineEntry;
class TimelineResponse;
class UnmatchedReport;
class WatchResponse;
}  // namespace comd::api::v1

/// Answers of the server as JSON documents, in the shapes docs/comctl.md promises: every name is always there, times are RFC
/// 3339 in UTC or null, characteristics are the JSON they are. Whoever has an answer includes its type.
namespace comd::ctl {

/// RFC 3339 in UTC, or null.
Json time_of(bool present, const google::protobuf::Timestamp&);

Json document_of(const api::v1::SubmitResponse&);
Json document_of(const api::v1::OrderSummary&);
Json document_of(const api::v1::ServiceOrderSummary&);
Json document_of(const api::v1::GetOrderResponse&);
Json document_of(const api::v1::WatchResponse&);
Json document_of(const api::v1::TimelineEntry&);
Json document_of(const api::v1::TimelineResponse&);
Json document_of(const api::v1::Explanation&);
Json document_of(const api::v1::ExplainResponse&);
Json document_of(const api::v1::PlanResponse&);
Json document_of(const api::v1::CancelTask&);
Json document_of(const api::v1::QueuedRevision&);
Json document_of(const api::v1::Obstacle&);
Json document_of(const api::v1::ProductSummary&);
Json document_of(const api::v1::ServiceSummary&);
Json document_of(const api::v1::GetProductResponse&);
Json document_of(const api::v1::GetServiceResponse&);
Json document_of(const api::v1::CatalogSummary&);
Json document_of(const api::v1::StatusResponse&);
Json document_of(const api::v1::FalloutItem&);
Json document_of(const api::v1::GetFalloutResponse&);
Json document_of(const api::v1::Repair&);
Json document_of(const api::v1::StartRepairResponse&, bool dry_run);
Json document_of(const api::v1::GetRepairResponse&);
Json document_of(const api::v1::Quarantine&);
Json document_of(const api::v1::Subject&);
Json document_of(const api::v1::UnmatchedReport&);
Json document_of(const api::v1::ListLanesResponse&);

}  // namespace comd::ctl

#pragma once
#include "comd/api/v1/catalog.pb.h"
#include "comd/api/v1/inventory.pb.h"
#include "comd/api/v1/product_order.pb.h"
#include "edge/grpc/reader.h"

/// The domain's values as messages of comd/api/v1.
namespace comd::north {

namespace api = ::comd::api::v1;

void fill(google::protobuf::Timestamp&, Instant);
Instant instant_of(const google::protobuf::Timestamp&);

api::OrderSummary message_of(const views::OrderSummary&);
/// `service_order` may be absent: then only what the product order knows is told.
api::ServiceOrderSummary message_of(const product_order::Node&, const service_order::State* service_order);
api::ServiceOrderSummary message_of(const service_order::State&);
api::Jeopardy message_of(const product_order::JeopardyRaised&);
api::Explanation message_of(std::string_view id, const Explanation&);
api::TimelineEntry message_of(const Told&);
api::ProductSummary message_of(const views::ProductSummary&);
api::ServiceSummary message_of(const views::ServiceSummary&);
void fill_plan(const product_order::State&, const std::vector<service_order::State>&, api::PlanResponse&);

/// The domain's word for a state, from its own or from TMF622's.
std::vector<std::string> states_named(std::string_view word);

}  // namespace comd::north

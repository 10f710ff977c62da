#pragma once
#include "actors/ports.h"
#include "comd/activation/v1/activation.pb.h"
#include "domain/product.h"

/// Between the domain and comd/activation/v1. The one translation of the southbound contract: for the calls comd makes, and
/// for the reports it takes.
namespace comd::south {

namespace wire = ::comd::activation::v1;

void fill_header(const ActivationCall&, wire::CallHeader&);
void fill_submit(const ActivationCall&, wire::SubmitRequest&);
void fill_get(const ActivationCall&, wire::GetRequest&);
void fill_cancel(const ActivationCall&, wire::CancelRequest&);
void fill_revise(const ActivationCall&, wire::ReviseRequest&);

/// The error is a sentence naming the field: "Expected outputs[\"portId\"] to be JSON text, but …".
Result<service_order::Report, std::string> report_of(const wire::ServiceOrderReport&);
Result<service::TakeNews, std::string> news_of(const wire::ServiceNews&);

/// JSON text, any spacing, to the domain's canonical form: keys sorted, no spaces.
Result<Value, std::string> value_of(const std::string& json, const std::string& where);

std::optional<FaultClass> fault_class_of(wire::FaultClass);
/// From metadata: "transient", "permanent", "business".
std::optional<FaultClass> fault_class_of(std::string_view);

}  // namespace comd::south

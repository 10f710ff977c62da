#pragma once
#include "comd/api/v1/history.pb.h"
#include "domain/fields.h"
#include "edge/grpc/core.h"
#include "events/any_folded.h"

/// What was: how something changed between two moments, and event by event.
namespace comd::north {

grpc::Status diff(const Core&, const Caller&, const api::DiffRequest&, api::DiffResponse&);
grpc::Status replay(const Core&, const Caller&, const api::ReplayRequest&, api::ReplayResponse&);

/// The stream as it is in this log; of one that does not fold, as before the event that does not. Nothing: there is no such stream.
std::optional<AnyFolded> fold_any(const EventLog&, const StreamId&);
/// Empty for kinds that have none: catalogues, unmatched reports, repairs, quarantines.
Fields fields_in(const AnyFolded&);
/// Its status or state, in a word.
std::string state_in(const AnyFolded&);

void add_changes(const StreamId&, const Fields& before, const Fields& after,
                 google::protobuf::RepeatedPtrField<api::FieldChange>& out);

}  // namespace comd::north

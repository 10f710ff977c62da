#pragma once
#include "comd/api/v1/log.pb.h"
#include "edge/grpc/core.h"

/// The calls of LogService that stream (edge/grpc/log_service.cpp).
namespace comd::north {

grpc::ServerWriteReactor<api::ReadLogResponse>* start_log_read(Core&, const api::ReadLogRequest&);
grpc::ServerWriteReactor<api::LogStatsResponse>* start_log_stats(Core&, const api::LogStatsRequest&);
grpc::ServerWriteReactor<api::ConsumeResponse>* start_consume(Core&, const api::ConsumeRequest&);

/// A position that a client names is one of this log.
Result<Position, Rejection> position_in(const EventLog&, std::uint64_t position, std::string where);
/// One more call that reads the log, or too many. Who was let in makes a LogStream, which leaves by itself.
Result<void, Rejection> let_in(Core&);

}  // namespace comd::north

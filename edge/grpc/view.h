#pragma once
#include "comd/api/v1/as_of.pb.h"
#include "edge/grpc/core.h"

namespace comd::north {

namespace api = ::comd::api::v1;

/// What a call reads: the log as it is, or as it was.
struct View {
  std::shared_ptr<const AsOfLog> past;  ///< absent: as it is
  Reader reader;
  Instant now{};  ///< of that moment
  Position position{};

  /// REQUIRES: before what is listed by time alone is read, or counters. Does nothing for a view of now.
  Result<void, Rejection> read_open(const Core&, const std::function<bool()>& go_on) const;
  template <class Response>
  void tell_position(Response& response) const {
    if (past) response.set_as_of_position(number(position));
  }
};

/// `id`: what as_of.version is a version of; empty: a version cannot be asked for. Refused: a moment that is yet to come, a version
/// that was never reached, an id that is not the caller's.
Result<View, Rejection> view_of(const Core&, const Caller&, const api::AsOf*, const std::string& id);
template <class Request>
Result<View, Rejection> view_of(const Core& core, const Caller& caller, const Request& request, const std::string& id = {}) {
  return view_of(core, caller, request.has_as_of() ? &request.as_of() : nullptr, id);
}
/// Only the position; nothing: now.
Result<std::optional<Position>, Rejection> position_of(const Core&, const Caller&, const api::AsOf*, const std::string& id);

}  // namespace comd::north

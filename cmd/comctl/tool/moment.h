#pragma once
#include "cmd/comctl/tool/session.h"

namespace google::protobuf {
class Timestamp;
}
namespace comd::api::v1 {
class AsOf;
}

namespace comd::ctl {

/// "2026-01-31T10:00:00Z", "2026-01-31", "2h ago", "@4711", "v12", "now".
std::optional<Moment> parse_moment(std::string_view text);

/// As the server takes it.
google::protobuf::Timestamp timestamp_of(Time time);
void fill(api::v1::AsOf& out, const Moment& moment);

/// "as it was after position 42", for a document that says so.
std::string as_of_line(const Json& document, bool colour);

/// Is there an --as-of?
inline bool asks_of_past(const Session& session) {
  const auto& moment = session.options.as_of;
  return moment.time || moment.ago || moment.position || moment.version;
}

/// What --as-of says; nothing, without it.
template <class Request>
void set_as_of(const Session& session, Request& request) {
  if (asks_of_past(session)) fill(*request.mutable_as_of(), session.options.as_of);
}

/// Says of which moment it is, where it is not of now.
template <class Response>
void print_as_of(const Session& session, Json document, const Response& response,
                 const std::function<std::string(const Json&, bool)>& table) {
  if (asks_of_past(session)) document["asOfPosition"] = response.as_of_position();
  session.print(document, [&](const Json& d, bool colour) { return as_of_line(d, colour) + table(d, colour); });
}

}  // namespace comd::ctl

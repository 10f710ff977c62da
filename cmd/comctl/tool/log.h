#pragma once
#include "cmd/comctl/tool/session.h"

namespace comd::api::v1 {
class LogCommit;
class LogFilter;
}  // namespace comd::api::v1

/// What the `log` commands share.
namespace comd::ctl {

/// The filter that the command line asks for; orders by their ids.
Outcome<api::v1::LogFilter> log_filter(const Session&);

/// A position as it is typed; 0 for "beginning" and nothing for "now" and "".
Outcome<std::optional<std::uint64_t>> log_position(const std::string& text, const std::string& option);

Json document_of(const api::v1::LogCommit&);
/// One commit in the form asked for: a document a line, or a line an event.
void print_commit(const Session&, const api::v1::LogCommit&);

/// "123,456 events/s" and the like, for the end of something long.
std::string pace(std::uint64_t count, std::string_view what, Millis elapsed);

}  // namespace comd::ctl

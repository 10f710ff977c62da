#include "edge/grpc/view.h"

#include "edge/grpc/convert.h"
#include "edge/grpc/orders.h"

namespace comd::north {
namespace {

Rejection bad_moment(RejectionCode code, std::string message, std::string where, std::string hint) {
  return {code, std::move(message), "as_of." + std::move(where), std::move(hint)};
}

Result<Position, Rejection> at_version(const Core& core, const Caller& caller, Version version, const std::string& id) {
  if (id.empty())
    return Err(bad_moment(RejectionCode::invalid, "Expected a position or a time, but got a version, and no id it belongs to.",
                          "version", "Name one order, or take a position or a time."));
  // Another tenant's must look as if it were not there.
  if (const auto known = streams_about(core.reader, caller.principal.tenant, id); !known) return Err(known.error());
  if (const auto found = comd::position_of(core.reader.log(), StreamId{id}, version)) return *found;
  return Err(bad_moment(RejectionCode::invalid,
                        "Expected a version from 1 to " + std::to_string(number(core.reader.log().head(StreamId{id}))) +
                            ", that " + id + " has reached, but got " + std::to_string(number(version)) + ".",
                        "version", "The timeline names the versions."));
}

}  // namespace

Result<std::optional<Position>, Rejection> position_of(const Core& core, const Caller& caller, const api::AsOf* as_of,
                                                       const std::string& id) {
  if (as_of == nullptr) return std::nullopt;
  const auto& log = core.reader.log();
  switch (as_of->at_case()) {
    case api::AsOf::AT_NOT_SET: return std::nullopt;
    case api::AsOf::kVersion: {
      const auto found = at_version(core, caller, Version{as_of->version()}, id);
      if (!found) return Err(found.error());
      return *found;
    }
    case api::AsOf::kPosition: {
      const auto tail = number(log.tail());
      if (as_of->position() <= tail) return Position{as_of->position()};
      return Err(bad_moment(RejectionCode::invalid,
                            "Expected a position up to " + std::to_string(tail) + ", the end of the log, but got " +
                                std::to_string(as_of->position()) + ".",
                            "position", "Is it from another store?"));
    }
    case api::AsOf::kTime: {
      const auto time = instant_of(as_of->time()), now = core.engine.clock().now();
      if (time <= now) return comd::position_at(log, time);
      return Err(
          bad_moment(RejectionCode::invalid,
                     "Expected a time that has passed, but " + comd::to_text(time) + " is after " + comd::to_text(now) + ".",
                     "time", "Leave it out to see how it is now."));
    }
  }
  return std::nullopt;
}

Result<View, Rejection> view_of(const Core& core, const Caller& caller, const api::AsOf* as_of, const std::string& id) {
  const auto position = position_of(core, caller, as_of, id);
  if (!position) return Err(position.error());
  if (!*position) return View{nullptr, Reader{core.reader.log(), core.sealing}, core.engine.clock().now(), {}};
  auto past = core.past.at(core.reader.log(), **position);
  const auto now = as_of->has_time() ? instant_of(as_of->time()) : time_of(core.reader.log(), **position).value_or(Instant{});
  const Reader reader{*past, core.sealing};
  return View{std::move(past), reader, now, **position};
}

Result<void, Rejection> View::read_open(const Core& core, const std::function<bool()>& go_on) const {
  if (!past) return {};
  const auto limit = core.limits.as_of_rows_max;
  const auto read = past->read_open(limit, [&](Position) { return go_on(); });
  if (read) return {};
  if (read.error().kind == AsOfError::Kind::stopped)
    return Err(Rejection{
        RejectionCode::unavailable,
        "Expected to read the log up to position " + std::to_string(number(position)) + ", but nobody waited for it any more.",
        {},
        "Wait longer; comctl: --timeout."});
  return Err(Rejection{RejectionCode::limit,
                       "Expected at most " + std::to_string(limit) + " rows to have been open at position " +
                           std::to_string(number(position)) + ", but there were more.",
                       "limits.as_of_rows_max", "Raise the limit, or ask about single orders, which needs no such picture."});
}

}  // namespace comd::north

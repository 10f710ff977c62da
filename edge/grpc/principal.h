#pragma once
#include <grpcpp/support/string_ref.h>

#include <map>
#include <string>

#include "actors/engine.h"

/// Who calls. Every call of every service resolves its caller here and nowhere else.
namespace comd::north {

using Metadata = std::multimap<grpc::string_ref, grpc::string_ref>;

/// One call's caller, and how to find again what it causes.
struct Caller {
  Principal principal;
  std::string correlation;  ///< from "x-correlation-id"; empty: a submission draws one, every other command takes its order's
  std::string traceparent;  ///< from "traceparent" if it is a valid W3C one; empty: as above
};

inline constexpr std::size_t kCorrelationMax = 128;

/// Without authentication everybody is the local operator; that is why comd then listens on loopback only.
Result<Caller, Rejection> caller_of(const Metadata&);

Cause cause_of(const Caller&, std::string command);

/// 32 hex digits nobody has seen before.
std::string draw_id();
/// A W3C traceparent that begins a trace.
std::string draw_traceparent();
bool valid_traceparent(std::string_view);

}  // namespace comd::north

#pragma once
#include <grpcpp/support/status_code_enum.h>

#include <optional>
#include <string>
#include <string_view>

#include "edge/tmf/limits.h"

/// What the composition root tells the gRPC edge, and hears of it; needs no gRPC to be included.
namespace comd::north {

/// What one call, stream or page may be at most.
struct ApiLimits {
  tmf::Limits order;
  std::size_t message_bytes = 8u << 20;  ///< of one gRPC message; one that is larger ends its call or stream
  std::size_t stream_window = 1'024;     ///< of one stream: requests read and not yet answered
  std::size_t streams_max = 1'024;       ///< calls under way on one connection
  std::size_t watchers_max = 256;
  std::size_t watch_orders_max = 1'000;
  std::size_t list_scan_max = 20'000;      ///< index rows looked at for one page
  std::size_t timeline_max = 10'000;       ///< entries of one timeline
  std::size_t as_of_rows_max = 1'000'000;  ///< what was open at one moment of the past: timers, calls, what waited for a person
};

/// Hears how every call ended; counts them as metrics. Thread-safe.
class CallObserver {
 public:
  virtual ~CallObserver() = default;
  virtual void ended(std::string_view method, grpc::StatusCode) = 0;
};

/// There is no authentication yet, so nobody but this machine may call. An error that says so for any other address.
std::optional<std::string> refuse_address(std::string_view what, std::string_view listen);

}  // namespace comd::north

#pragma once
#include <cstdint>
#include <string>
#include <vector>

/// The bare harness that comd's durable accept is measured against: a gRPC server that hands each request to one thread, which
/// writes what waits in one RocksDB batch with one sync. It writes as many keys of the same sizes to the same families as comd
/// does for one submission, and decides nothing.
namespace comd::bench {

/// What one accept carries and writes. The defaults are those of one submission of order-3.
struct Shape {
  std::size_t request_bytes = 900, reply_bytes = 120;
  std::size_t record_bytes = 2'600;
  std::size_t streams = 4, stream_bytes = 44;  ///< id length
  std::size_t work = 10, work_key_bytes = 60, work_value_bytes = 24;
  std::size_t views = 5, view_key_bytes = 64, view_value_bytes = 60;
  std::size_t counters = 4;
};

struct ServerStats {
  std::uint64_t accepts = 0, syncs = 0;
  double cpu_seconds = 0;
};

struct LoadStats {
  std::uint64_t accepts = 0, failed = 0;
  double seconds = 0, p50_ms = 0, p99_ms = 0;
  double cpu_seconds = 0;  ///< warm-up included
};

/// User and system time of this process so far.
double cpu_seconds();

/// Serves until SIGTERM. Prints its port as its first line and its ServerStats as its last.
int serve(const std::string& directory, const Shape&);

/// Calls the server with `in_flight` calls under way and prints the LoadStats.
int load(int port, std::size_t in_flight, double warmup, double seconds, const Shape&);

struct Run {
  std::vector<std::size_t> in_flight = {1, 64, 256};
  double warmup = 1, seconds = 5;
  std::string directory = ".";
  bool json = false;
};

/// Both, as processes of their own, for each number of calls in flight; prints the figures. `shape_flags` are passed on.
int run(const Run&, const std::vector<std::string>& shape_flags);

}  // namespace comd::bench

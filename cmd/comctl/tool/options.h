#pragma once
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cmd/comctl/tool/output.h"

/// One command line, read. Filled by `make_app` (arguments.h).
namespace comd::ctl {

using Millis = std::chrono::milliseconds;
using Time = std::chrono::sys_time<Millis>;

/// A moment of the past, as --as-of names it. Nothing set: now.
struct Moment {
  std::optional<Time> time;
  std::optional<Millis> ago;              ///< before now, by the clock of this machine
  std::optional<std::uint64_t> position;  ///< of the log
  std::optional<std::uint64_t> version;   ///< of the order it is about
};

struct Options {
  std::string command;  ///< path of the chosen command: "order submit"

  // everywhere
  std::string server = "127.0.0.1:7622";
  std::string tls_ca;
  Output output = Output::table;
  Millis timeout{10'000};
  bool no_color = false;

  // what the command is about
  std::vector<std::string> files;
  std::vector<std::string> ids;
  bool external = false;  ///< ids are external ids
  std::string source;     ///< whose external id; for submit: the submitting system
  std::string reason;
  bool accept_remainder = false, accept_cost = false;
  std::uint32_t revision = 0;  ///< 0: the next one
  std::string shell;

  // order submit
  std::string idempotency_key, catalog_version;
  bool watch = false;
  Millis patience{60'000};  ///< how long to go on without a server

  // order watch
  std::string expect;
  std::optional<Millis> limit;
  std::optional<std::uint64_t> since;

  // lists
  std::vector<std::string> states;
  std::string state, offering, party, external_id, product;
  std::optional<Time> from, to;
  bool oldest_first = false, jeopardy = false;
  bool archived = false;  ///< also of order get
  std::uint32_t page_size = 0;
  std::string page_token;
  bool all = false;

  // fallout, task
  std::string kind, target, specification, code, fault_class, assignee, order, item;
  std::optional<std::uint64_t> priority;
  std::optional<Millis> older_than, newer_than;
  std::vector<std::string> sets;  ///< NAME=VALUE
  std::string values_file, service_order;
  bool force = false, dry_run = false;
  std::optional<std::uint64_t> if_version;

  // repair
  std::string action, verdict;
  std::uint32_t canary = 5, stop_after = 10;
  double rate = 20;
  Millis look_every{5'000}, look_for{600'000};
  bool follow = false, members = false;

  // quarantine
  bool ended_too = false;
  std::uint64_t event_version = 0;

  // hold
  bool freeze_timers = false, refuse_new = false;

  // subject, keys
  bool when_closed = false;
  std::string master_key_file;

  // events
  std::string from_position = "now";
  std::vector<std::string> types;

  // webhook
  std::string webhook;

  // log checkpoint
  std::string out_file;

  // backup, doctor --data
  std::string directory, data;
  std::uint64_t rate_mib = 0;
  std::uint32_t backup = 0, keep = 0;
  std::optional<std::uint64_t> to_position;
  bool rebuild_rows = false;
  std::string salvage;

  // log
  struct {
    std::string from, to;  ///< positions, or for `read` times
    std::vector<std::string> kinds, types, tenants;
    bool records = false, resume = false;
    std::string format, data, consumer, holder;
    Millis lease{30'000};
    std::uint64_t most = 0;  ///< commits; 0: no end
  } log;
  // the past, and what would be
  Moment as_of, moment_from, moment_to;
  std::optional<std::uint64_t> step;
  std::optional<Millis> last;
  bool fail_on_difference = false;

  // catalog validate
  bool remote = false;

  // catalog load, rollout, migrate
  struct {
    std::string version, from, to, tenant;
    std::optional<std::uint64_t> percent;
    std::vector<std::string> tenants;
  } rollout;
};

}  // namespace comd::ctl

#pragma once
#include <chrono>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "comd/activation/v1/activation.pb.h"

/// What the stand-in does with a service order: read from YAML, decided by hashing. The same seed, service order, attempt and
/// fault always give the same decision, whatever happens when.
namespace comd::sim {

namespace wire = ::comd::activation::v1;
using Millis = std::chrono::milliseconds;

/// How often something strikes.
struct Chance {
  double rate = 0;
  std::uint32_t attempts = 0;  ///< only in the first N attempts; 0: in all
  std::uint32_t times = 0;     ///< only the first N times the same key arrives; 0: always
};

/// An end other than completed.
struct Ending {
  wire::ReportKind as = wire::REPORT_KIND_FAILED;  ///< failed, rejected or partial
  wire::Fault fault;
  Chance chance;
};

/// A no at the call.
struct Refusal {
  int status = 9;
  wire::Fault fault;
  Chance chance;
};

enum class CancelWay { accept, refuse, refuse_later, ignore };

struct Behaviour {
  Millis delay_min{20}, delay_max{60};
  std::vector<wire::ReportKind> progress;      ///< reports on the way, evenly over the delay
  std::string milestone;                       ///< named by its in_progress reports
  std::map<std::string, std::string> outputs;  ///< templates, see `render`
  std::vector<Ending> endings;                 ///< the first that strikes
  std::vector<Refusal> refusals;               ///< likewise
  Chance hang;                                 ///< the call is never answered, nothing is done
  Chance lose_answer;                          ///< the work is done, the call is not answered
  Chance silence;                              ///< the work is done, no callback ever
  Chance stall;                                ///< accepted, and never finished
  Chance drop, duplicate, late, reorder;       ///< of each callback
  Millis late_by{500};
  CancelWay cancel = CancelWay::accept;
  bool amendable = true;  ///< while it is worked on
};

/// Which service orders a rule is about, and what it changes. All that match are laid over each other in the order of the file.
struct Rule {
  std::string specification;  ///< may end in '*'; empty: any
  std::string target;
  wire::Action action = wire::ACTION_UNSPECIFIED;
  std::string characteristic, equals;
  std::vector<std::function<void(Behaviour&)>> changes;
};

struct Config {
  std::uint64_t seed = 1;
  std::map<std::string, wire::Capabilities> capabilities;  ///< by target; "" for all others
  std::vector<Rule> rules;

  const wire::Capabilities& capabilities_of(const std::string& target) const;
  Behaviour behaviour_for(const wire::SubmitRequest&) const;
};

/// The error names the line.
tl::expected<Config, std::string> read_config(const std::string& yaml);

/// "completed", "in_progress", …
const char* name_of(wire::ReportKind);
std::optional<wire::ReportKind> report_kind(const std::string& name);
const char* name_of(wire::Action);

}  // namespace comd::sim

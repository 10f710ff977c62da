#pragma once
#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "cmd/activation-sim/behaviour.h"
#include "cmd/activation-sim/line_file.h"
#include "comd/sim/v1/sim_control.pb.h"

namespace comd::sim {

/// The work this process really did, whoever asked for it how often. Not thread-safe: Sim's lock guards it.
class Record {
 public:
  /// Also appends one JSON line per piece of work to this file, at once. The error says why it cannot be opened.
  tl::expected<void, std::string> open(const std::string& path) { return file_.open(path); }

  void add(const wire::ServiceOrder&, const std::string& key);
  void clear() { work_.clear(); }
  void fill(const ::comd::sim::v1::GetRecordRequest&, ::comd::sim::v1::GetRecordResponse&) const;

 private:
  struct Done {
    std::vector<std::pair<std::string, std::string>> by;
  };                                                                        ///< service order and key, once per time
  using What = std::tuple<std::string, wire::Action, std::uint32_t, bool>;  ///< service, action, revision, compensation

  std::map<What, Done> work_;
  LineFile file_;
};

}  // namespace comd::sim

#pragma once
#include <memory>
#include <string>

#include "cmd/comd/daemon/config.h"

/// The composition root: the only place that names concrete classes.
namespace comd::daemon {

class Daemon {
 public:
  virtual ~Daemon() = default;
  /// Takes no new call, lets those under way end within the grace of the configuration, closes everything. Idempotent.
  virtual void stop() = 0;
};

/// Serving when it returns. The error says what is wrong and what to do; nothing is left running then.
Result<std::unique_ptr<Daemon>, std::string> start_daemon(const Config&);

/// Errors in the files that the configuration names (catalogues, certificates), found without starting anything.
std::vector<std::string> check_files(const Config&);

}  // namespace comd::daemon

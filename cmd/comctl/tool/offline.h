#pragma once
#include "cmd/comctl/tool/session.h"
#include "domain/ids.h"

/// What commands have in common that work on files while no comd does.
namespace comd::ctl {

/// "512 B", "3.2 MiB".
std::string show_bytes(std::uint64_t bytes);

Instant now();

/// How far a long action is, on one line of a terminal; silent elsewhere.
class Steps {
 public:
  explicit Steps(const Session& session) : session_(session) {}
  void tell(std::string_view what, std::uint64_t done, std::uint64_t of);
  void end();

 private:
  const Session& session_;
  std::string what_;
  std::chrono::steady_clock::time_point began_, told_;
};

}  // namespace comd::ctl

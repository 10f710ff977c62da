#pragma once
#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

#include "test/e2e/wait.h"

namespace comd::e2e {

/// A child process. Its output goes to a file. Dies with the test.
class Process {
 public:
  Process(std::vector<std::string> arguments, std::string log_file);
  ~Process();  ///< kills it if it still runs
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  void signal(int number) const;
  bool running();
  /// Exit code, or 128 + signal; nothing when it still runs after the deadline.
  std::optional<int> wait(Seconds deadline);
  pid_t id() const { return pid_; }

 private:
  pid_t pid_ = -1;
  std::optional<int> exit_;
};

struct Finished {
  int exit = -1;
  std::string output;  ///< standard output and error
};
/// Runs to its end. `exit` is -1 when it took too long.
Finished run(std::vector<std::string> arguments, Seconds deadline = Seconds{30});

std::string read_file(const std::string& path);
void write_file(const std::string& path, const std::string& text);

/// A TCP port of the loopback that was free a moment ago.
int free_port();

struct Http {
  int status = 0;  ///< 0: no answer
  std::string body;
};
Http http_get(int port, const std::string& path);

/// A directory of its own, removed at the end unless the test failed.
class TempDir {
 public:
  TempDir();
  ~TempDir();
  TempDir(const TempDir&) = delete;
  TempDir& operator=(const TempDir&) = delete;
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

}  // namespace comd::e2e

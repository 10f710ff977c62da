#include <csignal>
#include <cstdio>
#include <filesystem>
#include <optional>

#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench/accept/bench.h"

namespace comd::bench {
namespace {

/// A copy of this program running one of its subcommands, with its standard output to read from.
class Process {
 public:
  explicit Process(std::vector<std::string> arguments) {
    int ends[2];
    if (pipe(ends) != 0) return;
    pid_ = fork();
    if (pid_ == 0) {
      prctl(PR_SET_PDEATHSIG, SIGTERM);  // none is left behind when this one is killed
      dup2(ends[1], STDOUT_FILENO);
      close(ends[0]);
      close(ends[1]);
      arguments.insert(arguments.begin(), "accept-bench");
      std::vector<char*> raw;
      for (auto& argument : arguments) raw.push_back(argument.data());
      raw.push_back(nullptr);
      execv("/proc/self/exe", raw.data());
      _exit(127);
    }
    close(ends[1]);
    out_ = fdopen(ends[0], "r");
  }
  ~Process() {
    if (out_) std::fclose(out_);
    if (pid_ > 0) {
      kill(pid_, SIGTERM);
      waitpid(pid_, nullptr, 0);
    }
  }
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  template <class... Fields>
  bool read(const char* format, Fields*... fields) {
    return out_ && std::fscanf(out_, format, fields...) == static_cast<int>(sizeof...(fields));
  }
  void terminate() const {
    if (pid_ > 0) kill(pid_, SIGTERM);
  }

 private:
  pid_t pid_ = -1;
  std::FILE* out_ = nullptr;
};

struct Figures {
  ServerStats server;
  LoadStats load;
};

std::vector<std::string> with(std::vector<std::string> arguments, const std::vector<std::string>& more) {
  arguments.insert(arguments.end(), more.begin(), more.end());
  return arguments;
}

std::optional<Figures> measure(const Run& options, std::size_t in_flight, const std::string& store,
                               const std::vector<std::string>& shape_flags) {
  Process server(with({"server", "--store", store}, shape_flags));
  int port = 0;
  if (!server.read("%d", &port)) return std::nullopt;
  Process load(with({"load", "--port", std::to_string(port), "--calls", std::to_string(in_flight), "--warmup",
                     std::to_string(options.warmup), "--seconds", std::to_string(options.seconds)},
                    shape_flags));
  Figures out;
  unsigned long long accepts = 0, failed = 0, all = 0, syncs = 0;
  if (!load.read("%llu %llu %lf %lf %lf %lf", &accepts, &failed, &out.load.seconds, &out.load.p50_ms, &out.load.p99_ms,
                 &out.load.cpu_seconds))
    return std::nullopt;
  server.terminate();
  if (!server.read("%llu %llu %lf", &all, &syncs, &out.server.cpu_seconds)) return std::nullopt;
  out.load.accepts = accepts;
  out.load.failed = failed;
  out.server.accepts = all;
  out.server.syncs = syncs;
  return out;
}

void print(bool json, std::size_t in_flight, const Figures& f) {
  const double per_second = static_cast<double>(f.load.accepts) / f.load.seconds;
  const double all = static_cast<double>(std::max<std::uint64_t>(f.server.accepts, 1));
  const double cpu_ms = f.server.cpu_seconds * 1000 / all, load_ms = f.load.cpu_seconds * 1000 / all,
               per_sync = all / static_cast<double>(std::max<std::uint64_t>(f.server.syncs, 1));
  const char* format = json ? "{\"in_flight\":%zu,\"per_second\":%.1f,\"p50_ms\":%.3f,\"p99_ms\":%.3f,\"accepts_per_sync\":%.2f,"
                              "\"cpu_ms_per_accept\":%.4f,\"load_cpu_ms_per_accept\":%.4f,\"accepts\":%llu}\n"
                            : "%9zu  %10.1f  %8.3f  %8.3f  %16.2f  %17.4f  %17.4f\n";
  std::printf(format, in_flight, per_second, f.load.p50_ms, f.load.p99_ms, per_sync, cpu_ms, load_ms,
              static_cast<unsigned long long>(f.load.accepts));
  std::fflush(stdout);
}

}  // namespace

int run(const Run& options, const std::vector<std::string>& shape_flags) {
  namespace fs = std::filesystem;
  if (!options.json)
    std::printf("in flight   accepts/s    p50 ms    p99 ms  accepts per sync  CPU ms per accept  CPU ms of load\n");
  for (const std::size_t in_flight : options.in_flight) {
    std::string store = (fs::path(options.directory) / "accept-bench-XXXXXX").string();
    if (mkdtemp(store.data()) == nullptr) {
      std::fprintf(stderr, "accept-bench: Expected to make a directory in %s, but could not. Use --directory.\n",
                   options.directory.c_str());
      return 1;
    }
    const auto figures = measure(options, in_flight, store, shape_flags);
    std::error_code ignored;
    fs::remove_all(store, ignored);
    if (!figures || figures->load.failed > 0) {
      std::fprintf(stderr,
                   "accept-bench: Expected every call to be accepted, but the measurement at %zu in flight failed; see above\n",
                   in_flight);
      return 1;
    }
    print(options.json, in_flight, *figures);
  }
  return 0;
}

}  // namespace comd::bench

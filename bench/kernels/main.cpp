#include <benchmark/benchmark.h>

#include <charconv>
#include <cstdio>
#include <cstring>

#include "bench/kernels/kernels.h"

namespace {

using comd::bench::Kernel;

void time_all(const std::vector<Kernel>& kernels) {
  for (const Kernel& kernel : kernels)
    benchmark::RegisterBenchmark(kernel.name.c_str(), [&kernel](benchmark::State& state) {
      for (auto _ : state) kernel.run();
      state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(kernel.units));
      state.SetLabel(kernel.unit);
    });
  benchmark::RunSpecifiedBenchmarks();
}

/// So often and no more, for who counts instructions from outside.
int run_only(const std::vector<Kernel>& kernels, const char* name, const char* times) {
  std::size_t left = 0;
  std::from_chars(times, times + std::strlen(times), left);
  for (const Kernel& kernel : kernels) {
    if (kernel.name != name) continue;
    for (; left > 0; --left) kernel.run();
    return 0;
  }
  std::fprintf(stderr, "kernels: Expected the name of a kernel, but got '%s'\n", name);
  return 1;
}

}  // namespace

/// kernels [Google Benchmark's flags]   or   kernels run NAME TIMES
int main(int argc, char** argv) {
  const auto history = comd::bench::make_history("bench/catalog.yaml");
  if (!history) {
    std::fprintf(stderr, "kernels: %s\n", history.error().c_str());
    return 1;
  }
  const auto kernels = comd::bench::make_kernels(*history);
  if (argc == 4 && std::strcmp(argv[1], "run") == 0) return run_only(kernels, argv[2], argv[3]);
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
  time_all(kernels);
  return 0;
}

#include <unistd.h>

#include <cstdlib>
#include <iostream>

#include "cmd/comctl/tool/run.h"

int main(int argc, char** argv) {
  ::setenv("GRPC_VERBOSITY", "NONE", 0);  // what gRPC says to a terminal, comctl says in its own words
  std::ios::sync_with_stdio(false);
  const comd::ctl::Streams streams{std::cin, std::cout, std::cerr, isatty(STDOUT_FILENO) == 1, isatty(STDERR_FILENO) == 1};
  return comd::ctl::run(argc, argv, streams);
}

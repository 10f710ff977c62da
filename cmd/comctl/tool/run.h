#pragma once
#include <istream>
#include <ostream>

/// comctl as its main() and its tests know it.
namespace comd::ctl {

/// The outside as the program sees it, so that tests can be another one.
struct Streams {
  std::istream& in;
  std::ostream& out;
  std::ostream& err;
  bool out_is_terminal = false;
  bool err_is_terminal = false;
};

/// The whole program: reads the command line, runs the command, returns the exit code.
int run(int argc, const char* const* argv, const Streams& streams);

}  // namespace comd::ctl

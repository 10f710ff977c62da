#pragma once
#include <iosfwd>
#include <memory>
#include <optional>

#include "cmd/comctl/tool/options.h"

namespace CLI {
class App;
}

/// The command line of comctl: every command, option, help text and example. The shell completions are made from this tree.
namespace comd::ctl {

struct EndOfApp {
  void operator()(CLI::App* app) const;
};
/// CLI11 is templates that take seconds to compile; whoever only passes the tree on includes nothing of it.
using App = std::unique_ptr<CLI::App, EndOfApp>;

/// Parsing with the app fills `options`, which must outlive it.
App make_app(Options& options);

/// Parses. Gives the exit code if that is all: it only asked for help, or is wrong, which `err` is told.
std::optional<int> parse(CLI::App& app, int argc, const char* const* argv, std::ostream& out, std::ostream& err);

}  // namespace comd::ctl

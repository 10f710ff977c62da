#pragma once
#include <CLI/CLI.hpp>
#include <memory>

#include "cmd/comctl/tool/options.h"

/// The command line of comctl: every command, option, help text and example. The shell completions are made from this tree.
namespace comd::ctl {

/// Parsing with the app fills `options`, which must outlive it.
std::unique_ptr<CLI::App> make_app(Options& options);

}  // namespace comd::ctl

#pragma once
#include <string>
#include <utility>
#include <vector>

namespace CLI {
class App;
}

/// Shell completion scripts, made from the command tree itself, so they know what the program knows.
namespace comd::ctl {

struct CompletionOption {
  std::vector<std::string> names;  ///< "-o", "--output"
  std::string help;
  bool takes_value = false;
  bool takes_file = false;
  std::vector<std::string> choices;
};

struct CompletionCommand {
  std::string path;                                           ///< "comctl order submit"
  std::vector<std::pair<std::string, std::string>> commands;  ///< name, help
  std::vector<CompletionOption> options;                      ///< its own
  bool wants_file = false;                                    ///< a positional argument is a file
  std::vector<std::string> choices;                           ///< of a positional argument
};

/// Every command, the root first, each with its own options.
std::vector<CompletionCommand> completion_commands(const CLI::App& app);

std::string bash_completion(const CLI::App& app);
std::string zsh_completion(const CLI::App& app);
std::string fish_completion(const CLI::App& app);

}  // namespace comd::ctl

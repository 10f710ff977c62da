#include "cmd/comctl/tool/completion.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/CLI.hpp>

namespace comd::ctl {
namespace {

/// "table|json|yaml" is how options that take one of a few words name their type.
std::vector<std::string> choices_of(const CLI::Option& option) {
  std::vector<std::string> out;
  const std::string type = option.get_type_name();
  if (type.find('|') == std::string::npos) return out;
  for (std::size_t from = 0; from <= type.size();) {
    const auto bar = std::min(type.find('|', from), type.size());
    out.push_back(type.substr(from, bar - from));
    from = bar + 1;
  }
  return out;
}

bool is_file(const CLI::Option& option) { return option.get_type_name() == "FILE" || option.get_single_name() == "FILE"; }

void collect(const CLI::App& app, const std::string& above, std::vector<CompletionCommand>& out) {
  CompletionCommand command;
  command.path = above.empty() ? app.get_name() : above + " " + app.get_name();
  const auto children = app.get_subcommands([](const CLI::App*) { return true; });
  for (const auto* child : children) command.commands.emplace_back(child->get_name(), child->get_description());
  for (const auto* option : app.get_options()) {
    if (option->get_positional()) {
      command.wants_file |= is_file(*option);
      for (auto& one : choices_of(*option)) command.choices.push_back(std::move(one));
      continue;
    }
    CompletionOption described;
    for (const auto& name : option->get_snames()) described.names.push_back("-" + name);
    for (const auto& name : option->get_lnames()) described.names.push_back("--" + name);
    described.help = option->get_description();
    described.takes_value = option->get_items_expected_max() > 0;
    described.takes_file = described.takes_value && is_file(*option);
    if (described.takes_value) described.choices = choices_of(*option);
    command.options.push_back(std::move(described));
  }
  const auto path = command.path;
  out.push_back(std::move(command));
  for (const auto* child : children) collect(*child, path, out);
}

/// In single quotes, for any shell here.
std::string in_quotes(const std::string& text) {
  std::string out = "'";
  for (const char c : text) out += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return out + "'";
}

/// Words for `path`: its commands, its own options, and those of the root, which every command takes.
std::vector<std::pair<std::string, std::string>> words_of(const CompletionCommand& command, const CompletionCommand& root) {
  auto words = command.commands;
  for (const auto& choice : command.choices) words.emplace_back(choice, "");
  const auto add = [&](const CompletionCommand& from) {
    for (const auto& option : from.options)
      for (const auto& name : option.names)
        if (name.starts_with("--") && name != "--help") words.emplace_back(name, option.help);
  };
  add(command);
  if (command.path != root.path) add(root);
  words.emplace_back("--help", "Say how to use it and stop");
  return words;
}

/// The shell code that walks the words typed so far down the tree into $path.
std::string known_paths(const std::vector<CompletionCommand>& commands) {
  std::string out;
  for (std::size_t i = 1; i < commands.size(); ++i) out += (i == 1 ? "" : "|") + in_quotes(commands[i].path);
  return out;
}

/// `case` branches "option) completion;;", for options that take a value.
std::string value_branches(const std::vector<CompletionCommand>& commands, const std::string& files, const std::string& choices,
                           const std::string& nothing) {
  std::string out;
  std::vector<std::string> seen;
  for (const auto& command : commands) {
    for (const auto& option : command.options) {
      if (!option.takes_value) continue;
      const auto key = fmt::format("{}:{}", fmt::join(option.names, "|"), fmt::join(option.choices, "|"));
      if (std::find(seen.begin(), seen.end(), key) != seen.end()) continue;
      seen.push_back(key);
      const auto body = option.takes_file        ? files
                        : option.choices.empty() ? nothing
                                                 : fmt::format(fmt::runtime(choices), fmt::join(option.choices, " "));
      // The same option name may mean other choices elsewhere, so the command is part of the pattern (root options: any).
      for (const auto& name : option.names)
        out += fmt::format("    {}{}) {} ;;\n", command.path == commands.front().path ? "*" : in_quotes(command.path),
                           in_quotes(" " + name), body);
    }
  }
  return out;
}

}  // namespace

std::vector<CompletionCommand> completion_commands(const CLI::App& app) {
  std::vector<CompletionCommand> commands;
  collect(app, "", commands);
  return commands;
}

std::string bash_completion(const CLI::App& app) {
  const auto commands = completion_commands(app);
  std::string out = "# bash completion for comctl: source it, or put it into a completions folder.\n_comctl() {\n";
  out +=
      "  local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]} path=comctl word i files=\n  "
      "COMPREPLY=()\n";
  out += "  for ((i = 1; i < COMP_CWORD; i++)); do\n    word=${COMP_WORDS[i]}\n    case \"$path $word\" in\n      ";
  out += known_paths(commands) + ") path=\"$path $word\" ;;\n    esac\n  done\n";
  out += "  case \"$path $previous\" in\n";
  out += value_branches(commands, "COMPREPLY=($(compgen -f -- \"$current\")); return",
                        "COMPREPLY=($(compgen -W '{}' -- \"$current\")); return", "return");
  out += "  esac\n  case \"$path\" in\n";
  for (const auto& command : commands) {
    std::vector<std::string> names;
    for (const auto& [name, help] : words_of(command, commands.front())) names.push_back(name);
    out += fmt::format("    {}) word='{}'{} ;;\n", in_quotes(command.path), fmt::join(names, " "),
                       command.wants_file ? " files=yes" : "");
  }
  out += "  esac\n  COMPREPLY=($(compgen -W \"$word\" -- \"$current\"))\n";
  out +=
      "  if [[ $files && $current != -* ]]; then COMPREPLY=($(compgen -f -- \"$current\")); compopt -o filenames 2>/dev/null; "
      "fi\n}\n";
  return out + "complete -F _comctl comctl\n";
}

std::string zsh_completion(const CLI::App& app) {
  const auto commands = completion_commands(app);
  std::string out = "#compdef comctl\n# zsh completion for comctl: put it as _comctl into a folder of $fpath.\n_comctl() {\n";
  out += "  local path_=comctl word previous=${words[CURRENT-1]} files= i\n  local -a choices\n";
  out += "  for ((i = 2; i < CURRENT; i++)); do\n    word=${words[i]}\n    case \"$path_ $word\" in\n      (" +
         known_paths(commands);
  out += ") path_=\"$path_ $word\" ;;\n    esac\n  done\n  case \"$path_ $previous\" in\n";
  out += value_branches(commands, "_files; return", "compadd -- {}; return", "return");
  out += "  esac\n  case \"$path_\" in\n";
  for (const auto& command : commands) {
    std::string words;
    for (const auto& [name, help] : words_of(command, commands.front())) {
      std::string text = name + ":" + help;
      words += " " + in_quotes(text);
    }
    out += fmt::format("    ({}) choices=({}){} ;;\n", in_quotes(command.path), words, command.wants_file ? "; files=yes" : "");
  }
  out += "  esac\n  if [[ -n $files && ${words[CURRENT]} != -* ]]; then _files; else _describe comctl choices; fi\n}\n";
  return out + "if [[ $funcstack[1] == _comctl ]]; then _comctl \"$@\"; else compdef _comctl comctl; fi\n";
}

std::string fish_completion(const CLI::App& app) {
  const auto commands = completion_commands(app);
  std::string out = "# fish completion for comctl: put it into ~/.config/fish/completions/comctl.fish.\n";
  out +=
      "function __comctl_at\n  set -l path comctl\n  for word in (commandline -opc)[2..-1]\n    switch \"$path $word\"\n      "
      "case";
  for (std::size_t i = 1; i < commands.size(); ++i) out += " " + in_quotes(commands[i].path);
  out += "\n        set path \"$path $word\"\n    end\n  end\n  test \"$path\" = \"$argv\"\nend\ncomplete -c comctl -f\n";
  for (const auto& command : commands) {
    const bool root = command.path == commands.front().path;
    const auto at = in_quotes("__comctl_at " + command.path);
    for (const auto& [name, help] : command.commands)
      out += fmt::format("complete -c comctl -n {} -a {} -d {}\n", at, in_quotes(name), in_quotes(help));
    for (const auto& choice : command.choices) out += fmt::format("complete -c comctl -n {} -a {}\n", at, in_quotes(choice));
    if (command.wants_file) out += fmt::format("complete -c comctl -n {} -F\n", at);
    for (const auto& option : command.options) {
      std::string line = "complete -c comctl" + (root ? std::string() : " -n " + at);
      if (!root && std::find(option.names.begin(), option.names.end(), "--help") != option.names.end())
        continue;  // the root's does
      for (const auto& name : option.names) line += name.starts_with("--") ? " -l " + name.substr(2) : " -s " + name.substr(1);
      if (option.takes_file)
        line += " -r -F";
      else if (!option.choices.empty())
        line += fmt::format(" -x -a {}", in_quotes(fmt::format("{}", fmt::join(option.choices, " "))));
      else if (option.takes_value)
        line += " -x";
      out += line + " -d " + in_quotes(option.help) + "\n";
    }
  }
  return out;
}

}  // namespace comd::ctl

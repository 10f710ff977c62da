#pragma once
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "cmd/comctl/tool/options.h"

namespace CLI {
class App;
class Option;
}  // namespace CLI

/// What the parts of the command tree are made of.
namespace comd::ctl {

/// An option of a command. This and `Command` are what the tree needs of CLI11, under its names: its templates take seconds to
/// compile, and every branch would compile them again. Cheap to copy.
class Option {
 public:
  explicit Option(CLI::Option* option) : option_(option) {}
  Option required() const;
  Option expected(int count) const;
  Option expected(int least, int most) const;
  Option type_name(const std::string& name) const;
  Option envname(const std::string& name) const;
  Option default_str(const std::string& text) const;
  Option capture_default_str() const;
  Option delimiter(char c) const;
  Option take_all() const;
  Option allow_extra_args(bool value) const;  ///< false: a list leaves to others what it does not expect
  Option excludes(Option other) const;
  Option needs(Option other) const;
  Option range(int least, int most) const;
  Option range(unsigned least, unsigned most) const;
  Option range(double least, double most) const;

 private:
  friend Option choice(Option option, const std::vector<std::string>& choices);
  CLI::Option* option_;
};

/// A command, or the root.
class Command {
 public:
  explicit Command(CLI::App& app) : app_(&app) {}
  Option add_option(const std::string& name, std::string& value, const std::string& help) const;
  Option add_option(const std::string& name, std::vector<std::string>& value, const std::string& help) const;
  Option add_option(const std::string& name, std::uint32_t& value, const std::string& help) const;
  Option add_option(const std::string& name, std::uint64_t& value, const std::string& help) const;
  Option add_option(const std::string& name, std::optional<std::uint64_t>& value, const std::string& help) const;
  Option add_option(const std::string& name, double& value, const std::string& help) const;
  Option add_option(const std::string& name, const std::function<void(const std::string&)>& set, const std::string& help) const;
  Option add_flag(const std::string& name, bool& value, const std::string& help) const;
  CLI::App& app() const { return *app_; }

 private:
  CLI::App* app_;
};

/// `choices` is both what is accepted and, joined by "|", what help and completion show.
Option choice(Option option, const std::vector<std::string>& choices);
Option duration(const Command& app, const std::string& name, std::function<void(Millis)> set, const std::string& help);
Option moment(const Command& app, const std::string& name, std::optional<Time>& target, const std::string& help);

/// A time, "2h ago", a position of the log ("@4711") or, where `version`, an event of the one asked about ("v12").
Option past(const Command& app, const std::string& name, Moment& target, const std::string& help, bool version);

/// Part of the tree. What it leaves in the app refers to the options only, so it need not live on.
class Branch {
 public:
  Branch(const Command& root, Options& options) : root_(root), o_(options) {}

 protected:
  /// A command that has commands; made when it is first asked for.
  Command group(const Command& parent, const std::string& name, const std::string& help);
  /// A command that does something; `example` without the program's name.
  Command command(const Command& parent, const std::string& name, const std::string& help, const std::string& example);
  void paging(const Command& app);

  const Command root_;
  Options& o_;

 private:
  std::string path_of(const CLI::App& app) const;
};

/// Whom: the filters of `fallout list` and `repair start`.
void fallout_filters(const Command& app, Options& options);
/// With what: --set and --values.
void action_values(const Command& app, Options& options);

/// `repair`.
void add_repair(const Command& root, Options& options);
/// `archive`.
void add_archive(const Command& root, Options& options);
/// `backup`.
void add_backup(const Command& root, Options& options);
/// `quarantine`.
void add_quarantine(const Command& root, Options& options);
/// `hold`.
void add_holds(const Command& root, Options& options);
/// `log verify`, `log checkpoint`, `log check`, `log rebuild` and `epoch`.
void add_integrity(const Command& root, Options& options);
/// `fallout` and `task`.
void add_people(const Command& root, Options& options);
/// `log`.
void add_log(const Command& root, Options& options);
/// `order diff`, `order replay`, `order try`, `log what-if`, `catalog rehearse`.
void add_history(const Command& root, Options& options);
/// What a version begins with: `catalog load`; and `catalog rollout`, `catalog withdraw`, `catalog migrate`.
void rollout_options(const Command& app, Options& options);
void add_rollout(const Command& root, Options& options);
/// `subject` and `keys`.
void add_personal(const Command& root, Options& options);
/// `events` and `webhook`.
void add_outward(const Command& root, Options& options);

}  // namespace comd::ctl

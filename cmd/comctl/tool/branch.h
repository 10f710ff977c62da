#pragma once
#include "cmd/comctl/tool/arguments.h"

/// What the parts of the command tree are made of.
namespace comd::ctl {

/// `choices` is both what is accepted and, joined by "|", what help and completion show.
CLI::Option* choice(CLI::Option* option, const std::vector<std::string>& choices);
CLI::Option* duration(CLI::App& app, const std::string& name, std::function<void(Millis)> set, const std::string& help);
CLI::Option* moment(CLI::App& app, const std::string& name, std::optional<Time>& target, const std::string& help);

/// A time, "2h ago", a position of the log ("@4711") or, where `version`, an event of the one asked about ("v12").
CLI::Option* past(CLI::App& app, const std::string& name, Moment& target, const std::string& help, bool version);

/// Part of the tree. What it leaves in the app refers to the options only, so it need not live on.
class Branch {
 public:
  Branch(CLI::App& root, Options& options) : root_(root), o_(options) {}

 protected:
  /// A command that has commands; made when it is first asked for.
  CLI::App& group(CLI::App& parent, const std::string& name, const std::string& help);
  /// A command that does something; `example` without the program's name.
  CLI::App& command(CLI::App& parent, const std::string& name, const std::string& help, const std::string& example);
  void paging(CLI::App& app);

  CLI::App& root_;
  Options& o_;

 private:
  std::string path_of(const CLI::App& app) const;
};

/// Whom: the filters of `fallout list` and `repair start`.
void fallout_filters(CLI::App& app, Options& options);
/// With what: --set and --values.
void action_values(CLI::App& app, Options& options);

/// `repair`.
void add_repair(CLI::App& root, Options& options);
/// `archive`.
void add_archive(CLI::App& root, Options& options);
/// `backup`.
void add_backup(CLI::App& root, Options& options);
/// `quarantine`.
void add_quarantine(CLI::App& root, Options& options);
/// `log verify`, `log checkpoint`, `log check`, `log rebuild` and `epoch`.
void add_integrity(CLI::App& root, Options& options);
/// `fallout` and `task`.
void add_people(CLI::App& root, Options& options);
/// `log`.
void add_log(CLI::App& root, Options& options);
/// `order diff`, `order replay`, `order try`, `log what-if`, `catalog rehearse`.
void add_history(CLI::App& root, Options& options);
/// `subject` and `keys`.
void add_personal(CLI::App& root, Options& options);
/// `events` and `webhook`.
void add_outward(CLI::App& root, Options& options);

}  // namespace comd::ctl

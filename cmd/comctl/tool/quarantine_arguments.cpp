#include "cmd/comctl/tool/branch.h"

/// `quarantine`: streams that cannot be gone on with.
namespace comd::ctl {
namespace {

class Quarantine : private Branch {
 public:
  using Branch::Branch;

  void build() {
    const auto quarantine =
        group(root_, "quarantine", "Orders whose history cannot be read or contradicts itself, and the ways out");
    const auto list = command(quarantine, "list", "What is quarantined", "quarantine list --output json");
    list.add_flag("--ended", o_.ended_too, "Also those that have ended");
    paging(list);
    stream(command(quarantine, "show", "What is wrong with one, what happened, and what can be done",
                   "quarantine show so-7f3a.1.1.0.access.r1"));
    resolve(quarantine, "release", "Try again: for a comd that can read it now",
            "quarantine release so-7f3a.1.1.0.access.r1 --reason \"0.9.1 reads it\"");
    const auto skip = resolve(quarantine, "skip", "From now on pass over an event; the marker stays",
                              "quarantine skip so-7f3a.1.1.0.access.r1 --version 7 --reason \"written by a withdrawn build\"");
    skip.add_option("--version", o_.event_version, "Of the event, as `quarantine show` names it").required().type_name("N");
    resolve(quarantine, "correct", "Append what ends the order or service order as failed, so that its order can settle",
            "quarantine correct so-7f3a.1.1.0.access.r1 --reason \"finished by hand\"");
  }

 private:
  void stream(const Command& app) {
    app.add_option("ID", o_.ids, "The order, service order or product").required().expected(1).type_name("");
  }

  Command resolve(const Command& quarantine, const std::string& name, const std::string& help, const std::string& example) {
    const auto app = command(quarantine, name, help, example);
    stream(app);
    app.add_option("--reason", o_.reason, "Why; kept in its history").required().type_name("TEXT");
    return app;
  }
};

}  // namespace

void add_quarantine(const Command& root, Options& options) { Quarantine(root, options).build(); }

}  // namespace comd::ctl

#include "cmd/comctl/tool/branch.h"

/// `repair`: one action for many that wait for a person.
namespace comd::ctl {
namespace {

class Repair : private Branch {
 public:
  using Branch::Branch;

  void build() {
    const auto repair =
        group(root_, "repair", "One action for many that wait for a person, a few first, and each seen to have moved");
    start(repair);
    const auto show = command(repair, "show", "How far it is and what became of its members", "repair show rj-7f3a --follow");
    job(show);
    members(show);
    following(show);
    const auto list = command(repair, "list", "Bulk repairs, newest first", "repair list --status paused");
    choice(list.add_option("--status", o_.state, "Only in this state"), {"canary", "running", "paused", "finished", "cancelled"});
    paging(list);
    steer(repair, "pause", "Try no more members until it is resumed",
          "repair pause rj-7f3a --reason \"the partner asked for a break\"");
    steer(repair, "resume", "Go on; what failed so far is known, and counts no more",
          "repair resume rj-7f3a --reason \"looked at the two\"");
    steer(repair, "cancel", "End it; members that are not tried yet stay as they are",
          "repair cancel rj-7f3a --reason \"wrong remedy\"");
  }

 private:
  void start(const Command& repair) {
    const auto app =
        command(repair, "start", "Choose by the filters of `fallout list`, and begin with a few",
                "repair start --code 'PORT_*' --older-than 2h --action retry --reason \"the switch is back\" --dry-run\n"
                "  comctl repair start --code 'PORT_*' --older-than 2h --action retry --reason \"the switch is back\" "
                "--canary 5 --follow");
    choice(app.add_option("--kind", o_.kind, "Only fallout, or only tasks"), {"fallout", "task"});
    fallout_filters(app, o_);
    choice(app.add_option("--action", o_.action, "What to do about each, as in `comctl fallout`").required(),
           {"retry", "complete", "skip", "fail", "compensate", "resume", "accept"});
    app.add_option("--reason", o_.reason, "Why; kept in the history of each").required().type_name("TEXT");
    action_values(app, o_);
    app.add_flag("--force", o_.force, "Go past refusals that say so");
    app.add_option("--canary", o_.canary, "So many go first, the rest when all of these have moved; 0: none")
        .type_name("N")
        .capture_default_str();
    app.add_option("--rate", o_.rate, "Members a second").type_name("N").range(0.01, 1000.0).default_str("20");
    app.add_option("--stop-after", o_.stop_after, "Pause when so many are stuck or refused")
        .type_name("N")
        .range(1u, 10'000u)
        .capture_default_str();
    duration(
        app, "--look-every", [o = &o_](Millis t) { o->look_every = t; }, "How often to look whether a member has moved")
        .default_str("5s");
    duration(
        app, "--look-for", [o = &o_](Millis t) { o->look_for = t; }, "A member that has not moved by then is stuck")
        .default_str("10m");
    const auto dry = app.add_flag("--dry-run", o_.dry_run, "Only say what would become of each");
    following(app).excludes(dry);
  }

  void job(const Command& app) { app.add_option("ID", o_.ids, "The repair").required().expected(1).type_name(""); }

  void members(const Command& app) {
    app.add_flag("--members", o_.members, "Also each member, in the order they are tried");
    choice(app.add_option("--verdict", o_.verdict, "Of the members only these"),
           {"open", "tried", "moved", "stuck", "refused", "skipped"});
    paging(app);
  }

  Option following(const Command& app) {
    duration(
        app, "--patience", [o = &o_](Millis t) { o->patience = t; }, "How long to go on trying when the server is away")
        .default_str("1m");
    return app.add_flag("--follow", o_.follow, "Show how far it is until it ends or is paused, then the report");
  }

  void steer(const Command& repair, const std::string& name, const std::string& help, const std::string& example) {
    const auto app = command(repair, name, help, example);
    job(app);
    app.add_option("--reason", o_.reason, "Why; kept in its history").required().type_name("TEXT");
  }
};

}  // namespace

void add_repair(const Command& root, Options& options) { Repair(root, options).build(); }

}  // namespace comd::ctl

#include "cmd/comctl/tool/branch.h"

/// `order diff`, `order replay`, `order try`, `log what-if`, `catalog rehearse`.
namespace comd::ctl {
namespace {

class History : private Branch {
 public:
  using Branch::Branch;

  void build() {
    const auto order = group(root_, "order", "");
    diff(order);
    replay(order);
    try_out(order);
    const auto log = group(root_, "log", "The log: what was, what would be, and whether it is what it was");
    const auto what_if = command(log, "what-if", "Decompose orders again by another catalogue: what would be different",
                                 "log what-if --catalog examples/catalog-2026.2.yaml --last 30d\n  comctl log what-if --catalog "
                                 "examples/catalog-2026.2.yaml po-7f3a po-91bc");
    what_if.add_option("ID", o_.ids, "These orders, by id or external id").type_name("");
    what_if.add_option("--catalog", o_.catalog_version, "A file, or a version that is loaded")
        .required()
        .type_name("FILE|VERSION");
    which(what_if);
    const auto rehearse =
        command(group(root_, "catalog", ""), "rehearse",
                "Before it is loaded: would orders of late have been taken and planned by it? Exit code 5 if not",
                "catalog rehearse examples/catalog-2026.2.yaml --last 30d --fail-on-difference");
    rehearse.add_option("FILE", o_.files, "The catalogue; - reads standard input").required().expected(1).type_name("");
    which(rehearse);
    rehearse.add_flag("--fail-on-difference", o_.fail_on_difference, "Exit code 5 also when a plan differs");
  }

 private:
  /// Not a list: that would take the moments behind it, too.
  void one(const Command& app, const std::string& help) {
    app.add_option(
           "ID", [o = &o_](const std::string& id) { o->ids = {id}; }, help)
        .required()
        .type_name("");
  }

  void diff(const Command& order) {
    const auto app = command(order, "diff", "What changed between two moments, and why",
                             "order diff po-7f3a v1 v9\n  comctl order diff po-7f3a \"2h ago\"");
    one(app, "An order, also by external id, or a service order, product or service");
    past(app, "FROM", o_.moment_from, "The first moment", true).required();
    past(app, "TO", o_.moment_to, "The second; otherwise now", true);
  }

  void replay(const Command& order) {
    const auto app = command(order, "replay", "Step through what happened, with what each event changed",
                             "order replay po-7f3a\n  comctl order replay po-7f3a --step 7\n  comctl order replay po-7f3a --all");
    one(app, "An order, also by external id, or a service order, product or service");
    const auto step = app.add_option("--step", o_.step, "Only this step").type_name("N");
    app.add_flag("--all", o_.all, "All steps at once, as without a terminal").excludes(step);
  }

  void try_out(const Command& order) {
    const auto app =
        command(order, "try", "What would a command lead to? On a copy of the order; nothing is recorded, nothing leaves",
                "order try po-7f3a cancel --reason \"customer moved\"\n  comctl order try po-7f3a retry --service-order "
                "so-7f3a.100.1.0.access.r1 --at v12 --reason \"port cleaned\"");
    one(app, "The order, by id or external id");
    choice(app.add_option("ACTION", o_.action, "What to try").required(),
           {"cancel", "retry", "complete", "skip", "fail", "compensate", "hold", "resume", "accept", "assign", "note"});
    past(app, "--at", o_.as_of, "On the order as it was then; otherwise as it is", true);
    app.add_option("--reason", o_.reason, "Why").default_str("tried out").type_name("TEXT");
    app.add_option("--service-order", o_.service_order, "Only this service order of it").type_name("ID");
    app.add_option("--to", o_.assignee, "assign: whose it is").type_name("NAME");
    action_values(app, o_);
    app.add_flag("--force", o_.force, "Go past a refusal that says so");
    app.add_flag("--accept-remainder", o_.accept_remainder, "cancel: end it although something of it could not be undone");
    app.add_flag("--accept-cost", o_.accept_cost, "cancel: undo also what is past a soft point of no return");
  }

  void which(const Command& app) {
    duration(
        app, "--last", [o = &o_](Millis t) { o->last = t; }, "Orders submitted within this time");
    moment(app, "--from", o_.from, "Orders submitted at or after");
    moment(app, "--to", o_.to, "Orders submitted before");
    app.add_flag("--all", o_.all, "All orders");
    app.add_option("--state", o_.states, "Only orders in these states now").delimiter(',').type_name("STATE,…");
  }
};

}  // namespace

void add_history(const Command& root, Options& options) { History(root, options).build(); }

}  // namespace comd::ctl

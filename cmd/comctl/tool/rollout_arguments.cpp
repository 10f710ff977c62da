#include "cmd/comctl/tool/branch.h"

/// `catalog rollout`, `catalog withdraw`, `catalog migrate`.
namespace comd::ctl {
namespace {

class Rollouts : private Branch {
 public:
  using Branch::Branch;

  void build() {
    const auto catalog = group(root_, "catalog", "Catalogue versions: decomposition rules and fulfilment policies");
    const auto rollout = command(catalog, "rollout", "Which new orders take a version, from now on; those that are there stay",
                                 "catalog rollout 2026.2 --percent 10 --reason \"first tenth\"\n  comctl catalog rollout 2026.2 "
                                 "--tenant acme --reason \"acme first\"");
    version(rollout);
    rollout_options(rollout, o_);
    reason(rollout, "Why; kept in the log");
    const auto withdraw =
        command(catalog, "withdraw",
                "For good: no new order takes it. Refused while an order under way needs it; it can be read for ever",
                "catalog withdraw 2026.1 --reason \"wrong address rule\"");
    version(withdraw);
    reason(withdraw, "Why; kept in the log");
    migrate(
        command(catalog, "migrate",
                "Orders under way from one version to another, with the same content: revises each, and says what became of it. "
                "Exit code 1 if one was refused",
                "catalog migrate --from 2026.1 --to 2026.2 --reason \"new address rule\" --dry-run\n  comctl catalog migrate "
                "--from 2026.1 --to 2026.2 --reason \"new address rule\" --order EX-1001 -o json"));
  }

 private:
  void migrate(const Command& app) {
    app.add_option("--from", o_.rollout.from, "The version they are pinned to").required().type_name("VERSION");
    app.add_option("--to", o_.rollout.to, "The version they go to").required().type_name("VERSION");
    app.add_option("--order", o_.ids, "Only this order, by id or external id; several times for several").type_name("ID");
    app.add_option("--tenant", o_.rollout.tenant, "Only orders of this tenant").type_name("TENANT");
    app.add_flag("--dry-run", o_.dry_run, "Only say what would become of each");
    app.add_flag("--accept-cost", o_.accept_cost, "Undo also what is past a soft point of no return");
    reason(app, "Why; kept with each order");
  }
  void version(const Command& app) { app.add_option("VERSION", o_.rollout.version, "The version").required().type_name(""); }
  void reason(const Command& app, const std::string& help) {
    app.add_option("--reason", o_.reason, help).required().type_name("TEXT");
  }
};

}  // namespace

void rollout_options(const Command& app, Options& options) {
  app.add_option("--percent", options.rollout.percent, "This share of new orders; otherwise all, or with --tenant only theirs")
      .range(0U, 100U)
      .type_name("N");
  app.add_option("--tenant", options.rollout.tenants, "All new orders of this tenant; several times for several")
      .type_name("TENANT");
}

void add_rollout(const Command& root, Options& options) { Rollouts(root, options).build(); }

}  // namespace comd::ctl

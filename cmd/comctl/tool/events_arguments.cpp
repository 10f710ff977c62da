#include "cmd/comctl/tool/branch.h"

/// The commands for what other systems are told: `events`, `webhook`.
namespace comd::ctl {
namespace {

class Outward : private Branch {
 public:
  using Branch::Branch;

  void build() {
    events();
    webhooks();
  }

 private:
  void events() {
    const auto app = command(root_, "events", "What other systems are told of orders, products and fallout, as it happens",
                             "events --from beginning --types 'ProductOrder*' --order my-first-order\n  comctl events --types "
                             "ProductOrderStateChangeEvent:completed -o json | jq -r .externalId");
    app.add_option("--from", o_.from_position, "After which position of the log: a number, beginning or now")
        .type_name("POSITION")
        .capture_default_str();
    app.add_option("--types", o_.types, "Only these types; * at the end, :STATE for the state that was reached")
        .delimiter(',')
        .type_name("TYPE,…");
    app.add_option("--order", o_.ids, "Only of these orders, by id or external id").delimiter(',').type_name("ID,…");
    duration(
        app, "--for", [o = &o_](Millis t) { o->limit = t; }, "Stop after this long; otherwise when interrupted");
    duration(
        app, "--patience", [o = &o_](Millis t) { o->patience = t; }, "How long to go on trying when the server is away")
        .default_str("1m");
  }

  void webhooks() {
    const auto webhook = group(root_, "webhook", "The receivers of events that comd posts to");
    command(webhook, "list", "How far each is, and whether it fails", "webhook list");
    const auto dead = command(webhook, "dead", "Events given up after their last attempt", "webhook dead billing");
    name(dead);
    dead.add_option("--limit", o_.page_size, "How many at most; otherwise 1000").type_name("N").range(1, 10'000);
    const auto redeliver = command(webhook, "redeliver", "Deliver dead letters again, by id or all of them",
                                   "webhook redeliver billing 812.3.state\n  comctl webhook redeliver billing --all");
    name(redeliver);
    const auto ids = redeliver.add_option("EVENT", o_.ids, "Ids of dead letters").type_name("");
    redeliver.add_flag("--all", o_.all, "All there are").excludes(ids);
  }

  void name(const Command& app) { app.add_option("WEBHOOK", o_.webhook, "Its name in comd.yaml").required().type_name(""); }
};

}  // namespace

void add_outward(const Command& root, Options& options) { Outward(root, options).build(); }

}  // namespace comd::ctl

#include "cmd/comctl/tool/branch.h"

/// The commands for what other systems are told: `events`.
namespace comd::ctl {
namespace {

class Outward : private Branch {
 public:
  using Branch::Branch;

  void build() { events(); }

 private:
  void events() {
    auto& app = command(root_, "events", "What other systems are told of orders, products and fallout, as it happens",
                        "events --from beginning --types 'ProductOrder*' --order my-first-order\n  comctl events --types "
                        "ProductOrderStateChangeEvent:completed -o json | jq -r .externalId");
    app.add_option("--from", o_.from_position, "After which position of the log: a number, beginning or now")
        ->type_name("POSITION")
        ->capture_default_str();
    app.add_option("--types", o_.types, "Only these types; * at the end, :STATE for the state that was reached")
        ->delimiter(',')
        ->type_name("TYPE,…");
    app.add_option("--order", o_.ids, "Only of these orders, by id or external id")->delimiter(',')->type_name("ID,…");
    duration(
        app, "--for", [o = &o_](Millis t) { o->limit = t; }, "Stop after this long; otherwise when interrupted");
    duration(
        app, "--patience", [o = &o_](Millis t) { o->patience = t; }, "How long to go on trying when the server is away")
        ->default_str("1m");
  }
};

}  // namespace

void add_outward(CLI::App& root, Options& options) { Outward(root, options).build(); }

}  // namespace comd::ctl

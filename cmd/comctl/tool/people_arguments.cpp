#include "cmd/comctl/tool/branch.h"

/// The commands for people who bring orders to an end: `fallout` and `task`.
namespace comd::ctl {
namespace {

class People : private Branch {
 public:
  using Branch::Branch;

  void build() {
    fallout();
    task();
    order();
  }

 private:
  struct Action {
    std::string name, help, example;
    bool values = false, force = false, of_order = false;
  };

  void fallout() {
    const auto fallout = group(root_, "fallout", "Orders and service orders that do not go on by themselves");
    const auto list = command(fallout, "list", "What waits for a person, oldest first",
                              "fallout list --kind fallout --code 'PORT_*' --older-than 2h --assignee -");
    choice(list.add_option("--kind", o_.kind, "Only of this kind"), {"fallout", "task", "quarantine"});
    past(list, "--as-of", o_.as_of, "As it was then; the log is read from its beginning", false);
    filters(list);
    const auto show = command(fallout, "show", "What happened, what the partner said, and what each action would lead to",
                              "fallout show so-7f3a.100.1.0.access.r1");
    look(show);

    const std::vector<Action> actions = {
        {"retry", "Try again; while the outcome is unknown, with the same key",
         "fallout retry so-7f3a.100.1.0.access.r1 --reason \"port cleaned\" --set vlan=12", true, true, true},
        {"complete", "It was done by hand, with these outputs",
         "fallout complete so-7f3a.100.1.0.access.r1 --reason \"patched by hand\" --set portId=P-7", true, true, true},
        {"skip", "Go on without it: an optional one, or forced",
         "fallout skip so-7f3a.100.1.0.probe.r1 --reason \"no probe on this site\"", false, true, true},
        {"fail", "It failed; the failure policy decides what follows",
         "fallout fail so-7f3a.100.1.0.access.r1 --reason \"no line possible\"", false, true, true},
        {"compensate", "It failed, and the whole order is undone", "fallout compensate po-7f3a --reason \"customer gave up\"",
         false, true, true},
        {"hold", "Start nothing more until it is resumed", "fallout hold po-7f3a --reason \"wrong address?\""},
        {"resume", "Go on after a hold", "fallout resume po-7f3a --reason \"address confirmed\"", false, true},
        {"accept", "What is missing, or could not be undone, stays so, and the order ends",
         "fallout accept po-7f3a --reason \"removed by hand\""},
        {"prioritise", "Another place in the queues; 0 is highest",
         "fallout prioritise po-7f3a --priority 0 --reason \"hospital\""},
        {"assign", "Say whose it is", "fallout assign po-7f3a --to anna --reason \"knows the site\""},
        {"note", "Add a note to its history", "fallout note po-7f3a --reason \"called the customer\""},
    };
    for (const auto& action : actions)
      add(fallout, action, "Service orders or product orders, by id; orders also by external id");
  }

  /// What does not need an order that is stuck.
  void order() {
    const auto order = group(root_, "order", "Product orders: submit, look, follow, revise, cancel");
    const std::vector<Action> actions = {
        {"hold", "Start nothing more of an order, or of one item, until it is resumed",
         "order hold po-7f3a --item 2 --reason \"customer is away\""},
        {"resume", "Go on after a hold", "order resume po-7f3a --item 2 --reason \"customer is back\""},
        {"prioritise", "Another place in the queues; 0 is highest",
         "order prioritise po-7f3a --priority 0 --reason \"hospital\""},
    };
    for (const auto& action : actions) add(order, action, "Product orders, by id or external id");
  }

  void task() {
    const auto task = group(root_, "task", "Work that a person does");
    filters(command(task, "list", "The tasks that wait, oldest first", "task list --assignee anna"));
    const auto show =
        command(task, "show", "What is to be done, and what has happened so far", "task show so-7f3a.100.1.0.visit.r1");
    look(show);
    const std::vector<Action> actions = {
        {"assign", "Say whose it is", "task assign so-7f3a.100.1.0.visit.r1 --to anna --reason \"lives nearby\""},
        {"complete", "It is done, with these outputs",
         "task complete so-7f3a.100.1.0.visit.r1 --reason \"router mounted\" --set serialNumber=RTR-1", true, true},
        {"fail", "It cannot be done; the failure policy decides what follows",
         "task fail so-7f3a.100.1.0.visit.r1 --reason \"nobody at home\"", false, true},
        {"note", "Add a note to its history", "task note so-7f3a.100.1.0.visit.r1 --reason \"rang twice\""},
        {"provide", "Give a held service order the information it lacks, and try it again",
         "task provide so-7f3a.100.1.0.access.r1 --set vlan=12 --reason \"from the customer\"", true},
    };
    for (const auto& action : actions) add(task, action, "Service orders, by id");
  }

  void look(const Command& app) {
    app.add_option("ID", o_.ids, "A service order or product order; an order also by external id")
        .required()
        .expected(1)
        .type_name("");
    service_order(app, "What would an action do to this service order of the product order");
  }

  void service_order(const Command& app, const std::string& help) {
    app.add_option("--service-order", o_.service_order, help).type_name("ID");
  }

  void filters(const Command& app) {
    fallout_filters(app, o_);
    paging(app);
  }

  void add(const Command& parent, const Action& action, const std::string& ids) {
    const auto app = command(parent, action.name, action.help, action.example);
    app.add_option("ID", o_.ids, ids).required().type_name("");
    app.add_option("--reason", o_.reason, "Why; kept in the history").required().type_name("TEXT");
    if (action.name == "assign") app.add_option("--to", o_.assignee, "Whose it is; -: nobody's").required().type_name("NAME");
    if (action.name == "hold" || action.name == "resume")
      app.add_option("--item", o_.item, "ID is a product order: only this item of it, and what it bundles").type_name("ITEM");
    if (action.name == "prioritise")
      app.add_option("--priority", o_.priority, "0 (highest) to 4 (lowest)").required().type_name("N");
    if (action.values) action_values(app, o_);
    if (action.force) app.add_flag("--force", o_.force, "Go past a refusal that says so");
    if (action.of_order) service_order(app, "ID is a product order: only this service order of it");
    app.add_option("--if-version", o_.if_version, "Only if it is still at this version, as `show` said").type_name("N");
    app.add_flag("--dry-run", o_.dry_run, "Only say what would happen");
  }
};

}  // namespace

void fallout_filters(const Command& app, Options& o) {
  app.add_option("--target", o.target, "Only of this activation system").type_name("NAME");
  app.add_option("--spec", o.specification, "Only of this specification: name@version, or the name alone").type_name("NAME");
  app.add_option("--code", o.code, "Only with this fault code; may end in *").type_name("CODE");
  choice(app.add_option("--class", o.fault_class, "Only with this class of fault"),
         {"transient", "permanent", "business", "unknown"});
  app.add_option("--assignee", o.assignee, "Only of this person; -: nobody's").type_name("NAME");
  app.add_option("--order", o.order, "Only of this product order, by id or external id").type_name("ID");
  app.add_option("--state", o.state, "Only in this state, for example held").type_name("STATE");
  duration(
      app, "--older-than", [&o](Millis t) { o.older_than = t; }, "Only what waits for longer");
  duration(
      app, "--newer-than", [&o](Millis t) { o.newer_than = t; }, "Only what has not waited for so long");
}

void action_values(const Command& app, Options& o) {
  app.add_option("--set", o.sets, "A value; what reads as JSON is that, anything else a text. Repeatable")
      .expected(1)
      .take_all()
      .type_name("NAME=VALUE");
  app.add_option("--values", o.values_file, "Values as a JSON object; - reads standard input").type_name("FILE");
}

void add_people(const Command& root, Options& options) { People(root, options).build(); }

}  // namespace comd::ctl

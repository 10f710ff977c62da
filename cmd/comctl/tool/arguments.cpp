#include "cmd/comctl/tool/arguments.h"

#include <CLI/CLI.hpp>

#include "cmd/comctl/tool/branch.h"
#include "cmd/comctl/tool/failure.h"

namespace comd::ctl {
namespace {

/// Builds the tree. What it leaves in the app refers to the options only, so it need not live on.
class Tree : private Branch {
 public:
  using Branch::Branch;

  void build() {
    global();
    orders();
    inventory();
    catalog();
    add_rollout(root_, o_);
    add_history(root_, o_);
    add_people(root_, o_);
    add_repair(root_, o_);
    add_quarantine(root_, o_);
    add_holds(root_, o_);
    add_integrity(root_, o_);
    add_outward(root_, o_);
    add_archive(root_, o_);
    add_backup(root_, o_);
    add_log(root_, o_);
    add_personal(root_, o_);
    rest();
  }

 private:
  void global() {
    root_.add_option("--server", o_.server, "Where comd listens")
        .envname("COMCTL_SERVER")
        .type_name("HOST:PORT")
        .capture_default_str();
    static const std::vector<std::string> kOutputs{"table", "json", "yaml", "dot"};
    choice(root_.add_option(
               "-o,--output",
               [o = &o_](const std::string& text) {
                 o->output = text == "json"   ? Output::json
                             : text == "yaml" ? Output::yaml
                             : text == "dot"  ? Output::dot
                                              : Output::table;
               },
               "How results are printed; dot only for `order plan`"),
           kOutputs)
        .default_str("table");
    root_.add_option("--tls-ca", o_.tls_ca, "Use TLS and trust this PEM file").envname("COMCTL_TLS_CA").type_name("FILE");
    duration(
        root_, "--timeout", [o = &o_](Millis t) { o->timeout = t; }, "Longest wait for one answer")
        .default_str("10s");
    root_.add_flag("--no-color", o_.no_color, "No colours, also on a terminal (as NO_COLOR)");
  }

  void order_name(const Command& app) {
    app.add_option("ID", o_.ids, "The order, by id or external id").required().expected(1).allow_extra_args(false).type_name("");
    external(app);
  }

  void external(const Command& app) {
    app.add_flag("--external", o_.external, "ID is an external id, whatever it looks like");
    app.add_option("--source", o_.source, "Of which submitting system, where several use the same external id")
        .type_name("SOURCE");
  }

  void as_of(const Command& app, bool version = true) {
    past(app, "--as-of", o_.as_of, version ? "As it was then; vN: after its Nth event" : "As it was then", version);
  }

  void following(const Command& app) {
    choice(app.add_option("--expect", o_.expect, "Fail (exit code 5) unless every order ends in this state"),
           {"completed", "partial", "failed", "cancelled", "rejected"});
    duration(
        app, "--for", [o = &o_](Millis t) { o->limit = t; }, "Give up (exit code 5) when not at the end by then");
    duration(
        app, "--patience", [o = &o_](Millis t) { o->patience = t; }, "How long to go on trying when the server is away")
        .default_str("1m");
  }

  void orders() {
    const auto order = group(root_, "order", "Product orders: submit, look, follow, revise, cancel");
    submit(order);
    const auto get =
        command(order, "get", "One order as TMF622 gives it, with its service orders",
                "order get po-7f3a\n  comctl order get po-7f3a --as-of \"2h ago\"\n  comctl order get po-7f3a --as-of v3");
    order_name(get);
    as_of(get);
    get.add_flag("--archived", o_.archived, "Also if it is archived");
    list(order);
    const auto watch = command(order, "watch", "Follow orders live until they end; without ID all orders, until interrupted",
                               "order watch po-7f3a po-91bc --expect completed --for 2m");
    watch.add_option("ID", o_.ids, "Orders, by id or external id").type_name("");
    external(watch);
    following(watch);
    watch.add_option("--since", o_.since, "Begin after this position of the log; 0: with the first event").type_name("POSITION");
    const auto timeline = command(order, "timeline", "What happened, what caused it, and why", "order timeline po-7f3a");
    order_name(timeline);
    const auto explain =
        command(order, "explain", "Why it is where it is, what it waits for and until when", "order explain po-7f3a");
    order_name(explain);
    as_of(explain);
    const auto plan = command(order, "plan", "Its service orders as a graph, with the data that flows",
                              "order plan po-7f3a --output dot | dot -Tsvg > plan.svg");
    order_name(plan);
    as_of(plan);
    revise(order);
    const auto cancel = command(order, "cancel", "Cancel the whole order: drops, cancels, undoes",
                                "order cancel po-7f3a --reason \"customer moved\" --dry-run");
    order_name(cancel);
    cancel.add_flag("--accept-remainder", o_.accept_remainder, "End a held order although something of it could not be undone");
    change(cancel, "Only say what would be dropped, cancelled, undone and left");
  }

  void revise(const Command& order) {
    const auto app =
        command(order, "revise", "Another version of an order under way: keeps what is still wanted, undoes the rest",
                "order revise po-7f3a order-v2.json --reason \"customer wants 500 Mbit/s\" --dry-run");
    order_name(app);
    app.add_option("FILE", o_.files, "The whole order as it is wanted now; - reads standard input")
        .required()
        .expected(1)
        .allow_extra_args(false)
        .type_name("");
    app.add_option("--revision", o_.revision, "Its number, one more than the order's; otherwise the next one").type_name("N");
    app.add_option("--catalog-version", o_.catalog_version,
                   "Plan with this version; otherwise the one the order was planned with")
        .type_name("VERSION");
    change(app, "Only say what would be kept, undone, done anew and added");
  }

  /// Of an order under way: looked at first, and then done from there.
  void change(const Command& app, const std::string& dry_run) {
    app.add_option("--reason", o_.reason, "Why; kept with the order").required().type_name("TEXT");
    app.add_flag("--dry-run", o_.dry_run, dry_run);
    app.add_flag("--accept-cost", o_.accept_cost, "Undo also what is past a soft point of no return");
    app.add_option("--if-version", o_.if_version, "Only if the order is still at this version, as a dry run said")
        .type_name("VERSION");
  }

  void submit(const Command& order) {
    const auto app =
        command(order, "submit", "Submit product orders (TMF622 v4 JSON; *.jsonl: one a line)",
                "order submit examples/orders/*.json --watch\n  comctl order submit orders.jsonl --source crm\n  jq -c . "
                "order.json | comctl order submit -");
    app.add_option("FILE", o_.files, "An order, an array of orders, or one a line; - reads standard input")
        .required()
        .type_name("");
    app.add_option("--source", o_.source, "The submitting system; with the externalId it is the order's identity")
        .type_name("SOURCE")
        .default_str("comctl");
    app.add_option("--idempotency-key", o_.idempotency_key,
                   "Identity of an order without externalId; of several, KEY/1, KEY/2, …")
        .type_name("KEY");
    app.add_option("--catalog-version", o_.catalog_version,
                   "Decompose with this version; otherwise the newest that takes the order")
        .type_name("VERSION");
    app.add_flag("--watch", o_.watch, "Then follow them to their end");
    following(app);
  }

  void list(const Command& order) {
    const auto app =
        command(order, "list", "Orders, newest first", "order list --state inProgress --from 2026-01-31 --sort date");
    app.add_option("--state", o_.states, "Only in these states (comd's or TMF622's words)").delimiter(',').type_name("STATE,…");
    app.add_option("--offering", o_.offering, "Only with this product offering").type_name("ID");
    app.add_option("--party", o_.party, "Only of this related party").type_name("ID");
    moment(app, "--from", o_.from, "Only submitted at or after");
    moment(app, "--to", o_.to, "Only submitted before");
    app.add_flag("--jeopardy", o_.jeopardy, "Only those that are expected to miss their requested completion");
    app.add_flag("--archived", o_.archived, "The archived ones instead");
    app.add_option("--external-id", o_.external_id, "Only with this external id").type_name("ID");
    choice(app.add_option(
               "--sort", [o = &o_](const std::string& text) { o->oldest_first = text == "date"; },
               "date: oldest first, -date: newest first"),
           {"date", "-date"})
        .default_str("-date");
    as_of(app, false);
    paging(app);
  }

  void inventory() {
    const auto inventory = group(root_, "inventory", "What the orders left behind");
    const auto product = group(inventory, "product", "Product instances (TMF637)");
    const auto products = command(product, "list", "Products", "inventory product list --party cust-42 --status active");
    products.add_option("--status", o_.state, "Only with this TMF637 status").type_name("STATUS");
    products.add_option("--offering", o_.offering, "Only of this product offering").type_name("ID");
    products.add_option("--party", o_.party, "Only of this related party").type_name("ID");
    as_of(products, false);
    paging(products);
    one(command(product, "get", "One product as TMF637 gives it, its services and its history",
                "inventory product get pr-7f3a.100.1\n  comctl inventory product get pr-7f3a.100.1 --as-of 2026-01-31"),
        "The product");

    const auto service = group(inventory, "service", "Service instances (TMF638)");
    const auto services = command(service, "list", "Services", "inventory service list --product pr-7f3a.100.1");
    services.add_option("--state", o_.state, "Only in this TMF638 state").type_name("STATE");
    services.add_option("--product", o_.product, "Only of this product").type_name("ID");
    as_of(services, false);
    paging(services);
    one(command(service, "get", "One service as TMF638 gives it, with its history",
                "inventory service get sv-7f3a.100.1.0.access"),
        "The service");
  }

  void one(const Command& app, const std::string& help) {
    app.add_option("ID", o_.ids, help).type_name("").required().expected(1);
    as_of(app);
  }

  void catalog() {
    const auto catalog = group(root_, "catalog", "Catalogue versions: decomposition rules and fulfilment policies");
    const auto validate = command(catalog, "validate", "Say everything that is wrong with a file; loads nothing, needs no server",
                                  "catalog validate examples/catalog.yaml");
    validate.add_option("FILE", o_.files, "The catalogue; - reads standard input").required().expected(1).type_name("");
    validate.add_flag("--remote", o_.remote, "Let the server do it, with its own version of the rules");
    const auto show =
        command(catalog, "show", "What a version makes of each offering, drawn", "catalog show examples/catalog.yaml");
    show.add_option("FILE", o_.files, "A file, or a version the server has loaded; otherwise the newest loaded")
        .expected(0, 1)
        .type_name("");
    const auto load = command(catalog, "load", "Load a version; as a whole or not at all",
                              "catalog load examples/catalog.yaml\n  comctl catalog load examples/catalog.yaml --percent 10");
    load.add_option("FILE", o_.files, "The catalogue; - reads standard input").required().expected(1).type_name("");
    rollout_options(load, o_);
    command(catalog, "list", "The versions that are live", "catalog list");
  }

  void rest() {
    const auto unmatched = group(root_, "unmatched", "Reports of activation systems that fit no service order");
    const auto list = command(unmatched, "list", "Those kept, and how many there were", "unmatched list");
    paging(list);
    command(root_, "lanes", "The way to each activation system: what waits, since when, and when it will be done",
            "lanes\n  comctl lanes -o json | jq '.lanes[] | select(.breaker != \"closed\")'");
    const auto doctor =
        command(root_, "doctor",
                "Does every unfinished order have a next wake-up with a reason? With --data: is a whole store as it should "
                "be, while no comd runs on it? Exit code 5 if not",
                "doctor\n  comctl doctor -o json | jq '.findings[].id'\n  comctl doctor --data /var/lib/comd");
    const auto data = doctor.add_option("--data", o_.data, "Files, records, index, states, rows and chain of this data directory")
                          .type_name("DIR");
    doctor.add_flag("--rebuild-rows", o_.rebuild_rows, "Delete the rows in it and make them anew from its log").needs(data);
    doctor.add_option("--salvage", o_.salvage, "Copy what can still be read of it into this new data directory; a last resort")
        .needs(data)
        .type_name("DIR");
    as_of(
        command(root_, "status", "The server: version, load, counts", "status\n  comctl status --as-of \"2h ago\" --timeout 5m"),
        false);
    choice(command(root_, "completion", "Print a shell's completion script",
                   "completion bash > ~/.local/share/bash-completion/completions/comctl")
               .add_option("SHELL", o_.shell, "Which shell")
               .required(),
           {"bash", "zsh", "fish"});
  }
};

}  // namespace

void EndOfApp::operator()(CLI::App* app) const { delete app; }

App make_app(Options& options) {
  App app(new CLI::App("Submit telecom product orders to comd, follow them, and ask why they are where they are.", "comctl"));
  app->fallthrough();  // --output and the like may also follow the command; subcommands inherit it
  app->require_subcommand(1);
  app->set_help_flag("-h,--help", "Say this and stop");
  app->set_version_flag("--version", std::string("comctl ") + COMD_VERSION, "Say the version and stop");
  app->footer(
      "Exit codes: 0 done, 1 refused, 2 usage, 3 unavailable, 4 not found, 5 not as expected.\n`comctl COMMAND --help` gives an "
      "example of each.");
  Tree(Command(*app), options).build();
  return app;
}

std::optional<int> parse(CLI::App& app, int argc, const char* const* argv, std::ostream& out, std::ostream& err) {
  try {
    app.parse(argc, argv);
    return std::nullopt;
  } catch (const CLI::ParseError& error) { return app.exit(error, out, err) == 0 ? kDone : kUsage; }
}

}  // namespace comd::ctl

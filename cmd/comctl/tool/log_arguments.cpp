#include "cmd/comctl/tool/branch.h"

/// The commands for the log itself: `log`.
namespace comd::ctl {
namespace {

class LogBranch : private Branch {
 public:
  using Branch::Branch;

  void build() {
    const auto log = group(root_, "log", "The log itself: what was recorded, as it was recorded");
    look(log);
    files(log);
    consumers(log);
  }

 private:
  void look(const Command& log) {
    const auto read = command(log, "read", "Recorded events of an order, of a stream, or of a part of the log",
                              "log read po-7f3a\n  comctl log read --from 2026-11-21T09:00Z --event 'ServiceOrder*' -o json");
    read.add_option("ID", o_.ids, "Orders (with their service orders), by id or external id; or other streams").type_name("");
    read.add_option("--from", o_.log.from, "First position, or recorded at or after this time").type_name("POSITION|TIME");
    read.add_option("--to", o_.log.to, "Last position, or recorded before this time").type_name("POSITION|TIME");
    filters(read);

    const auto tail = command(log, "tail", "Recorded events as they come, until interrupted",
                              "log tail --event OrderClosed\n  comctl log tail --from 4711 -o json");
    tail.add_option("--from", o_.log.from, "First position; or beginning, or now")
        .type_name("POSITION|beginning|now")
        .default_str("now");
    orders(tail);
    filters(tail);
    stopping(tail);
    duration(
        tail, "--patience", [o = &o_](Millis t) { o->patience = t; }, "How long to go on trying when the server is away")
        .default_str("1m");

    const auto stats = command(log, "stats", "What is in the log, counted: events by type, streams by kind, by day", "log stats");
    positions(stats);
  }

  void files(const Command& log) {
    const auto out =
        command(log, "export", "Write the log to a file, to be imported, kept or verified elsewhere",
                "log export comd.log\n  comctl log export comd.log --resume\n  comctl log export part.jsonl --from 1 --to 500");
    out.add_option("FILE", o_.files, "Where to").required().expected(1).type_name("");
    choice(out.add_option("--format", o_.log.format, "How; otherwise by the file's name: *.jsonl is jsonl"), {"binary", "jsonl"});
    positions(out);
    out.add_flag("--resume", o_.log.resume, "Go on with the file that is there, finished or not");

    const auto in = command(log, "import", "Make a new store from an exported log; comd must not run on it, and none is asked",
                            "log import comd.log --data ./restored");
    in.add_option("FILE", o_.files, "What `log export` wrote, from position 1").required().expected(1).type_name("");
    in.add_option("--data", o_.log.data, "The new store; or one that an interrupted import left").required().type_name("DIR");
  }

  void consumers(const Command& log) {
    command(log, "consumers", "Who consumes the log by name, how far each is, and who holds it", "log consumers");
    const auto consume = command(log, "consume", "Take a consumer's lease, print what comes, acknowledge what was printed",
                                 "log consume billing --event 'Order*' -o json | ./to-billing");
    name(consume);
    consume.add_option("--holder", o_.log.holder, "Who holds the lease; the same one may come back at once. Otherwise drawn")
        .type_name("NAME");
    duration(
        consume, "--lease", [o = &o_](Millis t) { o->log.lease = t; },
        "Another may take over when nothing is acknowledged so long")
        .default_str("30s");
    consume.add_option("--from", o_.log.from, "Where a new consumer begins: a position, beginning or now")
        .type_name("POSITION|beginning|now")
        .default_str("now");
    orders(consume);
    filters(consume);
    stopping(consume);
    const auto forget = command(log, "forget-consumer", "As if a consumer had never been", "log forget-consumer billing");
    name(forget);
  }

  void name(const Command& app) { app.add_option("CONSUMER", o_.log.consumer, "Its name").required().type_name(""); }

  void positions(const Command& app) {
    app.add_option("--from", o_.log.from, "First position").type_name("POSITION");
    app.add_option("--to", o_.log.to, "Last position; otherwise the end as it is now").type_name("POSITION");
  }

  void orders(const Command& app) {
    app.add_option("--order", o_.ids, "Only of these orders, by id or external id, or of other streams")
        .delimiter(',')
        .type_name("ID,…");
  }

  void filters(const Command& app) {
    app.add_option("--kind", o_.log.kinds, "Only of streams of these kinds: productOrder, serviceOrder, product, …")
        .delimiter(',')
        .type_name("KIND,…");
    app.add_option("--event", o_.log.types, "Only events of these types; * at the end").delimiter(',').type_name("TYPE,…");
    app.add_option("--tenant", o_.log.tenants, "Only of these tenants").delimiter(',').type_name("TENANT,…");
    app.add_flag("--record", o_.log.records, "With the bytes of each record, in documents");
  }

  void stopping(const Command& app) {
    app.add_option("--limit", o_.log.most, "Stop after so many commits").type_name("N");
    duration(
        app, "--for", [o = &o_](Millis t) { o->limit = t; }, "Stop after this long; otherwise when interrupted");
  }
};

}  // namespace

void add_log(const Command& root, Options& options) { LogBranch(root, options).build(); }

}  // namespace comd::ctl

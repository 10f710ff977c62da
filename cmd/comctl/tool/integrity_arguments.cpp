#include "cmd/comctl/tool/branch.h"

/// `log verify`, `log checkpoint`, `log check`, `log rebuild`, `epoch`.
namespace comd::ctl {
namespace {

class Integrity : private Branch {
 public:
  using Branch::Branch;

  void build() {
    const auto log = group(root_, "log", "The log: what happened, and that it still says so");
    const auto verify = command(log, "verify", "Walk the chain of the log and name the first break. Exit code 5 if there is one",
                                "log verify\n  comctl log verify --after 4711 --output json");
    verify.add_option("--after", o_.since, "Begin behind this position, where an earlier walk ended").type_name("POSITION");
    const auto checkpoint = command(log, "checkpoint",
                                    "Sign the end of the chain: keep it elsewhere, and it shows later whether history "
                                    "was changed",
                                    "log checkpoint --out checkpoint-2026-11-21.json");
    checkpoint.add_option("--out", o_.out_file, "Write it to this file").type_name("FILE");

    command(log, "check",
            "Fold the log while comd serves, and compare its tables with that, byte by byte. Exit code 5 if they differ",
            "log check");
    command(log, "rebuild",
            "Make every derived table afresh from the log while comd serves, compare, and use the new ones. What was interrupted "
            "is gone on with",
            "log rebuild --output json");

    const auto epoch =
        group(root_, "epoch", "Which life of the log this is: a restored or imported store begins a new, fenced one");
    command(epoch, "show", "Its number, and whether it is fenced", "epoch show");
    const auto reconcile = command(epoch, "reconcile", "Take the fence down: effects are sent and deadlines pass again",
                                   "epoch reconcile --reason \"the old host is wiped, checked by anna\"");
    reconcile.add_option("--reason", o_.reason, "Why it is safe; kept in the log").required().type_name("TEXT");
  }
};

}  // namespace

void add_integrity(const Command& root, Options& options) { Integrity(root, options).build(); }

}  // namespace comd::ctl

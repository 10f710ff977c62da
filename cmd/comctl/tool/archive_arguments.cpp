#include "cmd/comctl/tool/branch.h"

/// `archive`: orders that are over for long, and the files that hold them.
namespace comd::ctl {
namespace {

class Archive : private Branch {
 public:
  using Branch::Branch;

  void build() {
    const auto archive = group(root_, "archive", "Orders that are over for long: put them away, see what is there");
    const auto run = command(archive, "run", "Archive the orders that ended long enough ago, and move their records to files",
                             "archive run --older-than 90d --dry-run");
    duration(
        run, "--older-than", [o = &o_](Millis t) { o->older_than = t; },
        "How long ago they ended at least; otherwise comd's setting archive.after");
    run.add_flag("--dry-run", o_.dry_run, "Only count them");
    run.add_option("--reason", o_.reason, "Why; kept in each order's history").type_name("TEXT");
    command(archive, "list", "The archive files: records, positions, sizes", "archive list -o json");
    command(archive, "show", "How much is archived, and how much is at hand", "archive show");
  }
};

}  // namespace

void add_archive(const Command& root, Options& options) { Archive(root, options).build(); }

}  // namespace comd::ctl

#include "cmd/comctl/tool/branch.h"

/// `backup`: copies of the whole store, and the way back.
namespace comd::ctl {
namespace {

class Backup : private Branch {
 public:
  using Branch::Branch;

  void build() {
    const auto backup = group(root_, "backup", "Backups of the store: make, check, restore");
    const auto create = command(backup, "create", "Let the running comd make one; only what is new is copied",
                                "backup create --to /backup/comd --rate-mib 50");
    create.add_option("--to", o_.directory, "Directory on comd's machine, absolute; otherwise its setting backup-dir")
        .type_name("DIR");
    create.add_option("--rate-mib", o_.rate_mib, "MiB written a second at most; otherwise its setting backup-rate")
        .type_name("N");
    directory(command(backup, "list", "What a directory holds; needs no comd", "backup list /backup/comd"));
    chosen(command(backup, "verify", "Read every file against its checksum and open it; without ID the latest; needs no comd",
                   "backup verify /backup/comd 12"));
    restore(backup);
    const auto prune = command(backup, "prune", "Delete all but the latest; needs no comd", "backup prune /backup/comd --keep 7");
    directory(prune);
    prune.add_option("--keep", o_.keep, "How many stay").required().type_name("N").range(1, 1'000'000);
  }

 private:
  void directory(const Command& app) { app.add_option("DIR", o_.directory, "The directory of backups").required().type_name(""); }
  void chosen(const Command& app) {
    directory(app);
    app.add_option("ID", o_.backup, "Which one, as `backup list` counts them").type_name("").range(1u, 4'000'000'000u);
  }

  void restore(const Command& backup) {
    const auto app =
        command(backup, "restore",
                "Make a data directory from one, whole or as it was at a point; without ID from the latest; needs no comd",
                "backup restore /backup/comd --data /var/lib/comd-restored --to-time 2026-01-31T10:00:00Z");
    chosen(app);
    app.add_option("--data", o_.data, "The new data directory; it must be empty or not exist").required().type_name("DIR");
    const auto position =
        app.add_option("--to-position", o_.to_position, "Only what was committed up to this position of the log")
            .type_name("POSITION");
    moment(app, "--to-time", o_.to, "Only what was committed up to this time").excludes(position);
    app.add_option("--reason", o_.reason, "Why; kept in the store's history")
        .default_str("restored from a backup")
        .type_name("TEXT");
  }
};

}  // namespace

void add_backup(const Command& root, Options& options) { Backup(root, options).build(); }

}  // namespace comd::ctl

#include "cmd/comctl/tool/branch.h"

/// `subject` and `keys`: personal data.
namespace comd::ctl {
namespace {

class Personal : private Branch {
 public:
  using Branch::Branch;

  void build() {
    const auto subject = group(root_, "subject", "Data subjects: what comd has of a person, and forgetting it");
    named(command(subject, "show", "What there is of one: its orders, its products, what keeps it from being forgotten",
                  "subject show cust-42\n  comctl subject show order:po-7f3a  # an order that names nobody"));
    const auto forget =
        command(subject, "forget", "Destroy the keys of its personal data; cannot be undone",
                "subject forget cust-42 --dry-run\n  comctl subject forget cust-42 --reason \"asked by letter of 3 May\"");
    named(forget);
    forget.add_option("--reason", o_.reason, "Why; kept in the log").type_name("TEXT");
    forget.add_flag("--dry-run", o_.dry_run, "Only say what would be erased, or why not");
    forget.add_flag("--when-closed", o_.when_closed, "If something of it is in use: as soon as it is not");
    forget.add_flag("--force", o_.force, "Also while products of it are in use");
    const auto withdraw = command(subject, "withdraw", "Take back what waits for --when-closed",
                                  "subject withdraw cust-42 --reason \"it was another person\"");
    named(withdraw);
    withdraw.add_option("--reason", o_.reason, "Why; kept in the log").required().type_name("TEXT");
    paging(command(subject, "list", "Those that are forgotten or wait for it, by pseudonym", "subject list --output json"));

    const auto keys = group(root_, "keys", "The keys that personal data is sealed with");
    command(keys, "show", "Where they are, and under which master key", "keys show");
    const auto rotate = command(keys, "rotate", "Wrap every key with a new master key, while orders go on",
                                "keys rotate\n  comctl keys rotate --master-key-file /etc/comd/master-2027.key");
    rotate
        .add_option("--master-key-file", o_.master_key_file,
                    "Where the new master key is, on comd's machine; without: comd makes one, if it made the one in use")
        .type_name("FILE");
    const auto backup = command(keys, "backup", "Write a copy of the key file; it opens only with its master key",
                                "keys backup keys-2026-11-21.bak");
    backup.add_option("FILE", o_.files, "Where to; not beside the backups of the log").required().expected(1).type_name("");
  }

 private:
  void named(const Command& app) {
    app.add_option("ID", o_.ids, "The party's id as the orders have it, or order:<order id>")
        .required()
        .expected(1)
        .type_name("");
  }
};

}  // namespace

void add_personal(const Command& root, Options& options) { Personal(root, options).build(); }

}  // namespace comd::ctl

#pragma once
#include <functional>
#include <nlohmann/json.hpp>

#include "cmd/comctl/tool/client.h"
#include "cmd/comctl/tool/documents.h"
#include "cmd/comctl/tool/options.h"
#include "cmd/comctl/tool/run.h"
#include "cmd/comctl/tool/tables.h"

/// One run of comctl: what was asked, where it goes and where the answers go.
namespace comd::ctl {

struct Session {
  const Options& options;
  const Streams& streams;
  const Client& client;

  bool colour() const { return streams.out_is_terminal && !options.no_color; }
  bool err_colour() const { return streams.err_is_terminal && !options.no_color; }

  /// Prints a document in the form asked for; `table` draws it.
  void print(const Json& document, const std::function<std::string(const Json&, bool colour)>& table) const;

  /// Says what went wrong on standard error, and gives the exit code.
  int fail(const Failure& failure) const;

  /// A remark for people on standard error; it never disturbs what is read by machines.
  void say(const std::string& text) const;
};

/// On standard error: as text, or as JSON or YAML where results are, too. Gives the exit code.
int report(const Failure& failure, const Options& options, const Streams& streams);

/// Something nobody has drawn before, that makes a request one that may be sent again.
std::string drawn_key();

/// The order that `name` means: an id, or the external id of exactly one order.
Outcome<std::string> resolve(const Session& session, const std::string& name);

// One function per command; each returns an exit code.
int order_submit(const Session&);
int order_get(const Session&);
int order_list(const Session&);
int order_watch(const Session&);
int order_timeline(const Session&);
int order_explain(const Session&);
int order_plan(const Session&);
int order_cancel(const Session&);
int order_revise(const Session&);
int order_diff(const Session&);
int order_replay(const Session&);
int order_try(const Session&);
int log_what_if(const Session&);
int product_list(const Session&);
int product_get(const Session&);
int service_list(const Session&);
int service_get(const Session&);
int catalog_validate(const Session&);
int catalog_show(const Session&);
int catalog_load(const Session&);
int catalog_list(const Session&);
int catalog_rollout(const Session&);
int catalog_withdraw(const Session&);
int catalog_migrate(const Session&);
int catalog_rehearse(const Session&);
int fallout_list(const Session&);
int fallout_show(const Session&);
int fallout_act(const Session&);
int task_list(const Session&);
int repair_start(const Session&);
int repair_show(const Session&);
int repair_list(const Session&);
int repair_steer(const Session&);
int quarantine_list(const Session&);
int quarantine_show(const Session&);
int quarantine_resolve(const Session&);
int hold_place(const Session&);
int hold_lift(const Session&);
int hold_list(const Session&);
int log_verify(const Session&);
int log_rebuild(const Session&);
int log_checkpoint(const Session&);
int epoch_show(const Session&);
int epoch_reconcile(const Session&);
int unmatched_list(const Session&);
int events(const Session&);
int webhook_list(const Session&);
int webhook_dead(const Session&);
int webhook_redeliver(const Session&);
int archive_run(const Session&);
int archive_list(const Session&);
int archive_show(const Session&);
int backup_create(const Session&);
int backup_list(const Session&);
int backup_verify(const Session&);
int backup_restore(const Session&);
int backup_prune(const Session&);
int log_read(const Session&);
int log_tail(const Session&);
int log_stats(const Session&);
int log_export(const Session&);
int log_import(const Session&);
int log_consumers(const Session&);
int log_consume(const Session&);
int log_forget_consumer(const Session&);
int subject_show(const Session&);
int subject_forget(const Session&);
int subject_withdraw(const Session&);
int subject_list(const Session&);
int keys_show(const Session&);
int keys_rotate(const Session&);
int keys_backup(const Session&);
int lanes(const Session&);
int doctor(const Session&);
int inspect(const Session&);
int rebuild_rows(const Session&);
int salvage(const Session&);
int status(const Session&);

/// Follows orders to their end, from a position of the log on. See watch.cpp.
int follow(const Session& session, const std::vector<std::string>& ids, std::optional<std::uint64_t> from);

}  // namespace comd::ctl

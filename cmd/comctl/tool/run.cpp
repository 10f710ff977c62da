#include <fmt/format.h>

#include <cstdlib>
#include <map>
#include <sstream>

#include "cmd/comctl/tool/arguments.h"
#include "cmd/comctl/tool/completion.h"
#include "cmd/comctl/tool/session.h"

namespace comd::ctl {
namespace {

using Command = int (*)(const Session&);

const std::map<std::string, Command>& commands() {
  static const std::map<std::string, Command> table{
      {"order submit", order_submit},
      {"order get", order_get},
      {"order list", order_list},
      {"order watch", order_watch},
      {"order timeline", order_timeline},
      {"order explain", order_explain},
      {"order plan", order_plan},
      {"order cancel", order_cancel},
      {"order revise", order_revise},
      {"order hold", fallout_act},
      {"order resume", fallout_act},
      {"order prioritise", fallout_act},
      {"order diff", order_diff},
      {"order replay", order_replay},
      {"order try", order_try},
      {"log what-if", log_what_if},
      {"inventory product list", product_list},
      {"inventory product get", product_get},
      {"inventory service list", service_list},
      {"inventory service get", service_get},
      {"catalog validate", catalog_validate},
      {"catalog show", catalog_show},
      {"catalog load", catalog_load},
      {"catalog list", catalog_list},
      {"catalog rollout", catalog_rollout},
      {"catalog withdraw", catalog_withdraw},
      {"catalog migrate", catalog_migrate},
      {"catalog rehearse", catalog_rehearse},
      {"fallout list", fallout_list},
      {"fallout show", fallout_show},
      {"fallout retry", fallout_act},
      {"fallout complete", fallout_act},
      {"fallout skip", fallout_act},
      {"fallout fail", fallout_act},
      {"fallout compensate", fallout_act},
      {"fallout hold", fallout_act},
      {"fallout resume", fallout_act},
      {"fallout prioritise", fallout_act},
      {"fallout accept", fallout_act},
      {"fallout assign", fallout_act},
      {"fallout note", fallout_act},
      {"task list", task_list},
      {"task show", fallout_show},
      {"task assign", fallout_act},
      {"task complete", fallout_act},
      {"task fail", fallout_act},
      {"task note", fallout_act},
      {"task provide", fallout_act},
      {"repair start", repair_start},
      {"repair show", repair_show},
      {"repair list", repair_list},
      {"repair pause", repair_steer},
      {"repair resume", repair_steer},
      {"repair cancel", repair_steer},
      {"quarantine list", quarantine_list},
      {"quarantine show", quarantine_show},
      {"quarantine release", quarantine_resolve},
      {"quarantine skip", quarantine_resolve},
      {"quarantine correct", quarantine_resolve},
      {"hold place", hold_place},
      {"hold lift", hold_lift},
      {"hold list", hold_list},
      {"log verify", log_verify},
      {"log check", log_rebuild},
      {"log rebuild", log_rebuild},
      {"log checkpoint", log_checkpoint},
      {"epoch show", epoch_show},
      {"epoch reconcile", epoch_reconcile},
      {"unmatched list", unmatched_list},
      {"events", events},
      {"webhook list", webhook_list},
      {"webhook dead", webhook_dead},
      {"webhook redeliver", webhook_redeliver},
      {"archive run", archive_run},
      {"archive list", archive_list},
      {"archive show", archive_show},
      {"backup create", backup_create},
      {"backup list", backup_list},
      {"backup verify", backup_verify},
      {"backup restore", backup_restore},
      {"backup prune", backup_prune},
      {"log read", log_read},
      {"log tail", log_tail},
      {"log stats", log_stats},
      {"log export", log_export},
      {"log import", log_import},
      {"log consumers", log_consumers},
      {"log consume", log_consume},
      {"log forget-consumer", log_forget_consumer},
      {"subject show", subject_show},
      {"subject forget", subject_forget},
      {"subject withdraw", subject_withdraw},
      {"subject list", subject_list},
      {"keys show", keys_show},
      {"keys rotate", keys_rotate},
      {"keys backup", keys_backup},
      {"lanes", lanes},
      {"doctor", doctor},
      {"status", status},
  };
  return table;
}

int print_completion(const CLI::App& app, const Options& options, std::ostream& out) {
  out << (options.shell == "bash" ? bash_completion(app) : options.shell == "zsh" ? zsh_completion(app) : fish_completion(app));
  return kDone;
}

}  // namespace

void Session::print(const Json& document, const std::function<std::string(const Json&, bool)>& table) const {
  switch (options.output) {
    case Output::json: streams.out << to_json(document); break;
    case Output::yaml: streams.out << to_yaml(document); break;
    default: streams.out << table(document, colour()); break;
  }
  streams.out << std::flush;
}

int Session::fail(const Failure& failure) const { return report(failure, options, streams); }

void Session::say(const std::string& text) const { streams.err << paint(text, Style::dim, err_colour()) << "\n" << std::flush; }

int report(const Failure& failure, const Options& options, const Streams& streams) {
  const Json document{{"error", document_of(failure)}};
  if (options.output == Output::json)
    streams.err << to_json(document);
  else if (options.output == Output::yaml)
    streams.err << to_yaml(document);
  else
    streams.err << "comctl: " << render(failure, streams.err_is_terminal && !options.no_color);
  streams.err << std::flush;
  return failure.exit;
}

int run(int argc, const char* const* argv, const Streams& streams) {
  Options options;
  const auto app = make_app(options);
  if (const auto exit = parse(*app, argc, argv, streams.out, streams.err)) return *exit;
  if (const char* no_color = std::getenv("NO_COLOR"); no_color != nullptr && *no_color != '\0') options.no_color = true;
  if (options.output == Output::dot && options.command != "order plan")
    return report(
        usage_failure("Expected --output dot with `order plan`, but this is another command", "use table, json or yaml"), options,
        streams);
  if (options.command == "completion") return print_completion(*app, options, streams.out);

  const auto client = Client::open(options);
  if (!client) return report(client.error(), options, streams);
  return commands().at(options.command)(Session{options, streams, **client});
}

}  // namespace comd::ctl

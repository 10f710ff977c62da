#include <fmt/format.h>

#include <array>

#include "cmd/comctl/tool/offline.h"
#include "comd/api/v1/backup.grpc.pb.h"
#include "storage/restore.h"

/// Backups: the running comd makes them; everything else reads and writes their files itself.
namespace comd::ctl {
namespace {

Json document_of(const BackupInfo& info) {
  return {{"id", info.id},         {"madeAt", to_text(info.made)}, {"position", number(info.position)},
          {"format", info.format}, {"bytes", info.bytes},          {"files", info.files}};
}

Failure failure_of(const BackupError& error) {
  return error.not_found ? not_found_failure(error.message)
                         : Failure{kRejected, "FAILED_PRECONDITION", error.message, {}, {}, {}, {}};
}

std::string show_made(const Json& document, bool colour) {
  Facts facts;
  facts.add("backup", {text_at(document, "id"), Style::bold});
  facts.add("in", printable(text_at(document, "directory")));
  facts.add("holds the log up to", text_at(document, "position"));
  facts.add("size", show_bytes(document.at("bytes").get<std::uint64_t>()));
  facts.add("copied", show_bytes(document.at("bytesCopied").get<std::uint64_t>()));
  facts.add("shared with earlier ones", show_bytes(document.at("bytesShared").get<std::uint64_t>()));
  facts.add("took", show_duration(std::chrono::milliseconds(document.at("tookMs").get<std::int64_t>())));
  return facts.render(colour);
}

std::string show_list(const Json& document, bool colour) {
  Table table{{{"ID", true}, {"MADE"}, {"UP TO POSITION", true}, {"SIZE", true}, {"FILES", true}, {"FORMAT", true}}, {}};
  for (const auto& backup : document.at("backups"))
    table.rows.push_back({text_at(backup, "id"), shown_time(backup.at("madeAt")), text_at(backup, "position"),
                          show_bytes(backup.at("bytes").get<std::uint64_t>()), text_at(backup, "files"),
                          text_at(backup, "format")});
  std::string out = table.rows.empty() ? "There are no backups.\n" : table.render(colour);
  for (const auto& id : document.at("unreadable"))
    out += paint(fmt::format("Backup {} cannot be read: its list of files is damaged or incomplete.\n", text_of(id)), Style::bad,
                 colour);
  return out;
}

}  // namespace

int backup_create(const Session& session) {
  const auto& o = session.options;
  grpc::ClientContext context;  // no deadline: it says how far it is
  session.client.prepare(context);
  api::v1::CreateBackupRequest request;
  request.set_directory(o.directory);
  request.set_bytes_per_second(o.rate_mib << 20U);
  const auto stream = session.client.stub<api::v1::BackupService>()->Create(&context, request);
  api::v1::CreateBackupResponse message, last;
  while (stream->Read(&message)) {
    last = message;
    if (session.streams.err_is_terminal)
      session.streams.err << "\r\x1b[K" << show_bytes(message.bytes_copied()) << " copied" << std::flush;
  }
  if (session.streams.err_is_terminal) session.streams.err << "\r\x1b[K" << std::flush;
  if (const auto status = stream->Finish(); !status.ok()) return session.fail(ctl::failure_of(status, session.client.server()));
  const auto& done = last.done();
  session.print({{"id", done.id()},
                 {"directory", done.directory()},
                 {"madeAt", time_of(done.has_made_at(), done.made_at())},
                 {"position", done.position()},
                 {"bytes", done.bytes()},
                 {"bytesCopied", done.bytes_copied()},
                 {"bytesShared", done.bytes() - done.bytes_copied()},
                 {"tookMs", done.took_ms()}},
                show_made);
  return kDone;
}

int backup_list(const Session& session) {
  const auto list = list_backups(session.options.directory);
  if (!list) return session.fail(failure_of(list.error()));
  Json document{{"backups", Json::array()}, {"unreadable", list->unreadable}};
  for (const auto& backup : list->backups) document["backups"].push_back(document_of(backup));
  session.print(document, show_list);
  return list->unreadable.empty() ? kDone : kUnexpected;
}

int backup_verify(const Session& session) {
  session.say("Reading every file …");
  const auto verdict = verify_backup(session.options.directory, session.options.backup);
  if (!verdict) return session.fail(failure_of(verdict.error()));
  auto document = document_of(verdict->info);
  document["tail"] = number(verdict->tail);
  document["chain"] = to_hex(verdict->end.hash);
  session.print(document, [](const Json& d, bool colour) {
    Facts facts;
    facts.add("backup", {text_at(d, "id"), Style::bold});
    facts.add("whole", {"yes", Style::good});
    facts.add("made", shown_time(d.at("madeAt")));
    facts.add("size", show_bytes(d.at("bytes").get<std::uint64_t>()) + " in " + text_at(d, "files") + " files");
    facts.add("format", text_at(d, "format"));
    facts.add("last position", text_at(d, "tail"));
    facts.add("chain there", text_at(d, "chain"));
    return facts.render(colour);
  });
  return kDone;
}

int backup_restore(const Session& session) {
  const auto& o = session.options;
  RestoreOptions restore;
  restore.backups = o.directory;
  restore.id = o.backup;
  restore.data = o.data;
  if (o.to_position) restore.to_position = Position{*o.to_position};
  restore.to_time = o.to;
  restore.reason = o.reason.empty() ? "restored from a backup" : o.reason;
  Steps steps(session);
  restore.progress = [&](const RestoreStep& step) { steps.tell(step.what, step.done, step.of); };
  const auto done = restore_backup(restore, now());
  steps.end();
  if (!done) return session.fail(failure_of(done.error()));
  session.print({{"backup", document_of(done->from)},
                 {"data", o.data},
                 {"tailOfBackup", number(done->tail_of_backup)},
                 {"restoredTo", number(done->tail)},
                 {"leftOut", done->cut},
                 {"epoch", done->epoch},
                 {"tookMs", done->took.count()}},
                [](const Json& d, bool colour) {
                  Facts facts;
                  facts.add("data directory", {printable(text_at(d, "data")), Style::bold});
                  facts.add("from backup", text_at(d, "backup.id") + ", made " + shown_time(d.at("backup").at("madeAt")));
                  facts.add("restored to position", text_at(d, "restoredTo"));
                  if (d.at("leftOut") != 0)
                    facts.add("left out", text_at(d, "leftOut") + " commits, up to position " + text_at(d, "tailOfBackup"));
                  facts.add("took", show_duration(std::chrono::milliseconds(d.at("tookMs").get<std::int64_t>())));
                  facts.add("dispatches", {"nothing yet: epoch " + text_at(d, "epoch") + " has begun, fenced", Style::wait});
                  return facts.render(colour) +
                         "Start comd on it and look; when it is to go on from here: comctl epoch reconcile\n";
                });
  return kDone;
}

int backup_prune(const Session& session) {
  const auto done = prune_backups(session.options.directory, session.options.keep);
  if (!done) return session.fail(failure_of(done.error()));
  session.print({{"deleted", done->deleted}, {"kept", done->kept}}, [](const Json& d, bool) {
    return fmt::format("{} deleted, {} kept.\n", d.at("deleted").size(), d.at("kept").get<std::size_t>());
  });
  return kDone;
}

}  // namespace comd::ctl

#include <fmt/format.h>

#include "cmd/comctl/tool/offline.h"
#include "comd/api/v1/archive.grpc.pb.h"

/// Archiving: comd does it; this asks for it, and shows what there is.
namespace comd::ctl {
namespace {

using Archive = api::v1::ArchiveService;

std::string show_run(const Json& document, bool colour) {
  Facts facts;
  const bool dry = document.at("dryRun") == true;
  facts.add(dry ? "orders to archive" : "orders archived", {text_at(document, "orders"), Style::bold});
  if (!dry) {
    facts.add("records moved", text_at(document, "records"));
    facts.add("of size", show_bytes(document.at("bytes").get<std::uint64_t>()));
    facts.add("files made", text_at(document, "files"));
    if (document.at("refused") != 0)
      facts.add("not yet", {text_at(document, "refused") + ", the first because: " + printable(text_at(document, "firstRefusal")),
                            Style::wait});
  }
  facts.add("took", show_duration(std::chrono::milliseconds(document.at("tookMs").get<std::int64_t>())));
  return facts.render(colour) + (dry ? "Nothing was archived.\n" : "");
}

std::string show_files(const Json& document, bool colour) {
  Table table{{{"FILE"}, {"MADE"}, {"RECORDS", true}, {"POSITIONS"}, {"SIZE", true}, {"ON DISK", true}}, {}};
  for (const auto& file : document.at("files")) {
    const auto on_disk = file.at("fileBytes").get<std::uint64_t>();
    table.rows.push_back({text_at(file, "name"), shown_time(file.at("madeAt")), text_at(file, "records"),
                          text_at(file, "firstPosition") + "–" + text_at(file, "lastPosition"),
                          show_bytes(file.at("bytes").get<std::uint64_t>()),
                          on_disk == 0 ? Cell{"missing", Style::bad} : Cell{show_bytes(on_disk)}});
  }
  return table.rows.empty() ? "There are no archive files.\n" : table.render(colour);
}

std::string show_totals(const Json& document, bool colour) {
  Facts facts;
  facts.add("archive files", text_at(document, "fileCount"));
  facts.add("records in them", text_at(document, "records"));
  facts.add("of size", show_bytes(document.at("bytes").get<std::uint64_t>()));
  facts.add("on disk", show_bytes(document.at("fileBytes").get<std::uint64_t>()));
  if (document.at("missing") != 0) facts.add("missing", {text_at(document, "missing") + " files", Style::bad});
  facts.add("at hand", show_bytes(document.at("logBytes").get<std::uint64_t>()) + " on disk");
  facts.add("directory", printable(text_at(document, "directory")));
  return facts.render(colour);
}

Outcome<api::v1::ListArchiveResponse> fetch(const Session& session) {
  return session.client.call(&Archive::Stub::List, api::v1::ListArchiveRequest{});
}

}  // namespace

int archive_run(const Session& session) {
  const auto& o = session.options;
  grpc::ClientContext context;  // no deadline: it says how far it is
  session.client.prepare(context);
  api::v1::RunArchiveRequest request;
  if (o.older_than) request.set_older_than_ms(static_cast<std::uint64_t>(o.older_than->count()));
  request.set_dry_run(o.dry_run);
  request.set_reason(o.reason);
  const auto stream = session.client.stub<Archive>()->Run(&context, request);
  api::v1::RunArchiveResponse message, last;
  while (stream->Read(&message)) {
    last = message;
    if (session.streams.err_is_terminal)
      session.streams.err << fmt::format("\r\x1b[K{} orders, {} records moved", message.orders(), message.records())
                          << std::flush;
  }
  if (session.streams.err_is_terminal) session.streams.err << "\r\x1b[K" << std::flush;
  if (const auto status = stream->Finish(); !status.ok()) return session.fail(failure_of(status, session.client.server()));
  session.print({{"dryRun", o.dry_run},
                 {"orders", last.orders()},
                 {"refused", last.refused()},
                 {"firstRefusal", last.first_refusal()},
                 {"records", last.records()},
                 {"bytes", last.bytes()},
                 {"files", last.files()},
                 {"tookMs", last.took_ms()}},
                show_run);
  return kDone;
}

int archive_list(const Session& session) {
  const auto answer = fetch(session);
  if (!answer) return session.fail(answer.error());
  Json document{{"files", Json::array()}};
  for (const auto& file : answer->files())
    document["files"].push_back({{"name", file.name()},
                                 {"madeAt", time_of(file.has_made_at(), file.made_at())},
                                 {"records", file.records()},
                                 {"bytes", file.bytes()},
                                 {"firstPosition", file.first_position()},
                                 {"lastPosition", file.last_position()},
                                 {"fileBytes", file.file_bytes()}});
  session.print(document, show_files);
  return kDone;
}

int archive_show(const Session& session) {
  const auto answer = fetch(session);
  if (!answer) return session.fail(answer.error());
  std::uint64_t on_disk = 0, missing = 0;
  for (const auto& file : answer->files()) {
    on_disk += file.file_bytes();
    missing += file.file_bytes() == 0 ? 1 : 0;
  }
  session.print({{"fileCount", answer->files_size()},
                 {"records", answer->records()},
                 {"bytes", answer->bytes()},
                 {"fileBytes", on_disk},
                 {"missing", missing},
                 {"logBytes", answer->log_bytes()},
                 {"directory", answer->directory()}},
                show_totals);
  return kDone;
}

}  // namespace comd::ctl

#include <fmt/format.h>

#include "cmd/comctl/tool/log.h"
#include "cmd/comctl/tool/session.h"
#include "comd/api/v1/integrity.grpc.pb.h"

/// The derived tables, made afresh by the running comd: `log check`, `log rebuild`.
namespace comd::ctl {
namespace {

std::string progress_of(const api::v1::RebuildTablesResponse& m, std::chrono::duration<double> took) {
  if (m.step() == "comparing") return fmt::format("\r\x1b[K{} rows compared", m.rows());
  return fmt::format("\r\x1b[Kfolded {} of {} commits, {:.0f} events/s", m.position(), m.tail(),
                     static_cast<double>(m.events()) / std::max(took.count(), 1e-3));
}

std::string show_rebuild(const Json& document, bool colour) {
  Facts facts;
  const bool equal = document.at("equal") == true;
  facts.add("tables", {equal ? "as the log says" : "not as the log says", equal ? Style::good : Style::bad});
  facts.add("compared", text_at(document, "rows") + " rows, as of position " + text_at(document, "position"));
  facts.add("differing", text_at(document, "differing"));
  facts.add("in use now", document.at("swapped") == true ? "the new ones" : "those that were");
  facts.add("folded",
            pace(document.at("events").get<std::uint64_t>(), "events", Millis{document.at("elapsedMs").get<std::int64_t>()}));
  std::string out = facts.render(colour);
  if (equal) return out;
  out += heading("The first differences", colour);
  for (const auto& line : document.at("differences")) out += printable(line.get<std::string>()) + "\n";
  if (document.at("swapped") == false) out += "\nTo use tables made from the log:  comctl log rebuild\n";
  return out;
}

}  // namespace

int log_rebuild(const Session& session) {
  grpc::ClientContext context;  // no deadline: it says how far it is
  session.client.prepare(context);
  api::v1::RebuildTablesRequest request;
  request.set_swap(session.options.command == "log rebuild");
  const auto stream = session.client.stub<api::v1::IntegrityService>()->RebuildTables(&context, request);
  const auto began = std::chrono::steady_clock::now();
  api::v1::RebuildTablesResponse last, message;
  while (stream->Read(&message)) {
    last = message;
    if (session.streams.err_is_terminal)
      session.streams.err << progress_of(last, std::chrono::steady_clock::now() - began) << std::flush;
  }
  if (session.streams.err_is_terminal) session.streams.err << "\r\x1b[K" << std::flush;
  const auto status = stream->Finish();
  if (!status.ok()) return session.fail(failure_of(status, session.client.server()));
  const auto elapsed = std::chrono::duration_cast<Millis>(std::chrono::steady_clock::now() - began);
  Json differences = Json::array();
  for (const auto& line : last.differences()) differences.push_back(line);
  const bool equal = last.differing() == 0;
  session.print({{"equal", equal},
                 {"position", last.compared_at()},
                 {"rows", last.rows()},
                 {"differing", last.differing()},
                 {"differences", std::move(differences)},
                 {"swapped", last.swapped()},
                 {"events", last.events()},
                 {"elapsedMs", elapsed.count()}},
                show_rebuild);
  return equal || last.swapped() ? kDone : kUnexpected;
}

}  // namespace comd::ctl

#include <fmt/format.h>

#include "cmd/comctl/tool/session.h"
#include "comd/api/v1/system.grpc.pb.h"

/// Does every unfinished order have a next wake-up?
namespace comd::ctl {

std::string show_examination(const Json& document, bool colour) {
  Facts facts;
  const bool healthy = document.at("healthy") == true;
  facts.add("healthy", {healthy ? "yes" : "no", healthy ? Style::good : Style::bad});
  facts.add("unfinished orders", text_at(document, "orders"));
  facts.add("unfinished service orders", text_at(document, "serviceOrders"));
  facts.add("next wake-ups", text_at(document, "wakeups"));
  facts.add("calls to make", text_at(document, "effects"));
  if (text_at(document, "moving") != "0")
    facts.add("moved on meanwhile", text_at(document, "moving") + " orders: they are alive");
  if (text_at(document, "unchecked") != "0")
    facts.add("not checked", text_at(document, "unchecked") + " wake-ups: too far ahead in a table too large");
  std::string out = facts.render(colour);
  const auto& findings = document.at("findings");
  if (findings.empty()) return out;
  out += heading("What is wrong", colour);
  for (const auto& finding : findings)
    out += paint(printable(text_at(finding, "id")), Style::bold, colour) + ": " + printable(text_at(finding, "problem")) +
           "\n    → " + printable(text_at(finding, "remedy")) + "\n";
  if (document.at("found") > findings.size())
    out += fmt::format("and {} more\n", document.at("found").get<std::uint64_t>() - findings.size());
  return out;
}

int doctor(const Session& session) {
  if (!session.options.salvage.empty()) return salvage(session);
  if (session.options.rebuild_rows) return rebuild_rows(session);
  if (!session.options.data.empty()) return inspect(session);
  grpc::ClientContext context;  // no deadline: it says how far it is
  session.client.prepare(context);
  const auto stream = session.client.stub<api::v1::SystemService>()->Doctor(&context, {});
  api::v1::DoctorResponse message, last;
  Json findings = Json::array();
  while (stream->Read(&message)) {
    for (const auto& finding : message.findings())
      findings.push_back({{"id", finding.id()},
                          {"orderId", finding.order_id()},
                          {"kind", finding.kind()},
                          {"problem", finding.problem()},
                          {"remedy", finding.remedy()}});
    last = message;
    if (session.streams.err_is_terminal)
      session.streams.err << fmt::format("\r{} of {} orders looked at", last.figures().orders(), last.figures().unfinished())
                          << std::flush;
  }
  if (session.streams.err_is_terminal) session.streams.err << "\r\x1b[K" << std::flush;
  const auto status = stream->Finish();
  if (!status.ok()) return session.fail(failure_of(status, session.client.server()));
  const auto& figures = last.figures();
  const Json document{
      {"healthy", figures.findings() == 0}, {"orders", figures.orders()},   {"serviceOrders", figures.service_orders()},
      {"wakeups", figures.wakeups()},       {"effects", figures.effects()}, {"moving", figures.moving()},
      {"unchecked", figures.unchecked()},   {"found", figures.findings()},  {"findings", std::move(findings)}};
  session.print(document, show_examination);
  return figures.findings() == 0 ? kDone : kUnexpected;
}

}  // namespace comd::ctl

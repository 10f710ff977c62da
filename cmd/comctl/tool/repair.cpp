#include "cmd/comctl/tool/repair.h"

#include <fmt/format.h>

#include "cmd/comctl/tool/fallout.h"
#include "cmd/comctl/tool/lists.h"
#include "comd/api/v1/fallout.pb.h"
#include "comd/api/v1/repair.grpc.pb.h"

/// One action for many that wait for a person.
namespace comd::ctl {
namespace {

using Repairs = api::v1::RepairService;

/// "2 are stuck, 1 was refused": all that did not move.
std::string others(const api::v1::RepairTotals& t) {
  std::string out;
  const auto add = [&](std::uint32_t count, const char* one, const char* many) {
    if (count > 0) out += fmt::format("{}{} {}", out.empty() ? "" : ", ", count, count == 1 ? one : many);
  };
  add(t.stuck(), "is stuck", "are stuck");
  add(t.refused(), "was refused", "were refused");
  add(t.tried(), "is not seen to move yet", "are not seen to move yet");
  add(t.open(), "was not tried", "were not tried");
  return out.empty() ? "it was ended" : out;
}

/// Ended or paused with members that did not move: said, and not 0.
int verdict(const Session& session, const api::v1::Repair& repair) {
  const auto& t = repair.totals();
  const bool paused = repair.status() == "paused", cancelled = repair.status() == "cancelled";
  if (!paused && !cancelled && (repair.status() != "finished" || t.stuck() + t.refused() == 0)) return kDone;
  auto failure = usage_failure(fmt::format("Expected all {} members to move, but {}", t.members(), others(t)));
  failure.exit = kUnexpected;
  failure.code = "UNEXPECTED";
  if (paused)
    failure.hint =
        fmt::format("it is paused ({}): `comctl repair resume {} --reason …`, or cancel", repair.reason(), repair.id());
  else if (t.stuck() + t.refused() > 0)
    failure.hint =
        fmt::format("`comctl repair show {} --members --verdict {}`", repair.id(), t.stuck() > 0 ? "stuck" : "refused");
  return session.fail(failure);
}

/// The report, with its members if asked for.
int show(const Session& session, const std::string& id, bool judge) {
  const auto& options = session.options;
  api::v1::GetRepairRequest request;
  request.set_id(id);
  request.set_verdict(options.verdict);
  const bool members = options.members || !options.verdict.empty();
  request.set_page_size(!members ? 1 : options.page_size != 0 ? options.page_size : options.all ? 1000 : 0);
  request.set_page_token(options.page_token);
  auto answer = session.client.call(&Repairs::Stub::Get, request);
  if (!answer) return session.fail(answer.error());
  if (!members) {
    answer->clear_members();
    answer->clear_next_page_token();
  }
  while (options.all && !answer->next_page_token().empty()) {
    request.set_page_token(answer->next_page_token());
    const auto page = session.client.call(&Repairs::Stub::Get, request);
    if (!page) return session.fail(page.error());
    answer->mutable_members()->MergeFrom(page->members());
    answer->set_next_page_token(page->next_page_token());
  }
  session.print(document_of(*answer), show_repair);
  const bool over = answer->repair().status() == "finished" || answer->repair().status() == "cancelled";
  return judge || over ? verdict(session, answer->repair()) : kDone;
}

int follow_and_show(const Session& session, const std::string& id) {
  const auto end = follow_repair(session, id);
  if (!end) return session.fail(end.error());
  return show(session, id, true);
}

}  // namespace

int repair_start(const Session& session) {
  const auto& options = session.options;
  auto query = fallout_query(session);
  if (!query) return session.fail(query.error());
  auto values = values_of(session);
  if (!values) return session.fail(values.error());
  api::v1::StartRepairRequest request;
  *request.mutable_query() = std::move(*query);
  request.set_action(options.action);
  request.set_reason(options.reason);
  request.set_values_json(std::move(*values));
  request.set_force(options.force);
  request.set_canary(options.canary);
  request.set_rate(options.rate);
  request.set_stop_after(options.stop_after);
  request.set_look_every_ms(options.look_every.count());
  request.set_look_for_ms(options.look_for.count());
  request.set_request_id(drawn_key());
  request.set_dry_run(options.dry_run);
  auto answer = session.client.call(&Repairs::Stub::Start, request);
  // The request id makes it one job, however often it is sent.
  if (!answer && worth_repeating(answer.error()) && session.client.wait_for_server(options.timeout))
    answer = session.client.call(&Repairs::Stub::Start, request);
  if (!answer) return session.fail(answer.error());
  if (options.follow) {
    session.say(fmt::format("{}: {} for {}", answer->repair().id(), options.action, answer->repair().totals().members()));
    return follow_and_show(session, answer->repair().id());
  }
  session.print(document_of(*answer, options.dry_run), show_repair_started);
  return answer->refused() > 0 ? kRejected : kDone;
}

int repair_show(const Session& session) {
  const auto& id = session.options.ids.front();
  return session.options.follow ? follow_and_show(session, id) : show(session, id, false);
}

int repair_list(const Session& session) {
  api::v1::ListRepairsRequest request;
  request.set_status(session.options.state);
  return list_pages(
      session, &Repairs::Stub::List, std::move(request), "repairs",
      [](const auto& page) -> const auto& { return page.repairs(); }, show_repairs);
}

int repair_steer(const Session& session) {
  const auto& command = session.options.command;
  api::v1::SteerRepairRequest request;
  request.set_id(session.options.ids.front());
  request.set_order(command.substr(command.rfind(' ') + 1));
  request.set_reason(session.options.reason);
  const auto answer = session.client.call(&Repairs::Stub::Steer, request);
  if (!answer) return session.fail(answer.error());
  const Json document{
      {"repair", document_of(answer->repair())}, {"changed", answer->changed()}, {"position", answer->position()}};
  session.print(document, [](const Json& d, bool colour) {
    const auto status = text_at(d, "repair.status");
    return text_at(d, "repair.id") + " is " + (d.at("changed") == true ? "" : "already ") +
           paint(status, style_of(status), colour) + "\n";
  });
  return kDone;
}

}  // namespace comd::ctl

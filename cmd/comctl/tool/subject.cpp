#include <fmt/format.h>

#include "cmd/comctl/tool/lists.h"
#include "comd/api/v1/subject.grpc.pb.h"

/// Data subjects, and forgetting one.
namespace comd::ctl {
namespace {

using Subjects = api::v1::SubjectService;

Cell status_of(const Json& subject) {
  const auto status = text_at(subject, "status");
  return {status, status == "forgotten" ? Style::good : status == "known" || status == "kept" ? Style::plain : Style::wait};
}

std::string show_parts(const Json& subject, bool colour) {
  std::string out;
  if (const auto& orders = subject.at("orders"); !orders.empty()) {
    Table table{{{"ORDER"}, {"STATE"}, {"PERSONAL DATA"}}, {}};
    for (const auto& order : orders)
      table.rows.push_back({text_at(order, "id"),
                            {text_at(order, "state"), order.at("open") == true ? Style::wait : Style::plain},
                            order.at("erased") == true ? "erased" : "sealed"});
    out += heading("Orders", colour) + table.render(colour);
  }
  if (const auto& products = subject.at("products"); !products.empty()) {
    Table table{{{"PRODUCT"}, {"STATUS"}}, {}};
    for (const auto& product : products)
      table.rows.push_back(
          {text_at(product, "id"), {text_at(product, "status"), product.at("live") == true ? Style::wait : Style::plain}});
    out += heading("Products", colour) + table.render(colour);
  }
  return out;
}

std::string show_forgotten(const Json& document, bool colour) {
  const auto& subject = document.at("subject");
  const auto count = document.at("erased").size();
  std::string out;
  if (document.at("dryRun") == true)
    out = count > 0 ? fmt::format("Would erase the personal data of {} orders; nothing was done\n", count)
                    : "Nothing would be erased now; nothing was done\n";
  else if (text_at(subject, "status") == "waiting")
    out = "Waits: " + printable(text_at(subject, "waitsFor")) + "\n";
  else if (document.at("changed") != true)
    out = "It is forgotten already\n";
  else
    out = fmt::format("Erased the personal data of {} orders: {} keys are destroyed\n", count,
                      document.at("keys").get<std::uint64_t>());
  for (const auto& order : document.at("erased")) out += "  " + order.get<std::string>() + "\n";
  return out + (document.at("dryRun") == true ? show_parts(subject, colour) : "");
}

}  // namespace

Json document_of(const api::v1::Subject& s) {
  Json out{{"pseudonym", s.pseudonym()},
           {"status", s.status()},
           {"inTheWay", s.in_the_way()},
           {"waitsFor", s.waits_for()},
           {"by", s.by()},
           {"why", s.why()},
           {"askedAt", time_of(s.has_asked_at(), s.asked_at())},
           {"forgottenAt", time_of(s.has_forgotten_at(), s.forgotten_at())},
           {"erasedAt", time_of(s.has_erased_at(), s.erased_at())},
           {"keys", s.keys()},
           {"orders", Json::array()},
           {"products", Json::array()}};
  for (const auto& order : s.orders())
    out["orders"].push_back({{"id", order.id()}, {"state", order.state()}, {"open", order.open()}, {"erased", order.erased()}});
  for (const auto& product : s.products())
    out["products"].push_back({{"id", product.id()}, {"status", product.status()}, {"live", product.live()}});
  return out;
}

std::string show_subjects(const Json& document, bool colour) {
  Table table{{{"PSEUDONYM"}, {"STATUS"}, {"BY"}, {"FORGOTTEN"}, {"WHY"}}, {}};
  for (const auto& s : document.at("subjects"))
    table.rows.push_back({text_at(s, "pseudonym"), status_of(s), printable(text_at(s, "by")), shown_time(s.at("forgottenAt")),
                          cut(printable(text_at(s, "why")), 60)});
  return (table.rows.empty() ? "Nobody was forgotten.\n" : table.render(colour)) + more_line(document, colour);
}

std::string show_subject(const Json& s, bool colour) {
  Facts facts;
  facts.add("pseudonym", {text_at(s, "pseudonym"), Style::bold});
  facts.add("status", status_of(s));
  facts.add("in the way", printable(text_at(s, "inTheWay")));
  facts.add("waits for", printable(text_at(s, "waitsFor")));
  facts.add("by", printable(text_at(s, "by")));
  facts.add("why", printable(text_at(s, "why")));
  facts.add("asked", shown_time(s.at("askedAt")));
  facts.add("forgotten", shown_time(s.at("forgottenAt")));
  facts.add("keys destroyed", shown_time(s.at("erasedAt")));
  return facts.render(colour) + show_parts(s, colour);
}

int subject_show(const Session& session) {
  api::v1::ShowSubjectRequest request;
  request.set_subject(session.options.ids.front());
  const auto answer = session.client.call(&Subjects::Stub::Show, request);
  if (!answer) return session.fail(answer.error());
  session.print(document_of(answer->subject()), show_subject);
  return kDone;
}

int subject_forget(const Session& session) {
  const auto& options = session.options;
  api::v1::ForgetSubjectRequest request;
  request.set_subject(options.ids.front());
  request.set_reason(options.dry_run && options.reason.empty() ? "dry run" : options.reason);
  request.set_dry_run(options.dry_run);
  request.set_force(options.force);
  request.set_when_closed(options.when_closed);
  const auto answer = session.client.call(&Subjects::Stub::Forget, request);
  if (!answer) return session.fail(answer.error());
  Json document{{"subject", document_of(answer->subject())},
                {"erased", Json::array()},
                {"keys", answer->keys()},
                {"changed", answer->changed()},
                {"dryRun", options.dry_run},
                {"position", answer->position()}};
  for (const auto& order : answer->erased()) document["erased"].push_back(order);
  session.print(document, show_forgotten);
  return kDone;
}

int subject_withdraw(const Session& session) {
  api::v1::WithdrawSubjectRequest request;
  request.set_subject(session.options.ids.front());
  request.set_reason(session.options.reason);
  const auto answer = session.client.call(&Subjects::Stub::Withdraw, request);
  if (!answer) return session.fail(answer.error());
  session.print(document_of(answer->subject()), show_subject);
  return kDone;
}

int subject_list(const Session& session) {
  return list_pages(
      session, &Subjects::Stub::List, api::v1::ListSubjectsRequest{}, "subjects",
      [](const auto& page) -> const auto& { return page.subjects(); }, show_subjects);
}

}  // namespace comd::ctl

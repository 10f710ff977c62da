#include "cmd/comctl/tool/branch.h"
#include "cmd/comctl/tool/moment.h"
#include "cmd/comctl/tool/session.h"
#include "comd/api/v1/hold.grpc.pb.h"

/// `hold`: everything for a target, of a specification's version, of a tenant.
namespace comd::ctl {
namespace {

using Holds = api::v1::HoldService;

Json document_of(const api::v1::Hold& h) {
  return {{"kind", h.kind()},
          {"name", h.name()},
          {"timers", h.freeze_timers() ? "freeze" : "keep"},
          {"refuseNew", h.refuse_new()},
          {"by", h.by()},
          {"reason", h.reason()},
          {"since", time_of(h.has_since(), h.since())},
          {"reviewAt", time_of(h.has_review_at(), h.review_at())},
          {"reviews", h.reviews()}};
}

std::string show_holds(const Json& document, bool colour) {
  Table table{{{"HELD"}, {"DEADLINES"}, {"NEW ORDERS"}, {"BY"}, {"SINCE"}, {"REVIEW"}, {"REASON"}}, {}};
  for (const auto& h : document.at("holds"))
    table.rows.push_back({Cell{printable(text_at(h, "kind") + " " + text_at(h, "name")), Style::bold},
                          text_at(h, "timers") == "freeze" ? "frozen" : "pass", h.at("refuseNew") == true ? "refused" : "wait",
                          printable(text_at(h, "by")), shown_time(h.at("since")),
                          Cell{shown_time(h.at("reviewAt")), h.at("reviews") == 0 ? Style::plain : Style::bad},
                          printable(text_at(h, "reason"))});
  return table.rows.empty() ? "Nothing is held.\n" : table.render(colour);
}

class HoldArguments : private Branch {
 public:
  using Branch::Branch;

  void build() {
    const auto hold = group(root_, "hold", "Hold everything for a target, of a specification's version, or of a tenant");
    const auto place = about(
        hold, "place", "Let nothing new leave. What is under way settles, and reports are taken. Again: as this says from now on",
        "hold place target network --reason \"maintenance until six\" --freeze-timers");
    place.add_flag("--freeze-timers", o_.freeze_timers, "No deadline of a service order under it passes; reviews do");
    place.add_flag("--refuse-new", o_.refuse_new, "Refuse new orders that need it; otherwise they are taken, and wait");
    about(hold, "lift", "Let what waited leave", "hold lift target network --reason \"the network is back\"");
    past(command(hold, "list", "What is held, by whom, since when and why", "hold list --output json"), "--as-of", o_.as_of,
         "As it was then", false);
  }

 private:
  Command about(const Command& hold, const std::string& name, const std::string& help, const std::string& example) {
    const auto app = command(hold, name, help, example);
    choice(app.add_option("KIND", o_.kind, "What kind of thing").required(), {"target", "specification", "tenant"});
    app.add_option("NAME", o_.ids, "Which one; a specification with its version: fiber-access@1")
        .required()
        .expected(1)
        .type_name("");
    app.add_option("--reason", o_.reason, "Why; shown to all who wait").required().type_name("TEXT");
    return app;
  }
};

}  // namespace

void add_holds(const Command& root, Options& options) { HoldArguments(root, options).build(); }

int hold_place(const Session& session) {
  const Options& o = session.options;
  api::v1::PlaceHoldRequest request;
  request.set_kind(o.kind);
  request.set_name(o.ids.front());
  request.set_freeze_timers(o.freeze_timers);
  request.set_refuse_new(o.refuse_new);
  request.set_reason(o.reason);
  const auto answer = session.client.call(&Holds::Stub::Place, request);
  if (!answer) return session.fail(answer.error());
  const Json document{{"hold", document_of(answer->hold())}, {"changed", answer->changed()}, {"position", answer->position()}};
  session.print(document, [](const Json& d, bool) {
    const auto& h = d.at("hold");
    return printable(text_at(h, "kind") + " " + text_at(h, "name")) + " is held" +
           (d.at("changed") == true ? "" : " so already") + ", to be looked at by " + shown_time(h.at("reviewAt")) + "\n";
  });
  return kDone;
}

int hold_lift(const Session& session) {
  const Options& o = session.options;
  api::v1::LiftHoldRequest request;
  request.set_kind(o.kind);
  request.set_name(o.ids.front());
  request.set_reason(o.reason);
  const auto answer = session.client.call(&Holds::Stub::Lift, request);
  if (!answer) return session.fail(answer.error());
  const Json document{{"kind", o.kind}, {"name", o.ids.front()}, {"position", answer->position()}};
  session.print(document, [](const Json& d, bool) {
    return printable(text_at(d, "kind") + " " + text_at(d, "name")) + " is not held any more: what waited goes on\n";
  });
  return kDone;
}

int hold_list(const Session& session) {
  api::v1::ListHoldsRequest request;
  set_as_of(session, request);
  const auto answer = session.client.call(&Holds::Stub::List, request);
  if (!answer) return session.fail(answer.error());
  Json document{{"holds", Json::array()}};
  for (const auto& h : answer->holds()) document["holds"].push_back(document_of(h));
  print_as_of(session, document, *answer, show_holds);
  return kDone;
}

}  // namespace comd::ctl

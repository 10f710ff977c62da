#include "cmd/comctl/tool/history.h"

#include <fmt/format.h>

#include <charconv>
#include <filesystem>

#include "cmd/comctl/tool/fallout.h"
#include "cmd/comctl/tool/moment.h"
#include "cmd/comctl/tool/progress.h"
#include "cmd/comctl/tool/submissions.h"
#include "comd/api/v1/history.grpc.pb.h"

/// Orders event by event, between two moments, by another catalogue, and tried out on a copy.
namespace comd::ctl {
namespace {

using History = api::v1::HistoryService;

/// All steps there are.
Outcome<Json> steps_of(const Session& session, const std::string& id) {
  api::v1::ReplayRequest request;
  request.set_id(id);
  request.set_page_size(500);
  Json document{{"id", id}, {"total", 0}, {"steps", Json::array()}};
  while (true) {
    const auto page = session.client.call(&History::Stub::Replay, request);
    if (!page) return tl::unexpected(page.error());
    for (const auto& step : page->steps()) document["steps"].push_back(document_of(step));
    document["total"] = page->total();
    if (page->steps().empty() || document["steps"].size() >= page->total()) return document;
    request.set_after_step(static_cast<std::uint32_t>(document["steps"].size()));
  }
}

std::optional<std::size_t> number_in(std::string_view text) {
  std::size_t out = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  return error == std::errc{} && end == text.data() + text.size() && !text.empty() ? std::optional(out) : std::nullopt;
}

/// From step to step, as the reader says: a line is a command.
void walk_steps(const Session& session, const Json& steps) {
  const auto& in = session.streams;
  std::size_t at = 0;
  std::string line = "g 1";
  do {
    const auto command = line.substr(0, line.find(' '));
    const auto wanted = number_in(line.substr(std::min(line.size(), command.size() + 1)));
    if (command == "q") return;
    if ((command.empty() || command == "n") && at + 1 < steps.size())
      ++at;
    else if (command == "p" && at > 0)
      --at;
    else if (command == "g" && wanted && *wanted >= 1 && *wanted <= steps.size())
      at = *wanted - 1;
    else
      in.out << (command == "n" || command.empty() ? "That was the last step.\n"
                 : command == "p"
                     ? "This is the first step.\n"
                     : fmt::format("Expected n, p, g 1 to g {} or q, but got \"{}\".\n", steps.size(), printable(line)));
    in.out << show_step(steps[at], steps.size(), session.colour()) << "[n]ext [p]revious [g]o N [q]uit > " << std::flush;
  } while (std::getline(in.in, line));
}

/// A file's bytes, or the version that the server has.
Outcome<api::v1::WhatIfRequest> catalog_in(const Session& session, const std::string& name) {
  api::v1::WhatIfRequest request;
  std::error_code error;
  if (name == "-" || std::filesystem::exists(name, error)) {
    auto content = read_text(name, session.streams.in);
    if (!content) return tl::unexpected(content.error());
    request.set_content(std::move(*content));
  } else {
    request.set_version(name);
  }
  return request;
}

std::optional<Failure> choose(const Session& session, const std::vector<std::string>& names, api::v1::WhatIfRequest& request) {
  const auto& options = session.options;
  for (const auto& name : names) {
    const auto id = resolve(session, name);
    if (!id) return id.error();
    request.add_order_ids(*id);
  }
  for (const auto& state : options.states) request.add_states(state);
  const auto now = std::chrono::time_point_cast<Millis>(std::chrono::system_clock::now());
  if (options.last) *request.mutable_from() = timestamp_of(now - *options.last);
  if (options.from) *request.mutable_from() = timestamp_of(*options.from);
  if (options.to) *request.mutable_to() = timestamp_of(*options.to);
  request.set_all(options.all);
  return std::nullopt;
}

/// Tells each order as it comes, where results are read by people. The totals at the end, or what went wrong.
Outcome<Json> rehearse(const Session& session, const api::v1::WhatIfRequest& request) {
  grpc::ClientContext context;  // no deadline: it says how far it is
  session.client.prepare(context);
  const auto stream = session.client.stub<History>()->WhatIf(&context, request);
  Progress progress(session.streams.err, session.streams.err_is_terminal);
  const bool people = session.options.output == Output::table;
  Json document{{"catalogVersion", ""}, {"catalogDigest", ""}, {"totals", nullptr}, {"orders", Json::array()}};
  Tally tally;
  for (api::v1::WhatIfResponse message; stream->Read(&message);) {
    document["catalogVersion"] = message.catalog_version();
    document["catalogDigest"] = message.catalog_digest();
    document["totals"] = document_of(message.totals());
    for (const auto& order : message.orders()) {
      auto one = document_of(order);
      if (people)
        session.streams.out << show_difference(one, session.colour());
      else
        document["orders"].push_back(std::move(one));
    }
    tally = {message.totals().orders(), message.totals().done(), message.totals().refused()};
    progress.update(tally);
  }
  progress.finish(tally);
  const auto status = stream->Finish();
  if (!status.ok()) return tl::unexpected(failure_of(status, session.client.server()));
  session.print(document, [](const Json& d, bool colour) {
    return "catalogue " + printable(text_at(d, "catalogVersion")) + "\n" + show_what_if(d.at("totals"), colour);
  });
  return document.at("totals");
}

}  // namespace

int order_diff(const Session& session) {
  const auto& options = session.options;
  const auto id = resolve(session, options.ids.front());
  if (!id) return session.fail(id.error());
  api::v1::DiffRequest request;
  request.set_id(*id);
  fill(*request.mutable_from(), options.moment_from);
  fill(*request.mutable_to(), options.moment_to);
  const auto response = session.client.call(&History::Stub::Diff, request);
  if (!response) return session.fail(response.error());
  session.print(document_of(*response), show_diff);
  return kDone;
}

int order_replay(const Session& session) {
  const auto& options = session.options;
  const auto id = resolve(session, options.ids.front());
  if (!id) return session.fail(id.error());
  auto document = steps_of(session, *id);
  if (!document) return session.fail(document.error());
  auto& steps = (*document)["steps"];
  if (options.step) {
    if (*options.step < 1 || *options.step > steps.size())
      return session.fail(usage_failure(
          fmt::format("Expected --step from 1 to {}, the events there are, but got {}", steps.size(), *options.step)));
    const Json one = steps[*options.step - 1];
    steps = Json::array({one});
  } else if (!options.all && options.output == Output::table && session.streams.out_is_terminal && !steps.empty()) {
    walk_steps(session, steps);
    return kDone;
  }
  session.print(*document, [](const Json& d, bool colour) {
    std::string out;
    for (const auto& step : d.at("steps")) out += show_step(step, d.at("total").get<std::uint64_t>(), colour);
    return out;
  });
  return kDone;
}

int order_try(const Session& session) {
  const auto& options = session.options;
  const auto id = resolve(session, options.ids.front());
  if (!id) return session.fail(id.error());
  api::v1::TryRequest request;
  request.set_order_id(*id);
  fill(*request.mutable_at(), options.as_of);
  const auto reason = options.reason.empty() ? std::string("tried out") : options.reason;
  if (options.action == "cancel") {
    request.mutable_cancel()->set_reason(reason);
    request.mutable_cancel()->set_accept_remainder(options.accept_remainder);
    request.mutable_cancel()->set_accept_cost(options.accept_cost);
  } else {
    auto values = values_of(session);
    if (!values) return session.fail(values.error());
    auto& act = *request.mutable_act();
    act.set_action(options.action);
    act.set_id(options.service_order);
    act.set_reason(reason);
    act.set_values_json(std::move(*values));
    act.set_assignee(options.assignee);
    act.set_force(options.force);
  }
  const auto response = session.client.call(&History::Stub::Try, request);
  if (!response) return session.fail(response.error());
  session.print(document_of(*response), show_try);
  return response->has_rejection() ? kRejected : kDone;
}

int log_what_if(const Session& session) {
  auto request = catalog_in(session, session.options.catalog_version);
  if (!request) return session.fail(request.error());
  if (const auto failure = choose(session, session.options.ids, *request)) return session.fail(*failure);
  const auto totals = rehearse(session, *request);
  return totals ? kDone : session.fail(totals.error());
}

int catalog_rehearse(const Session& session) {
  const auto& options = session.options;
  auto request = catalog_in(session, options.files.front());
  if (!request) return session.fail(request.error());
  if (const auto failure = choose(session, {}, *request)) return session.fail(*failure);
  const auto totals = rehearse(session, *request);
  if (!totals) return session.fail(totals.error());
  const bool wrong =
      totals->at("refused") != 0 || totals->at("undecidable") != 0 || (options.fail_on_difference && totals->at("differ") != 0);
  return wrong ? kUnexpected : kDone;
}

}  // namespace comd::ctl

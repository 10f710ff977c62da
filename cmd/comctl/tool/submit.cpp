#include <fmt/format.h>

#include <random>

#include "cmd/comctl/tool/bulk.h"
#include "cmd/comctl/tool/session.h"
#include "cmd/comctl/tool/submissions.h"
#include "comd/api/v1/product_order.grpc.pb.h"

/// `order submit`.
namespace comd::ctl {
namespace {

using Orders = api::v1::ProductOrderService;

std::vector<api::v1::SubmitRequest> requests_of(const Options& options, const std::vector<Submission>& submissions) {
  // A key of our own makes it safe to send an order without externalId again when the answer got lost.
  const auto key = options.idempotency_key.empty() ? drawn_key() : options.idempotency_key;
  std::vector<api::v1::SubmitRequest> requests;
  for (std::size_t i = 0; i < submissions.size(); ++i) {
    auto& request = requests.emplace_back();
    request.set_tmf622_json(submissions[i].json);
    request.set_source(options.source.empty() ? "comctl" : options.source);
    request.set_idempotency_key(submissions.size() == 1 ? key : fmt::format("{}/{}", key, i + 1));
    request.set_catalog_version(options.catalog_version);
  }
  return requests;
}

std::vector<BulkSubmit::Result> send(const Session& session, std::vector<api::v1::SubmitRequest> requests) {
  if (requests.size() == 1) {
    auto result = session.client.call(&Orders::Stub::Submit, requests.front());
    if (!result && worth_repeating(result.error()) && session.options.idempotency_key.empty())
      result.error().hint += fmt::format("{}it is safe to send it again with --idempotency-key {}",
                                         result.error().hint.empty() ? "" : "; ", requests.front().idempotency_key());
    return {std::move(result)};
  }
  Progress progress(session.streams.err, session.streams.err_is_terminal);
  Tally last;
  BulkSubmit bulk(
      session.client, session.options.patience, std::move(requests), [&](const Tally& tally) { progress.update(last = tally); },
      [&](const std::string& remark) { session.say(remark); });
  auto results = bulk.run();
  progress.finish(last);
  return results;
}

Json document_of(const std::vector<Submission>& submissions, const std::vector<BulkSubmit::Result>& results) {
  std::size_t created = 0, repeated = 0;
  Json orders = Json::array();
  for (std::size_t i = 0; i < results.size(); ++i) {
    Json one{{"from", submissions[i].from}};
    const auto answer = ctl::document_of(results[i] ? *results[i] : api::v1::SubmitResponse{});
    for (const auto& [name, value] : answer.items()) one[name] = results[i] ? value : Json(nullptr);
    one["error"] = results[i] ? Json(nullptr) : ctl::document_of(results[i].error());
    if (results[i]) ++(results[i]->outcome() == api::v1::SUBMIT_OUTCOME_REPEATED ? repeated : created);
    orders.push_back(std::move(one));
  }
  return {{"created", created},
          {"repeated", repeated},
          {"refused", results.size() - created - repeated},
          {"orders", std::move(orders)}};
}

/// One that was refused decides; otherwise what the failures have in common.
int exit_of(const std::vector<BulkSubmit::Result>& results) {
  int exit = kDone;
  for (const auto& result : results) {
    if (result) continue;
    if (result.error().exit == kRejected) return kRejected;
    exit = result.error().exit;
  }
  return exit;
}

}  // namespace

std::string drawn_key() {
  std::random_device device;
  return fmt::format("comctl-{:08x}{:08x}", device(), device());
}

int order_submit(const Session& session) {
  const auto submissions = read_submissions(session.options.files, session.streams.in);
  if (!submissions) return session.fail(submissions.error());
  const auto results = send(session, requests_of(session.options, *submissions));
  if (results.size() == 1 && !results.front()) {
    auto failure = results.front().error();
    failure.about = submissions->front().from;
    return session.fail(failure);
  }

  const auto document = document_of(*submissions, results);
  if (session.options.watch && session.options.output == Output::json)
    session.streams.out << to_json_line(document);
  else
    session.print(document, show_submissions);
  if (session.options.output == Output::table) session.streams.err << show_refusals(document, session.err_colour()) << std::flush;
  const int exit = exit_of(results);
  if (!session.options.watch) return exit;

  std::vector<std::string> ids;
  std::uint64_t from = UINT64_MAX;
  for (const auto& result : results) {
    if (!result) continue;
    ids.push_back(result->order_id());
    from = std::min(from, result->position());
  }
  if (ids.empty()) return exit;
  const int followed = follow(session, ids, from == 0 ? 0 : from - 1);
  return exit == kDone ? followed : exit;
}

}  // namespace comd::ctl

#include "edge/grpc/repair.h"

#include <algorithm>
#include <charconv>
#include <limits>
#include <nlohmann/json.hpp>

#include "edge/grpc/convert.h"
#include "edge/grpc/page.h"
#include "edge/grpc/words.h"

/// Looking at bulk repairs, and steering them.
namespace comd::north {
namespace {

using north::fill;

constexpr std::size_t kHistory = 50;

void fill(api::Repair& out, const views::RepairSummary& row) {
  out.set_id(row.id.value);
  out.set_status(row.status);
  out.set_action(row.remedy);
  out.set_by(row.by);
  out.set_why(row.why);
  out.set_query(row.query);
  out.set_reason(row.reason);
  auto& totals = *out.mutable_totals();
  const auto count = [](std::uint64_t n) { return static_cast<std::uint32_t>(n); };
  totals.set_members(count(row.totals.members));
  totals.set_open(count(row.totals.open));
  totals.set_tried(count(row.totals.tried));
  totals.set_moved(count(row.totals.moved));
  totals.set_stuck(count(row.totals.stuck));
  totals.set_refused(count(row.totals.refused));
  totals.set_skipped(count(row.totals.skipped));
  if (row.started_at != Instant{}) fill(*out.mutable_started_at(), row.started_at);
  if (row.ended_at != Instant{}) fill(*out.mutable_ended_at(), row.ended_at);
}

template <class Word>
std::optional<Rejection> one_of(const std::string& asked, std::initializer_list<Word> known, std::string where) {
  std::string list;
  for (const Word word : known) {
    if (asked.empty() || asked == to_text(word)) return std::nullopt;
    list += (list.empty() ? "" : ", ") + std::string(to_text(word));
  }
  return Rejection{RejectionCode::invalid, "Expected one of " + list + ", but got \"" + asked + "\".", std::move(where),
                   "Leave it out to see all."};
}

std::optional<repair::Order> order_of(const std::string& word) {
  if (word == "pause") return repair::Order::pause;
  if (word == "resume") return repair::Order::resume;
  if (word == "cancel") return repair::Order::cancel;
  return std::nullopt;
}

std::string text_of(const Values& values) {
  if (values.empty()) return {};
  auto out = nlohmann::ordered_json::object();
  for (const auto& [name, value] : values) out[name] = nlohmann::ordered_json::parse(value.json, nullptr, false);
  return out.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

void fill(api::RepairMember& out, std::size_t index, const repair::Member& member) {
  out.set_number(static_cast<std::uint32_t>(index + 1));
  out.set_id(member.target.id);
  out.set_version(number(member.target.version));
  out.set_verdict(std::string(repair::to_text(member.verdict)));
  out.set_detail(member.detail);
  if (member.tried_at != Instant{}) fill(*out.mutable_tried_at(), member.tried_at);
}

grpc::Status add_members(const repair::State& job, const api::GetRepairRequest& request, api::GetRepairResponse& response) {
  auto filter = request;
  filter.clear_page_token();
  filter.clear_page_size();
  const auto signature = filter.SerializeAsString();
  const auto size = page_size(request.page_size());
  if (!size) return status_of(size.error());
  const auto after = read_page_token(request.page_token(), signature);
  if (!after) return status_of(after.error());
  std::size_t index = 0;
  std::from_chars(after->data(), after->data() + after->size(), index);
  for (; index < job.members.size(); ++index) {
    const auto& member = job.members[index];
    if (!request.verdict().empty() && request.verdict() != repair::to_text(member.verdict)) continue;
    if (static_cast<std::size_t>(response.members_size()) == *size) {
      response.set_next_page_token(page_token(signature, std::to_string(index)));
      break;
    }
    fill(*response.add_members(), index, member);
  }
  return grpc::Status::OK;
}

/// Of thousands of members each leaves several lines: only those about the repair as a whole.
grpc::Status add_history(const Core& core, const StreamId& stream, api::GetRepairResponse& response) {
  const auto history = core.reader.history({stream}, std::numeric_limits<std::size_t>::max());
  if (!history) return status_of(history.error());
  std::vector<std::string> lines;
  for (const auto& told : history->entries) {
    if (told.line.name == "Tried" || told.line.name == "Looked" || told.line.name == "TryOverdue") continue;
    auto line = comd::to_text(told.time) + " " + told.line.name + ": " + told.line.text;
    if (!told.line.reason.empty()) line += " (" + told.line.reason + ")";
    lines.push_back(std::move(line));
  }
  if (lines.size() > kHistory) lines.erase(lines.begin(), lines.end() - kHistory);
  for (auto& line : lines) response.add_history(std::move(line));
  return grpc::Status::OK;
}

}  // namespace

void fill(api::Repair& out, const repair::State& state) {
  Agenda agenda;
  views::add_rows(state, agenda);
  if (const auto row = views::decode_repair(agenda.rows.front().value)) fill(out, *row);
}

std::optional<Rejection> refuse_reason(const std::string& reason) {
  if (reason.empty())
    return Rejection{RejectionCode::invalid, "Expected a reason, but it is empty", "reason",
                     "Say why; it is kept in every timeline"};
  return too_long(reason, kReasonMax, "reason");
}

grpc::Status get_repair(const Core& core, const Caller& caller, const api::GetRepairRequest& request,
                        api::GetRepairResponse& response) {
  using repair::Verdict;
  if (const auto wrong =
          one_of(request.verdict(),
                 {Verdict::open, Verdict::tried, Verdict::moved, Verdict::stuck, Verdict::refused, Verdict::skipped}, "verdict"))
    return status_of(*wrong);
  const auto loaded = core.reader.repair(RepairId{request.id()}, caller.principal.tenant);
  if (!loaded) return status_of(loaded.error());
  const auto& job = loaded->state;
  fill(*response.mutable_repair(), job);
  response.set_version(number(loaded->version));
  response.set_values_json(text_of(job.plan.what.values));
  response.set_force(job.plan.what.force);
  response.set_canary(job.plan.canary);
  response.set_canary_passed(job.canary_passed);
  response.set_rate(1000.0 / static_cast<double>(std::max<std::int64_t>(job.plan.pace.count(), 1)));
  response.set_stop_after(job.plan.failures_max);
  response.set_look_every_ms(job.plan.look_every.count());
  response.set_look_for_ms(job.plan.look_for.count());
  if (request.without_members()) return grpc::Status::OK;
  if (auto status = add_members(job, request, response); !status.ok()) return status;
  return add_history(core, StreamId{job.id}, response);
}

grpc::Status list_repairs(const Core& core, const Caller& caller, const api::ListRepairsRequest& request,
                          api::ListRepairsResponse& response) {
  using repair::Status;
  if (const auto wrong = one_of(request.status(),
                                {Status::canary, Status::running, Status::paused, Status::finished, Status::cancelled}, "status"))
    return status_of(*wrong);
  const auto prefix = views::tenant_prefix(caller.principal.tenant);
  return page(core, IndexQuery{Table::repair, {prefix}, true, {}, {}, {}, 0}, request, response, [&](const std::string& suffix) {
    const auto row = core.reader.log().row(Table::repair, prefix + suffix);
    const auto summary = row ? views::decode_repair(*row) : std::nullopt;
    if (summary && (request.status().empty() || request.status() == summary->status)) fill(*response.add_repairs(), *summary);
    return static_cast<std::size_t>(response.repairs_size());
  });
}

void steer_repair(const Core& core, const Caller& caller, const api::SteerRepairRequest& request,
                  api::SteerRepairResponse& response, Done done) {
  const auto order = order_of(request.order());
  if (!order)
    return done(
        status_of(Rejection{RejectionCode::invalid, "Expected one of pause, resume, cancel, but got \"" + request.order() + "\".",
                            "order", "Name one of these."}));
  if (const auto wrong = refuse_reason(request.reason())) return done(status_of(*wrong));
  const RepairId id{request.id()};
  const auto loaded = core.reader.repair(id, caller.principal.tenant);
  if (!loaded) return done(status_of(loaded.error()));
  fill(*response.mutable_repair(), loaded->state);
  // The same again after a lost answer is no mistake.
  if (*order == repair::Order::cancel && loaded->state.status == repair::Status::cancelled) return done(grpc::Status::OK);
  const auto cause = cause_of(caller, "SteerRepair:" + request.order());
  core.engine.execute(
      stream_of(id), repair::Command{repair::Steer{*order, caller.principal.subject, request.reason()}}, cause,
      [&core, &response, id, cause, done = std::move(done)](const Reply& reply) {
        if (reply.rejection) {
          log_order(spdlog::level::info, "Refused to steer a repair", cause, id.value, {{"why", reply.rejection->message}});
          return done(reply.retry_after > Millis{0} ? status_of(*reply.rejection, reply.retry_after)
                                                    : status_of(*reply.rejection));
        }
        response.set_position(number(reply.position));
        response.set_changed(reply.changed);
        if (const auto now = core.reader.repair(id, cause.tenant)) fill(*response.mutable_repair(), now->state);
        log_order(spdlog::level::info, "Steered a repair", cause, id.value, {{"status", response.repair().status()}});
        done(grpc::Status::OK);
      });
}

}  // namespace comd::north

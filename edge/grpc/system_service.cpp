#include "comd/api/v1/system.grpc.pb.h"
#include "edge/grpc/convert.h"
#include "edge/grpc/doctor_stream.h"
#include "edge/grpc/lists.h"
#include "edge/grpc/services.h"
#include "edge/grpc/view.h"
#include "events/fold.h"

namespace comd::north {
namespace {

using grpc::CallbackServerContext;
using grpc::ServerUnaryReactor;

constexpr std::size_t kCountMax = 10'000;  // the contract says so: counting is reading

void add_counts(const EventLog& log, Instant now, api::StatusResponse& response) {
  response.set_tail_position(number(log.tail()));
  for (const auto& [name, count] : log.counters()) {
    if (count != 0) (*response.mutable_counters())[name] = count;
  }
  response.set_outbox(log.outbox(nullptr, kCountMax).size());
  response.set_timers_due(log.timers_due(now, kCountMax).size());
  if (const auto next = log.next_due()) fill(*response.mutable_next_timer(), *next);
  response.set_unmatched_reports(number(log.head(StreamId{std::string(kUnmatchedStream)})));
}

std::vector<std::string> catalogs_in(const EventLog& log) {
  std::vector<std::string> out;
  const auto folded = fold_catalog(log.read_stream(StreamId{std::string(kCatalogStream)}));
  if (!folded) return out;
  for (const auto& [version, digest] : folded->state.digests) out.push_back(version);
  return out;
}

grpc::Status status(const Core& core, api::StatusResponse& response) {
  const auto now = core.engine.clock().now();
  response.set_version(core.version);
  fill(*response.mutable_started_at(), core.started);
  response.set_uptime_ms((now - core.started).count());
  add_counts(core.reader.log(), now, response);
  const auto figures = core.engine.figures();
  response.set_resident_actors(figures.residents);
  response.set_commands_in_flight(figures.in_flight);
  for (const auto& catalog : core.engine.catalogs()->versions) response.add_catalog_versions(catalog->version);
  response.set_watchers(static_cast<std::uint32_t>(core.feed.watchers() + core.events.watchers() + core.log_waiters.open()));
  return grpc::Status::OK;
}

api::BreakerState message_of(BreakerState state) {
  switch (state) {
    case BreakerState::closed: return api::BREAKER_STATE_CLOSED;
    case BreakerState::half_open: return api::BREAKER_STATE_HALF_OPEN;
    case BreakerState::open: return api::BREAKER_STATE_OPEN;
  }
  return api::BREAKER_STATE_UNSPECIFIED;
}

/// Service orders that wait for others, from the counters `service_orders{tenant="…",target="…",state="…"}`.
std::size_t ahead_of(const std::map<std::string, std::int64_t>& counters, const std::string& lane) {
  const auto end = "target=\"" + lane + "\",state=\"" + std::string(to_text(service_order::Status::waiting)) + "\"}";
  std::int64_t sum = 0;
  for (auto at = counters.lower_bound("service_orders{"); at != counters.end() && at->first.starts_with("service_orders{"); ++at)
    if (at->first.ends_with(end)) sum += at->second;
  return static_cast<std::size_t>(std::max<std::int64_t>(sum, 0));
}

grpc::Status list_lanes(const Core& core, api::ListLanesResponse& response) {
  const auto counters = core.engine.log().counters();
  for (LaneFigures lane : *core.engine.lanes()) {
    lane.ahead = ahead_of(counters, lane.name);
    auto& out = *response.add_lanes();
    out.set_name(lane.name);
    out.set_waiting(lane.waiting);
    out.set_held_back(lane.held_back);
    out.set_under_way(lane.under_way);
    out.set_ahead(lane.ahead);
    out.set_window(lane.window);
    out.set_window_limit(lane.limits.window);
    out.mutable_rate()->set_calls(lane.limits.rate.calls);
    out.mutable_rate()->set_per_ms(lane.limits.rate.per.count());
    out.set_backlog_limit(lane.limits.backlog);
    out.set_breaker(message_of(lane.breaker));
    if (lane.breaker == BreakerState::open) fill(*out.mutable_open_until(), lane.open_until);
    out.set_failures(lane.failures);
    if (lane.oldest) fill(*out.mutable_oldest(), *lane.oldest);
    out.set_ended_per_second(lane.ended_per_second);
    if (const auto drained = drained_in(lane)) out.set_drained_in_ms(drained->count());
  }
  return grpc::Status::OK;
}

/// What is known of then: what was counted, what was to be done, and the catalogues. The rest is of now.
grpc::Status status_as_of(const Core& core, const Caller& caller, const api::StatusRequest& request,
                          api::StatusResponse& response, const std::function<bool()>& go_on) {
  const auto view = view_of(core, caller, request);
  if (!view) return status_of(view.error());
  if (const auto read = view->read_open(core, go_on); !read) return status_of(read.error());
  response.set_version(core.version);
  fill(*response.mutable_started_at(), core.started);
  response.set_uptime_ms((core.engine.clock().now() - core.started).count());
  add_counts(view->reader.log(), view->now, response);
  for (const auto& version : catalogs_in(view->reader.log())) response.add_catalog_versions(version);
  view->tell_position(response);
  return grpc::Status::OK;
}

class SystemService final : public api::SystemService::CallbackService {
 public:
  explicit SystemService(Core& core) : core_(core) {}

  ServerUnaryReactor* Status(CallbackServerContext* context, const api::StatusRequest* request,
                             api::StatusResponse* response) override {
    if (request->has_as_of())
      return answer_aside(core_, context, response, "Status",
                          [this, request, response](const Caller& caller, const std::function<bool()>& go_on) {
                            return status_as_of(core_, caller, *request, *response, go_on);
                          });
    return answer_now(core_, context, response, "Status", [&](const Caller&) { return status(core_, *response); });
  }
  ServerUnaryReactor* ListLanes(CallbackServerContext* context, const api::ListLanesRequest*,
                                api::ListLanesResponse* response) override {
    return answer_now(core_, context, response, "ListLanes", [&](const Caller&) { return list_lanes(core_, *response); });
  }
  ServerUnaryReactor* ListUnmatched(CallbackServerContext* context, const api::ListUnmatchedRequest* request,
                                    api::ListUnmatchedResponse* response) override {
    return answer_now(core_, context, response, "ListUnmatched",
                      [&](const Caller&) { return list_unmatched(core_, *request, *response); });
  }
  grpc::ServerWriteReactor<api::DoctorResponse>* Doctor(CallbackServerContext* context, const api::DoctorRequest*) override {
    return start_doctor(core_, context);
  }

 private:
  Core& core_;
};

}  // namespace

std::unique_ptr<grpc::Service> make_system_service(Core& core) { return std::make_unique<SystemService>(core); }

}  // namespace comd::north

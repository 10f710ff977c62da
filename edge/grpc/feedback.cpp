#include "edge/grpc/feedback.h"

#include "edge/south/wire.h"

namespace comd::north {
namespace {

wire::ReportAck ack(const std::string& report_id, const std::string& about, grpc::StatusCode code, std::string message) {
  wire::ReportAck out;
  out.set_report_id(report_id);
  out.set_service_order_id(about);
  out.set_code(static_cast<std::int32_t>(code));
  out.set_message(std::move(message));
  return out;
}

/// A refusal of a command that will not be taken as it is; everything else may be sent again.
grpc::StatusCode ack_code(const Rejection& rejection) {
  return rejection.code == RejectionCode::limit || rejection.code == RejectionCode::unavailable
             ? code_of(rejection.code)
             : grpc::StatusCode::INVALID_ARGUMENT;
}

/// The reporter names itself; who it is was settled by `caller`.
Cause cause_of_report(const Caller& caller, const std::string& reporter, std::string command) {
  auto cause = cause_of(caller, std::move(command));
  if (!reporter.empty()) cause.subject = reporter;
  return cause;
}

void record_unmatched(const Core& core, const Cause& cause, service_order::Report report, const std::string& about, Acked done) {
  const auto id = report.id;
  unmatched::Record command{about, std::move(report)};
  core.engine.execute(
      StreamId{std::string(kUnmatchedStream)}, unmatched::Command{std::move(command)}, cause,
      [id, about, cause, done = std::move(done)](const Reply& reply) {
        if (reply.rejection) return done(ack(id, about, ack_code(*reply.rejection), reply.rejection->message));
        if (reply.changed)
          log_order(spdlog::level::warn, "Recorded a report for an unknown service order", cause, about, {{"report", id}});
        done(ack(id, about, grpc::StatusCode::OK, "recorded, unmatched: there is no service order " + about));
      });
}

}  // namespace

void take_report(const Core& core, const Caller& caller, const wire::ServiceOrderReport& message, Acked done) {
  auto report = south::report_of(message);
  if (!report)
    return done(ack(message.report_id(), message.service_order_id(), grpc::StatusCode::INVALID_ARGUMENT, report.error()));
  const auto& about = message.service_order_id();
  const bool ours = kind_of(about) == StreamKind::service_order;
  seal_values(core, report->outputs, caller.principal.tenant, OrderId{ours ? family_of(StreamId{about}).value : std::string{}});
  const auto cause = cause_of_report(caller, message.reporter(), "TakeReport");
  if (!ours) return record_unmatched(core, cause, std::move(*report), about, std::move(done));
  // Kept for the rare case that nobody waits for it.
  auto kept = std::make_shared<service_order::Report>(*report);
  core.engine.execute(StreamId{about}, service_order::Command{service_order::TakeReport{std::move(*report)}}, cause,
                      [&core, cause, about, kept, done = std::move(done)](const Reply& reply) {
                        if (!reply.rejection)
                          return done(ack(kept->id, about, grpc::StatusCode::OK, reply.changed ? "" : "recorded before"));
                        if (reply.rejection->code == RejectionCode::not_found)
                          return record_unmatched(core, cause, std::move(*kept), about, done);
                        log_order(spdlog::level::warn, "Refused a report", cause, about,
                                  {{"report", kept->id}, {"why", reply.rejection->message}});
                        done(ack(kept->id, about, ack_code(*reply.rejection), reply.rejection->message));
                      });
}

void take_news(const Core& core, const Caller& caller, const wire::ServiceNews& message, Acked done) {
  auto news = south::news_of(message);
  const auto& id = message.news_id();
  const auto& about = message.service_id();
  if (!news) return done(ack(id, about, grpc::StatusCode::INVALID_ARGUMENT, news.error()));
  const auto cause = cause_of_report(caller, message.reporter(), "TakeNews");
  if (kind_of(about) != StreamKind::service) {
    return done(ack(id, about, grpc::StatusCode::INVALID_ARGUMENT, not_found("a service", about).message));
  }
  if (const auto service = core.reader.service(ServiceId{about}, caller.principal.tenant))
    seal_values(core, news->characteristics, caller.principal.tenant, service->state.last_order);
  core.engine.execute(StreamId{about}, service::Command{std::move(*news)}, cause,
                      [id, about, cause, done = std::move(done)](const Reply& reply) {
                        if (!reply.rejection)
                          return done(ack(id, about, grpc::StatusCode::OK, reply.changed ? "" : "recorded before"));
                        log_order(spdlog::level::warn, "Refused news of a service", cause, about,
                                  {{"news", id}, {"why", reply.rejection->message}});
                        done(ack(id, about, ack_code(*reply.rejection), reply.rejection->message));
                      });
}

}  // namespace comd::north

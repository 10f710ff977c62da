#include "comd/activation/v1/activation.grpc.pb.h"
#include "edge/grpc/feedback.h"
#include "edge/grpc/services.h"

namespace comd::north {
namespace {

using grpc::CallbackServerContext;
using grpc::ServerUnaryReactor;

class FeedbackService final : public wire::FeedbackService::CallbackService {
 public:
  explicit FeedbackService(Core& core) : core_(core) {}

  ServerUnaryReactor* Report(CallbackServerContext* context, const wire::ServiceOrderReport* request,
                             wire::ReportAck* response) override {
    return answer_later(core_, context, "Report", [&](const Caller& caller, auto done) {
      take_report(core_, caller, *request, finish_with(response, std::move(done)));
    });
  }

  ServerUnaryReactor* ReportNews(CallbackServerContext* context, const wire::ServiceNews* request,
                                 wire::ReportAck* response) override {
    return answer_later(core_, context, "ReportNews", [&](const Caller& caller, auto done) {
      take_news(core_, caller, *request, finish_with(response, std::move(done)));
    });
  }

  grpc::ServerBidiReactor<wire::ServiceOrderReport, wire::ReportAck>* ReportStream(CallbackServerContext* context) override {
    using Stream = Pipeline<wire::ServiceOrderReport, wire::ReportAck>;
    const auto found = caller_of(context->client_metadata());
    // Every report belongs to the story of its own order, whatever the stream says of itself.
    auto caller = found ? *found : *caller_of({});
    caller.correlation.clear();
    caller.traceparent.clear();
    return Stream::start(
        core_.streams,
        [this, caller](const wire::ServiceOrderReport& report, Stream::Answer answer) {
          take_report(core_, caller, report, [this, answer = std::move(answer)](wire::ReportAck ack) {
            core_.ended("ReportStream", grpc::Status(static_cast<grpc::StatusCode>(ack.code()), ""));
            answer(std::move(ack));
          });
        },
        core_.limits.stream_window);
  }

 private:
  /// Unary: the ack is the answer; a code in it is also the call's status, so that a plain client sees it.
  template <class Finish>
  static Acked finish_with(wire::ReportAck* response, Finish finish) {
    return [response, finish = std::move(finish)](wire::ReportAck ack) {
      const grpc::Status status(static_cast<grpc::StatusCode>(ack.code()), ack.code() == 0 ? "" : ack.message());
      *response = std::move(ack);
      finish(status);
    };
  }

  Core& core_;
};

}  // namespace

std::unique_ptr<grpc::Service> make_feedback_service(Core& core) { return std::make_unique<FeedbackService>(core); }

}  // namespace comd::north

#include <fmt/format.h>

#include "cmd/comctl/tool/log.h"
#include "comd/api/v1/log.grpc.pb.h"

/// Consumers of the log.
namespace comd::ctl {
namespace {

using Log = api::v1::LogService;
using SteadyClock = std::chrono::steady_clock;

Json document_of(const api::v1::ListConsumersResponse& response) {
  Json consumers = Json::array();
  for (const auto& one : response.consumers())
    consumers.push_back({{"name", one.name()},
                         {"position", one.position()},
                         {"behind", one.behind()},
                         {"holder", one.holder()},
                         {"token", one.token()},
                         {"connected", one.connected()},
                         {"leasedUntil", time_of(one.has_leased_until(), one.leased_until())},
                         {"acknowledged", time_of(one.has_acknowledged(), one.acknowledged())},
                         {"created", time_of(one.has_created(), one.created())}});
  return {{"consumers", std::move(consumers)}};
}

std::string show_consumers(const Json& document, bool colour) {
  if (document.at("consumers").empty()) return "no consumers\n";
  Table table{{{"CONSUMER"}, {"POSITION", true}, {"BEHIND", true}, {"HOLDER"}, {"CONNECTED"}, {"LEASED UNTIL"}, {"ACKNOWLEDGED"}},
              {}};
  for (const auto& one : document.at("consumers"))
    table.rows.push_back({printable(text_at(one, "name")), text_at(one, "position"), text_at(one, "behind"),
                          printable(text_at(one, "holder")), one.at("connected") == true ? "yes" : "no",
                          shown_time(one.at("leasedUntil")), shown_time(one.at("acknowledged"))});
  return table.render(colour);
}

class Consuming {
 public:
  explicit Consuming(const Session& session) : session_(session) {}

  int run(api::v1::ConsumeRequest request) {
    consumer_ = request.consumer();
    grpc::ClientContext context;
    session_.client.prepare(context);
    if (const auto limit = session_.options.limit) context.set_deadline(std::chrono::system_clock::now() + *limit);
    const auto stream = session_.client.stub<Log>()->Consume(&context, request);
    api::v1::ConsumeResponse message;
    while (!enough() && stream->Read(&message)) {
      if (message.has_lease()) {
        token_ = message.lease().token();
        session_.say(fmt::format("{} goes on behind position {}; token {}", consumer_, message.lease().position(), token_));
      }
      if (auto failure = take(message)) {
        context.TryCancel();
        stream->Finish();
        return session_.fail(*failure);
      }
    }
    if (enough()) context.TryCancel();
    const auto status = stream->Finish();
    const bool out_of_time = session_.options.limit && status.error_code() == grpc::StatusCode::DEADLINE_EXCEEDED;
    if (!enough() && !out_of_time) return session_.fail(failure_of(status, session_.client.server()));
    const auto released = acknowledge(done_, true);  // so that another one need not wait
    return released ? session_.fail(*released) : int{kDone};
  }

 private:
  bool enough() const { return session_.options.log.most != 0 && printed_ >= session_.options.log.most; }

  /// Prints, and then acknowledges: what is lost in between comes again.
  std::optional<Failure> take(const api::v1::ConsumeResponse& message) {
    for (const auto& commit : message.commits()) {
      if (enough()) break;
      print_commit(session_, commit);
      done_ = commit.position();
      ++printed_;
    }
    if (!session_.streams.out) return usage_failure("Expected to print what came, but standard output is closed");
    if (!enough()) done_ = message.position();
    if (message.commits_size() == 0) return std::nullopt;
    return acknowledge(done_, false);
  }

  std::optional<Failure> acknowledge(std::uint64_t position, bool release) {
    api::v1::AcknowledgeRequest request;
    request.set_consumer(consumer_);
    request.set_token(token_);
    request.set_position(position);
    request.set_release(release);
    const auto response = session_.client.call(&Log::Stub::Acknowledge, request);
    return response ? std::nullopt : std::optional(response.error());
  }

  const Session& session_;
  std::string consumer_;
  std::uint64_t token_ = 0, printed_ = 0, done_ = 0;
};

}  // namespace

int log_consumers(const Session& session) {
  const auto response = session.client.call(&Log::Stub::ListConsumers, {});
  if (!response) return session.fail(response.error());
  session.print(document_of(*response), show_consumers);
  return kDone;
}

int log_consume(const Session& session) {
  const auto& options = session.options;
  auto filter = log_filter(session);
  if (!filter) return session.fail(filter.error());
  const auto from = log_position(options.log.from, "--from");
  if (!from) return session.fail(from.error());
  api::v1::ConsumeRequest request;
  request.set_consumer(options.log.consumer);
  request.set_holder(options.log.holder.empty() ? "comctl-" + drawn_key() : options.log.holder);
  request.set_lease_ms(static_cast<std::uint32_t>(std::min<std::int64_t>(options.log.lease.count(), 0xffff'ffff)));
  if (*from) request.set_after_position(**from == 0 ? 0 : **from - 1);
  *request.mutable_filter() = std::move(*filter);
  request.set_events(true);
  request.set_records(options.log.records);
  return Consuming(session).run(std::move(request));
}

int log_forget_consumer(const Session& session) {
  api::v1::ForgetConsumerRequest request;
  request.set_consumer(session.options.log.consumer);
  const auto response = session.client.call(&Log::Stub::ForgetConsumer, request);
  if (!response) return session.fail(response.error());
  session.print({{"consumer", request.consumer()}, {"forgotten", true}},
                [](const Json& document, bool) { return printable(text_at(document, "consumer")) + " is forgotten\n"; });
  return kDone;
}

}  // namespace comd::ctl

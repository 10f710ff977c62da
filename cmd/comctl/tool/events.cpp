#include <fmt/format.h>

#include <charconv>
#include <set>
#include <thread>

#include "cmd/comctl/tool/session.h"
#include "comd/api/v1/events.grpc.pb.h"

/// The outward events, as they happen. The stream resumes where it broke: nothing is missed, nothing shown twice.
namespace comd::ctl {
namespace {

using Events = api::v1::EventsService;
using SteadyClock = std::chrono::steady_clock;

/// "now" is no position: the server begins with what happens next.
Outcome<std::optional<std::uint64_t>> position_of(const std::string& text) {
  if (text == "now") return std::optional<std::uint64_t>{};
  if (text == "beginning") return std::optional<std::uint64_t>{0};
  std::uint64_t position = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), position);
  if (error != std::errc{} || end != text.data() + text.size())
    return tl::unexpected(
        usage_failure(fmt::format("Expected a position of the log, beginning or now, but got \"{}\"", printable(text)),
                      "every line of `comctl events -o json` has the position to go on after, as resumeAfter"));
  return std::optional(position);
}

Json document_of(const api::v1::SubscribeResponse& message) {
  const auto& e = message.event();
  auto payload = parse_json(e.payload_json());
  return {{"id", e.id()},
          {"type", e.type()},
          {"time", time_of(e.has_time(), e.time())},
          {"tenant", e.tenant()},
          {"orderId", e.order_id()},
          {"externalId", e.external_id()},
          {"correlationId", e.correlation_id()},
          {"position", e.position()},
          {"resumeAfter", message.resume_after()},
          {"subject", e.subject()},
          {"stateBefore", e.state_before()},
          {"state", e.state()},
          {"reason", e.reason()},
          {"event", payload.is_discarded() ? Json() : std::move(payload)}};
}

std::string event_line(const Json& event, bool colour) {
  const auto pad = [](const std::string& text, std::size_t columns) {
    return text + std::string(columns - std::min(columns, width(text)), ' ') + "  ";
  };
  const auto before = text_at(event, "stateBefore"), state = text_at(event, "state");
  const auto external = text_at(event, "externalId"), reason = shortened(text_at(event, "reason"));
  auto out = paint(shown_time(event.at("time"), true), Style::dim, colour) + "  " + pad(text_at(event, "position"), 6) +
             paint(pad(text_at(event, "type"), 32), Style::bold, colour) +
             paint(pad(before.empty() || before == state ? state : before + " → " + state, 26), style_of(state), colour) +
             printable(text_at(event, "subject"));
  if (!external.empty()) out += "  " + printable(external);
  if (!reason.empty()) out += paint("  " + printable(reason), Style::dim, colour);
  return out + "\n";
}

class Listener {
 public:
  Listener(const Session& session, api::v1::SubscribeRequest request) : session_(session), request_(std::move(request)) {}

  int run() {
    const auto& options = session_.options;
    const auto began = SteadyClock::now();
    auto last_contact = began;
    for (;;) {
      heard_ = false;
      const auto status = one_stream(began);
      if (heard_) last_contact = SteadyClock::now(), said_ = false;
      if (options.limit && SteadyClock::now() - began >= *options.limit) return kDone;
      const auto failure = failure_of(status.ok() ? grpc::Status(grpc::StatusCode::UNAVAILABLE, "the stream ended") : status,
                                      session_.client.server());
      const bool repeat = worth_repeating(failure) && connected_ && SteadyClock::now() - last_contact < options.patience;
      if (!repeat) return session_.fail(failure);
      if (!std::exchange(said_, true))
        session_.say(fmt::format("The server went away; going on after position {} when it is back", request_.after_position()));
      std::this_thread::sleep_for(Millis(200));
      session_.client.wait_for_server(Millis(500));
    }
  }

 private:
  grpc::Status one_stream(SteadyClock::time_point began) {
    grpc::ClientContext context;
    session_.client.prepare(context);
    if (const auto limit = session_.options.limit) {
      const auto left = *limit - std::chrono::duration_cast<Millis>(SteadyClock::now() - began);
      context.set_deadline(std::chrono::system_clock::now() + std::max(left, Millis(0)));
    }
    const auto stream = session_.client.stub<Events>()->Subscribe(&context, request_);
    api::v1::SubscribeResponse message;
    while (stream->Read(&message)) {
      heard_ = connected_ = true;
      if (message.has_event() && seen_.insert(message.event().id()).second) print(message);
      const auto after = message.resume_after();
      if (after != request_.after_position())
        std::erase_if(seen_, [after](const std::string& id) { return position_in(id) <= after; });
      request_.set_after_position(after);
    }
    return stream->Finish();
  }

  static std::uint64_t position_in(const std::string& id) {
    std::uint64_t position = 0;
    std::from_chars(id.data(), id.data() + id.size(), position);
    return position;
  }

  void print(const api::v1::SubscribeResponse& message) const {
    auto& out = session_.streams.out;
    const auto document = document_of(message);
    if (session_.options.output == Output::json)
      out << to_json_line(document);
    else if (session_.options.output == Output::yaml)
      out << "---\n" << to_yaml(document);
    else
      out << event_line(document, session_.colour());
    out << std::flush;
  }

  const Session& session_;
  api::v1::SubscribeRequest request_;
  std::set<std::string> seen_;  ///< of the commit that was read in part
  bool heard_ = false, said_ = false, connected_ = false;
};

}  // namespace

int events(const Session& session) {
  api::v1::SubscribeRequest request;
  const auto from = position_of(session.options.from_position);
  if (!from) return session.fail(from.error());
  if (*from) request.set_after_position(**from);
  for (const auto& type : session.options.types) request.add_types(type);
  for (const auto& name : session.options.ids) {
    const auto id = resolve(session, name);
    if (!id) return session.fail(id.error());
    request.add_order_ids(*id);
  }
  return Listener(session, std::move(request)).run();
}

}  // namespace comd::ctl

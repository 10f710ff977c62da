#include "cmd/comctl/tool/log.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <thread>

#include "cmd/comctl/tool/exported_log.h"
#include "cmd/comctl/tool/progress.h"
#include "comd/api/v1/log.grpc.pb.h"
#include "domain/ids.h"

/// The log as it is: parts of it, as it grows, and counted.
namespace comd::ctl {
namespace {

using api::v1::LogCommit;
using SteadyClock = std::chrono::steady_clock;

std::string event_line(const LogCommit& commit, const api::v1::LogEvent& event, const Json& time, bool colour) {
  const auto pad = [](const std::string& text, std::size_t columns) {
    return text + std::string(columns - std::min(columns, width(text)), ' ') + "  ";
  };
  auto out = paint(shown_time(time, true), Style::dim, colour) + "  " + pad(std::to_string(commit.position()), 6) +
             paint(pad(event.type(), 24), Style::bold, colour) + printable(event.stream()) + fmt::format(" v{}", event.version());
  if (!event.text().empty()) out += "  " + printable(shortened(event.text()));
  if (!event.reason().empty()) out += paint("  " + printable(shortened(event.reason())), Style::dim, colour);
  return out + "\n";
}

/// "812" is a position, anything else a time.
Outcome<std::optional<Time>> time_of_text(const std::string& text, const std::string& option) {
  if (text.empty() || text.find_first_not_of("0123456789") == std::string::npos) return std::optional<Time>{};
  const auto time = parse_time(text);
  if (time) return time;
  return tl::unexpected(usage_failure(
      fmt::format("Expected {} as a position or a time such as 2026-01-31T10:00:00Z, but got \"{}\"", option, printable(text))));
}

void set(google::protobuf::Timestamp& out, Time time) {
  const auto ms = time.time_since_epoch().count();
  out.set_seconds(ms / 1000);
  out.set_nanos(static_cast<std::int32_t>(ms % 1000) * 1'000'000);
}

/// Where --from and --to of `log read` lie, by position or by time.
std::optional<Failure> bound(const Options& options, api::v1::ReadLogRequest& request) {
  const auto from = time_of_text(options.log.from, "--from"), to = time_of_text(options.log.to, "--to");
  if (!from) return from.error();
  if (!to) return to.error();
  if (*from) {
    set(*request.mutable_filter()->mutable_from_time(), **from);
  } else if (const auto position = log_position(options.log.from, "--from"); !position) {
    return position.error();
  } else if (*position && **position > 0) {
    request.set_after_position(**position - 1);
  }
  if (*to) {
    set(*request.mutable_filter()->mutable_to_time(), **to);
  } else if (const auto position = log_position(options.log.to, "--to"); !position) {
    return position.error();
  } else {
    request.set_to_position(position->value_or(0));
  }
  return std::nullopt;
}

/// Follows the log, and goes on where it stopped when the server goes away.
class Tail {
 public:
  Tail(const Session& session, api::v1::ReadLogRequest request) : session_(session), request_(std::move(request)) {}

  int run() {
    const auto& options = session_.options;
    const auto began = SteadyClock::now();
    auto last_contact = began;
    for (;;) {
      heard_ = false;
      const auto status = one_stream(began);
      if (enough_) return kDone;
      if (heard_) last_contact = SteadyClock::now(), said_ = false;
      if (options.limit && SteadyClock::now() - began >= *options.limit) return kDone;
      const auto failure = failure_of(status.ok() ? grpc::Status(grpc::StatusCode::UNAVAILABLE, "the stream ended") : status,
                                      session_.client.server());
      const bool repeat = worth_repeating(failure) && connected_ && SteadyClock::now() - last_contact < options.patience;
      if (!repeat) return session_.fail(failure);
      if (!std::exchange(said_, true))
        session_.say(
            fmt::format("The server went away; going on with position {} when it is back", request_.after_position() + 1));
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
    const auto stream = session_.client.stub<api::v1::LogService>()->Read(&context, request_);
    api::v1::ReadLogResponse message;
    while (!enough_ && stream->Read(&message)) {
      heard_ = connected_ = true;
      for (const auto& commit : message.commits()) {
        if (enough_) break;
        print_commit(session_, commit);
        enough_ = ++shown_ == session_.options.log.most;
      }
      request_.set_after_position(message.position());
    }
    if (enough_) context.TryCancel();
    return stream->Finish();
  }

  const Session& session_;
  api::v1::ReadLogRequest request_;
  std::uint64_t shown_ = 0;
  bool heard_ = false, said_ = false, connected_ = false, enough_ = false;
};

Json document_of(const api::v1::LogStats& stats) {
  Json types = Json::array(), kinds = Json::array(), days = Json::array();
  for (const auto& type : stats.types())
    types.push_back({{"type", type.type()}, {"events", type.events()}, {"bytes", type.bytes()}});
  for (const auto& kind : stats.kinds())
    kinds.push_back({{"kind", kind.kind()}, {"begun", kind.begun()}, {"events", kind.events()}});
  for (const auto& day : stats.days())
    days.push_back({{"date", day.date()}, {"commits", day.commits()}, {"events", day.events()}, {"bytes", day.bytes()}});
  return {{"commits", stats.commits()},
          {"events", stats.events()},
          {"bytes", stats.bytes()},
          {"firstTime", time_of(stats.has_first_time(), stats.first_time())},
          {"lastTime", time_of(stats.has_last_time(), stats.last_time())},
          {"types", std::move(types)},
          {"kinds", std::move(kinds)},
          {"days", std::move(days)}};
}

std::string table_of(const Json& rows, std::initializer_list<std::pair<const char*, const char*>> columns, bool colour) {
  Table table;
  for (const auto& [title, key] : columns) table.columns.push_back({title, !table.columns.empty()});
  for (const auto& row : rows) {
    std::vector<Cell> cells;
    for (const auto& [title, key] : columns) cells.emplace_back(printable(text_at(row, key)));
    table.rows.push_back(std::move(cells));
  }
  return table.render(colour);
}

std::string show_log_stats(const Json& document, bool colour) {
  Facts facts;
  for (const char* name : {"commits", "events", "bytes"}) facts.add(name, text_at(document, name));
  facts.add("first", shown_time(document.at("firstTime")));
  facts.add("last", shown_time(document.at("lastTime")));
  return facts.render(colour) + "\n" +
         table_of(document.at("types"), {{"EVENT", "type"}, {"EVENTS", "events"}, {"BYTES", "bytes"}}, colour) + "\n" +
         table_of(document.at("kinds"), {{"STREAMS", "kind"}, {"BEGUN", "begun"}, {"EVENTS", "events"}}, colour) + "\n" +
         table_of(document.at("days"), {{"DAY", "date"}, {"COMMITS", "commits"}, {"EVENTS", "events"}, {"BYTES", "bytes"}},
                  colour);
}

}  // namespace

Outcome<std::optional<std::uint64_t>> log_position(const std::string& text, const std::string& option) {
  if (text.empty() || text == "now") return std::optional<std::uint64_t>{};
  if (text == "beginning") return std::optional<std::uint64_t>{0};
  std::uint64_t position = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), position);
  if (error == std::errc{} && end == text.data() + text.size()) return std::optional(position);
  return tl::unexpected(
      usage_failure(fmt::format("Expected {} as a position of the log, but got \"{}\"", option, printable(text)),
                    "`comctl log stats` says how long the log is"));
}

Outcome<api::v1::LogFilter> log_filter(const Session& session) {
  const auto& options = session.options;
  api::v1::LogFilter out;
  for (const auto& kind : options.log.kinds) out.add_kinds(kind);
  for (const auto& type : options.log.types) out.add_types(type);
  for (const auto& tenant : options.log.tenants) out.add_tenants(tenant);
  for (const auto& name : options.ids) {
    const bool stream = kind_of(name) != StreamKind::unknown;
    const auto id = stream ? Outcome<std::string>(name) : resolve(session, name);
    if (!id) return tl::unexpected(id.error());
    out.add_streams(*id);
  }
  return out;
}

Json document_of(const LogCommit& commit) {
  Json events = Json::array();
  for (const auto& e : commit.events()) {
    auto payload = parse_json(e.payload_json());
    events.push_back({{"stream", e.stream()},
                      {"version", e.version()},
                      {"kind", e.kind()},
                      {"type", e.type()},
                      {"format", e.format()},
                      {"text", e.text()},
                      {"reason", e.reason()},
                      {"payload", payload.is_discarded() ? Json() : std::move(payload)},
                      {"tenant", e.tenant()},
                      {"causedBy", e.caused_by()},
                      {"subject", e.subject()},
                      {"correlationId", e.correlation_id()}});
  }
  return {{"position", commit.position()},
          {"time", time_of(commit.has_time(), commit.time())},
          {"events", std::move(events)},
          {"record", commit.record().empty() ? Json() : Json(base64(commit.record()))}};
}

void print_commit(const Session& session, const LogCommit& commit) {
  auto& out = session.streams.out;
  switch (session.options.output) {
    case Output::json: out << to_json_line(document_of(commit)); break;
    case Output::yaml: out << "---\n" << to_yaml(document_of(commit)); break;
    default:
      for (const auto& event : commit.events())
        out << event_line(commit, event, time_of(commit.has_time(), commit.time()), session.colour());
  }
  out << std::flush;
}

std::string pace(std::uint64_t count, std::string_view what, Millis elapsed) {
  const auto seconds = std::max(static_cast<double>(elapsed.count()) / 1000.0, 0.001);
  return fmt::format("{} {} in {}, {:.0f} a second", count, what, show_duration(elapsed), static_cast<double>(count) / seconds);
}

int log_read(const Session& session) {
  auto filter = log_filter(session);
  if (!filter) return session.fail(filter.error());
  api::v1::ReadLogRequest request;
  *request.mutable_filter() = std::move(*filter);
  request.set_events(true);
  request.set_records(session.options.log.records);
  if (const auto failure = bound(session.options, request)) return session.fail(*failure);
  grpc::ClientContext context;  // no deadline: it says how far it is
  session.client.prepare(context);
  const auto stream = session.client.stub<api::v1::LogService>()->Read(&context, request);
  api::v1::ReadLogResponse message;
  while (stream->Read(&message))
    for (const auto& commit : message.commits()) print_commit(session, commit);
  const auto status = stream->Finish();
  return status.ok() ? int{kDone} : session.fail(failure_of(status, session.client.server()));
}

int log_tail(const Session& session) {
  auto filter = log_filter(session);
  if (!filter) return session.fail(filter.error());
  const auto from = log_position(session.options.log.from, "--from");
  if (!from) return session.fail(from.error());
  api::v1::ReadLogRequest request;
  *request.mutable_filter() = std::move(*filter);
  request.set_follow(true);
  request.set_events(true);
  request.set_records(session.options.log.records);
  if (*from) request.set_after_position(**from == 0 ? 0 : **from - 1);
  return Tail(session, std::move(request)).run();
}

int log_stats(const Session& session) {
  const auto from = log_position(session.options.log.from, "--from"), to = log_position(session.options.log.to, "--to");
  if (!from) return session.fail(from.error());
  if (!to) return session.fail(to.error());
  api::v1::LogStatsRequest request;
  const auto first = std::max<std::uint64_t>(from->value_or(1), 1);
  request.set_after_position(first - 1);
  request.set_to_position(to->value_or(0));
  grpc::ClientContext context;
  session.client.prepare(context);
  const auto stream = session.client.stub<api::v1::LogService>()->Stats(&context, request);
  Progress progress(session.streams.err, session.streams.err_is_terminal);
  api::v1::LogStatsResponse message;
  while (stream->Read(&message)) progress.update({message.to_position() + 1 - first, message.position() + 1 - first, 0});
  const auto status = stream->Finish();
  if (!status.ok()) return session.fail(failure_of(status, session.client.server()));
  if (session.streams.err_is_terminal) session.streams.err << "\r\x1b[K" << std::flush;
  session.print(document_of(message.stats()), show_log_stats);
  return kDone;
}

}  // namespace comd::ctl

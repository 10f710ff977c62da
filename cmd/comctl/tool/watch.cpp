#include <fmt/format.h>

#include <map>
#include <set>
#include <thread>

#include "cmd/comctl/tool/session.h"
#include "comd/api/v1/product_order.grpc.pb.h"

/// Following orders to their end. The stream resumes where it broke: nothing is missed, nothing shown twice.
namespace comd::ctl {
namespace {

using Orders = api::v1::ProductOrderService;
using SteadyClock = std::chrono::steady_clock;

constexpr std::size_t kNamedMost = 1'000;  // orders named in one call; comd takes no more

class Follower {
 public:
  Follower(const Session& session, const std::vector<std::string>& ids, std::optional<std::uint64_t> from)
      : session_(session), ids_(ids), open_(ids.begin(), ids.end()), resume_(from) {}

  int run() {
    const auto& options = session_.options;
    const auto began = SteadyClock::now();
    auto last_contact = began;
    bool connected = resume_.has_value();  // a position is known from an earlier answer
    for (;;) {
      heard_ = false;
      const auto status = one_stream(began);
      if (heard_) connected = true, last_contact = SteadyClock::now(), said_ = false;
      if (all_ended() || (status.ok() && !ids_.empty())) return verdict();
      if (options.limit && SteadyClock::now() - began >= *options.limit) return out_of_time();
      const auto failure =
          status.ok() ? failure_of(grpc::Status(grpc::StatusCode::UNAVAILABLE, "the stream ended"), session_.client.server())
                      : failure_of(status, session_.client.server());
      const bool repeat = worth_repeating(failure) && connected && SteadyClock::now() - last_contact < options.patience;
      if (!repeat) return session_.fail(failure);
      reconnect();
    }
  }

 private:
  struct Standing {
    std::string state, reason;
    bool ended = false;
  };

  grpc::Status one_stream(SteadyClock::time_point began) {
    api::v1::WatchRequest request;
    // Too many to name in one call: listen to all, from a position that is before any of them, and pick ours.
    const bool named = ids_.size() <= kNamedMost || !resume_;
    if (named)
      for (const auto& id : ids_) request.add_order_ids(id);
    request.set_until_terminal(named && !ids_.empty());
    // One commit may hold several events under one position: begin before the last one seen, and skip what was shown.
    if (resume_) request.set_from_position(shown_there_ > 0 ? *resume_ - 1 : *resume_);
    skip_ = shown_there_;

    grpc::ClientContext context;
    session_.client.prepare(context);
    if (const auto limit = session_.options.limit) {
      const auto left = *limit - std::chrono::duration_cast<Millis>(SteadyClock::now() - began);
      context.set_deadline(std::chrono::system_clock::now() + std::max(left, Millis(0)));
    }
    const auto stream = session_.client.stub<Orders>()->Watch(&context, request);
    api::v1::WatchResponse event;
    while (stream->Read(&event)) {
      take(event);
      if (!named && all_ended()) context.TryCancel();
    }
    return stream->Finish();
  }

  void take(const api::v1::WatchResponse& event) {
    heard_ = true;
    if (!event.event().empty()) {
      if (resume_ && event.position() == *resume_ && skip_ > 0) {
        --skip_;
        return;
      }
      shown_there_ = resume_ && event.position() == *resume_ ? shown_there_ + 1 : 1;
      resume_ = event.position();
    }
    if (!ids_.empty() && !open_.contains(event.order_id()) && !standings_.contains(event.order_id())) return;  // not ours
    auto& standing = standings_[event.order_id()];
    const bool about_order = event.stream() == event.order_id() || event.stream().empty();
    const bool news = !event.event().empty() || event.state() != standing.state;
    if (about_order && !event.state().empty()) standing.state = event.state(), standing.reason = event.reason();
    if (event.terminal()) {
      standing.ended = true;
      open_.erase(event.order_id());
    }
    if (news) print(event);
  }

  void print(const api::v1::WatchResponse& event) const {
    auto& out = session_.streams.out;
    const auto document = document_of(event);
    if (session_.options.output == Output::json)
      out << to_json_line(document);
    else if (session_.options.output == Output::yaml)
      out << "---\n" << to_yaml(document);
    else
      out << watch_line(document, ids_.size() != 1, session_.colour());
    out << std::flush;
  }

  void reconnect() {
    if (!said_)
      session_.say(fmt::format("The server went away; going on after position {} when it is back", resume_.value_or(0)));
    said_ = true;
    std::this_thread::sleep_for(Millis(200));
    session_.client.wait_for_server(Millis(500));
  }

  bool ended(const std::string& id) const {
    const auto found = standings_.find(id);
    return found != standings_.end() && found->second.ended;
  }

  bool all_ended() const { return !ids_.empty() && open_.empty(); }

  std::string state_of(const std::string& id) const {
    const auto found = standings_.find(id);
    return found == standings_.end() || found->second.state.empty() ? "unknown" : found->second.state;
  }

  /// All have ended: say how, and whether that is what was expected.
  int verdict() const {
    const auto& options = session_.options;
    Failure failure{kUnexpected, "UNEXPECTED", {}, {}, {}, {}, {}};
    for (const auto& id : ids_) {
      const auto state = state_of(id);
      if (!options.expect.empty() && state != options.expect)
        failure.violations.push_back({"unexpected",
                                      {},
                                      fmt::format("Expected {} to end {}, but it ended {}", id, options.expect, state),
                                      fmt::format("`comctl order timeline {}` shows what happened", id)});
    }
    if (options.output == Output::table) session_.streams.out << summary() << std::flush;
    if (failure.violations.empty()) return kDone;
    failure.message = fmt::format("Expected {} to end {}, but {} did not", ids_.size() == 1 ? "the order" : "all orders",
                                  options.expect, failure.violations.size());
    return session_.fail(failure);
  }

  std::string summary() const {
    if (ids_.size() > kShownInFull) {
      std::map<std::string, std::size_t> counts;
      for (const auto& id : ids_) ++counts[state_of(id)];
      std::string out = "\n";
      for (const auto& [state, count] : counts) out += fmt::format("{} {}\n", count, state);
      return out;
    }
    Table table{{{"ORDER"}, {"ENDED"}, {"WHY"}}, {}};
    for (const auto& id : ids_) {
      const auto state = state_of(id);
      const auto found = standings_.find(id);
      table.rows.push_back({id, {state, style_of(state)}, found == standings_.end() ? "" : shortened(found->second.reason)});
    }
    return "\n" + table.render(session_.colour());
  }

  int out_of_time() const {
    std::size_t open = 0;
    for (const auto& id : ids_) open += ended(id) ? 0 : 1;
    if (ids_.empty()) return kDone;  // following all orders for a while
    Failure failure{kUnexpected,
                    "OUT_OF_TIME",
                    fmt::format("Expected {} to end within {}, but {} did not", ids_.size() == 1 ? "the order" : "all orders",
                                show_duration(*session_.options.limit), open),
                    {},
                    {},
                    {},
                    {}};
    for (const auto& id : ids_)
      if (!ended(id))
        failure.violations.push_back(
            {"out_of_time", id, "is " + state_of(id), fmt::format("`comctl order explain {}` says what it waits for", id)});
    return session_.fail(failure);
  }

  const Session& session_;
  const std::vector<std::string>& ids_;
  std::set<std::string> open_;           ///< of those, not ended yet
  std::optional<std::uint64_t> resume_;  ///< position of the last event shown, or where to begin
  std::size_t shown_there_ = 0;          ///< events shown at that position
  std::size_t skip_ = 0;                 ///< of those, still to come again on this stream
  bool heard_ = false, said_ = false;
  std::map<std::string, Standing> standings_;
};

}  // namespace

int follow(const Session& session, const std::vector<std::string>& ids, std::optional<std::uint64_t> from) {
  return Follower(session, ids, from).run();
}

int order_watch(const Session& session) {
  std::vector<std::string> ids;
  for (const auto& name : session.options.ids) {
    auto id = resolve(session, name);
    if (!id) return session.fail(id.error());
    if (std::find(ids.begin(), ids.end(), *id) == ids.end()) ids.push_back(std::move(*id));
  }
  return follow(session, ids, session.options.since);
}

}  // namespace comd::ctl

#include "edge/grpc/following.h"
#include "edge/grpc/log_calls.h"
#include "edge/grpc/log_pages.h"
#include "edge/grpc/log_stream.h"
#include "storage/verify_chain.h"

namespace comd::north {
namespace {

struct ReadOptions {
  LogFilter filter;
  Showing showing;
  Position after{};
  std::optional<Position> until;  ///< none: follows
  bool chain = false;
};

class LogRead final : public LogStream<api::ReadLogResponse> {
 public:
  LogRead(const Core& core, LogWaiters& waiters, const ReadOptions& options)
      : LogStream(waiters),
        log_(core.reader.log()),
        chain_(options.chain),
        pages_(log_, options.filter, options.showing, options.after, options.until) {}

 private:
  Next next(api::ReadLogResponse& out, Position& at) override {
    if (done_) return Next::end;
    const auto page = begun_ ? pages_.next(*out.mutable_commits()) : LogPages::Page::some;
    at = pages_.position();
    if (page == LogPages::Page::idle) return Next::wait;
    done_ = page == LogPages::Page::end;
    out.set_position(number(at));
    out.set_tail(number(log_.tail()));
    out.set_done(done_);
    if (chain_ && (done_ || !begun_)) {
      const auto value = chain_at(log_, at);
      out.set_chain(std::string(value.begin(), value.end()));
    }
    begun_ = true;
    return Next::write;
  }

  const EventLog& log_;
  const bool chain_;
  LogPages pages_;
  bool begun_ = false, done_ = false;
};

Result<ReadOptions, Rejection> options_of(const Core& core, const api::ReadLogRequest& request) {
  const auto& log = core.reader.log();
  ReadOptions out;
  auto filter = LogFilter::make(request.filter());
  if (!filter) return Err(filter.error());
  out.filter = std::move(*filter);
  for (const auto& stream : out.filter.streams())
    if (log.head(StreamId{stream}) == Version{}) return Err(not_found("a stream of the log", stream));
  out.showing = {request.records(), request.events()};
  if (request.follow() && (request.chain() || request.to_position() != 0))
    return Err(Rejection{RejectionCode::invalid, "Expected a range, for its end or its chain, but got follow.", "follow",
                         "Read the range, then follow behind it."});
  const auto after = position_in(log, request.after_position(), "after_position");
  if (!after) return Err(after.error());
  const auto until = position_in(log, request.to_position(), "to_position");
  if (!until) return Err(until.error());
  out.after = request.has_after_position() || !request.follow() ? *after : log.tail();
  if (!request.follow()) out.until = *until == Position{} ? log.tail() : *until;
  out.chain = request.chain();
  return out;
}

}  // namespace

Result<Position, Rejection> position_in(const EventLog& log, std::uint64_t position, std::string where) {
  const auto tail = number(log.tail());
  if (position <= tail) return Position{position};
  return Err(Rejection{
      RejectionCode::invalid,
      "Expected a position up to " + std::to_string(tail) + ", the end of the log, but got " + std::to_string(position) + ".",
      std::move(where), "Is it from another store?"});
}

Result<void, Rejection> let_in(Core& core) {
  if (core.log_waiters.enter(core.limits.watchers_max)) return {};
  return Err(Rejection{RejectionCode::limit,
                       "Expected fewer than " + std::to_string(core.limits.watchers_max) +
                           " calls that read the log at once, but there are as many.",
                       "limits.watchers_max", "End one, or try again later."});
}

grpc::ServerWriteReactor<api::ReadLogResponse>* start_log_read(Core& core, const api::ReadLogRequest& request) {
  auto options = options_of(core, request);
  if (options)
    if (auto in = let_in(core); !in) options = Err(in.error());
  core.ended("Read", options ? grpc::Status::OK : status_of(options.error()));
  if (!options) return new Refused<grpc::ServerWriteReactor<api::ReadLogResponse>>(status_of(options.error()));
  return LogRead::launch(std::make_shared<LogRead>(core, core.log_waiters, *options));
}

}  // namespace comd::north

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "cmd/comctl/tool/exported_log.h"
#include "cmd/comctl/tool/log.h"
#include "cmd/comctl/tool/progress.h"
#include "comd/api/v1/log.grpc.pb.h"
#include "events/lost.h"

/// The log, or a part of it, to a file.
namespace comd::ctl {
namespace {

using SteadyClock = std::chrono::steady_clock;

LogFormat format_of(const Options& options) {
  if (!options.log.format.empty()) return options.log.format == "jsonl" ? LogFormat::jsonl : LogFormat::binary;
  return options.files.front().ends_with(".jsonl") ? LogFormat::jsonl : LogFormat::binary;
}

Failure failure(std::string message, std::string hint = {}) {
  return {kRejected, "FAILED_PRECONDITION", std::move(message), {}, {}, std::move(hint), {}};
}

/// What of the file that is there is whole: an unfinished one up to where it was cut off, a finished one without its end.
Outcome<std::pair<LogFormat, LogFileEnd>> found(const Session& session, const std::string& path) {
  auto file = LogFileReader::open(path);
  if (!file) return tl::unexpected(failure(file.error().message));
  Progress progress(session.streams.err, session.streams.err_is_terminal);
  while (true) {
    const auto record = file->next();
    if (!record && !record.error().cut) return tl::unexpected(failure(record.error().message));
    if (!record || !*record) break;
    progress.update({file->size(), file->end().bytes, 0});
  }
  return std::pair{file->format(), file->end()};
}

/// What a line of JSON says for people.
std::string shown(const api::v1::LogCommit& commit) {
  const auto document = document_of(commit);
  return R"("time":)" + text_of(document.at("time")) + R"(,"events":)" + text_of(document.at("events"));
}

class Export {
 public:
  Export(const Session& session, LogFormat format, std::string path)
      : session_(session), format_(format), path_(std::move(path)) {}

  /// `there`: the file goes on behind it; otherwise it begins at `first`.
  int run(std::uint64_t first, std::uint64_t last, const std::optional<LogFileEnd>& there) {
    api::v1::ReadLogRequest request;
    request.set_after_position(there ? number(there->last) : first - 1);
    request.set_to_position(last);
    request.set_records(true);
    request.set_events(format_ == LogFormat::jsonl);
    request.set_chain(true);
    grpc::ClientContext context;  // no deadline: it says how far it is
    session_.client.prepare(context);
    const auto stream = session_.client.stub<api::v1::LogService>()->Read(&context, request);
    const auto wrong = receive(*stream, request, last, there);
    if (wrong) context.TryCancel();
    const auto status = stream->Finish();
    // What came is kept, whatever happened.
    if (writer_) {
      const auto finished = writer_->finish(!wrong && status.ok() && done_);
      if (!wrong && !finished) return session_.fail(failure(finished.error()));
    }
    if (wrong) return session_.fail(*wrong);
    if (!status.ok()) {
      auto lost = failure_of(status, session_.client.server());
      if (writer_)
        lost.hint = fmt::format("{} is whole up to position {}: `comctl log export {} --resume` goes on", path_,
                                number(writer_->end().last), path_);
      return session_.fail(lost);
    }
    return done();
  }

 private:
  std::optional<Failure> receive(grpc::ClientReader<api::v1::ReadLogResponse>& stream, const api::v1::ReadLogRequest& request,
                                 std::uint64_t last, const std::optional<LogFileEnd>& there) {
    Progress progress(session_.streams.err, session_.streams.err_is_terminal);
    api::v1::ReadLogResponse message;
    while (stream.Read(&message)) {
      if (!writer_) {
        if (auto wrong = begin(Position{request.after_position() + 1}, message, there)) return wrong;
        if (last == 0) last = message.tail();
      }
      for (const auto& commit : message.commits()) {
        if (commit.position() != number(writer_->end().last) + 1)
          return failure(fmt::format("Expected the commit at position {}, but the server sent {}",
                                     number(writer_->end().last) + 1, commit.position()));
        if (commit.record().starts_with(kLost))
          return failure(fmt::format("Expected the server's disk to give back the record at position {}, but it does not",
                                     commit.position()),
                         "docs/operating.md says what to do with a damaged store");
        writer_->add(commit.record(), format_ == LogFormat::jsonl ? shown(commit) : std::string());
        ++commits_;
      }
      progress.update({static_cast<std::size_t>(last - request.after_position()), commits_, 0});
      if (!message.done()) continue;
      done_ = true;
      if (message.chain() != bytes(writer_->end().chain))
        return failure(
            fmt::format("Expected the records up to position {} to be those that the server's chain is of, but they are not",
                        message.position()),
            "`comctl log verify` names the place");
    }
    if (done_) progress.finish({commits_, commits_, 0});
    return std::nullopt;
  }

  std::optional<Failure> begin(Position first, const api::v1::ReadLogResponse& message, const std::optional<LogFileEnd>& there) {
    if (there && message.chain() != bytes(there->chain))
      return failure(fmt::format("Expected {} to be a part of this server's log, but at position {} they differ", path_,
                                 number(there->last)),
                     "is it of another store? Export to another file");
    Digest before{};
    if (message.chain().size() != before.size()) return failure("Expected the chain's value from the server, but got none");
    std::copy(message.chain().begin(), message.chain().end(), before.begin());
    auto writer = there ? LogFileWriter::go_on(path_, format_, *there) : LogFileWriter::begin(path_, format_, first, before);
    if (!writer) return usage_failure(writer.error());
    writer_.emplace(std::move(*writer));
    return std::nullopt;
  }

  int done() {
    const auto elapsed = std::chrono::duration_cast<Millis>(SteadyClock::now() - began_);
    const auto& end = writer_->end();
    const Json document{{"file", path_},
                        {"format", format_ == LogFormat::jsonl ? "jsonl" : "binary"},
                        {"first", number(end.first)},
                        {"last", number(end.last)},
                        {"added", commits_},
                        {"bytes", end.bytes},
                        {"chain", to_hex(end.chain)},
                        {"elapsedMs", elapsed.count()}};
    session_.print(document, [&](const Json&, bool) {
      return fmt::format("{}: positions {} to {}, {} bytes, chain {}\n{}\n", path_, number(end.first), number(end.last),
                         end.bytes, to_hex(end.chain), pace(commits_, "commits written", elapsed));
    });
    return kDone;
  }

  static std::string bytes(const Digest& digest) { return {digest.begin(), digest.end()}; }

  const Session& session_;
  const LogFormat format_;
  const std::string path_;
  const SteadyClock::time_point began_ = SteadyClock::now();
  std::optional<LogFileWriter> writer_;
  std::size_t commits_ = 0;
  bool done_ = false;
};

}  // namespace

int log_export(const Session& session) {
  const auto& options = session.options;
  const auto& path = options.files.front();
  const auto from = log_position(options.log.from, "--from"), to = log_position(options.log.to, "--to");
  if (!from) return session.fail(from.error());
  if (!to) return session.fail(to.error());
  const auto first = std::max<std::uint64_t>(from->value_or(1), 1), last = to->value_or(0);
  if (last != 0 && last < first)
    return session.fail(usage_failure(fmt::format("Expected --to at or behind --from {}, but got {}", first, last)));
  std::error_code error;
  if (!std::filesystem::exists(path, error)) return Export(session, format_of(options), path).run(first, last, std::nullopt);
  if (!options.log.resume)
    return session.fail(usage_failure(fmt::format("Expected no file called {}, but there is one", path),
                                      "--resume goes on with it; or choose another name"));
  const auto there = found(session, path);
  if (!there) return session.fail(there.error());
  const auto& [format, end] = *there;
  if (*from && end.first != Position{first})
    return session.fail(
        usage_failure(fmt::format("Expected {} to begin at position {}, but it begins at {}", path, first, number(end.first))));
  if (last != 0 && Position{last} < end.last)
    return session.fail(usage_failure(
        fmt::format("Expected {} to end at or before position {}, but it has {} already", path, last, number(end.last))));
  session.say(fmt::format("{} is whole up to position {}; going on", path, number(end.last)));
  return Export(session, format, path).run(number(end.first), last, end);
}

}  // namespace comd::ctl

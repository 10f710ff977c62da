#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "cmd/comctl/tool/exported_log.h"
#include "cmd/comctl/tool/log.h"
#include "cmd/comctl/tool/progress.h"
#include "storage/epoch.h"
#include "storage/refold.h"
#include "storage/unfinished.h"

/// A new store from an exported log. The file is read twice: first to see that all of it is whole, and which events a quarantine has
/// skipped (they are passed over from the beginning on); then to append every record with the rows that it was made with.
namespace comd::ctl {
namespace {

using SteadyClock = std::chrono::steady_clock;

constexpr std::size_t kBatch = 512;  // appends with one sync

Failure failure(std::string message, std::string hint = {}) {
  return {kRejected, "FAILED_PRECONDITION", std::move(message), {}, {}, std::move(hint), {}};
}

/// The file is there, and on the disk, or it is gone.
bool synced(const std::string& path, const std::string* text) {
  std::error_code error;
  if (text == nullptr) {
    std::filesystem::remove(path, error);
  } else {
    std::ofstream(path) << *text;
  }
  for (const auto& each : {path, std::filesystem::path(path).parent_path().string()}) {
    if (text == nullptr && each == path) continue;
    const int file = ::open(each.c_str(), O_RDONLY | O_CLOEXEC);
    if (file < 0) return false;
    const bool ok = ::fsync(file) == 0;
    ::close(file);
    if (!ok) return false;
  }
  return !error;
}

class Import {
 public:
  explicit Import(const Session& session)
      : session_(session), path_(session.options.files.front()), directory_(session.options.log.data) {}

  int run() {
    for (const auto step : {&Import::open_store, &Import::check_file, &Import::append_all, &Import::begin})
      if (auto wrong = (this->*step)()) return session_.fail(*wrong);
    return done();
  }

 private:
  using Wrong = std::optional<Failure>;

  Wrong open_store() {
    const auto marker = unfinished_file(directory_);
    std::error_code error;
    const bool ours = std::filesystem::exists(marker, error);
    if (!ours && std::filesystem::exists(directory_, error) && !std::filesystem::is_empty(directory_, error))
      return failure(fmt::format("Expected {} to be empty or not there, but something is in it", directory_),
                     "an import makes a store of its own: choose another directory");
    std::filesystem::create_directories(directory_, error);
    RocksOptions options;
    options.directory = directory_;
    auto log = open_rocks_event_log(options);
    if (!log) return failure(log.error().message);
    log_ = std::move(*log);
    const std::string text = fmt::format(
        "This store is only a part: an import of {} was interrupted. `comctl log import` with the same file goes on.\n", path_);
    if (!ours && !synced(marker, &text)) return failure(fmt::format("Expected to write {}, but could not", marker));
    there_ = log_->last_link(log_->tail());
    if (there_.position > Position{})
      session_.say(fmt::format("{} has positions 1 to {} already; going on", directory_, number(there_.position)));
    return std::nullopt;
  }

  Wrong check_file() {
    auto file = LogFileReader::open(path_);
    if (!file) return failure(file.error().message);
    if (file->end().first != Position{1} || file->end().before != Digest{})
      return failure(
          fmt::format("Expected {} to hold the log from position 1, but it begins at {}", path_, number(file->end().first)),
          "a store can only be made of a whole log");
    session_.say(fmt::format("Checking {}", path_));
    Progress progress(session_.streams.err, session_.streams.err_is_terminal);
    bool same = there_.position == Position{};
    while (true) {
      auto record = file->next();
      if (!record) return failure(record.error().message);
      if (!*record) break;
      add_markers(markers_, **record);
      if (file->end().last == there_.position) same = file->end().chain == there_.hash;
      progress.update({file->size(), file->end().bytes, 0});
    }
    last_ = file->end().last;
    if (last_ < Position{1}) return failure(fmt::format("Expected {} to hold a log, but it is empty", path_));
    if (!same)
      return failure(fmt::format("Expected {} to hold the beginning of {}, but it holds something else", directory_, path_),
                     "go on with the file that the import began with, or choose another directory");
    return std::nullopt;
  }

  Wrong append_all() {
    auto file = LogFileReader::open(path_);
    if (!file) return failure(file.error().message);
    Refold refold(*log_, markers_);
    Progress progress(session_.streams.err, session_.streams.err_is_terminal);
    began_ = SteadyClock::now();
    std::vector<Append> batch;
    while (true) {
      auto record = file->next();
      if (!record) return failure(record.error().message);
      if (*record && file->end().last > there_.position) {
        auto append = refold.add(**record);
        if (!append)
          return failure(fmt::format("Expected a commit that this version can read at position {}, but: {}",
                                     number(file->end().last), append.error().message),
                         "import with the version that the log is of, or a newer one");
        for (const auto& head : append->streams) events_ += head.events;
        batch.push_back(std::move(*append));
      }
      if (batch.size() < kBatch && *record) continue;
      if (auto wrong = write(batch)) return wrong;
      progress.update({static_cast<std::size_t>(number(last_) - number(there_.position)), commits_, 0});
      if (!*record) break;
    }
    elapsed_ = std::chrono::duration_cast<Millis>(SteadyClock::now() - began_);
    progress.finish({commits_, commits_, 0});
    if (const auto end = log_->last_link(last_); end.hash != file->end().chain)
      return failure(fmt::format("Expected {} to have the chain of {} in the end, but it has another", directory_, path_),
                     "the disk gives back something else than was written: import to another one");
    return std::nullopt;
  }

  Wrong write(std::vector<Append>& batch) {
    if (batch.empty()) return std::nullopt;
    for (const auto& appended : log_->append(batch)) {
      if (!appended)
        return failure(
            fmt::format("Expected to append position {}, but the store refused it", number(there_.position) + commits_ + 1),
            appended.error() == AppendError::conflict ? "the record does not go on from the ones before it: export again"
                                                      : "look at the disk, then import again: it goes on where it stopped");
      ++commits_;
    }
    batch.clear();
    return std::nullopt;
  }

  /// What the log thinks is still to be sent may have been sent by the store it was exported from.
  Wrong begin() {
    const auto now = std::chrono::time_point_cast<Millis>(std::chrono::system_clock::now());
    const auto epoch = begin_epoch(*log_, "imported from " + std::filesystem::path(path_).filename().string(), now);
    if (!epoch) return failure("Expected to begin a new epoch, but the store refused it", "look at the disk, then import again");
    epoch_ = epoch->number;
    log_.reset();
    if (!synced(unfinished_file(directory_), nullptr))
      return failure(fmt::format("Expected to remove {}, but could not", unfinished_file(directory_)), "remove it by hand");
    return std::nullopt;
  }

  int done() {
    const Json document{
        {"file", path_},   {"data", directory_}, {"positions", number(last_)},   {"added", commits_}, {"events", events_},
        {"epoch", epoch_}, {"fenced", true},     {"elapsedMs", elapsed_.count()}};
    session_.print(document, [&](const Json&, bool) {
      return fmt::format(
          "{}: positions 1 to {} of {}, epoch {}\n{}\n"
          "Nothing is sent and no deadline passes until somebody takes the fence down: `comctl epoch reconcile`\n",
          directory_, number(last_), path_, epoch_, pace(events_, "events imported", elapsed_));
    });
    return kDone;
  }

  const Session& session_;
  const std::string path_, directory_;
  std::unique_ptr<EventLog> log_;
  ChainLink there_;  ///< what the store holds already
  Markers markers_;
  Position last_{};
  std::size_t commits_ = 0;
  std::uint64_t events_ = 0, epoch_ = 0;
  SteadyClock::time_point began_;
  Millis elapsed_{0};
};

}  // namespace

int log_import(const Session& session) { return Import(session).run(); }

}  // namespace comd::ctl

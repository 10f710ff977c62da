#include "actors/archiver.h"

#include <array>
#include <condition_variable>
#include <thread>

#include "domain/views.h"

namespace comd {
namespace {

using Steady = std::chrono::steady_clock;

constexpr std::array kEnds = {OrderStatus::completed, OrderStatus::partial, OrderStatus::failed, OrderStatus::cancelled,
                              OrderStatus::rejected};
constexpr std::size_t kPage = 256;
constexpr std::size_t kUnderWay = 16;         ///< commands
constexpr std::size_t kOthersUnderWay = 256;  ///< from here on it waits
constexpr Millis kPause{50};
constexpr std::uint64_t kOrdersPerMove = 10'000;

/// Answers to come, a few at a time.
class Window {
 public:
  void take_place() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return under_way_ < kUnderWay; });
    ++under_way_;
  }
  void answered(const Reply& reply) {
    const std::lock_guard lock(mutex_);
    --under_way_;
    archived_ += reply.changed ? 1 : 0;
    if (reply.rejection) {
      ++refused_;
      if (first_refusal_.empty()) first_refusal_ = reply.rejection->message;
      const auto code = reply.rejection->code;
      if (code == RejectionCode::limit || code == RejectionCode::unavailable) crowded_ = true;
    }
    changed_.notify_all();
  }
  void wait_for_all() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return under_way_ == 0; });
  }
  bool was_crowded() {
    const std::lock_guard lock(mutex_);
    return std::exchange(crowded_, false);
  }
  void add_to(ArchiveRun& run) {
    const std::lock_guard lock(mutex_);
    run.orders += std::exchange(archived_, 0);
    run.refused += std::exchange(refused_, 0);
    if (run.first_refusal.empty()) run.first_refusal = first_refusal_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::size_t under_way_ = 0;
  std::uint64_t archived_ = 0, refused_ = 0;
  std::string first_refusal_;
  bool crowded_ = false;
};

}  // namespace

/// Along the orders that have ended, tenant by tenant, oldest first.
class Archiver::Walk {
 public:
  Walk(Engine& engine, const ArchiveOptions& options, Instant until)
      : engine_(engine), log_(engine.log()), options_(options), until_(until), window_(std::make_shared<Window>()) {}

  Result<ArchiveRun, ArchiveError> run() {
    std::optional<ArchiveError> error;
    for (std::string after; !error && next_tenant(after);)
      for (const auto end : kEnds)
        if (!error) error = walk(end);
    window_->wait_for_all();
    window_->add_to(run_);
    if (!error) error = move();
    if (error) return Err(*error);
    return run_;
  }

 private:
  bool next_tenant(std::string& after) {
    const auto page = log_.scan(Table::order_index, {}, after, 1);
    if (page.rows.empty()) return false;
    const auto& key = page.rows.front().first;
    tenant_ = TenantId{key.substr(0, key.find('\0'))};
    after = tenant_.value + '\1';  // keys are <tenant> '\0' …, so what follows is another's
    return true;
  }

  std::optional<ArchiveError> walk(OrderStatus end) {
    const std::string prefix = views::index_prefix(tenant_, "state", to_text(end));
    const std::string last = prefix + views::date_key(until_ + Millis{1});
    for (std::string after;;) {
      const auto page = log_.scan(Table::order_index, prefix, after, kPage);
      for (const auto& [key, value] : page.rows) {
        if (key >= last) return std::nullopt;  // submitted too late to have ended in time
        if (auto error = look_at(OrderId{views::id_of_index_key(key)})) return error;
      }
      if (!page.more || page.rows.empty()) return std::nullopt;
      after = page.rows.back().first;
    }
  }

  std::optional<ArchiveError> look_at(const OrderId& id) {
    const auto row = log_.row(Table::order, id.value);
    const auto summary = row ? views::decode_order(*row) : std::nullopt;
    if (!summary || summary->closed_at == Instant{} || summary->closed_at > until_) return std::nullopt;
    if (options_.dry_run) {
      ++run_.orders;
      return tell();
    }
    while (engine_.figures().in_flight > kOthersUnderWay || window_->was_crowded()) {
      if (auto error = tell()) return error;
      std::this_thread::sleep_for(kPause);
    }
    window_->take_place();
    engine_.execute(stream_of(id), product_order::Command{product_order::Archive{options_.by, options_.reason}},
                    Cause{"Archive", options_.by, tenant_, {}, {}},
                    [window = window_](const Reply& reply) { window->answered(reply); });
    window_->add_to(run_);
    if (run_.orders - at_last_move_ >= kOrdersPerMove)
      if (auto error = move()) return error;
    return tell();
  }

  std::optional<ArchiveError> move() {
    if (options_.dry_run) return std::nullopt;
    at_last_move_ = run_.orders;
    const Moved before = run_.moved;
    const auto add = [&](const Moved& moved) {
      run_.moved = {before.records + moved.records, before.bytes + moved.bytes, before.files + moved.files};
    };
    MoveOptions options;
    options.now = engine_.clock().now();
    options.progress = [&](std::string_view, const Moved& moved) {
      add(moved);
      return !options_.progress || options_.progress(run_);
    };
    const auto moved = move_archived(log_, options);
    if (!moved) return moved.error();
    add(*moved);
    return std::nullopt;
  }

  std::optional<ArchiveError> tell() const {
    if (!options_.progress || options_.progress(run_)) return std::nullopt;
    return ArchiveError{"Expected to go on archiving, but was told to give up. What is archived stays so.", true};
  }

  Engine& engine_;
  const EventLog& log_;
  const ArchiveOptions& options_;
  const Instant until_;
  const std::shared_ptr<Window> window_;
  TenantId tenant_;
  ArchiveRun run_;
  std::uint64_t at_last_move_ = 0;
};

Result<ArchiveRun, ArchiveError> Archiver::run(const ArchiveOptions& options) {
  const auto older_than = options.older_than ? options.older_than : usual_;
  if (!older_than)
    return Err(ArchiveError{
        "Expected how old an order must be, but it is not given and comd has no archive.after. Give it with --older-than."});
  if (engine_.disk().state == DiskState::read_only)
    return Err(
        ArchiveError{"Expected room on the disk, but it is full: an order is archived by an event. Make some room first."});
  {
    const std::lock_guard lock(mutex_);
    if (std::exchange(busy_, true))
      return Err(ArchiveError{"Expected no other archiving to be under way, but there is one. Wait until it is done."});
  }
  const auto began = Steady::now();
  auto done = Walk(engine_, options, engine_.clock().now() - *older_than).run();
  const std::lock_guard lock(mutex_);
  busy_ = false;
  if (!done) {
    if (!done.error().given_up) ++failures_;
    return done;
  }
  done->took = std::chrono::duration_cast<Millis>(Steady::now() - began);
  done->ended = engine_.clock().now();
  if (options.dry_run) return done;
  last_ = *done;
  total_.orders += done->orders;
  total_.refused += done->refused;
  total_.moved = {total_.moved.records + done->moved.records, total_.moved.bytes + done->moved.bytes,
                  total_.moved.files + done->moved.files};
  return done;
}

std::optional<ArchiveRun> Archiver::last() const {
  const std::lock_guard lock(mutex_);
  return last_;
}

ArchiveRun Archiver::total() const {
  const std::lock_guard lock(mutex_);
  return total_;
}

}  // namespace comd

#pragma once
#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "domain/ids.h"
#include "domain/result.h"

/// How much room the disk of the log has, and what comd does about it: warn, then refuse new orders and finish the rest, then
/// record nothing and only answer reads, until there is room again.
namespace comd {

/// The file system of the data directory. Used by one thread at a time.
class DiskSpace {
 public:
  struct Room {
    std::uint64_t free = 0, total = 0;  ///< bytes
  };
  virtual ~DiskSpace() = default;
  /// The error says why it cannot be told.
  virtual Result<Room, std::string> room() = 0;

  /// The reserve is a file of nothing: room that is still there to start comd when others have taken all the rest. A running comd
  /// keeps it, because what it gave free they would take too.
  virtual std::uint64_t reserved() const = 0;
  virtual Result<bool, std::string> reserve(std::uint64_t bytes) = 0;
  virtual void release() = 0;
};

/// An amount of free space: bytes, or a share of the disk. Zero: never reached.
struct Watermark {
  std::uint64_t bytes = 0;
  std::uint32_t percent = 0;  ///< not 0: counts instead
  bool operator==(const Watermark&) const = default;
};
std::uint64_t bytes_of(const Watermark&, std::uint64_t total);

struct DiskLimits {
  Watermark warn{std::uint64_t{4} << 30, 0}, refuse{std::uint64_t{1} << 30, 0}, read_only{std::uint64_t{512} << 20, 0};
  std::uint64_t reserve = std::uint64_t{192} << 20;  ///< more than a start after a crash needs: the write-ahead log, 128 MiB
};
/// What is wrong with them on a disk of this size: the earlier one must not leave less than the later one.
std::optional<std::string> out_of_order(const DiskLimits&, std::uint64_t total);

enum class DiskState : std::uint8_t { ok = 0, warn = 1, refuse = 2, read_only = 3 };  // values of comd_disk_state
std::string_view to_text(DiskState);

struct DiskView {
  DiskState state = DiskState::ok;
  std::uint64_t free = 0;  ///< besides the reserve, whether it is there or still to be made
  std::uint64_t total = 0;
  std::uint64_t reserved = 0;  ///< held by the reserve
};

/// Looks at the disk and says which state that is. What was reached is left only with a tenth more than its watermark, so that it
/// does not flicker. Makes the reserve, if it is not there, as long as orders are taken.
class DiskWatch {
 public:
  DiskWatch(std::shared_ptr<DiskSpace> space, DiskLimits limits) : space_(std::move(space)), limits_(limits) {}
  /// A disk that does not answer is as it was.
  const DiskView& look();

 private:
  DiskState state_of(std::uint64_t free, std::uint64_t total) const;
  void tend_reserve();

  std::shared_ptr<DiskSpace> space_;
  DiskLimits limits_;
  DiskView view_;
  bool blind_ = false, no_reserve_ = false;  ///< said so already
};

/// What the disk allows now, as the watch last said. Read by every thread.
class DiskMode {
 public:
  explicit DiskMode(const DiskLimits& limits = {}) : limits_(limits) {}
  void set(const DiskView&);
  DiskView view() const { return *view_.load(); }

  /// Nothing may be recorded, so nothing that would have to be recorded may begin.
  bool read_only() const { return state_.load(std::memory_order_relaxed) == DiskState::read_only; }
  bool refuses_orders() const { return state_.load(std::memory_order_relaxed) >= DiskState::refuse; }
  Rejection no_order() const;
  Rejection no_command() const;

  static constexpr Millis kRetryOrder{30'000}, kRetryCommand{5'000};
  static constexpr Millis kLookAgain{1'000};

 private:
  DiskLimits limits_;
  std::atomic<DiskState> state_{DiskState::ok};
  std::atomic<std::shared_ptr<const DiskView>> view_{std::make_shared<const DiskView>()};
};

/// "1.5 GiB": for messages.
std::string bytes_text(std::uint64_t bytes);

}  // namespace comd

#include "cmd/comd/daemon/disk_space.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

#include "actors/log.h"

namespace comd::daemon {
namespace {

namespace fs = std::filesystem;

class DirectorySpace final : public DiskSpace {
 public:
  explicit DirectorySpace(const std::string& directory) : directory_(directory), file_(fs::path(directory) / "reserve") {}

  Result<Room, std::string> room() override {
    std::error_code ignored;
    fs::path at = fs::absolute(directory_, ignored);
    while (at.has_relative_path() && !fs::exists(at, ignored)) at = at.parent_path();
    struct statvfs all = {};
    if (::statvfs(at.c_str(), &all) != 0) return Err("statvfs " + at.string() + ": " + std::strerror(errno) + ".");
    return Room{std::uint64_t{all.f_bavail} * all.f_frsize, std::uint64_t{all.f_blocks} * all.f_frsize};
  }

  std::uint64_t reserved() const override {
    struct stat file = {};
    if (::stat(file_.c_str(), &file) != 0) return 0;
    return static_cast<std::uint64_t>(file.st_size);
  }

  /// Under another name until it is whole: half a reserve must not count as one.
  Result<bool, std::string> reserve(std::uint64_t bytes) override {
    release();
    if (bytes == 0) return true;
    const std::string part = file_.string() + ".part";
    const int file = ::open(part.c_str(), O_CREAT | O_WRONLY | O_TRUNC | O_CLOEXEC, 0600);
    if (file < 0) return Err(failure(part, errno));
    const int error = ::posix_fallocate(file, 0, static_cast<off_t>(bytes));
    ::close(file);
    if (error == 0 && ::rename(part.c_str(), file_.c_str()) == 0) return true;
    auto why = failure(part, error == 0 ? errno : error);
    ::unlink(part.c_str());
    return Err(std::move(why));
  }

  void release() override {
    ::unlink(file_.c_str());
    ::unlink((file_.string() + ".part").c_str());
  }

 private:
  static std::string failure(const std::string& file, int error) { return file + ": " + std::strerror(error) + "."; }

  const fs::path directory_, file_;
};

constexpr std::uint64_t kLeastToOpen = std::uint64_t{16} << 20;

std::uint64_t write_ahead_log(const std::string& directory) {
  std::uint64_t out = 0;
  std::error_code error;
  for (const auto& file : fs::directory_iterator(directory, error)) {
    if (file.path().extension() != ".log") continue;
    const auto size = file.file_size(error);
    if (!error) out += size;
  }
  return out;
}

}  // namespace

std::optional<std::string> make_room_to_open(DiskSpace& space, const std::string& directory) {
  const auto room = space.room();
  if (!room) return std::nullopt;
  const std::uint64_t needed = write_ahead_log(directory) + kLeastToOpen, reserved = space.reserved();
  if (room->free >= needed) return std::nullopt;
  if (room->free + reserved < needed)
    return "Expected at least " + bytes_text(needed) + " free on the disk of " + directory + " to open it, but there are " +
           bytes_text(room->free) + (reserved == 0 ? "" : " and " + bytes_text(reserved) + " in reserve") +
           ". Free some space and start comd again; nothing recorded is lost.";
  log_line(spdlog::level::warn, "The disk of the log is full: gave the reserve free to start at all",
           {{"free", std::to_string(room->free)}, {"reserve", std::to_string(reserved)}});
  space.release();
  return std::nullopt;
}

std::unique_ptr<DiskSpace> make_disk_space(const std::string& directory) { return std::make_unique<DirectorySpace>(directory); }

}  // namespace comd::daemon

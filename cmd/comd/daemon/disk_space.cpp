#include "cmd/comd/daemon/disk_space.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

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

}  // namespace

std::unique_ptr<DiskSpace> make_disk_space(const std::string& directory) { return std::make_unique<DirectorySpace>(directory); }

}  // namespace comd::daemon

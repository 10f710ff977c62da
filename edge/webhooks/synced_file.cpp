#include "edge/webhooks/synced_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <optional>

namespace comd {
namespace {

/// Written and synced, or why not.
std::optional<std::string> write_synced(const std::string& path, std::string_view bytes) {
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (file < 0) return std::strerror(errno);
  std::optional<std::string> error;
  while (!bytes.empty() && !error) {
    const auto written = ::write(file, bytes.data(), bytes.size());
    if (written < 0 && errno != EINTR) error = std::strerror(errno);
    if (written > 0) bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  if (!error && ::fsync(file) != 0) error = std::strerror(errno);
  ::close(file);
  return error;
}

std::optional<std::string> sync_directory(const std::string& path) {
  const int directory = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (directory < 0) return std::strerror(errno);
  std::optional<std::string> error;
  if (::fsync(directory) != 0) error = std::strerror(errno);
  ::close(directory);
  return error;
}

}  // namespace

Result<void, std::string> replace_synced(const std::string& path, std::string_view bytes) {
  const auto directory = std::filesystem::path(path).parent_path().string();
  const auto fresh = path + ".new";
  std::error_code error;
  std::filesystem::create_directories(directory, error);
  if (auto wrong = write_synced(fresh, bytes)) return Err("Expected to write " + fresh + ", but: " + *wrong + ".");
  std::filesystem::rename(fresh, path, error);
  if (error) return Err("Expected to replace " + path + ", but: " + error.message() + ".");
  if (auto wrong = sync_directory(directory)) return Err("Expected to sync " + directory + ", but: " + *wrong + ".");
  return {};
}

Result<void, std::string> remove_synced(const std::string& path) {
  std::error_code error;
  if (!std::filesystem::remove(path, error) && !error) return {};
  if (error) return Err("Expected to remove " + path + ", but: " + error.message() + ".");
  const auto directory = std::filesystem::path(path).parent_path().string();
  if (auto wrong = sync_directory(directory)) return Err("Expected to sync " + directory + ", but: " + *wrong + ".");
  return {};
}

}  // namespace comd

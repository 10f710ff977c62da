#include "cmd/activation-sim/line_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace comd::sim {

LineFile::~LineFile() {
  if (file_ >= 0) ::close(file_);
}

tl::expected<void, std::string> LineFile::open(const std::string& path) {
  path_ = path;
  file_ = ::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  if (file_ < 0) return tl::unexpected("Expected to append to record file " + path + ", but " + std::strerror(errno) + ".");
  return {};
}

void LineFile::append(std::string line) {
  line += '\n';
  if (::write(file_, line.data(), line.size()) == static_cast<ssize_t>(line.size())) return;
  std::fprintf(stderr, "Expected to append to record file %s, but %s. activation-sim ends: its record would have gaps.\n",
               path_.c_str(), std::strerror(errno));
  std::_Exit(1);
}

}  // namespace comd::sim

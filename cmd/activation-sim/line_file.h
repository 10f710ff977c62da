#pragma once
#include <string>
#include <tl/expected.hpp>

namespace comd::sim {

/// A file of lines, each appended at once and whole: a kill leaves whole lines. Not thread-safe.
class LineFile {
 public:
  LineFile() = default;
  ~LineFile();
  LineFile(const LineFile&) = delete;
  LineFile& operator=(const LineFile&) = delete;

  /// The error says why it cannot be opened.
  tl::expected<void, std::string> open(const std::string& path);
  bool is_open() const { return file_ >= 0; }
  /// Ends the process if it cannot: a full disk must not go unseen by the test that reads the file.
  void append(std::string line);

 private:
  std::string path_;
  int file_ = -1;
};

}  // namespace comd::sim

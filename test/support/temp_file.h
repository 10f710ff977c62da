#pragma once
#include <string>
#include <string_view>

namespace comd::test {

/// A file that is there as long as this object.
class TempFile {
 public:
  explicit TempFile(std::string_view text);
  ~TempFile();
  TempFile(const TempFile&) = delete;
  TempFile& operator=(const TempFile&) = delete;
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

}  // namespace comd::test

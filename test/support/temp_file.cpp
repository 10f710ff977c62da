#include "test/support/temp_file.h"

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>

namespace comd::test {

TempFile::TempFile(std::string_view text) : path_((std::filesystem::temp_directory_path() / "comd-test-XXXXXX").string()) {
  const int file = ::mkstemp(path_.data());
  if (file < 0) throw std::runtime_error("Expected to make a file like " + path_ + ", but cannot.");
  ::close(file);
  std::ofstream(path_, std::ios::binary) << text;
}
TempFile::~TempFile() { std::filesystem::remove(path_); }

}  // namespace comd::test

#include "storage/high_water.h"

#include <array>
#include <cstdio>

#include "storage/log_file.h"

namespace comd::rocks {
namespace {

/// One line of fixed length, that people can read too; it lies within one sector, so no crash tears it.
std::string text_of(const Mark& mark) {
  std::array<char, 128> line{};
  const int size = std::snprintf(line.data(), line.size(), "comd 1 position=%020llu manifest=%010llu bytes=%015llu check=",
                                 static_cast<unsigned long long>(mark.position), static_cast<unsigned long long>(mark.manifest),
                                 static_cast<unsigned long long>(mark.manifest_bytes));
  std::string out(line.data(), static_cast<std::size_t>(size));
  std::snprintf(line.data(), line.size(), "%08x\n", crc32c(out));
  return out + line.data();
}

std::string path_of(const std::string& directory) { return directory + "/" + kHighWaterFile; }

}  // namespace

std::optional<Mark> read_mark(rocksdb::Env& env, const std::string& directory) {
  std::string text;
  if (!rocksdb::ReadFileToString(&env, path_of(directory), &text).ok()) return std::nullopt;
  unsigned long long position = 0, manifest = 0, bytes = 0;
  if (std::sscanf(text.c_str(), "comd 1 position=%llu manifest=%llu bytes=%llu", &position, &manifest, &bytes) != 3)
    return std::nullopt;
  const Mark mark{position, manifest, bytes};
  return text_of(mark) == text ? std::optional(mark) : std::nullopt;
}

std::unique_ptr<HighWater> HighWater::open(rocksdb::Env& env, const std::string& directory) {
  const std::string path = path_of(directory);
  // A file for reading and writing is not made by opening it.
  if (!read_mark(env, directory) && !rocksdb::WriteStringToFile(&env, text_of({}), path, true).ok()) return nullptr;
  std::unique_ptr<rocksdb::RandomRWFile> file;
  if (!env.NewRandomRWFile(path, &file, {}).ok()) return nullptr;
  return std::unique_ptr<HighWater>(new HighWater(std::move(file)));
}

// What cannot be written makes the check weaker, not the store.
void HighWater::write(const Mark& mark) { file_->Write(0, text_of(mark)).PermitUncheckedError(); }
void HighWater::sync() { file_->Sync().PermitUncheckedError(); }

}  // namespace comd::rocks

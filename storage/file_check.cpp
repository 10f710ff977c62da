#include "storage/file_check.h"

#include <rocksdb/options.h>
#include <rocksdb/sst_file_reader.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <fstream>

#include "storage/log_file.h"

namespace comd::rocks {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kManifest = "MANIFEST-";

std::uint64_t number_in(std::string_view text) {
  std::uint64_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

/// The file's name as CURRENT has it; empty: it says nothing of the kind.
std::string manifest_of(const fs::path& directory) {
  std::ifstream in(directory / "CURRENT", std::ios::binary);
  std::string name;
  std::getline(in, name);
  return in && name.starts_with(kManifest) && name.find('/') == std::string::npos ? name : std::string{};
}

std::vector<std::string> write_ahead_logs(const fs::path& directory) {
  std::vector<std::string> names;
  std::error_code error;
  for (const auto& file : fs::directory_iterator(directory, error))
    if (file.path().extension() == ".log") names.push_back(file.path().filename().string());
  std::ranges::sort(names);
  return names;
}

std::string broken_at(const std::string& name, std::uint64_t offset) {
  return name + " is damaged at byte " + std::to_string(offset) +
         ": what is there cannot be read, although what was written after it can";
}

/// Everything the manifest held when it was last looked at is there, and can be read.
std::optional<std::string> check_manifest(const fs::path& directory, const std::optional<Mark>& mark, bool& torn) {
  const std::string name = manifest_of(directory);
  if (name.empty()) return "CURRENT does not name a list of files (MANIFEST-…)";
  const auto scan = scan_log_file((directory / name).string(), RecordFile::manifest);
  if (!scan) return name + ", the list of files that CURRENT names, is missing or cannot be read";
  if (scan->damaged_at) return broken_at(name, *scan->damaged_at);
  const auto number = number_in(std::string_view(name).substr(kManifest.size()));
  if (mark && number < mark->manifest)
    return "CURRENT names " + name + ", but MANIFEST-" + std::to_string(mark->manifest) + " was the last list of files";
  if (mark && number == mark->manifest && scan->whole < mark->manifest_bytes)
    return name + " can be read up to byte " + std::to_string(scan->whole) + " only, but was " +
           std::to_string(mark->manifest_bytes) + " bytes long: its end is cut off or damaged";
  torn = torn || !scan->complete();
  return std::nullopt;
}

}  // namespace

FileCheck check_files(const std::string& directory, const std::optional<Mark>& mark) {
  FileCheck out;
  out.damage = check_manifest(directory, mark, out.torn);
  for (const auto& name : write_ahead_logs(directory)) {
    if (out.damage) break;
    const auto scan = scan_log_file((fs::path(directory) / name).string(), RecordFile::wal);
    if (!scan)
      out.damage = name + " cannot be read";
    else if (scan->damaged_at)
      out.damage = broken_at(name, *scan->damaged_at);
    else
      out.torn = out.torn || !scan->complete();
  }
  return out;
}

std::optional<std::string> store_without_current(const std::string& directory) {
  std::error_code error;
  for (const auto& file : fs::directory_iterator(directory, error)) {
    const std::string name = file.path().filename().string();
    const bool of_a_store =
        name == kHighWaterFile || name.ends_with(".sst") || (name.ends_with(".log") && file.file_size(error) > 0);
    if (of_a_store) return name;
  }
  return std::nullopt;
}

std::vector<std::string> broken_tables(const std::string& directory, rocksdb::Env* env) {
  std::vector<std::string> out;
  std::error_code error;
  rocksdb::Options options;
  options.env = env;
  for (const auto& file : fs::directory_iterator(directory, error)) {
    if (file.path().extension() != ".sst") continue;
    rocksdb::SstFileReader reader(options);
    if (const auto opened = reader.Open(file.path().string()); !opened.ok())
      out.push_back(file.path().filename().string() + ": " + opened.ToString());
  }
  std::ranges::sort(out);
  return out;
}

void look_at_manifest(const std::string& directory, Mark& mark) {
  const std::string name = manifest_of(directory);
  std::error_code error;
  const auto bytes = fs::file_size(fs::path(directory) / name, error);
  mark.manifest = name.empty() || error ? 0 : number_in(std::string_view(name).substr(kManifest.size()));
  mark.manifest_bytes = mark.manifest == 0 ? 0 : bytes;
}

}  // namespace comd::rocks

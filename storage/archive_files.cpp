#include "storage/archive_files.h"

#include <rocksdb/cache.h>
#include <rocksdb/env.h>
#include <rocksdb/sst_file_reader.h>
#include <rocksdb/sst_file_writer.h>
#include <rocksdb/table.h>
#include <rocksdb/table_properties.h>

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <filesystem>

#include "storage/bytes.h"
#include "storage/rocks_keys.h"

namespace comd::rocks {
namespace {

namespace fs = std::filesystem;

constexpr char kStubMark = '\0';  ///< a field number zero: no protobuf message begins with it
constexpr std::size_t kStubBytes = 1 + bytes::kWidth + sizeof(Digest);
constexpr std::size_t kOpenMax = 16;
constexpr std::string_view kUnnamed = ".part";

rocksdb::Options options_of_file() {
  static const auto cache = rocksdb::NewLRUCache(std::size_t{16} << 20);
  rocksdb::BlockBasedTableOptions table;
  table.block_cache = cache;
  table.format_version = 5;
  rocksdb::Options options;
  options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  options.compression = rocksdb::kZSTD;
  return options;
}

rocksdb::Status sync_directory(const std::string& directory) {
  std::unique_ptr<rocksdb::Directory> handle;
  const auto opened = rocksdb::Env::Default()->NewDirectory(directory, &handle);
  return opened.ok() ? handle->Fsync() : opened;
}

rocksdb::Status name_file(const std::string& directory, const std::string& name) {
  const std::string path = directory + "/" + name;
  const auto named = rocksdb::Env::Default()->RenameFile(path + std::string(kUnnamed), path);
  return named.ok() ? sync_directory(directory) : named;
}

}  // namespace

std::string to_bytes(const Stub& stub) {
  std::string out(1, kStubMark);
  bytes::put(out, stub.file);
  return out.append(reinterpret_cast<const char*>(stub.digest.data()), stub.digest.size());
}

std::optional<Stub> stub_in(std::string_view value) {
  if (value.size() != kStubBytes || value.front() != kStubMark) return std::nullopt;
  Stub out{bytes::get(value.substr(1)), {}};
  std::ranges::copy(value.substr(1 + bytes::kWidth), out.digest.begin());
  return out;
}

std::uint64_t archive_id(std::uint32_t number, std::uint32_t content) { return std::uint64_t{number} << 32U | content; }

std::uint32_t number_of(std::uint64_t id) { return static_cast<std::uint32_t>(id >> 32U); }

std::string archive_name(std::uint64_t id) {
  char text[32];
  std::snprintf(text, sizeof text, "%06u-%08x.sst", number_of(id), static_cast<std::uint32_t>(id));
  return text;
}

std::optional<std::uint64_t> archive_id_of(std::string_view name) {
  std::uint32_t number = 0, content = 0;
  const auto dash = name.find('-');
  if (dash == std::string_view::npos) return std::nullopt;
  std::from_chars(name.data(), name.data() + dash, number);
  std::from_chars(name.data() + dash + 1, name.data() + name.size(), content, 16);
  const auto id = archive_id(number, content);
  return archive_name(id) == name ? std::optional(id) : std::nullopt;
}

ArchiveFiles::ArchiveFiles(std::string directory) : directory_(std::move(directory)) {}
ArchiveFiles::~ArchiveFiles() = default;

Result<ArchiveFiles::Reader, std::string> ArchiveFiles::open(std::uint64_t id) const {
  const std::lock_guard lock(mutex_);
  const auto found = std::ranges::find(open_, id, &std::pair<std::uint64_t, Reader>::first);
  if (found != open_.end()) {
    open_.splice(open_.begin(), open_, found);
    return found->second;
  }
  auto reader = std::make_shared<rocksdb::SstFileReader>(options_of_file());
  if (const auto opened = reader->Open(path_of(archive_name(id))); !opened.ok())
    return Err("archive file " + path_of(archive_name(id)) + " cannot be read: " + opened.ToString());
  open_.emplace_front(id, reader);
  if (open_.size() > kOpenMax) open_.pop_back();
  return reader;
}

Result<std::string, std::string> ArchiveFiles::read(const Stub& stub, Position position) const {
  const auto reader = open(stub.file);
  if (!reader) return Err(reader.error());
  const auto but = [&](const std::string& what) { return Err("archive file " + path_of(archive_name(stub.file)) + " " + what); };
  const std::unique_ptr<rocksdb::Iterator> it((*reader)->NewIterator(rocksdb::ReadOptions()));
  const std::string key = log_key(position);
  it->Seek(key);
  if (!it->status().ok()) return but("is damaged: " + it->status().ToString());
  if (!it->Valid() || it->key() != rocksdb::Slice(key)) return but("does not hold it");
  std::string record = it->value().ToString();
  if (sha256(record) != stub.digest) return but("holds another record there than was archived");
  return record;
}

std::optional<std::string> check_archive_file(const std::string& path, std::optional<std::uint64_t> records) {
  rocksdb::SstFileReader reader(options_of_file());
  auto status = reader.Open(path);
  if (status.ok()) status = reader.VerifyChecksum(rocksdb::ReadOptions());
  if (!status.ok()) return path + " cannot be read: " + status.ToString();
  const auto held = reader.GetTableProperties()->num_entries;
  if (records && held != *records)
    return path + " holds " + std::to_string(held) + " records instead of " + std::to_string(*records);
  return std::nullopt;
}

std::optional<std::string> write_archive_file(const std::string& directory, const std::string& name,
                                              const std::vector<std::pair<Position, std::string_view>>& records,
                                              const std::function<bool(std::string_view)>& step) {
  const std::string path = directory + "/" + name;
  rocksdb::SstFileWriter writer(rocksdb::EnvOptions(), options_of_file());
  auto status = writer.Open(path + std::string(kUnnamed));
  for (const auto& [position, record] : records)
    if (status.ok()) status = writer.Put(log_key(position), rocksdb::Slice(record.data(), record.size()));
  if (status.ok()) status = writer.Finish();  // syncs
  if (status.ok() && !step("written")) return "given up";
  if (status.ok())
    if (auto wrong = check_archive_file(path + std::string(kUnnamed), records.size())) return wrong;
  if (status.ok()) status = name_file(directory, name);
  if (!status.ok()) return path + " cannot be written: " + status.ToString();
  return std::nullopt;
}

std::optional<std::string> copy_archive_files(const std::string& from, const std::string& to,
                                              const std::vector<std::string>& names, std::uint64_t* copied) {
  std::error_code error;
  if (!names.empty()) fs::create_directories(to, error);
  if (error) return to + " cannot be made: " + error.message();
  for (const auto& name : names) {
    const fs::path source = fs::path(from) / name, target = fs::path(to) / name;
    if (fs::exists(target, error) && fs::file_size(target, error) == fs::file_size(source, error)) continue;
    const fs::path part = target.string() + std::string(kUnnamed);
    fs::copy_file(source, part, fs::copy_options::overwrite_existing, error);
    if (error) return source.string() + " cannot be copied to " + to + ": " + error.message();
    std::unique_ptr<rocksdb::WritableFile> file;  // appends nothing: it is there to be synced
    auto status = rocksdb::Env::Default()->ReopenWritableFile(part.string(), &file, rocksdb::EnvOptions());
    if (status.ok()) status = file->Fsync();
    if (status.ok()) status = file->Close();
    if (status.ok()) status = name_file(to, name);
    if (!status.ok()) return target.string() + " cannot be written: " + status.ToString();
    if (copied != nullptr) *copied += fs::file_size(target, error);
  }
  return std::nullopt;
}

}  // namespace comd::rocks

#include "cmd/comctl/tool/exported_log.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <openssl/evp.h>
#include <unistd.h>

#include <filesystem>
#include <nlohmann/json.hpp>

namespace comd::ctl {
namespace {

using nlohmann::json;

constexpr std::string_view kMagic = "comdlog1";
constexpr std::size_t kHeader = 48, kEntry = 12, kCheck = 8, kEndBytes = 40;
constexpr std::uint32_t kRecordMost = 1u << 30;

void put_number(std::string& out, std::uint64_t number, std::size_t bytes) {
  for (std::size_t i = bytes; i-- > 0;) out.push_back(static_cast<char>(number >> (8 * i)));
}
std::uint64_t number_at(std::string_view bytes, std::size_t at, std::size_t count) {
  std::uint64_t out = 0;
  for (std::size_t i = 0; i < count; ++i) out = out << 8 | static_cast<unsigned char>(bytes[at + i]);
  return out;
}
std::string_view bytes_of(const Digest& digest) { return {reinterpret_cast<const char*>(digest.data()), digest.size()}; }
Digest digest_at(std::string_view bytes, std::size_t at) {
  Digest out{};
  std::copy_n(bytes.begin() + static_cast<std::ptrdiff_t>(at), out.size(), out.begin());
  return out;
}
std::string check_text(const Digest& digest) { return to_hex(digest).substr(0, 2 * kCheck); }

std::optional<std::string> from_base64(const std::string& text) {
  std::string out(text.size() / 4 * 3, '\0');
  if (text.size() % 4 != 0) return std::nullopt;
  const int size = EVP_DecodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                                   reinterpret_cast<const unsigned char*>(text.data()), static_cast<int>(text.size()));
  if (size != static_cast<int>(out.size())) return std::nullopt;
  for (std::size_t i = text.size(); i-- > 0 && text[i] == '='; out.pop_back()) {}
  return out;
}

}  // namespace

std::string base64(std::string_view bytes) {
  std::string out(4 * ((bytes.size() + 2) / 3) + 1, '\0');
  const int size = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                                   reinterpret_cast<const unsigned char*>(bytes.data()), static_cast<int>(bytes.size()));
  out.resize(static_cast<std::size_t>(size));
  return out;
}

// ── Reading ─────────────────────────────────────────────────────────────────────────────────────────────────────────

LogFileError LogFileReader::damaged(std::string_view what) const {
  return {
      fmt::format("Expected {} to hold the record at position {}, but {}. Up to position {} it is whole. Use another copy, or "
                  "export again",
                  path_, number(end_.last) + 1, what, number(end_.last)),
      false};
}
LogFileError LogFileReader::cut() const {
  return {
      fmt::format("Expected {} to be whole, but behind position {} it is cut off. `comctl log export --resume` goes on with it",
                  path_, number(end_.last)),
      true};
}

bool LogFileReader::read(std::string& bytes, std::size_t count) {
  bytes.resize(count);
  in_.read(bytes.data(), static_cast<std::streamsize>(count));
  return static_cast<std::size_t>(in_.gcount()) == count;
}

Result<LogFileReader, LogFileError> LogFileReader::open(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::error_code error;
  const auto size = std::filesystem::file_size(path, error);
  if (!in || error)
    return Err(LogFileError{fmt::format("Expected {} to be a file that can be read, but it is not", path), false});
  LogFileReader out(path, std::move(in));
  out.size_ = size;
  if (auto header = out.read_header(); !header) return Err(header.error());
  return out;
}

Result<void, LogFileError> LogFileReader::read_header() {
  const LogFileError none{
      fmt::format("Expected {} to be a log that `comctl log export` wrote, but it does not begin like one", path_), false};
  std::string header;
  format_ = in_.peek() == '{' ? LogFormat::jsonl : LogFormat::binary;
  if (format_ == LogFormat::binary) {
    if (!read(header, kHeader) || !header.starts_with(kMagic)) return Err(none);
    end_.first = Position{number_at(header, 8, 8)};
    end_.before = digest_at(header, 16);
    end_.bytes = kHeader;
  } else {
    std::getline(in_, header);
    const auto line = json::parse(header, nullptr, false);
    if (!line.is_object() || line.value("comdlog", 0) != 1) return Err(none);
    const auto before = digest_of_hex(line.value("before", ""));
    if (!before) return Err(none);
    end_.first = Position{line.value("first", std::uint64_t{0})};
    end_.before = *before;
    end_.bytes = header.size() + 1;
  }
  if (end_.first == Position{}) return Err(none);
  end_.last = Position{number(end_.first) - 1};
  end_.chain = end_.before;
  return {};
}

Result<std::optional<std::string>, LogFileError> LogFileReader::next() {
  return format_ == LogFormat::binary ? next_binary() : next_line();
}

Result<std::optional<std::string>, LogFileError> LogFileReader::take(std::string record, std::uint64_t position,
                                                                     std::string_view check) {
  if (position != number(end_.last) + 1) return Err(damaged(fmt::format("found position {} there", position)));
  const auto chain = chained(end_.chain, sha256(record));
  if (check != check_text(chain)) return Err(damaged("its bytes are not those that were exported"));
  end_.chain = chain;
  end_.last = Position{position};
  return record;
}

Result<std::optional<std::string>, LogFileError> LogFileReader::finish(std::uint64_t count, const std::optional<Digest>& chain) {
  if (count != number(end_.last) + 1 - number(end_.first) || chain != end_.chain)
    return Err(damaged("the file's end does not fit to what is before it"));
  if (in_.peek() != std::ifstream::traits_type::eof()) return Err(damaged("something follows the file's end"));
  return std::optional<std::string>{};
}

Result<std::optional<std::string>, LogFileError> LogFileReader::next_binary() {
  std::string entry, record, check;
  if (!read(entry, kEntry)) return Err(cut());
  const auto position = number_at(entry, 0, 8);
  const auto length = static_cast<std::uint32_t>(number_at(entry, 8, 4));
  if (position == 0) {
    if (length != kEndBytes) return Err(damaged("found a length there that makes no sense"));
    if (!read(record, length)) return Err(cut());
    return finish(number_at(record, 0, 8), digest_at(record, 8));
  }
  if (position != number(end_.last) + 1) return Err(damaged(fmt::format("found position {} there", position)));
  if (length > kRecordMost) return Err(damaged("found a length there that makes no sense"));
  // A length that was changed must not make us ask for a gigabyte.
  if (length > size_ - std::min(size_, end_.bytes)) return Err(cut());
  if (!read(record, length) || !read(check, kCheck)) return Err(cut());
  Digest found{};
  std::copy(check.begin(), check.end(), found.begin());
  auto taken = take(std::move(record), position, check_text(found));
  if (taken) end_.bytes += kEntry + length + kCheck;
  return taken;
}

Result<std::optional<std::string>, LogFileError> LogFileReader::next_line() {
  std::string text;
  if (!std::getline(in_, text) || in_.eof()) return Err(cut());  // a line without its end is no line yet
  const auto line = json::parse(text, nullptr, false);
  if (!line.is_object()) return Err(damaged("found a line there that is no JSON object"));
  try {
    if (line.contains("count"))
      return finish(line.at("count").get<std::uint64_t>(), digest_of_hex(line.at("chain").get<std::string>()));
    auto record = from_base64(line.at("record").get<std::string>());
    if (!record) return Err(damaged("its record is no base64"));
    auto taken = take(std::move(*record), line.at("position").get<std::uint64_t>(), line.at("check").get<std::string>());
    if (taken) end_.bytes += text.size() + 1;
    return taken;
  } catch (const json::exception& error) {
    return Err(damaged(fmt::format("found a line there that is none: {}", error.what())));
  }
}

// ── Writing ─────────────────────────────────────────────────────────────────────────────────────────────────────────

Result<LogFileWriter, std::string> LogFileWriter::begin(const std::string& path, LogFormat format, Position first,
                                                        const Digest& before) {
  LogFileWriter out(path, format, {first, Position{number(first) - 1}, before, before, 0});
  out.out_.open(path, std::ios::binary | std::ios::trunc);
  if (!out.out_) return Err(fmt::format("Expected to write {}, but could not", path));
  if (format == LogFormat::binary) {
    std::string header(kMagic);
    put_number(header, number(first), 8);
    out.put(header.append(bytes_of(before)));
  } else {
    out.put(fmt::format(R"({{"comdlog":1,"first":{},"before":"{}"}})"
                        "\n",
                        number(first), to_hex(before)));
  }
  return out;
}

Result<LogFileWriter, std::string> LogFileWriter::go_on(const std::string& path, LogFormat format, const LogFileEnd& end) {
  LogFileWriter out(path, format, end);
  std::error_code error;
  std::filesystem::resize_file(path, end.bytes, error);
  if (!error) out.out_.open(path, std::ios::binary | std::ios::app);
  if (error || !out.out_) return Err(fmt::format("Expected to go on with {}, but could not write it", path));
  return out;
}

void LogFileWriter::put(std::string_view bytes) {
  out_.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  end_.bytes += bytes.size();
}

void LogFileWriter::add(std::string_view record, std::string_view shown) {
  end_.last = Position{number(end_.last) + 1};
  end_.chain = chained(end_.chain, sha256(record));
  if (format_ == LogFormat::jsonl) {
    put(fmt::format(R"({{"position":{}{}{},"check":"{}","record":"{}"}})"
                    "\n",
                    number(end_.last), shown.empty() ? "" : ",", shown, check_text(end_.chain), base64(record)));
    return;
  }
  std::string entry;
  put_number(entry, number(end_.last), 8);
  put_number(entry, record.size(), 4);
  put(entry);
  put(record);
  put(bytes_of(end_.chain).substr(0, kCheck));
}

Result<void, std::string> LogFileWriter::finish(bool complete) {
  const auto count = number(end_.last) + 1 - number(end_.first);
  if (complete && format_ == LogFormat::jsonl) {
    put(fmt::format(R"({{"count":{},"chain":"{}"}})"
                    "\n",
                    count, to_hex(end_.chain)));
  } else if (complete) {
    std::string entry;
    put_number(entry, 0, 8);
    put_number(entry, kEndBytes, 4);
    put_number(entry, count, 8);
    put(entry.append(bytes_of(end_.chain)));
  }
  out_.close();
  const int file = ::open(path_.c_str(), O_RDONLY | O_CLOEXEC);
  const bool synced = file >= 0 && ::fsync(file) == 0;
  if (file >= 0) ::close(file);
  if (!out_ || !synced) return Err(fmt::format("Expected to write {}, but could not: is the disk full?", path_));
  return {};
}

}  // namespace comd::ctl

#include "storage/log_file.h"

#include <array>
#include <fstream>

namespace comd::rocks {
namespace {

// The format (rocksdb/db/log_format.h): blocks of 32 KiB; in them records of checksum (4), length (2), type (1), payload. What
// does not fit is continued in the next block; fewer than seven bytes at the end of a block are filled with zeros.
constexpr std::size_t kBlock = 32'768;
constexpr std::size_t kHeader = 7;
constexpr std::size_t kBatchHeader = 12;  ///< sequence (8), count (4) begin each record of a write-ahead log
enum Type : unsigned char { kFull = 1, kFirst = 2, kMiddle = 3, kLast = 4 };

constexpr std::array<std::uint32_t, 256> make_table() {
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t i = 0; i < 256; ++i) {
    std::uint32_t value = i;
    for (int bit = 0; bit < 8; ++bit) value = (value & 1U) != 0 ? (value >> 1U) ^ 0x82f63b78U : value >> 1U;
    table[i] = value;
  }
  return table;
}
constexpr auto kTable = make_table();

std::uint64_t little_endian(std::string_view bytes) {
  std::uint64_t value = 0;
  for (std::size_t i = bytes.size(); i-- > 0;) value = value << 8U | static_cast<unsigned char>(bytes[i]);
  return value;
}

/// A checksum as it is stored: rotated and shifted, so that checksums of checksums do no harm.
std::uint32_t masked(std::uint32_t crc) { return ((crc >> 15U) | (crc << 17U)) + 0xa282ead8U; }

struct Record {
  Type type;
  std::string_view payload;
};

/// The record at the beginning of `rest` of a block, if one is there.
std::optional<Record> record_at(std::string_view rest) {
  if (rest.size() < kHeader) return std::nullopt;
  const auto type = static_cast<unsigned char>(rest[6]);
  const std::size_t length = little_endian(rest.substr(4, 2));
  if (type < kFull || type > kLast || kHeader + length > rest.size()) return std::nullopt;
  if (little_endian(rest.substr(0, 4)) != masked(crc32c(rest.substr(6, 1 + length)))) return std::nullopt;
  return Record{static_cast<Type>(type), rest.substr(kHeader, length)};
}

class Scan {
 public:
  explicit Scan(RecordFile kind) : kind_(kind) {}

  void add(std::string_view block) {
    std::size_t at = 0;
    while (!bad_at_ && at + kHeader <= block.size()) {
      const auto record = record_at(block.substr(at));
      if (!record || !continues(*record)) {
        bad_at_ = out_.size + at;
        break;
      }
      if (!inside_ && !in_sequence()) out_.damaged_at = bad_at_ = out_.size + at;
      at += kHeader + record->payload.size();
      if (!inside_ && !bad_at_) out_.whole = out_.size + at;
    }
    if (bad_at_) look_behind(block);
    const bool filled = !bad_at_ && block.size() == kBlock && out_.whole == out_.size + at;
    out_.size += block.size();
    if (filled) out_.whole = out_.size;  // what fills a block is no record
  }

  LogFileScan result() const { return out_; }

 private:
  /// Begins where none is open, or goes on with the one that is.
  bool continues(const Record& record) {
    const bool begins = record.type == kFull || record.type == kFirst;
    if (begins == inside_) return false;
    if (begins) start_.clear();
    inside_ = record.type == kFirst || record.type == kMiddle;
    if (start_.size() < kBatchHeader) start_.append(record.payload.substr(0, kBatchHeader - start_.size()));
    return true;
  }

  /// Batches are numbered without gaps. An empty one, which RocksDB writes after a recovery, has no number of its own.
  bool in_sequence() {
    if (kind_ == RecordFile::manifest) return true;
    if (start_.size() < kBatchHeader) return false;
    const auto first = little_endian(std::string_view(start_).substr(0, 8));
    const auto count = little_endian(std::string_view(start_).substr(8, 4));
    if (count == 0) return true;
    if (next_ && *next_ != first) return false;
    next_ = first + count;
    return true;
  }

  /// A record that begins behind the bad one. Within its block at any byte, since the bad one's length says nothing.
  void look_behind(std::string_view block) {
    const std::size_t from = *bad_at_ < out_.size ? 0 : *bad_at_ - out_.size + 1;
    for (std::size_t at = from; !out_.damaged_at && at + kHeader <= block.size(); ++at)
      if (const auto record = record_at(block.substr(at)); record && (record->type == kFull || record->type == kFirst))
        out_.damaged_at = bad_at_;
  }

  const RecordFile kind_;
  LogFileScan out_;
  std::optional<std::uint64_t> bad_at_, next_;
  bool inside_ = false;
  std::string start_;  ///< of the logical record
};

}  // namespace

std::uint32_t crc32c(std::string_view bytes) {
  std::uint32_t crc = 0xffffffffU;
  for (const char c : bytes) crc = kTable[(crc ^ static_cast<unsigned char>(c)) & 0xffU] ^ (crc >> 8U);
  return crc ^ 0xffffffffU;
}

std::optional<LogFileScan> scan_log_file(const std::string& path, RecordFile kind) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return std::nullopt;
  Scan scan(kind);
  std::string block(kBlock, '\0');
  while (in.read(block.data(), kBlock) || in.gcount() > 0)
    scan.add(std::string_view(block).substr(0, static_cast<std::size_t>(in.gcount())));
  if (in.bad()) return std::nullopt;
  return scan.result();
}

}  // namespace comd::rocks

#pragma once
#include <cstdint>
#include <fstream>
#include <optional>
#include <string>

#include "domain/result.h"
#include "storage/chain.h"

/// A part of the log as a file: docs/log-format.md. Every record carries the beginning of the chain's value behind it, so a byte that
/// was changed is found at its record; a file that is not finished has no end, and can be gone on with.
namespace comd::ctl {

std::string base64(std::string_view);

enum class LogFormat { binary, jsonl };

struct LogFileError {
  std::string message;  ///< names the position
  bool cut = false;     ///< the file ends too early; all before is whole
};

/// How far a file goes.
struct LogFileEnd {
  Position first{};         ///< of the first record, if there is one
  Position last{};          ///< first - 1: there is none
  Digest before{};          ///< the chain's value before the first record
  Digest chain{};           ///< and behind the last
  std::uint64_t bytes = 0;  ///< of the file, up to there
};

/// Reads and checks, record by record.
class LogFileReader {
 public:
  static Result<LogFileReader, LogFileError> open(const std::string& path);

  /// The record at the next position. Nothing: the file is finished here, and whole.
  Result<std::optional<std::string>, LogFileError> next();

  LogFormat format() const { return format_; }
  /// Of what was read so far.
  const LogFileEnd& end() const { return end_; }
  /// Of the whole file, for progress.
  std::uint64_t size() const { return size_; }

 private:
  LogFileReader(std::string path, std::ifstream in) : path_(std::move(path)), in_(std::move(in)) {}
  Result<void, LogFileError> read_header();
  Result<std::optional<std::string>, LogFileError> next_binary();
  Result<std::optional<std::string>, LogFileError> next_line();
  Result<std::optional<std::string>, LogFileError> take(std::string record, std::uint64_t position, std::string_view check);
  Result<std::optional<std::string>, LogFileError> finish(std::uint64_t count, const std::optional<Digest>& chain);
  bool read(std::string& bytes, std::size_t count);
  LogFileError damaged(std::string_view what) const;
  LogFileError cut() const;

  std::string path_;
  std::ifstream in_;
  LogFormat format_ = LogFormat::binary;
  LogFileEnd end_;
  std::uint64_t size_ = 0;
};

/// Writes such a file. Nothing is certain to be on the disk before `finish` returns.
class LogFileWriter {
 public:
  /// A new file, for the records behind `before`.
  static Result<LogFileWriter, std::string> begin(const std::string& path, LogFormat, Position first, const Digest& before);
  /// One that is there: what is behind `end` is cut off.
  static Result<LogFileWriter, std::string> go_on(const std::string& path, LogFormat, const LogFileEnd& end);

  /// The record at the next position. `shown`: what a line says besides, for people; "" or members of a JSON object.
  void add(std::string_view record, std::string_view shown);
  const LogFileEnd& end() const { return end_; }
  /// Closes the file. `complete`: with its end, so that it is whole. An error says what could not be written.
  Result<void, std::string> finish(bool complete);

 private:
  LogFileWriter(std::string path, LogFormat format, LogFileEnd end) : path_(std::move(path)), format_(format), end_(end) {}
  void put(std::string_view bytes);

  std::string path_;
  LogFormat format_;
  LogFileEnd end_;
  std::ofstream out_;
};

}  // namespace comd::ctl

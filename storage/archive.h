#pragma once
#include <functional>
#include <string>
#include <vector>

#include "storage/event_log.h"

/// What keeps the log small while history grows. An order that is over for long is archived, which is an event (domain/product_order.h);
/// then its records move out of the log's own table to files of `<data>/archive`, which may be a link to another disk. A stub stays
/// in the place of each record, with the digest that the chain needs, and every reader is given the record as before.
///
/// A file is made once, synced, read back, and never changed. Only then its records are replaced, so whatever is interrupted leaves
/// a file that nobody refers to, or records in both places; the next run goes on.
namespace comd {

struct ArchiveError {
  std::string message;  ///< "Expected …, but …", and what to do
  bool given_up = false;
};

struct Moved {
  std::uint64_t records = 0, bytes = 0, files = 0;
};

struct MoveOptions {
  Instant now{};
  std::uint64_t file_bytes = std::uint64_t{64} << 20;  ///< of records in one file, about
  /// Told each step ("looking", "collected", "written", "named", "replaced") with what is done so far; false: give up here and now.
  std::function<bool(std::string_view step, const Moved&)> progress = {};
};

/// Moves the records of everything that was archived since the last time: each commit all of whose streams are archived. Any thread,
/// one at a time.
Result<Moved, ArchiveError> move_archived(const EventLog&, const MoveOptions&);

struct ArchiveFile {
  std::string name;
  std::uint64_t records = 0, bytes = 0;  ///< of the records
  Position first{}, last{};
  Instant made{};
  std::uint64_t file_bytes = 0;  ///< as it lies there; zero: it is missing
};
struct ArchiveView {
  std::string directory;
  std::vector<ArchiveFile> files;  ///< in the order in which they were made
  std::uint64_t log_bytes = 0;     ///< what log, index and rows take on disk
};
/// Nothing: the log is not on disk.
std::optional<ArchiveView> view_archive(const EventLog&);

}  // namespace comd

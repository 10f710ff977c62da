#pragma once
#include "storage/archive.h"
#include "storage/rocks_store.h"

/// What the store knows of its archive, in `meta`: the files, and how far the log was looked through for what was archived. Internal
/// to storage/.
///   "archive-file:" name   → "records=… bytes=… first=… last=… made=…"
///   "archived-up-to"       → position
namespace comd::rocks {

inline constexpr const char* kArchivedUpTo = "archived-up-to";
inline constexpr std::string_view kArchiveFile = "archive-file:";

std::vector<ArchiveFile> archive_files_of(const Store&);
std::vector<std::string> archive_names_of(const Store&);
std::string archive_file_text(const ArchiveFile&);
Position archived_up_to(const Store&);

}  // namespace comd::rocks

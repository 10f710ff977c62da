#pragma once
#include "storage/bytes.h"
#include "storage/rocks_store.h"

/// The keys of the tables that are no rows. Internal to storage/.
namespace comd::rocks {

inline std::string log_key(Position position) {
  std::string key;
  bytes::put(key, number(position));
  return key;
}

inline std::string stream_key(const StreamId& stream, Version version) {
  std::string key;
  key.reserve(stream.value.size() + 1 + kVersionBytes);
  key.append(stream.value).push_back('\0');
  bytes::put(key, number(version));
  return key;
}

inline bool is_of(const rocksdb::Slice& key, const StreamId& stream) {
  return key.size() == stream.value.size() + 1 + kVersionBytes && key.starts_with(stream.value) &&
         key[stream.value.size()] == '\0';
}

}  // namespace comd::rocks

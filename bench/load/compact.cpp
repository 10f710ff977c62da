#include "bench/load/compact.h"

#include "storage/rocks_store.h"

namespace comd::bench {

std::optional<std::string> compact(const std::string& directory) {
  auto store = rocks::Store::open({.directory = directory, .create = false, .on_failure = {}}, rocksdb::Env::Default());
  if (!store) return store.error().message;
  for (std::size_t i = 0; i < rocks::kFamilyNames.size(); ++i) {
    auto* family = (*store)->family(static_cast<rocks::Family>(i));
    if (const auto status = (*store)->db().Flush({}, family); !status.ok()) return status.ToString();
    if (const auto status = (*store)->db().CompactRange({}, family, nullptr, nullptr); !status.ok()) return status.ToString();
  }
  return std::nullopt;
}

}  // namespace comd::bench

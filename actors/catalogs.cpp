#include "actors/catalogs.h"

#include <spdlog/spdlog.h>

#include <algorithm>

namespace comd {

std::shared_ptr<const CatalogSet> CatalogRegistry::get() const {
  std::lock_guard lock(mutex_);
  return set_;
}

void CatalogRegistry::add(std::shared_ptr<const Catalog> catalog) {
  std::lock_guard lock(mutex_);
  if (set_->find(catalog->version) != nullptr) return;
  auto next = std::make_shared<CatalogSet>(*set_);
  next->versions.push_back(std::move(catalog));
  set_ = std::move(next);
}

void CatalogRegistry::roll_out(const catalog_log::State& state) {
  std::lock_guard lock(mutex_);
  if (set_->rollouts == state.rollouts) return;
  auto next = std::make_shared<CatalogSet>(*set_);
  next->rollouts = state.rollouts;
  set_ = std::move(next);
}

void CatalogRegistry::load(const EventLog& log, const CatalogParser& parse) {
  catalog_log::State state;
  for (const StoredCommit& stored : log.read_stream(StreamId{std::string(kCatalogStream)})) {
    auto commit = decode(stored.record);
    if (!commit) {
      spdlog::error("Expected commit {} of the catalogue stream to be readable, but: {}", number(stored.position),
                    commit.error().message);
      continue;
    }
    for (const StreamSlice& slice : commit->streams)
      for (const AnyEvent& any : slice.events) {
        const auto* event = std::get_if<catalog_log::Event>(&any);
        if (event == nullptr) continue;
        catalog_log::evolve(state, *event);
        const auto* loaded = std::get_if<catalog_log::Loaded>(event);
        if (loaded == nullptr) continue;
        if (auto catalog = parse(loaded->bytes)) {
          add(*catalog);
        } else {
          const std::string why = catalog.error().empty() ? "no reason given" : catalog.error().front().message;
          spdlog::error("Expected catalogue version {} from the log to be valid, but: {}", loaded->version, why);
        }
      }
  }
  roll_out(state);
}

}  // namespace comd

#include "walked_store.h"

#include "test/support/append.h"

namespace comd::contract {

std::shared_ptr<EventLog> open_log(const std::string& directory) {
  auto log = open_rocks_event_log({.directory = directory, .block_cache_bytes = 8u << 20, .on_failure = {}});
  if (!log) ADD_FAILURE() << log.error().message;
  return log ? std::move(*log) : nullptr;
}

WalkedStore::WalkedStore() {
  walk.world.on_commit = [this](const Commit& commit, const std::string& record, const test::World::Changes& changes) {
    const Append append = test::append_of(commit, record, changes);
    ASSERT_TRUE(log->append({&append, 1})[0]);
    if (keep_derived) derived.push_back(log->derived());
    times.push_back(commit.time);
  };
  walk.submit();
}
WalkedStore::~WalkedStore() = default;

void WalkedStore::go_on(int steps) {
  for (int i = 0; i < steps; ++i) walk.step();
}

}  // namespace comd::contract

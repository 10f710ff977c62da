#include "event_log_contract.h"
#include "temp_dir.h"

namespace comd::contract {
namespace {

class MemorySubject final : public Subject {
 public:
  EventLog& log() override { return *log_; }

 private:
  std::unique_ptr<EventLog> log_ = make_memory_event_log();
};

class RocksSubject final : public Subject {
 public:
  explicit RocksSubject(bool reopen) : reopen_(reopen) {}
  EventLog& log() override {
    if (!log_) {
      auto opened = open_rocks_event_log({.directory = directory_.path(), .block_cache_bytes = 8u << 20, .on_failure = {}});
      if (!opened) ADD_FAILURE() << opened.error().message;
      log_ = std::move(opened.value());
    }
    return *log_;
  }
  void appended() override {
    if (reopen_) log_.reset();
  }

 private:
  bool reopen_;
  TempDir directory_;
  std::unique_ptr<EventLog> log_;
};

INSTANTIATE_TEST_SUITE_P(, EventLogContract,
                         testing::Values(Implementation{"Memory", [] { return std::make_unique<MemorySubject>(); }},
                                         Implementation{"Rocks", [] { return std::make_unique<RocksSubject>(false); }},
                                         Implementation{"RocksReopened", [] { return std::make_unique<RocksSubject>(true); }}),
                         name_of);

}  // namespace
}  // namespace comd::contract

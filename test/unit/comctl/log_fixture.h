#pragma once
#include <filesystem>
#include <fstream>
#include <sstream>

#include "storage/rebuild.h"
#include "test/contract/temp_dir.h"
#include "test/north/memory_consumer_files.h"
#include "test/north/north_fixture.h"
#include "test/unit/comctl/against_server.h"

namespace comd::ctl {

/// comctl, run in this process against a real server with a real log.
class LogCommand : public north::North {
 protected:
  void SetUp() override {
    consumers = *north::Consumers::open(*clock, std::make_shared<north::MemoryConsumerFiles>());
    North::SetUp();
    load_catalog();
  }
  Ran run(std::vector<std::string> words, int port = 0) const {
    words.insert(words.begin(), {"--server", "127.0.0.1:" + std::to_string(port == 0 ? server->port() : port)});
    return ran(std::move(words));
  }
  static std::vector<Json> lines(const std::string& text) {
    std::vector<Json> out;
    std::istringstream in(text);
    for (std::string line; std::getline(in, line);) out.push_back(json_of(line));
    return out;
  }
  std::string completed_order(const std::string& name) {
    const auto id = submitted(north::order_json(name));
    report(completed(service_order_of(id)));
    north::api::WatchRequest wait;
    wait.add_order_ids(id);
    wait.set_until_terminal(true);
    watched(wait);
    return id;
  }
  template <class Condition>
  static void wait_until(Condition condition) {
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    while (!condition() && std::chrono::steady_clock::now() < until) std::this_thread::yield();
    EXPECT_TRUE(condition());
  }
  /// Orders that are complete, running, waiting for a person, and in quarantine; nothing is under way.
  void make_history() {
    complete = completed_order("H-complete");
    submitted(north::order_json("H-running", 1, "PAIR"));
    const auto held = submitted(north::order_json("H-held"));
    report(failed(service_order_of(held), "STUCK_PORT"));
    const auto failing = submitted(north::order_json("H-failed"));
    report(failed(service_order_of(failing), "NO_SUCH_STREET"));
    const auto bad = service_order_of(submitted(north::order_json("H-bad")));
    wait_until([&] { return log->outbox(nullptr, 1).empty() && number(log->head(StreamId{bad})) >= 4; });
    Commit commit;
    commit.time = engine->clock().now();
    const auto head = log->head(StreamId{bad});
    commit.streams.push_back({StreamId{bad}, head, {unreadable::Event{unreadable::Unreadable{299, 1, "?", {}}}}, {}});
    const Append append{{{StreamId{bad}, head, 1}}, encode(commit), {}, {}};
    ASSERT_TRUE(log->append(std::span(&append, 1)).front());
    north::Call call;
    north::wire::ReportAck ack;
    feedback->Report(&call, failed(bad, "NO_PORT", "r-2"), &ack);
    wait_until([&] { return !log->scan(comd::Table::quarantine, {}, {}, 1).rows.empty(); });
    wait_until([&] {
      const auto tail = log->tail();
      return log->outbox(nullptr, 1).empty() && log->tells(nullptr, 1).empty() && log->tail() == tail;
    });
  }
  /// Everything derived, without what the new epoch adds.
  static DerivedRows derived_without_epoch(const EventLog& from) {
    auto rows = from.derived();
    std::erase_if(rows, [](const auto& row) {
      return row.first.starts_with('V') && row.first[1] == static_cast<char>(comd::Table::epoch);
    });
    return rows;
  }
  static std::unique_ptr<EventLog> opened(const std::string& directory) {
    RocksOptions options;
    options.directory = directory;
    auto store = open_rocks_event_log(options);
    EXPECT_TRUE(store) << store.error().message;
    return std::move(*store);
  }
  static std::string content(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  static void write(const std::string& path, const std::string& bytes) { std::ofstream(path, std::ios::binary) << bytes; }

  const contract::TempDir dir;
  std::string complete;
};

}  // namespace comd::ctl

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include "comd/events/v1/commit.pb.h"
#include "test/support/paths.h"
#include "test/support/scenario.h"

/// Recorded bytes of every event, and recorded histories with the states they fold to. What was once written must be read for
/// ever: these files are never changed, only added to. COMD_UPDATE_GOLDEN=1 writes what is missing, and overwrites nothing.
namespace comd {
namespace {

namespace v1 = events::v1;
namespace fs = std::filesystem;

bool updating() { return std::getenv("COMD_UPDATE_GOLDEN") != nullptr; }
fs::path folder() { return test::source("test/golden/records"); }

std::string hex(std::string_view bytes) {
  constexpr char digits[] = "0123456789abcdef";
  std::string out;
  for (const char c : bytes) {
    out += digits[static_cast<unsigned char>(c) >> 4];
    out += digits[static_cast<unsigned char>(c) & 15];
  }
  return out;
}

std::string unhex(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i + 1 < text.size(); i += 2)
    out += static_cast<char>(std::stoi(std::string(text.substr(i, 2)), nullptr, 16));
  return out;
}

std::string read(const fs::path& path) {
  std::ifstream in(path);
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

std::vector<std::string> lines(const std::string& text) {
  std::vector<std::string> out;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);)
    if (!line.empty()) out.push_back(line);
  return out;
}

void write(const fs::path& path, const std::string& text) {
  if (fs::exists(path)) return;
  fs::create_directories(path.parent_path());
  std::ofstream(path) << text;
}

// ── values as text ──────────────────────────────────────────────────────────────────────────────────────────────────

std::string text(const std::string& s) { return '"' + s + '"'; }
std::string text(bool b) { return b ? "true" : "false"; }
std::string text(Instant at) { return std::to_string(at.time_since_epoch().count()) + "ms"; }
std::string text(Millis ms) { return std::to_string(ms.count()) + "ms"; }
template <class T>
requires(std::is_integral_v<T> && !std::is_same_v<T, bool>) std::string text(T n) { return std::to_string(n); }
template <class T>
requires std::is_enum_v<T> std::string text(T e) { return std::to_string(static_cast<std::uint64_t>(e)); }
template <class Tag>
std::string text(const Id<Tag>& id) {
  return id.value;
}
std::string text(const Value& v) { return v.json; }
template <class T>
std::string text(const std::optional<T>& o);
template <class T>
std::string text(const std::vector<T>& list);
template <class T>
std::string text(const std::set<T>& set);
template <class K, class V, class Less>
std::string text(const std::map<K, V, Less>& map);
template <class A, class B>
std::string text(const std::pair<A, B>& pair) {
  return text(pair.first) + ": " + text(pair.second);
}
/// Fields that came behind the first release, by their place in the struct. What was recorded before does not have them: they are told
/// only where they say something.
template <class T>
constexpr std::array<std::size_t, 0> kLater{};
template <>
constexpr std::array<std::size_t, 1> kLater<service_order::Spec>{16};  // replaces
template <>
constexpr std::array<std::size_t, 1> kLater<ProductPlan>{8};  // withdrawn
template <>
constexpr std::array<std::size_t, 1> kLater<product_order::CancelRequested>{2};  // at
template <>
constexpr std::array<std::size_t, 1> kLater<service_order::CancelRequested>{2};  // only_if_agreed
template <>
constexpr std::array<std::size_t, 1> kLater<Order>{11};  // relations
template <>
constexpr std::array<std::size_t, 1> kLater<OrderItem>{8};  // requested_start
template <>
constexpr std::array<std::size_t, 2> kLater<Intervention>{7, 8};  // item, priority
template <>
constexpr std::array<std::size_t, 1> kLater<product_order::ClaimsRequested>{2};  // queue
template <>
constexpr std::array<std::size_t, 1> kLater<product_order::Revised>{9};  // amended
template <class T>
requires(std::is_aggregate_v<T>) std::string text(const T& t) {
  std::string out;
  std::size_t at = 0;
  const auto add = [&]<class Field>(const Field& field) {
    const bool later = std::ranges::find(kLater<T>, at++) != kLater<T>.end();
    if (!later || !(field == Field{})) out += (out.empty() ? "" : ", ") + text(field);
  };
  std::apply([&](const auto&... field) { (add(field), ...); }, test::fields(t));
  return "{" + out + "}";
}
template <class Range>
std::string list_text(const Range& range) {
  std::string out;
  for (const auto& each : range) out += (out.empty() ? "" : ", ") + text(each);
  return "[" + out + "]";
}
template <class T>
std::string text(const std::optional<T>& o) {
  return o ? text(*o) : "none";
}
template <class T>
std::string text(const std::vector<T>& list) {
  return list_text(list);
}
template <class T>
std::string text(const std::set<T>& set) {
  return list_text(set);
}
template <class K, class V, class Less>
std::string text(const std::map<K, V, Less>& map) {
  return list_text(map);
}

// ── every event ─────────────────────────────────────────────────────────────────────────────────────────────────────

std::string event_text(const AnyEvent& event) {
  return std::visit([](const auto& of_aggregate) { return std::visit([](const auto& e) { return text(e); }, of_aggregate); },
                    event);
}

Commit golden_commit(std::size_t kind) {
  test::Fill fill(kind + 1, true);
  Commit commit;
  commit.time = Instant{Millis{1'700'000'000'123}};
  commit.cause = {"Golden", "tester", TenantId{"t1"}, "correlation", "traceparent"};
  commit.streams.push_back({StreamId{"golden"}, Version{4}, {test::make_event(fill, kind)}});
  return commit;
}

/// "<type>-v<format>.golden": the record in hex, and under it the event as text.
TEST(Golden, EveryEventThatWasEverWrittenIsReadAsItWas) {
  for (std::size_t kind = 0; kind < test::kEventKinds; ++kind) {
    const Commit commit = golden_commit(kind);
    const std::string bytes = encode(commit);
    v1::Commit record;
    ASSERT_TRUE(record.ParseFromString(bytes));
    const v1::Event& event = record.slices(0).events(0);
    const std::string name = std::to_string(event.type()) + "-v" + std::to_string(event.version()) + ".golden";
    if (updating()) write(folder() / name, hex(bytes) + "\n" + event_text(commit.streams[0].events[0]) + "\n");
    EXPECT_TRUE(fs::exists(folder() / name))
        << "Expected a recorded " << name << " for " << v1::EventType_Name(static_cast<int>(event.type()))
        << ", but there is none: record it with COMD_UPDATE_GOLDEN=1 and commit it";
  }
  ASSERT_TRUE(fs::exists(folder()));
  for (const auto& entry : fs::directory_iterator(folder())) {
    if (entry.path().extension() != ".golden") continue;
    const auto content = lines(read(entry.path()));
    ASSERT_EQ(content.size(), 2u) << entry.path();
    const auto back = decode(unhex(content[0]));
    ASSERT_TRUE(back) << entry.path() << ": " << back.error().message;
    EXPECT_EQ(event_text(back->streams.at(0).events.at(0)), content[1]) << entry.path();
  }
}

// ── histories ───────────────────────────────────────────────────────────────────────────────────────────────────────

/// What people and other systems are told of a state; less than all of it, so that a state may gain fields.
std::string state_text(const test::World& world, const StreamId& stream) {
  std::ostringstream out;
  out << stream.value << " ";
  if (const auto* s = world.find<product_order::State>(stream)) {
    out << to_text(s->status) << " \"" << s->reason << "\"";
    for (const auto& node : s->nodes)
      out << "\n  " << node.spec.id.value << " " << static_cast<int>(node.progress) << " " << text(node.inputs) << " "
          << text(node.outputs);
  } else if (const auto* so = world.find<service_order::State>(stream)) {
    out << to_text(so->status) << " attempt " << so->attempt << " " << text(so->inputs) << " " << text(so->outputs) << " "
        << text(so->fault);
  } else if (const auto* p = world.find<product::State>(stream)) {
    out << to_text(p->product.status) << " writes " << p->writes << " " << text(p->product);
  } else if (const auto* sv = world.find<service::State>(stream)) {
    out << text(sv->record) << " \"" << sv->operating_status << "\"";
  }
  out << "\n";
  return out.str();
}

std::string states_text(const test::World& world) {
  std::string out;
  for (const auto& [stream, member] : world.members) out += state_text(world, stream);
  return out;
}

/// "history-<seed>.log": one commit a line, in hex. "history-<seed>.states": what it folds to.
constexpr std::uint64_t kRevised = 101;  ///< of this history orders are revised

TEST(Golden, RecordedHistoriesFoldToTheRecordedStates) {
  if (updating()) {
    for (const std::uint64_t seed : {std::uint64_t{7}, std::uint64_t{21}, std::uint64_t{42}, std::uint64_t{77}, kRevised}) {
      test::Walk walk(seed, seed == kRevised);
      walk.submit();
      for (int i = 0; i < 400; ++i) walk.step();
      walk.calm_down(20'000);
      std::string log;
      for (const auto& record : walk.world.records) log += hex(record) + "\n";
      const std::string name = "history-" + std::to_string(seed);
      write(folder() / (name + ".log"), log);
      write(folder() / (name + ".states"), states_text(walk.world));
    }
  }
  int histories = 0;
  for (const auto& entry : fs::directory_iterator(folder())) {
    if (entry.path().extension() != ".log") continue;
    ++histories;
    test::World world{CatalogSet{}};
    for (const auto& line : lines(read(entry.path()))) {
      const auto replayed = world.replay(unhex(line));
      ASSERT_TRUE(replayed) << entry.path() << ": " << replayed.error().message;
    }
    EXPECT_EQ(states_text(world), read(fs::path(entry.path()).replace_extension(".states"))) << entry.path();
  }
  EXPECT_GE(histories, 4) << "Expected recorded histories, but they are gone";
}

}  // namespace
}  // namespace comd

#include "cmd/comd/daemon/verify_log.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <mutex>
#include <nlohmann/json.hpp>
#include <ostream>
#include <thread>

#include "cmd/comd/daemon/builds.h"
#include "storage/rocks_store.h"
#include "storage/verify_chain.h"
#include "storage/verify_states.h"

namespace comd::daemon {
namespace {

using Json = nlohmann::json;
using SteadyClock = std::chrono::steady_clock;

double seconds_since(SteadyClock::time_point began) { return std::chrono::duration<double>(SteadyClock::now() - began).count(); }

std::size_t threads() { return std::max(1u, std::thread::hardware_concurrency()); }

struct Findings {
  Position tail{};
  ChainVerdict chain;
  StateVerdict states;
  double chain_seconds = 0, fold_seconds = 0;
  bool good() const { return !chain.first && states.good(); }
};

Findings examine(const EventLog& log, std::ostream& err) {
  Findings out;
  out.tail = log.tail();
  const auto tell = [&](std::string_view what, Position at, double rate, std::string_view unit) {
    err << fmt::format("{}: {} of {} commits, {:.0f} {}/s\n", what, number(at), number(out.tail), rate, unit) << std::flush;
  };
  auto began = SteadyClock::now(), told = began;
  const auto due = [&told] { return SteadyClock::now() - told >= std::chrono::seconds(1) && (told = SteadyClock::now(), true); };
  ChainWalk walk;
  walk.threads = threads();
  Markers marked;
  std::mutex marking;
  walk.each = [&](const StoredCommit& commit) {  // to fold them, all have to be known: here they are read anyway
    const std::lock_guard lock(marking);
    add_markers(marked, commit.record);
  };
  walk.progress = [&](Position at) {
    if (due()) tell("chain", at, static_cast<double>(number(at)) / seconds_since(began), "commits");
    return true;
  };
  out.chain = verify_chain(log, walk);
  out.chain_seconds = seconds_since(began);
  began = SteadyClock::now();
  StateWalk states;
  states.threads = threads();
  if (!out.chain.first) states.markers = std::move(marked);  // else the walk ended early
  states.progress = [&](const StateVerdict& so_far, Position at) {
    if (due()) tell("fold", at, static_cast<double>(so_far.events) / seconds_since(began), "events");
  };
  out.states = verify_states(log, states);
  out.fold_seconds = seconds_since(began);
  return out;
}

Json document_of(const Findings& f, const std::string& build) {
  const auto& s = f.states;
  Json out{{"build", build},
           {"version", COMD_VERSION},
           {"good", f.good()},
           {"position", number(f.tail)},
           {"chain", {{"hash", to_hex(f.chain.end.hash)}, {"records", f.chain.records}, {"links", f.chain.links}}},
           {"commits", s.commits},
           {"events", s.events},
           {"eventsPerSecond", static_cast<std::uint64_t>(static_cast<double>(s.events) / std::max(f.fold_seconds, 1e-9))},
           {"seconds", {{"chain", f.chain_seconds}, {"fold", f.fold_seconds}}},
           {"statesCompared", s.compared},
           {"statesDiffering", s.differing},
           {"statesUnknown", s.unknown},
           {"unreadableCommits", s.unreadable},
           {"differences", Json::array()},
           {"unreadable", Json::array()}};
  if (f.chain.first)
    out["chain"]["break"] = {
        {"after", number(f.chain.first->after)}, {"until", number(f.chain.first->until)}, {"problem", f.chain.first->problem}};
  for (const auto& each : s.differences)
    out["differences"].push_back({{"stream", each.stream.value},
                                  {"order", family_of(each.stream).value},
                                  {"version", number(each.version)},
                                  {"position", number(each.position)},
                                  {"fields", each.fields}});
  for (const auto& [stream, why] : s.set_aside)
    out["unreadable"].push_back({{"stream", stream.value}, {"version", number(why.version)}, {"problem", why.message}});
  return out;
}

std::string text_of(const Json& d) {
  std::string out = fmt::format("build        {} ({})\nlog          {} commits, {} events, folded at {} events/s\n",
                                d["build"].get<std::string>(), d["version"].get<std::string>(), d["commits"].get<std::uint64_t>(),
                                d["events"].get<std::uint64_t>(), d["eventsPerSecond"].get<std::uint64_t>());
  out += fmt::format("states       {} compared, {} differ, {} of a projection this build does not know\n",
                     d["statesCompared"].get<std::uint64_t>(), d["statesDiffering"].get<std::uint64_t>(),
                     d["statesUnknown"].get<std::uint64_t>());
  const auto& chain = d["chain"];
  out += chain.contains("break") ? "chain        broken: " + chain["break"]["problem"].get<std::string>() + "\n"
                                 : "chain        whole, " + chain["hash"].get<std::string>() + "\n";
  for (const auto& each : d["differences"]) {
    std::string fields;
    for (const auto& field : each["fields"]) fields += (fields.empty() ? "" : ", ") + field.get<std::string>();
    out += fmt::format("differs      {} of {} after version {} (position {}): {}\n", each["stream"].get<std::string>(),
                       each["order"].get<std::string>(), each["version"].get<std::uint64_t>(),
                       each["position"].get<std::uint64_t>(), fields);
  }
  for (const auto& each : d["unreadable"])
    out += fmt::format("unreadable   {} at version {}: {}\n", each["stream"].get<std::string>(),
                       each["version"].get<std::uint64_t>(), each["problem"].get<std::string>());
  return out + (d["good"].get<bool>() ? "passed       this build may serve the log\n"
                                      : "not passed   do not let this build serve the log: go on with the one before\n");
}

}  // namespace

int verify_log(const std::string& data, bool json, std::ostream& out, std::ostream& err) {
  RocksOptions options;
  options.directory = data;
  options.create = false;
  const auto log = open_read_only(options, rocksdb::Env::Default());
  if (!log) {
    err << "comd: " << log.error().message << "\n";
    return 1;
  }
  const auto build = this_build();
  const auto findings = examine(**log, err);
  const auto document = document_of(findings, build);
  out << (json ? document.dump(2) + "\n" : text_of(document)) << std::flush;
  if (!findings.good()) return 5;
  auto builds = read_builds(data);
  builds.verified[build] = {COMD_VERSION, findings.tail,
                            to_text(std::chrono::time_point_cast<Millis>(std::chrono::system_clock::now()))};
  if (const auto error = write_builds(data, builds)) {
    err << "comd: " << *error << "\n";
    return 1;
  }
  return 0;
}

}  // namespace comd::daemon

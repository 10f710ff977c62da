#include "bench/kernels/kernels.h"

#include <benchmark/benchmark.h>

#include <algorithm>

#include "edge/tmf/tmf622.h"
#include "events/any_folded.h"
#include "storage/keys.h"

namespace comd::bench {
namespace {

using benchmark::DoNotOptimize;
using Streams = std::map<StreamId, AnyFolded>;

void take(Streams& streams, const Commit& commit) {
  for (const StreamSlice& slice : commit.streams) {
    auto found = streams.find(slice.stream);
    if (found == streams.end()) found = streams.emplace(slice.stream, *fresh_any(slice.stream)).first;
    DoNotOptimize(apply(found->second, slice));
  }
}

/// The commit in the middle of a life: what a partner reports of one service order.
std::size_t report_of(const History& history) {
  const auto reported = [](const Commit& commit) {
    return std::ranges::any_of(commit.streams, [](const StreamSlice& slice) {
      const auto* event = std::get_if<service_order::Event>(&slice.events.front());
      return event != nullptr && std::holds_alternative<service_order::Reported>(*event);
    });
  };
  return static_cast<std::size_t>(std::ranges::find_if(history.commits, reported) - history.commits.begin());
}

void add_codec(std::vector<Kernel>& out, const History& h) {
  const auto add = [&](const std::string& name, std::size_t at) {
    out.push_back({"encode_" + name, "record", 1, [&h, at] { DoNotOptimize(encode(h.commits[at])); }});
    out.push_back({"decode_" + name, "record", 1, [&h, at] { DoNotOptimize(decode(h.records[at])); }});
  };
  add("submission", 0);
  add("report", report_of(h));
}

void add_decisions(std::vector<Kernel>& out, const History& h) {
  out.push_back({"parse_submission", "order", 1, [&h] {
                   DoNotOptimize(tmf::parse(h.json, {h.order.tenant, "load", {}, h.now}));
                 }});
  out.push_back({"decompose_order3", "order", 1, [&h] { DoNotOptimize(decompose(h.id, h.order, *h.catalogs.newest(), {}, 1)); }});
  out.push_back({"decide_report", "command", 1, [&h] {
                   DoNotOptimize(service_order::decide(h.working, h.completion, {h.now, 0, &h.catalogs}));
                 }});
  out.push_back({"decide_settlement", "command", 1, [&h] {
                   DoNotOptimize(product_order::decide(h.id, h.in_progress, h.settlement, {h.now, &h.catalogs, {}}));
                 }});
}

/// What one settlement changes of an order's rows, and the keys and values of all that one order writes.
void add_rows_of(std::vector<Kernel>& out, const History& h) {
  out.push_back({"agenda_of_order", "agenda", 1, [&h] { DoNotOptimize(product_order::agenda(h.in_progress)); }});
  std::size_t rows = 0;
  const auto build = [&h] {
    std::vector<RowChange> built;
    for (const auto& changes : h.changes)
      for (const auto& [stream, change] : changes) keys::add_rows(built, stream, change);
    return built;
  };
  rows = build().size();
  out.push_back({"build_rows", "row", rows, [build] { DoNotOptimize(build()); }});
}

void add_folds(std::vector<Kernel>& out, const History& h) {
  out.push_back({"evolve_order3", "event", h.events, [&h] {
                   Streams streams;
                   for (const Commit& commit : h.commits) take(streams, commit);
                 }});
  out.push_back({"fold_order3", "event", h.events, [&h] {
                   Streams streams;
                   for (const std::string& record : h.records) take(streams, *decode(record));
                 }});
}

}  // namespace

std::vector<Kernel> make_kernels(const History& history) {
  std::vector<Kernel> out;
  add_codec(out, history);
  add_decisions(out, history);
  add_rows_of(out, history);
  add_folds(out, history);
  return out;
}

}  // namespace comd::bench

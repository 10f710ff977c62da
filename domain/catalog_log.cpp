#include "domain/catalog_log.h"

#include <algorithm>

#include "domain/overload.h"

namespace comd::catalog_log {
namespace {

using Events = std::vector<Event>;
using Decided = Result<Events, Rejection>;

Rollout rollout_of(const State& state, const std::string& version) {
  const auto found = state.rollouts.find(version);
  return found == state.rollouts.end() ? Rollout{} : found->second;
}

/// Whoever no other version takes is taken by one of these.
bool takes_all(const Rollout& rollout) { return !rollout.withdrawn && rollout.percent == 100; }

bool others_take_all(const State& state, const std::string& version) {
  return std::ranges::any_of(
      state.digests, [&](const auto& loaded) { return loaded.first != version && takes_all(rollout_of(state, loaded.first)); });
}

Rejection unknown(const std::string& version) {
  return {RejectionCode::not_found, "Expected a loaded catalogue version, but there is no '" + version + "'", "version",
          "List them with: comctl catalog list"};
}

Rejection nobody_else(const std::string& version) {
  return {RejectionCode::precondition,
          "Expected another catalogue version that takes every order, but without " + version + " there is none", "version",
          "Roll another one out first: comctl catalog rollout VERSION --percent 100"};
}

/// Tenants in order, each once; none where all are taken: then they say nothing.
RolledOut event_of(const RollOut& c) {
  RolledOut out{c.version, c.percent, c.tenants, c.by, c.reason};
  if (c.percent == 100) out.tenants.clear();
  std::ranges::sort(out.tenants);
  const auto twice = std::ranges::unique(out.tenants);
  out.tenants.erase(twice.begin(), twice.end());
  return out;
}

std::optional<Rejection> refusal(const State& state, const RollOut& c) {
  if (c.percent > 100)
    return Rejection{RejectionCode::invalid, "Expected a percentage from 0 to 100, but got " + std::to_string(c.percent),
                     "percent", "0 takes no orders but those of the tenants named"};
  if (c.tenants.size() > kRolloutTenantsMax)
    return Rejection{
        RejectionCode::limit,
        "Expected at most " + std::to_string(kRolloutTenantsMax) + " tenants, but got " + std::to_string(c.tenants.size()),
        "tenants", "Use a percentage"};
  if (c.percent < 100 && !others_take_all(state, c.version)) return nobody_else(c.version);
  return std::nullopt;
}

Decided on(const State& state, const RollOut& c) {
  if (!state.digests.contains(c.version)) return Err(unknown(c.version));
  const Rollout now = rollout_of(state, c.version);
  if (now.withdrawn)
    return Err(Rejection{RejectionCode::precondition,
                         "Expected a catalogue version that may take orders, but " + c.version + " is withdrawn", "version",
                         "What is withdrawn stays so: load the file under a new version"});
  if (auto refused = refusal(state, c)) return Err(*std::move(refused));
  RolledOut event = event_of(c);
  if (event.percent == now.percent && event.tenants == now.tenants) return Events{};
  return Events{std::move(event)};
}

Decided on(const State& state, const Load& c) {
  const auto found = state.digests.find(c.version);
  if (found != state.digests.end()) {
    if (found->second == c.digest) return Events{};
    return Err(Rejection{RejectionCode::conflict,
                         "Expected catalogue version " + c.version + " as it was loaded first (sha-256 " + found->second +
                             "), but this file differs (" + c.digest + ")",
                         "version", "A version never changes: give the changed file a new version"});
  }
  Events out{Loaded{c.name, c.version, c.digest, c.bytes}};
  if (!c.rollout) return out;
  if (auto refused = refusal(state, *c.rollout)) return Err(*std::move(refused));
  if (c.rollout->percent < 100) out.emplace_back(event_of(*c.rollout));
  return out;
}

Decided on(const State& state, const Withdraw& c) {
  if (!state.digests.contains(c.version)) return Err(unknown(c.version));
  if (rollout_of(state, c.version).withdrawn) return Events{};
  if (!others_take_all(state, c.version)) return Err(nobody_else(c.version));
  return Events{Withdrawn{c.version, c.by, c.reason}};
}

}  // namespace

Result<std::vector<Event>, Rejection> decide(const State& state, const Command& command) {
  return std::visit([&](const auto& c) { return on(state, c); }, command);
}

void evolve(State& state, const Event& event) {
  std::visit(Overload{
                 [&](const Loaded& e) { state.digests[e.version] = e.digest; },
                 [&](const RolledOut& e) {
                   Rollout& rollout = state.rollouts[e.version];
                   rollout.percent = e.percent;
                   rollout.tenants = e.tenants;
                 },
                 [&](const Withdrawn& e) { state.rollouts[e.version].withdrawn = true; },
             },
             event);
}

Agenda agenda(const State&) { return {}; }

}  // namespace comd::catalog_log

#include "cmd/activation-sim/script.h"

#include <algorithm>
#include <cstdio>
#include <nlohmann/json.hpp>

namespace comd::sim {
namespace {

std::uint64_t mix(std::uint64_t x) {  // splitmix64
  x += 0x9E3779B97F4A7C15ULL;
  x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9ULL;
  x = (x ^ (x >> 27)) * 0x94D049BB133111EBULL;
  return x ^ (x >> 31);
}

std::uint64_t hash(std::uint64_t seed, const std::string& text) {  // FNV-1a, mixed
  std::uint64_t h = 0xCBF29CE484222325ULL ^ mix(seed);
  for (const unsigned char c : text) h = (h ^ c) * 0x100000001B3ULL;
  return mix(h);
}

std::uint64_t draw_bits(std::uint64_t seed, const std::string& service_order, std::uint32_t attempt, const std::string& fault) {
  return hash(seed, service_order + '\n' + std::to_string(attempt) + '\n' + fault);
}

/// Everything that is decided about one receipt of one service order.
struct Dice {
  std::uint64_t seed;
  const std::string& service_order;
  std::uint32_t attempt, receipt;

  bool strikes(const Chance& chance, const std::string& fault) const {
    if (chance.rate <= 0 || (chance.attempts != 0 && attempt > chance.attempts) || (chance.times != 0 && receipt > chance.times))
      return false;
    return draw(seed, service_order, attempt, fault) < chance.rate;
  }
  /// What befalls the call itself is drawn anew for each receipt, so that a repeated call can get through.
  bool strikes_call(const Chance& chance, const std::string& fault) const {
    return strikes(chance, fault + std::to_string(receipt));
  }
};

void decide_answer(Script& script, const Behaviour& behaviour, const Dice& dice) {
  for (std::size_t i = 0; i < behaviour.refusals.size(); ++i) {
    const Refusal& refusal = behaviour.refusals[i];
    if (!dice.strikes_call(refusal.chance, "refuse" + std::to_string(i) + '/')) continue;
    script.answer = Script::Answer::refuse;
    script.status = refusal.status;
    script.fault = refusal.fault;
    return;
  }
  if (dice.strikes_call(behaviour.hang, "hang"))
    script.answer = Script::Answer::hang;
  else if (dice.strikes_call(behaviour.lose_answer, "loseAnswer"))
    script.answer = Script::Answer::lose;
}

void decide_end(Script& script, const Behaviour& behaviour, const Dice& dice, const wire::ServiceOrder& order) {
  for (std::size_t i = 0; i < behaviour.endings.size(); ++i) {
    const Ending& ending = behaviour.endings[i];
    if (!dice.strikes(ending.chance, "fail" + std::to_string(i))) continue;
    script.end = ending.as;
    script.fault = ending.fault;
    break;
  }
  const bool gives = script.end == wire::REPORT_KIND_COMPLETED || script.end == wire::REPORT_KIND_PARTIAL_ACTIVATION;
  if (!gives || order.action() == wire::ACTION_DELETE) return;
  for (const auto& [name, text] : behaviour.outputs) script.outputs[name] = render(text, name, dice.seed, order);
}

/// One report on its way to comd, with what can befall it.
void send(Script& script, const Behaviour& behaviour, const Dice& dice, Millis at, wire::ReportKind kind,
          const std::string& name) {
  if (dice.strikes(behaviour.drop, "drop/" + name)) return;
  if (dice.strikes(behaviour.late, "late/" + name)) at += behaviour.late_by;
  script.steps.push_back({at, Step::Do::report, kind});
  if (dice.strikes(behaviour.duplicate, "duplicate/" + name)) script.steps.push_back({at + Millis{5}, Step::Do::report, kind});
}

void decide_steps(Script& script, const Behaviour& behaviour, const Dice& dice) {
  const auto span = static_cast<double>((behaviour.delay_max - behaviour.delay_min).count() + 1);
  const Millis end =
      behaviour.delay_min + Millis{static_cast<std::int64_t>(draw(dice.seed, dice.service_order, dice.attempt, "delay") * span)};
  const bool stalls = dice.strikes(behaviour.stall, "stall");
  if (!stalls) script.steps.push_back({end, Step::Do::effect, script.end});
  if (!dice.strikes(behaviour.silence, "silence")) {
    const auto parts = static_cast<std::int64_t>(behaviour.progress.size());
    for (std::int64_t i = 0; i < parts; ++i) {
      const auto kind = behaviour.progress[static_cast<std::size_t>(i)];
      const auto name = std::string(name_of(kind)) + std::to_string(i);
      // Out of order: what should have come on the way comes after the end.
      const Millis at =
          dice.strikes(behaviour.reorder, "reorder/" + name) ? end + Millis{10 + i} : Millis{end.count() * i / parts};
      send(script, behaviour, dice, at, kind, name);
    }
    if (!stalls) send(script, behaviour, dice, end, script.end, "end");
  }
  std::stable_sort(script.steps.begin(), script.steps.end(), [](const Step& a, const Step& b) { return a.at < b.at; });
}

/// The inside of one {…}; false: not a placeholder.
bool expand(const std::string& inside, std::uint64_t bits, const wire::ServiceOrder& order, nlohmann::json& value) {
  char buffer[32];
  if (inside == "seq") {
    std::snprintf(buffer, sizeof buffer, "%06llu", static_cast<unsigned long long>(bits % 1'000'000));
    value = buffer;
  } else if (inside == "hex") {
    std::snprintf(buffer, sizeof buffer, "%08llx", static_cast<unsigned long long>(bits >> 32));
    value = buffer;
  } else if (long long low = 0, high = 0; std::sscanf(inside.c_str(), "int:%lld:%lld", &low, &high) == 2 && low <= high) {
    value = low + static_cast<long long>(bits % static_cast<unsigned long long>(high - low + 1));
  } else if (inside.rfind("characteristic:", 0) == 0) {
    const auto found = order.characteristics().find(inside.substr(15));
    value = found == order.characteristics().end() ? nlohmann::json() : nlohmann::json::parse(found->second, nullptr, false);
    if (value.is_discarded()) value = found->second;
  } else {
    return false;
  }
  return true;
}

}  // namespace

double draw(std::uint64_t seed, const std::string& service_order, std::uint32_t attempt, const std::string& fault) {
  return static_cast<double>(draw_bits(seed, service_order, attempt, fault) >> 11) * 0x1.0p-53;
}

std::string render(const std::string& text, const std::string& output, std::uint64_t seed, const wire::ServiceOrder& order) {
  if (!text.empty() && text.front() == '=') return text.substr(1);  // a literal of the file
  std::string result;
  for (std::size_t at = 0; at < text.size();) {
    const auto close = text[at] == '{' ? text.find('}', at) : std::string::npos;
    nlohmann::json value;
    // The place in the template is hashed too: "10.{int:0:255}.{int:0:255}" is not twice the same number. The service, not the
    // service order: a port that is modified stays the same port.
    if (close == std::string::npos ||
        !expand(text.substr(at + 1, close - at - 1), draw_bits(seed, order.service_id(), 0, output + std::to_string(at)), order,
                value)) {
      result += text[at++];
      continue;
    }
    if (at == 0 && close + 1 == text.size() && !value.is_string()) return value.dump();
    result += value.is_string() ? value.get<std::string>() : value.dump();
    at = close + 1;
  }
  return nlohmann::json(result).dump();
}

Script script_of(const Config& config, const wire::SubmitRequest& request, std::uint32_t receipt) {
  const wire::ServiceOrder& order = request.service_order();
  const Behaviour behaviour = config.behaviour_for(request);
  const Dice dice{config.seed, order.id(), order.attempt(), receipt};
  Script script;
  script.cancel = behaviour.cancel;
  script.amendable = behaviour.amendable;
  script.milestone = behaviour.milestone;
  decide_answer(script, behaviour, dice);
  if (script.answer == Script::Answer::refuse || script.answer == Script::Answer::hang) return script;
  decide_end(script, behaviour, dice, order);
  decide_steps(script, behaviour, dice);
  return script;
}

}  // namespace comd::sim

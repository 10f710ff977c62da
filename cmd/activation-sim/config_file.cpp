#include <yaml-cpp/yaml.h>

#include <nlohmann/json.hpp>

#include "cmd/activation-sim/behaviour.h"

/// The YAML file of activation-sim. Every mistake is told with its line; an unknown key is a mistake.
namespace comd::sim {
namespace {

using Change = std::function<void(Behaviour&)>;

/// Thrown and caught in this file only.
struct Mistake {
  std::string text;
};

[[noreturn]] void fail(const YAML::Node& at, const std::string& text) {
  throw Mistake{"line " + std::to_string(at.Mark().line + 1) + ": " + text};
}

template <class T>
T read(const YAML::Node& node, const std::string& what, const char* type) {
  try {
    return node.as<T>();
  } catch (const YAML::Exception&) { fail(node, "Expected " + what + " to be " + type + ", but it is not."); }
}
std::string text(const YAML::Node& node, const std::string& what) { return read<std::string>(node, what, "text"); }
double rate(const YAML::Node& node, const std::string& what) {
  const double value = read<double>(node, what, "a rate from 0 to 1");
  if (!(value >= 0 && value <= 1)) fail(node, "Expected " + what + " to be from 0 to 1, but it is " + text(node, what) + ".");
  return value;
}
std::uint32_t count(const YAML::Node& node, const std::string& what) { return read<std::uint32_t>(node, what, "a whole number"); }
Millis millis(const YAML::Node& node, const std::string& what) { return Millis{count(node, what)}; }

/// Visits a map's entries; the visitor answers whether it knows the key.
void each(const YAML::Node& map, const std::string& what,
          const std::function<bool(const std::string&, const YAML::Node&)>& visit) {
  if (!map.IsMap()) fail(map, "Expected " + what + " to be a map, but it is not.");
  for (const auto& entry : map) {
    const auto key = text(entry.first, "a key");
    if (!visit(key, entry.second)) fail(entry.first, "Expected a key that " + what + " knows, but got \"" + key + "\".");
  }
}

bool chance_key(Chance& chance, const std::string& key, const YAML::Node& value) {
  if (key == "rate")
    chance.rate = rate(value, key);
  else if (key == "attempts")
    chance.attempts = count(value, key);
  else if (key == "times")
    chance.times = count(value, key);
  else
    return false;
  return true;
}

/// `0.1`, or `{rate: 0.1, attempts: 2, times: 1}` where the rate is 1 if it is not given.
Chance chance(const YAML::Node& node, const std::string& what) {
  Chance result;
  if (node.IsScalar()) {
    result.rate = rate(node, what);
    return result;
  }
  result.rate = 1;
  each(node, what, [&](const std::string& key, const YAML::Node& value) { return chance_key(result, key, value); });
  return result;
}

bool fault_key(wire::Fault& fault, const std::string& key, const YAML::Node& value) {
  if (key == "code")
    fault.set_code(text(value, key));
  else if (key == "message")
    fault.set_message(text(value, key));
  else if (key == "class") {
    const auto name = text(value, key);
    if (name == "transient")
      fault.set_fault_class(wire::FAULT_CLASS_TRANSIENT);
    else if (name == "permanent")
      fault.set_fault_class(wire::FAULT_CLASS_PERMANENT);
    else if (name == "business")
      fault.set_fault_class(wire::FAULT_CLASS_BUSINESS);
    else
      fail(value, "Expected class to be transient, permanent or business, but it is \"" + name + "\".");
  } else
    return false;
  return true;
}

Ending ending(const YAML::Node& node) {
  Ending result;
  result.chance.rate = 1;
  result.fault.set_fault_class(wire::FAULT_CLASS_PERMANENT);
  result.fault.set_code("SIMULATED");
  result.fault.set_message("activation-sim was told to fail this");
  each(node, "fail", [&](const std::string& key, const YAML::Node& value) {
    if (key != "as") return fault_key(result.fault, key, value) || chance_key(result.chance, key, value);
    const auto kind = report_kind(text(value, key));
    if (kind != wire::REPORT_KIND_FAILED && kind != wire::REPORT_KIND_REJECTED && kind != wire::REPORT_KIND_PARTIAL_ACTIVATION)
      fail(value, "Expected as to be failed, rejected or partial, but it is \"" + text(value, key) + "\".");
    result.as = *kind;
    return true;
  });
  return result;
}

int status_number(const YAML::Node& node) {
  static const std::map<std::string, int> kStatuses{
      {"CANCELLED", 1},           {"UNKNOWN", 2},        {"INVALID_ARGUMENT", 3},  {"DEADLINE_EXCEEDED", 4},
      {"NOT_FOUND", 5},           {"ALREADY_EXISTS", 6}, {"PERMISSION_DENIED", 7}, {"RESOURCE_EXHAUSTED", 8},
      {"FAILED_PRECONDITION", 9}, {"ABORTED", 10},       {"OUT_OF_RANGE", 11},     {"UNIMPLEMENTED", 12},
      {"INTERNAL", 13},           {"UNAVAILABLE", 14},   {"DATA_LOSS", 15},        {"UNAUTHENTICATED", 16}};
  const auto found = kStatuses.find(text(node, "status"));
  if (found == kStatuses.end())
    fail(node, "Expected status to be a gRPC status such as RESOURCE_EXHAUSTED, but it is \"" + text(node, "status") + "\".");
  return found->second;
}

Refusal refusal(const YAML::Node& node) {
  Refusal result;
  result.chance.rate = 1;
  result.fault.set_message("activation-sim was told to refuse this");
  each(node, "refuse", [&](const std::string& key, const YAML::Node& value) {
    if (key != "status") return fault_key(result.fault, key, value) || chance_key(result.chance, key, value);
    result.status = status_number(value);
    return true;
  });
  return result;
}

/// One or several, as the file likes.
template <class T, class Read>
std::vector<T> list(const YAML::Node& node, Read read_one) {
  std::vector<T> result;
  if (!node.IsSequence())
    result.push_back(read_one(node));
  else
    for (const auto& one : node) result.push_back(read_one(one));
  return result;
}

Change delay(const YAML::Node& node) {
  const auto ends = list<Millis>(node, [](const YAML::Node& one) { return millis(one, "delay"); });
  if (ends.empty() || ends.size() > 2 || ends.front() > ends.back())
    fail(node, "Expected delay to be milliseconds, as one number or [least, most], but it is not.");
  return [ends](Behaviour& b) { b.delay_min = ends.front(), b.delay_max = ends.back(); };
}

Change outputs(const YAML::Node& node) {
  std::map<std::string, std::string> result;
  each(node, "outputs", [&](const std::string& key, const YAML::Node& value) {
    // An unquoted number or true/false is itself; text is a template. yaml-cpp tags quoted scalars with "!".
    const auto written = text(value, key);
    const bool literal = value.Tag() != "!" && nlohmann::json::accept(written);
    result[key] = (literal ? "=" : "") + written;
    return true;
  });
  return [result](Behaviour& b) {
    for (const auto& [name, value] : result) b.outputs[name] = value;
  };
}

Change progress(const YAML::Node& node) {
  if (!node.IsSequence()) fail(node, "Expected progress to be a list of report kinds, but it is not.");
  const auto kinds = list<wire::ReportKind>(node, [](const YAML::Node& one) {
    const auto kind = report_kind(text(one, "progress"));
    const bool final = !kind || *kind == wire::REPORT_KIND_COMPLETED || *kind == wire::REPORT_KIND_FAILED ||
                       *kind == wire::REPORT_KIND_REJECTED || *kind == wire::REPORT_KIND_PARTIAL_ACTIVATION ||
                       *kind == wire::REPORT_KIND_CANCELLED || *kind == wire::REPORT_KIND_CANCEL_REFUSED;
    if (final)
      fail(one,
           "Expected progress to list acknowledged, in_progress, pending_external, ponr_reached or expected_date, but got \"" +
               text(one, "") + "\".");
    return *kind;
  });
  return [kinds](Behaviour& b) { b.progress = kinds; };
}

Change cancel(const YAML::Node& node) {
  static const std::map<std::string, CancelWay> kWays{{"accept", CancelWay::accept},
                                                      {"refuse", CancelWay::refuse},
                                                      {"refuse_later", CancelWay::refuse_later},
                                                      {"ignore", CancelWay::ignore}};
  const auto found = kWays.find(text(node, "cancel"));
  if (found == kWays.end())
    fail(node, "Expected cancel to be accept, refuse, refuse_later or ignore, but it is \"" + text(node, "cancel") + "\".");
  return [way = found->second](Behaviour& b) { b.cancel = way; };
}

Change amend(const YAML::Node& node) {
  const std::string way = text(node, "amend");
  if (way != "accept" && way != "refuse") fail(node, "Expected amend to be accept or refuse, but it is \"" + way + "\".");
  return [accepts = way == "accept"](Behaviour& b) { b.amendable = accepts; };
}

std::optional<Change> change(const std::string& key, const YAML::Node& value) {
  static const std::map<std::string, Chance Behaviour::*> kChances{
      {"hang", &Behaviour::hang},       {"loseAnswer", &Behaviour::lose_answer},
      {"silence", &Behaviour::silence}, {"stall", &Behaviour::stall},
      {"drop", &Behaviour::drop},       {"duplicate", &Behaviour::duplicate},
      {"late", &Behaviour::late},       {"reorder", &Behaviour::reorder}};
  if (const auto found = kChances.find(key); found != kChances.end())
    return [member = found->second, c = chance(value, key)](Behaviour& b) { b.*member = c; };
  if (key == "delay") return delay(value);
  if (key == "outputs") return outputs(value);
  if (key == "progress") return progress(value);
  if (key == "milestone") return [name = text(value, key)](Behaviour& b) { b.milestone = name; };
  if (key == "cancel") return cancel(value);
  if (key == "amend") return amend(value);
  if (key == "lateBy") return [by = millis(value, key)](Behaviour& b) { b.late_by = by; };
  if (key == "fail") return [all = list<Ending>(value, ending)](Behaviour& b) { b.endings = all; };
  if (key == "refuse") return [all = list<Refusal>(value, refusal)](Behaviour& b) { b.refusals = all; };
  return std::nullopt;
}

wire::Action action(const YAML::Node& node) {
  for (const auto one : {wire::ACTION_ADD, wire::ACTION_MODIFY, wire::ACTION_DELETE})
    if (text(node, "action") == name_of(one)) return one;
  fail(node, "Expected action to be add, modify or delete, but it is \"" + text(node, "action") + "\".");
}

Rule rule(const YAML::Node& node) {
  Rule result;
  each(node, "a rule", [&](const std::string& key, const YAML::Node& value) {
    if (key == "specification")
      result.specification = text(value, key);
    else if (key == "target")
      result.target = text(value, key);
    else if (key == "action")
      result.action = action(value);
    else if (key == "when") {
      each(value, key, [&](const std::string& inner, const YAML::Node& what) {
        if (inner == "characteristic")
          result.characteristic = text(what, inner);
        else if (inner == "equals")
          result.equals = text(what, inner);
        else
          return false;
        return true;
      });
    } else if (auto changes = change(key, value))
      result.changes.push_back(std::move(*changes));
    else
      return false;
    return true;
  });
  return result;
}

wire::Capabilities capabilities(const YAML::Node& node) {
  wire::Capabilities result;
  result.set_delivery(wire::DELIVERY_IDEMPOTENT);
  result.set_streaming(true);
  each(node, "capabilities", [&](const std::string& key, const YAML::Node& value) {
    if (key == "streaming")
      result.set_streaming(read<bool>(value, key, "true or false"));
    else if (key == "settle")
      result.set_settle_ms(millis(value, key).count());
    else if (key == "maxInFlight")
      result.set_max_in_flight(count(value, key));
    else if (key == "specifications")
      for (const auto& one : value) result.add_specifications(text(one, key));
    else if (key == "delivery") {
      const auto name = text(value, key);
      if (name == "idempotent")
        result.set_delivery(wire::DELIVERY_IDEMPOTENT);
      else if (name == "queryable")
        result.set_delivery(wire::DELIVERY_QUERYABLE);
      else if (name == "neither")
        result.set_delivery(wire::DELIVERY_NEITHER);
      else
        fail(value, "Expected delivery to be idempotent, queryable or neither, but it is \"" + name + "\".");
    } else
      return false;
    return true;
  });
  return result;
}

Config config(const YAML::Node& root) {
  Config result;
  result.capabilities[""] = capabilities(YAML::Node(YAML::NodeType::Map));
  if (root.IsNull()) return result;
  each(root, "the file", [&](const std::string& key, const YAML::Node& value) {
    if (key == "seed")
      result.seed = read<std::uint64_t>(value, key, "a whole number");
    else if (key == "capabilities")
      each(value, key, [&](const std::string& target, const YAML::Node& what) {
        result.capabilities[target == "default" ? "" : target] = capabilities(what);
        return true;
      });
    else if (key == "rules")
      result.rules = list<Rule>(value, rule);
    else
      return false;
    return true;
  });
  return result;
}

}  // namespace

tl::expected<Config, std::string> read_config(const std::string& yaml) {
  try {
    return config(YAML::Load(yaml));
  } catch (const Mistake& mistake) { return tl::unexpected(mistake.text); } catch (const YAML::Exception& e) {
    return tl::unexpected("line " + std::to_string(e.mark.line + 1) + ": Expected YAML, but " + e.msg + ".");
  }
}

}  // namespace comd::sim

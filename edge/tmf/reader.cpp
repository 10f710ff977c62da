#include "edge/tmf/reader.h"

#include "edge/tmf/dates.h"

namespace comd::tmf {

std::string Path::text() const {
  std::string out = parent == nullptr ? "" : parent->text();
  if (!name.empty()) out += (out.empty() ? "" : ".") + std::string{name};
  if (index >= 0) out += "[" + std::to_string(index) + "]";
  return out;
}

const Json* attribute(const Json& object, std::string_view name) {
  const auto* members = object.get_ptr<const Json::object_t*>();
  if (members == nullptr) return nullptr;
  const auto found = members->find(name);
  return found == members->end() || found->second.is_null() ? nullptr : &found->second;
}

std::string_view kind_of_json(const Json& value) {
  switch (value.type()) {
    case Json::value_t::null: return "null";
    case Json::value_t::object: return "an object";
    case Json::value_t::array: return "an array";
    case Json::value_t::string: return "a string";
    case Json::value_t::boolean: return "a boolean";
    default: return "a number";
  }
}

void Reader::found(RejectionCode code, std::string message, std::string where, std::string hint) {
  ++count_;
  if (findings_.size() < limits.max_findings) findings_.push_back({code, std::move(message), std::move(where), std::move(hint)});
}

void Reader::too_many(std::string_view what, std::string_view limit_name, std::size_t limit, std::size_t got, std::string where,
                      std::string hint) {
  found(RejectionCode::limit,
        "Expected at most " + std::to_string(limit) + " " + std::string{what} + " (" + std::string{limit_name} + "), but got " +
            std::to_string(got),
        std::move(where), std::move(hint));
}

void Reader::wrong_type(const Json& got, std::string_view expected, std::string where) {
  invalid("Expected " + std::string{expected} + ", but got " + std::string{kind_of_json(got)}, std::move(where));
}

const Json* Reader::object(const Json& parent, const char* name, const Path& path) {
  const Json* value = attribute(parent, name);
  if (value == nullptr || value->is_object()) return value;
  wrong_type(*value, "an object", path.text(name));
  return nullptr;
}

const Json* Reader::array(const Json& parent, const char* name, const Path& path) {
  const Json* value = attribute(parent, name);
  if (value == nullptr || value->is_array()) return value;
  wrong_type(*value, "an array", path.text(name));
  return nullptr;
}

std::optional<std::string> Reader::text(const Json& parent, const char* name, const Path& path, std::size_t max_bytes) {
  const Json* value = attribute(parent, name);
  if (value == nullptr) return std::nullopt;
  if (!value->is_string()) {
    wrong_type(*value, "a string", path.text(name));
    return std::nullopt;
  }
  const auto& text = value->get_ref<const std::string&>();
  if (text.size() > max_bytes) {
    too_many("bytes", max_bytes == limits.max_id ? "max_id" : "max_text", max_bytes, text.size(), path.text(name), "Shorten it");
    return std::nullopt;
  }
  return text;
}

std::optional<std::string> Reader::required_text(const Json& parent, const char* name, const Path& path, std::size_t max_bytes) {
  if (attribute(parent, name) == nullptr) {
    invalid("Expected a string, but it is missing", path.text(name), "Add this attribute");
    return std::nullopt;
  }
  auto value = text(parent, name, path, max_bytes);
  if (value && value->empty()) {
    invalid("Expected a string that is not empty, but it is", path.text(name));
    return std::nullopt;
  }
  return value;
}

std::optional<Instant> Reader::date(const Json& parent, const char* name, const Path& path) {
  const auto value = text(parent, name, path, limits.max_text);
  if (!value || value->empty()) return std::nullopt;  // published samples write "" for "no date"
  const auto instant = parse_date(*value);
  if (!instant) {
    invalid("Expected a date like 2026-05-02T08:00:00Z, but got '" + value->substr(0, 60) + "'", path.text(name),
            "Use RFC 3339: date, 'T', time, zone");
  }
  return instant;
}

bool Reader::is_object(const Json& value, const Path& path) {
  if (value.is_object()) return true;
  wrong_type(value, "an object", path.text());
  return false;
}

std::vector<Rejection> Reader::findings() && {
  if (count_ > findings_.size()) {
    findings_.push_back({RejectionCode::limit,
                         "Expected at most " + std::to_string(limits.max_findings) + " findings (max_findings), but there are " +
                             std::to_string(count_ - findings_.size()) + " more",
                         "", "Correct these first and submit again"});
  }
  return std::move(findings_);
}

}  // namespace comd::tmf

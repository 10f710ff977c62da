#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

/// A characteristic's value: any JSON (TMF: "value is ANY"). The domain keeps it as canonical JSON text, made by the edge
/// (objects' keys sorted, no spaces), and looks inside only for scalars.
namespace comd {

struct Value {
  std::string json = "null";
  bool operator==(const Value&) const = default;  ///< same text; see `same` for 100 and 100.0
};

/// Characteristic name to value, sorted by name: iteration order is part of what makes decomposition a function.
using Values = std::map<std::string, Value>;

std::optional<double> as_number(const Value&);     ///< a JSON number
std::optional<std::string> as_text(const Value&);  ///< a JSON string, unescaped
bool same(const Value&, const Value&);             ///< numbers by value, everything else by canonical text
Value text_value(std::string_view);                ///< escapes to a JSON string
Value number_value(std::int64_t);

}  // namespace comd

#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace comd {

/// How a derived row differs from the rebuilt one, for people: "missing …", "extra …", "differs …"; empty: it does not. At most one of
/// both is absent. Internal to storage/.
inline std::string row_difference(std::string_view key, std::optional<std::string_view> stored,
                                  std::optional<std::string_view> rebuilt) {
  const auto shown = [](std::string_view raw) {
    std::string text;
    for (const char c : raw) text += c >= ' ' && c <= '~' ? c : '.';
    return text;
  };
  if (!rebuilt) return "extra " + shown(key) + " = " + shown(*stored);
  if (!stored) return "missing " + shown(key) + " = " + shown(*rebuilt);
  if (*stored == *rebuilt) return {};
  return "differs " + shown(key) + " = " + shown(*stored) + ", rebuilt " + shown(*rebuilt);
}

}  // namespace comd

#pragma once
#include <yaml-cpp/yaml.h>

#include <initializer_list>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domain/ids.h"
#include "domain/result.h"
#include "domain/value.h"

namespace comd::catalog {

/// A node and its place in the file: "offerings[2].services[1].key".
struct Entry {
  YAML::Node node;
  std::string path;
};

/// Typed access to a YAML file that collects every error with line, column and path. Nothing is guessed: an unknown key, a key
/// that is there twice and an empty value are errors.
class YamlReader {
 public:
  /// A mapping with no other keys than these. False: not a mapping at all.
  bool mapping(const Entry&, std::initializer_list<std::string_view> keys);
  /// Present or nothing; never an error.
  std::optional<Entry> child(const Entry& parent, std::string_view key);
  /// An error when absent.
  std::optional<Entry> required(const Entry& parent, std::string_view key);
  /// The elements; an error when it is no list.
  std::vector<Entry> list(const Entry&);
  std::vector<Entry> list_at(const Entry& parent, std::string_view key);

  std::optional<std::string> text(const Entry&);
  std::optional<bool> boolean(const Entry&);
  std::optional<double> number(const Entry&);
  std::optional<std::uint32_t> whole(const Entry&, std::uint32_t min);
  std::optional<Millis> wait(const Entry&);  ///< a duration above zero
  std::optional<Value> value(const Entry&);  ///< any YAML, as canonical JSON

  std::string text_at(const Entry& parent, std::string_view key);           ///< empty when absent
  std::string required_text_at(const Entry& parent, std::string_view key);  ///< an error when absent or empty
  void read(const Entry& parent, std::string_view key, bool& into);
  void read(const Entry& parent, std::string_view key, double& into);
  void read(const Entry& parent, std::string_view key, std::optional<double>& into);
  void read(const Entry& parent, std::string_view key, Millis& into);

  template <class T>
  std::optional<T> choice(const Entry& entry, std::initializer_list<std::pair<std::string_view, T>> options) {
    const auto name = text(entry);
    if (!name) return std::nullopt;
    std::vector<std::string_view> names;
    for (const auto& [option, value] : options) {
      if (option == *name) return value;
      names.push_back(option);
    }
    not_one_of(entry, *name, names);
    return std::nullopt;
  }
  template <class T>
  void read(const Entry& parent, std::string_view key, T& into, std::initializer_list<std::pair<std::string_view, T>> options) {
    if (const auto entry = child(parent, key)) into = choice(*entry, options).value_or(into);
  }

  void invalid(const Entry& at, std::string message, std::string hint = {});
  /// An error of the domain's `validate`: its path is looked up among the entries that were read.
  void invalid(Rejection);
  void invalid(const YAML::Mark&, std::string path, std::string message, std::string hint);

  bool ok() const { return findings_.empty(); }
  std::vector<Rejection> findings() &&;  ///< in file order

 private:
  struct Finding {
    int line, column;
    Rejection rejection;
  };
  void not_one_of(const Entry&, std::string_view got, const std::vector<std::string_view>& options);
  void expected(std::string_view what, const Entry& got, std::string hint = {});

  std::vector<Finding> findings_;
  std::map<std::string, YAML::Mark, std::less<>> places_;
  std::size_t nodes_ = 0;  ///< of values converted: aliases could multiply them
};

/// "did you mean 'x'?" or empty.
std::string did_you_mean(std::string_view got, const std::vector<std::string_view>& options);

}  // namespace comd::catalog

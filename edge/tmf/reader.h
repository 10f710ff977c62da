#pragma once
#include <optional>
#include <string>
#include <vector>

#include "domain/ids.h"
#include "edge/tmf/json.h"

namespace comd::tmf {

/// Where we are in the document. Lives on the stack; the text is made only for a message.
struct Path {
  const Path* parent = nullptr;
  std::string_view name;
  std::ptrdiff_t index = -1;  ///< position in the list `name`, or -1

  std::string text() const;
  std::string text(std::string_view attribute) const { return Path{this, attribute}.text(); }
};

/// Typed access to a document that collects every error, so a caller repairs an order once and not error by error. An
/// attribute that is null counts as absent.
class Reader {
 public:
  explicit Reader(const Limits& named_limits) : limits(named_limits) {}

  const Limits& limits;

  void found(RejectionCode, std::string message, std::string where, std::string hint);
  void invalid(std::string message, std::string where, std::string hint = {}) {
    found(RejectionCode::invalid, std::move(message), std::move(where), std::move(hint));
  }
  void too_many(std::string_view what, std::string_view limit_name, std::size_t limit, std::size_t got, std::string where,
                std::string hint);
  void wrong_type(const Json& got, std::string_view expected, std::string where);

  /// Null when absent; an error and null when of another type.
  const Json* object(const Json& parent, const char* name, const Path&);
  const Json* array(const Json& parent, const char* name, const Path&);
  std::optional<std::string> text(const Json& parent, const char* name, const Path&, std::size_t max_bytes);
  std::optional<std::string> required_text(const Json& parent, const char* name, const Path&, std::size_t max_bytes);
  std::optional<Instant> date(const Json& parent, const char* name, const Path&);
  bool is_object(const Json&, const Path&);

  std::size_t count() const { return count_; }
  std::vector<Rejection> findings() &&;

 private:
  std::vector<Rejection> findings_;
  std::size_t count_ = 0;
};

/// The attribute, or null when it is absent or null.
const Json* attribute(const Json& object, std::string_view name);
/// "a string", "an array", …: for "Expected …, but got …".
std::string_view kind_of_json(const Json&);

}  // namespace comd::tmf

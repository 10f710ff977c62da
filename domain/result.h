#pragma once
#include <string>
#include <tl/expected.hpp>
#include <utility>

/// `Result<T, E>`: a value or a typed error; no exception crosses an interface. The names match C++23's std::expected, which
/// g++ 12 has only in C++23 mode.
namespace comd {

template <class T, class E>
using Result = tl::expected<T, E>;

template <class E>
tl::unexpected<std::decay_t<E>> Err(E&& error) {
  return tl::unexpected<std::decay_t<E>>(std::forward<E>(error));
}

enum class RejectionCode {
  invalid,       ///< malformed or inconsistent input: fix it and submit again
  not_found,     ///< what the command names does not exist
  conflict,      ///< the same id was used before with other content
  precondition,  ///< true input, wrong moment: the state does not allow it
  limit,         ///< a named limit was exceeded
  unavailable,   ///< cannot be served now; try again later
};

/// A command refused: business as usual, nothing recorded. `message` reads "Expected …, but …".
struct Rejection {
  RejectionCode code{};
  std::string message;
  std::string where;  ///< path of the offending field ("productOrderItem[2].action"), or empty
  std::string hint;   ///< what to do next, or empty
  bool operator==(const Rejection&) const = default;
};

}  // namespace comd

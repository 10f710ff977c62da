#pragma once
#include <type_traits>

namespace comd {

template <class... Fs>
struct Overload : Fs... {
  using Fs::operator()...;
};

/// For an overload that takes one of several.
template <class T, class... Any>
inline constexpr bool is_any_of = (std::is_same_v<T, Any> || ...);

}  // namespace comd

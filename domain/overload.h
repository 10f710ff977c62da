#pragma once

namespace comd {

template <class... Fs>
struct Overload : Fs... {
  using Fs::operator()...;
};

}  // namespace comd

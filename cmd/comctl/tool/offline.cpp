#include "cmd/comctl/tool/offline.h"

#include <fmt/format.h>

#include <array>

namespace comd::ctl {

std::string show_bytes(std::uint64_t bytes) {
  constexpr std::array kUnits = {"KiB", "MiB", "GiB", "TiB"};
  if (bytes < 1024) return fmt::format("{} B", bytes);
  auto amount = static_cast<double>(bytes) / 1024;
  std::size_t unit = 0;
  for (; amount >= 1024 && unit + 1 < kUnits.size(); ++unit) amount /= 1024;
  return fmt::format("{:.1f} {}", amount, kUnits[unit]);
}

Instant now() { return std::chrono::time_point_cast<Millis>(std::chrono::system_clock::now()); }

void Steps::tell(std::string_view what, std::uint64_t done, std::uint64_t of) {
  if (!session_.streams.err_is_terminal) return;
  const auto at = std::chrono::steady_clock::now();
  if (what_ != what) {
    what_ = what;
    began_ = at;
  } else if (at - told_ < std::chrono::milliseconds(100) && done < of) {
    return;
  }
  told_ = at;
  session_.streams.err << "\r\x1b[K" << what;
  if (done > 0) {
    const auto seconds = std::chrono::duration<double>(at - began_).count();
    session_.streams.err << fmt::format(": {} of {}", done, of);
    if (seconds > 0.5) session_.streams.err << fmt::format(", {:.0f}/s", static_cast<double>(done) / seconds);
  }
  session_.streams.err << std::flush;
}

void Steps::end() {
  if (session_.streams.err_is_terminal) session_.streams.err << "\r\x1b[K" << std::flush;
}

}  // namespace comd::ctl

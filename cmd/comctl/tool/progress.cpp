#include "cmd/comctl/tool/progress.h"

#include <fmt/format.h>

#include <algorithm>

#include "cmd/comctl/tool/text.h"

namespace comd::ctl {
namespace {

constexpr std::chrono::milliseconds kRepaint{100}, kLine{3'000};
constexpr std::size_t kColumns = 78;

}  // namespace

std::string progress_line(const Tally& tally, std::chrono::milliseconds elapsed, std::size_t columns) {
  const double share = tally.total == 0 ? 1.0 : static_cast<double>(tally.done) / static_cast<double>(tally.total);
  const double seconds = static_cast<double>(elapsed.count()) / 1000.0;
  const double rate = seconds > 0 ? static_cast<double>(tally.done) / seconds : 0;
  std::string numbers = fmt::format("  {}/{}  {}%", tally.done, tally.total, static_cast<int>(share * 100));
  if (rate > 0) numbers += fmt::format("  {:.0f}/s", rate);
  if (rate > 0 && tally.done < tally.total)
    numbers += fmt::format("  {} left", show_duration(std::chrono::milliseconds(static_cast<std::int64_t>(
                                            static_cast<double>(tally.total - tally.done) / rate * 1000))));
  if (tally.refused > 0) numbers += fmt::format("  {} refused", tally.refused);
  const std::size_t room = std::clamp<std::size_t>(columns > numbers.size() + 2 ? columns - numbers.size() - 2 : 0, 10, 40);
  const auto filled = std::min(room, static_cast<std::size_t>(share * static_cast<double>(room)));
  return "[" + std::string(filled, '#') + std::string(room - filled, '-') + "]" + numbers;
}

void Progress::paint(const Tally& tally) {
  const auto line = progress_line(tally, std::chrono::duration_cast<std::chrono::milliseconds>(now_() - started_), kColumns);
  if (terminal_)
    out_ << "\r\x1b[K" << line << std::flush;
  else
    out_ << line << "\n" << std::flush;
  painted_ = true;
  shown_ = now_();
}

void Progress::update(const Tally& tally) {
  if (now_() - shown_ >= (terminal_ ? kRepaint : kLine)) paint(tally);
}

void Progress::finish(const Tally& tally) {
  if (!terminal_ && !painted_) return;  // over before there was anything to say
  paint(tally);
  if (terminal_) out_ << "\n" << std::flush;
}

}  // namespace comd::ctl

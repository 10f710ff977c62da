#include "actors/disk.h"

#include <array>

#include "actors/log.h"

namespace comd {
namespace {

constexpr std::uint64_t kEaseDivisor = 10;  ///< a tenth above the watermark before a state is left

struct Step {
  DiskState state;
  const char* setting;
  const Watermark DiskLimits::*mark;
};
constexpr std::array kSteps = {Step{DiskState::warn, "disk.warn", &DiskLimits::warn},
                               Step{DiskState::refuse, "disk.refuse", &DiskLimits::refuse},
                               Step{DiskState::read_only, "disk.read_only", &DiskLimits::read_only}};

std::string expected(const DiskView& view, const DiskLimits& limits, DiskState state) {
  const Step& step = kSteps[static_cast<std::size_t>(state) - 1];
  return "Expected at least " + bytes_text(bytes_of(limits.*step.mark, view.total)) + " free on the disk of the log (" +
         step.setting + "), but there are " + bytes_text(view.free) + " besides the reserve";
}

constexpr const char* kMakeRoom = "make room on it, or give it more; comd goes on by itself";

void tell(const DiskView& view, const DiskLimits& limits, DiskState before) {
  const std::initializer_list<LogField> fields = {{"state", std::string(to_text(view.state))},
                                                  {"before", std::string(to_text(before))},
                                                  {"free", std::to_string(view.free)},
                                                  {"total", std::to_string(view.total)}};
  if (view.state == DiskState::ok)
    return log_line(spdlog::level::info, "The disk of the log has room again: " + bytes_text(view.free) + " free", fields);
  std::string text = expected(view, limits, view.state);
  if (view.state == DiskState::warn)
    text += ". Below " + bytes_text(bytes_of(limits.refuse, view.total)) + " no new order is taken";
  if (view.state == DiskState::refuse) text += ". No new order is taken; those that were go on";
  if (view.state == DiskState::read_only) text += ". Nothing is recorded, sent or fired any more; reads are answered";
  log_line(view.state == DiskState::warn ? spdlog::level::warn : spdlog::level::err, text + ": " + kMakeRoom, fields);
}

}  // namespace

std::string bytes_text(std::uint64_t bytes) {
  constexpr std::array<const char*, 5> kUnits = {" bytes", " KiB", " MiB", " GiB", " TiB"};
  std::size_t unit = 0;
  std::uint64_t tenths = bytes * 10;
  for (; tenths >= 10'240 && unit + 1 < kUnits.size(); tenths /= 1'024) ++unit;
  std::string out = std::to_string(tenths / 10);
  if (unit > 0 && tenths < 1'000 && tenths % 10 != 0) out += "." + std::to_string(tenths % 10);
  return out + kUnits[unit];
}

std::uint64_t bytes_of(const Watermark& mark, std::uint64_t total) {
  return mark.percent == 0 ? mark.bytes : total / 100 * mark.percent;
}

std::optional<std::string> out_of_order(const DiskLimits& limits, std::uint64_t total) {
  for (std::size_t i = 0; i + 1 < kSteps.size(); ++i) {
    const std::uint64_t earlier = bytes_of(limits.*kSteps[i].mark, total), later = bytes_of(limits.*kSteps[i + 1].mark, total);
    if (earlier >= later) continue;
    return "Expected " + std::string(kSteps[i].setting) + " to be no less than " + kSteps[i + 1].setting + " (" +
           bytes_text(later) + "), but it is " + bytes_text(earlier) + ".";
  }
  return std::nullopt;
}

std::string_view to_text(DiskState state) {
  switch (state) {
    case DiskState::ok: return "ok";
    case DiskState::warn: return "warn";
    case DiskState::refuse: return "refuse";
    case DiskState::read_only: return "read_only";
  }
  return "unknown";
}

const DiskView& DiskWatch::look() {
  const auto room = space_->room();
  if (!room) {
    if (!std::exchange(blind_, true))
      log_line(spdlog::level::warn, "Expected to see how full the disk of the log is, but: " + room.error());
    return view_;
  }
  blind_ = false;
  const DiskState before = view_.state;
  // Room that a reserve given free left behind is not there to be used, or it would be used.
  const std::uint64_t all = room->free + space_->reserved();
  view_.free = all > limits_.reserve ? all - limits_.reserve : 0;
  view_.total = room->total;
  view_.state = state_of(view_.free, view_.total);
  if (view_.state != before) tell(view_, limits_, before);
  tend_reserve();
  view_.reserved = space_->reserved();
  return view_;
}

DiskState DiskWatch::state_of(std::uint64_t free, std::uint64_t total) const {
  DiskState out = DiskState::ok;
  for (const Step& step : kSteps) {
    std::uint64_t mark = bytes_of(limits_.*step.mark, total);
    if (view_.state >= step.state) mark += mark / kEaseDivisor;
    if (free < mark) out = step.state;
  }
  return out;
}

void DiskWatch::tend_reserve() {
  const std::uint64_t held = space_->reserved();
  if (view_.state >= DiskState::refuse || held == limits_.reserve) return;
  const auto made = space_->reserve(limits_.reserve);
  if (!made && !no_reserve_)
    log_line(spdlog::level::warn,
             "Expected to keep " + bytes_text(limits_.reserve) + " in reserve (disk.reserve), but: " + made.error());
  no_reserve_ = !made;
}

void DiskMode::set(const DiskView& view) {
  view_.store(std::make_shared<const DiskView>(view));
  state_.store(view.state, std::memory_order_relaxed);
}

Rejection DiskMode::no_order() const {
  return {RejectionCode::limit,
          expected(view(), limits_, DiskState::refuse) + "; no new order is taken until then",
          {},
          "Send it again in " + std::to_string(kRetryOrder / Millis{1'000}) +
              " s; nothing of it was recorded. Operator of comd: make room on the disk"};
}

Rejection DiskMode::no_command() const {
  return {RejectionCode::unavailable,
          expected(view(), limits_, DiskState::read_only) + "; only reads are answered until then",
          {},
          "Send it again in " + std::to_string(kRetryCommand / Millis{1'000}) +
              " s; nothing of it was recorded. Operator of comd: make room on the disk"};
}

}  // namespace comd

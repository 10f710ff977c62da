#include <algorithm>
#include <array>
#include <functional>

#include "domain/views.h"
#include "edge/grpc/doctor.h"
#include "storage/each_timer.h"

/// What the doctor reads: the timer table in little memory, and which orders are unfinished.
namespace comd::north {
namespace {

constexpr std::array kUnfinished = {OrderStatus::acknowledged,
                                    OrderStatus::pending,
                                    OrderStatus::in_progress,
                                    OrderStatus::partially_completed,
                                    OrderStatus::compensating,
                                    OrderStatus::held,
                                    OrderStatus::assessing_cancellation,
                                    OrderStatus::pending_cancellation};

std::uint64_t hash_of(std::string_view text) { return std::hash<std::string_view>{}(text); }

std::uint64_t hash_of(std::string_view name, Instant due) {
  return hash_of(name) ^ (static_cast<std::uint64_t>(due.time_since_epoch().count()) * 0x9E3779B97F4A7C15u);
}

}  // namespace

TimerSet TimerSet::read(const EventLog& log, std::size_t limit) {
  TimerSet out;
  out.read_at_ = log.tail();
  const std::uint64_t orders = count_unfinished(log);  // most of which only wait, with one timer each
  out.rows_.reserve(std::min<std::uint64_t>(limit, orders + orders / 8));
  Instant last = Instant::min();
  const bool all = each_timer(log, Instant::max(), limit, [&](const DueTimer& timer) {
    out.rows_.emplace_back(hash_of(timer.stream.value), hash_of(timer.name, timer.due));
    last = timer.due;
  });
  if (!all) out.until_ = last;
  std::ranges::sort(out.rows_);
  return out;
}

bool TimerSet::has(const StreamId& stream) const {
  const auto hash = hash_of(stream.value);
  const auto found = std::ranges::lower_bound(rows_, std::pair{hash, std::uint64_t{0}});
  return found != rows_.end() && found->first == hash;
}

TimerSet::Found TimerSet::find(const StreamId& stream, std::string_view name, Instant due) const {
  if (std::ranges::binary_search(rows_, std::pair{hash_of(stream.value), hash_of(name, due)})) return Found::yes;
  if (until_ && due >= *until_) return Found::unknown;
  return has(stream) ? Found::other : Found::none;
}

bool UnfinishedOrders::next_range() {
  after_.clear();
  if (begun_ && ++state_ < kUnfinished.size()) return true;
  // The next tenant: keys are <tenant> '\0' …, so what follows '\1' is another's.
  const auto page = log_.scan(Table::order_index, "", begun_ ? tenant_ + '\1' : std::string{}, 1);
  if (page.rows.empty()) return false;
  const auto& key = page.rows.front().first;
  tenant_ = key.substr(0, key.find('\0'));
  state_ = 0;
  begun_ = true;
  return true;
}

std::vector<OrderId> UnfinishedOrders::next(std::size_t limit) {
  std::vector<OrderId> out;
  while (true) {
    if (begun_ && state_ < kUnfinished.size()) {
      const auto prefix = views::index_prefix(TenantId{tenant_}, "state", to_text(kUnfinished[state_]));
      const auto page = log_.scan(Table::order_index, prefix, after_, limit);
      for (const auto& [key, value] : page.rows) out.push_back(OrderId{views::id_of_index_key(key)});
      if (!page.rows.empty()) {
        after_ = page.rows.back().first;
        return out;
      }
    }
    if (!next_range()) return out;
  }
}

std::uint64_t count_unfinished(const EventLog& log) {
  std::int64_t sum = 0;
  for (const auto& [name, count] : log.counters()) {
    if (!name.starts_with("orders{")) continue;
    for (const auto status : kUnfinished)
      if (name.ends_with("state=\"" + std::string(to_text(status)) + "\"}")) sum += count;
  }
  return static_cast<std::uint64_t>(std::max<std::int64_t>(sum, 0));
}

WakeupScan scan_wakeups(const EventLog& log, const DoctorLimits& limits) {
  constexpr std::size_t kShown = 1'000;
  WakeupScan out;
  std::vector<std::pair<OrderId, Version>> suspects;
  {
    const auto timers = TimerSet::read(log, limits.timers);
    out.complete = timers.complete();
    UnfinishedOrders walk(log);
    for (auto ids = walk.next(limits.orders_per_step); !ids.empty(); ids = walk.next(limits.orders_per_step)) {
      out.orders += ids.size();
      for (auto& id : ids)
        if (!timers.has(stream_of(id)) && suspects.size() < limits.moving) suspects.emplace_back(std::move(id), Version{});
    }
  }
  if (suspects.empty() || !out.complete) return out;
  // Work went on while the two tables were read: those that have moved since are alive.
  for (auto& [id, version] : suspects) version = log.head(stream_of(id));
  const auto timers = TimerSet::read(log, limits.timers);
  for (const auto& [id, version] : suspects) {
    const auto row = log.row(Table::order, id.value);
    const auto summary = row ? views::decode_order(*row) : std::nullopt;
    const bool finished = summary && std::ranges::none_of(kUnfinished, [&](auto s) { return to_text(s) == summary->state; });
    if (finished || timers.has(stream_of(id)) || log.head(stream_of(id)) != version) continue;
    if (out.without_wakeup.size() < kShown) out.without_wakeup.push_back(id);
  }
  return out;
}

}  // namespace comd::north

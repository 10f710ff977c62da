#include "edge/webhooks/deliveries.h"

#include <algorithm>

#include "domain/check.h"

namespace comd::webhooks {
namespace {

auto place(const Letter& letter) { return std::pair{letter.position, letter.rank}; }

}  // namespace

void Deliveries::add(Letter letter) {
  auto& lane = lanes_[letter.order];
  auto& letters = lane.letters;
  if (std::ranges::find(letters, letter.id, &Letter::id) != letters.end()) return;
  const auto at = std::find_if(letters.begin() + (lane.under_way ? 1 : 0), letters.end(),
                               [&](const Letter& other) { return place(other) > place(letter); });
  if (at == letters.begin()) lane.due = Instant{};
  letters.insert(at, std::move(letter));
  ++size_;
}

std::size_t Deliveries::room() const {
  const auto window = failures_ >= policy_.trouble ? 1 : policy_.window;
  return window - std::min(window, under_way_.size());
}

std::vector<Letter> Deliveries::take(Instant now) {
  const auto room_now = room();
  if (room_now == 0 || now < quiet_until_) return {};
  std::vector<Lane*> due;
  for (auto& [order, lane] : lanes_)
    if (!lane.under_way && lane.due <= now) due.push_back(&lane);
  // In trouble in turns: an outage must not use up the attempts of one.
  const bool in_turns = failures_ >= policy_.trouble;
  std::ranges::sort(due, {}, [in_turns](const Lane* lane) {
    const auto& first = lane->letters.front();
    return std::pair{in_turns ? first.attempts : 0, place(first)};
  });
  if (due.size() > room_now) due.resize(room_now);
  std::vector<Letter> out;
  for (auto* lane : due) {
    lane->under_way = true;
    out.push_back(lane->letters.front());
    under_way_.emplace(out.back().id, out.back().order);
  }
  return out;
}

void Deliveries::pop(std::map<OrderId, Lane>::iterator lane) {
  lane->second.letters.pop_front();
  lane->second.due = Instant{};
  --size_;
  if (lane->second.letters.empty()) lanes_.erase(lane);
}

void Deliveries::delivered(const std::string& id, Instant) {
  const auto node = under_way_.extract(id);
  CHECK(!node.empty());
  const auto lane = lanes_.find(node.mapped());
  lane->second.under_way = false;
  failures_ = 0;
  quiet_until_ = Instant{};
  pop(lane);
}

std::optional<DeadLetter> Deliveries::failed(const std::string& id, const std::string& error, Instant now, bool may_give_up) {
  const auto node = under_way_.extract(id);
  CHECK(!node.empty());
  const auto lane = lanes_.find(node.mapped());
  lane->second.under_way = false;
  ++failures_;
  if (failures_ >= policy_.trouble) quiet_until_ = now + pause(failures_ - policy_.trouble + 1);
  auto& letter = lane->second.letters.front();
  ++letter.attempts;
  if (letter.attempts >= policy_.attempts && may_give_up) {
    DeadLetter dead{letter.id, letter.position, letter.type, letter.order, letter.time, now, letter.attempts, error};
    pop(lane);
    return dead;
  }
  lane->second.due = now + pause(letter.attempts);
  return std::nullopt;
}

/// Doubles from the first to the longest; then between half of it and all of it, so that what failed together comes apart.
Millis Deliveries::pause(std::uint32_t failures) {
  auto longest = policy_.first_pause;
  for (std::uint32_t i = 1; i < failures && longest < policy_.longest_pause; ++i) longest *= 2;
  longest = std::max(Millis{1}, std::min(longest, policy_.longest_pause));
  return Millis{std::uniform_int_distribution<Millis::rep>{(longest.count() + 1) / 2, longest.count()}(random_)};
}

std::optional<Instant> Deliveries::next_due() const {
  if (room() == 0) return std::nullopt;
  std::optional<Instant> out;
  for (const auto& [order, lane] : lanes_)
    if (!lane.under_way) out = std::min(out.value_or(lane.due), lane.due);
  return out ? std::optional(std::max(*out, quiet_until_)) : out;
}

std::optional<Instant> Deliveries::oldest() const {
  std::optional<Instant> out;
  for (const auto& [order, lane] : lanes_)
    for (const auto& letter : lane.letters) out = std::min(out.value_or(letter.time), letter.time);
  return out;
}

std::vector<const Letter*> Deliveries::pending() const {
  std::vector<const Letter*> out;
  for (const auto& [order, lane] : lanes_)
    for (const auto& letter : lane.letters) out.push_back(&letter);
  std::ranges::sort(out, {}, [](const Letter* letter) { return place(*letter); });
  return out;
}

}  // namespace comd::webhooks

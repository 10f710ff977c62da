#include "storage/keys.h"

#include <tuple>

#include "domain/check.h"
#include "storage/bytes.h"

namespace comd::keys {
namespace {

constexpr char kEnd = '\0';  // ends a name within a key

std::string start(Kind kind, std::size_t size) {
  std::string key;
  key.reserve(size + 1);
  key.push_back(static_cast<char>(kind));
  return key;
}

/// Splits "a \0 b" at its first end mark.
std::pair<std::string_view, std::string_view> split(std::string_view text) {
  const auto end = text.find(kEnd);
  CHECK(end != std::string_view::npos);
  return {text.substr(0, end), text.substr(end + 1)};
}

}  // namespace

std::string timer(Instant due, const StreamId& stream, std::string_view name) {
  std::string key = start(Kind::timer, bytes::kWidth + stream.value.size() + 1 + name.size());
  bytes::put(key, due);
  return key.append(stream.value).append(1, kEnd).append(name);
}

std::string effect(const StreamId& stream, std::string_view effect_key) {
  return start(Kind::effect, stream.value.size() + 1 + effect_key.size()).append(stream.value).append(1, kEnd).append(effect_key);
}

std::string tell(const StreamId& from, const StreamId& to, std::string_view name) {
  std::string key = start(Kind::tell, from.value.size() + to.value.size() + 2 + name.size());
  return key.append(from.value).append(1, kEnd).append(to.value).append(1, kEnd).append(name);
}

std::string row(Table table, std::string_view key) {
  return start(Kind::row, 1 + key.size()).append(1, static_cast<char>(table)).append(key);
}

std::string counter(std::string_view name) { return start(Kind::counter, name.size()).append(name); }

std::string effect_value(const Effect& effect) {
  std::string value(1, static_cast<char>(effect.kind));
  bytes::put(value, effect.deadline);
  return value.append(effect.lane);
}

void add_rows(std::vector<RowChange>& out, const StreamId& stream, const AgendaChange& change) {
  CHECK(stream.value.find(kEnd) == std::string::npos);
  for (const auto& gone : change.effects_removed) out.push_back({effect(stream, gone), std::nullopt});
  for (const auto& e : change.effects_added) out.push_back({effect(stream, e.key), effect_value(e)});
  for (const auto& t : change.tells_removed) out.push_back({tell(stream, t.to, t.name), std::nullopt});
  for (const auto& t : change.tells_added) out.push_back({tell(stream, t.to, t.name), std::string{}});
  const auto& [gone, next] = std::tie(change.wakeup_removed, change.wakeup_added);
  const bool same_row = gone && next && gone->due == next->due && gone->name == next->name;
  if (gone && !same_row) out.push_back({timer(gone->due, stream, gone->name), std::nullopt});
  if (next) out.push_back({timer(next->due, stream, next->name), next->reason});
  for (const auto& [table, key] : change.rows_removed) out.push_back({row(table, key), std::nullopt});
  for (const auto& r : change.rows_put) out.push_back({row(r.table, r.key), r.value});
}

void add_consumed(std::vector<RowChange>& out, const ConsumedTell& consumed) {
  out.push_back({tell(consumed.from, consumed.to, consumed.name), std::nullopt});
}

DueTimer timer_in(std::string_view key, std::string_view value) {
  const auto [stream, name] = split(key.substr(1 + bytes::kWidth));
  return {StreamId{std::string(stream)}, std::string(name), bytes::get_instant(key.substr(1)), std::string(value)};
}

OutboxEntry effect_in(std::string_view key, std::string_view value) {
  const auto [stream, effect_key] = split(key.substr(1));
  CHECK(value.size() > bytes::kWidth);
  return {StreamId{std::string(stream)}, std::string(effect_key), std::string(value.substr(1 + bytes::kWidth)),
          static_cast<EffectKind>(value[0]), bytes::get_instant(value.substr(1))};
}

PendingTell tell_in(std::string_view key) {
  const auto [from, rest] = split(key.substr(1));
  const auto [to, name] = split(rest);
  return {StreamId{std::string(from)}, StreamId{std::string(to)}, std::string(name)};
}

}  // namespace comd::keys

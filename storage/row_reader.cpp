#include "storage/row_reader.h"

#include <algorithm>

#include "storage/bytes.h"
#include "storage/keys.h"

namespace comd::rows {
namespace {

std::string first_of(keys::Kind kind) { return std::string(1, static_cast<char>(kind)); }

/// The smallest key behind `key`.
std::string behind(std::string key) {
  key.push_back('\0');
  return key;
}

}  // namespace

std::string behind(const DueTimer* timer) {
  return timer == nullptr ? std::string{} : behind(keys::timer(timer->due, timer->stream, timer->name));
}

std::string due_from(Instant at) {
  std::string key = first_of(keys::Kind::timer);
  bytes::put(key, at);
  return key;
}

void MapPicture::each(std::string_view from, std::string_view to, bool backwards, const Visit& visit) const {
  const auto first = rows_.lower_bound(from);
  const auto last = to.empty() ? rows_.end() : rows_.lower_bound(to);
  if (backwards) {
    for (auto it = last; it != first;) {
      --it;
      if (!visit(it->first, it->second)) return;
    }
  } else {
    for (auto it = first; it != last; ++it)
      if (!visit(it->first, it->second)) return;
  }
}

std::optional<std::string> MapPicture::get(std::string_view key) const {
  const auto it = rows_.find(key);
  return it == rows_.end() ? std::nullopt : std::optional(it->second);
}

std::vector<DueTimer> timers_due(const Picture& picture, std::string_view from, Instant until, std::size_t limit) {
  std::vector<DueTimer> out;
  const std::string first = std::max(std::string(from), first_of(keys::Kind::timer));
  const std::string to = until == Instant::max() ? bytes::after_prefix(first_of(keys::Kind::timer)) : due_from(until + Millis{1});
  if (limit == 0 || to <= first) return out;
  picture.each(first, to, false, [&](std::string_view key, std::string_view value) {
    out.push_back(keys::timer_in(key, value));
    return out.size() < limit;
  });
  return out;
}

std::vector<OutboxEntry> outbox(const Picture& picture, const OutboxEntry* after, std::size_t limit) {
  std::vector<OutboxEntry> out;
  if (limit == 0) return out;
  const std::string table = first_of(keys::Kind::effect);
  const std::string from = after ? behind(keys::effect(after->stream, after->key)) : table;
  picture.each(from, bytes::after_prefix(table), false, [&](std::string_view key, std::string_view value) {
    out.push_back(keys::effect_in(key, value));
    return out.size() < limit;
  });
  return out;
}

std::vector<PendingTell> tells(const Picture& picture, const PendingTell* after, std::size_t limit) {
  std::vector<PendingTell> out;
  if (limit == 0) return out;
  const std::string table = first_of(keys::Kind::tell);
  const std::string from = after ? behind(keys::tell(after->from, after->to, after->name)) : table;
  picture.each(from, bytes::after_prefix(table), false, [&](std::string_view key, std::string_view) {
    out.push_back(keys::tell_in(key));
    return out.size() < limit;
  });
  return out;
}

std::optional<std::string> row(const Picture& picture, Table table, std::string_view key) {
  return picture.get(keys::row(table, key));
}

RowPage scan(const Picture& picture, Table table, std::string_view prefix, std::string_view after, std::size_t limit,
             bool backwards) {
  RowPage page;
  const std::size_t skip = keys::row(table, {}).size();
  std::string from = keys::row(table, prefix);
  std::string to = bytes::after_prefix(from);
  if (!after.empty()) {
    if (backwards)
      to = std::min(to, keys::row(table, after));
    else
      from = std::max(from, behind(keys::row(table, after)));
  }
  if (from >= to) return page;
  picture.each(from, to, backwards, [&](std::string_view key, std::string_view value) {
    page.more = page.rows.size() == limit;
    if (!page.more) page.rows.emplace_back(key.substr(skip), value);
    return !page.more;
  });
  return page;
}

std::vector<std::pair<std::string, std::string>> all(const Picture& picture) {
  std::vector<std::pair<std::string, std::string>> out;
  picture.each({}, {}, false, [&](std::string_view key, std::string_view value) {
    out.emplace_back(key, value);
    return true;
  });
  return out;
}

}  // namespace comd::rows

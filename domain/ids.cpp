#include "domain/ids.h"

#include <cstdio>

namespace comd {
namespace {

/// What follows "po-", "so-", …; an id that is not ours is its own suffix.
std::string_view suffix(std::string_view id, std::string_view prefix) {
  return id.starts_with(prefix) ? id.substr(prefix.size()) : id;
}

constexpr std::string_view kQuarantine = "qu-";

bool is_plain(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
}

}  // namespace

StreamKind kind_of(std::string_view stream) {
  if (stream.starts_with("po-")) return StreamKind::product_order;
  if (stream.starts_with("so-")) return StreamKind::service_order;
  if (stream.starts_with("pr-")) return StreamKind::product;
  if (stream.starts_with("sv-")) return StreamKind::service;
  if (stream.starts_with("rj-")) return StreamKind::repair;
  if (stream.starts_with("sj-")) return StreamKind::subject;
  if (stream.starts_with(kQuarantine)) return StreamKind::quarantine;
  if (stream == kCatalogStream) return StreamKind::catalog;
  if (stream == kUnmatchedStream) return StreamKind::unmatched;
  if (stream == kEpochStream) return StreamKind::epoch;
  if (stream == kHoldsStream) return StreamKind::holds;
  return StreamKind::unknown;
}

StreamId family_of(const StreamId& stream) {
  const std::string_view id = stream.value;
  if (id.starts_with(kQuarantine)) return family_of(quarantined_by(stream));
  if (id.starts_with("so-")) {  // so-<suffix>.… → po-<suffix>
    return StreamId{"po-" + std::string{id.substr(3, id.find('.') - 3)}};
  }
  if (id.starts_with("sv-")) {  // sv-<product's suffix>.<site>.<key> → pr-<product's suffix>
    const std::size_t key = id.rfind('.');
    const std::size_t site = key == std::string_view::npos || key == 0 ? key : id.rfind('.', key - 1);
    if (site != std::string_view::npos && site > 3) return StreamId{"pr-" + std::string{id.substr(3, site - 3)}};
  }
  return stream;
}

StreamId quarantine_of(const StreamId& stream) { return StreamId{std::string(kQuarantine) + stream.value}; }

StreamId quarantined_by(const StreamId& quarantine) { return StreamId{quarantine.value.substr(kQuarantine.size())}; }

std::string id_part(std::string_view raw) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string out;
  out.reserve(raw.size());
  for (const char c : raw) {
    if (is_plain(c)) {
      out.push_back(c);
    } else {
      const auto byte = static_cast<unsigned char>(c);
      out.push_back('%');
      out.push_back(kHex[byte >> 4]);
      out.push_back(kHex[byte & 0xF]);
    }
  }
  return out;
}

ServiceOrderId service_order_id(const OrderId& order, std::string_view item, std::uint32_t unit, std::uint32_t site,
                                std::string_view key, std::uint32_t revision, bool undo) {
  std::string id = "so-";
  id += suffix(order.value, "po-");
  id += '.' + id_part(item) + '.' + std::to_string(unit) + '.' + std::to_string(site) + '.' + id_part(key);
  id += ".r" + std::to_string(revision);
  if (undo) id += ".undo";
  return ServiceOrderId{id};
}

ProductId product_id(const OrderId& order, std::string_view item, std::uint32_t unit) {
  return ProductId{"pr-" + std::string{suffix(order.value, "po-")} + '.' + id_part(item) + '.' + std::to_string(unit)};
}

ServiceId service_id(const ProductId& product, std::uint32_t site, std::string_view key) {
  return ServiceId{"sv-" + std::string{suffix(product.value, "pr-")} + '.' + std::to_string(site) + '.' + id_part(key)};
}

std::string to_text(Instant instant) {
  const auto day = std::chrono::floor<std::chrono::days>(instant);
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss time{instant - day};
  char text[64];
  const int length = std::snprintf(text, sizeof text, "%04d-%02u-%02uT%02d:%02d:%02d.%03dZ", static_cast<int>(date.year()),
                                   static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                                   static_cast<int>(time.hours().count()), static_cast<int>(time.minutes().count()),
                                   static_cast<int>(time.seconds().count()), static_cast<int>(time.subseconds().count()));
  return std::string(text, static_cast<std::size_t>(length));
}

}  // namespace comd

#pragma once
#include <chrono>
#include <compare>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

/// Identifiers, positions and time. Every id is a string with a type of its own; the kind of a stream is its prefix, so an
/// id that reaches a log line or the disk says what it names.
namespace comd {

template <class Tag>
struct Id {
  std::string value;
  auto operator<=>(const Id&) const = default;
  bool empty() const { return value.empty(); }
};

using OrderId = Id<struct OrderTag>;                ///< "po-<suffix>": a product order (TMF622)
using ServiceOrderId = Id<struct ServiceOrderTag>;  ///< "so-<suffix>.<item>.<unit>.<site>.<key>.r<revision>[.undo]"
using ProductId = Id<struct ProductTag>;            ///< "pr-<suffix>.<item>.<unit>": a product instance (TMF637)
using ServiceId = Id<struct ServiceTag>;            ///< "sv-<suffix>.<item>.<unit>.<site>.<key>": a service instance (TMF638)
using RepairId = Id<struct RepairTag>;              ///< "rj-<suffix>": a bulk repair
using TenantId = Id<struct TenantTag>;
using StreamId = Id<struct StreamTag>;  ///< any of the above, or one of the system streams below

template <class Tag>
StreamId stream_of(const Id<Tag>& id) {
  return StreamId{id.value};
}

enum class StreamKind {
  product_order,
  service_order,
  product,
  service,
  catalog,
  unmatched,
  repair,
  quarantine,
  epoch,
  subject,
  holds,
  unknown
};

inline constexpr std::string_view kCatalogStream = "catalog";
inline constexpr std::string_view kUnmatchedStream = "unmatched";
inline constexpr std::string_view kEpochStream = "epoch";
inline constexpr std::string_view kHoldsStream = "holds";

/// Never fails: what is not ours is `unknown`.
StreamKind kind_of(std::string_view stream);

/// The family a stream belongs to: a product order and its service orders; a product and its service instances. Streams of
/// one family share a partition and may share one append.
StreamId family_of(const StreamId& stream);

/// The stream that tells of another one's quarantine: "qu-" and that one's id; and back.
StreamId quarantine_of(const StreamId&);
StreamId quarantined_by(const StreamId& quarantine);

/// Item ids come from clients: everything but [A-Za-z0-9_-] is percent-encoded, so '.' always separates the parts of an id.
std::string id_part(std::string_view raw);

ServiceOrderId service_order_id(const OrderId&, std::string_view item, std::uint32_t unit, std::uint32_t site,
                                std::string_view key, std::uint32_t revision, bool undo);
ProductId product_id(const OrderId&, std::string_view item, std::uint32_t unit);
ServiceId service_id(const ProductId&, std::uint32_t site, std::string_view key);

/// Version of a stream after an event: 1, 2, 3, … Zero: no event yet.
enum class Version : std::uint64_t {};
/// Position of a commit in the log: 1, 2, 3, … in commit order, without gaps. Zero: before the first.
enum class Position : std::uint64_t {};

constexpr std::uint64_t number(Version v) { return static_cast<std::uint64_t>(v); }
constexpr std::uint64_t number(Position p) { return static_cast<std::uint64_t>(p); }
constexpr Version operator+(Version v, std::size_t n) { return Version{number(v) + n}; }

using Millis = std::chrono::milliseconds;
/// UTC, millisecond resolution. The domain is told the time and never asks for it.
using Instant = std::chrono::sys_time<Millis>;

/// RFC 3339, UTC, with milliseconds and 'Z'.
std::string to_text(Instant);

}  // namespace comd

/// Not noexcept: only so libstdc++ keeps each hash beside its key. Otherwise a look-up hashes the keys of its neighbours anew.
template <class Tag>
struct std::hash<comd::Id<Tag>> {
  std::size_t operator()(const comd::Id<Tag>& id) const { return std::hash<std::string>{}(id.value); }
};

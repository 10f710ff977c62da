#include "domain/projection.h"

#include "domain/fnv1a.h"

namespace comd {
namespace {

/// Canonical: every part with its length or a fixed width, so that no two values read the same.
class Fnv {
 public:
  Fnv& operator<<(std::string_view text) {
    *this << static_cast<std::uint64_t>(text.size());
    hash_ = fnv1a(text, hash_);
    return *this;
  }
  Fnv& operator<<(const std::string& text) { return *this << std::string_view(text); }
  template <class T>
  requires std::is_integral_v<T> || std::is_enum_v<T> Fnv& operator<<(T value) {
    auto n = static_cast<std::uint64_t>(value);
    for (int i = 0; i < 8; ++i, n >>= 8) byte(static_cast<unsigned char>(n & 0xff));
    return *this;
  }
  Fnv& operator<<(Instant at) { return *this << at.time_since_epoch().count(); }
  template <class Tag>
  Fnv& operator<<(const Id<Tag>& id) {
    return *this << id.value;
  }
  Fnv& operator<<(const Value& value) { return *this << value.json; }
  template <class T>
  Fnv& operator<<(const std::vector<T>& list) {
    *this << list.size();
    for (const T& each : list) *this << each;
    return *this;
  }
  template <class K, class V, class Less>
  Fnv& operator<<(const std::map<K, V, Less>& map) {
    *this << map.size();
    for (const auto& [key, value] : map) *this << key << value;
    return *this;
  }
  std::uint32_t digest() const { return static_cast<std::uint32_t>(hash_ ^ hash_ >> 32); }

 private:
  void byte(unsigned char b) { hash_ = fnv1a(b, hash_); }
  std::uint64_t hash_ = kFnv1aBasis;
};

template <class... Parts>
std::uint32_t digest_of(const Parts&... parts) {
  Fnv fnv;
  (fnv << ... << parts);
  return fnv.digest();
}

template <class Range, class Put>
std::uint32_t digest_each(const Range& range, Put put) {
  Fnv fnv;
  fnv << std::size(range);
  for (const auto& each : range) put(fnv, each);
  return fnv.digest();
}

using Node = product_order::Node;

}  // namespace

Projection project(const product_order::State& s, std::uint8_t number) {
  if (number != 1) return {};
  return {
      {"status", digest_of(s.status)},
      {"plan", digest_each(s.nodes,
                           [](Fnv& fnv, const Node& node) {
                             const auto& spec = node.spec;
                             fnv << spec.id << spec.specification << spec.target << spec.action << spec.undoes << spec.depends_on;
                           })},
      {"catalog", digest_of(s.catalog_version, s.catalog_digest)},
      {"progress",
       digest_each(s.nodes, [](Fnv& fnv, const Node& node) { fnv << node.progress << node.ponr_reached << node.released; })},
      {"outputs", digest_each(s.nodes, [](Fnv& fnv, const Node& node) { fnv << node.inputs << node.outputs; })},
      {"claims", digest_each(s.claims,
                             [](Fnv& fnv, const auto& each) {
                               fnv << each.first << each.second.item << each.second.settled << each.second.granted;
                             })},
      {"writes", digest_each(s.writes,
                             [](Fnv& fnv, const auto& each) {
                               fnv << each.first << each.second.outcome << each.second.settled << each.second.status;
                             })},
      {"timers", digest_of(s.timers)},
      {"decisions", digest_of(s.decomposed, s.unwinding, s.compensation_planned, s.unwind_cause, s.on_hold, s.accepted,
                              s.cancel_requested, s.remainder.size())},
  };
}

Projection project(const service_order::State& s, std::uint8_t number) {
  if (number != 1) return {};
  const auto& spec = s.spec;
  return {
      {"status", digest_of(s.status, s.then)},
      {"plan", digest_of(spec.id, spec.order, spec.service, spec.specification, spec.catalog_version, spec.target, spec.action,
                         spec.undoes, spec.depends_on)},
      {"attempt", digest_of(s.attempt, s.failures, s.doubts, s.sent, s.ask, s.reference)},
      {"inputs", digest_of(s.inputs, spec.previous)},
      {"outputs", digest_of(s.outputs, s.partly)},
      {"timers", digest_of(s.timers)},
      {"cancel", digest_of(s.cancel_wanted, s.cancel_calling, s.cancel_refused, s.cancel_attempts)},
      {"fault", digest_of(s.fault.fault_class, s.fault.code)},
      {"told", digest_of(s.holds, s.nudges, s.reopens, s.ponr_reached, s.milestones.size(), s.reports_taken)},
  };
}

Projection project(const product::State& s, std::uint8_t number) {
  if (number != 1) return {};
  const auto& p = s.product;
  return {
      {"status", digest_of(p.status, p.offering.id, p.offering.version, p.catalog_version)},
      {"claim", digest_of(p.claimed_by, s.claimed_item, s.claimed_action, s.last_order)},
      {"characteristics", digest_of(p.characteristics)},
      {"services", digest_each(p.services,
                               [](Fnv& fnv, const product::ServiceRecord& service) {
                                 fnv << service.id << service.specification << service.target << service.state
                                     << service.characteristics << service.outputs << service.depends_on;
                               })},
      {"writes", digest_of(s.writes)},
  };
}

Projection project(const service::State& s, std::uint8_t number) {
  if (number != 1) return {};
  return {
      {"status", digest_of(s.record.state, s.operating_status)},
      {"service", digest_of(s.record.id, s.product, s.last_order, s.record.specification, s.record.target)},
      {"characteristics", digest_of(s.record.characteristics, s.record.outputs)},
  };
}

std::string to_bytes(const Projection& projection) {
  if (projection.empty()) return {};
  std::string out(1, static_cast<char>(kProjection));
  for (const ProjectedField& field : projection)
    for (int shift = 24; shift >= 0; shift -= 8) out.push_back(static_cast<char>(field.digest >> shift & 0xff));
  return out;
}

std::uint8_t number_of(std::string_view recorded) { return recorded.empty() ? 0 : static_cast<std::uint8_t>(recorded[0]); }

std::vector<std::string> differing(std::string_view recorded, const Projection& state) {
  if (recorded.size() != 1 + 4 * state.size()) return {"projection"};
  std::vector<std::string> out;
  std::size_t at = 1;
  for (const ProjectedField& field : state) {
    std::uint32_t digest = 0;
    for (int i = 0; i < 4; ++i) digest = digest << 8 | static_cast<unsigned char>(recorded[at++]);
    if (digest != field.digest) out.emplace_back(field.name);
  }
  return out;
}

}  // namespace comd

#pragma once
#include <concepts>

#include "domain/fields.h"

/// Inside of fields_of: how values become fields.
namespace comd {

/// Collects fields under a prefix.
class Put {
 public:
  Put(Fields& out, std::string prefix) : out_(out), prefix_(std::move(prefix)) {}

  Put in(const std::string& name) const { return {out_, prefix_ + name + "."}; }

  void operator()(const std::string& name, std::string_view text) const {
    if (!text.empty()) out_[prefix_ + name] = text;
  }
  void operator()(const std::string& name, const std::string& text) const { (*this)(name, std::string_view(text)); }
  void operator()(const std::string& name, const char* text) const { (*this)(name, std::string_view(text)); }
  void operator()(const std::string& name, bool set) const {
    if (set) out_[prefix_ + name] = "true";
  }
  template <std::integral Number>
  requires(!std::same_as<Number, bool>) void operator()(const std::string& name, Number value) const {
    if (value != 0) out_[prefix_ + name] = std::to_string(value);
  }
  void operator()(const std::string& name, Instant at) const {
    if (at != Instant{}) out_[prefix_ + name] = to_text(at);
  }
  void operator()(const std::string& name, const std::optional<Instant>& at) const {
    if (at) out_[prefix_ + name] = to_text(*at);
  }
  void operator()(const std::string& name, Millis value) const {
    if (value != Millis{}) out_[prefix_ + name] = std::to_string(value.count()) + "ms";
  }
  template <class Tag>
  void operator()(const std::string& name, const Id<Tag>& id) const {
    (*this)(name, id.value);
  }
  template <class E>
  requires std::is_enum_v<E>
  void operator()(const std::string& name, E value) const {
    if constexpr (requires { to_text(value); })
      (*this)(name, to_text(value));
    else
      (*this)(name, static_cast<unsigned>(value));
  }
  void operator()(const std::string& name, const Values& values) const {
    for (const auto& [key, value] : values) out_[prefix_ + name + "." + key] = value.json;
  }
  void operator()(const std::string& name, const service_order::Fault& fault) const {
    if (fault == service_order::Fault{}) return;
    const auto put = in(name);
    put("class", to_text(fault.fault_class));
    put("code", fault.code);
    put("message", fault.message);
  }
  template <class Map>
  void timers(const Map& timers) const {
    for (const auto& [name, due] : timers) out_[prefix_ + "timers." + name] = to_text(due);
  }
  template <class T>
  void list(const std::string& name, const std::vector<Id<T>>& ids) const {
    std::string all;
    for (const auto& id : ids) all += (all.empty() ? "" : " ") + id.value;
    (*this)(name, all);
  }
  /// All of them are told in one field: they are looked for, not read.
  template <class Set>
  void set(const std::string& name, const Set& texts) const {
    std::string all;
    for (const std::string& text : texts) all += (all.empty() ? "" : " ") + text;
    (*this)(name, all);
  }
  void places(const std::vector<PlaceRef>& places) const {
    for (std::size_t i = 0; i < places.size(); ++i) {
      const auto put = in("places." + std::to_string(i + 1));
      put("id", places[i].id);
      put("role", places[i].role);
      put("name", places[i].name);
    }
  }
  void parties(const std::vector<PartyRef>& parties) const {
    for (std::size_t i = 0; i < parties.size(); ++i) {
      const auto put = in("parties." + std::to_string(i + 1));
      put("id", parties[i].sealed.empty() ? parties[i].id : parties[i].sealed);
      put("role", parties[i].role);
    }
  }
  void offering(const OfferingRef& offering) const {
    (*this)("offering", offering.id);
    (*this)("offering.name", offering.name);
    (*this)("offering.version", offering.version);
  }

 private:
  Fields& out_;
  const std::string prefix_;
};

void put_intervention(const Put&, const Intervention&);
void put_snapshot(const Put&, const product::Snapshot&);

}  // namespace comd

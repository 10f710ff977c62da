#include "events/codec.h"

namespace comd::events::v1 {

std::uint8_t byte_of(std::uint32_t value, const char* what, Trouble& trouble) {
  if (value > 255) {
    trouble.add("Expected " + std::string(what) + " of at most 255, but found " + std::to_string(value));
    return 0;
  }
  return static_cast<std::uint8_t>(value);
}

void put(const Values& values, RepeatedPtrField<Characteristic>& to) {
  to.Reserve(static_cast<int>(values.size()));
  for (const auto& [name, value] : values) {
    Characteristic& c = *to.Add();
    c.set_name(name);
    c.set_json(value.json);
  }
}

void get(const RepeatedPtrField<Characteristic>& from, Values& values) {
  // They were written in order, so each goes at the end; elsewhere the last of a name wins.
  for (const Characteristic& c : from) values.insert_or_assign(values.end(), c.name(), Value{c.json()});
}

void put(const OfferingRef& from, Offering& to) {
  to.set_id(from.id);
  to.set_name(from.name);
  to.set_version(from.version);
}

void get(const Offering& from, OfferingRef& to) { to = {from.id(), from.name(), from.version()}; }

void put(const std::vector<PartyRef>& parties, RepeatedPtrField<Party>& to) {
  for (const PartyRef& party : parties) {
    Party& p = *to.Add();
    p.set_id(party.id);
    p.set_role(party.role);
    p.set_sealed(party.sealed);
  }
}

void get(const RepeatedPtrField<Party>& from, std::vector<PartyRef>& parties) {
  for (const Party& p : from) parties.push_back({p.id(), p.role(), p.sealed()});
}

void put(const std::vector<PlaceRef>& places, RepeatedPtrField<Place>& to) {
  for (const PlaceRef& place : places) {
    Place& p = *to.Add();
    p.set_id(place.id);
    p.set_role(place.role);
    p.set_name(place.name);
  }
}

void get(const RepeatedPtrField<Place>& from, std::vector<PlaceRef>& places) {
  for (const Place& p : from) places.push_back({p.id(), p.role(), p.name()});
}

void put(const service_order::Fault& from, Fault& to) {
  to.set_fault_class(static_cast<FaultClass>(from.fault_class));
  to.set_code(from.code);
  to.set_message(from.message);
}

void get(const Fault& from, service_order::Fault& to, Trouble& trouble) {
  to.fault_class = enum_of<comd::FaultClass>(from.fault_class(), FaultClass_IsValid, "fault class", trouble);
  to.code = from.code();
  to.message = from.message();
}

void put(const comd::Intervention& from, Intervention& to) {
  to.set_remedy(static_cast<Remedy>(from.remedy));
  to.set_by(from.by);
  to.set_reason(from.reason);
  put(from.values, *to.mutable_values());
  to.set_assignee(from.assignee);
  to.set_force(from.force);
  to.set_id(from.id);
  to.set_item(from.item);
  if (from.priority) to.set_priority(*from.priority);
}
void get(const Intervention& from, comd::Intervention& to, Trouble& t) {
  to.remedy = enum_of<comd::Remedy>(from.remedy(), Remedy_IsValid, "remedy", t);
  to.by = from.by();
  to.reason = from.reason();
  get(from.values(), to.values);
  to.assignee = from.assignee();
  to.force = from.force();
  to.id = from.id();
  to.item = from.item();
  if (from.has_priority()) to.priority = byte_of(from.priority(), "a priority", t);
}

}  // namespace comd::events::v1

#include "domain/view_text.h"
#include "domain/views.h"

/// What waits for a person.
namespace comd::views {

std::string encode(const PersonSummary& s) {
  Writer out;
  out.text("id", s.id);
  out.text("kind", s.kind);
  out.text("tenant", s.tenant.value);
  out.text("order", s.order.value);
  out.text("item", s.item);
  out.text("key", s.key);
  out.text("specification", s.specification);
  out.text("target", s.target);
  out.text("state", s.state);
  out.text("class", s.fault_class);
  out.text("code", s.code);
  out.text("message", s.message);
  out.time("since", s.since);
  out.time("until", s.until);
  out.number("attempts", s.attempts);
  out.number("inDoubt", s.in_doubt);
  out.number("optional", s.optional);
  out.number("compensation", s.compensation);
  out.text("assignee", s.assignee);
  return std::move(out).take();
}

std::optional<PersonSummary> decode_person(std::string_view bytes) {
  PersonSummary s;
  const bool ok = read(bytes, [&](std::string_view name, std::string value) {
    if (name == "id")
      s.id = std::move(value);
    else if (name == "kind")
      s.kind = std::move(value);
    else if (name == "tenant")
      s.tenant.value = std::move(value);
    else if (name == "order")
      s.order.value = std::move(value);
    else if (name == "item")
      s.item = std::move(value);
    else if (name == "key")
      s.key = std::move(value);
    else if (name == "specification")
      s.specification = std::move(value);
    else if (name == "target")
      s.target = std::move(value);
    else if (name == "state")
      s.state = std::move(value);
    else if (name == "class")
      s.fault_class = std::move(value);
    else if (name == "code")
      s.code = std::move(value);
    else if (name == "message")
      s.message = std::move(value);
    else if (name == "since")
      s.since = to_instant(value);
    else if (name == "until")
      s.until = to_instant(value);
    else if (name == "attempts")
      s.attempts = static_cast<std::uint32_t>(to_number(value));
    else if (name == "inDoubt")
      s.in_doubt = true;
    else if (name == "optional")
      s.optional = true;
    else if (name == "compensation")
      s.compensation = true;
    else if (name == "assignee")
      s.assignee = std::move(value);
  });
  return ok ? std::optional(std::move(s)) : std::nullopt;
}

namespace {

void add_person(PersonSummary row, Agenda& out) {
  std::string key = row.tenant.value;
  key.push_back('\0');
  key.append(date_key(row.since)).append(row.id);
  out.rows.push_back({Table::person, std::move(key), encode(row)});
}

Instant due(const std::map<std::string, Instant, std::less<>>& timers, std::string_view name) {
  const auto found = timers.find(name);
  return found == timers.end() ? Instant{} : found->second;
}

}  // namespace

void add_rows(const service_order::State& s, Agenda& out) {
  using service_order::Status;
  if (s.status != Status::held && s.status != Status::awaiting_person) return;
  PersonSummary row;
  row.id = s.spec.id.value;
  row.kind = s.status == Status::held ? "fallout" : "task";
  row.tenant = s.spec.tenant;
  row.order = s.spec.order;
  row.item = s.spec.item;
  row.key = s.spec.key;
  row.specification = s.spec.specification;
  row.target = s.spec.target;
  row.state = to_text(s.status);
  if (s.status == Status::held) {
    row.fault_class = to_text(s.fault.fault_class);
    row.code = s.fault.code;
    row.message = s.fault.message;
  }
  row.since = s.person_since;
  row.until = due(s.timers, s.status == Status::held ? service_order::kReviewTimer : service_order::kTaskTimer);
  row.attempts = s.attempt;
  row.in_doubt = s.status == Status::held && s.sent;
  row.optional = s.spec.optional;
  row.compensation = !s.spec.undoes.empty();
  row.assignee = s.assignee;
  add_person(std::move(row), out);
}

void add_person_row(const product_order::State& s, Agenda& out) {
  PersonSummary person;
  person.id = s.id.value;
  person.kind = "fallout";
  person.tenant = s.order.tenant;
  person.order = s.id;
  person.state = to_text(s.status);
  person.code = s.held_by_hand ? "HELD_BY_HAND" : s.compensation_planned ? "NOT_UNDONE" : "HELD_BY_POLICY";
  person.message = s.reason;
  person.since = s.held_at;
  person.until = due(s.timers, product_order::kReviewTimer);
  person.assignee = s.assignee;
  add_person(std::move(person), out);
}

}  // namespace comd::views

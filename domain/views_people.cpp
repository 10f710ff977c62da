#include "domain/view_text.h"

/// What waits for a person.
namespace comd::views {

template <class Io, class Row>
requires std::same_as<std::remove_const_t<Row>, PersonSummary>
void fields(Io& io, Row& s) {
  io("id", s.id);
  io("kind", s.kind);
  io("tenant", s.tenant);
  io("order", s.order);
  io("item", s.item);
  io("key", s.key);
  io("specification", s.specification);
  io("target", s.target);
  io("state", s.state);
  io("class", s.fault_class);
  io("code", s.code);
  io("message", s.message);
  io("since", s.since);
  io("until", s.until);
  io("attempts", s.attempts);
  io("inDoubt", s.in_doubt);
  io("optional", s.optional);
  io("compensation", s.compensation);
  io("assignee", s.assignee);
}

std::string encode(const PersonSummary& s) { return write_row(s); }

std::optional<PersonSummary> decode_person(std::string_view bytes) { return read_row<PersonSummary>(bytes); }

namespace {

void add_person(const PersonSummary& row, Agenda& out) {
  out.rows.push_back({Table::person, dated_key(row.tenant, row.since, row.id), encode(row)});
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
  add_person(row, out);
}

void add_person_row(const product_order::State& s, Agenda& out) {
  PersonSummary person;
  person.id = s.id.value;
  person.kind = "fallout";
  person.tenant = s.order.tenant;
  person.order = s.id;
  person.state = to_text(s.status);
  person.code = s.held_by_hand                                                    ? "HELD_BY_HAND"
                : s.compensation_planned || !product_order::not_undone(s).empty() ? "NOT_UNDONE"
                                                                                  : "HELD_BY_POLICY";
  person.message = s.reason;
  person.since = s.held_at;
  person.until = due(s.timers, product_order::kReviewTimer);
  person.assignee = s.assignee;
  add_person(person, out);
}

}  // namespace comd::views

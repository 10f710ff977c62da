#include "domain/overload.h"
#include "domain/view_text.h"

/// Data subjects that are forgotten, or wait for it.
namespace comd::views {

template <class Io, class Row>
requires std::same_as<std::remove_const_t<Row>, SubjectSummary>
void fields(Io& io, Row& s) {
  io("id", s.id);
  io("tenant", s.tenant);
  io("status", s.status);
  io("by", s.by);
  io("why", s.why);
  io("force", s.force);
  io("waitsFor", s.waits_for);
  io("asked", s.asked_at);
  io("forgotten", s.forgotten_at);
  io("erased", s.erased_at);
  io("order", s.orders);
  io("product", s.products);
  io("key", s.keys);
}

std::string encode(const SubjectSummary& s) { return write_row(s); }

std::optional<SubjectSummary> decode_subject(std::string_view bytes) { return read_row<SubjectSummary>(bytes); }

void add_rows(const subject::State& s, Agenda& out) {
  SubjectSummary row{s.id,
                     s.tenant,
                     std::string(subject::status_of(s)),
                     s.by,
                     s.why,
                     s.force,
                     s.waits_for,
                     s.asked_at,
                     s.forgotten_at,
                     s.erased_at,
                     {s.orders.begin(), s.orders.end()},
                     {s.products.begin(), s.products.end()},
                     s.keys};
  out.rows.push_back({Table::subject, tenant_prefix(s.tenant).append(s.id), encode(row)});
}

}  // namespace comd::views

namespace comd {

Line describe(const subject::Event& event) {
  using namespace subject;
  return std::visit(Overload{
                        [](const Asked& e) {
                          return Line{"ForgetAsked", "by " + e.by + ", waits: " + e.waits_for, e.why};
                        },
                        [](const StillWaiting& e) {
                          return Line{"StillWaiting", e.waits_for, "again at " + comd::to_text(e.next)};
                        },
                        [](const Withdrawn& e) {
                          return Line{"ForgetWithdrawn", "by " + e.by, e.why};
                        },
                        [](const Forgotten& e) {
                          return Line{"Forgotten", std::to_string(e.orders.size()) + " orders, by " + e.by, e.why};
                        },
                        [](const EraseDelayed& e) {
                          return Line{"EraseDelayed", "attempt " + std::to_string(e.attempts) + ": " + e.detail,
                                      "again at " + comd::to_text(e.next)};
                        },
                        [](const Erased&) {
                          return Line{"KeysDestroyed", "", ""};
                        },
                    },
                    event);
}

}  // namespace comd

#include "domain/epoch.h"

#include "domain/overload.h"
#include "domain/view_text.h"

namespace comd::epoch {

Result<std::vector<Event>, Rejection> decide(const State& s, const Command& command, Instant now) {
  return std::visit(Overload{
                        [&](const Begin& c) -> Result<std::vector<Event>, Rejection> {
                          return std::vector<Event>{Began{s.number + 1, c.after, c.reason, now}};
                        },
                        [&](const Reconcile& c) -> Result<std::vector<Event>, Rejection> {
                          if (!s.fenced) return std::vector<Event>{};
                          return std::vector<Event>{Reconciled{c.by, c.reason, now}};
                        },
                    },
                    command);
}

void evolve(State& s, const Event& event) {
  std::visit(Overload{
                 [&](const Began& e) { s = State{e.number, true, e.after, e.reason, e.at, {}, {}, {}}; },
                 [&](const Reconciled& e) {
                   s.fenced = false;
                   s.by = e.by;
                   s.why = e.reason;
                   s.reconciled = e.at;
                 },
             },
             event);
}

Agenda agenda(const State& s) {
  Agenda out;
  if (s.began != Instant{}) out.rows.push_back({Table::epoch, std::string(kRow), views::encode(s)});
  return out;
}

}  // namespace comd::epoch

namespace comd::views {

template <class Io, class Row>
requires std::same_as<std::remove_const_t<Row>, epoch::State>
void fields(Io& io, Row& s) {
  io("number", s.number);
  io("fenced", s.fenced);
  io("after", s.after);
  io("reason", s.reason);
  io("began", s.began);
  io("by", s.by);
  io("why", s.why);
  io("reconciled", s.reconciled);
}

std::string encode(const epoch::State& s) { return write_row(s); }

epoch::State decode_epoch(const std::optional<std::string>& row) {
  auto found = row ? read_row<epoch::State>(*row) : std::nullopt;
  return found ? *found : epoch::State{};
}

}  // namespace comd::views

namespace comd {

Line describe(const epoch::Event& event) {
  return std::visit(Overload{
                        [](const epoch::Began& e) {
                          return Line{"EpochBegan", "epoch " + std::to_string(e.number) + ", fenced", e.reason};
                        },
                        [](const epoch::Reconciled& e) {
                          return Line{"EpochReconciled", "the fence is down, by " + e.by, e.reason};
                        },
                    },
                    event);
}

}  // namespace comd

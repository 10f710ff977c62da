#include "domain/overload.h"
#include "domain/view_text.h"

/// Streams in quarantine.
namespace comd::views {

template <class Io, class Row>
requires std::same_as<std::remove_const_t<Row>, QuarantineSummary>
void fields(Io& io, Row& s) {
  io("stream", s.stream);
  io("tenant", s.tenant);
  io("open", s.open);
  io("cause", s.cause);
  io("reason", s.reason);
  io("version", s.version);
  io("skipped", s.skipped);
  io("since", s.since);
  io("until", s.until);
  io("how", s.how);
  io("by", s.by);
  io("why", s.why);
  io("released", s.released_at);
}

std::string encode(const QuarantineSummary& s) { return write_row(s); }

std::optional<QuarantineSummary> decode_quarantine(std::string_view bytes) { return read_row<QuarantineSummary>(bytes); }

std::set<Version> skipped_events(const std::optional<std::string>& row) {
  const auto summary = row ? decode_quarantine(*row) : std::nullopt;
  if (!summary) return {};
  return {summary->skipped.begin(), summary->skipped.end()};
}

namespace {

/// Among what waits for a person. The key names the quarantine: the stream may have a row of its own.
Row person_row(const quarantine::State& s) {
  PersonSummary person;
  person.id = s.stream.value;
  person.kind = "quarantine";
  person.tenant = s.tenant;
  const StreamId family = family_of(s.stream);
  if (kind_of(family.value) == StreamKind::product_order) person.order = OrderId{family.value};
  person.state = "quarantined";
  person.code = s.finding.cause == quarantine::Cause::unreadable ? "UNREADABLE" : "INCONSISTENT";
  person.message = s.finding.reason;
  person.since = s.since;
  person.until = s.review_at;
  return {Table::person, dated_key(s.tenant, s.since, quarantine_of(s.stream).value), encode(person)};
}

}  // namespace

void add_rows(const quarantine::State& s, Agenda& out) {
  QuarantineSummary row{s.stream,
                        s.tenant,
                        s.open,
                        std::string(to_text(s.finding.cause)),
                        s.finding.reason,
                        s.finding.version,
                        {s.skipped.begin(), s.skipped.end()},
                        s.since,
                        s.open ? s.review_at : Instant{},
                        s.open ? std::string{} : std::string(to_text(s.how)),
                        s.by,
                        s.reason,
                        s.open ? Instant{} : s.released_at};
  out.rows.push_back({Table::quarantine, s.stream.value, encode(row)});
  if (s.open) out.rows.push_back(person_row(s));
}

}  // namespace comd::views

namespace comd {

Line describe(const quarantine::Event& event) {
  using namespace quarantine;
  const auto version = [](Version v) { return "version " + std::to_string(number(v)); };
  return std::visit(
      Overload{
          [](const Entered& e) {
            return Line{"Quarantined", std::string(to_text(e.finding.cause)), e.finding.reason};
          },
          [&](const Skipped& e) {
            return Line{"EventSkipped", version(e.version) + " is passed over, by " + e.by, e.reason};
          },
          [&](const Found& e) {
            return Line{"Found", std::string(to_text(e.finding.cause)) + " at " + version(e.finding.version), e.finding.reason};
          },
          [](const Corrected& e) {
            return Line{"Corrected", "ended as failed, by " + e.by, e.reason};
          },
          [](const Released& e) {
            return Line{"Released", "by " + std::string(to_text(e.how)) + ", by " + e.by, e.reason};
          },
          [](const Reviewed& e) {
            return Line{"QuarantineReviewed", "still, for the " + std::to_string(e.count) + ". time",
                        "again at " + comd::to_text(e.next)};
          },
      },
      event);
}

}  // namespace comd

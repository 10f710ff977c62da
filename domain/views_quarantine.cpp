#include "domain/overload.h"
#include "domain/view_text.h"
#include "domain/views.h"

/// Streams in quarantine.
namespace comd::views {

std::string encode(const QuarantineSummary& s) {
  Writer out;
  out.text("stream", s.stream.value);
  out.text("tenant", s.tenant.value);
  out.number("open", s.open);
  out.text("cause", s.cause);
  out.text("reason", s.reason);
  out.number("version", number(s.version));
  for (const Version version : s.skipped) out.number("skipped", number(version));
  out.time("since", s.since);
  out.time("until", s.until);
  out.text("how", s.how);
  out.text("by", s.by);
  out.text("why", s.why);
  out.time("released", s.released_at);
  return std::move(out).take();
}

std::optional<QuarantineSummary> decode_quarantine(std::string_view bytes) {
  QuarantineSummary s;
  const bool ok = read(bytes, [&](std::string_view name, std::string value) {
    if (name == "stream")
      s.stream.value = std::move(value);
    else if (name == "tenant")
      s.tenant.value = std::move(value);
    else if (name == "open")
      s.open = true;
    else if (name == "cause")
      s.cause = std::move(value);
    else if (name == "reason")
      s.reason = std::move(value);
    else if (name == "version")
      s.version = Version{to_number(value)};
    else if (name == "skipped")
      s.skipped.push_back(Version{to_number(value)});
    else if (name == "since")
      s.since = to_instant(value);
    else if (name == "until")
      s.until = to_instant(value);
    else if (name == "how")
      s.how = std::move(value);
    else if (name == "by")
      s.by = std::move(value);
    else if (name == "why")
      s.why = std::move(value);
    else if (name == "released")
      s.released_at = to_instant(value);
  });
  return ok ? std::optional(std::move(s)) : std::nullopt;
}

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
  std::string key = s.tenant.value;
  key.push_back('\0');
  key.append(date_key(s.since)).append(quarantine_of(s.stream).value);
  return {Table::person, std::move(key), encode(person)};
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

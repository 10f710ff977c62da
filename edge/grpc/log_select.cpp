#include "edge/grpc/log_select.h"

#include <algorithm>
#include <map>

#include "edge/grpc/convert.h"
#include "edge/grpc/reader.h"

namespace comd::north {
namespace {

constexpr std::pair<StreamKind, std::string_view> kKinds[] = {
    {StreamKind::product_order, "productOrder"},
    {StreamKind::service_order, "serviceOrder"},
    {StreamKind::product, "product"},
    {StreamKind::service, "service"},
    {StreamKind::catalog, "catalog"},
    {StreamKind::unmatched, "unmatched"},
    {StreamKind::repair, "repair"},
    {StreamKind::quarantine, "quarantine"},
    {StreamKind::epoch, "epoch"},
    {StreamKind::holds, "holds"},
};

std::string kinds_text() {
  std::string out;
  for (const auto& [kind, name] : kKinds) out += (out.empty() ? "" : ", ") + std::string(name);
  return out;
}

bool begins_a_type(const std::string& beginning) {
  return std::ranges::any_of(event_type_names(), [&](const std::string& name) { return name.starts_with(beginning); });
}

Rejection no_such(std::string_view what, const std::string& got, std::string where, std::string hint) {
  return {RejectionCode::invalid, "Expected " + std::string(what) + ", but got \"" + got + "\".", std::move(where),
          std::move(hint)};
}

void fill(api::LogEvent& out, const RecordView::Slice& slice, std::size_t i) {
  const auto& event = slice.events[i];
  out.set_stream(slice.stream.value);
  out.set_version(number(slice.before + (i + 1)));
  out.set_kind(std::string(kind_text(slice.stream)));
  out.set_type(event_type_name(event.type));
  out.set_format(event.format);
  out.set_payload_json(payload_json(event));
  out.set_tenant(slice.tenant.value);
}

/// What the event says, in words: the n-th slice of the view is the n-th of the commit, and so for events.
void tell(api::LogEvent& out, const Commit& commit, std::size_t slice, std::size_t event) {
  const auto line = describe_any(commit.streams[slice].events[event]);
  out.set_text(line.text);
  out.set_reason(line.reason);
  const auto& cause = commit.cause_of(commit.streams[slice]);
  out.set_caused_by(cause.command);
  out.set_subject(cause.subject);
  out.set_correlation_id(cause.correlation);
}

}  // namespace

std::string_view kind_text(const StreamId& stream) {
  const auto* found = std::ranges::find(kKinds, kind_of(stream.value), &std::pair<StreamKind, std::string_view>::first);
  return found == std::end(kKinds) ? "unknown" : found->second;
}

Result<LogFilter, Rejection> LogFilter::make(const api::LogFilter& from) {
  LogFilter out;
  for (const auto& name : from.kinds()) {
    const auto* found = std::ranges::find(kKinds, name, &std::pair<StreamKind, std::string_view>::second);
    if (found == std::end(kKinds))
      return Err(no_such("a kind of stream", name, "filter.kinds", "There are " + kinds_text() + "."));
    out.kinds_.insert(found->first);
  }
  for (const auto& name : from.types()) {
    const bool beginning = name.ends_with('*');
    const auto text = beginning ? name.substr(0, name.size() - 1) : name;
    if (beginning ? !begins_a_type(text) : std::ranges::find(event_type_names(), text) == event_type_names().end())
      return Err(no_such("an event type such as OrderSubmitted, or ServiceOrder*", name, "filter.types",
                         "They are the messages of protos/comd/events/v1; `comctl log stats` shows those in the log."));
    (beginning ? out.beginnings_ : out.types_).insert(text);
  }
  out.streams_.insert(from.streams().begin(), from.streams().end());
  for (const auto& tenant : from.tenants()) out.tenants_.insert(TenantId{tenant});
  if (from.has_from_time()) out.from_ = instant_of(from.from_time());
  if (from.has_to_time()) out.to_ = instant_of(from.to_time());
  return out;
}

bool LogFilter::wants(Instant time) const { return (!from_ || time >= *from_) && (!to_ || time < *to_); }

bool LogFilter::wants(const RecordView::Slice& slice) const {
  return (kinds_.empty() || kinds_.contains(kind_of(slice.stream.value))) &&
         (tenants_.empty() || tenants_.contains(slice.tenant)) &&
         (streams_.empty() || streams_.contains(slice.stream.value) || streams_.contains(family_of(slice.stream).value));
}

bool LogFilter::wants(const RecordView::Event& event) const {
  if (types_.empty() && beginnings_.empty()) return true;
  const auto name = event_type_name(event.type);
  return types_.contains(name) ||
         std::ranges::any_of(beginnings_, [&](const std::string& beginning) { return name.starts_with(beginning); });
}

std::optional<api::LogCommit> select(const StoredCommit& stored, const LogFilter& filter, const Showing& showing) {
  api::LogCommit out;
  out.set_position(number(stored.position));
  if (showing.records) out.set_record(stored.record);
  if (filter.empty() && !showing.events) return out;  // as it is: nobody looks inside
  const auto view = view_of(stored.record);
  if (!view) return filter.empty() ? std::optional(std::move(out)) : std::nullopt;
  if (!filter.wants(view->time)) return std::nullopt;
  fill(*out.mutable_time(), view->time);
  const auto commit = showing.events ? decode_readable(stored.record) : Err(DecodeError{});
  bool wanted = filter.empty();
  for (std::size_t s = 0; s < view->slices.size(); ++s) {
    const auto& slice = view->slices[s];
    if (!filter.wants(slice)) continue;
    for (std::size_t e = 0; e < slice.events.size(); ++e) {
      if (!filter.wants(slice.events[e])) continue;
      wanted = true;
      if (!showing.events) break;
      auto& event = *out.add_events();
      fill(event, slice, e);
      if (commit) tell(event, *commit, s, e);
    }
  }
  return wanted ? std::optional(std::move(out)) : std::nullopt;
}

std::set<StreamId> streams_meant(const EventLog& log, const StreamId& id) {
  std::set<StreamId> out{id};
  const auto kind = kind_of(id.value);
  if (kind == StreamKind::product_order || kind == StreamKind::product) {
    for (const auto& stored : log.read_stream(id)) {
      const auto view = view_of(stored.record);
      if (!view) continue;
      for (const auto& slice : view->slices)
        if (family_of(slice.stream) == id) out.insert(slice.stream);
    }
  }
  for (const auto& stream : std::set(out))
    if (kind_of(stream.value) != StreamKind::quarantine) out.insert(quarantine_of(stream));
  return out;
}

std::vector<StoredCommit> commits_of(const EventLog& log, const std::set<std::string>& ids, Position after, Position until) {
  std::map<Position, std::string> commits;
  for (const auto& id : ids)
    for (const auto& stream : streams_meant(log, StreamId{id}))
      for (auto& stored : log.read_stream(stream))
        if (stored.position > after && stored.position <= until) commits.emplace(stored.position, std::move(stored.record));
  std::vector<StoredCommit> out;
  out.reserve(commits.size());
  for (auto& [position, record] : commits) out.push_back({position, std::move(record)});
  return out;
}

}  // namespace comd::north

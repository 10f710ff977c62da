#include "events/record.h"

#include "events/codec.h"
#include "events/lost.h"

namespace comd {
namespace {

namespace v1 = events::v1;

void unpack(const v1::Envelope& event, AnyEvent& to, v1::Trouble& trouble) {
  switch (event.type / 100) {  // hundreds name the aggregate
    case 1: return v1::unpack_product_order(event, to, trouble);
    case 2: return v1::unpack_service_order(event, to, trouble);
    case 3: return v1::unpack_product(event, to, trouble);
    case 4: return v1::unpack_service(event, to, trouble);
    case 5: return v1::unpack_catalog(event, to, trouble);
    case 6: return v1::unpack_unmatched(event, to, trouble);
    case 7: return v1::unpack_repair(event, to, trouble);
    case 8: return v1::unpack_quarantine(event, to, trouble);
    case 9: return v1::unpack_epoch(event, to, trouble);
    case 10: return v1::unpack_subject(event, to, trouble);
    case 11: return v1::unpack_holds(event, to, trouble);
    default: trouble.add("Expected an event type this comd knows, but it is not");
  }
}

std::string event_error(const v1::Envelope& event, const std::string& why) {
  return "event type " + std::to_string(event.type) + " in format " + std::to_string(event.format) + ": " + why +
         ". A newer comd may have written it: read the log with that version";
}

/// The first event that cannot be read.
std::optional<DecodeError> trouble_of(const Commit& commit) {
  for (const StreamSlice& slice : commit.streams)
    for (std::size_t i = 0; i < slice.events.size(); ++i)
      if (const auto* event = std::get_if<unreadable::Event>(&slice.events[i])) {
        const Version version = slice.before + (i + 1);
        return DecodeError{"stream " + slice.stream.value + ", version " + std::to_string(number(version)) + ", " +
                               std::get<unreadable::Unreadable>(*event).why,
                           version};
      }
  return std::nullopt;
}

/// A slice whose events are still bytes.
struct Slice {
  std::string_view stream;
  Version before{};
  std::vector<v1::Envelope> events;
  std::optional<std::string_view> cause;
  std::string_view state;
};

StreamSlice unpack(const Slice& from) {
  StreamSlice slice{StreamId{std::string(from.stream)}, from.before, {}, {}, std::string(from.state)};
  slice.events.reserve(from.events.size());
  for (const v1::Envelope& event : from.events) {
    AnyEvent& unpacked = slice.events.emplace_back(std::in_place_type<unreadable::Event>);
    v1::Trouble trouble;
    unpack(event, unpacked, trouble);
    if (!trouble.message.empty())
      unpacked = unreadable::Event{
          unreadable::Unreadable{event.type, event.format, std::string(event.payload), event_error(event, trouble.message)}};
  }
  return slice;
}

DecodeError not_a_commit(std::string_view bytes) {
  if (bytes.starts_with(kLost)) return {std::string(bytes.substr(kLost.size()))};
  return {"Expected a commit record, but these " + std::to_string(bytes.size()) + " bytes do not parse as one"};
}

}  // namespace

namespace events::v1 {

void fields(auto& c, Is<comd::Cause> auto& e) {
  using M = Cause;
  c(M::kCommandFieldNumber, e.command);
  c(M::kSubjectFieldNumber, e.subject);
  c(M::kTenantFieldNumber, e.tenant);
  c(M::kCorrelationFieldNumber, e.correlation);
  c(M::kTraceparentFieldNumber, e.traceparent);
}

void fields(auto& c, Is<comd::ConsumedTell> auto& e) {
  using M = ConsumedTell;
  c(M::kFromFieldNumber, e.from);
  c(M::kToFieldNumber, e.to);
  c(M::kNameFieldNumber, e.name);
}

static void fields(Reader& c, Envelope& e) {
  using M = Event;
  c(M::kTypeFieldNumber, e.type);
  c(M::kVersionFieldNumber, e.format);
  c(M::kPayloadFieldNumber, e.payload);
}

static void fields(Reader& c, comd::Slice& e) {
  using M = Slice;
  c(M::kStreamFieldNumber, e.stream);
  c(M::kBeforeFieldNumber, e.before);
  c(M::kEventsFieldNumber, e.events);
  c(M::kCauseFieldNumber, e.cause);
  c(M::kStateFieldNumber, e.state);
}

static void fields(Writer& c, const StreamSlice& e) {
  using M = Slice;
  c(M::kStreamFieldNumber, e.stream);
  c(M::kBeforeFieldNumber, e.before);
  for (const AnyEvent& event : e.events)
    c.message(M::kEventsFieldNumber, [&] { std::visit([&](const auto& of_aggregate) { pack(of_aggregate, c); }, event); });
  c(M::kCauseFieldNumber, e.cause);
  c(M::kStateFieldNumber, e.state);
}

/// The commit without its slices: these are read one by one.
struct Slices {
  comd::Commit& commit;
  std::vector<comd::Slice> slices;
};
static void fields(Reader& c, Slices& e) {
  using M = Commit;
  c(M::kTimeFieldNumber, e.commit.time);
  c(M::kCauseFieldNumber, e.commit.cause);
  c(M::kSlicesFieldNumber, e.slices);
  c(M::kConsumedFieldNumber, e.commit.consumed);
}

static void fields(Writer& c, const comd::Commit& e) {
  using M = Commit;
  c(M::kTimeFieldNumber, e.time);
  c(M::kCauseFieldNumber, e.cause);
  c(M::kSlicesFieldNumber, e.streams);
  c(M::kConsumedFieldNumber, e.consumed);
}

}  // namespace events::v1

std::string encode(const Commit& commit) {
  v1::Writer record;
  v1::fields(record, commit);
  return std::string(record.written());
}

namespace {

/// `only`: unpack this stream's slices, pass over the others.
Result<Commit, DecodeError> read_slices(std::string_view bytes, const StreamId* only) {
  Commit commit;
  v1::Slices record{commit, {}};
  v1::Trouble trouble;
  if (!v1::Reader(bytes, trouble).read(record)) return Err(not_a_commit(bytes));
  commit.streams.reserve(only == nullptr ? record.slices.size() : 1);
  for (const Slice& from : record.slices) {
    if (only != nullptr && from.stream != only->value) continue;
    commit.streams.push_back(unpack(from));
    if (from.cause && !v1::Reader(*from.cause, trouble).read(commit.streams.back().cause.emplace()))
      return Err(not_a_commit(bytes));
  }
  return commit;
}

Result<Commit, DecodeError> decode_slices(std::string_view bytes, const StreamId* only) {
  auto commit = read_slices(bytes, only);
  if (!commit) return commit;
  if (auto trouble = trouble_of(*commit)) return Err(*std::move(trouble));
  return commit;
}

}  // namespace

Result<Commit, DecodeError> decode_readable(std::string_view bytes, const StreamId* only) { return read_slices(bytes, only); }

Result<Commit, DecodeError> decode(std::string_view bytes) { return decode_slices(bytes, nullptr); }
Result<Commit, DecodeError> decode_part(std::string_view bytes, const StreamId& stream) { return decode_slices(bytes, &stream); }

}  // namespace comd

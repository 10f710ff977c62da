#include "events/record.h"

#include <limits>

#include "events/codec.h"
#include "events/lost.h"

namespace comd {
namespace {

namespace v1 = events::v1;
using google::protobuf::Arena;

/// One arena per call over a block that the thread keeps: a commit of usual size allocates little beyond its longer texts.
struct Scratch {
  Scratch() : arena(options()) {}
  Arena arena;

 private:
  static constexpr std::size_t kBlock = 32 * 1024;
  static google::protobuf::ArenaOptions options() {
    static thread_local std::unique_ptr<char[]> block = std::make_unique<char[]>(kBlock);
    google::protobuf::ArenaOptions o;
    o.initial_block = block.get();
    o.initial_block_size = kBlock;
    return o;
  }
};

std::optional<AnyEvent> unpack(const v1::Event& event, v1::Trouble& trouble) {
  switch (event.type() / 100) {  // hundreds name the aggregate
    case 1: return v1::unpack_product_order(event, trouble);
    case 2: return v1::unpack_service_order(event, trouble);
    case 3: return v1::unpack_product(event, trouble);
    case 4: return v1::unpack_service(event, trouble);
    case 5: return v1::unpack_catalog(event, trouble);
    case 6: return v1::unpack_unmatched(event, trouble);
    case 7: return v1::unpack_repair(event, trouble);
    case 8: return v1::unpack_quarantine(event, trouble);
    case 9: return v1::unpack_epoch(event, trouble);
    case 10: return v1::unpack_subject(event, trouble);
    case 11: return v1::unpack_holds(event, trouble);
    default: trouble.add("Expected an event type this comd knows, but it is not"); return std::nullopt;
  }
}

std::string event_error(const v1::Event& event, const std::string& why) {
  return "event type " + std::to_string(event.type()) + " in format " + std::to_string(event.version()) + ": " + why +
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

StreamSlice unpack(const v1::Slice& from) {
  StreamSlice slice{StreamId{from.stream()}, Version{from.before()}, {}, {}};
  slice.events.reserve(static_cast<std::size_t>(from.events_size()));
  for (const v1::Event& event : from.events()) {
    v1::Trouble trouble;
    auto unpacked = unpack(event, trouble);
    if (!unpacked || !trouble.message.empty())
      unpacked = unreadable::Event{
          unreadable::Unreadable{event.type(), event.version(), event.payload(), event_error(event, trouble.message)}};
    slice.events.push_back(std::move(*unpacked));
  }
  return slice;
}

bool parse(std::string_view bytes, v1::Commit& to) {
  return bytes.size() <= static_cast<std::size_t>(std::numeric_limits<int>::max()) &&
         to.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()));
}

DecodeError not_a_commit(std::string_view bytes) {
  if (bytes.starts_with(kLost)) return {std::string(bytes.substr(kLost.size()))};
  return {"Expected a commit record, but these " + std::to_string(bytes.size()) + " bytes do not parse as one"};
}

void put(const Cause& from, v1::Cause& to) {
  to.set_command(from.command);
  to.set_subject(from.subject);
  to.set_tenant(from.tenant.value);
  to.set_correlation(from.correlation);
  to.set_traceparent(from.traceparent);
}

Cause cause_of(const v1::Cause& from) {
  return {from.command(), from.subject(), TenantId{from.tenant()}, from.correlation(), from.traceparent()};
}

}  // namespace

std::string encode(const Commit& commit) {
  Scratch scratch;
  auto& record = *Arena::CreateMessage<v1::Commit>(&scratch.arena);
  record.set_time(v1::put_time(commit.time));
  put(commit.cause, *record.mutable_cause());
  for (const StreamSlice& from : commit.streams) {
    v1::Slice& slice = *record.add_slices();
    slice.set_stream(from.stream.value);
    slice.set_before(number(from.before));
    if (from.cause) put(*from.cause, *slice.mutable_cause());
    slice.set_state(from.state);
    for (const AnyEvent& event : from.events) {
      std::visit([&](const auto& e) { v1::pack(e, *slice.add_events()); }, event);
    }
  }
  for (const ConsumedTell& from : commit.consumed) {
    v1::ConsumedTell& tell = *record.add_consumed();
    tell.set_from(from.from.value);
    tell.set_to(from.to.value);
    tell.set_name(from.name);
  }
  std::string bytes;
  CHECK(record.SerializeToString(&bytes));
  return bytes;
}

namespace {

/// `only`: unpack this stream's slices, pass over the others.
Result<Commit, DecodeError> read_slices(std::string_view bytes, const StreamId* only) {
  Scratch scratch;
  auto& record = *Arena::CreateMessage<v1::Commit>(&scratch.arena);
  if (!parse(bytes, record)) return Err(not_a_commit(bytes));
  Commit commit;
  commit.time = v1::get_time(record.time());
  commit.cause = cause_of(record.cause());
  commit.streams.reserve(only == nullptr ? static_cast<std::size_t>(record.slices_size()) : 1);
  for (const v1::Slice& from : record.slices()) {
    if (only != nullptr && from.stream() != only->value) continue;
    auto slice = unpack(from);
    if (from.has_cause()) slice.cause = cause_of(from.cause());
    slice.state = from.state();
    commit.streams.push_back(std::move(slice));
  }
  for (const v1::ConsumedTell& tell : record.consumed()) {
    commit.consumed.push_back({StreamId{tell.from()}, StreamId{tell.to()}, tell.name()});
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

#pragma once
#include <string>
#include <vector>

#include "events/record.h"

/// A record as it stands on the disk, for who counts, filters or shows: nothing is folded or upcast, and what is sealed stays
/// sealed.
namespace comd {

struct RecordView {
  struct Event {
    std::uint32_t type = 0, format = 0;
    std::string payload;
  };
  struct Slice {
    StreamId stream;
    Version before{};
    TenantId tenant;  ///< of its cause
    std::vector<Event> events;
  };
  Instant time{};
  std::vector<Slice> slices;
};

/// An error only if the bytes are no commit at all.
Result<RecordView, DecodeError> view_of(std::string_view record);

/// A stream of the commit, whose family is that of all of them, without reading more. Empty: there is none, or the bytes are no commit.
StreamId a_stream_of(std::string_view record);

/// The name of an event type, which is that of its message in protos/comd/events/v1: "OrderSubmitted". Of an unknown one: "type 999".
std::string event_type_name(std::uint32_t type);
/// Every name there is, in the order of their numbers.
const std::vector<std::string>& event_type_names();

/// The payload as JSON, with the field names of its message, in camelCase. Text stands as text; bytes that are no UTF-8 as {"base64": "…"};
/// enums by their names; what is zero or empty is left out. A payload that this version cannot read: {"base64": "…"} as a whole.
std::string payload_json(const RecordView::Event&);

}  // namespace comd

#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "domain/epoch.h"
#include "domain/holds.h"
#include "domain/product_order.h"
#include "domain/quarantine.h"
#include "domain/repair.h"
#include "domain/subject.h"
#include "domain/system.h"

/// The durable language: one commit, to bytes and back. Protobuf (protos/comd/events/v1); what was ever written can always be
/// read. Times are kept in milliseconds.
namespace comd {

using AnyEvent =
    std::variant<product_order::Event, service_order::Event, product::Event, service::Event, catalog_log::Event, unmatched::Event,
                 repair::Event, quarantine::Event, epoch::Event, subject::Event, hold::Event, unreadable::Event>;

/// Who and what caused a commit; on every log line and in the timeline.
struct Cause {
  std::string command;  ///< "Submit", "TakeReport", "TimerDue:retry", …
  std::string subject;  ///< principal, target system, or "comd"
  TenantId tenant;
  std::string correlation;  ///< one per submitted order, passed on to every call
  std::string traceparent;  ///< W3C; may be empty
  bool operator==(const Cause&) const = default;
};

struct StreamSlice {
  StreamId stream;
  Version before{};  ///< version the decision was taken at: the first event is before + 1
  std::vector<AnyEvent> events;
  std::optional<Cause> cause = {};  ///< where it is not the commit's: commands decided together share a commit
  std::string state = {};           ///< what the state is after it, where that was recorded (domain/projection.h)
  bool operator==(const StreamSlice&) const = default;
};

/// A tell that this commit consumed: the row goes away with it.
struct ConsumedTell {
  StreamId from, to;
  std::string name;
  bool operator==(const ConsumedTell&) const = default;
};

/// What was decided together. A stream may have several slices, one per command, each going on from the one before.
struct Commit {
  Instant time{};
  Cause cause;
  std::vector<StreamSlice> streams;  ///< one family
  std::vector<ConsumedTell> consumed;
  const Cause& cause_of(const StreamSlice& slice) const { return slice.cause ? *slice.cause : cause; }
  bool operator==(const Commit&) const = default;
};

std::string encode(const Commit&);

/// The bytes are not a commit this version understands: which stream or field, and why.
struct DecodeError {
  std::string message;
  Version version{};  ///< of the event, where it is one
};
Result<Commit, DecodeError> decode(std::string_view bytes);
/// The commit with only that stream's slices: time, cause and consumed tells are those of the whole. What the other streams hold
/// is neither read nor able to fail.
Result<Commit, DecodeError> decode_part(std::string_view bytes, const StreamId&);
/// As far as it can be read: what cannot is an unreadable::Event in its place, so that one bad event harms neither its neighbours
/// nor the other streams. An error only if the bytes are no commit at all. `only`: that stream's slices, the others passed over.
Result<Commit, DecodeError> decode_readable(std::string_view bytes, const StreamId* only = nullptr);

}  // namespace comd

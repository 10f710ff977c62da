#pragma once
#include "events/codec.h"

/// How an event's format changes without touching what is stored. A record names each event by (type, version of its format);
/// what was ever written is read for ever, and only the current format is written.
///
/// A field that reads well when absent (zero, empty, `optional`): add it to the message with a new number. No new version.
///
/// Anything else is a new format of the same event:
///   1. Copy the message in protos/ to a new one (`OrderReleasedV2`), change that. The old message is never touched again.
///   2. In the aggregate's codec keep the struct of the old format and its `fields`, and add a row above the old one; the first row of an
///      event is the one that is written:
///          struct ReleasedV1 { … };
///          Row<order::Released, OrderReleasedV2, ORDER_RELEASED, 2>,
///          Row<order::Released, OrderReleased, ORDER_RELEASED, 1, ReleasedV1>,
///   3. Add `fields` for the new message, and `void upcast(ReleasedV1&&, order::Released&)`: it fills the current struct from the old
///      one, and from nothing else (no clock, no look-up).
///   4. Record a golden file in test/golden; those of the old version stay and must still fold to the recorded states.
///
/// A change of meaning is no new format but a new event with a new type number; the old one is still folded.
namespace comd::events::v1 {}

#pragma once
#include "storage/event_log.h"

/// The keys of derived rows. The first byte names the table and is never reused; what follows sorts as the readers need it.
/// Numbers are eight bytes, big endian; times and counters have the sign bit flipped (storage/bytes.h).
///   'T' due stream \0 name     → reason                 timers
///   'E' stream \0 effect key   → kind (1 byte) deadline lane
///   'M' from \0 to \0 name     → ""                     tells
///   'V' table (1 byte) key     → value                  index and view rows
///   'C' counter                → value                  counters (written by the log itself)
namespace comd::keys {

enum class Kind : char { counter = 'C', effect = 'E', tell = 'M', timer = 'T', row = 'V' };  // on disk

std::string timer(Instant due, const StreamId&, std::string_view name);
std::string effect(const StreamId&, std::string_view effect_key);
std::string tell(const StreamId& from, const StreamId& to, std::string_view name);
std::string row(Table, std::string_view key);
std::string counter(std::string_view name);

std::string effect_value(const Effect&);

/// What one stream's agenda change does to the rows. Runs in the deciding actor, so the writer thread only copies bytes.
/// A key appears at most once, except that a deletion may stand before what replaces it.
void add_rows(std::vector<RowChange>& out, const StreamId&, const AgendaChange&);
void add_consumed(std::vector<RowChange>& out, const ConsumedTell&);

// Rows back to what they say. The key is one of the table's own.
DueTimer timer_in(std::string_view key, std::string_view value);
OutboxEntry effect_in(std::string_view key, std::string_view value);
PendingTell tell_in(std::string_view key);

}  // namespace comd::keys

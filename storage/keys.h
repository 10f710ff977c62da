#pragma once
#include "storage/event_log.h"

/// The keys of derived rows. The first byte names the table and is never reused; what follows sorts as the readers need it.
///   'T' due (8 bytes, big endian) stream \0 name            → reason            timers
///   't' stream \0 name                                     → due (8 bytes)     timers of one stream
///   'E' stream \0 effect key                               → kind lane deadline
///   'M' from \0 to \0 name                                 → ""                tells
///   'V' table (1 byte) key                                 → value             index and view rows
///   'C' counter                                            → 8 bytes           counters (written by the log itself)
namespace comd::keys {

std::string timer(Instant due, const StreamId&, std::string_view name);
std::string timer_of(const StreamId&, std::string_view name);
std::string effect(const StreamId&, std::string_view effect_key);
std::string tell(const StreamId& from, const StreamId& to, std::string_view name);
std::string row(Table, std::string_view key);

/// What one stream's agenda change does to the rows. Runs in the deciding actor, so the writer thread only copies bytes.
void add_rows(std::vector<RowChange>& out, const StreamId&, const AgendaChange&);
void add_consumed(std::vector<RowChange>& out, const ConsumedTell&);

}  // namespace comd::keys

#pragma once
#include "events/fold.h"

/// A stream of whatever kind, folded: for who goes through the log as a whole.
namespace comd {

using AnyFolded =
    std::variant<Folded<product_order::State>, Folded<service_order::State>, Folded<product::State>, Folded<service::State>,
                 Folded<catalog_log::State>, Folded<unmatched::State>, Folded<repair::State>, Folded<quarantine::State>,
                 Folded<epoch::State>, Folded<subject::State>, Folded<hold::State>>;

/// An error: no kind of stream that this version knows.
Result<void, DecodeError> check_kind(const StreamId&);
/// Before its first event.
Result<AnyFolded, DecodeError> fresh_any(const StreamId&, std::set<Version> skipped = {});
/// As `apply` of its kind.
Result<void, DecodeError> apply(AnyFolded&, const StreamSlice&);
Agenda agenda_of(const AnyFolded&);
Version version_of(const AnyFolded&);

}  // namespace comd

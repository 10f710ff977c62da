#pragma once
#include <concepts>

#include "events/record.h"

/// A stream's commits, folded to the state of its aggregate. Events that are marked as skipped (domain/quarantine.h) are passed
/// over: they count as versions and change nothing.
namespace comd {

template <class State>
struct Folded {
  State state;
  Version version{};  ///< zero: the stream holds no event
  std::set<Version> skipped = {};
};

/// Which event folds to which state, and which streams hold it.
template <class State>
struct Aggregate;
template <>
struct Aggregate<product_order::State> {
  using Event = product_order::Event;
  static constexpr StreamKind kind = StreamKind::product_order;
};
template <>
struct Aggregate<service_order::State> {
  using Event = service_order::Event;
  static constexpr StreamKind kind = StreamKind::service_order;
};
template <>
struct Aggregate<product::State> {
  using Event = product::Event;
  static constexpr StreamKind kind = StreamKind::product;
};
template <>
struct Aggregate<service::State> {
  using Event = service::Event;
  static constexpr StreamKind kind = StreamKind::service;
};
template <>
struct Aggregate<catalog_log::State> {
  using Event = catalog_log::Event;
  static constexpr StreamKind kind = StreamKind::catalog;
};
template <>
struct Aggregate<repair::State> {
  using Event = repair::Event;
  static constexpr StreamKind kind = StreamKind::repair;
};
template <>
struct Aggregate<quarantine::State> {
  using Event = quarantine::Event;
  static constexpr StreamKind kind = StreamKind::quarantine;
};
template <>
struct Aggregate<epoch::State> {
  using Event = epoch::Event;
  static constexpr StreamKind kind = StreamKind::epoch;
};
template <>
struct Aggregate<subject::State> {
  using Event = subject::Event;
  static constexpr StreamKind kind = StreamKind::subject;
};
template <>
struct Aggregate<hold::State> {
  using Event = hold::Event;
  static constexpr StreamKind kind = StreamKind::holds;
};
template <>
struct Aggregate<unmatched::State> {
  using Event = unmatched::Event;
  static constexpr StreamKind kind = StreamKind::unmatched;
};

/// The state before the first event. Product orders and data subjects know their names already: their streams'.
template <class State>
State fresh(const StreamId& stream) {
  State state;
  if constexpr (std::same_as<State, product_order::State>) state.id = OrderId{stream.value};
  if constexpr (std::same_as<State, subject::State>) state.id = stream.value;
  return state;
}

/// Applies a slice of the stream. An error leaves `folded` as it was: a version that does not continue, or another
/// aggregate's event, or one that cannot be read. The error names the version. Where the event after `folded.version` is skipped,
/// all of a commit that cannot be read may be missing.
template <class State>
Result<void, DecodeError> apply(Folded<State>& folded, const StreamSlice& slice);

/// Folds commit records, oldest first: texts, or anything with a `record` (StoredCommit). Records without the stream are
/// passed over.
template <class State, class Records>
Result<Folded<State>, DecodeError> fold(const Records& records, const StreamId& stream, std::set<Version> skipped = {}) {
  Folded<State> folded{fresh<State>(stream), {}, std::move(skipped)};
  for (const auto& each : records) {
    Result<Commit, DecodeError> part;
    if constexpr (requires { each.record; }) {
      part = decode_readable(each.record, &stream);
    } else {
      part = decode_readable(each, &stream);
    }
    if (!part) {
      if (folded.skipped.contains(folded.version + 1)) continue;
      return Err(DecodeError{part.error().message, folded.version + 1});
    }
    for (const StreamSlice& slice : part->streams)
      if (auto applied = apply(folded, slice); !applied) return Err(applied.error());
  }
  return folded;
}

template <class Records>
auto fold_product_order(const Records& records, const StreamId& stream) {
  return fold<product_order::State>(records, stream);
}
template <class Records>
auto fold_service_order(const Records& records, const StreamId& stream) {
  return fold<service_order::State>(records, stream);
}
template <class Records>
auto fold_product(const Records& records, const StreamId& stream) {
  return fold<product::State>(records, stream);
}
template <class Records>
auto fold_service(const Records& records, const StreamId& stream) {
  return fold<service::State>(records, stream);
}
template <class Records>
auto fold_catalog(const Records& records) {
  return fold<catalog_log::State>(records, StreamId{std::string(kCatalogStream)});
}
template <class Records>
auto fold_unmatched(const Records& records) {
  return fold<unmatched::State>(records, StreamId{std::string(kUnmatchedStream)});
}

}  // namespace comd

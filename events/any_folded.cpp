#include "events/any_folded.h"

namespace comd {
namespace {

/// Made where it is to be: a state is large to move.
template <class State>
Result<AnyFolded, DecodeError> begin(const StreamId& stream, std::set<Version> skipped) {
  return Result<AnyFolded, DecodeError>(tl::in_place, std::in_place_type<Folded<State>>, fresh<State>(stream), Version{},
                                        std::move(skipped));
}

DecodeError unknown_kind(const StreamId& stream) {
  return {"Expected a stream of a kind this comd knows, but found " + stream.value};
}

}  // namespace

Result<void, DecodeError> check_kind(const StreamId& stream) {
  if (kind_of(stream.value) == StreamKind::unknown) return Err(unknown_kind(stream));
  return {};
}

Result<AnyFolded, DecodeError> fresh_any(const StreamId& stream, std::set<Version> skipped) {
  switch (kind_of(stream.value)) {
    case StreamKind::product_order: return begin<product_order::State>(stream, std::move(skipped));
    case StreamKind::service_order: return begin<service_order::State>(stream, std::move(skipped));
    case StreamKind::product: return begin<product::State>(stream, std::move(skipped));
    case StreamKind::service: return begin<service::State>(stream, std::move(skipped));
    case StreamKind::catalog: return begin<catalog_log::State>(stream, std::move(skipped));
    case StreamKind::unmatched: return begin<unmatched::State>(stream, std::move(skipped));
    case StreamKind::repair: return begin<repair::State>(stream, std::move(skipped));
    case StreamKind::quarantine: return begin<quarantine::State>(stream, std::move(skipped));
    case StreamKind::epoch: return begin<epoch::State>(stream, std::move(skipped));
    case StreamKind::subject: return begin<subject::State>(stream, std::move(skipped));
    case StreamKind::holds: return begin<hold::State>(stream, std::move(skipped));
    case StreamKind::unknown: break;
  }
  return Err(unknown_kind(stream));
}

Result<void, DecodeError> apply(AnyFolded& any, const StreamSlice& slice) {
  return std::visit([&](auto& folded) { return apply(folded, slice); }, any);
}

Agenda agenda_of(const AnyFolded& any) {
  return std::visit([](const auto& folded) { return agenda(folded.state); }, any);
}

Version version_of(const AnyFolded& any) {
  return std::visit([](const auto& folded) { return folded.version; }, any);
}

}  // namespace comd

#include "edge/grpc/history.h"

#include <algorithm>

#include "edge/grpc/convert.h"
#include "edge/grpc/orders.h"
#include "edge/grpc/paging.h"
#include "edge/grpc/view.h"

namespace comd::north {
namespace {

/// One event of a family's history.
struct Happened {
  Told told;
  StreamSlice slice;  ///< with this event alone
};

/// Everything that happened to these streams, oldest first; within a commit in the order of the streams.
std::vector<Happened> happened_to(const EventLog& log, const std::vector<StreamId>& streams) {
  std::vector<Happened> out;
  for (const auto& stream : streams) {
    for (const auto& stored : log.read_stream(stream)) {
      const auto commit = decode_readable(stored.record, &stream);
      if (!commit) continue;
      for (const auto& slice : commit->streams) {
        if (slice.stream != stream) continue;
        for (std::size_t i = 0; i < slice.events.size(); ++i) {
          Told told{stored.position,        commit->time, stream, slice.before + (i + 1), describe_any(slice.events[i]),
                    commit->cause_of(slice)};
          out.push_back({std::move(told), StreamSlice{stream, slice.before + i, {slice.events[i]}, {}}});
        }
      }
    }
  }
  std::ranges::stable_sort(out, {}, [](const Happened& one) { return one.told.position; });
  return out;
}

/// A stream that is followed event by event.
struct Followed {
  AnyFolded folded;
  bool lost = false;  ///< it does not fold beyond here
};

Followed followed(const EventLog& log, const StreamId& stream) {
  auto fresh = fresh_any(stream, views::skipped_events(log.row(Table::quarantine, stream.value)));
  if (!fresh) return {Folded<product_order::State>{}, true};
  return {std::move(*fresh), false};
}

std::vector<StreamId> streams_then(const View& view, const Caller& caller, const std::string& id) {
  const auto found = streams_about(view.reader, caller.principal.tenant, id);
  return found ? *found : std::vector<StreamId>{};
}

Fields fields_then(const View& view, const StreamId& stream) {
  const auto folded = fold_any(view.reader.log(), stream);
  return folded ? fields_in(*folded) : Fields{};
}

}  // namespace

std::optional<AnyFolded> fold_any(const EventLog& log, const StreamId& stream) {
  const auto commits = log.read_stream(stream);
  auto out = fresh_any(stream, views::skipped_events(log.row(Table::quarantine, stream.value)));
  if (commits.empty() || !out) return std::nullopt;
  for (const auto& stored : commits) {
    const auto commit = decode_readable(stored.record, &stream);
    if (!commit) continue;
    for (const auto& slice : commit->streams)
      if (!apply(*out, slice)) return *out;
  }
  return *out;
}

Fields fields_in(const AnyFolded& any) {
  return std::visit(
      [](const auto& folded) {
        if constexpr (requires { fields_of(folded.state); })
          return fields_of(folded.state);
        else
          return Fields{};
      },
      any);
}

std::string state_in(const AnyFolded& any) {
  if (const auto* order = std::get_if<Folded<product_order::State>>(&any)) return std::string(to_text(order->state.status));
  if (const auto* one = std::get_if<Folded<service_order::State>>(&any))
    return std::string(service_order::to_text(one->state.status));
  if (const auto* one = std::get_if<Folded<product::State>>(&any))
    return std::string(product::to_text(one->state.product.status));
  if (const auto* one = std::get_if<Folded<service::State>>(&any)) return std::string(product::to_text(one->state.record.state));
  return {};
}

void add_changes(const StreamId& stream, const Fields& before, const Fields& after,
                 google::protobuf::RepeatedPtrField<api::FieldChange>& out) {
  for (auto& one : differences(before, after)) {
    auto& change = *out.Add();
    change.set_stream(stream.value);
    change.set_field(std::move(one.field));
    change.set_before(std::move(one.before));
    change.set_after(std::move(one.after));
  }
}

grpc::Status diff(const Core& core, const Caller& caller, const api::DiffRequest& request, api::DiffResponse& response) {
  const auto& id = request.id();
  if (const auto known = streams_about(core.reader, caller.principal.tenant, id); !known) return status_of(known.error());
  const auto before = view_of(core, caller, &request.from(), id);
  if (!before) return status_of(before.error());
  const auto after = view_of(core, caller, request.has_to() ? &request.to() : nullptr, id);
  if (!after) return status_of(after.error());
  const auto end = [](const View& view) { return view.past ? view.position : view.reader.log().tail(); };
  const auto from = end(*before), to = end(*after);
  if (from > to)
    return status_of(Rejection{RejectionCode::invalid,
                               "Expected the first moment before the second, but position " + std::to_string(number(from)) +
                                   " is after " + std::to_string(number(to)) + ".",
                               "from", "Name them the other way round."});
  response.set_id(id);
  response.set_from_position(number(from));
  response.set_to_position(number(to));
  auto streams = streams_then(*after, caller, id);
  for (const auto& stream : streams_then(*before, caller, id))
    if (std::ranges::find(streams, stream) == streams.end()) streams.push_back(stream);
  for (const auto& stream : streams)
    add_changes(stream, fields_then(*before, stream), fields_then(*after, stream), *response.mutable_changes());
  const auto history = after->reader.history(streams, core.limits.timeline_max);
  if (!history) return status_of(history.error());
  for (const auto& told : history->entries)
    if (told.position > from) *response.add_events() = message_of(told);
  response.set_truncated(history->truncated);
  return grpc::Status::OK;
}

grpc::Status replay(const Core& core, const Caller& caller, const api::ReplayRequest& request, api::ReplayResponse& response) {
  const auto size = page_size(request.page_size());
  if (!size) return status_of(size.error());
  const auto streams = streams_about(core.reader, caller.principal.tenant, request.id());
  if (!streams) return status_of(streams.error());
  const auto& log = core.reader.log();
  const auto all = happened_to(log, *streams);
  response.set_total(static_cast<std::uint32_t>(all.size()));
  const std::size_t first = request.after_step(), last = std::min(all.size(), first + *size);
  std::map<StreamId, Followed> states;
  for (std::size_t i = 0; i < last; ++i) {
    const auto& one = all[i];
    auto found = states.find(one.told.stream);
    if (found == states.end()) found = states.emplace(one.told.stream, followed(log, one.told.stream)).first;
    auto& now = found->second;
    const auto before = i < first ? Fields{} : fields_in(now.folded);
    if (!now.lost) now.lost = !apply(now.folded, one.slice);
    if (i < first) continue;
    auto& step = *response.add_steps();
    step.set_step(static_cast<std::uint32_t>(i + 1));
    *step.mutable_event() = message_of(one.told);
    step.set_state(now.lost ? "unreadable" : state_in(now.folded));
    add_changes(one.told.stream, before, fields_in(now.folded), *step.mutable_changes());
  }
  return grpc::Status::OK;
}

}  // namespace comd::north

#pragma once
#include <functional>

#include "edge/grpc/core.h"
#include "edge/grpc/index_walk.h"
#include "edge/grpc/paging.h"
#include "edge/grpc/view.h"

namespace comd::north {

/// What every list has in common: page size, token, the walk, the next token. `take(suffix)` adds to the answer if it fits and
/// says how many there are. A page of the past belongs to the position of its view.
template <class Request, class Response>
grpc::Status page(const Core& core, const View& view, IndexQuery query, const Request& request, Response& response,
                  const std::function<std::size_t(const std::string&)>& take) {
  auto filter = request;
  filter.clear_page_token();
  filter.clear_page_size();
  if constexpr (requires { filter.clear_as_of(); }) filter.clear_as_of();
  auto signature = filter.SerializeAsString();
  if constexpr (requires { response.set_as_of_position(0); }) {
    view.tell_position(response);
    if (view.past) signature += "@" + std::to_string(number(view.position));
  }
  const auto size = page_size(request.page_size());
  if (!size) return status_of(size.error());
  auto after = read_page_token(request.page_token(), signature);
  if (!after) return status_of(after.error());
  query.after = std::move(*after);
  query.scan_max = core.limits.list_scan_max;
  std::size_t taken = 0;
  const auto end = walk(view.reader.log(), query, [&](const std::string& suffix) {
    if (taken == *size) return false;
    taken = take(suffix);
    return true;
  });
  if (end.more) response.set_next_page_token(page_token(signature, end.last));
  return grpc::Status::OK;
}

/// As it is now.
template <class Request, class Response>
grpc::Status page(const Core& core, IndexQuery query, const Request& request, Response& response,
                  const std::function<std::size_t(const std::string&)>& take) {
  return page(core, View{nullptr, core.reader, {}, {}}, std::move(query), request, response, take);
}

}  // namespace comd::north

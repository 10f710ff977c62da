#pragma once
#include <functional>

#include "edge/grpc/core.h"
#include "edge/grpc/index_walk.h"
#include "edge/grpc/paging.h"

namespace comd::north {

/// What every list has in common: page size, token, the walk, the next token. `take(suffix)` adds to the answer if it fits and
/// says how many there are.
template <class Request, class Response>
grpc::Status page(const Core& core, IndexQuery query, const Request& request, Response& response,
                  const std::function<std::size_t(const std::string&)>& take) {
  auto filter = request;
  filter.clear_page_token();
  filter.clear_page_size();
  const auto signature = filter.SerializeAsString();
  const auto size = page_size(request.page_size());
  if (!size) return status_of(size.error());
  auto after = read_page_token(request.page_token(), signature);
  if (!after) return status_of(after.error());
  query.after = std::move(*after);
  query.scan_max = core.limits.list_scan_max;
  std::size_t taken = 0;
  const auto end = walk(core.reader.log(), query, [&](const std::string& suffix) {
    if (taken == *size) return false;
    taken = take(suffix);
    return true;
  });
  if (end.more) response.set_next_page_token(page_token(signature, end.last));
  return grpc::Status::OK;
}

}  // namespace comd::north

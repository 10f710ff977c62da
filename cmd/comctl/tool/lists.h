#pragma once
#include "cmd/comctl/tool/moment.h"
#include "cmd/comctl/tool/session.h"

namespace comd::ctl {

/// Pages of a list call as one document: {"<name>": […], "nextPageToken": "…"}. One page, or all with --all. A page that has
/// nothing but a token is followed by the next, so that an empty answer means that there is nothing.
template <class Stub, class Request, class Response, class Entries>
int list_pages(const Session& session, grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
               Request request, const std::string& name, Entries entries,
               const std::function<std::string(const Json&, bool)>& table,
               const std::function<void(const Response&, Json&)>& extra = {}) {
  request.set_page_size(session.options.page_size != 0 ? session.options.page_size : session.options.all ? 1000 : 0);
  request.set_page_token(session.options.page_token);
  if constexpr (requires { request.mutable_as_of(); }) set_as_of(session, request);
  Json document{{name, Json::array()}, {"nextPageToken", ""}};
  do {
    const auto page = session.client.call(method, request);
    if (!page) return session.fail(page.error());
    for (const auto& entry : entries(*page)) document[name].push_back(document_of(entry));
    if (extra) extra(*page, document);
    request.set_page_token(page->next_page_token());
    if constexpr (requires { request.mutable_as_of(); })
      if (request.has_as_of()) request.mutable_as_of()->set_position(page->as_of_position());
  } while (!request.page_token().empty() && (session.options.all || document[name].empty()));
  document["nextPageToken"] = request.page_token();
  if constexpr (requires { request.mutable_as_of(); })
    if (request.has_as_of()) document["asOfPosition"] = request.as_of().position();
  session.print(document, [&](const Json& d, bool colour) { return as_of_line(d, colour) + table(d, colour); });
  return kDone;
}

}  // namespace comd::ctl

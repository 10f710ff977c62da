#include "edge/grpc/log_pages.h"

namespace comd::north {
namespace {

constexpr std::size_t kLook = 1'024;        // commits looked at for one message
constexpr std::size_t kPage = 256;          // read at once
constexpr std::size_t kBytes = 256u << 10;  // of one message, where one commit is not larger

}  // namespace

LogPages::LogPages(const EventLog& log, LogFilter filter, Showing showing, Position after, std::optional<Position> until)
    : log_(log), filter_(std::move(filter)), showing_(showing), until_(until), at_(after) {
  if (filter_.streams().empty()) return;
  picked_until_ = until.value_or(log.tail());
  for (auto& stored : commits_of(log, filter_.streams(), after, picked_until_)) picked_.push_back(std::move(stored));
}

void LogPages::add(const StoredCommit& stored, google::protobuf::RepeatedPtrField<api::LogCommit>& commits) {
  at_ = stored.position;
  auto shown = select(stored, filter_, showing_);
  if (!shown) return;
  bytes_ += shown->ByteSizeLong();
  *commits.Add() = std::move(*shown);
}

LogPages::Page LogPages::next(google::protobuf::RepeatedPtrField<api::LogCommit>& commits) {
  bytes_ = 0;
  std::size_t looked = 0;
  const auto enough = [&] { return looked >= kLook || bytes_ >= kBytes; };
  if (at_ < picked_until_) {
    for (; !picked_.empty() && !enough(); ++looked, picked_.pop_front()) add(picked_.front(), commits);
    if (picked_.empty()) at_ = picked_until_;
    return until_ && at_ >= *until_ ? Page::end : Page::some;
  }
  while (!enough()) {
    if (until_ && at_ >= *until_) return Page::end;
    const auto page = log_.read_feed(at_, kPage);
    if (page.empty()) return commits.empty() ? Page::idle : Page::some;
    for (const auto& stored : page) {
      if (enough() || (until_ && stored.position > *until_)) break;
      add(stored, commits);
      ++looked;
    }
  }
  return Page::some;
}

}  // namespace comd::north

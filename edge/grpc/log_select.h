#pragma once
#include <optional>
#include <set>

#include "comd/api/v1/log.pb.h"
#include "events/record_view.h"
#include "storage/event_log.h"

/// What of the log a reader is sent: which commits, and how they are shown.
namespace comd::north {

namespace api = ::comd::api::v1;

/// "productOrder", "serviceOrder", …
std::string_view kind_text(const StreamId&);

class LogFilter {
 public:
  /// A kind or type that does not exist is refused, with those that do.
  static Result<LogFilter, Rejection> make(const api::LogFilter&);

  /// Whether anything but positions matters.
  bool empty() const { return kinds_.empty() && types_.empty() && streams_.empty() && tenants_.empty() && !from_ && !to_; }
  const std::set<std::string>& streams() const { return streams_; }
  bool wants(Instant) const;
  bool wants(const RecordView::Slice&) const;
  bool wants(const RecordView::Event&) const;

 private:
  std::set<StreamKind> kinds_;
  std::set<std::string> types_, beginnings_;
  std::set<std::string> streams_;
  std::set<TenantId> tenants_;
  std::optional<Instant> from_, to_;
};

struct Showing {
  bool records = false, events = false;
};

/// Nothing: not for this reader. What is no commit at all is shown without events, to whom does not filter.
std::optional<api::LogCommit> select(const StoredCommit&, const LogFilter&, const Showing&);

/// The streams that one id means: a family's, or that one.
std::set<StreamId> streams_meant(const EventLog&, const StreamId&);
/// The commits of the streams that the ids mean, behind `after` and up to `until`, each once, oldest first.
std::vector<StoredCommit> commits_of(const EventLog&, const std::set<std::string>& ids, Position after, Position until);

}  // namespace comd::north

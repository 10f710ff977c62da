#include "edge/grpc/index_walk.h"

#include <algorithm>

namespace comd::north {
namespace {

constexpr std::size_t kFetch = 256;

/// One range, read in pages.
class Cursor {
 public:
  Cursor(const EventLog& log, const IndexQuery& query, const std::string& prefix) : log_(log), query_(query), prefix_(prefix) {
    auto start = query.after;
    // Nothing follows a bound but ids, so a bound itself is never a key: "behind it" is where the range begins.
    if (query.backwards && !query.to.empty() && (start.empty() || query.to < start)) start = query.to;
    if (!query.backwards && !query.from.empty() && query.from > start) start = query.from;
    if (!start.empty()) after_ = prefix + start;
    fetch();
  }

  bool done() const { return next_ == page_.rows.size() || outside(suffix()); }
  std::string suffix() const { return page_.rows[next_].first.substr(prefix_.size()); }
  void advance() {
    if (++next_ == page_.rows.size() && page_.more) fetch();
  }

 private:
  bool outside(const std::string& suffix) const {
    return query_.backwards ? !query_.from.empty() && suffix < query_.from : !query_.to.empty() && suffix >= query_.to;
  }
  void fetch() {
    page_ = log_.scan(query_.table, prefix_, after_, kFetch, query_.backwards);
    next_ = 0;
    if (!page_.rows.empty()) after_ = page_.rows.back().first;
  }

  const EventLog& log_;
  const IndexQuery& query_;
  std::string prefix_, after_;
  RowPage page_;
  std::size_t next_ = 0;
};

}  // namespace

WalkEnd walk(const EventLog& log, const IndexQuery& query, const std::function<bool(const std::string&)>& visit) {
  std::vector<Cursor> cursors;
  for (const auto& prefix : query.prefixes) cursors.emplace_back(log, query, prefix);
  WalkEnd end{query.after, false};
  for (std::size_t seen = 0;; ++seen) {
    Cursor* first = nullptr;
    for (auto& cursor : cursors) {
      if (cursor.done()) continue;
      if (first == nullptr || (query.backwards ? cursor.suffix() > first->suffix() : cursor.suffix() < first->suffix()))
        first = &cursor;
    }
    if (first == nullptr) return end;
    auto suffix = first->suffix();
    const bool twice = suffix == end.last;  // it moved from one range to another while they were read
    if (!twice && (seen == query.scan_max || !visit(suffix))) {
      end.more = true;
      return end;
    }
    end.last = std::move(suffix);
    first->advance();
  }
}

}  // namespace comd::north

#pragma once
#include <functional>
#include <memory>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "storage/event_log.h"
#include "storage/keys.h"

/// What every EventLog keeps. Each implementation runs the suite by INSTANTIATE_TEST_SUITE_P with its own Subject.
namespace comd::contract {

/// The log under test.
class Subject {
 public:
  virtual ~Subject() = default;
  virtual EventLog& log() = 0;
  /// Called after every append: an implementation may close here and open itself again.
  virtual void appended() {}
};

struct Implementation {
  std::string name;
  std::function<std::unique_ptr<Subject>()> make;
};

inline std::string name_of(const testing::TestParamInfo<Implementation>& info) { return info.param.name; }
inline void PrintTo(const Implementation& implementation, std::ostream* out) { *out << implementation.name; }

inline Instant at(std::int64_t ms) { return Instant{Millis{ms}}; }
inline StreamId stream(std::string_view name) { return StreamId{std::string(name)}; }

/// An append of `events` events to one stream.
inline Append append_to(std::string_view name, std::uint64_t expected, std::uint32_t events, std::string record) {
  Append a;
  a.streams.push_back({stream(name), Version{expected}, events});
  a.record = std::move(record);
  return a;
}
inline Append rows_only(std::vector<RowChange> rows) {
  Append a;
  a.record = "rows";
  a.rows = std::move(rows);
  return a;
}

// Agenda changes of one kind.
inline AgendaChange timer(std::optional<Wakeup> added, std::optional<Wakeup> removed = std::nullopt) {
  AgendaChange c;
  c.wakeup_added = std::move(added);
  c.wakeup_removed = std::move(removed);
  return c;
}
inline AgendaChange effects(std::vector<Effect> added, std::vector<std::string> removed = {}) {
  AgendaChange c;
  c.effects_added = std::move(added);
  c.effects_removed = std::move(removed);
  return c;
}
inline AgendaChange tells(std::vector<Tell> added, std::vector<Tell> removed = {}) {
  AgendaChange c;
  c.tells_added = std::move(added);
  c.tells_removed = std::move(removed);
  return c;
}
inline AgendaChange rows(std::vector<Row> put, std::vector<std::pair<Table, std::string>> removed = {}) {
  AgendaChange c;
  c.rows_put = std::move(put);
  c.rows_removed = std::move(removed);
  return c;
}
inline Effect effect(std::string key, EffectKind kind, std::string lane, std::int64_t deadline) {
  Effect e;
  e.key = std::move(key);
  e.kind = kind;
  e.lane = std::move(lane);
  e.deadline = at(deadline);
  return e;
}

inline std::vector<std::string> records(const std::vector<StoredCommit>& commits) {
  std::vector<std::string> out;
  for (const auto& c : commits) out.push_back(c.record);
  return out;
}
inline std::vector<std::uint64_t> positions(const std::vector<StoredCommit>& commits) {
  std::vector<std::uint64_t> out;
  for (const auto& c : commits) out.push_back(number(c.position));
  return out;
}

class EventLogContract : public testing::TestWithParam<Implementation> {
 protected:
  EventLog& log() { return subject_->log(); }
  std::vector<Result<Appended, AppendError>> append(std::span<const Append> batch) {
    auto out = log().append(batch);
    subject_->appended();
    return out;
  }
  Result<Appended, AppendError> append(const Append& a) { return append({&a, 1}).front(); }
  void must_append(const Append& a) { ASSERT_TRUE(append(a).has_value()); }
  void change(const AgendaChange& c, std::string_view name = "so-1") {
    std::vector<RowChange> rows;
    keys::add_rows(rows, stream(name), c);
    must_append(rows_only(std::move(rows)));
  }
  std::vector<std::string> row_keys(const RowPage& page) {
    std::vector<std::string> out;
    for (const auto& [key, value] : page.rows) out.push_back(key);
    return out;
  }

 private:
  std::unique_ptr<Subject> subject_ = GetParam().make();
};

}  // namespace comd::contract

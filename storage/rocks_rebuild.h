#pragma once
#include <atomic>
#include <mutex>

#include "storage/refold.h"
#include "storage/rocks_store.h"
#include "storage/table_rebuild.h"

/// Internal to storage/.
namespace comd::rocks {

/// What a rebuild needs of the log whose tables it makes.
struct RebuildHooks {
  std::mutex& writer;                ///< held by every append
  std::atomic<bool>& under_way;      ///< cleared at the end
  std::function<void()> tables_new;  ///< called under `writer` when other tables are in use: read them anew
};

class RocksRebuild final : public TableRebuild {
 public:
  RocksRebuild(const EventLog&, Store&, RebuildHooks, std::string build);
  ~RocksRebuild() override;

  bool fold() override { return fold_page() != Page::last; }
  Position position() const override { return at_; }
  std::uint64_t events() const override { return events_; }
  bool compare() override;
  const Comparison& comparison() const override { return comparison_; }
  void swap() override;
  void drop() override;

 private:
  using Iterator = std::unique_ptr<rocksdb::Iterator>;
  enum class Page { more, last, afresh };  ///< afresh: it began again from the front

  void begin();
  Page fold_page();
  void stage(const Append&, rocksdb::WriteBatch&);
  bool changes_markers(std::string_view record) const;
  template <class Do>
  void at_the_end(Do);
  void fix_moment();
  void end_comparison();

  const EventLog& log_;
  Store& store_;
  RebuildHooks hooks_;
  const std::string build_;
  Generation fresh_;
  Markers markers_;
  std::optional<Refold> refold_;
  Position at_{};
  std::uint64_t events_ = 0;
  std::map<std::string, std::int64_t> counters_;  ///< of the new tables

  Comparison comparison_;
  const rocksdb::Snapshot* moment_ = nullptr;
  std::vector<std::pair<Iterator, Iterator>> left_;  ///< tables still to be compared: in use, and new
};

}  // namespace comd::rocks

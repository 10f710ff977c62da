#include "storage/rocks_tables.h"

#include <algorithm>

#include <rocksdb/filter_policy.h>
#include <rocksdb/slice_transform.h>
#include <rocksdb/table.h>
#include <rocksdb/utilities/table_properties_collectors.h>

namespace comd::rocks {
namespace {

constexpr std::size_t kKiB = std::size_t{1} << 10, kMiB = std::size_t{1} << 20;

/// Groups the keys of `streams` by stream, so that a bloom filter answers "no such stream" without reading a block.
class StreamPrefix final : public rocksdb::SliceTransform {
 public:
  const char* Name() const override { return "comd.stream"; }
  rocksdb::Slice Transform(const rocksdb::Slice& key) const override { return {key.data(), key.size() - kVersionBytes}; }
  bool InDomain(const rocksdb::Slice& key) const override { return key.size() > kVersionBytes; }
};

/// Where its blocks are, and what is in them, is read through the cache as the blocks are: memory does not grow with what is stored.
rocksdb::BlockBasedTableOptions base_table(const std::shared_ptr<rocksdb::Cache>& cache) {
  rocksdb::BlockBasedTableOptions table;
  table.block_size = 4 * kKiB;
  table.block_cache = cache;
  table.format_version = 5;
  table.cache_index_and_filter_blocks = true;
  table.pin_l0_filter_and_index_blocks_in_cache = true;
  table.index_type = rocksdb::BlockBasedTableOptions::kTwoLevelIndexSearch;
  return table;
}

/// Answers most look-ups of what is not there without reading a block.
void add_filter(rocksdb::BlockBasedTableOptions& table, bool whole_keys) {
  table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10));
  table.whole_key_filtering = whole_keys;
}

rocksdb::ColumnFamilyOptions base_options(const rocksdb::BlockBasedTableOptions& table) {
  rocksdb::ColumnFamilyOptions options;
  options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  options.write_buffer_size = 64 * kMiB;
  options.max_write_buffer_number = 4;
  options.compression = rocksdb::kLZ4Compression;
  // Insertions begin where the last one ended; a batch is written in key order. No DeleteRange in any family: RocksDB 7.8 takes the
  // hint of one skip list for another then.
  options.memtable_insert_with_hint_prefix_extractor.reset(rocksdb::NewCappedPrefixTransform(2));
  return options;
}

/// For rows that stay, and whose keys come in no order: each table that is written out overlaps all others. So tables are merged with
/// others of their own size ("universal"): a row is written again 2.6 times while 600,000 orders come. Merged level by level, each
/// merge into the first level writes all of that again: 0.34 ms for an order in a store of 450,000, this 0.05 (docs/performance.md).
void keep_for_long(rocksdb::ColumnFamilyOptions& options) {
  options.compaction_style = rocksdb::kCompactionStyleUniversal;
  options.level0_file_num_compaction_trigger = 8;
  options.bottommost_compression = rocksdb::kZSTD;
  options.bottommost_compression_opts.enabled = true;
  options.bottommost_compression_opts.level = 1;
}

}  // namespace

rocksdb::ColumnFamilyOptions table_options(Family family, const std::shared_ptr<rocksdb::Cache>& cache) {
  switch (family) {
    case Family::log:
    case Family::chain: {
      // Keys only grow: files never overlap, and compaction moves them without reading them.
      // What is written here stays: neighbours are much alike, and a larger block has more of them.
      auto table = base_table(cache);
      table.block_size = 16 * kKiB;
      auto options = base_options(table);
      options.compression = rocksdb::kZSTD;
      options.compression_opts.level = 1;  // its default level saves nothing more here, and takes longer
      return options;
    }
    case Family::streams: {
      auto table = base_table(cache);
      add_filter(table, false);
      // Each new stream is looked for in every table. Through the cache that took 5 % of an order's CPU; outside it takes about 20
      // bytes of memory for each order that is not archived.
      table.cache_index_and_filter_blocks = false;
      table.index_type = rocksdb::BlockBasedTableOptions::kBinarySearch;
      auto options = base_options(table);
      keep_for_long(options);
      options.prefix_extractor = std::make_shared<StreamPrefix>();
      options.memtable_prefix_bloom_size_ratio = 0.05;
      options.write_buffer_size = 32 * kMiB;
      return options;
    }
    case Family::work: {
      // Nearly every row is deleted soon after it was written. A file full of deletions is compacted at once, so that scans of
      // timers do not wade through them.
      auto options = base_options(base_table(cache));
      options.compression = rocksdb::kNoCompression;
      options.write_buffer_size =
          16 * kMiB;  // a row and its deletion mostly meet in it, and a small one is quicker to insert into
      options.table_properties_collector_factories.push_back(
          std::make_shared<rocksdb::CompactOnDeletionCollectorFactory>(4096, 2048, 0.5));
      return options;
    }
    case Family::views: {
      auto table = base_table(cache);
      add_filter(table, true);
      table.partition_filters = true;
      auto options = base_options(table);
      keep_for_long(options);
      options.memtable_prefix_bloom_size_ratio = 0.02;
      options.memtable_whole_key_filtering = true;
      return options;
    }
    case Family::meta: break;
  }
  auto options = base_options(base_table(cache));
  options.write_buffer_size = kMiB;
  return options;
}

rocksdb::DBOptions db_options(rocksdb::Env* env) {
  rocksdb::DBOptions options;
  options.env = env;
  options.create_if_missing = true;
  options.create_missing_column_families = true;
  options.max_background_jobs = 3;
  options.max_open_files = 512;
  options.allow_concurrent_memtable_write = false;  // one writer
  options.max_total_wal_size = 48 * kMiB;           // bounds what a start after a crash reads again, about a second
  // A log file is not recycled: RocksDB then recovers only by skipping what it cannot read, and a store that silently misses
  // a part of its log is worse than one that is a little slower.
  options.wal_recovery_mode = rocksdb::WALRecoveryMode::kPointInTimeRecovery;
  options.track_and_verify_wals_in_manifest = true;
  options.bytes_per_sync = kMiB;
  options.skip_stats_update_on_db_open = true;
  options.stats_dump_period_sec = 0;
  options.stats_persist_period_sec = 0;
  options.info_log_level = rocksdb::InfoLogLevel::WARN_LEVEL;
  options.keep_log_file_num = 4;
  options.max_log_file_size = 4 * kMiB;
  return options;
}

std::optional<Family> family_named(std::string_view name) {
  const auto dot = name.find('.');
  const bool number = dot != std::string_view::npos && dot + 1 < name.size() &&
                      name.find_first_not_of("0123456789", dot + 1) == std::string_view::npos;
  const auto ours = std::ranges::find(kFamilyNames, number ? name.substr(0, dot) : name);
  if (ours == kFamilyNames.end()) return std::nullopt;
  const auto family = static_cast<Family>(ours - kFamilyNames.begin());
  if (number && family != Family::work && family != Family::views) return std::nullopt;
  return family;
}

std::vector<const char*> missing_families(const std::vector<std::string>& names) {
  std::vector<const char*> out;
  for (std::size_t i = 0; i < kFamilyNames.size(); ++i)
    if (std::ranges::none_of(names, [&](const std::string& name) { return family_named(name) == static_cast<Family>(i); }))
      out.push_back(kFamilyNames[i]);
  return out;
}

}  // namespace comd::rocks

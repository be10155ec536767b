#include "storage/rocksdb/options.hpp"

#include <rocksdb/cache.h>
#include <rocksdb/db.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/table.h>
#include <rocksdb/utilities/table_properties_collectors.h>

#include <algorithm>

namespace tutti::storage {

::rocksdb::DBOptions database_options(const rocksdb_store::settings& how) {
  ::rocksdb::DBOptions o;
  o.create_if_missing = true;
  o.create_missing_column_families = true;
  // A group that was being written when the power went is a torn tail: recover
  // everything before it. Recycled logs are not safe with this mode (RocksDB
  // 7.8 turns them off itself), so there is no recycle_log_file_num.
  o.wal_recovery_mode = ::rocksdb::WALRecoveryMode::kPointInTimeRecovery;
  o.max_total_wal_size = how.log_bytes_max;
  o.max_background_jobs = how.background_jobs;
  o.bytes_per_sync = 1 << 20;
  // There is one writer: nothing to make concurrent, nobody to spin for.
  o.allow_concurrent_memtable_write = false;
  o.enable_write_thread_adaptive_yield = false;
  // A failed write ends the store (see group_writer), so no retry behind it.
  o.max_bgerror_resume_count = 0;
  o.max_log_file_size = 8 << 20;
  o.keep_log_file_num = 4;
  o.stats_dump_period_sec = 0;
  o.stats_persist_period_sec = 0;
  return o;
}

std::vector<::rocksdb::ColumnFamilyDescriptor>
family_descriptors(const rocksdb_store::settings& how) {
  ::rocksdb::BlockBasedTableOptions table;
  table.block_cache = ::rocksdb::NewLRUCache(how.cache_bytes);
  table.cache_index_and_filter_blocks = true;
  table.pin_l0_filter_and_index_blocks_in_cache = true;
  table.filter_policy.reset(::rocksdb::NewBloomFilterPolicy(10));
  table.format_version = 5;

  ::rocksdb::ColumnFamilyOptions state;
  state.write_buffer_size = how.write_buffer_bytes;
  state.max_write_buffer_number = 4;
  // Insertion hints (memtable_insert_with_hint_prefix_extractor) would save a
  // tenth of the CPU, but trip an assertion in 7.8.3's inlineskiplist.h.
  state.level_compaction_dynamic_level_bytes = true;
  state.compression = ::rocksdb::kLZ4Compression;
  state.bottommost_compression = ::rocksdb::kZSTD;
  state.table_factory.reset(::rocksdb::NewBlockBasedTableFactory(table));

  // Rows here die young. What is left of them are tombstones, which a cold
  // start would have to walk: compact files that hold mostly those.
  auto queue = state;
  queue.write_buffer_size = std::min<size_t>(how.write_buffer_bytes, 8 << 20);
  queue.bottommost_compression = ::rocksdb::kLZ4Compression;
  queue.table_properties_collector_factories.push_back(
      ::rocksdb::NewCompactOnDeletionCollectorFactory(10000, 5000, 0.5));

  auto history = state;
  history.write_buffer_size
      = std::min<size_t>(how.write_buffer_bytes, 16 << 20);
  history.compression = ::rocksdb::kZSTD;

  return {{::rocksdb::kDefaultColumnFamilyName, state},
          {"queue", queue},
          {"history", history}};
}

} // namespace tutti::storage

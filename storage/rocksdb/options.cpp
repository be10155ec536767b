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
  // After a power failure the last group may be torn: recover everything before
  // it. RocksDB 7.8 does not support recycled logs in this mode (it turns them
  // off itself), so recycle_log_file_num is not set.
  o.wal_recovery_mode = ::rocksdb::WALRecoveryMode::kPointInTimeRecovery;
  o.max_total_wal_size = how.log_bytes_max;
  o.db_write_buffer_size = how.write_buffers_bytes_max;
  o.max_background_jobs = how.background_jobs;
  o.bytes_per_sync = 1 << 20;
  // There is one writer: no concurrency, no spinning.
  o.allow_concurrent_memtable_write = false;
  o.enable_write_thread_adaptive_yield = false;
  // A failed write stops the store (group_writer), so RocksDB must not retry.
  o.max_bgerror_resume_count = 0;
  o.max_log_file_size = 8 << 20;
  o.keep_log_file_num = 4;
  o.stats_dump_period_sec = 0;
  o.stats_persist_period_sec = 0;
  return o;
}

std::vector<::rocksdb::ColumnFamilyDescriptor>
family_descriptors(const rocksdb_store::settings& how,
                   const std::shared_ptr<::rocksdb::Cache>& cache) {
  ::rocksdb::BlockBasedTableOptions table;
  table.block_cache = cache;
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

  // These rows are erased soon. Tombstones remain, which a cold start would
  // have to walk: compact files that contain mostly those.
  auto queue = state;
  queue.write_buffer_size = std::min<size_t>(how.write_buffer_bytes, 8 << 20);
  queue.bottommost_compression = ::rocksdb::kLZ4Compression;
  queue.table_properties_collector_factories.push_back(
      ::rocksdb::NewCompactOnDeletionCollectorFactory(10000, 5000, 0.5));

  auto history = state;
  history.write_buffer_size
      = std::min<size_t>(how.write_buffer_bytes, 16 << 20);
  history.compression = ::rocksdb::kZSTD;
  // Archived executions repeat their definitions and each other: a block must
  // hold several of them, or an archive is as large as what it replaces.
  table.block_size = 64 << 10;
  history.table_factory.reset(::rocksdb::NewBlockBasedTableFactory(table));

  return {{::rocksdb::kDefaultColumnFamilyName, state},
          {"queue", queue},
          {"history", history}};
}

} // namespace tutti::storage

#pragma once

#include "storage/rocksdb/families.hpp"
#include "storage/rocksdb/rocksdb_store.hpp"

namespace rocksdb {
struct DBOptions;
struct ColumnFamilyDescriptor;
class Cache;
} // namespace rocksdb

namespace tutti::storage {

::rocksdb::DBOptions database_options(const rocksdb_store::settings& how);

/// In the order of `family`; they share one block cache.
std::vector<::rocksdb::ColumnFamilyDescriptor>
family_descriptors(const rocksdb_store::settings& how,
                   const std::shared_ptr<::rocksdb::Cache>& cache);

} // namespace tutti::storage

#pragma once

#include "messages/model/result.hpp"

#include <optional>
#include <string>
#include <vector>

namespace rocksdb {
struct ColumnFamilyDescriptor;
struct DBOptions;
} // namespace rocksdb

namespace tutti::storage {

/// Before a database is opened: refuses one whose write-ahead log is damaged
/// before whole records, because RocksDB would drop all of them without a word.
///
/// With `accept_loss` it goes on without them: the logs are kept aside, with a
/// list of what they held, and cut. Returns a sentence that says where;
/// nullopt: nothing was lost.
result<std::optional<std::string>>
check_logs(const std::string& path, const ::rocksdb::DBOptions& options,
           const std::vector<::rocksdb::ColumnFamilyDescriptor>& families,
           bool accept_loss);

} // namespace tutti::storage

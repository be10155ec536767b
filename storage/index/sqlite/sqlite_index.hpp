#pragma once

#include "storage/index/index_store.hpp"

#include <filesystem>

namespace tutti::index {

struct sqlite_settings {
  std::filesystem::path directory; ///< made if need be
  task_policy tasks = task_policy::terminal;
  size_t readers = 2;    ///< connections; more searches wait for one
  int64_t cache_mib = 8; ///< of each connection
  /// The directory is removed at the end.
  bool temporary = false;
};

/// The index as one SQLite file with FTS5: `index.db`, and `index.new` while it
/// is built.
std::unique_ptr<index_store> make_sqlite_index(sqlite_settings how);

} // namespace tutti::index

#pragma once

#include "storage/copy/bulk.hpp"

#include <memory>
#include <string>

namespace tutti::cli {

/// A store whose node is stopped.
struct store_location {
  enum class kind : uint8_t { rocksdb, postgres };
  kind what;
  std::string where; ///< directory or address

  /// As users write it.
  std::string text() const;
};

/// "rocksdb:DIRECTORY", or "postgresql://..." as libpq takes it.
result<store_location> read_store_location(const std::string& text);

struct opened_store {
  std::shared_ptr<storage::bulk_source> source;
  std::shared_ptr<storage::bulk_target> target;
};

/// A store that is there.
result<opened_store> open_store(const store_location& at);

/// The same; made when there is none.
result<opened_store> open_or_make_store(const store_location& at,
                                        uint32_t shards);

/// The tables of a store in PostgreSQL: true when they were made now.
result<bool> make_tables(const store_location& at, uint32_t shards);
/// The version that was there before.
result<uint32_t> upgrade_tables(const store_location& at);

} // namespace tutti::cli

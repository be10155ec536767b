#include "tools/tutti/stores/store_location.hpp"

#include "storage/copy/store_bulk.hpp"
#include "storage/postgres/postgres_bulk.hpp"
#include "storage/postgres/schema.hpp"
#include "storage/rocksdb/rocksdb_store.hpp"

namespace tutti::cli {

namespace store_location_detail {

constexpr std::string_view rocksdb_prefix = "rocksdb:";

result<opened_store> open_rocksdb(const std::string& directory,
                                  uint32_t shards) {
  storage::rocksdb_store::settings how;
  how.shards = shards;
  how.commit_bytes_max = size_t{1} << 30;
  auto opened = storage::rocksdb_store::open(directory, how);
  if (!opened)
    return std::move(opened).failure();
  auto both = std::make_shared<storage::store_bulk>(std::move(*opened));
  return opened_store{both, both};
}

result<opened_store> open_postgres(const std::string& url) {
  auto opened = storage::postgres_bulk::open(url);
  if (!opened)
    return std::move(opened).failure();
  std::shared_ptr<storage::postgres_bulk> both = std::move(*opened);
  return opened_store{both, both};
}

failure not_postgres(const store_location& at) {
  return {errc::invalid,
          "'" + at.text()
              + "' is no PostgreSQL: only its "
                "tables are made and upgraded, a directory is made "
                "by the node that uses it"};
}

result<storage::postgres::connection> connect(const store_location& at) {
  if (at.what != store_location::kind::postgres)
    return not_postgres(at);
  return storage::postgres::connection::open(at.where, {});
}

} // namespace store_location_detail

std::string store_location::text() const {
  if (what == kind::postgres)
    return storage::postgres::name_of(where);
  return std::string(store_location_detail::rocksdb_prefix) + where;
}

result<store_location> read_store_location(const std::string& text) {
  using kind = store_location::kind;
  constexpr auto prefix = store_location_detail::rocksdb_prefix;
  if (text.starts_with(prefix) && text.size() > prefix.size())
    return store_location{kind::rocksdb, text.substr(prefix.size())};
  if (text.starts_with("postgresql://") || text.starts_with("postgres://"))
    return store_location{kind::postgres, text};
  return failure{errc::invalid,
                 "'" + text
                     + "' is no store: write rocksdb:DIRECTORY or "
                       "postgresql://USER@HOST:PORT/DATABASE"};
}

result<opened_store> open_store(const store_location& at) {
  using namespace store_location_detail;
  if (at.what == store_location::kind::postgres)
    return open_postgres(at.where);
  auto shards = storage::rocksdb_store::shards_of(at.where);
  if (!shards)
    return std::move(shards).failure();
  return open_rocksdb(at.where, *shards);
}

result<opened_store> open_or_make_store(const store_location& at,
                                        uint32_t shards) {
  using namespace store_location_detail;
  if (at.what == store_location::kind::rocksdb)
    return open_rocksdb(at.where, shards);
  if (auto made = make_tables(at, shards); !made)
    return std::move(made).failure();
  return open_postgres(at.where);
}

result<bool> make_tables(const store_location& at, uint32_t shards) {
  auto by = store_location_detail::connect(at);
  if (!by)
    return std::move(by).failure();
  return storage::postgres::initialize(
      *by, {storage::postgres::schema_version, shards, 0, shards});
}

result<uint32_t> upgrade_tables(const store_location& at) {
  auto by = store_location_detail::connect(at);
  if (!by)
    return std::move(by).failure();
  return storage::postgres::upgrade(*by);
}

} // namespace tutti::cli

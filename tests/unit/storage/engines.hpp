#pragma once

#include "storage/memory/memory_store.hpp"
#include "storage/postgres/postgres_store.hpp"
#include "storage/postgres/schema.hpp"
#include "storage/rocksdb/rocksdb_store.hpp"
#include "tests/support/postgres_server.hpp"
#include "tests/unit/storage/rows.hpp"

#include <doctest/doctest.h>

#include <filesystem>

namespace tutti::storage::test {

/// A directory of its own below the system's, gone with the object.
class temporary_directory {
 public:
  temporary_directory() {
    auto pattern
        = (std::filesystem::temp_directory_path() / "tutti-store-XXXXXX")
              .string();
    REQUIRE(mkdtemp(pattern.data()) != nullptr);
    path_ = pattern;
  }
  ~temporary_directory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  temporary_directory(const temporary_directory&) = delete;
  temporary_directory& operator=(const temporary_directory&) = delete;

  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

// An engine for the conformance cases: a store of three shards, and `reopen`,
// after which only what is durable is left.

struct memory_engine {
  static constexpr uint32_t shards = 3;
  static constexpr size_t commit_bytes_max = 8 << 20;

  store& get() { return store_; }
  void reopen() { store_.crash(); }

 private:
  memory_store store_{shards, memory_store::writes::at_once, commit_bytes_max};
};

struct rocksdb_engine {
  static constexpr uint32_t shards = 3;
  static constexpr size_t commit_bytes_max = memory_engine::commit_bytes_max;

  rocksdb_engine() { open(); }
  store& get() { return *store_; }
  void reopen() {
    store_.reset();
    open();
  }

 private:
  void open() {
    auto opened = rocksdb_store::open(
        directory_.path(),
        {.shards = shards, .commit_bytes_max = commit_bytes_max});
    REQUIRE_MESSAGE(opened, opened.failure().message);
    store_ = *std::move(opened);
  }

  temporary_directory directory_;
  std::unique_ptr<rocksdb_store> store_;
};

/// A database with the tables of a store of that many shards; its address.
inline std::string new_postgres_store(tutti::test::postgres_server& in,
                                      uint32_t shards) {
  auto url = in.new_database();
  auto by = postgres::connection::open(url, {});
  REQUIRE_MESSAGE(by, by.failure().message);
  auto made = postgres::initialize(
      *by, {postgres::schema_version, shards, 0, shards});
  REQUIRE_MESSAGE(made, made.failure().message);
  return url;
}

inline std::unique_ptr<postgres_store>
open_postgres_store(postgres_store::settings how) {
  auto opened = postgres_store::open(how);
  REQUIRE_MESSAGE(opened, opened.failure().message);
  return *std::move(opened);
}

/// On the one server of all tests.
struct postgres_engine {
  static constexpr uint32_t shards = 3;
  static constexpr size_t commit_bytes_max = memory_engine::commit_bytes_max;

  postgres_engine() { reopen(); }
  store& get() { return *store_; }
  void reopen() {
    store_.reset();
    postgres_store::settings how;
    how.databases = postgres_store::all_in(url_, shards);
    how.commit_bytes_max = commit_bytes_max;
    store_ = open_postgres_store(std::move(how));
  }

 private:
  std::string url_
      = new_postgres_store(tutti::test::postgres_server::shared(), shards);
  std::unique_ptr<postgres_store> store_;
};

} // namespace tutti::storage::test

TYPE_TO_STRING_AS("memory", tutti::storage::test::memory_engine);
TYPE_TO_STRING_AS("rocksdb", tutti::storage::test::rocksdb_engine);
TYPE_TO_STRING_AS("postgres", tutti::storage::test::postgres_engine);

// A store becomes another one: RocksDB into PostgreSQL and back.

#include "storage/copy/copy.hpp"

#include "storage/copy/store_bulk.hpp"
#include "storage/feed.hpp"
#include "storage/postgres/postgres_bulk.hpp"
#include "tests/unit/storage/engines.hpp"

namespace tutti::storage::test::copy_cases {

using tutti::test::postgres_server;

constexpr uint32_t shards = 3;

std::shared_ptr<store> rocksdb_in(const std::string& path,
                                  uint32_t count = shards) {
  auto opened = rocksdb_store::open(path, {.shards = count});
  REQUIRE_MESSAGE(opened, opened.failure().message);
  return std::shared_ptr<store>(*std::move(opened));
}

std::unique_ptr<postgres_bulk> bulk_of(const std::string& url) {
  auto opened = postgres_bulk::open(url);
  REQUIRE_MESSAGE(opened, opened.failure().message);
  return *std::move(opened);
}

/// Rows of any size, the empty key and the empty value, all bytes.
void fill(store& to) {
  for (uint32_t shard = 0; shard < shards; ++shard) {
    batch all{put("", "the empty key"), put("e", ""),
              put(std::string("q\0\x01\xff", 4), std::string(3, '\0')),
              put("z", std::string(3'000'000, char('a' + shard)))};
    for (int i = 0; i < 3'000; ++i)
      all.push_back(
          put("n" + std::to_string(i), std::string(size_t(i % 700), char(i))));
    REQUIRE(write(to, std::move(all), shard) == outcome::ok);
  }
}

std::vector<std::string> digests(bulk_source& of) {
  std::vector<std::string> out;
  for (uint32_t i = 0; i < of.shards(); ++i) {
    auto x = digest_of(of, i);
    REQUIRE_MESSAGE(x, x.failure().message);
    out.push_back(std::to_string(x->rows()) + ' ' + x->text());
  }
  return out;
}

const shard_copied ignore = [](uint32_t, const digest&) {};

TEST_CASE("a copy into a database and back is equal, and its epochs go on") {
  temporary_directory first, second;
  auto from = rocksdb_in(first.path());
  fill(*from);
  for (int i = 0; i < 5; ++i)
    REQUIRE(from->acquire(1, "node"));
  store_bulk source{from};
  auto before = digests(source);
  CHECK(before[0].starts_with("3004 "));
  CHECK(before[0] != before[1]);

  auto url = new_postgres_store(postgres_server::shared(), shards);
  auto middle = bulk_of(url);
  std::vector<uint64_t> told;
  auto copied
      = copy_store(source, *middle, *middle, [&](uint32_t, const digest& x) {
          told.push_back(x.rows());
        });
  REQUIRE_MESSAGE(copied, copied.failure().message);
  CHECK(told == std::vector<uint64_t>(shards, 3'004));
  CHECK(digests(*middle) == before);

  postgres_store::settings how;
  how.databases = postgres_store::all_in(url, shards);
  {
    auto running = open_postgres_store(how);
    auto epoch = running->acquire(1, "node");
    REQUIRE(epoch);
    CHECK(*epoch > 5);
    CHECK(rows(*running, 2) == rows(*from, 2));
  }

  auto to = std::make_shared<store_bulk>(rocksdb_in(second.path()));
  copied = copy_store(*middle, *to, *to, ignore);
  REQUIRE_MESSAGE(copied, copied.failure().message);
  CHECK(digests(*to) == before);
  CHECK(*to->stop(1) > 8);
}

TEST_CASE("the feed of a copied store goes on at its position") {
  temporary_directory dir;
  auto from = rocksdb_in(dir.path());
  feed_entry entry;
  entry.workflow_id = "w";
  for (int i = 0; i < 7; ++i)
    from->submit({0, 0, {}, write(entry)}, {});
  from->flush();
  store_bulk source{from};
  auto url = new_postgres_store(postgres_server::shared(), shards);
  auto middle = bulk_of(url);
  REQUIRE(copy_store(source, *middle, *middle, ignore));
  postgres_store::settings how;
  how.databases = postgres_store::all_in(url, shards);
  auto running = open_postgres_store(how);
  CHECK(running->feed_end(0) == 7);
}

TEST_CASE("a node that still runs on the source is fenced by the copy") {
  auto url = new_postgres_store(postgres_server::shared(), shards);
  postgres_store::settings how;
  how.databases = postgres_store::all_in(url, shards);
  auto running = open_postgres_store(how);
  auto epoch = *running->acquire(0, "node");
  CHECK(write(*running, {put("e", "x")}, 0, epoch) == outcome::ok);
  temporary_directory dir;
  auto from = bulk_of(url);
  store_bulk to{rocksdb_in(dir.path())};
  REQUIRE(copy_store(*from, to, to, ignore));
  CHECK(write(*running, {put("e", "late")}, 0, epoch) == outcome::fenced);
}

TEST_CASE("only an empty store with as many shards is filled") {
  temporary_directory one, other;
  auto from = rocksdb_in(one.path());
  fill(*from);
  store_bulk source{from};
  auto url = new_postgres_store(postgres_server::shared(), shards);
  auto full = bulk_of(url);
  REQUIRE(copy_store(source, *full, *full, ignore));
  auto again = copy_store(source, *full, *full, ignore);
  REQUIRE_FALSE(again);
  CHECK(again.failure().code == errc::conflict);
  store_bulk back{from};
  again = copy_store(*bulk_of(url), back, back, ignore);
  REQUIRE_FALSE(again);
  CHECK(again.failure().code == errc::conflict);
  store_bulk narrow{rocksdb_in(other.path(), 2)};
  again = copy_store(source, narrow, narrow, ignore);
  REQUIRE_FALSE(again);
  CHECK(again.failure().message.find("3 shards and the target 2")
        != std::string::npos);
}

TEST_CASE("a digest tells rows apart that have the same bytes in a row") {
  digest a, b, c;
  a.add("ab", "c");
  b.add("a", "bc");
  c.add("ab", "");
  c.add("c", "");
  CHECK_FALSE(a == b);
  CHECK_FALSE(a == c);
  CHECK(a.bytes() == b.bytes());
}

TEST_CASE("a directory says how many shards its store has") {
  temporary_directory dir;
  CHECK(rocksdb_store::shards_of(dir.path()).failure().code == errc::not_found);
  auto in = rocksdb_in(dir.path(), 7);
  CHECK(*rocksdb_store::shards_of(dir.path()) == 7);
}

} // namespace tutti::storage::test::copy_cases

// What a store in PostgreSQL says before it opens, and its smallest parts.

#include "storage/postgres/shard_head.hpp"
#include "tests/support/waiting.hpp"
#include "tests/unit/storage/engines.hpp"

#include <thread>

namespace tutti::storage::test::postgres_opening {

using tutti::test::postgres_server;

failure refused(const std::string& url, uint32_t shards = 3,
                std::chrono::milliseconds wait = {}) {
  postgres_store::settings how;
  how.databases = postgres_store::all_in(url, shards);
  how.open_wait = wait;
  auto opened = postgres_store::open(how);
  REQUIRE_FALSE(opened);
  return opened.failure();
}

bool has(const failure& x, const std::string& words) {
  return x.message.find(words) != x.message.npos;
}

postgres::connection connect(const std::string& url) {
  auto out = postgres::connection::open(url, {});
  REQUIRE_MESSAGE(out, out.failure().message);
  return std::move(*out);
}

std::string database_in(const std::string& url) {
  return url.substr(url.find("dbname=") + 7);
}

TEST_CASE("a database without a store is refused with the verb that makes it") {
  auto no = refused(postgres_server::shared().new_database());
  CHECK(no.code == errc::not_found);
  CHECK(has(no, "tutti store init"));
}

TEST_CASE("a store is refused that was made with another number of shards") {
  auto no = refused(new_postgres_store(postgres_server::shared(), 3), 4);
  CHECK(no.code == errc::invalid);
  CHECK(has(no, "made with 3 shards and is asked for with 4"));
}

TEST_CASE("a store of an older version asks for an upgrade, of a newer one for "
          "a newer program") {
  auto& server = postgres_server::shared();
  auto url = new_postgres_store(server, 3);
  auto set = [&](int version) {
    server.run("update tutti.meta set value = " + std::to_string(version)
                   + " where name = 'version'",
               database_in(url));
  };
  set(0);
  CHECK(has(refused(url), "tutti store upgrade"));
  set(2);
  CHECK(has(refused(url), "newer version"));
  auto by = connect(url);
  CHECK_FALSE(postgres::upgrade(by));
}

TEST_CASE("an upgrade does its steps in one transaction, and once") {
  auto& server = postgres_server::shared();
  auto url = new_postgres_store(server, 3);
  const postgres::migration steps[]
      = {{1, "alter table tutti.kv add column note text"},
         {2, "alter table tutti.kv drop column note"}};
  const postgres::migration bad[]
      = {{1, "create table tutti.half (n int)"}, {2, "create nonsense"}};
  auto by = connect(url);
  CHECK_FALSE(postgres::upgrade(by, bad, 3));
  CHECK(server.run("select to_regclass('tutti.half') is null", database_in(url))
        == "t");
  std::vector<std::thread> all;
  std::atomic<int> did{0}, found_done{0};
  for (int i = 0; i < 4; ++i)
    all.emplace_back([&] {
      auto mine = postgres::connection::open(url, {});
      auto was = mine ? postgres::upgrade(*mine, steps, 3)
                      : result<uint32_t>(mine.failure());
      did += was && *was == 1;
      found_done += was && *was == 3;
    });
  for (auto& x : all)
    x.join();
  CHECK(did == 1);
  CHECK(found_done == 3);
}

TEST_CASE("of many that make a store at once one does, and all find it") {
  auto url = postgres_server::shared().new_database();
  std::atomic<int> made{0}, found{0};
  std::vector<std::thread> all;
  for (int i = 0; i < 6; ++i)
    all.emplace_back([&] {
      auto by = postgres::connection::open(url, {});
      auto x = by ? postgres::initialize(*by, {1, 3, 0, 3})
                  : result<bool>(by.failure());
      if (x)
        ++(*x ? made : found);
    });
  for (auto& x : all)
    x.join();
  CHECK(made == 1);
  CHECK(found == 5);
}

TEST_CASE("a user without rights is told which are missing") {
  auto& server = postgres_server::shared();
  auto url = new_postgres_store(server, 3);
  auto empty = server.new_database();
  server.run("drop role if exists guest");
  server.run("create role guest login");
  auto as_guest = [](std::string url) {
    return url.replace(url.find("user=tutti"), 10, "user=guest");
  };
  auto no = refused(as_guest(url));
  CHECK(no.code == errc::invalid);
  CHECK(has(no, "permission denied"));
  server.run("grant usage on schema tutti to guest; "
             "grant select on all tables in schema tutti to guest",
             database_in(url));
  no = refused(as_guest(url));
  CHECK(no.code == errc::invalid);
  CHECK(has(no, "select, insert, update and delete"));
  auto by = connect(as_guest(empty));
  auto made = postgres::initialize(by, {1, 3, 0, 3});
  REQUIRE_FALSE(made);
  CHECK(has(made.failure(), "must own the schema"));
}

TEST_CASE("a database that is not there is named, without the password") {
  auto no = refused("postgresql://tutti:secret@127.0.0.1:1/orders");
  CHECK(no.code == errc::unavailable);
  CHECK(has(no, "postgresql://127.0.0.1:1/orders"));
  CHECK_FALSE(has(no, "secret"));
  CHECK(refused("postgresql://host/x?nonsense=1").code == errc::invalid);
  auto& server = postgres_server::shared();
  no = refused(server.url_of("nowhere"));
  CHECK(no.code == errc::invalid);
  CHECK(has(no, "does not exist"));
}

// Skipped: the store was once not opened within 30 s, and it is not known why.
TEST_CASE("a database that comes up late is waited for" * doctest::skip()) {
  postgres_server server;
  auto url = new_postgres_store(server, 3);
  server.stop();
  std::atomic<int> told{0};
  std::thread late;
  postgres_store::settings how;
  how.databases = postgres_store::all_in(url, 3);
  how.told = [&](const std::string&) {
    if (++told == 1)
      late = std::thread([&] { server.start(); });
  };
  auto opened = postgres_store::open(how);
  REQUIRE(opened);
  CHECK(told >= 1);
  late.join();
  CHECK(write(**opened, {put("e", "x")}) == outcome::ok);
}

TEST_CASE("a server that does not sync is noted") {
  auto& server = postgres_server::shared();
  auto url = new_postgres_store(server, 3);
  server.run("alter database " + database_in(url)
             + " set synchronous_commit = off");
  postgres_store::settings how;
  how.databases = postgres_store::all_in(url, 3);
  auto s = open_postgres_store(how);
  REQUIRE(s->damage().size() >= 1);
  CHECK(s->damage()[0].find("synchronous_commit") != std::string::npos);
}

TEST_CASE("the shards of a store may be in several databases") {
  auto& server = postgres_server::shared();
  postgres_store::settings how;
  for (auto [first, count] : {std::pair{0u, 2u}, {2u, 3u}}) {
    auto url = server.new_database();
    auto by = connect(url);
    REQUIRE(postgres::initialize(by, {1, 5, first, count}));
    how.databases.push_back({url, first, count});
  }
  auto s = open_postgres_store(how);
  REQUIRE(s->shards() == 5);
  for (uint32_t shard = 0; shard < 5; ++shard) {
    auto epoch = s->acquire(shard, "node");
    REQUIRE(epoch);
    CHECK(write(*s, {put("e", std::to_string(shard))}, shard, *epoch)
          == outcome::ok);
  }
  s->flush();
  for (uint32_t shard = 0; shard < 5; ++shard)
    CHECK(rows(*s, shard) == row_list{{"e", std::to_string(shard)}});
  CHECK(server.run("select count(*) from tutti.kv",
                   database_in(how.databases[1].url))
        == "3");
  std::swap(how.databases[0].url, how.databases[1].url);
  CHECK_FALSE(postgres_store::open(how));
}

TEST_CASE("what became of a group is told by the commit number") {
  using namespace postgres;
  shard_group x{0, 5};
  x.add({0, 5, {put("e", "x")}}, {});
  x.add({0, 5, {put("e", "x")}}, {});
  x.before = 10;
  struct {
    bool doubtful;
    shard_head now;
    fate what;
  } all[] = {
      {false, {5, 0, 10, 0}, fate::unwritten},
      {true, {5, 0, 10, 0}, fate::unwritten},
      {true, {5, 0, 12, 0}, fate::written},
      {true, {5, 0, 14, 0}, fate::written}, // and the group behind it
      {false, {6, 10, 10, 0}, fate::fenced},
      {true, {6, 10, 30, 0}, fate::fenced}, // he began before it
      {true, {6, 12, 30, 0}, fate::written},
      {true, {7, 10, 30, 0}, fate::fenced},
      {true, {7, 30, 30, 0}, fate::unknown},
  };
  for (auto& one : all) {
    CAPTURE(one.now.epoch);
    CAPTURE(one.now.base);
    CAPTURE(one.now.commits);
    x.doubtful = one.doubtful;
    CHECK(int(fate_of(x, one.now)) == int(one.what));
  }
}

} // namespace tutti::storage::test::postgres_opening

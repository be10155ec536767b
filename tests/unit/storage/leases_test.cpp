// What everybody who grants leases must do.

#include "storage/leases.hpp"

#include "storage/memory/memory_leases.hpp"
#include "storage/postgres/postgres_leases.hpp"
#include "tests/support/waiting.hpp"
#include "tests/unit/storage/engines.hpp"

#include <atomic>
#include <thread>

namespace tutti::storage::test::lease_cases {

using namespace std::chrono_literals;

struct in_memory {
  memory_engine engine;
  memory_leases all{3, [this](uint32_t shard, std::string_view owner) {
                      return engine.get().acquire(shard, owner);
                    }};
  leases& get() { return all; }
  store& rows() { return engine.get(); }
  void pass(std::chrono::milliseconds time) { all.advance(time); }
};

/// Its clock cannot be moved: the ends of the leases are.
struct in_postgres {
  std::string url
      = new_postgres_store(tutti::test::postgres_server::shared(), 3);
  postgres_leases all{url, 5'000ms};
  std::unique_ptr<postgres_store> store_;

  in_postgres() {
    postgres_store::settings how;
    how.databases = postgres_store::all_in(url, 3);
    store_ = open_postgres_store(how);
  }
  leases& get() { return all; }
  store& rows() { return *store_; }
  void pass(std::chrono::milliseconds time) {
    tutti::test::postgres_server::shared().run(
        "update tutti.lease set until = until - interval '"
            + std::to_string(time.count()) + " milliseconds'",
        url.substr(url.find("dbname=") + 7));
  }
};

using shards = std::vector<uint32_t>;

#define LEASES in_memory, in_postgres

TEST_CASE_TEMPLATE("a lease has one owner until its time is over", T, LEASES) {
  T world;
  auto& all = world.get();
  auto first = all.acquire(1, "a", 10s);
  REQUIRE(first);
  REQUIRE(*first);
  CHECK_FALSE(*all.acquire(1, "b", 10s));
  CHECK(*all.acquire(2, "b", 10s));
  world.pass(11s);
  auto second = all.acquire(1, "b", 10s);
  REQUIRE(*second);
  CHECK(**second > **first);
  CHECK_FALSE(*all.acquire(1, "a", 10s));
}

TEST_CASE_TEMPLATE("an owner that acquires again gets a new epoch", T, LEASES) {
  T world;
  auto first = **world.get().acquire(0, "a", 10s);
  auto second = **world.get().acquire(0, "a", 10s);
  CHECK(second > first);
  const leases::held old[] = {{0, first}};
  CHECK(*world.get().renew("a", old, 10s) == shards{});
}

TEST_CASE_TEMPLATE("a renewed lease is kept, one that was taken is not", T,
                   LEASES) {
  T world;
  auto& all = world.get();
  std::vector<leases::held> held;
  for (uint32_t shard = 0; shard < 3; ++shard)
    held.push_back({shard, **all.acquire(shard, "a", 10s)});
  world.pass(8s);
  CHECK(*all.renew("a", held, 10s) == shards{0, 1, 2});
  world.pass(8s);
  CHECK_FALSE(*all.acquire(1, "b", 10s));
  world.pass(3s);
  REQUIRE(*all.acquire(1, "b", 10s));
  // It slept; the others are still its own, because nobody has taken them.
  auto renewed = *all.renew("a", held, 10s);
  std::ranges::sort(renewed);
  CHECK(renewed == shards{0, 2});
}

TEST_CASE_TEMPLATE("a released lease is free at once", T, LEASES) {
  T world;
  auto& all = world.get();
  auto epoch = **all.acquire(1, "a", 10s);
  const leases::held wrong[] = {{1, epoch + 1}}, right[] = {{1, epoch}};
  CHECK(*all.release("a", wrong) == shards{});
  CHECK(*all.release("b", right) == shards{});
  CHECK_FALSE(*all.acquire(1, "b", 10s));
  CHECK(*all.release("a", right) == shards{1});
  CHECK(*all.release("a", right) == shards{});
  CHECK(*all.acquire(1, "b", 10s));
}

TEST_CASE_TEMPLATE("the epoch of a lease fences commits of the one before", T,
                   LEASES) {
  T world;
  auto a = **world.get().acquire(0, "a", 10s);
  CHECK(write(world.rows(), {put("e", "a")}, 0, a) == outcome::ok);
  world.pass(11s);
  auto b = **world.get().acquire(0, "b", 10s);
  CHECK(write(world.rows(), {put("e", "late")}, 0, a) == outcome::fenced);
  CHECK(write(world.rows(), {put("e", "b")}, 0, b) == outcome::ok);
  CHECK(value_of(world.rows(), 0, "e") == "b");
}

TEST_CASE_TEMPLATE("the list shows owner, epoch and the time that is left", T,
                   LEASES) {
  T world;
  auto epoch = **world.get().acquire(1, "a", 10s);
  world.pass(4s);
  auto all = world.get().list();
  REQUIRE(all);
  REQUIRE(all->size() == 3);
  auto& x = (*all)[1];
  CHECK(x.shard == 1);
  CHECK(x.owner == "a");
  CHECK(x.epoch == epoch);
  CHECK(x.left <= 6s);
  CHECK(x.left > 1s);
  CHECK((*all)[0].owner.empty());
}

TEST_CASE_TEMPLATE("of many that want a lease at once, one gets it", T,
                   LEASES) {
  T world;
  std::atomic<int> got{0}, not_got{0};
  std::vector<std::thread> nodes;
  for (auto* name : {"a", "b", "c", "d"})
    nodes.emplace_back([&, name] {
      auto x = world.get().acquire(0, name, 10s);
      if (x)
        ++(*x ? got : not_got);
    });
  for (auto& x : nodes)
    x.join();
  CHECK(got == 1);
  CHECK(not_got == 3);
}

TEST_CASE("renewing does not wait for a commit that is under way") {
  in_postgres world;
  auto& server = tutti::test::postgres_server::shared();
  auto database = world.url.substr(world.url.find("dbname=") + 7);
  auto epoch = **world.get().acquire(0, "a", 10s);
  server.run("create function slow() returns trigger language plpgsql as "
             "$$ begin perform pg_sleep(1); return new; end $$; "
             "create trigger slow before insert on tutti.kv for each row "
             "execute function slow()", // by then the shard is taken
             database);
  std::atomic<bool> written{false};
  world.rows().submit({0, epoch, {put("e", "x")}},
                      [&](const outcome& x) { written = x == outcome::ok; });
  REQUIRE(tutti::test::in_time([&] {
    return server.run("select count(*) from pg_stat_activity where state = "
                      "'active' and wait_event = 'PgSleep' and datname = '"
                      + database + "'")
           == "1";
  }));
  const leases::held mine[] = {{0, epoch}};
  CHECK(*world.get().renew("a", mine, 10s) == shards{0});
  CHECK_FALSE(written);
  // Taking over does: nothing of the old owner may become durable later.
  CHECK(*world.get().acquire(0, "a", 10s));
  world.rows().flush();
  CHECK(written);
}

} // namespace tutti::storage::test::lease_cases

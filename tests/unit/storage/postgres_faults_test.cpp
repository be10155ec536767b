// Bad days of the database: nothing acknowledged is lost, nothing is written
// twice, and the store goes on by itself. A commit is an entry in the feed of
// its shard, so one that was written twice is there twice.

#include "storage/feed.hpp"
#include "tests/support/cutting_proxy.hpp"
#include "tests/support/waiting.hpp"
#include "tests/unit/storage/engines.hpp"

#include <atomic>
#include <ctime>
#include <thread>

namespace tutti::storage::test::postgres_faults {

using namespace std::chrono_literals;
using tutti::test::in_time;
using tutti::test::postgres_server;

constexpr uint32_t shards = 4;

/// Hands in commits from a thread, some at a time, and counts their answers.
class ledger {
 public:
  explicit ledger(store& to) : to_(to), answered_(shards), wrong_(0) {
    for (uint32_t i = 0; i < shards; ++i)
      epochs_.push_back(*to.acquire(i, "ledger"));
    thread_ = std::thread([this] { run(); });
  }
  ~ledger() { end(); }

  uint64_t answered() const {
    uint64_t sum = 0;
    for (auto& x : answered_)
      sum += x;
    return sum;
  }
  bool reaches(uint64_t count) {
    return in_time([&] { return answered() >= count; }, 60s);
  }
  void end() {
    stop_ = true;
    if (thread_.joinable())
      thread_.join();
  }

  /// After the end: every commit was answered well, and is there once.
  void check(const store& in) {
    CHECK(wrong_ == 0);
    for (uint32_t shard = 0; shard < shards; ++shard) {
      CAPTURE(shard);
      CHECK(answered_[shard] == submitted_[shard]);
      auto all = read_feed(in, shard, 0, SIZE_MAX);
      REQUIRE(all);
      CHECK(all->items.size() == submitted_[shard]);
      CHECK(in.feed_end(shard) == submitted_[shard]);
      uint64_t expected = 0, out_of_place = 0;
      for (auto& x : all->items) {
        ++expected;
        out_of_place += x.position != expected
                        || uint64_t(x.what.last_revision) != expected;
      }
      CHECK(out_of_place == 0);
      CHECK(rows(in, shard, "e", "f").size() == submitted_[shard]);
      CHECK(rows(in, shard, "q", "r").size() == 1);
    }
  }

 private:
  static constexpr uint64_t under_way_max = 200;

  void run() {
    uint64_t sum = 0;
    for (uint32_t shard = 0; !stop_; shard = (shard + 1) % shards) {
      if (sum - answered() >= under_way_max
          && !in_time([&] { return sum - answered() < under_way_max; }, 60s))
        break;
      submit(shard);
      ++sum;
    }
    to_.flush();
  }

  void submit(uint32_t shard) {
    auto n = ++submitted_[shard];
    feed_entry entry;
    entry.workflow_id = "w";
    entry.last_revision = int64_t(n);
    auto key = [](char kind, uint64_t i) {
      return kind + std::to_string(10'000'000 + i);
    };
    to_.submit({shard,
                epochs_[shard],
                {put(key('e', n), "event"), put(key('q', n), "row"),
                 erase(key('q', n - 1))},
                write(entry)},
               [this, shard, n](const outcome& x) {
                 if (x != outcome::ok || ++answered_[shard] != n)
                   ++wrong_;
               });
  }

  store& to_;
  std::vector<uint64_t> epochs_;
  std::vector<uint64_t> submitted_ = std::vector<uint64_t>(shards);
  std::vector<std::atomic<uint64_t>> answered_;
  std::atomic<int> wrong_;
  std::atomic<bool> stop_{false};
  std::thread thread_;
};

postgres_store::settings settings_for(const std::string& url,
                                      uint32_t count = shards) {
  postgres_store::settings how;
  how.databases = postgres_store::all_in(url, count);
  how.statement_timeout = 5'000ms;
  return how;
}

std::string terminate_all(const std::string& database) {
  return "select count(pg_terminate_backend(pid)) from pg_stat_activity where "
         "application_name = 'tutti' and datname = '"
         + database + "'";
}

std::string database_of(const std::string& url) {
  return url.substr(url.find("dbname=") + 7);
}

bool says(const postgres_store& s, const std::string& words) {
  for (auto& x : s.damage())
    if (x.find(words) != x.npos)
      return true;
  return false;
}

// Skipped: a server of this test does not always start again after its SIGKILL.
// tests/e2e/database_test.cpp kills one below a node.
TEST_CASE("a database that is killed keeps what was acknowledged, and commits "
          "wait until it is back"
          * doctest::skip()) {
  postgres_server server;
  auto url = new_postgres_store(server, shards);
  auto s = open_postgres_store(settings_for(url));
  auto notes = s->damage(); // what the server's settings may cost
  ledger all{*s};
  for (int i = 0; i < 4; ++i) {
    REQUIRE(all.reaches(all.answered() + 300));
    server.kill();
    CHECK(in_time([&] { return says(*s, "commits wait"); }));
    server.start();
  }
  REQUIRE(all.reaches(all.answered() + 300));
  CHECK(in_time([&] { return s->damage() == notes; }));
  all.end();
  all.check(*s);
}

TEST_CASE("connections that are terminated in the middle of commits leave each "
          "commit there once") {
  auto& server = postgres_server::shared();
  auto url = new_postgres_store(server, shards);
  // A commit takes long enough to be met.
  server.run("create function linger() returns trigger language plpgsql as "
             "$$ begin perform pg_sleep(0.002); return null; end $$; "
             "create constraint trigger linger after update on tutti.shard "
             "deferrable initially deferred for each row "
             "execute function linger()",
             database_of(url));
  auto s = open_postgres_store(settings_for(url));
  ledger all{*s};
  for (int i = 0; i < 40; ++i) {
    REQUIRE(all.reaches(all.answered() + 20));
    // None is there while both are being made anew.
    CHECK(in_time(
        [&] { return server.run(terminate_all(database_of(url))) != "0"; }));
  }
  all.end();
  all.check(*s);
  CHECK(s->statistics().connects > 20);
}

TEST_CASE("a commit whose answer is lost is there once, and is answered") {
  auto& server = postgres_server::shared();
  auto url = new_postgres_store(server, shards);
  tutti::test::scratch_directory scratch{"proxy"};
  auto socket = std::filesystem::path(".s.PGSQL.5432");
  auto host = url.substr(5, url.find(' ') - 5);
  tutti::test::cutting_proxy proxy{scratch.path() / socket, host / socket};
  auto s = open_postgres_store(settings_for("host=" + scratch.path().string()
                                            + url.substr(url.find(' '))));
  ledger all{*s};
  REQUIRE(all.reaches(100));
  // A connection is made in about ten messages, and writes some commits then.
  proxy.cut(60, 23);
  REQUIRE(in_time([&] { return proxy.cuts() == 60; }, 150s));
  REQUIRE(all.reaches(all.answered() + 100));
  all.end();
  all.check(*s);
}

TEST_CASE("a late writer of a shard that was taken over writes nothing, and "
          "its other shards go on") {
  auto url = new_postgres_store(postgres_server::shared(), shards);
  auto how = settings_for(url);
  how.write_connections = 1;
  auto old = open_postgres_store(how);
  auto other = open_postgres_store(how);
  auto of_old = *old->acquire(1, "old"), also_of_old = *old->acquire(2, "old");
  CHECK(write(*old, {put("e", "old")}, 1, of_old) == outcome::ok);
  auto of_other = *other->acquire(1, "other");
  // It does not know yet: the database refuses, row by row.
  std::vector<outcome> late(3);
  old->submit({1, of_old, {put("e", "late"), erase_range("", ""), erase("q")}},
              [&](outcome x) { late[0] = x; });
  old->submit({2, also_of_old, {put("e", "well")}},
              [&](outcome x) { late[1] = x; });
  old->submit({1, of_old, {erase("e")}}, [&](outcome x) { late[2] = x; });
  old->flush();
  CHECK(late[0] == outcome::fenced);
  CHECK(late[1] == outcome::ok);
  CHECK(late[2] == outcome::fenced);
  CHECK(rows(*old, 1) == row_list{{"e", "old"}});
  CHECK(value_of(*old, 2, "e") == "well");
  CHECK(write(*other, {put("e", "other")}, 1, of_other) == outcome::ok);
  CHECK(write(*old, {put("e", "later")}, 1, of_old) == outcome::fenced);
  // And back again, with numbers that have moved meanwhile.
  auto again = *old->acquire(1, "old");
  CHECK(write(*old, {put("e", "again")}, 1, again) == outcome::ok);
  CHECK(write(*other, {put("e", "x")}, 1, of_other) == outcome::fenced);
  CHECK(rows(*other, 1) == row_list{{"e", "again"}});
}

TEST_CASE("the feed of a shard goes on without a gap after it has moved") {
  auto url = new_postgres_store(postgres_server::shared(), shards);
  auto a = open_postgres_store(settings_for(url));
  auto b = open_postgres_store(settings_for(url));
  feed_entry entry;
  entry.workflow_id = "w";
  for (int i = 0; i < 6; ++i) {
    auto& s = i % 2 == 0 ? *a : *b;
    auto epoch = *s.acquire(0, "node");
    CHECK(s.feed_end(0) == uint64_t(i));
    std::promise<outcome> answered;
    s.submit({0, epoch, {}, write(entry)},
             [&](outcome x) { answered.set_value(x); });
    CHECK(answered.get_future().get() == outcome::ok);
    CHECK(s.feed_end(0) == uint64_t(i) + 1);
  }
  CHECK(read_feed(*a, 0, 0, 100)->items.size() == 6);
}

TEST_CASE("statements that take too long are sent again, in order") {
  auto& server = postgres_server::shared();
  auto url = new_postgres_store(server, shards);
  auto database = database_of(url);
  auto how = settings_for(url);
  how.statement_timeout = 100ms;
  auto s = open_postgres_store(how);
  auto notes = s->damage();
  server.run("create function slow() returns trigger language plpgsql as "
             "$$ begin perform pg_sleep(10); return new; end $$; "
             "create trigger slow before insert on tutti.kv "
             "execute function slow()",
             database);
  std::vector<int> answered;
  for (int i = 0; i < 20; ++i)
    s->submit({0, 0, {put("e", std::to_string(i))}}, [&, i](outcome x) {
      if (x == outcome::ok)
        answered.push_back(i);
    });
  CHECK(in_time([&] { return says(*s, "statement timeout"); }));
  CHECK(in_time([&] { return s->statistics().repeated >= 3; }));
  server.run("drop trigger slow on tutti.kv", database);
  s->flush();
  CHECK(answered.size() == 20);
  CHECK(std::ranges::is_sorted(answered));
  CHECK(value_of(*s, 0, "e") == "19");
  CHECK(in_time([&] { return s->damage() == notes; }));
}

TEST_CASE("a database that has become read-only is waited for") {
  auto& server = postgres_server::shared();
  auto url = new_postgres_store(server, shards);
  auto database = database_of(url);
  auto s = open_postgres_store(settings_for(url));
  CHECK(write(*s, {put("e", "before")}) == outcome::ok);
  server.run("alter database " + database
             + " set default_transaction_read_only = on");
  server.run(terminate_all(database));
  outcome how = outcome::unavailable;
  s->submit({0, 0, {put("e", "after")}}, [&](outcome x) { how = x; });
  CHECK(in_time([&] { return says(*s, "read-only"); }));
  CHECK(value_of(*s, 0, "e") == "before"); // it can be read
  server.run("alter database " + database
             + " reset default_transaction_read_only");
  s->flush();
  CHECK(how == outcome::ok);
  CHECK(value_of(*s, 0, "e") == "after");
}

TEST_CASE("a connection that is ended while nothing is written is made anew, "
          "and costs no time") {
  auto& server = postgres_server::shared();
  auto url = new_postgres_store(server, shards);
  auto how = settings_for(url);
  how.write_connections = 1;
  auto s = open_postgres_store(how);
  CHECK(write(*s, {put("e", "x")}) == outcome::ok);
  auto before = s->statistics().connects;
  server.run(terminate_all(database_of(url)));
  CHECK(in_time([&] { return s->statistics().connects == before + 1; }));
  auto cpu = std::clock();
  auto count = "select count(*) from pg_stat_activity where application_name = "
               "'tutti' and state = 'idle' and datname = '"
               + database_of(url) + "'";
  CHECK(in_time([&] { return server.run(count) == "1"; }));
  CHECK(write(*s, {put("e", "y")}) == outcome::ok);
  CHECK((std::clock() - cpu) / double(CLOCKS_PER_SEC) < 0.5);
  CHECK(s->statistics().connects == before + 1);
}

TEST_CASE("a shard stops when the database has lost what it acknowledged") {
  auto& server = postgres_server::shared();
  auto url = new_postgres_store(server, shards);
  auto s = open_postgres_store(settings_for(url));
  for (int i = 0; i < 3; ++i)
    CHECK(write(*s, {put("e", "x")}) == outcome::ok);
  server.run("update tutti.shard set commits = 1 where shard = 0",
             database_of(url));
  server.run(terminate_all(database_of(url)));
  auto how = write(*s, {put("e", "y")});
  CHECK(how == outcome::unavailable);
  CHECK(how.why().find("lost 2 acknowledged commits of shard 0")
        != std::string::npos);
  CHECK(write(*s, {put("e", "y")}) == outcome::unavailable);
  CHECK(value_of(*s, 0, "e") == "x");
  CHECK(write(*s, {put("e", "y")}, 1) == outcome::ok);
  auto epoch = s->acquire(0, "node"); // what is there holds
  REQUIRE(epoch);
  CHECK(write(*s, {put("e", "z")}, 0, *epoch) == outcome::ok);
}

TEST_CASE("a table that is gone stops the store with the database's words") {
  auto& server = postgres_server::shared();
  auto url = new_postgres_store(server, shards);
  auto s = open_postgres_store(settings_for(url));
  CHECK(write(*s, {put("e", "x")}) == outcome::ok);
  server.run("alter table tutti.kv rename to elsewhere", database_of(url));
  auto how = write(*s, {put("e", "y")});
  CHECK(how == outcome::unavailable);
  CHECK(how.why().find("tutti.kv") != std::string::npos);
  CHECK(says(*s, "tutti.kv"));
}

TEST_CASE("what waits for a database that is away has a bound") {
  postgres_server server;
  auto how = settings_for(new_postgres_store(server, shards));
  how.waiting_bytes_max = 100'000;
  auto s = open_postgres_store(how);
  server.stop();
  std::atomic<int> refused{0}, closed{0};
  auto keep = [&](const outcome& x) {
    bool full
        = x.why().find("store.postgres.waiting_mib_max") != std::string::npos;
    ++(full ? refused : closed);
    CHECK(x == outcome::unavailable);
  };
  for (int i = 0; i < 100; ++i)
    s->submit({0, 0, {put("e", std::string(10'000, 'x'))}}, keep);
  auto read = s->get(0, "e");
  REQUIRE_FALSE(read);
  CHECK(read.failure().code == errc::unavailable);
  s.reset(); // answers all
  CHECK(refused == 91);
  CHECK(closed == 9);
}

} // namespace tutti::storage::test::postgres_faults

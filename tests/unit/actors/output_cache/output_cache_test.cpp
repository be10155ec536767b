#include "actors/output_cache/output_cache.hpp"
#include "storage/keys.hpp"
#include "storage/records.hpp"
#include "tests/support/actor_world.hpp"
#include "tests/support/definitions.hpp"

#include <doctest/doctest.h>

using namespace tutti;
using namespace tutti::test;
using namespace std::chrono_literals;

namespace {

engine::cache_output output(std::string key, int64_t expires_at,
                            std::string text = "{}") {
  return {"n", std::move(key), payload::trusted(std::move(text)), expires_at};
}

void define_cached(actor_world& world) {
  world.definitions.define_task("t1");
  world.definitions.define(workflow_of(
      simple("t1", R"(,"cacheConfig":{"key":"k","ttlInSecond":30})")));
}

} // namespace

TEST_CASE("a cached output is found until it expires") {
  output_cache cache;
  CHECK(cache.insert(0, output("a", 100, "[1]")));
  CHECK(cache.find("n", "a", 99)->text() == "[1]");
  CHECK_FALSE(cache.find("n", "a", 100));
  CHECK_FALSE(cache.find("n", "b", 1));
  CHECK(cache.next_expiry() == 100);
  auto gone = cache.take_leftovers(100);
  REQUIRE(gone.size() == 1);
  CHECK(gone[0].key == storage::keys::cached_output("n", "a"));
  CHECK(cache.size() == 0);
}

TEST_CASE("of two outputs the later one counts, and its row is the only one") {
  output_cache cache;
  cache.insert(0, output("a", 100, "[1]"));
  CHECK(cache.insert(1, output("a", 200, "[2]")));
  CHECK_FALSE(cache.insert(0, output("a", 150, "[3]")));
  CHECK(cache.find("n", "a", 120)->text() == "[2]");
  auto gone = cache.take_leftovers(0);
  REQUIRE(gone.size() == 1);
  CHECK(gone[0].shard == 0);
}

TEST_CASE("beyond its bounds the cache drops the outputs that expire first") {
  output_cache cache({.entries_max = 2, .bytes_max = 10'000});
  cache.insert(0, output("a", 300));
  cache.insert(0, output("b", 100));
  cache.insert(0, output("c", 200));
  CHECK(cache.size() == 2);
  CHECK_FALSE(cache.find("n", "b", 0));
  cache.insert(0, output("d", 400, '"' + std::string(9'700, 'x') + '"'));
  CHECK(cache.size() == 1);
  CHECK(cache.find("n", "d", 0));
}

TEST_CASE("the cache keeps a quarter while memory is tight [A11]") {
  output_cache cache({.bytes_max = 10'000});
  for (int i = 0; i < 8; ++i)
    cache.insert(0, output(std::string(1, char('a' + i)), 100 + i,
                           '"' + std::string(700, 'x') + '"'));
  CHECK(cache.size() == 8);
  cache.save_memory(true);
  CHECK(cache.size() == 2);
  CHECK(cache.find("n", "h", 0));
  CHECK(cache.take_leftovers(0).size() == 6);
  cache.insert(0, output("i", 200, '"' + std::string(700, 'x') + '"'));
  CHECK(cache.size() == 2);
  cache.save_memory(false);
  cache.insert(0, output("j", 200, '"' + std::string(700, 'x') + '"'));
  CHECK(cache.size() == 3);
}

TEST_CASE("cached outputs outlive a restart, expired rows do not") {
  actor_world world;
  define_cached(world);
  world.start("w");
  world.complete("t1", R"({"r":1})");
  world.run();
  CHECK(world.count_rows("k") == 1);
  world.restart();
  auto again = world.start("w");
  CHECK(world.status(again) == "COMPLETED");
  CHECK(world.execution(again)["tasks"][0]["outputData"]["r"] == 1);
  world.advance(40s);
  CHECK(world.count_rows("k") == 0);
  CHECK(world.status(world.start("w")) == "RUNNING");
}

#include "tests/support/definitions.hpp"
#include "tests/support/pure_world.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

using namespace tutti;
using test::pure_world;
using test::simple;
using test::workflow_of;

namespace {

constexpr auto cached
    = R"(,"inputParameters":{"uri":"${workflow.input.uri}","n":1},
          "cacheConfig":{"key":"${uri}-${n}","ttlInSecond":10})";

pure_world caching() {
  pure_world world;
  world.define_task("t1");
  world.define_task("t2");
  world.define(workflow_of(simple("t1", cached) + "," + simple("t2")));
  return world;
}

} // namespace

TEST_CASE(
    "a task with a cached output completes at once and without a worker") {
  auto world = caching();
  auto a = world.start("w", R"({"uri":"x"})");
  world.done("t1", R"({"r":5})");
  auto b = world.start("w", R"({"uri":"x"})");
  CHECK(world.rows(b) == "t1:C t2:S");
  CHECK(world.waiting("t1") == 0);
  CHECK(world.row(b, "t1").output.text() == R"({"r":5})");
  CHECK(world.row(b, "t1").worker_id == "cache");
  auto c = world.start("w", R"({"uri":"y"})");
  CHECK(world.rows(c) == "t1:S");
  CHECK(world.replay_is_live());
}

TEST_CASE("a cached output expires, and a use does not prolong it") {
  auto world = caching();
  world.start("w", R"({"uri":"x"})");
  world.done("t1", R"({"r":1})");
  world.advance(6'000);
  CHECK(world.rows(world.start("w", R"({"uri":"x"})")) == "t1:C t2:S");
  world.advance(4'000);
  CHECK(world.rows(world.start("w", R"({"uri":"x"})")) == "t1:S");
}

TEST_CASE("only completed outputs are cached") {
  auto world = caching();
  world.start("w", R"({"uri":"x"})");
  world.fail("t1", "no");
  CHECK(world.rows(world.start("w", R"({"uri":"x"})")) == "t1:S");
}

TEST_CASE("a task without a key or time is never cached") {
  pure_world world;
  world.define_task("t1");
  world.define(workflow_of(
      simple("t1", R"(,"cacheConfig":{"key":"k","ttlInSecond":0})")));
  world.start("w");
  world.done("t1");
  CHECK(world.rows(world.start("w")) == "t1:S");
}

TEST_CASE("an execution with a cached output completes without a task") {
  pure_world world;
  world.define_task("t1");
  world.define(workflow_of(simple("t1"),
                           R"(,"outputParameters":{"o":"${t1.output.r}"},
        "cacheConfig":{"key":"${workflow.input.k}","ttlInSecond":10})"));
  world.start("w", R"({"k":"a"})");
  world.done("t1", R"({"r":7})");
  auto again = world.start("w", R"({"k":"a"})");
  CHECK(world.status(again) == "COMPLETED");
  CHECK(world.rows(again).empty());
  CHECK(world.at(again).head().output.text() == R"({"o":7})");
  CHECK(world.at(again).head().reason.find("cache key") != std::string::npos);
  CHECK(world.rows(world.start("w", R"({"k":"b"})")) == "t1:S");
  world.advance(11'000);
  CHECK(world.rows(world.start("w", R"({"k":"a"})")) == "t1:S");
  CHECK(world.replay_is_live());
}

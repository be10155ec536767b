#include "messages/model/ids.hpp"
#include "tests/support/actor_world.hpp"
#include "tests/support/definitions.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

using namespace tutti;
using namespace tutti::test;

namespace {

void define_limited(actor_world& world, int limit = 1) {
  world.definitions.define_task("t1");
  world.definitions.define(
      workflow_of(simple("t1"), R"(,"rateLimitConfig":{"rateLimitKey":"k",
        "concurrentExecLimit":)" + std::to_string(limit)
                                    + "}"));
}

bool waits(actor_world& world, const std::string& id) {
  return world.execution(id)["rateLimited"].get<bool>();
}

} // namespace

TEST_CASE("slots are rows: they outlive a restart, and nothing remains") {
  actor_world world;
  define_limited(world);
  auto a = world.start("w");
  auto b = world.start("w");
  CHECK_FALSE(waits(world, a));
  CHECK(waits(world, b));
  CHECK(world.count_rows("a") == 2);
  world.restart();
  CHECK(waits(world, b));
  world.call(a, command::terminate{"no"});
  world.run();
  CHECK_FALSE(waits(world, b));
  world.call(b, command::terminate{"no"});
  world.run();
  CHECK(world.count_rows("a") == 0);
  CHECK(world.count_rows("o") == 0);
}

TEST_CASE("an execution that waits for a slot says who holds it") {
  actor_world world;
  define_limited(world);
  auto a = world.start("w");
  auto b = world.start("w");
  auto c = world.start("w");
  auto said = world.explain(c);
  CHECK(said["waitsFor"] == "LIMIT");
  CHECK(said["slot"]
        == nlohmann::json{{"rateLimitKey", "k"},
                          {"concurrentExecLimit", 1},
                          {"holders", {a}},
                          {"position", 1}});
  CHECK(said["tasks"].empty());
  world.call(a, command::terminate{"no"});
  world.run();
  CHECK(world.explain(c)["slot"]["holders"] == nlohmann::json{b});
  CHECK(world.explain(c)["slot"]["position"] == 0);
  CHECK(world.explain(b)["waitsFor"] == "TASKS");
}

TEST_CASE("a removed execution gives its slot back") {
  actor_world world;
  define_limited(world);
  auto a = world.start("w");
  auto b = world.start("w");
  world.remove(a, false);
  world.run();
  CHECK_FALSE(waits(world, b));
  CHECK(world.count_rows("a") == 1);
}

TEST_CASE("a slot that was taken for a start that never came is free after a "
          "restart") {
  actor_world world;
  define_limited(world);
  slot_request what{slot_request::verb::ask,
                    "w",
                    "k",
                    "11111111-2222-4333-8444-555555555555",
                    1,
                    1};
  asked taken;
  world.directory->tell(slot_group_id("w", "k"), taken.of(try_slot{what}));
  world.run();
  CHECK(taken.good());
  auto waiting = world.start("w");
  CHECK(waits(world, waiting));
  world.restart();
  CHECK_FALSE(waits(world, waiting));
}

TEST_CASE("an outbox message that asks for a removed execution takes no slot") {
  actor_world world;
  define_limited(world);
  outbox_message late;
  late.from = "11111111-2222-4333-8444-555555555555";
  late.to = slot_group_id("w", "k");
  late.what = slot_request{slot_request::verb::ask, "w", "k", late.from, 1, 1};
  asked done;
  world.directory->tell_addressee(done.of(
      accept_outbox_message{std::make_shared<const outbox_message>(late)}));
  world.run();
  CHECK(done.good());
  CHECK(world.count_rows("a") == 0);
}

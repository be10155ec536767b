#include "tests/support/definitions.hpp"
#include "tests/support/pure_world.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

// reference:workers#domains: where workers' rows wait.

using namespace tutti;
using test::pure_world;
using test::simple;
using test::workflow_of;

namespace domains_cases {

std::string start_with(pure_world& world,
                       std::map<std::string, std::string> task_to_domain) {
  start_workflow_request request;
  request.name = "w";
  request.input = payload();
  request.task_to_domain = std::move(task_to_domain);
  return *world.try_start(request);
}

TEST_CASE("a task's own key goes before *, and NO_DOMAIN is the plain queue") {
  pure_world world;
  world.define_task("a");
  world.define_task("b");
  world.define(workflow_of(simple("a") + "," + simple("b")));
  auto id = start_with(world, {{"*", "d"}, {"b", "NO_DOMAIN"}});
  CHECK(world.row(id, "a").domain == "d");
  world.done("d:a");
  CHECK(world.row(id, "b").domain.empty());
  CHECK(world.waiting("b") == 1);
}

TEST_CASE("of several domains the first with an active worker is taken") {
  pure_world world;
  world.define_task("a");
  world.define(workflow_of(simple("a")));
  SUBCASE("of those that are named") {
    world.active_domains["a"] = "d2";
    CHECK(world.row(start_with(world, {{"a", "d1, d2 ,d3"}}), "a").domain
          == "d2");
  }
  SUBCASE("else the last") {
    CHECK(world.row(start_with(world, {{"a", "d1,d2"}}), "a").domain == "d2");
  }
  SUBCASE("which may be none") {
    auto id = start_with(world, {{"a", "d1,NO_DOMAIN"}});
    CHECK(world.row(id, "a").domain.empty());
  }
}

TEST_CASE("a further attempt goes where a worker is active by then") {
  pure_world world;
  world.define_task("a", R"({"retryCount":1,"timeoutSeconds":0})");
  world.define(workflow_of(simple("a")));
  world.active_domains["a"] = "d1";
  auto id = start_with(world, {{"a", "d1,d2"}});
  SUBCASE("after nobody answered") {
    world.poll("d1:a");
    world.active_domains["a"] = "d2";
    world.advance(120'000); // nobody has answered
    CHECK(world.rows(id) == "a:TO a:S");
  }
  SUBCASE("after a failure") {
    world.active_domains["a"] = "d2";
    world.fail("d1:a", "no");
    CHECK(world.rows(id) == "a:F a:S");
  }
  SUBCASE("when an operator retries") {
    world.fail("d1:a", "no", task_status::failed_with_terminal_error);
    world.active_domains["a"] = "d2";
    world.tell(id, command::retry{});
    CHECK(world.rows(id) == "a:FT a:S");
  }
  CHECK(world.at(id).rows()[0].domain == "d1");
  CHECK(world.row(id, "a").domain == "d2");
  CHECK(world.waiting("d2:a") == 1);
  CHECK(world.waiting("d1:a") == 0);
  CHECK(world.replay_is_live());
}

TEST_CASE("no attempt of a system task has a domain") {
  pure_world world;
  world.define_task("h", R"({"retryCount":1})");
  world.define(workflow_of(R"({"name":"h","type":"HTTP","taskReferenceName":"h",
                   "inputParameters":{"uri":"http://x","method":"GET"}})"));
  auto id = start_with(world, {{"*", "d"}, {"HTTP", "e"}});
  world.fail("HTTP", "no");
  CHECK(world.rows(id) == "h:F h:S");
  CHECK(world.row(id, "h").domain.empty());
  CHECK(world.waiting("HTTP") == 1);
}

} // namespace domains_cases

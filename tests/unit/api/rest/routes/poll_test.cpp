#include "tests/unit/api/rest/routes/route_world.hpp"

namespace tutti::rest {

using test::is_error;
using test::is_json;
using test::is_no_content;
using test::route_world;

TEST_CASE("a single poll answers one task or 204") {
  route_world world;
  CHECK(is_no_content(
      world.call("GET", "/api/tasks/poll/pack?workerid=me&domain=d")));
  auto& ask = world.last<poll_tasks>();
  CHECK(ask.task_type == "pack");
  CHECK(ask.worker_id == "me");
  CHECK(ask.domain == "d");
  CHECK(ask.count == 1);
  CHECK(ask.timeout_ms == 100);
  world.gateway->tasks = polled{{R"({"taskId":"t"})"}};
  CHECK(
      is_json(world.call("GET", "/api/tasks/poll/pack"), R"({"taskId":"t"})"));
}

TEST_CASE("a batch poll answers a list, empty or not") {
  route_world world;
  CHECK(is_json(world.call("GET", "/api/tasks/poll/batch/pack"), "[]"));
  CHECK(world.last<poll_tasks>().count == 1);
  CHECK(world.last<poll_tasks>().timeout_ms == 100);
  world.gateway->tasks = polled{{"{\"a\":1}", "{\"b\":2}"}};
  CHECK(is_json(
      world.call("GET", "/api/tasks/poll/batch/pack?count=7&timeout=5000"),
      "[{\"a\":1},{\"b\":2}]"));
  CHECK(world.last<poll_tasks>().count == 7);
  CHECK(world.last<poll_tasks>().timeout_ms == 5000);
}

TEST_CASE("a poll for nothing or no time is one immediate look") {
  route_world world;
  world.call("GET", "/api/tasks/poll/batch/pack?count=0&timeout=3000");
  CHECK(world.last<poll_tasks>().count == 1);
  CHECK(world.last<poll_tasks>().timeout_ms <= 0);
  world.call("GET", "/api/tasks/poll/batch/pack?count=-5");
  CHECK(world.last<poll_tasks>().timeout_ms <= 0);
  world.call("GET", "/api/tasks/poll/batch/pack?timeout=-1");
  CHECK(world.last<poll_tasks>().timeout_ms <= 0);
}

TEST_CASE("polls that ask for too much are bounded or refused") {
  route_world world;
  world.call("GET", "/api/tasks/poll/batch/pack?count=2000000000");
  CHECK(world.last<poll_tasks>().count
        == world.context.settings.admission.poll_count_max);
  world.gateway->got.clear();
  CHECK(is_error(world.call("GET", "/api/tasks/poll/batch/pack?timeout=5001"),
                 400));
  CHECK(is_error(world.call("GET", "/api/tasks/poll/batch/pack?timeout=1s"),
                 400));
  CHECK(is_error(
      world.call("GET", "/api/tasks/poll/batch/pack?count=99999999999"), 400));
  CHECK(world.gateway->got.empty());
}

TEST_CASE("names of polls have a bound, because they are kept [A4]") {
  route_world world;
  std::string name(1'000, 'x');
  CHECK(world.call("GET", "/api/tasks/poll/" + name).status == 204);
  world.gateway->got.clear();
  for (auto& target :
       {"/api/tasks/poll/x" + name, "/api/tasks/poll/batch/x" + name,
        "/api/tasks/poll/pack?domain=x" + name,
        "/api/tasks/poll/pack?workerid=x" + name})
    CHECK(is_error(world.call("GET", target), 400));
  auto update = R"({"workflowInstanceId":"w","taskId":"t","status":"COMPLETED",
    "workerId":"x)"
                + name + "\"}";
  CHECK(is_error(world.call("POST", "/api/tasks/update-v2", update), 400));
  CHECK(world.gateway->got.empty());
}

TEST_CASE("a parked poll is cancelled when its client leaves") {
  route_world world;
  world.gateway->silent = true;
  auto local
      = world.begin("GET", "/api/tasks/poll/batch/pack?timeout=5000&domain=d");
  auto id = world.last<poll_tasks>().poll_id;
  CHECK(id != 0);
  REQUIRE(world.gateway->got.size() == 1);
  // True: the exchange asked to be told, so a half-closed connection counts.
  CHECK(local.x->leave());
  REQUIRE(world.gateway->got.size() == 2);
  auto& cancelled = world.last<cancel_poll>();
  CHECK(cancelled.poll_id == id);
  CHECK(cancelled.task_type == "pack");
  CHECK(cancelled.domain == "d");
}

TEST_CASE("a poll that was answered is not cancelled, and no two have one id") {
  route_world world;
  auto first = world.begin("GET", "/api/tasks/poll/batch/pack");
  auto id = world.last<poll_tasks>().poll_id;
  CHECK_FALSE(first.x->leave());
  CHECK(world.gateway->got.size() == 1);
  world.call("GET", "/api/tasks/poll/batch/pack");
  CHECK(world.last<poll_tasks>().poll_id != id);
}

TEST_CASE("no task is taken for a client that is gone already") {
  route_world world;
  world.gateway->silent = true;
  world.gateway->tasks = polled{{"{}"}};
  auto local = world.begin("POST", "/api/tasks/update-v2",
                           R"({"workflowInstanceId":"w","taskId":"t",
                               "status":"COMPLETED"})");
  local.x->leave();
  answer ended;
  ended.task_type = "pack";
  ended.task_ended = true;
  world.last_envelope<call_workflow>().done(ended);
  CHECK(world.gateway->got.size() == 1);
}

TEST_CASE("a poll is answered at once while the node drains") {
  route_world world;
  world.open();
  world.context.draining->store(true);
  CHECK(is_json(world.call("GET", "/api/tasks/poll/batch/pack?timeout=5000"),
                "[]"));
  CHECK(is_no_content(world.call("GET", "/api/tasks/poll/pack")));
  CHECK(world.gateway->got.empty());
}

TEST_CASE("HEAD on a poll takes no task") {
  route_world world;
  world.gateway->tasks = polled{{"{}"}};
  world.call("HEAD", "/api/tasks/poll/pack");
  CHECK(is_json(world.call("HEAD", "/api/tasks/poll/batch/pack"), "[]"));
  CHECK(world.gateway->got.empty());
}

TEST_CASE("a poll that the node refuses is an error, not an empty list") {
  route_world world;
  world.gateway->tasks = failure{errc::unavailable, "not now", {}};
  CHECK(is_error(world.call("GET", "/api/tasks/poll/batch/pack"), 500));
}

} // namespace tutti::rest

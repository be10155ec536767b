#include "tests/support/definitions.hpp"
#include "tests/support/fake_scripts.hpp"
#include "tests/support/pure_world.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <set>

// How operators put ended rows back to work: in which order, with which inputs,
// and what goes before.

namespace reopen_cases {

using namespace tutti;
using nlohmann::json;
using test::fork;
using test::pure_world;
using test::simple;
using test::workflow_of;

/// Chooses `branch` when the script of that name says 1.
std::string choice(std::string_view reference, std::string_view branch) {
  return R"({"name":"s","type":"SWITCH","evaluatorType":"javascript",
    "expression":")"
         + std::string(reference) + R"(","taskReferenceName":")"
         + std::string(reference) + R"(","decisionCases":{"1":[)"
         + std::string(branch) + "]}}";
}

// Choices that are branches of a dynamic fork

/// A dynamic fork of two choices, s and t, with inputs of their own: the first
/// lies over inputParameters. Each takes the task of the name that `pick` says.
struct dynamic_choices {
  test::fake_scripts scripts;
  pure_world world{scripts};
  bool broken = false;
  std::string id;

  dynamic_choices() {
    scripts.mean("pick", [this](auto& input) {
      if (broken)
        throw std::runtime_error("no");
      return input.at("pick");
    });
    world.define_tasks({"a", "b", "c", "z"});
  }

  void start(std::string_view fork, const json& input) {
    world.define(workflow_of(
        R"({"name":"d","taskReferenceName":"d","type":"FORK_JOIN_DYNAMIC",)"
        + std::string(fork)
        + R"(},{"name":"j","taskReferenceName":"j","type":"JOIN"},)"
        + simple("z")));
    id = world.start("w", input.dump());
  }

  static json cases() {
    json out;
    for (std::string name : {"a", "b", "c"})
      out[name] = json::array(
          {{{"name", name}, {"taskReferenceName", name}, {"type", "SIMPLE"}}});
    return out;
  }

  /// By lists of tasks and a map of inputs.
  void start_of_tasks() {
    json s = {{"name", "s"},
              {"taskReferenceName", "s"},
              {"type", "SWITCH"},
              {"evaluatorType", "javascript"},
              {"expression", "pick"},
              {"inputParameters", {{"pick", "c"}, {"more", 1}}},
              {"decisionCases", cases()}};
    start(R"("dynamicForkTasksParam":"tasks",
             "dynamicForkTasksInputParamName":"inputs",
             "inputParameters":{"tasks":"${workflow.input.tasks}",
                                "inputs":"${workflow.input.inputs}"})",
          {{"tasks", json::array({s})},
           {"inputs", {{"s", {{"pick", "a"}, {"text", "${not.one}"}}}}}});
  }
  /// By a list of inputs.
  void start_of_inputs() {
    start(R"("inputParameters":{"forkTaskType":"SWITCH","forkTaskName":"s",
             "forkTaskInputs":"${workflow.input.list}"})",
          {{"list", json::array({{{"pick", "b"},
                                  {"evaluatorType", "javascript"},
                                  {"expression", "pick"},
                                  {"decisionCases", cases()}}})}});
  }
  std::string switches() const {
    std::string out;
    for (auto* row : world.at(id).rows_in_order())
      if (row->task_type == "SWITCH")
        out += (out.empty() ? "" : " ")
               + row->input.json().value("case", std::string("?"));
    return out;
  }
};

TEST_CASE("a switch that is a dynamic branch keeps its inputs in a rerun") {
  dynamic_choices x;
  SUBCASE("given beside the tasks") {
    x.start_of_tasks();
    CHECK(x.world.rows(x.id) == "FORK:C SWITCH:C a:S JOIN:C z:S");
    x.world.fail("a", "no");
    x.world.rerun(x.id, "s");
    CHECK(x.world.rows(x.id) == "FORK:C SWITCH:C JOIN:C a:S z:S");
    // Values are no expressions.
    CHECK(x.world.row(x.id, "s").input.json()
          == json{{"pick", "a"},
                  {"more", 1},
                  {"text", "${not.one}"},
                  {"case", "a"},
                  {"hasChildren", "true"}});
  }
  SUBCASE("given as a list") {
    x.start_of_inputs();
    CHECK(x.world.rows(x.id) == "FORK:C SWITCH:C b:S JOIN:C z:S");
    x.world.fail("b", "no");
    x.world.rerun(x.id, "_s_0");
    CHECK(x.world.rows(x.id) == "FORK:C SWITCH:C JOIN:C b:S z:S");
    CHECK(x.world.row(x.id, "_s_0").input.json().value("__index", -1) == 0);
  }
  SUBCASE("unless others are given") {
    x.start_of_tasks();
    x.world.fail("a", "no");
    x.world.rerun(x.id, "s", payload(json{{"pick", "b"}}));
    CHECK(x.world.rows(x.id) == "FORK:C SWITCH:C JOIN:C b:S z:S");
    CHECK_FALSE(x.world.row(x.id, "s").input.json().contains("more"));
  }
  CHECK(x.world.replay_is_live());
}

TEST_CASE("a switch that is a dynamic branch keeps its inputs in a retry") {
  dynamic_choices x;
  x.broken = true;
  std::string chosen;
  SUBCASE("given beside the tasks") {
    chosen = "a";
    x.start_of_tasks();
  }
  SUBCASE("given as a list") {
    chosen = "b";
    x.start_of_inputs();
  }
  CHECK(x.world.rows(x.id) == "FORK:C SWITCH:F JOIN:X");
  x.broken = false;
  x.world.tell(x.id, command::retry{});
  CHECK(x.world.rows(x.id)
        == "FORK:C SWITCH:F JOIN:C SWITCH:C " + chosen + ":S z:S");
  CHECK(x.switches() == "? " + chosen);
  x.world.done(chosen);
  x.world.done("z");
  CHECK(x.world.status(x.id) == "COMPLETED");
  CHECK(x.world.replay_is_live());
}

// The order

TEST_CASE("a rerun puts rows back in the order in which they were first made") {
  test::fake_scripts scripts;
  std::set<std::string> broken;
  for (std::string name : {"s", "t"})
    scripts.mean(name, [&broken, name](auto&) -> json {
      if (broken.contains(name))
        throw std::runtime_error("no");
      return 1;
    });
  pure_world world(scripts);
  world.define_tasks({"a", "b"});
  world.define(workflow_of(fork("[" + choice("s", simple("a")) + "],["
                                    + choice("t", simple("b")) + "]",
                                R"("a","b")")));
  auto id = world.start("w");
  CHECK(world.rows(id, false) == "f:C s:C a:S t:C b:S j:IP");
  world.tell(id, command::terminate{"x"});
  // s is made anew, and so stands behind t in memory.
  broken = {"s"};
  world.rerun(id, "s");
  CHECK(world.rows(id, false) == "f:C s:F t:C b:X j:X");
  broken.clear();
  world.rerun(id, "t");
  CHECK(world.rows(id, false) == "f:C s:C t:C j:IP a:S b:S");
  CHECK(world.replay_is_live());
}

// What goes before

/// f[[n, b], [e]] j, where n is done at once and e fails for a sink that does
/// not exist, so that n is left as it is, with nothing behind it.
std::string without_successor(pure_world& world) {
  world.define_tasks({"b"});
  world.define(workflow_of(
      fork(R"([{"name":"n","taskReferenceName":"n","type":"NOOP"},)"
               + simple("b")
               + R"(],[{"name":"e","taskReferenceName":"e","type":"EVENT",
                  "sink":"${workflow.variables.sink}"}])",
           R"("b","e")"),
      R"(,"variables":{"sink":"nowhere"})"));
  auto id = world.start("w");
  REQUIRE(world.rows(id) == "FORK:C n:C e:F JOIN:X");
  return id;
}

TEST_CASE("a retry schedules missing successors before it runs anything") {
  pure_world world;
  auto id = without_successor(world);
  world.tell(id, command::retry{});
  // e fails again, and finds b there to be cancelled.
  CHECK(world.rows(id) == "FORK:C n:C e:F JOIN:X e:F b:X");
  CHECK(world.status(id) == "FAILED");
  CHECK(world.replay_is_live());
}

TEST_CASE("a rerun schedules missing successors before it runs anything") {
  pure_world world;
  auto id = without_successor(world);
  world.rerun(id, "e");
  CHECK(world.rows(id) == "FORK:C n:C e:F JOIN:X b:X");
  CHECK(world.status(id) == "FAILED");
  CHECK(world.replay_is_live());
}

TEST_CASE("a revival schedules missing successors before it runs anything") {
  pure_world world;
  world.define_tasks({"a", "b", "x"});
  world.define(workflow_of(simple("x"), "", "child"));
  world.define(workflow_of(
      fork("[" + simple("a") + "," + simple("b") + R"(],[{"name":"k",
             "taskReferenceName":"k","type":"SUB_WORKFLOW",
             "subWorkflowParam":{"name":"child","version":1}}],[{"name":"e",
             "taskReferenceName":"e","type":"EVENT","asyncComplete":true,
             "sink":"${workflow.variables.sink}"}],[{"name":"v",
             "taskReferenceName":"v","type":"SET_VARIABLE",
             "inputParameters":{"sink":"nowhere"}}])",
           R"("b","k","e","v")"),
      R"(,"variables":{"sink":"conductor"})"));
  auto id = world.start("w");
  auto child = world.child(id, "k");
  world.tell(id, command::pause{});
  world.done("a");
  world.fail("x", "no");
  world.tell(id, command::resume{});
  CHECK(world.rows(id, false) == "f:C a:C k:F e:X v:C j:X");
  world.tell(child, command::retry{});
  // e cannot publish any more, and finds b there to be cancelled.
  CHECK(world.rows(id, false) == "f:C a:C k:X e:F v:C j:X b:X");
  CHECK(world.status(id) == "FAILED");
  CHECK(world.replay_is_live());
}

// Their time

TEST_CASE(
    "what an operator opens again in place has its time limit before it") {
  for (std::string type : {"JOIN", "DO_WHILE", "FOR_EACH", "SCOPE"}) {
    CAPTURE(type);
    pure_world world;
    world.define_tasks({"a"});
    world.define_task("limited", R"({"timeoutSeconds":10})");
    auto around = R"({"name":"limited","taskReferenceName":"x","type":")" + type
                  + R"(","items":"[1]","joinOn":["a"],"loopOver":[)"
                  + (type == "JOIN" ? "" : simple("a")) + "]}";
    if (type == "JOIN")
      around = R"({"name":"f","taskReferenceName":"f","type":"FORK_JOIN",
        "forkTasks":[[)"
               + simple("a") + "]]}," + around;
    world.define(workflow_of(around));
    auto id = world.start("w");
    world.advance(10'000);
    CHECK(world.row(id, "x").status == task_status::timed_out);
    CHECK(world.status(id) == "TIMED_OUT");
    for (int i = 0; i < 2; ++i) {
      world.advance(60'000);
      world.tell(id, command::retry{});
      CHECK(world.status(id) == "RUNNING");
      CHECK(world.row(id, "x").status == task_status::in_progress);
      world.advance(9'999);
      CHECK(world.status(id) == "RUNNING");
      if (i == 0)
        world.advance(1);
      else
        world.done("a");
      CHECK(world.status(id) == (i == 0 ? "TIMED_OUT" : "COMPLETED"));
    }
    CHECK(world.replay_is_live());
  }
}

// WAIT and HUMAN

constexpr auto waits = R"({"name":"w","taskReferenceName":"w","type":"WAIT",
  "inputParameters":{"duration":"30 seconds"}})";
constexpr auto asks = R"({"name":"w","taskReferenceName":"w","type":"HUMAN"})";

TEST_CASE("a WAIT or HUMAN that an operator retries begins again at once") {
  for (std::string task : {waits, asks}) {
    CAPTURE(task);
    pure_world world;
    // The delay is for attempts that nobody asked for.
    world.define_task("w", R"({"retryDelaySeconds":60})");
    world.define(workflow_of(task));
    auto id = world.start("w");
    world.advance(10'000);
    world.update(id, "w", task_status::failed, "{}", "no");
    CHECK(world.status(id) == "FAILED");
    world.advance(10'000);
    world.tell(id, command::retry{});
    CHECK(world.rows(id, false) == "w:F w:IP");
    CHECK(world.row(id, "w").start_time == world.now);
    CHECK(world.row(id, "w").reason.empty());
    world.advance(29'999);
    CHECK(world.rows(id, false) == "w:F w:IP");
    world.advance(1);
    CHECK(world.rows(id, false) == (task == waits ? "w:F w:C" : "w:F w:IP"));
    if (task == asks)
      world.update(id, "w", task_status::completed);
    CHECK(world.status(id) == "COMPLETED");
    CHECK(world.replay_is_live());
  }
}

TEST_CASE("a WAIT or HUMAN that is retried by itself begins after the delay") {
  for (std::string task : {waits, asks}) {
    CAPTURE(task);
    pure_world world;
    world.define_task("w", R"({"retryCount":1,"retryDelaySeconds":60})");
    world.define(workflow_of(task));
    auto id = world.start("w");
    world.update(id, "w", task_status::failed, "{}", "no");
    CHECK(world.rows(id, false) == "w:F w:S");
    CHECK(world.row(id, "w").start_time == 0);
    world.advance(59'999);
    CHECK(world.rows(id, false) == "w:F w:S");
    world.advance(1);
    CHECK(world.rows(id, false) == "w:F w:IP");
    CHECK(world.row(id, "w").start_time == world.now);
    world.advance(30'000);
    CHECK(world.rows(id, false) == (task == waits ? "w:F w:C" : "w:F w:IP"));
    CHECK(world.replay_is_live());
  }
}

TEST_CASE("a WAIT or HUMAN does not begin again when no time is left of it") {
  for (std::string task : {waits, asks}) {
    CAPTURE(task);
    pure_world world;
    world.define_task("w", R"({"totalTimeoutSeconds":100})");
    world.define(workflow_of(task));
    auto id = world.start("w");
    world.update(id, "w", task_status::failed, "{}", "no");
    world.advance(100'000);
    world.tell(id, command::retry{});
    CHECK(world.rows(id, false) == "w:F w:TO");
    CHECK(world.row(id, "w").start_time == 0);
    CHECK(world.status(id) == "TIMED_OUT");
    CHECK(world.replay_is_live());
  }
}

} // namespace reopen_cases

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

TEST_CASE("a choice that is a dynamic branch keeps its inputs in a rerun") {
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

TEST_CASE("a choice that is a dynamic branch keeps its inputs in a retry") {
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

} // namespace reopen_cases

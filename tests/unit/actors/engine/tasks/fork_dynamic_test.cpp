#include "tests/support/definitions.hpp"
#include "tests/support/fake_scripts.hpp"
#include "tests/support/pure_world.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

using namespace tutti;
using test::simple;
using test::workflow_of;

// Branches that hold tasks themselves.

namespace dynamic_branch_cases {

const std::string forking = R"({"type":"FORK_JOIN_DYNAMIC","name":"d",
   "taskReferenceName":"d","dynamicForkTasksParam":"tasks",
   "dynamicForkTasksInputParamName":"inputs",
   "inputParameters":{"tasks":"${workflow.input.tasks}",
                      "inputs":"${workflow.input.inputs}"}},
  {"type":"JOIN","name":"j","taskReferenceName":"j"})";

std::string items(const std::string& reference, const std::string& list,
                  const std::string& body) {
  return R"({"type":"DO_WHILE","name":"l","taskReferenceName":")" + reference
         + R"(","items":")" + list + R"(","loopOver":[)" + body + "]}";
}

std::string choice(const std::string& reference, const std::string& body,
                   const std::string& otherwise) {
  return R"({"type":"SWITCH","name":"s","taskReferenceName":")" + reference
         + R"(","evaluatorType":"value-param","expression":"k",
            "inputParameters":{"k":"x"},"decisionCases":{"x":[)"
         + body + R"(]},"defaultCase":[)" + otherwise + "]}";
}

std::string scope(const std::string& body, const std::string& handler) {
  return R"({"type":"SCOPE","name":"sc","taskReferenceName":"sc",
            "loopOver":[)"
         + body + R"(],"onError":[)" + handler + "]}";
}

struct world {
  test::pure_world pure;

  world() {
    for (auto name : {"a", "b", "c", "u", "z"})
      pure.define_task(name);
  }
  std::string start(const std::string& tasks, const std::string& brought,
                    const std::string& inputs = "{}") {
    pure.define(workflow_of(tasks));
    return pure.start("w", R"({"tasks":)" + brought + R"(,"inputs":)" + inputs
                               + "}");
  }
  std::string rows(const std::string& id) { return pure.rows(id, false); }
};

} // namespace dynamic_branch_cases

using dynamic_branch_cases::choice;
using dynamic_branch_cases::forking;
using dynamic_branch_cases::items;
using dynamic_branch_cases::scope;

TEST_CASE("a branch of a dynamic fork may be a loop that holds a choice") {
  dynamic_branch_cases::world w;
  auto id = w.start(
      forking,
      "["
          + items("l", "[1,2]",
                  simple("a") + ","
                      + choice("s", simple("b") + "," + simple("c"), ""))
          + "]");
  CHECK(w.rows(id) == "d:C l:IP j:IP a__1:S");
  for (int i = 0; i < 2; ++i)
    for (auto name : {"a", "b", "c"})
      w.pure.done(name);
  CHECK(w.rows(id)
        == "d:C l:C j:C a__1:C s__1:C b__1:C c__1:C a__2:C s__2:C b__2:C "
           "c__2:C");
  CHECK(w.pure.status(id) == "COMPLETED");
  CHECK(w.pure.replay_is_live());
}

TEST_CASE("what a branch is given is data, whatever it looks like") {
  dynamic_branch_cases::world w;
  w.pure.define_task("b", R"({"inputTemplate":{"t":1}})");
  auto id = w.start(forking,
                    "[" + simple("a", R"(,"inputParameters":{"n":1})") + ","
                        + simple("b") + "," + simple("c") + "]",
                    R"({"a":{"x":"${workflow.workflowId}"},
                        "b":{"x":"${workflow.workflowId}"},
                        "c":{"x":"${workflow.workflowId}"}})");
  using nlohmann::json;
  std::string x = "${workflow.workflowId}";
  CHECK(w.pure.row(id, "a").input.json() == json{{"n", 1}, {"x", x}});
  CHECK(w.pure.row(id, "b").input.json() == json{{"t", 1}, {"x", x}});
  CHECK(w.pure.row(id, "c").input.json() == json{{"x", x}});
}

TEST_CASE("all tasks of a choice that a dynamic fork brings run") {
  dynamic_branch_cases::world w;
  auto id = w.start(forking + "," + simple("z"),
                    "[" + choice("s", simple("a") + "," + simple("b"), "") + ","
                        + simple("c") + "]");
  CHECK(w.rows(id) == "d:C s:C a:S c:S j:IP");
  w.pure.done("a");
  CHECK(w.rows(id) == "d:C s:C a:C c:S j:IP b:S");
  w.pure.done("c"); // the JOIN waits for the heads of the branches
  CHECK(w.rows(id) == "d:C s:C a:C c:C j:C b:S z:S");
  w.pure.done("z");
  CHECK(w.pure.status(id) == "RUNNING");
  w.pure.done("b");
  CHECK(w.pure.status(id) == "COMPLETED");
  CHECK(w.pure.replay_is_live());
}

TEST_CASE("what a dynamic fork brings may differ from iteration to iteration") {
  dynamic_branch_cases::world w;
  auto branch = [](auto name) {
    return R"({"t":[)" + choice("s", simple("u") + "," + simple(name), "")
           + "]}";
  };
  w.pure.define(workflow_of(
      R"({"type":"DO_WHILE","name":"o","taskReferenceName":"o",
          "items":"${workflow.input.rounds}","loopOver":[
           {"type":"FORK_JOIN_DYNAMIC","name":"d","taskReferenceName":"d",
            "dynamicForkTasksParam":"tasks",
            "dynamicForkTasksInputParamName":"inputs",
            "inputParameters":{"tasks":"${o.output.loopItem.t}","inputs":{}}},
           {"type":"JOIN","name":"j","taskReferenceName":"j"}]})"));
  auto id = w.pure.start("w", R"({"rounds":[)" + branch("a") + "," + branch("b")
                                  + "]}");
  w.pure.done("u");
  w.pure.done("a");
  w.pure.done("u");
  w.pure.done("b");
  CHECK(w.rows(id)
        == "o:C d__1:C s__1:C u__1:C j__1:C a__1:C d__2:C s__2:C u__2:C j__2:C "
           "b__2:C");
  CHECK(w.pure.status(id) == "COMPLETED");
  CHECK(w.pure.replay_is_live());
}

TEST_CASE("a dynamic branch may contain a dynamic fork") {
  dynamic_branch_cases::world w;
  auto inner
      = R"({"type":"FORK_JOIN_DYNAMIC","name":"e","taskReferenceName":"e",
     "dynamicForkTasksParam":"tasks","dynamicForkTasksInputParamName":"inputs",
     "inputParameters":{"inputs":{},"tasks":[)"
        + choice("s", simple("a") + "," + simple("b"), "")
        + R"(]}},{"type":"JOIN","name":"k","taskReferenceName":"k"},)"
        + simple("c");
  auto id = w.start(forking, "[" + items("l", "[1]", inner) + "]");
  CHECK(w.rows(id) == "d:C l:IP j:IP e__1:C s__1:C a__1:S k__1:C c__1:S");
  w.pure.done("a");
  w.pure.done("c");
  CHECK(w.pure.status(id) == "RUNNING");
  w.pure.done("b");
  CHECK(w.rows(id) == "d:C l:C j:C e__1:C s__1:C a__1:C k__1:C c__1:C b__1:C");
  CHECK(w.pure.status(id) == "COMPLETED");
  CHECK(w.pure.replay_is_live());
}

TEST_CASE("a scope in a dynamic branch compensates its body") {
  dynamic_branch_cases::world w;
  auto compensated = simple("a");
  compensated.insert(compensated.size() - 1,
                     R"(,"compensate":[)" + simple("u") + "]");
  auto id = w.start(forking, "["
                                 + scope(compensated + "," + simple("b"),
                                         R"({"then":"COMPENSATE"})")
                                 + "]");
  w.pure.done("a");
  w.pure.fail("b", "no");
  CHECK(w.rows(id) == "d:C sc:IP a:C j:IP b:F u:S");
  w.pure.done("u");
  CHECK(w.pure.status(id) == "COMPLETED");
  CHECK(w.pure.row(id, "sc").output.json().at("compensated")
        == nlohmann::json{"a"});
  CHECK(w.pure.replay_is_live());
}

TEST_CASE("a scope around a dynamic fork catches what fails in a branch") {
  dynamic_branch_cases::world w;
  std::string id;
  SUBCASE("of a single task") {
    id = w.start(scope(forking, R"({"then":"CONTINUE"})") + "," + simple("z"),
                 "[" + simple("a") + "," + simple("b") + "]");
    w.pure.fail("a", "no");
    CHECK(w.rows(id) == "sc:C d:C a:F b:X j:X z:S");
  }
  SUBCASE("deep inside of what the branch holds") {
    id = w.start(scope(forking, R"({"then":"CONTINUE"})") + "," + simple("z"),
                 "[" + items("l", "[1]", choice("s", simple("a"), "")) + ","
                     + simple("b") + "]");
    w.pure.fail("a", "no");
    CHECK(w.rows(id) == "sc:C d:C l:X b:X j:X s__1:C a__1:F z:S");
  }
  SUBCASE("and compensates a branch that has a list") {
    auto compensated = simple("a");
    compensated.insert(compensated.size() - 1,
                       R"(,"compensate":[)" + simple("u") + "]");
    id = w.start(scope(forking, R"({"then":"COMPENSATE"})") + "," + simple("z"),
                 "[" + compensated + "," + simple("b") + "]");
    w.pure.done("a");
    w.pure.fail("b", "no");
    CHECK(w.rows(id) == "sc:IP d:C a:C b:F j:X u:S");
    w.pure.done("u");
    CHECK(w.rows(id) == "sc:C d:C a:C b:F j:X u:C z:S");
  }
  w.pure.done("z");
  CHECK(w.pure.status(id) == "COMPLETED");
  CHECK(w.pure.replay_is_live());
}

TEST_CASE("a rerun inside of a dynamic branch leaves the others") {
  dynamic_branch_cases::world w;
  auto id = w.start(
      forking + "," + simple("z"),
      "[" + items("l", "[1]", simple("a") + "," + choice("s", simple("b"), ""))
          + "," + simple("c") + "]");
  for (auto name : {"a", "b", "c", "z"})
    w.pure.done(name);
  REQUIRE(w.pure.status(id) == "COMPLETED");
  w.pure.rerun(id, "a__1");
  CHECK(w.rows(id) == "d:C l:IP c:C j:IP a__1:S");
  for (auto name : {"a", "b", "z"})
    w.pure.done(name);
  CHECK(w.pure.status(id) == "COMPLETED");
  CHECK(w.pure.replay_is_live());
}

TEST_CASE("a GOTO goes back inside of a dynamic branch") {
  dynamic_branch_cases::world w;
  auto back = R"({"type":"GOTO","name":"g","taskReferenceName":"g",
                 "inputParameters":{"target":"a","maxJumps":1}})";
  auto body = simple("a") + ","
              + R"({"type":"SWITCH","name":"s","taskReferenceName":"s",
                  "evaluatorType":"value-param","expression":"k",
                  "inputParameters":{"k":"${a.output.again}"},
                  "decisionCases":{"yes":[)"
              + back + "]}}";
  auto id = w.start(forking, "[" + items("l", "[1]", body) + "]");
  w.pure.done("a", R"({"again":"yes"})");
  CHECK(w.rows(id) == "d:C l:IP j:IP a__1:C s__1:C g__1:C a__1_2:S");
  w.pure.done("a", R"({"again":"no"})");
  CHECK(w.rows(id) == "d:C l:C j:C a__1:C s__1:C g__1:C a__1_2:C s__1_2:C");
  CHECK(w.pure.status(id) == "COMPLETED");
  CHECK(w.pure.replay_is_live());
}

TEST_CASE(
    "workers inside of what a dynamic fork brings have their definition") {
  dynamic_branch_cases::world w;
  w.pure.define_task("a", R"({"retryCount":1,"retryDelaySeconds":0})");
  auto id = w.start(forking, "[" + items("l", "[1]", simple("a")) + "]");
  w.pure.fail("a", "once");
  CHECK(w.rows(id) == "d:C l:IP j:IP a__1:F a__1:S");
  w.pure.done("a");
  CHECK(w.pure.status(id) == "COMPLETED");
}

TEST_CASE("a dynamic fork refuses what no definition may hold") {
  dynamic_branch_cases::world w;
  auto refused = [&](const std::string& brought) {
    auto id = w.start(forking + "," + simple("z"), brought);
    CHECK(w.pure.status(id) == "FAILED");
    CHECK(w.rows(id) == "");
    return w.pure.at(id).head().reason;
  };
  CHECK(refused("[" + items("l", "[1]", simple("z")) + "]")
        == "Tasks could not be dynamically forked: the reference name 'z' "
           "exists already");
  CHECK(refused("[" + items("l", "[1]", simple("a")) + "," + simple("a") + "]")
        == "Tasks could not be dynamically forked: the reference name 'a' "
           "exists already");
  CHECK(refused("["
                + items("l", "[1]",
                        R"({"type":"GOTO","name":"g","taskReferenceName":"g",
                        "inputParameters":{"target":"nowhere"}})")
                + "]")
        == "Tasks could not be dynamically forked: 'l': GOTO task 'g': target "
           "'nowhere' is neither in its list nor in a list around it");
}

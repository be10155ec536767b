#include "tests/support/definitions.hpp"
#include "tests/support/fake_scripts.hpp"
#include "tests/support/pure_world.hpp"

#include <doctest/doctest.h>

using namespace tutti;
using test::simple;
using test::workflow_of;

namespace do_while_cases {

/// A loop "loop" that runs while its number is less than its input `n`.
std::string loop_of(const std::string& body, const std::string& more = "",
                    const std::string& reference = "loop") {
  return R"({"type":"DO_WHILE","name":"loop","taskReferenceName":")" + reference
         + R"(","loopCondition":"$.)" + reference
         + R"(.iteration < $.n","inputParameters":{"n":"${workflow.input.n}"},"loopOver":[)"
         + body + "]" + more + "}";
}

std::string set(const std::string& reference, const std::string& value) {
  return R"({"type":"SET_VARIABLE","name":"set","taskReferenceName":")"
         + reference + R"(","inputParameters":{"v":)" + value + "}}";
}

/// A list loop.
std::string list_of(const std::string& body, const std::string& more = "") {
  return R"({"type":"DO_WHILE","name":"loop","taskReferenceName":"loop",
    "items":"${workflow.input.list}","loopOver":[)"
         + body + "]" + more + "}";
}

struct world {
  test::fake_scripts scripts;
  test::pure_world pure{scripts};

  world() {
    for (std::string loop : {"loop", "inner", "outer"})
      scripts.mean("$." + loop + ".iteration < $.n", [loop](auto& x) {
        return x.at(loop).at("iteration") < x.at("n");
      });
    for (auto name : {"a", "b", "c", "t1", "t2"})
      pure.define_task(name);
  }
  std::string start(const std::string& tasks, const std::string& input) {
    pure.define(workflow_of(tasks));
    return pure.start("w", input);
  }
  nlohmann::json output(const std::string& id, const char* reference) {
    auto& row = pure.row(id, reference);
    return pure.at(id).visible_output(row).json();
  }
  nlohmann::json input(const std::string& id, const char* reference) {
    return pure.row(id, reference).input.json();
  }
};

const char* const fork_body
    = R"({"type":"FORK_JOIN","name":"f","taskReferenceName":"f","forkTasks":[
       [{"type":"SIMPLE","name":"b","taskReferenceName":"b"}],
       [{"type":"SIMPLE","name":"c","taskReferenceName":"c"}]]},
      {"type":"JOIN","name":"j","taskReferenceName":"j","joinOn":["b","c"]})";

} // namespace do_while_cases

using do_while_cases::list_of;
using do_while_cases::loop_of;
using do_while_cases::set;

TEST_CASE("a loop runs its body as rows with the number of the iteration") {
  do_while_cases::world w;
  auto id = w.start(loop_of(simple("a") + "," + do_while_cases::fork_body) + ","
                        + simple("t1"),
                    R"({"n":2})");
  CHECK(w.pure.rows(id) == "loop:IP a__1:S");
  w.pure.done("a", R"({"x":1})");
  CHECK(w.pure.rows(id, false)
        == "loop:IP a__1:C f__1:C b__1:S c__1:S j__1:IP");
  w.pure.done("b", R"({"y":2})");
  w.pure.done("c");
  CHECK(w.pure.row(id, "a__2").iteration == 2);
  CHECK(w.output(id, "loop") == nlohmann::json::parse(R"({"iteration":2,
          "1":{"a":{"x":1},"f":{},"b":{"y":2},"c":{},"j":{"b__1":{"y":2}}},
          "2":{"a":{}}})"));
  w.pure.done("a");
  w.pure.done("b");
  w.pure.done("c");
  CHECK(w.pure.row(id, "loop").status == task_status::completed);
  CHECK(w.pure.row(id, "loop").output.json().at("iteration") == 2);
  CHECK(w.pure.row(id, "loop").output.json().at("2").contains("j"));
  CHECK(w.pure.row(id, "t1").iteration == 0);
  w.pure.done("t1");
  CHECK(w.pure.status(id) == "COMPLETED");
  CHECK(w.pure.replay_is_live());
}

TEST_CASE("a loop of tasks that need nobody runs to its end in one call") {
  do_while_cases::world w;
  w.pure.bounds.decision_events_max = 100;
  auto id
      = w.start(loop_of(set("s", R"("${loop.iteration}")")), R"({"n":500})");
  CHECK(w.pure.status(id) == "COMPLETED");
  CHECK(w.pure.at(id).rows().count() == 501);
  CHECK(w.pure.at(id).head().variables.json().at("v") == 500);
  CHECK(w.pure.replay_is_live());
}

TEST_CASE("a list loop gives each iteration its item and its index") {
  do_while_cases::world w;
  auto id = w.start(list_of(simple("a", R"(,"inputParameters":{
        "item":"${loop.output.loopItem}","idx":"${loop.output.loopIndex}",
        "no":"${loop['iteration']}"})")),
                    R"({"list":["x","y","z"]})");
  CHECK(w.input(id, "a__1")
        == nlohmann::json::parse(R"({"item":"x","idx":0,"no":1})"));
  w.pure.done("a");
  w.pure.done("a");
  CHECK(w.input(id, "a__3")
        == nlohmann::json::parse(R"({"item":"z","idx":2,"no":3})"));
  w.pure.done("a", R"({"r":1})");
  CHECK(w.pure.status(id) == "COMPLETED");
  CHECK(w.output(id, "loop")
        == nlohmann::json::parse(R"({"iteration":3,"loopIndex":2,
             "loopItem":"z","1":{"a":{}},"2":{"a":{}},"3":{"a":{"r":1}}})"));
}

TEST_CASE("a list loop over nothing is done at once") {
  do_while_cases::world w;
  auto id
      = w.start(list_of(simple("a")) + "," + simple("t1"), R"({"list":[]})");
  CHECK(w.pure.rows(id) == "loop:C t1:S");
  CHECK(w.output(id, "loop").at("iteration") == 0);
}

TEST_CASE("a loop over what is no list fails and says so") {
  do_while_cases::world w;
  auto id = w.start(list_of(simple("a")), R"({"list":"abc"})");
  CHECK(w.pure.rows(id) == "loop:FT");
  CHECK(w.pure.status(id) == "FAILED");
  CHECK(w.pure.row(id, "loop").reason.find("not a list") != std::string::npos);
}

TEST_CASE("the items of a loop may come as its input") {
  do_while_cases::world w;
  auto id = w.start(
      R"({"type":"DO_WHILE","name":"loop","taskReferenceName":"loop",
          "inputParameters":{"_items":[1,2]},"loopOver":[)"
          + simple("a") + "]}",
      "{}");
  w.pure.done("a");
  w.pure.done("a");
  CHECK(w.pure.rows(id) == "loop:C a__1:C a__2:C");
}

TEST_CASE("a loop that could not begin has made no iteration") {
  do_while_cases::world w;
  auto id = w.start(
      do_while_cases::list_of(simple("a"), R"(,"optional":true)") + ","
          + simple("b",
                   R"(,"inputParameters":{"n":"${loop.output.iteration}"})"),
      R"({"list":7})");
  CHECK(w.pure.row(id, "b").input.json().at("n") == 0);
}

TEST_CASE("a list loop ends early when its condition says so") {
  do_while_cases::world w;
  w.scripts.mean("$.loopItem != 'y'",
                 [](auto& x) { return x.at("loopItem") != "y"; });
  auto id
      = w.start(list_of(simple("a"), R"(,"loopCondition":"$.loopItem != 'y'")"),
                R"({"list":["x","y","z"]})");
  w.pure.done("a");
  w.pure.done("a");
  CHECK(w.pure.status(id) == "COMPLETED");
  CHECK(w.output(id, "loop").at("iteration") == 2);
}

TEST_CASE("a failed body task cancels its loop, a retry goes on in place") {
  do_while_cases::world w;
  auto id = w.start(loop_of(simple("a")), R"({"n":1})");
  auto loop = w.pure.row(id, "loop").task_id;
  w.pure.fail("a", "boom");
  CHECK(w.pure.rows(id) == "loop:X a__1:F");
  w.pure.tell(id, command::retry{});
  CHECK(w.pure.rows(id) == "loop:IP a__1:F a__1:S");
  CHECK(w.pure.row(id, "loop").task_id == loop);
  w.pure.done("a", R"({"x":2})");
  CHECK(w.pure.status(id) == "COMPLETED");
  CHECK(w.output(id, "loop")
        == nlohmann::json::parse(R"({"iteration":1,"1":{"a":{"x":2}}})"));
  CHECK(w.pure.replay_is_live());
}

TEST_CASE("a retried body task stays in its iteration") {
  do_while_cases::world w;
  w.pure.define_task("a", R"({"retryCount":1})");
  auto id = w.start(loop_of(simple("a")), R"({"n":2})");
  w.pure.fail("a", "once");
  CHECK(w.pure.rows(id) == "loop:IP a__1:F a__1:S");
  CHECK(w.pure.row(id, "a__1").retry_count == 1);
  CHECK(w.pure.row(id, "a__1").iteration == 1);
  w.pure.done("a");
  CHECK(w.pure.rows(id) == "loop:IP a__1:F a__1:C a__2:S");
  w.pure.done("a");
  CHECK(w.pure.status(id) == "COMPLETED");
}

TEST_CASE("a permissive failure fails its loop at once and cancels the rest") {
  do_while_cases::world w;
  auto fork
      = R"({"type":"FORK_JOIN","name":"f","taskReferenceName":"f","forkTasks":[
        [{"type":"SIMPLE","name":"b","taskReferenceName":"b",
          "permissive":true}],
        [{"type":"SIMPLE","name":"c","taskReferenceName":"c"}]]},
       {"type":"JOIN","name":"j","taskReferenceName":"j","joinOn":["b","c"]})";
  SUBCASE("the execution fails") {
    auto id = w.start(loop_of(fork), R"({"n":2})");
    w.pure.fail("b", "no luck");
    CHECK(w.pure.rows(id, false) == "loop:F f__1:C b__1:F c__1:X j__1:X");
    CHECK(w.pure.row(id, "loop").reason == "no luck");
    CHECK(w.pure.status(id) == "FAILED");
    CHECK(w.pure.waiting("c") == 0);
    CHECK(w.pure.replay_is_live());
  }
  SUBCASE("an optional loop lets it go on") {
    auto id = w.start(loop_of(fork, R"(,"optional":true)") + "," + simple("t1"),
                      R"({"n":2})");
    w.pure.fail("b", "no luck");
    CHECK(w.pure.rows(id, false) == "loop:CE f__1:C b__1:F c__1:X j__1:X t1:S");
    w.pure.done("t1");
    CHECK(is_terminal(w.pure.at(id).head().status));
    CHECK(w.pure.replay_is_live());
  }
}

TEST_CASE("an optional failure counts as success") {
  do_while_cases::world w;
  auto id = w.start(loop_of(simple("a", R"(,"optional":true)")), R"({"n":2})");
  w.pure.fail("a", "never mind");
  CHECK(w.pure.rows(id) == "loop:IP a__1:CE a__2:S");
  w.pure.done("a");
  CHECK(w.pure.status(id) == "COMPLETED");
}

TEST_CASE("keepLastN drops the rows and the outputs of older iterations") {
  do_while_cases::world w;
  auto id = w.start(
      R"({"type":"DO_WHILE","name":"loop","taskReferenceName":"loop",
          "loopCondition":"$.loop.iteration < $.n",
          "inputParameters":{"n":"${workflow.input.n}","keepLastN":2},
          "loopOver":[)"
          + simple("a") + "," + set("s", "1") + "]}",
      R"({"n":5})");
  for (int i = 1; i <= 4; ++i)
    w.pure.done("a", "{\"i\":" + std::to_string(i) + "}");
  CHECK(w.pure.rows(id) == "loop:IP a__3:C s__3:C a__4:C s__4:C a__5:S");
  CHECK(w.pure.replay_is_live());
  w.pure.done("a");
  CHECK(w.pure.rows(id) == "loop:C a__4:C s__4:C a__5:C s__5:C");
  CHECK(w.output(id, "loop") == nlohmann::json::parse(R"({"iteration":5,
          "4":{"a":{"i":4},"s":{}},"5":{"a":{},"s":{}}})"));
  CHECK(w.pure.status(id) == "COMPLETED");
  CHECK(w.pure.replay_is_live());
}

TEST_CASE("loops may contain loops") {
  do_while_cases::world w;
  auto inner
      = loop_of(simple("a", R"(,"inputParameters":{"o":"${outer.iteration}",
        "i":"${inner.output.iteration}","b":"${b.output.k}"})"),
                "", "inner");
  auto id
      = w.start(loop_of(simple("b") + "," + inner, "", "outer"), R"({"n":2})");
  w.pure.done("b", R"({"k":"k1"})");
  CHECK(w.pure.rows(id) == "outer:IP b__1:C inner__1:IP a__1__1:S");
  CHECK(w.input(id, "a__1__1")
        == nlohmann::json::parse(R"({"o":1,"i":1,"b":"k1"})"));
  w.pure.done("a");
  CHECK(w.pure.row(id, "a__1__2").iteration == 2);
  w.pure.done("a", R"({"last":1})");
  CHECK(w.pure.row(id, "inner__1").status == task_status::completed);
  w.pure.done("b", R"({"k":"k2"})");
  CHECK(w.input(id, "a__2__1")
        == nlohmann::json::parse(R"({"o":2,"i":1,"b":"k2"})"));
  w.pure.done("a");
  w.pure.done("a");
  CHECK(w.pure.status(id) == "COMPLETED");
  auto output = w.output(id, "outer");
  CHECK(output.at("1").at("inner").at("2").at("a").at("last") == 1);
  CHECK_FALSE(output.at("1").contains("a"));
  CHECK(w.pure.replay_is_live());
}

TEST_CASE("a loop in a branch of a fork goes on beside the other branch") {
  do_while_cases::world w;
  auto id = w.start(
      R"({"type":"FORK_JOIN","name":"f","taskReferenceName":"f","forkTasks":[[)"
          + loop_of(simple("a") + "," + simple("b")) + "],[" + simple("t2")
          + R"(]]},{"type":"JOIN","name":"j","taskReferenceName":"j",
             "joinOn":["loop","t2"]})",
      R"({"n":1})");
  CHECK(w.pure.rows(id, false) == "f:C loop:IP t2:S j:IP a__1:S");
  w.pure.done("a");
  w.pure.done("b");
  CHECK(w.pure.row(id, "loop").status == task_status::completed);
  CHECK(w.pure.row(id, "j").status == task_status::in_progress);
  w.pure.done("t2");
  CHECK(w.pure.status(id) == "COMPLETED");
  CHECK(w.pure.row(id, "j").output.json().at("loop").at("iteration") == 1);
}

TEST_CASE("switches, waits and dynamic forks run inside of a loop") {
  do_while_cases::world w;
  auto body = R"({"type":"SWITCH","name":"sw","taskReferenceName":"sw",
      "evaluatorType":"value-param","expression":"k",
      "inputParameters":{"k":"${workflow.input.k}"},
      "decisionCases":{"go":[{"type":"WAIT","name":"wait",
        "taskReferenceName":"wait","inputParameters":{"duration":"1s"}}]}},
     {"type":"FORK_JOIN_DYNAMIC","name":"d","taskReferenceName":"d",
      "inputParameters":{"forkTaskName":"a","forkTaskInputs":[{"q":1},{"q":2}]}},
     {"type":"JOIN","name":"j","taskReferenceName":"j"})";
  auto id = w.start(loop_of(body), R"({"n":2,"k":"go"})");
  CHECK(w.pure.rows(id, false) == "loop:IP sw__1:C wait__1:IP");
  w.pure.advance(1000);
  CHECK(w.pure.row(id, "j__1").status == task_status::in_progress);
  w.pure.done("a");
  w.pure.done("a");
  CHECK(w.pure.row(id, "wait__2").status == task_status::in_progress);
  w.pure.advance(1000);
  w.pure.done("a");
  w.pure.done("a");
  CHECK(w.pure.status(id) == "COMPLETED");
  CHECK(w.output(id, "loop").at("1").contains("_a_0"));
  CHECK(w.pure.replay_is_live());
}

TEST_CASE("every iteration of a sub-workflow starts a child of its own") {
  do_while_cases::world w;
  w.pure.define(workflow_of(simple("a"), "", "child"));
  auto id = w.start(
      loop_of(R"({"type":"SUB_WORKFLOW","name":"st","taskReferenceName":"st",
        "subWorkflowParam":{"name":"child","version":1}})"),
      R"({"n":2})");
  auto first = w.pure.child(id, "st__1");
  w.pure.done("a");
  auto second = w.pure.child(id, "st__2");
  CHECK(first != second);
  w.pure.done("a");
  CHECK(w.pure.status(id) == "COMPLETED");
}

TEST_CASE("a condition that cannot be evaluated fails the loop for good") {
  do_while_cases::world w;
  auto id = w.start(
      R"({"type":"DO_WHILE","name":"loop","taskReferenceName":"loop",
          "loopCondition":"$.nothing.at.all","loopOver":[)"
          + simple("a") + "]}",
      "{}");
  w.pure.done("a");
  CHECK(w.pure.rows(id) == "loop:FT a__1:C");
  CHECK(w.pure.status(id) == "FAILED");
  CHECK(w.pure.row(id, "loop")
            .reason.find("Unable to evaluate condition $.nothing.at.all")
        == 0);
}

TEST_CASE("a condition sees inputs as they are now and the body's outputs") {
  do_while_cases::world w;
  w.scripts.mean("$.v > 0 && $.a.go",
                 [](auto& x) { return x.at("v") > 0 && x.at("a").at("go"); });
  auto id = w.start(
      R"({"type":"DO_WHILE","name":"loop","taskReferenceName":"loop",
          "inputParameters":{"v":"${workflow.variables.v}","w":1},
          "loopCondition":"$.v > 0 && $.a.go","loopOver":[)"
          + simple("a") + "," + set("s", R"("${a.output.v}")") + "]}",
      "{}");
  w.pure.done("a", R"({"go":true,"v":1})");
  CHECK(w.scripts.inputs.back() == R"({"a":{"go":true,"v":1},"v":1})");
  w.pure.done("a", R"({"go":true,"v":0})");
  CHECK(w.pure.rows(id) == "loop:C a__1:C s__1:C a__2:C s__2:C");
  CHECK(w.pure.status(id) == "COMPLETED");
}

TEST_CASE("conditions are true by Conductor's rules") {
  for (auto& [value, more] :
       std::vector<std::pair<nlohmann::json, bool>>{{true, true},
                                                    {1, true},
                                                    {0.5, true},
                                                    {0, false},
                                                    {-1, false},
                                                    {"true", false},
                                                    {nullptr, false}}) {
    do_while_cases::world w;
    w.scripts.mean("c", [value = value](auto&) { return value; });
    auto id = w.start(
        R"({"type":"DO_WHILE","name":"l","taskReferenceName":"l",
            "loopCondition":"c","loopOver":[)"
            + simple("a") + "]}",
        "{}");
    w.pure.done("a");
    CAPTURE(value.dump());
    CHECK((w.pure.status(id) == "RUNNING") == more);
  }
}

TEST_CASE("an update by the plain reference finds the open iteration") {
  do_while_cases::world w;
  auto id = w.start(loop_of(simple("a")), R"({"n":2})");
  w.pure.done("a");
  command::update_by_reference update;
  update.reference_name = "a";
  update.output = *payload::parse(R"({"by":"reference"})");
  w.pure.tell(id, update);
  CHECK(w.pure.status(id) == "COMPLETED");
  CHECK(w.output(id, "a__2").at("by") == "reference");
}

TEST_CASE("a loop that runs is shown with everything it has put out") {
  do_while_cases::world w;
  auto id = w.start(loop_of(simple("a", R"(,"inputParameters":{
      "one":"${loop.output['1'].a.x}","all":"${loop.output}",
      "none":"${a__1.output.x}"})")),
                    R"({"n":3})");
  w.pure.done("a", R"({"x":"first"})");
  auto input = w.input(id, "a__2");
  CHECK(input.at("one") == "first");
  CHECK(input.at("all")
        == nlohmann::json::parse(R"({"iteration":2,"1":{"a":{"x":"first"}}})"));
  CHECK(input.at("none").is_null());
}

TEST_CASE("a rerun of a loop begins at its first iteration") {
  do_while_cases::world w;
  auto id = w.start(loop_of(simple("a")), R"({"n":2})");
  w.pure.done("a");
  w.pure.fail("a", "boom");
  w.pure.rerun(id, "loop");
  CHECK(w.pure.rows(id) == "loop:IP a__1:S");
  w.pure.done("a");
  w.pure.done("a");
  CHECK(w.pure.status(id) == "COMPLETED");
  CHECK(w.pure.replay_is_live());
}

TEST_CASE("a rerun inside of a loop goes on from that iteration") {
  do_while_cases::world w;
  auto id = w.start(loop_of(simple("a")), R"({"n":3})");
  for (int i = 0; i < 3; ++i)
    w.pure.done("a");
  REQUIRE(w.pure.status(id) == "COMPLETED");
  w.pure.rerun(id, "a__2");
  CHECK(w.pure.rows(id) == "loop:IP a__1:C a__2:S");
  CHECK(w.output(id, "loop").at("iteration") == 2);
  w.pure.done("a");
  w.pure.done("a");
  CHECK(w.pure.rows(id) == "loop:C a__1:C a__2:C a__3:C");
  CHECK(w.pure.status(id) == "COMPLETED");
  CHECK(w.pure.replay_is_live());
}

#include "tests/support/definitions.hpp"
#include "tests/support/pure_world.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

// reference:goto

namespace goto_cases {

using namespace tutti;
using test::fork;
using test::pure_world;
using test::simple;
using test::workflow_of;

pure_world a_world() {
  pure_world world;
  world.define_tasks({"a", "b", "c", "d", "z"});
  return world;
}

std::string jump(std::string_view to, std::string_view more = "") {
  return R"({"name":"g","taskReferenceName":"g","type":"GOTO",
    "inputParameters":{"target":")"
         + std::string(to) + "\"" + std::string(more) + "}}";
}

/// Takes the way `yes` when the last output of `b` says again.
std::string when(std::string_view yes) {
  return R"({"name":"s","taskReferenceName":"s","type":"SWITCH",
    "evaluatorType":"value-param","expression":"k",
    "inputParameters":{"k":"${b.output.again}"},
    "decisionCases":{"true":[)"
         + std::string(yes) + "]}}";
}

std::string loop(std::string_view body) {
  return R"({"name":"l","taskReferenceName":"l","type":"DO_WHILE",
    "items":"${workflow.input.list}","loopOver":[)"
         + std::string(body) + "]}";
}

TEST_CASE("a jump forward leaves out what is between") {
  auto world = a_world();
  world.define(workflow_of(simple("a") + "," + jump("c") + "," + simple("b")
                           + "," + simple("c")));
  auto id = world.start("w");
  world.done("a");
  CHECK(world.rows(id) == "a:C g:C c:S");
  CHECK(world.row(id, "g").output.json()
        == nlohmann::json{{"target", "c"}, {"jumps", 1}});
  world.done("c");
  CHECK(world.status(id) == "COMPLETED");
  CHECK(world.replay_is_live());
}

TEST_CASE("a jump back makes rows of a new pass, and the last one is read") {
  auto world = a_world();
  world.define(workflow_of(
      simple("a") + ","
      + simple("b", R"(,"inputParameters":{"n":"${a.output.n}"})") + ","
      + when(jump("a")) + ","
      + simple("z", R"(,"inputParameters":{"n":"${a.output.n}"})")));
  auto id = world.start("w");
  world.done("a", R"({"n":1})");
  world.done("b", R"({"again":true})");
  CHECK(world.rows(id) == "a:C b:C SWITCH:C g:C a__2:S");
  CHECK(world.row(id, "a__2").iteration == 2);
  world.done("a", R"({"n":2})");
  CHECK(world.row(id, "b__2").input.json()["n"] == 2);
  world.done("b", R"({"again":true})");
  CHECK(world.row(id, "g__2").output.json()
        == nlohmann::json{{"target", "a"}, {"jumps", 2}, {"pass", 3}});
  world.done("a", R"({"n":3})");
  world.done("b", R"({"again":false})");
  CHECK(world.rows(id)
        == "a:C b:C SWITCH:C g:C a__2:C b__2:C SWITCH:C g__2:C a__3:C b__3:C "
           "SWITCH:C z__3:S");
  CHECK(world.row(id, "z__3").input.json()["n"] == 3);
  CHECK(world.row(id, "a").output.json()["n"] == 1);
  world.done("z");
  CHECK(world.status(id) == "COMPLETED");
  CHECK(world.replay_is_live());
}

TEST_CASE("a jump too many fails the task") {
  auto world = a_world();
  world.define(workflow_of(simple("a") + "," + jump("a", R"(,"maxJumps":2)")));
  auto id = world.start("w");
  world.done("a");
  world.done("a");
  world.done("a");
  CHECK(world.status(id) == "FAILED");
  CHECK(world.rows(id) == "a:C g:C a__2:C g__2:C a__3:C g__3:FT");
  CHECK(world.row(id, "g__3").reason.find("maxJumps") != std::string::npos);
  CHECK(world.replay_is_live());
}

TEST_CASE("no task jumps more often than the setting allows") {
  auto world = a_world();
  world.bounds.goto_jumps_max = 3;
  world.define(
      workflow_of(R"({"name":"n","taskReferenceName":"n","type":"NOOP"},)"
                  + jump("n", R"(,"maxJumps":1000000)")));
  auto id = world.start("w");
  CHECK(world.status(id) == "FAILED");
  CHECK(world.row(id, "g__4").status
        == task_status::failed_with_terminal_error);
}

TEST_CASE("a target that cannot be reached fails the task") {
  auto world = a_world();
  world.define(workflow_of(
      simple("b") + ","
      + fork("[" + jump("${workflow.input.to}") + "," + simple("a") + "]",
             R"("a")")
      + "," + when(simple("c")) + "," + simple("z")));
  for (auto* to : {"z", "c", "nobody", ""}) {
    CAPTURE(to);
    auto id = world.start("w", R"({"to":")" + std::string(to) + "\"}");
    world.done("b");
    CHECK(world.status(id) == "FAILED");
    CHECK(world.row(id, "g").status == task_status::failed_with_terminal_error);
  }
  CHECK(world.replay_is_live());
}

TEST_CASE("a fork that is jumped over again joins the rows of its pass") {
  auto world = a_world();
  world.define(workflow_of(
      fork("[" + simple("a") + "],[" + simple("b") + "]", R"("a","b")") + ","
      + when(jump("f")) + "," + simple("z")));
  auto id = world.start("w");
  world.done("a", R"({"n":1})");
  world.done("b", R"({"again":true})");
  CHECK(world.rows(id)
        == "FORK:C a:C b:C JOIN:C SWITCH:C g:C FORK:C a__2:S b__2:S JOIN:IP");
  world.done("a", R"({"n":2})");
  world.done("b", R"({"again":false})");
  CHECK(world.row(id, "j__2").output.json()["a__2"]["n"] == 2);
  CHECK(world.row(id, "z__2").status == task_status::scheduled);
  world.done("z");
  CHECK(world.status(id) == "COMPLETED");
  CHECK(world.replay_is_live());
}

TEST_CASE("a branch that jumps back is joined where it ends") {
  auto world = a_world();
  world.define(workflow_of(fork("[" + simple("b") + "," + when(jump("b")) + ","
                                    + simple("c") + "],[" + simple("a") + "]",
                                R"("c","a")")
                           + "," + simple("z")));
  auto id = world.start("w");
  auto join = world.row(id, "j").task_id;
  world.done("b", R"({"again":true})");
  CHECK(world.row(id, "j").input.json()["joinOn"]
        == nlohmann::json::array({"c__2", "a"}));
  world.done("b", R"({"again":false})");
  world.done("c", R"({"n":2})");
  CHECK(world.row(id, "j").status == task_status::in_progress);
  world.done("a");
  CHECK(world.row(id, "j").task_id == join);
  CHECK(world.row(id, "j").output.json()["c__2"]["n"] == 2);
  CHECK(world.rows(id)
        == "FORK:C b:C a:C JOIN:C SWITCH:C g:C b__2:C SWITCH:C c__2:C z:S");
  world.done("z");
  CHECK(world.status(id) == "COMPLETED");
  CHECK(world.replay_is_live());
}

TEST_CASE("a jump inside a loop stays in its iteration") {
  auto world = a_world();
  world.define(
      workflow_of(loop(simple("b") + "," + when(jump("b")) + "," + simple("c"))
                  + "," + simple("z")));
  auto id = world.start("w", R"({"list":[1,2]})");
  world.done("b", R"({"again":true})");
  CHECK(world.rows(id) == "l:IP b__1:C SWITCH:C g__1:C b__1_2:S");
  CHECK(world.row(id, "b__1_2").iteration == 1);
  world.done("b", R"({"again":false})");
  world.done("c");
  CHECK(world.row(id, "b__2").status == task_status::scheduled);
  CHECK(world.row(id, "l").iteration == 2);
  world.done("b", R"({"again":false})");
  world.done("c");
  world.done("z");
  CHECK(world.status(id) == "COMPLETED");
  CHECK(world.replay_is_live());
}

TEST_CASE("a jump out of a loop ends it with what it has") {
  auto world = a_world();
  world.define(workflow_of(loop(simple("b") + "," + when(jump("z"))) + ","
                           + simple("a") + "," + simple("z")));
  auto id = world.start("w", R"({"list":[1,2,3]})");
  world.done("b", R"({"again":false})");
  world.done("b", R"({"again":true})");
  CHECK(world.row(id, "l").status == task_status::completed);
  CHECK(world.row(id, "l").output.json()["iteration"] == 2);
  CHECK(world.row(id, "z").status == task_status::scheduled);
  CHECK(world.waiting("b") == 0);
  CHECK(world.at(id).latest("a") == nullptr);
  world.done("z");
  CHECK(world.status(id) == "COMPLETED");
  CHECK(world.replay_is_live());
}

TEST_CASE("a jump out of a scope leaves it behind") {
  auto world = a_world();
  world.define(workflow_of(
      R"({"name":"s","taskReferenceName":"t","type":"SCOPE","loopOver":[)"
      + simple("b") + "," + when(jump("b"))
      + R"(],"onError":[{"then":"CONTINUE","run":[)"
      + R"({"name":"g2","taskReferenceName":"g2","type":"GOTO",
           "inputParameters":{"target":"t"}}]}]},)"
      + simple("z")));
  auto id = world.start("w");
  SUBCASE("again and again from what helps") {
    world.fail("b", "no");
    CHECK(world.rows(id) == "t:C b:F g2:C t__2:IP b__2:S");
    CHECK(world.row(id, "t").output.json()["state"] == "LEFT");
    world.fail("b", "no");
    world.done("b", R"({"again":false})");
    CHECK(world.row(id, "t__3").status == task_status::completed);
    CHECK(world.row(id, "z__3").status == task_status::scheduled);
  }
  SUBCASE("but one inside stays inside") {
    world.done("b", R"({"again":true})");
    CHECK(world.rows(id) == "t:IP b:C SWITCH:C g:C b__2:S");
    world.done("b");
    CHECK(world.row(id, "t").status == task_status::completed);
    CHECK(world.row(id, "z").status == task_status::scheduled);
  }
  world.done("z");
  CHECK(world.status(id) == "COMPLETED");
  CHECK(world.replay_is_live());
}

TEST_CASE("a rerun takes back the passes that came after") {
  auto world = a_world();
  world.define(workflow_of(simple("a") + "," + simple("b") + ","
                           + when(jump("a")) + "," + simple("z")));
  auto id = world.start("w");
  world.done("a");
  world.done("b", R"({"again":true})");
  world.done("a");
  world.done("b", R"({"again":false})");
  world.done("z");
  CHECK(world.status(id) == "COMPLETED");
  world.rerun(id, "b");
  CHECK(world.rows(id) == "a:C b:S");
  world.done("b", R"({"again":false})");
  world.done("z");
  CHECK(world.status(id) == "COMPLETED");
  CHECK(world.replay_is_live());
}

TEST_CASE("a rerun in a fork takes back the passes of the whole fork") {
  auto world = a_world();
  world.define(workflow_of(
      fork("[" + simple("a") + "],[" + simple("c") + "]", R"("a","c")") + ","
      + simple("b") + "," + when(jump("f")) + "," + simple("z")));
  auto id = world.start("w");
  for (auto* again : {R"({"again":true})", R"({"again":false})"}) {
    world.done("a");
    world.done("c");
    world.done("b", again);
  }
  world.done("z");
  CHECK(world.status(id) == "COMPLETED");
  world.rerun(id, "a");
  CHECK(world.rows(id) == "FORK:C a:S c:C JOIN:IP");
  world.done("a");
  world.done("b", R"({"again":false})");
  world.done("z");
  CHECK(world.status(id) == "COMPLETED");
  CHECK(world.replay_is_live());
}

TEST_CASE("a rerun in a pass leaves later attempts of earlier ones alone") {
  auto world = a_world();
  world.define(workflow_of(simple("a", R"(,"permissive":true)") + ","
                           + simple("b") + "," + when(jump("a")) + ","
                           + simple("z")));
  auto id = world.start("w");
  world.fail("a", "no");
  world.done("b", R"({"again":true})");
  world.done("a");
  world.done("b", R"({"again":false})");
  world.done("z");
  CHECK(world.status(id) == "FAILED");
  world.tell(id, command::retry{});
  world.done("a");
  CHECK(world.status(id) == "COMPLETED");
  CHECK(world.rows(id)
        == "a:F b:C SWITCH:C g:C a__2:C b__2:C SWITCH:C z__2:C a:C");
  world.rerun(id, "b__2");
  CHECK(world.rows(id) == "a:F b:C SWITCH:C g:C a__2:C b__2:S a:C");
  world.done("b", R"({"again":false})");
  world.done("z");
  CHECK(world.status(id) == "COMPLETED");
  CHECK(world.replay_is_live());
}

TEST_CASE(
    "after a rerun in a branch its join waits for the pass that is left") {
  auto world = a_world();
  world.define(workflow_of(fork("[" + simple("b") + "," + when(jump("b"))
                                    + "],[" + simple("c") + "]",
                                R"("s","c")")
                           + "," + simple("z")));
  auto id = world.start("w");
  for (auto* again : {R"({"again":true})", R"({"again":true})", "{}"})
    world.done("b", again);
  world.done("c");
  world.done("z");
  CHECK(world.status(id) == "COMPLETED");
  auto waits_for = [&] { return world.row(id, "j").input.json()["joinOn"][0]; };
  CHECK(waits_for() == "s__3");
  SUBCASE("the second") {
    world.rerun(id, "b__2");
    CHECK(waits_for() == "s__2");
  }
  SUBCASE("the first") {
    world.rerun(id, "b");
    CHECK(waits_for() == "s");
  }
  world.done("b");
  world.done("z");
  CHECK(world.status(id) == "COMPLETED");
  CHECK(world.replay_is_live());
}

TEST_CASE("a rerun from a join leaves the passes of its branches alone") {
  auto world = a_world();
  world.define(
      workflow_of(fork("[" + simple("a") + "," + simple("b") + ","
                           + when(jump("a")) + "],[" + simple("c") + "]",
                       R"("b","c")")
                  + "," + simple("z")));
  auto id = world.start("w");
  for (auto* again : {R"({"again":true})", R"({"again":false})"}) {
    world.done("a");
    world.done("b", again);
  }
  world.done("c");
  world.done("z");
  CHECK(world.status(id) == "COMPLETED");
  auto before = world.rows(id);
  world.rerun(id, "j");
  CHECK(world.rows(id) == before.substr(0, before.rfind(' ')) + " z:S");
  world.done("z");
  CHECK(world.rows(id) == before);
  CHECK(world.status(id) == "COMPLETED");
  CHECK(world.replay_is_live());
}

TEST_CASE("a jump back to the loop it leaves counts with those before") {
  auto world = a_world();
  world.define(
      workflow_of(loop(simple("b") + "," + when(jump("l", R"(,"maxJumps":2)")))
                  + "," + simple("z")));
  auto id = world.start("w", R"({"list":[1]})");
  for (int i = 0; i < 3; ++i)
    world.done("b", R"({"again":true})");
  CHECK(world.row(id, "g__2__1").output.json()["jumps"] == 2);
  CHECK(world.row(id, "g__3__1").status
        == task_status::failed_with_terminal_error);
  CHECK(world.status(id) == "FAILED");
  CHECK(world.replay_is_live());
}

TEST_CASE("every iteration of a loop has jumps of its own") {
  auto world = a_world();
  world.define(
      workflow_of(loop(simple("b") + "," + when(jump("b", R"(,"maxJumps":1)")))
                  + "," + simple("z")));
  auto id = world.start("w", R"({"list":[1,2]})");
  for (int i = 0; i < 2; ++i) {
    world.done("b", R"({"again":true})");
    world.done("b", R"({"again":false})");
  }
  CHECK(world.row(id, "g__2").output.json()["jumps"] == 1);
  world.done("z");
  CHECK(world.status(id) == "COMPLETED");
}

TEST_CASE("a jump to a task that cannot be scheduled is taken back") {
  auto world = a_world();
  auto which = R"(,"inputParameters":{"which":"${a.output.which}"})";
  auto dynamic = R"({"name":"d","taskReferenceName":"d","type":"DYNAMIC",
    "dynamicTaskNameParam":"which")"
                 + std::string(which) + "}";
  world.define(workflow_of(
      simple("b") + "," + loop(jump("f")) + ","
      + fork("[" + simple("z") + "],[" + dynamic + "]", R"("z","d")")));
  auto id = world.start("w", R"({"list":[1]})");
  world.done("b");
  CHECK(world.status(id) == "FAILED");
  CHECK(world.rows(id) == "b:C l:X g__1:X");
  CHECK(world.waiting("z") == 0);
  CHECK(world.replay_is_live());
  world.tell(id, command::retry{});
  CHECK(world.status(id) == "FAILED");
  CHECK(world.rows(id) == "b:C l:X g__1:X g__1:X");
  CHECK(world.replay_is_live());
}

TEST_CASE("a jump forward steps over what is skipped") {
  auto world = a_world();
  world.define(workflow_of(simple("a") + "," + jump("c") + "," + simple("b")
                           + "," + simple("c") + "," + simple("z")));
  auto id = world.start("w");
  world.tell(id, command::skip_task{"c", {}});
  world.done("a");
  CHECK(world.row(id, "z").status == task_status::scheduled);
  world.done("z");
  CHECK(world.status(id) == "COMPLETED");
}

TEST_CASE("a jump back in a compensate list has a name of its own") {
  auto world = a_world();
  world.define(workflow_of(
      R"({"name":"s2","taskReferenceName":"t","type":"SCOPE","loopOver":[)"
      + simple("a", ",\"compensate\":[" + simple("b") + "," + when(jump("b"))
                        + "," + simple("d") + "]")
      + "," + simple("c") + R"(],"onError":[{"then":"COMPENSATE"}]},)"
      + simple("z")));
  auto id = world.start("w");
  world.done("a");
  world.fail("c", "no");
  world.done("b", R"({"again":true})");
  world.done("b", R"({"again":true})");
  CHECK(world.row(id, "b__0_3").status == task_status::scheduled);
  CHECK(world.row(id, "g__0_2").output.json()["jumps"] == 2);
  world.done("b", R"({"again":false})");
  world.done("d");
  CHECK(world.row(id, "d__0_3").status == task_status::completed);
  CHECK(world.row(id, "t").output.json()["compensated"]
        == nlohmann::json::array({"a"}));
  world.done("z");
  CHECK(world.status(id) == "COMPLETED");
  CHECK(world.replay_is_live());
}

TEST_CASE("the compensations of two passes of a task may both jump back") {
  auto world = a_world();
  world.define(workflow_of(
      R"({"name":"s2","taskReferenceName":"t","type":"SCOPE","loopOver":[)"
      + simple("a", ",\"compensate\":[" + simple("d") + ","
                        + R"({"name":"h","taskReferenceName":"h",)"
                        + R"("type":"GOTO","optional":true,"inputParameters":)"
                        + R"({"target":"d","maxJumps":1}}])")
      + "," + simple("b") + "," + when(jump("a")) + "," + simple("c")
      + R"(],"onError":[{"then":"COMPENSATE"}]},)" + simple("z")));
  auto id = world.start("w");
  world.done("a");
  world.done("b", R"({"again":true})");
  world.done("a");
  world.done("b", R"({"again":false})");
  world.fail("c", "no");
  for (auto* compensated : {"d__2", "d__2_3", "d", "d__0_4"}) {
    CAPTURE(compensated);
    CHECK(world.row(id, compensated).status == task_status::scheduled);
    world.done("d");
  }
  CHECK(world.row(id, "t").output.json()["compensated"]
        == nlohmann::json::array({"a__2", "a"}));
  world.done("z");
  CHECK(world.status(id) == "COMPLETED");
  CHECK(world.replay_is_live());
}

/// A branch that nobody joins and that may go back, and behind the fork a way
/// back to it.
std::string beside(std::string_view branch) {
  return fork("[" + std::string(branch) + "],[" + simple("a") + "]", R"("a")")
         + R"(,{"name":"h","taskReferenceName":"h","type":"GOTO",)"
         + R"("optional":true,"inputParameters":{"target":"f","maxJumps":1}})";
}

std::string scope(std::string_view body, std::string_view more) {
  return R"({"name":"t","taskReferenceName":"t","type":"SCOPE","loopOver":[)"
         + std::string(body) + "]" + std::string(more) + "}";
}

TEST_CASE("a scope leaves the rows of its later pass alone") {
  auto world = a_world();
  world.define(workflow_of(
      beside(scope(simple("b"), R"(,"onError":[{"then":"CONTINUE"}])"))));
  auto id = world.start("w");
  world.done("a");
  CHECK(world.row(id, "b__2").status == task_status::scheduled);
  world.fail("b", "no");
  CHECK(world.row(id, "t").status == task_status::completed);
  CHECK(world.row(id, "b__2").status == task_status::scheduled);
  world.done("a");
  world.done("b");
  CHECK(world.status(id) == "COMPLETED");
  CHECK(world.replay_is_live());
}

TEST_CASE("a pass belongs to the scope in which it was begun") {
  auto world = a_world();
  auto again = jump("b", R"(,"maxJumps":1)"); // once in both of them
  again.insert(again.size() - 1, R"(,"optional":true)");
  world.define(workflow_of(
      beside(scope(simple("b") + "," + again, R"(,"optional":true)"))));
  auto id = world.start("w");
  world.done("a");
  CHECK(world.row(id, "t__2").status == task_status::in_progress);
  world.done("b"); // of the first
  CHECK(world.row(id, "b__3").status == task_status::scheduled);
  SUBCASE("when its list ends") {
    world.done("b"); // of the second
    CHECK(world.row(id, "t__2").status == task_status::completed);
    CHECK(world.row(id, "t").status == task_status::in_progress);
    world.done("b");
    CHECK(world.row(id, "t").status == task_status::completed);
  }
  SUBCASE("when a task of it fails") {
    world.done("b");
    world.fail("b", "no");
    CHECK(world.row(id, "t").status == task_status::completed_with_errors);
    CHECK(world.row(id, "t__2").status == task_status::completed);
  }
  world.done("a");
  CHECK(world.status(id) == "COMPLETED");
  CHECK(world.replay_is_live());
}

} // namespace goto_cases

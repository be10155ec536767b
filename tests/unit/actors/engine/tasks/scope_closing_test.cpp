#include "tests/support/definitions.hpp"
#include "tests/support/pure_world.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

// Scopes that end otherwise than by what happens inside: by their own time
// limit, or because somebody says so.

namespace scope_closing_cases {

using namespace tutti;
using nlohmann::json;
using test::pure_world;
using test::scope;
using test::simple;
using test::with_compensation;
using test::workflow_of;

constexpr auto limit_ms = 10'000;

/// Where a scope stands: what has happened in it, and what is open.
struct stage {
  const char* state;
  const char* open; ///< the task that waits
  const char* rows; ///< of its content, once it is closed
};
constexpr stage stages[] = {
    {"RUNNING", "b", "a:C b:X"},
    {"COMPENSATING", "u", "a:C b:F u:X"},
    {"HANDLING", "h", "a:C b:F u:C h:X"},
};

/// A scope s of a (undone by u) and b, helped by h, with z behind it; it has a
/// time limit.
std::string in(const stage& at, pure_world& world, std::string_view more) {
  world.define_tasks({"a", "b", "u", "h", "z"});
  world.define_task("scope",
                    R"({"timeoutSeconds":10,"timeoutPolicy":"RETRY"})");
  world.define(workflow_of(
      scope("s", with_compensation("a", simple("u")) + "," + simple("b"),
            R"({"then":"COMPENSATE","run":[)" + simple("h") + "]}", more)
      + "," + simple("z")));
  auto id = world.start("w");
  world.done("a");
  if (at.open != std::string_view("b"))
    world.fail("b", "no");
  if (at.open == std::string_view("h"))
    world.done("u");
  REQUIRE(world.row(id, "s").output.json()["state"] == at.state);
  REQUIRE(world.waiting(at.open) == 1);
  return id;
}

TEST_CASE("the time limit of a scope takes what is open inside with it") {
  for (auto& at : stages) {
    CAPTURE(std::string(at.state));
    pure_world world;
    auto id = in(at, world, R"(,"optional":true)");
    world.advance(limit_ms);
    CHECK(world.rows(id) == "s:CE " + std::string(at.rows) + " z:S");
    CHECK(world.row(id, "s").output.json()["state"] == "FAILED");
    CHECK(world.waiting(at.open) == 0);
    world.done("z");
    CHECK(world.status(id) == "COMPLETED");
    CHECK(world.replay_is_live());
  }
}

TEST_CASE("a scope that its time limit ends ends the workflow, which a retry "
          "has go on where the scope stood") {
  for (auto& at : stages) {
    CAPTURE(std::string(at.state));
    pure_world world;
    auto id = in(at, world, "");
    world.advance(limit_ms);
    CHECK(world.status(id) == "TIMED_OUT");
    CHECK(world.rows(id) == "s:TO " + std::string(at.rows));
    world.advance(60'000);
    world.tell(id, command::retry{});
    CHECK(world.status(id) == "RUNNING");
    CHECK(world.waiting(at.open) == 1);
    CHECK(world.replay_is_live());
  }
}

TEST_CASE("a scope around one that its time limit ended may catch that") {
  pure_world world;
  world.define_tasks({"a", "h", "z"});
  world.define_task("limited", R"({"timeoutSeconds":10})");
  auto inner = R"({"name":"limited","type":"SCOPE","taskReferenceName":"t",
    "onError":[{"then":"CONTINUE"}],"loopOver":[)"
               + simple("a") + "]}";
  world.define(
      workflow_of(scope("s", inner,
                        R"({"statuses":["TIMED_OUT"],"then":"CONTINUE","run":[)"
                            + simple("h") + "]}")
                  + "," + simple("z")));
  auto id = world.start("w");
  world.advance(limit_ms);
  // Its own handlers are for what fails inside, not for itself.
  CHECK(world.rows(id) == "s:IP t:TO a:X h:S");
  CHECK(world.row(id, "s").output.json()["caught"]["taskReferenceName"] == "t");
  world.done("h");
  world.done("z");
  CHECK(world.status(id) == "COMPLETED");
  CHECK(world.replay_is_live());
}

TEST_CASE("what ends in the instant of a scope's time limit leads nowhere") {
  for (std::string more : {R"(,"optional":true)", R"(,"permissive":true)"}) {
    CAPTURE(more);
    pure_world world;
    world.define_tasks({"a", "b", "z"});
    world.define_task("late", R"({"timeoutSeconds":10})");
    world.define_task("scope",
                      R"({"timeoutSeconds":10,"timeoutPolicy":"RETRY"})");
    auto wait = R"({"name":"wait","type":"WAIT","taskReferenceName":"wait",
      "inputParameters":{"duration":"10 seconds"}})";
    world.define(
        workflow_of(scope("s",
                          test::fork("[" + std::string(wait) + "," + simple("a")
                                         + "],[" + simple("late") + "]",
                                     R"("a","late")"),
                          R"({"then":"CONTINUE"})", more)
                    + "," + simple("z")));
    auto id = world.start("w");
    world.poll("late");
    world.advance(limit_ms);
    bool optional = more.find("optional") != more.npos;
    CHECK(world.row(id, "s").status
          == (optional ? task_status::completed_with_errors
                       : task_status::timed_out));
    CHECK(world.rows(id).ends_with("JOIN:X z:S"));
    world.done("z");
    CHECK(world.status(id) == (optional ? "COMPLETED" : "FAILED"));
    CHECK(world.replay_is_live());
  }
}

TEST_CASE("whoever completes a scope closes it") {
  for (auto& at : stages) {
    CAPTURE(std::string(at.state));
    pure_world world;
    auto id = in(at, world, "");
    world.update(id, "s", task_status::completed, R"({"by":"hand"})");
    CHECK(world.rows(id) == "s:C " + std::string(at.rows) + " z:S");
    CHECK(world.waiting(at.open) == 0);
    auto output = world.row(id, "s").output.json();
    CHECK(output["state"] == "COMPLETED");
    CHECK(output["by"] == "hand");
    CHECK_FALSE(output.contains("toCompensate"));
    CHECK(output.contains("caught") == (at.open != std::string_view("b")));

    // What was open there is nobody's any more.
    world.fail("z", "no");
    world.tell(id, command::retry{});
    CHECK(world.rows(id) == "s:C " + std::string(at.rows) + " z:F z:S");
    world.done("z");
    CHECK(world.status(id) == "COMPLETED");
    CHECK(world.replay_is_live());
  }
}

TEST_CASE("a scope that somebody fails or cancels goes on when it is retried") {
  for (auto& at : stages)
    for (auto status : {task_status::failed, task_status::canceled,
                        task_status::failed_with_terminal_error}) {
      CAPTURE(std::string(at.state));
      CAPTURE(to_text(status));
      pure_world world;
      auto id = in(at, world, "");
      world.update(id, "s", status, R"({"state":"FAILED"})", "by hand");
      CHECK(world.status(id)
            == (status == task_status::canceled ? "TERMINATED" : "FAILED"));
      CHECK(world.waiting(at.open) == 0);
      CHECK(world.row(id, "s").reason == "by hand");
      world.tell(id, command::retry{});
      CHECK(world.row(id, "s").status == task_status::in_progress);
      CHECK(world.row(id, "s").output.json()["state"] == at.state);
      for (bool more = true; more;) {
        more = false;
        for (auto* name : {"b", "u", "h", "z"})
          if (world.waiting(name) > 0) {
            world.done(name);
            more = true;
          }
      }
      CHECK(world.status(id) == "COMPLETED");
      CHECK(world.replay_is_live());
    }
}

TEST_CASE("what the engine writes into a scope's output nobody else changes") {
  const auto nonsense = R"({"state":7,"caught":[1],"failure":"no","note":"n",
    "compensated":"everything","toCompensate":{"a":1}})";
  for (auto& at : stages) {
    CAPTURE(std::string(at.state));
    pure_world world;
    auto id = in(at, world, "");
    auto before = world.row(id, "s").output.json();
    auto with_note = before;
    with_note["note"] = "n";
    SUBCASE("by id") {
      world.update(id, "s", task_status::in_progress, nonsense);
      CHECK(world.row(id, "s").output.json() == with_note);
      world.update(id, "s", task_status::in_progress, "[1]");
      CHECK(world.row(id, "s").output.json() == before);
    }
    SUBCASE("by reference") {
      world.tell(id, command::update_by_reference{"s", task_status::in_progress,
                                                  *payload::parse(nonsense),
                                                  std::nullopt});
      CHECK(world.row(id, "s").output.json() == with_note);
    }
    if (at.open == std::string_view("b"))
      world.fail("b", "no");
    if (at.open != std::string_view("h"))
      world.done("u");
    world.done("h");
    CHECK(world.rows(id) == "s:C a:C b:F u:C h:C z:S");
    CHECK(world.row(id, "s").output.json()["compensated"] == json{"a"});
    CHECK(world.replay_is_live());
  }
}

TEST_CASE("a closed scope takes children, loops and scopes inside with it") {
  pure_world world;
  world.define_tasks({"a", "b", "c", "u", "x", "z"});
  world.define(workflow_of(simple("x"), "", "child"));
  auto child = R"({"name":"k","type":"SUB_WORKFLOW","taskReferenceName":"k",
    "subWorkflowParam":{"name":"child","version":1}})";
  auto loop = [](std::string_view name, std::string_view body) {
    return R"({"name":"l","type":"FOR_EACH","items":"[1,2]",
      "taskReferenceName":")"
           + std::string(name) + R"(","loopOver":[)" + std::string(body) + "]}";
  };
  auto compensating_scope = scope(
      "t", with_compensation("a", loop("m", simple("u"))) + "," + simple("b"),
      R"({"then":"COMPENSATE"})");
  world.define(workflow_of(
      scope("s",
            test::fork("[" + std::string(child) + "],[" + compensating_scope
                           + "],[" + loop("l", simple("c")) + "]",
                       R"("k","t","l")"),
            R"({"then":"CONTINUE"})")
      + "," + simple("z")));
  auto id = world.start("w");
  auto inside = world.child(id, "k");
  world.done("a");
  world.fail("b", "no");
  REQUIRE(world.waiting("u") == 2);
  world.update(id, "s", task_status::completed);
  CHECK(world.status(inside) == "TERMINATED");
  for (auto* name : {"u", "c", "x"})
    CHECK(world.waiting(name) == 0);
  world.done("z");
  CHECK(world.status(id) == "COMPLETED");
  CHECK(world.replay_is_live());
}

TEST_CASE(
    "a loop that ends cancels the loops of an inner scope's compensation") {
  pure_world world;
  world.define_tasks({"a", "b", "c", "u", "z"});
  auto compensates = R"({"name":"m","type":"FOR_EACH","items":"[1]",
    "taskReferenceName":"m","loopOver":[)"
                     + simple("u") + "]}";
  world.define(workflow_of(
      R"({"name":"l","type":"FOR_EACH","taskReferenceName":"l","items":"[1]",
        "permissive":true,"loopOver":[)"
      + test::fork(
          "["
              + scope("s",
                      with_compensation("a", compensates) + "," + simple("b"),
                      R"({"then":"COMPENSATE"})")
              + "],[" + simple("c", R"(,"permissive":true)") + "]",
          R"("s","c")")
      + "]}," + simple("z")));
  auto id = world.start("w");
  world.done("a");
  world.fail("b", "no");
  REQUIRE(world.waiting("u") == 1);
  world.fail("c", "no");
  CHECK(world.waiting("u") == 0);
  CHECK(world.row(id, "l").status == task_status::failed);
  world.done("z");
  CHECK(world.status(id) == "FAILED");
  CHECK(world.at(id).open_rows() == 0);
  CHECK(world.replay_is_live());
}

} // namespace scope_closing_cases

#include "tests/support/definitions.hpp"
#include "tests/support/pure_world.hpp"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

using namespace tutti;
using test::simple;
using test::workflow_of;

namespace for_each_cases {

std::string each(const std::string& body, const std::string& inputs,
                 const std::string& more = "") {
  return R"({"type":"FOR_EACH","name":"each","taskReferenceName":"each",
    "items":"${workflow.input.list}","inputParameters":{)"
         + inputs + R"(},"loopOver":[)" + body + "]" + more + "}";
}

const char* const own
    = R"(,"inputParameters":{"item":"${each.item}","index":"${each.index}",
        "deep":"${each.item.x}","also":"${each.output.loopItem}"})";

struct world {
  test::pure_world pure;

  world() {
    for (auto name : {"a", "b", "t1"})
      pure.define_task(name);
  }
  std::string start(const std::string& tasks, const std::string& input) {
    pure.define(workflow_of(tasks));
    return pure.start("w", input);
  }
  nlohmann::json input(const std::string& id, const char* reference) {
    return pure.row(id, reference).input.json();
  }
  nlohmann::json output(const std::string& id, const char* reference) {
    return pure.at(id).visible_output(pure.row(id, reference)).json();
  }
  void finish(const std::string& id, const std::string& reference,
              const std::string& output,
              task_status status = task_status::completed) {
    bool done = status == task_status::completed;
    pure.update(id, reference, status, done ? output : "{}", output);
  }
};

} // namespace for_each_cases

using for_each_cases::each;

TEST_CASE("FOR_EACH works on so many items at a time") {
  for_each_cases::world w;
  auto id = w.start(each(simple("a", for_each_cases::own), R"("maxParallel":2)")
                        + "," + simple("t1"),
                    R"({"list":["x",{"x":7},"z"]})");
  CHECK(w.pure.rows(id) == "each:IP a__1:S a__2:S");
  CHECK(w.input(id, "a__1")
        == nlohmann::json::parse(
            R"({"item":"x","index":0,"deep":null,"also":"x"})"));
  CHECK(w.input(id, "a__2")
        == nlohmann::json::parse(
            R"({"item":{"x":7},"index":1,"deep":7,"also":{"x":7}})"));
  w.finish(id, "a__2", R"({"r":2})");
  CHECK(w.pure.rows(id) == "each:IP a__1:S a__2:C a__3:S");
  CHECK(w.output(id, "each")
        == nlohmann::json::parse(
            R"({"count":3,"results":[{"a":{}},{"a":{"r":2}},{"a":{}}]})"));
  w.finish(id, "a__3", R"({"r":3})");
  w.finish(id, "a__1", R"({"r":1})");
  CHECK(w.pure.rows(id) == "each:C a__1:C a__2:C a__3:C t1:S");
  CHECK(w.pure.row(id, "each").output.json()
        == nlohmann::json::parse(R"({"count":3,"results":[
            {"a":{"r":1}},{"a":{"r":2}},{"a":{"r":3}}]})"));
  w.pure.done("t1");
  CHECK(w.pure.status(id) == "COMPLETED");
  CHECK(w.pure.replay_is_live());
}

TEST_CASE("references in the body of FOR_EACH mean the own item") {
  for_each_cases::world w;
  auto id = w.start(each(simple("a") + "," + simple("b", R"(,"inputParameters":{
             "a":"${a.output.r}","later":"${b.output.r}","i":"${each.index}"})"),
                         R"("maxParallel":3)"),
                    R"({"list":[1,2,3]})");
  w.finish(id, "a__3", R"({"r":"of three"})");
  w.finish(id, "a__1", R"({"r":"of one"})");
  CHECK(w.input(id, "b__3")
        == nlohmann::json::parse(R"({"a":"of three","later":null,"i":2})"));
  CHECK(w.input(id, "b__1")
        == nlohmann::json::parse(R"({"a":"of one","later":null,"i":0})"));
  // A task fails after others began: its next attempt reads the same.
  w.pure.define_task("b");
  w.finish(id, "b__3", R"({"r":1})");
  w.finish(id, "b__1", "no", task_status::failed);
  w.pure.tell(id, command::retry{});
  CHECK(w.input(id, "b__1").at("a") == "of one");
  CHECK(w.input(id, "b__1").at("i") == 0);
  CHECK(w.pure.replay_is_live());
}

TEST_CASE("without maxParallel FOR_EACH works on as many as the bounds say") {
  for_each_cases::world w;
  w.pure.bounds.for_each_parallel = 2;
  auto tasks = each(simple("a"), "");
  SUBCASE("absent") {}
  SUBCASE("zero") { tasks = each(simple("a"), R"("maxParallel":0)"); }
  auto id = w.start(tasks, R"({"list":[1,2,3]})");
  CHECK(w.pure.rows(id) == "each:IP a__1:S a__2:S");
  CHECK(w.input(id, "each").at("maxParallel") == 2);
}

TEST_CASE("FOR_EACH over nothing is done at once") {
  for_each_cases::world w;
  auto id
      = w.start(each(simple("a"), "") + "," + simple("t1"), R"({"list":[]})");
  CHECK(w.pure.rows(id) == "each:C t1:S");
  CHECK(w.output(id, "each")
        == nlohmann::json::parse(R"({"count":0,"results":[]})"));
}

TEST_CASE("FOR_EACH over what is no list fails and says so") {
  for_each_cases::world w;
  auto id = w.start(each(simple("a"), ""), "{}");
  CHECK(w.pure.rows(id) == "each:FT");
  CHECK(w.pure.row(id, "each").reason
        == "the items of loop 'each' are not a list but null");
}

TEST_CASE("a failed item ends the execution, a retry resumes what failed") {
  for_each_cases::world w;
  auto id = w.start(each(simple("a"), R"("maxParallel":2)"),
                    R"({"list":[1,2,3,4]})");
  w.finish(id, "a__1", R"({"r":1})");
  w.finish(id, "a__2", "boom", task_status::failed);
  CHECK(w.pure.rows(id) == "each:X a__1:C a__2:F a__3:X");
  CHECK(w.pure.status(id) == "FAILED");
  w.pure.tell(id, command::retry{});
  CHECK(w.pure.rows(id) == "each:IP a__1:C a__2:F a__3:X a__2:S a__3:S");
  w.finish(id, "a__3", R"({"r":3})");
  w.finish(id, "a__2", R"({"r":2})");
  w.finish(id, "a__4", R"({"r":4})");
  CHECK(w.pure.status(id) == "COMPLETED");
  CHECK(w.output(id, "each").at("results").dump()
        == R"([{"a":{"r":1}},{"a":{"r":2}},{"a":{"r":3}},{"a":{"r":4}}])");
  CHECK(w.pure.replay_is_live());
}

TEST_CASE("a permissive item fails FOR_EACH at once") {
  for_each_cases::world w;
  auto id = w.start(each(simple("a", R"(,"permissive":true)"),
                         R"("maxParallel":2)", R"(,"optional":true)")
                        + "," + simple("t1"),
                    R"({"list":[1,2,3]})");
  w.finish(id, "a__2", "boom", task_status::failed);
  CHECK(w.pure.rows(id) == "each:CE a__1:X a__2:F t1:S");
  CHECK(w.pure.row(id, "each").reason == "boom");
  CHECK(w.pure.replay_is_live());
}

TEST_CASE("FOR_EACH may contain FOR_EACH, each with its own item") {
  for_each_cases::world w;
  auto inner = R"({"type":"FOR_EACH","name":"in","taskReferenceName":"in",
    "items":"${each.item}","loopOver":[)"
               + simple("a", R"(,"inputParameters":{"o":"${each.index}",
                 "i":"${in.index}","x":"${in.item}"})")
               + "]}";
  auto id = w.start(each(inner + "," + simple("b", R"(,"inputParameters":{
                                 "sum":"${in.output.results}",
                                 "a":"${a.output.r}"})"),
                         R"("maxParallel":5)"),
                    R"({"list":[["p"],["q","r"]]})");
  CHECK(w.input(id, "a__2__2")
        == nlohmann::json::parse(R"({"o":1,"i":1,"x":"r"})"));
  CHECK(w.input(id, "a__1__1")
        == nlohmann::json::parse(R"({"o":0,"i":0,"x":"p"})"));
  w.finish(id, "a__2__1", R"({"r":21})");
  w.finish(id, "a__2__2", R"({"r":22})");
  w.finish(id, "a__1__1", R"({"r":11})");
  CHECK(w.input(id, "b__1")
        == nlohmann::json::parse(R"({"sum":[{"a":{"r":11}}],"a":11})"));
  CHECK(w.input(id, "b__2").at("sum").size() == 2);
  w.finish(id, "b__1", "{}");
  w.finish(id, "b__2", "{}");
  CHECK(w.pure.status(id) == "COMPLETED");
  CHECK(w.pure.replay_is_live());
}

TEST_CASE("thousands of items that need nobody are worked through in parts") {
  for_each_cases::world w;
  w.pure.bounds.decision_events_max = 50;
  std::string list;
  for (int i = 0; i < 3000; ++i)
    list += (i ? "," : "") + std::to_string(i);
  auto id = w.start(each(R"({"type":"SET_VARIABLE","name":"s",
      "taskReferenceName":"s","inputParameters":{"v":"${each.item}"}})",
                         R"("maxParallel":100)"),
                    R"({"list":[)" + list + "]}");
  CHECK(w.pure.status(id) == "COMPLETED");
  CHECK(w.output(id, "each").at("results").size() == 3000);
  CHECK(w.pure.replay_is_live());
}

TEST_CASE("no item reads another item's rows, nor those of an earlier run") {
  auto body = simple("a", R"(,"inputParameters":{"a":"${a.output.r}"})");
  auto inner = R"({"type":"FOR_EACH","name":"in","taskReferenceName":"in",
    "items":"[1,2]","loopOver":[)"
               + body + "]}";
  for_each_cases::world nested;
  auto id = nested.start(each(inner, ""), R"({"list":[1]})");
  CHECK(nested.input(id, "a__1__2").at("a").is_null());

  for_each_cases::world again;
  id = again.start(R"({"type":"DO_WHILE","name":"l","taskReferenceName":"l",
    "items":"[1,2]","loopOver":[)"
                       + inner + "]}",
                   "{}");
  again.finish(id, "a__1__1", R"({"r":1})");
  again.finish(id, "a__1__2", R"({"r":2})");
  CHECK(again.input(id, "a__2__1").at("a").is_null());
  CHECK(again.input(id, "a__2__2").at("a").is_null());
}

TEST_CASE("every item reads what was skipped before FOR_EACH came to it") {
  for_each_cases::world w;
  auto body = simple("a") + ","
              + simple("b", R"(,"inputParameters":{"a":"${a.output}"})");
  auto id = w.start(simple("t1") + "," + each(body, ""), R"({"list":[1,2]})");
  command::skip_task skip{"a", {}};
  skip.request.task_output = *payload::parse(R"({"r":1})");
  w.pure.tell(id, skip);
  w.pure.done("t1");
  CHECK(w.input(id, "b__1").at("a") == nlohmann::json{{"r", 1}});
  CHECK(w.input(id, "b__2").at("a") == nlohmann::json{{"r", 1}});
}

TEST_CASE("from outside a FOR_EACH nobody reads the iteration of an item") {
  for_each_cases::world w;
  auto id = w.start(
      R"({"name":"f","taskReferenceName":"f","type":"FORK_JOIN","forkTasks":[[)"
          + each(simple("a"), "") + "],[" + simple("t1") + ","
          + simple("b", R"(,"inputParameters":{
               "i":"${each.output.iteration}","n":"${each.output.count}"})")
          + R"(]]},{"name":"j","taskReferenceName":"j","type":"JOIN",
               "joinOn":["each","b"]})",
      R"({"list":[1,2]})");
  w.pure.done("t1");
  CHECK(w.input(id, "b") == nlohmann::json{{"i", nullptr}, {"n", 2}});
}

TEST_CASE("what an execution puts out is read from outside of its items") {
  for_each_cases::world w;
  w.pure.define(
      workflow_of(each(simple("a")
                           + ",{\"name\":\"g\",\"taskReferenceName\":\"g\","
                             "\"type\":\"GOTO\"}",
                       ""),
                  R"(,"outputParameters":{"last":"${a.status}"})"));
  auto id = w.pure.start("w", R"({"list":[1,2]})");
  w.finish(id, "a__1", "{}"); // what follows it ends the execution
  CHECK(w.pure.status(id) == "FAILED");
  CHECK(w.pure.at(id).head().output.json()["last"] == "SCHEDULED");
}

TEST_CASE("what a loop that was passed over holds is not tried again") {
  for_each_cases::world w;
  auto fork = test::fork("[" + simple("a", R"(,"permissive":true)") + "],["
                             + simple("b") + "]",
                         R"("a","b")");
  w.pure.define(
      workflow_of(each(fork, "", R"(,"optional":true)") + "," + simple("t1")));
  auto id = w.pure.start("w", R"({"list":[1]})");
  w.finish(id, "a__1", "no", task_status::failed_with_terminal_error);
  w.finish(id, "t1", "no", task_status::failed_with_terminal_error);
  CHECK(w.pure.status(id) == "FAILED");
  w.pure.tell(id, command::retry{});
  CHECK(w.pure.waiting("a") == 0);
  CHECK(w.pure.waiting("b") == 0);
  w.pure.done("t1");
  CHECK(w.pure.status(id) == "COMPLETED");
  CHECK(w.pure.replay_is_live());
}

TEST_CASE("what a jump out of a loop has left is not tried again") {
  for_each_cases::world w;
  w.pure.define(workflow_of(
      each(simple("a") + R"(,{"name":"g","taskReferenceName":"g","type":"GOTO",
                              "inputParameters":{"target":"t1"}})",
           "")
      + "," + simple("b") + "," + simple("t1")));
  auto id = w.pure.start("w", R"({"list":[1,2]})");
  w.finish(id, "a__1", "{}");
  w.finish(id, "t1", "no", task_status::failed_with_terminal_error);
  w.pure.tell(id, command::retry{});
  CHECK(w.pure.waiting("a") == 0);
  w.pure.done("t1");
  CHECK(w.pure.status(id) == "COMPLETED");
  CHECK(w.pure.replay_is_live());
}

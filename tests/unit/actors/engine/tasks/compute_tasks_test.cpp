#include "tests/support/definitions.hpp"
#include "tests/support/pure_world.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <deque>

using namespace tutti;
using nlohmann::json;
using test::simple;
using test::workflow_of;
using kind = engine::script_result::kind;

// LAMBDA, INLINE and JSON_JQ_TRANSFORM as task kinds (reference:scripts).
// What a script comes to is given; what is done with it is tested.

namespace compute_tasks_tests {

/// Every call is kept, and answered with what the test has prepared.
class prepared_scripts final : public engine::script_runner {
 public:
  struct call {
    engine::script_language language;
    std::string source;
    json input;
  };
  engine::script_result run(const engine::script_call& x) override {
    calls.push_back({x.language, std::string(x.source), json::parse(x.input)});
    if (answers.empty())
      return {kind::error, {}, "nothing was prepared"};
    auto out = std::move(answers.front());
    answers.pop_front();
    return out;
  }
  void value(json x) { answers.push_back({kind::value, payload(x), {}}); }
  void fails(kind what, std::string sentence) {
    answers.push_back({what, {}, std::move(sentence)});
  }

  std::vector<call> calls;
  std::deque<engine::script_result> answers;
};

struct world {
  prepared_scripts scripts;
  test::pure_world pure{scripts};

  /// Runs a workflow of that one task and a worker's task.
  const task& run(const std::string& type, const std::string& more,
                  const std::string& input = "{}") {
    pure.define(workflow_of(R"({"name":"x","taskReferenceName":"x","type":")"
                            + type + "\"" + more + "}," + simple("after")));
    id = pure.start("w", input);
    return pure.row(id, "x");
  }
  const task& lambda(const std::string& parameters,
                     const std::string& input = "{}") {
    return run("LAMBDA", R"(,"inputParameters":)" + parameters, input);
  }
  const task& inlined(const std::string& parameters,
                      const std::string& input = "{}") {
    return run("INLINE", R"(,"inputParameters":)" + parameters, input);
  }
  const task& jq(const std::string& parameters,
                 const std::string& input = "{}") {
    return run("JSON_JQ_TRANSFORM", R"(,"inputParameters":)" + parameters,
               input);
  }
  std::string id;
};

/// Failed with that sentence, as output.error and as the reason.
void check_failed(const task& row, task_status status,
                  const std::string& sentence) {
  CHECK(row.status == status);
  CHECK(row.reason == sentence);
  CHECK(row.output.json() == json{{"error", sentence}});
}

constexpr auto terminal = task_status::failed_with_terminal_error;

TEST_CASE_FIXTURE(world, "a LAMBDA is the body of a function of its inputs") {
  scripts.value({{"twice", 8}});
  auto& row = lambda(R"({"n":"${workflow.input.n}",
                         "scriptExpression":"return {twice: 2 * $.n};"})",
                     R"({"n":4})");
  CHECK(row.status == task_status::completed);
  CHECK(row.output.json() == json{{"result", {{"twice", 8}}}});
  REQUIRE(scripts.calls.size() == 1);
  auto& call = scripts.calls[0];
  CHECK(call.language == engine::script_language::javascript);
  CHECK(call.source == "(function () {return {twice: 2 * $.n};\n})();");
  CHECK(call.input["n"] == 4);
  CHECK(call.input.contains("scriptExpression"));
  CHECK(pure.rows(id) == "x:C after:S");
  CHECK(pure.replay_is_live());
}

TEST_CASE_FIXTURE(world, "a LAMBDA may return nothing, and any other value") {
  for (auto& value : {json(), json(1), json("s"), json::array({1, "2"})}) {
    scripts.value(value);
    auto& row = lambda(R"({"scriptExpression":"return x;"})");
    CHECK(row.output.json() == json{{"result", value}});
  }
}

TEST_CASE_FIXTURE(world, "a LAMBDA without a body fails and runs nothing") {
  for (auto* parameters :
       {R"({})", R"({"scriptExpression":""})", R"({"scriptExpression":" \n"})",
        R"({"scriptExpression":null})",
        R"({"scriptExpression":"${workflow.input.none}"})"})
    check_failed(lambda(parameters), task_status::failed,
                 "LAMBDA task 'x': scriptExpression is empty");
  CHECK(scripts.calls.empty());
  CHECK(pure.status(id) == "FAILED");
}

TEST_CASE_FIXTURE(world,
                  "a LAMBDA that goes wrong is FAILED, however it does") {
  for (auto how : {kind::error, kind::timed_out, kind::unavailable}) {
    scripts.fails(how, "why");
    check_failed(lambda(R"({"scriptExpression":"return 1;"})"),
                 task_status::failed, "why");
    CHECK(pure.rows(id) == "x:F");
  }
}

TEST_CASE_FIXTURE(world, "the script of a LAMBDA may stand beside its inputs") {
  scripts.value(1);
  run("LAMBDA", R"(,"scriptExpression":"return 1;")");
  scripts.value(2);
  run("LAMBDA", R"(,"scriptExpression":"return 1;",
                    "inputParameters":{"scriptExpression":"return 2;"})");
  REQUIRE(scripts.calls.size() == 2);
  CHECK(scripts.calls[0].source == "(function () {return 1;\n})();");
  CHECK(scripts.calls[1].source == "(function () {return 2;\n})();");
}

TEST_CASE_FIXTURE(world, "an INLINE is a program over its inputs") {
  for (auto* evaluator : {"", R"("evaluatorType":"javascript",)",
                          R"("evaluatorType":"graaljs",)"}) {
    scripts.calls.clear();
    scripts.value(true);
    auto& row
        = inlined("{" + std::string(evaluator) + R"("n":"${workflow.input.n}",
                                 "expression":"$.n > 3"})",
                  R"({"n":4})");
    CHECK(row.status == task_status::completed);
    CHECK(row.output.json() == json{{"result", true}});
    REQUIRE(scripts.calls.size() == 1);
    CHECK(scripts.calls[0].language == engine::script_language::javascript);
    CHECK(scripts.calls[0].source == "$.n > 3");
    CHECK(scripts.calls[0].input["n"] == 4);
    CHECK(pure.rows(id) == "x:C after:S");
  }
  CHECK(pure.replay_is_live());
}

TEST_CASE_FIXTURE(world, "value-param takes a key of the input, not a path") {
  auto result = [&](const std::string& expression) {
    auto& row = inlined(R"({"evaluatorType":"value-param","a":{"b":1},
                            "c.d":2,"expression":")"
                        + expression + "\"}");
    CHECK(row.status == task_status::completed);
    return row.output.json()["result"];
  };
  CHECK(result("a") == json{{"b", 1}});
  CHECK(result("c.d") == 2);
  CHECK(result("a.b").is_null());
  CHECK(result("none").is_null());
  CHECK(scripts.calls.empty());
}

TEST_CASE_FIXTURE(world, "a wrong INLINE fails for good and runs nothing") {
  const std::pair<const char*, const char*> cases[] = {
      {R"({})", "expression is empty"},
      {R"({"expression":"  "})", "expression is empty"},
      {R"({"expression":null})", "expression is empty"},
      {R"({"expression":"1","evaluatorType":""})", "evaluatorType is empty"},
      {R"({"expression":"1","evaluatorType":" "})", "evaluatorType is empty"},
      {R"({"expression":"1","evaluatorType":"python"})",
       "unknown evaluator 'python'"},
      {R"({"expression":"1","evaluatorType":"JavaScript"})",
       "unknown evaluator 'JavaScript'"},
      {R"({"expression":"1","evaluatorType":5})", "unknown evaluator '5'"}};
  for (auto& [parameters, why] : cases)
    check_failed(inlined(parameters), terminal,
                 std::string("INLINE task 'x': ") + why);
  CHECK(scripts.calls.empty());
}

TEST_CASE_FIXTURE(world,
                  "an INLINE that is wrong fails for good, one that was not "
                  "run or did not end may be retried") {
  pure.define_task("x", R"({"retryCount":1,"retryDelaySeconds":10})");
  scripts.fails(kind::error, "why");
  check_failed(inlined(R"({"expression":"1"})"), terminal, "why");
  CHECK(pure.status(id) == "FAILED");
  for (auto how : {kind::timed_out, kind::unavailable}) {
    scripts.fails(how, "why");
    inlined(R"({"expression":"1"})");
    CHECK(pure.status(id) == "RUNNING");
    scripts.value(5);
    pure.advance(10'000);
    CHECK(pure.rows(id) == "x:F x:C after:S");
    CHECK(pure.row(id, "x").output.json()["result"] == 5);
    CHECK(pure.row(id, "x").retry_count == 1);
  }
  CHECK(pure.replay_is_live());
}

TEST_CASE_FIXTURE(world, "an INLINE may name its program beside its inputs") {
  scripts.value(1);
  run("INLINE", R"(,"expression":"1","evaluatorType":"graaljs")");
  CHECK(scripts.calls.back().source == "1");
  scripts.value(2);
  run("INLINE", R"(,"expression":"1","evaluatorType":"nope",
      "inputParameters":{"expression":"2","evaluatorType":"javascript"})");
  CHECK(scripts.calls.back().source == "2");
  CHECK(run("INLINE", R"(,"expression":"1","evaluatorType":"nope")").status
        == terminal);
}

TEST_CASE_FIXTURE(world, "an optional task that computes is stepped over") {
  scripts.fails(kind::error, "why");
  run("INLINE", R"(,"optional":true,"inputParameters":{"expression":"1"})");
  CHECK(pure.status(id) == "RUNNING");
  CHECK(pure.rows(id) == "x:CE after:S");
}

TEST_CASE_FIXTURE(world,
                  "jq gets the whole input and all its outputs are kept") {
  scripts.value(json::array({1, 2.5, "s"}));
  auto& row = jq(R"({"a":"${workflow.input.a}","queryExpression":".a[]"})",
                 R"({"a":[1,2.5,"s"]})");
  CHECK(row.status == task_status::completed);
  CHECK(row.output.json()["result"] == 1);
  CHECK(row.output.json()["result"].is_number_integer());
  CHECK(row.output.json()["resultList"] == json::array({1, 2.5, "s"}));
  REQUIRE(scripts.calls.size() == 1);
  CHECK(scripts.calls[0].language == engine::script_language::jq);
  CHECK(scripts.calls[0].source == ".a[]");
  CHECK(scripts.calls[0].input
        == json{{"a", {1, 2.5, "s"}}, {"queryExpression", ".a[]"}});
  CHECK(pure.replay_is_live());
}

TEST_CASE_FIXTURE(world, "a filter without outputs has the result null") {
  scripts.value(json::array());
  auto& row = jq(R"({"queryExpression":"empty"})");
  CHECK(row.status == task_status::completed);
  CHECK(row.output.json()
        == json{{"result", nullptr}, {"resultList", json::array()}});
}

TEST_CASE_FIXTURE(world,
                  "a jq task without a filter, or whose filter fails, is "
                  "FAILED") {
  for (auto* parameters :
       {R"({})", R"({"queryExpression":" "})", R"({"queryExpression":null})"})
    check_failed(jq(parameters), task_status::failed,
                 "JSON_JQ_TRANSFORM task 'x': queryExpression is empty");
  CHECK(scripts.calls.empty());
  for (auto how : {kind::error, kind::timed_out, kind::unavailable}) {
    scripts.fails(how, "Cannot index string with string \"array\"");
    check_failed(jq(R"({"queryExpression":"."})"), task_status::failed,
                 "Cannot index string with string \"array\"");
  }
}

TEST_CASE_FIXTURE(world,
                  "a long error is cut as a reason and whole as output") {
  std::string sentence;
  while (sentence.size() <= pure.bounds.reason_characters_max)
    sentence += "é";
  scripts.fails(kind::error, sentence);
  auto& row = lambda(R"({"scriptExpression":"return 1;"})");
  CHECK(row.output.json()["error"] == sentence);
  CHECK(row.reason.size() <= pure.bounds.reason_characters_max);
  CHECK(row.reason.size() + 2 > pure.bounds.reason_characters_max);
  CHECK(sentence.starts_with(row.reason));
  CHECK(row.reason.size() % 2 == 0); // no half character
}

TEST_CASE_FIXTURE(world, "a script sees secrets, the stored input does not") {
  const char* parameters = R"({"pw":"${workflow.secrets.PASSWORD}",
    "expression":"1","scriptExpression":"1","queryExpression":"1"})";
  for (auto* type : {"INLINE", "LAMBDA", "JSON_JQ_TRANSFORM"}) {
    scripts.calls.clear();
    scripts.value(json::array());
    auto& row = run(type, std::string(R"(,"inputParameters":)") + parameters);
    CHECK(row.input.json()["pw"] == "${workflow.secrets.PASSWORD}");
    REQUIRE(scripts.calls.size() == 1);
    CHECK(scripts.calls[0].input["pw"] == "value of PASSWORD");
    CHECK(pure.replay_is_live());
  }
}

TEST_CASE_FIXTURE(world,
                  "the input template of a task definition is a default") {
  pure.define_task("x", R"({"inputTemplate":{"n":1,"expression":"template",
                            "evaluatorType":"graaljs"}})");
  scripts.value(1);
  inlined(R"({"n":2})");
  REQUIRE(scripts.calls.size() == 1);
  CHECK(scripts.calls[0].source == "template");
  CHECK(scripts.calls[0].input["n"] == 2);
}

TEST_CASE_FIXTURE(world, "an operator's retry runs the script again") {
  scripts.fails(kind::error, "why");
  lambda(R"({"scriptExpression":"return 1;"})");
  CHECK(pure.status(id) == "FAILED");
  scripts.value(3);
  pure.tell(id, command::retry{});
  CHECK(pure.status(id) == "RUNNING");
  CHECK(pure.row(id, "x").output.json()["result"] == 3);
  CHECK(scripts.calls.size() == 2);
  CHECK(pure.replay_is_live());
}

} // namespace compute_tasks_tests

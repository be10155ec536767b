#include "tests/unit/api/rest/routes/route_world.hpp"

namespace tutti::rest {

using test::broken_paths;
using test::is_error;
using test::is_json;
using test::is_void;
using test::route_world;

namespace metadata_test_detail {

const std::string a_workflow = R"({"name":"ship","version":2,"tasks":[
         {"name":"pack","taskReferenceName":"p"}]})";
const std::string a_task = R"({"name":"pack","retryCount":1})";

} // namespace metadata_test_detail

using namespace metadata_test_detail;

TEST_CASE("a workflow is registered, and replaced only when told so") {
  route_world world;
  CHECK(is_void(world.call("POST", "/api/metadata/workflow", a_workflow)));
  auto& first = world.last<register_workflows>();
  CHECK(first.how == register_workflows::mode::create);
  REQUIRE(first.definitions.size() == 1);
  CHECK(first.definitions[0].name == "ship");
  CHECK(first.definitions[0].version == 2);
  CHECK(is_void(
      world.call("POST", "/api/metadata/workflow?overwrite=true", a_workflow)));
  CHECK(world.last<register_workflows>().how
        == register_workflows::mode::overwrite);
  world.gateway->usual = failure{errc::conflict, "it exists", {}};
  CHECK(
      is_error(world.call("POST", "/api/metadata/workflow", a_workflow), 409));
}

TEST_CASE("every script that is known beforehand is looked at") {
  route_world world;
  auto looked_at = [&](const std::string& task) {
    world.gateway->got.clear();
    world.call("POST", "/api/metadata/workflow",
               R"({"name":"w","tasks":[{"name":"t","taskReferenceName":"t",)"
                   + task + "}]}");
    std::string out;
    for (auto& x : world.gateway->got)
      if (auto* asked = std::get_if<envelope<check_scripts>>(&x))
        for (auto& script : asked->request.scripts)
          out += script.subject + " "
                 + (script.written_in == script_to_check::language::jq ? "jq "
                                                                       : "")
                 + script.source;
    return out;
  };
  const std::pair<std::string, std::string> cases[] = {
      {R"("type":"SWITCH","evaluatorType":"graaljs","expression":"$.a",
          "decisionCases":{})",
       "SWITCH task 't': expression $.a"},
      {R"("type":"SWITCH","evaluatorType":"value-param","expression":"a b",
          "decisionCases":{})",
       ""},
      {R"("type":"DO_WHILE","loopCondition":"$.t.iteration < 2",
          "loopOver":[{"name":"u","taskReferenceName":"u"}])",
       "DO_WHILE task 't': loopCondition $.t.iteration < 2"},
      {R"x("type":"INLINE","inputParameters":{"expression":"$.a.get(0)"})x",
       "INLINE task 't': expression $.a.get(0)"},
      {R"("type":"INLINE","inputParameters":{"expression":"1",
          "evaluatorType":"graaljs"})",
       "INLINE task 't': expression 1"},
      {R"("type":"INLINE","evaluatorType":"javascript","expression":"2")",
       "INLINE task 't': expression 2"},
      // A key of the input, a blank, an unknown one, one that comes later.
      {R"("type":"INLINE","inputParameters":{"expression":"a b",
          "evaluatorType":"value-param"})",
       ""},
      {R"("type":"INLINE","inputParameters":{"expression":"a b",
          "evaluatorType":""})",
       ""},
      {R"("type":"INLINE","inputParameters":{"expression":"a b",
          "evaluatorType":"${workflow.input.e}"})",
       ""},
      {R"("type":"INLINE","inputParameters":{"expression":" "})", ""},
      {R"("type":"INLINE","inputParameters":{
          "expression":"${workflow.input.script}"})",
       ""},
      {R"("type":"INLINE","inputParameters":{"expression":7})", ""},
      {R"("type":"LAMBDA","inputParameters":{"scriptExpression":"return 1;"})",
       "LAMBDA task 't': scriptExpression (function () {return 1;\n})();"},
      {R"("type":"LAMBDA","inputParameters":{"scriptExpression":"  "})", ""},
      {R"("type":"JSON_JQ_TRANSFORM","inputParameters":{
          "queryExpression":".a | .b"})",
       "JSON_JQ_TRANSFORM task 't': queryExpression jq .a | .b"},
      {R"("type":"JSON_JQ_TRANSFORM","inputParameters":{
          "queryExpression":"${workflow.input.q}"})",
       ""},
  };
  for (auto& [task, expected] : cases)
    CHECK_MESSAGE(looked_at(task) == expected, task);
}

TEST_CASE("scripts of a definition are looked at before it is taken") {
  const std::string scripted = R"({"name":"ship","tasks":[
      {"name":"s","taskReferenceName":"s","type":"SWITCH",
       "evaluatorType":"javascript","expression":"$.a >",
       "decisionCases":{"x":[{"name":"d","taskReferenceName":"d",
         "type":"DECISION","caseExpression":"$.b",
         "decisionCases":{"y":[{"name":"t","taskReferenceName":"t"}]}}]}}]})";
  route_world world;
  CHECK(is_void(world.call("POST", "/api/metadata/workflow", scripted)));
  REQUIRE(world.gateway->got.size() == 2);
  auto& asked = std::get<envelope<check_scripts>>(world.gateway->got[0])
                    .request.scripts;
  REQUIRE(asked.size() == 2);
  CHECK(asked[0].path == "registerWorkflowDef.arg0.tasks[0]");
  CHECK(asked[0].subject == "SWITCH task 's': expression");
  CHECK(asked[0].source == "$.a >");
  CHECK(asked[1].path
        == "registerWorkflowDef.arg0.tasks[0].decisionCases[x][0]");
  CHECK(world.last<register_workflows>().definitions.size() == 1);

  // What is wrong with scripts is told together with everything else.
  world.gateway->violations = {{asked[0].path, "malformed", std::nullopt}};
  auto path = asked[0].path;
  world.gateway->got.clear();
  auto unnamed = scripted;
  unnamed.replace(unnamed.find("ship"), 4, "");
  CHECK(broken_paths(world.call("POST", "/api/metadata/workflow", unnamed))
        == std::vector<std::string>{"registerWorkflowDef.arg0.name", path});
  CHECK(world.gateway->got.size() == 1);
  const std::vector<std::string> only{path};
  CHECK(broken_paths(
            world.call("PUT", "/api/metadata/workflow", "[" + scripted + "]"))
        == only);
  CHECK(broken_paths(
            world.call("POST", "/api/metadata/workflow/validate", scripted))
        == only);
  CHECK(broken_paths(
            world.call("POST", "/api/workflow",
                       R"({"name":"ship","workflowDef":)" + scripted + "}"))
        == only);
}

TEST_CASE("many workflows are updated together and listed in the answer") {
  route_world world;
  world.gateway->usual
      = test::a_text(R"({"bulkErrorResults":{},"bulkSuccessfulResults":[]})");
  auto x = world.call("PUT", "/api/metadata/workflow",
                      "[" + a_workflow + "," + a_workflow + "]");
  CHECK(is_json(x, R"({"bulkErrorResults":{},"bulkSuccessfulResults":[]})"));
  CHECK(world.last<register_workflows>().how
        == register_workflows::mode::upsert);
  CHECK(world.last<register_workflows>().definitions.size() == 2);
}

TEST_CASE("broken rules of a workflow carry the endpoint's own prefix") {
  route_world world;
  using paths = std::vector<std::string>;
  const std::string empty = R"({"name":"ship"})";
  CHECK(broken_paths(world.call("POST", "/api/metadata/workflow", empty))
        == paths{"registerWorkflowDef.arg0.tasks"});
  CHECK(broken_paths(
            world.call("POST", "/api/metadata/workflow?overwrite=true", empty))
        == paths{"updateWorkflowDef.arg0.tasks"});
  CHECK(
      broken_paths(world.call("POST", "/api/metadata/workflow/validate", empty))
      == paths{"validateWorkflowDef.arg0.tasks"});
  // One broken definition refuses the whole list.
  CHECK(broken_paths(world.call("PUT", "/api/metadata/workflow",
                                "[" + a_workflow + "," + empty + "]"))
        == paths{"updateWorkflowDef.arg0[1].tasks"});
  CHECK(broken_paths(world.call("PUT", "/api/metadata/workflow", "[]"))
        == paths{"updateWorkflowDef.arg0"});
  CHECK(world.gateway->got.empty());
}

TEST_CASE("a definition that is valid is told so and not stored") {
  route_world world;
  CHECK(is_void(
      world.call("POST", "/api/metadata/workflow/validate", a_workflow)));
  CHECK(world.gateway->got.empty());
}

TEST_CASE("expressions are checked by what was injected") {
  route_world world;
  world.context.check_references
      = [](const payload&,
           const std::function<bool(std::string_view)>& is_reference,
           const std::function<void(std::string)>& broken) {
          CHECK(is_reference("p"));
          CHECK_FALSE(is_reference("q"));
          broken("'${q.output}' is no task");
        };
  auto x = world.call("POST", "/api/metadata/workflow",
                      R"({"name":"ship","tasks":[{"name":"pack",
                          "taskReferenceName":"p",
                          "inputParameters":{"a":"${q.output}"}}]})");
  CHECK(broken_paths(x)
        == std::vector<std::string>{"registerWorkflowDef.arg0"});
  CHECK(x.body.find("'${q.output}' is no task") != x.body.npos);
}

TEST_CASE("an owner's address is demanded when the operator says so") {
  route_world world;
  world.context.settings.admission.validation.owner_email_mandatory = true;
  CHECK(broken_paths(world.call("POST", "/api/metadata/workflow", a_workflow))
        == std::vector<std::string>{"registerWorkflowDef.arg0.ownerEmail"});
  CHECK(broken_paths(
            world.call("POST", "/api/metadata/taskdefs", "[" + a_task + "]"))
        == std::vector<std::string>{"registerTaskDef.arg0[0].ownerEmail"});
}

TEST_CASE("definitions are read by name, version and in lists") {
  using kind = read_definitions::kind;
  struct {
    const char* target;
    kind what;
    const char* name;
    std::optional<int32_t> version;
  } const cases[] = {
      {"/api/metadata/workflow", kind::workflows, "", {}},
      {"/api/metadata/workflow?short=true&access=READ",
       kind::workflows,
       "",
       {}},
      {"/api/metadata/workflow/ship", kind::workflow, "ship", {}},
      {"/api/metadata/workflow/a%20b?version=3", kind::workflow, "a b", 3},
      {"/api/metadata/workflow/ship?version=", kind::workflow, "ship", {}},
      {"/api/metadata/workflow/names", kind::names, "", {}},
      {"/api/metadata/workflow/names-and-versions",
       kind::names_and_versions,
       "",
       {}},
      {"/api/metadata/workflow/latest-versions", kind::latest_versions, "", {}},
      {"/api/metadata/workflow/ship/versions", kind::versions, "ship", {}},
      {"/api/metadata/taskdefs", kind::tasks, "", {}},
      {"/api/metadata/taskdefs/pack", kind::task, "pack", {}},
  };
  route_world world;
  world.gateway->usual = test::a_text("[]");
  for (auto& c : cases) {
    CAPTURE(c.target);
    CHECK(is_json(world.call("GET", c.target), "[]"));
    auto& ask = world.last<read_definitions>();
    CHECK(ask.what == c.what);
    CHECK(ask.name == c.name);
    CHECK(ask.version == c.version);
  }
  CHECK(is_error(world.call("GET", "/api/metadata/workflow/ship?version=two"),
                 400));
}

TEST_CASE("definitions are removed, workflows by version") {
  route_world world;
  CHECK(is_void(world.call("DELETE", "/api/metadata/workflow/ship/2", "{}")));
  CHECK(world.last<remove_workflow_definition>().name == "ship");
  CHECK(world.last<remove_workflow_definition>().version == 2);
  CHECK(
      is_error(world.call("DELETE", "/api/metadata/workflow/ship/last"), 400));
  CHECK(is_void(world.call("DELETE", "/api/metadata/taskdefs/pack")));
  CHECK(world.last<remove_task_definition>().name == "pack");
}

TEST_CASE("task definitions are registered as a list and updated one by one") {
  route_world world;
  CHECK(is_void(
      world.call("POST", "/api/metadata/taskdefs", "[" + a_task + "]")));
  CHECK_FALSE(world.last<register_tasks>().must_exist);
  CHECK(world.last<register_tasks>().definitions[0].retry_count == 1);
  CHECK(is_void(world.call("PUT", "/api/metadata/taskdefs", a_task)));
  CHECK(world.last<register_tasks>().must_exist);
  world.gateway->got.clear();
  CHECK(is_error(world.call("POST", "/api/metadata/taskdefs", a_task), 400));
  CHECK(is_error(
      world.call("PUT", "/api/metadata/taskdefs", "[" + a_task + "]"), 400));
  CHECK(is_error(world.call("PUT", "/api/metadata/taskdefs",
                            R"({"name":"t","retryLogic":"SOMETIMES"})"),
                 400));
  CHECK(world.gateway->got.empty());
}

TEST_CASE("broken rules of a task definition are found all at once") {
  route_world world;
  auto x = world.call("POST", "/api/metadata/taskdefs",
                      R"([{"name":"ok"},{"retryCount":-1}])");
  auto paths = broken_paths(x);
  std::sort(paths.begin(), paths.end());
  CHECK(paths
        == std::vector<std::string>{"registerTaskDef.arg0[1].name",
                                    "registerTaskDef.arg0[1].retryCount"});
  CHECK(x.body.find(R"("invalidValue":"-1")") != x.body.npos);
  CHECK(broken_paths(world.call("POST", "/api/metadata/taskdefs", "[]"))
        == std::vector<std::string>{"registerTaskDef.arg0"});
  // The default response timeout is longer than this timeout.
  CHECK(broken_paths(world.call("PUT", "/api/metadata/taskdefs",
                                R"({"name":"t","timeoutSeconds":60})"))
        == std::vector<std::string>{"updateTaskDef.arg0"});
}

} // namespace tutti::rest

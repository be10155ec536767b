#include "actors/engine/definition/schema/contract.hpp"
#include "actors/engine/definition/schema/json_schema.hpp"
#include "tests/support/definitions.hpp"
#include "tests/support/pure_world.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>

using namespace tutti;
using engine::json_schema;
using nlohmann::json;
using test::pure_world;
using test::simple;
using test::workflow_of;

namespace {

std::optional<std::string> misfit(std::string_view schema,
                                  std::string_view value) {
  auto compiled = json_schema::compile(json::parse(schema));
  REQUIRE_MESSAGE(compiled, compiled.failure().message);
  return (*compiled)->misfit(json::parse(value));
}

std::string refusal(std::string_view schema) {
  auto compiled = json_schema::compile(json::parse(schema));
  return compiled ? "" : compiled.failure().message;
}

constexpr auto person = R"({"name":"person","type":"JSON","data":{
  "type":"object","required":["name"],"properties":{
    "name":{"type":"string","minLength":1},
    "age":{"type":"integer","minimum":0}}}})";

pure_world checked_tasks() {
  pure_world world;
  world.define_task("t1", R"({"enforceSchema":true,"inputSchema":)"
                              + std::string(person)
                              + R"(,"outputSchema":{"name":"o","type":"JSON",
                    "data":{"required":["r"]}}})");
  world.define(workflow_of(
      simple("t1", R"(,"inputParameters":{"name":"${workflow.input.name}"})")));
  return world;
}

} // namespace

TEST_CASE("a misfit names the place and the rule") {
  auto schema = R"({"properties":{"a":{"items":{"type":"string"}},
    "b":{"pattern":"^[0-9]+$"},"c":{"enum":[1,"x"]}},"required":["a"]})";
  CHECK_FALSE(misfit(schema, R"({"a":["x"],"b":"12","c":1.0})"));
  CHECK(misfit(schema, R"({"a":["x",5]})")
        == "/a/1: must be of type \"string\", but is number");
  CHECK(misfit(schema, R"({"a":[],"b":"1x"})")
        == "/b: must match the pattern '^[0-9]+$'");
  CHECK(misfit(schema, "{}") == "/: must have the property \"a\"");
  CHECK(misfit(schema, R"({"a":[],"c":2})") == "/c: must be one of [1,\"x\"]");
}

TEST_CASE("a schema that cannot be used says where and why") {
  CHECK(refusal(R"({"properties":{"a":{"type":"text"}}})")
        == "the schema at '#/properties/a/type': names no type of JSON");
  CHECK(refusal(R"({"minLength":-1})").find("#/minLength")
        != std::string::npos);
  CHECK(refusal(R"({"pattern":"("})").find("#/pattern") != std::string::npos);
  CHECK(refusal(R"({"$ref":"http://127.0.0.1/x"})").find("nothing is fetched")
        != std::string::npos);
  CHECK(refusal(R"({"$ref":"other.json"})").find("nothing is fetched")
        != std::string::npos);
  CHECK(refusal(R"({"$ref":"#/definitions/x"})").find("leads nowhere")
        != std::string::npos);
  CHECK(refusal("5").find("object or a boolean") != std::string::npos);
}

TEST_CASE("a property may be called like a keyword") {
  auto schema = R"({"properties":{"pattern":{"type":"integer"},
                                 "$ref":{"type":"string"}}})";
  CHECK_FALSE(misfit(schema, R"({"pattern":5,"$ref":"x"})"));
  CHECK(misfit(schema, R"({"pattern":"x"})"));
}

TEST_CASE(
    "schemas that refer to themselves end, and cost what the value does") {
  CHECK_FALSE(misfit(R"({"properties":{"next":{"$ref":"#"}},
                        "additionalProperties":false})",
                     R"({"next":{"next":{}}})"));
  CHECK(misfit(R"({"properties":{"next":{"$ref":"#"}},
                  "additionalProperties":false})",
               R"({"next":{"next":{"x":1}}})")
            ->starts_with("/next/next/x"));
  CHECK(misfit(R"({"allOf":[{"$ref":"#"}]})", "1")->find("given up")
        != std::string::npos);
  CHECK(misfit(R"({"definitions":{"a":{"anyOf":[{"$ref":"#/definitions/a"},
          {"$ref":"#/definitions/a"}]}},"$ref":"#/definitions/a"})",
               "1"));
  // Backtracking would take for ever.
  CHECK(misfit(R"({"pattern":"^(a+)+$"})",
               '"' + std::string(4'000, 'a') + "!\""));
}

/// The published suite for draft 7 (`tools/setup --tests` installs it). What is
/// left out is about other documents, or about identifiers in place of
/// pointers.
TEST_CASE("the checks agree with the JSON Schema Test Suite") {
  namespace fs = std::filesystem;
  const fs::path suite = "/usr/share/json-schema-test-suite/tests/draft7";
  REQUIRE_MESSAGE(fs::exists(suite),
                  "Debian's package json-schema-test-suite is not installed: "
                  "tools/setup --tests");
  size_t count = 0;
  for (auto& file : fs::directory_iterator(suite)) {
    if (file.path().extension() != ".json"
        || file.path().filename() == "refRemote.json")
      continue;
    auto groups = json::parse(std::ifstream(file.path()));
    for (auto& group : groups) {
      auto title = file.path().filename().string() + ": "
                   + group["description"].get<std::string>();
      auto schema = group["schema"];
      if (schema.is_object())
        schema["$schema"] = "http://json-schema.org/draft-07/schema#";
      auto compiled = json_schema::compile(schema);
      if (!compiled) {
        INFO(title);
        CHECK(compiled.failure().message.find("leads outside")
              != std::string::npos);
        continue;
      }
      for (auto& test : group["tests"]) {
        INFO(title << ": " << test["description"].get<std::string>());
        CHECK((*compiled)->misfit(test["data"]).has_value()
              != test["valid"].get<bool>());
        ++count;
      }
    }
  }
  CHECK(count > 400);
}

TEST_CASE("input that breaks the workflow's schema does not start") {
  pure_world world;
  world.define_task("t1");
  world.define(
      workflow_of(simple("t1"), R"(,"inputSchema":)" + std::string(person)));
  start_workflow_request request;
  request.name = "w";
  request.input = *payload::parse(R"({"name":""})");
  auto refused = world.try_start(request);
  REQUIRE_FALSE(refused);
  CHECK(refused.failure().code == errc::invalid);
  CHECK(refused.failure().message
        == "the input of workflow 'w' does not fit its schema at /name: must "
           "have at least 1 characters");
  request.input = *payload::parse(R"({"name":"Ada"})");
  CHECK(world.try_start(request));
}

TEST_CASE("a rerun with input that breaks the schema is refused") {
  pure_world world;
  world.define_task("t1");
  world.define(
      workflow_of(simple("t1"), R"(,"inputSchema":)" + std::string(person)));
  auto id = world.start("w", R"({"name":"Ada"})");
  world.done("t1");
  rerun_request request;
  request.workflow_input = *payload::parse(R"({"name":5})");
  auto refused = world.tell(id, command::rerun{request});
  REQUIRE(refused.refused);
  CHECK(refused.refused->code == errc::invalid);
  CHECK(world.status(id) == "COMPLETED");
}

TEST_CASE("a child whose input breaks its schema fails the task") {
  pure_world world;
  world.define_task("t1");
  world.define(
      workflow_of(simple("t1"), R"(,"inputSchema":)" + std::string(person)));
  world.define(R"({"name":"p","version":1,"tasks":[{"name":"s",
    "taskReferenceName":"s","type":"SUB_WORKFLOW",
    "inputParameters":{"name":5},
    "subWorkflowParam":{"name":"w","version":1}}]})");
  auto id = world.start("p");
  CHECK(world.status(id) == "FAILED");
  CHECK(world.row(id, "s").reason.find("/name") != std::string::npos);
  CHECK(world.replay_is_live());
}

TEST_CASE("a workflow's output that breaks its schema is a failure") {
  pure_world world;
  world.define_task("t1");
  world.define(workflow_of(simple("t1"),
                           R"(,"outputParameters":{"name":"${t1.output.name}"},
        "outputSchema":)" + std::string(person)));
  auto id = world.start("w");
  world.done("t1", R"({"name":7})");
  CHECK(world.status(id) == "FAILED");
  CHECK(world.at(id).head().reason.find("the output of workflow 'w'")
        != std::string::npos);
  auto good = world.start("w");
  world.done("t1", R"({"name":"x"})");
  CHECK(world.status(good) == "COMPLETED");
  CHECK(world.replay_is_live());
}

TEST_CASE("enforceSchema false only shows a schema") {
  pure_world world;
  world.define_task("t1", R"({"inputKeys":["never"],"inputSchema":)"
                              + std::string(person) + "}");
  world.define(workflow_of(simple("t1"), R"(,"enforceSchema":false,
      "inputSchema":)" + std::string(person)));
  auto id = world.start("w");
  CHECK(world.rows(id) == "t1:S");
}

TEST_CASE("a task with a wrong input is never offered") {
  auto world = checked_tasks();
  auto id = world.start("w");
  CHECK(world.waiting("t1") == 0);
  CHECK(world.rows(id) == "t1:FT");
  CHECK(world.status(id) == "FAILED");
  CHECK(world.row(id, "t1").reason
        == "the input of task 't1' does not fit its schema at /name: must be "
           "of type \"string\", but is null");
  CHECK(world.replay_is_live());
}

TEST_CASE("a wrong output of a worker fails its task for good") {
  auto world = checked_tasks();
  auto id = world.start("w", R"({"name":"x"})");
  world.done("t1", R"({"other":1})");
  CHECK(world.rows(id) == "t1:FT");
  CHECK(world.row(id, "t1").output.text() == R"({"other":1})");
  CHECK(world.row(id, "t1").reason.find("\"r\"") != std::string::npos);
  auto good = world.start("w", R"({"name":"x"})");
  world.done("t1", R"({"r":1})");
  CHECK(world.status(good) == "COMPLETED");
  CHECK(world.replay_is_live());
}

TEST_CASE("declared keys must be there where schemas are enforced") {
  pure_world world;
  world.define_task("t1", R"({"enforceSchema":true,"inputKeys":["a"],
                              "outputKeys":["b"]})");
  world.define(workflow_of(
      simple("t1", R"(,"inputParameters":{"a":"${workflow.input.a}"})")));
  world.define(R"({"name":"v","version":1,"tasks":[{"name":"t1",
    "taskReferenceName":"t1","type":"SIMPLE"}]})");
  CHECK(world.rows(world.start("v")) == "t1:FT");
  auto id = world.start("w");
  CHECK(world.rows(id) == "t1:S");
  world.done("t1", R"({"c":1})");
  CHECK(world.row(id, "t1").reason
        == "the output of task 't1' lacks the key 'b'");
}

TEST_CASE("a schema that is neither given nor registered is no contract") {
  pure_world world;
  world.define_task("t1");
  world.define(workflow_of(
      simple("t1"), R"(,"inputSchema":{"name":"unknown","type":"JSON"})"));
  start_workflow_request request;
  request.name = "w";
  request.input = payload();
  auto refused = world.try_start(request);
  REQUIRE_FALSE(refused);
  CHECK(refused.failure().message.find("'unknown' version 1 is not registered")
        != std::string::npos);
}

TEST_CASE("only JSON can be enforced") {
  schema_def x;
  x.name = "s";
  x.type = schema_type::avro;
  CHECK(engine::unusable(x)->find("AVRO") != std::string::npos);
  x.type = schema_type::json;
  CHECK_FALSE(engine::unusable(x));
  x.external_ref = "http://x";
  CHECK(engine::unusable(x)->find("nothing is fetched") != std::string::npos);
}

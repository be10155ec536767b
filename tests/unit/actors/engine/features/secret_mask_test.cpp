#include "actors/engine/features/secret_mask.hpp"

#include "actors/engine/decision/scripts.hpp"
#include "tests/support/definitions.hpp"
#include "tests/support/pure_world.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

using namespace tutti;
using nlohmann::json;
using test::pure_world;
using test::simple;
using test::workflow_of;

namespace secret_mask_cases {

struct fixed_secrets : engine::environment {
  std::map<std::string, std::string, std::less<>> values;
  std::optional<std::string> system_name(std::string_view) const override {
    return std::nullopt;
  }
  std::optional<std::string> variable(std::string_view) const override {
    return std::nullopt;
  }
  std::optional<std::string> secret(std::string_view name) const override {
    auto it = values.find(name);
    return it == values.end() ? std::nullopt : std::optional(it->second);
  }
};

/// What is left of the text for a task whose input names the secret PW.
std::string hidden(const std::string& secret, const std::string& text) {
  fixed_secrets env;
  env.values = {{"PW", secret}, {"OTHER", "another one"}};
  task row;
  row.input = *payload::parse(R"({"a":["x ${workflow.secrets.PW}"]})");
  row.definition = std::make_shared<const workflow_task>();
  return engine::secret_mask(row, env).hide(text);
}

/// Quotes what it was given.
struct failing_scripts : engine::script_runner {
  engine::script_result run(const engine::script_call& call) override {
    engine::script_result out;
    out.what = engine::script_result::kind::error;
    out.error = "cannot use " + json::parse(call.input)["k"].get<std::string>();
    return out;
  }
};

// pure_world's secrets are "value of NAME".
constexpr auto named
    = R"(,"inputParameters":{"k":"${workflow.secrets.CANARY}"})";
constexpr auto canary = "value of CANARY";

bool tells(const pure_world& world, const std::string& id) {
  std::string all = world.at(id).head().reason
                    + world.at(id).head().output.text()
                    + world.at(id).head().variables.text();
  for (auto* row : world.at(id).rows_in_order())
    all += row->reason + row->output.text() + row->input.text();
  return all.find(canary) != std::string::npos;
}

} // namespace secret_mask_cases

using namespace secret_mask_cases;

TEST_CASE(
    "a secret is hidden whole, in part, in other case and encoded [B12]") {
  CHECK(hidden("s3cr3t-token", "no s3cr3t-token here") == "no *** here");
  CHECK(hidden("s3cr3t-token", "string (\"s3cr3t-t...) is no number")
        == "string (\"***...) is no number");
  CHECK(hidden("s3cr3t-token", "Could not resolve host: S3CR3T-TOKEN")
        == "Could not resolve host: ***");
  CHECK(hidden("pass word/é", "GET /x?k=pass%20word%2F%C3%A9&y=1")
        == "GET /x?k=***&y=1");
  CHECK(hidden("a\"quoted\"\\one", R"(in {"k":"a\"quoted\"\\one"})")
        == R"(in {"k":"***"})");
  CHECK(hidden("https://hooks.example/T0/abcdef12",
               "cannot reach hooks.example, path T0/abcdef12")
        == "cannot reach ***, path ***");
  CHECK(hidden(R"({"user":"me","key":"0123456789"})", "bad key 0123456789")
        == "bad key ***");
  CHECK(hidden("pin42", "pin42, pin4") == "***, pin4");
  // Shorter ones stand in any text, those that the task does not name too.
  CHECK(hidden("abc", "abc another one") == "abc another one");
}

TEST_CASE("a failed task of any type tells no secret of its input [B12]") {
  for (auto* type : {"SIMPLE", "HTTP", "KAFKA_PUBLISH", "WAIT", "HUMAN",
                     "EVENT", "MY_TYPE"}) {
    CAPTURE(std::string(type));
    pure_world world;
    world.define_task("x", R"({"retryCount":1})");
    world.define(workflow_of(R"({"name":"x","taskReferenceName":"x","type":")"
                             + std::string(type) + R"(","asyncComplete":true,
      "sink":"conductor")" + named
                             + "}"));
    auto id = world.start("w");
    for (int attempt = 0; attempt < 2; ++attempt) {
      auto& row = world.row(id, "x");
      CHECK(row.input.text().find("${workflow.secrets.CANARY}")
            != std::string::npos);
      command::update_task what;
      what.result.task_id = row.task_id;
      what.result.status = task_status::failed;
      what.result.reason = "401 for value of CANARY";
      what.result.output = payload(json{{"sent", {canary}}, {canary, 1}});
      what.result.logs = {{"used value of CANARY", {}, 1}};
      auto decided = world.tell(id, what);
      CHECK_FALSE(decided.refused);
      for (auto& effect : decided.effects)
        if (auto* logs = std::get_if<engine::append_logs>(&effect))
          CHECK(logs->logs[0].log == "used ***");
      CHECK_FALSE(tells(world, id));
      world.advance(60'000); // the retry delay
    }
    CHECK(world.status(id) == "FAILED");
    CHECK(world.row(id, "x").reason == "401 for ***");
    CHECK(world.row(id, "x").output.json()
          == json{{"sent", {"***"}}, {"***", 1}});
    CHECK(world.replay_is_live());
  }
}

TEST_CASE("what a task answers when it succeeds is its own [B12]") {
  pure_world world;
  world.define_task("x");
  world.define(workflow_of(simple("x", named)));
  auto id = world.start("w");
  world.done("x", R"({"sent":"value of CANARY"})");
  CHECK(world.row(id, "x").output.json()["sent"] == canary);
}

TEST_CASE("a failed script tells no secret that it saw [B12]") {
  for (auto* type : {"INLINE", "LAMBDA", "JSON_JQ_TRANSFORM"}) {
    CAPTURE(std::string(type));
    failing_scripts scripts;
    pure_world world(scripts);
    world.define(workflow_of(R"({"name":"x","taskReferenceName":"x","type":")"
                             + std::string(type) + R"(","inputParameters":{
      "k":"${workflow.secrets.CANARY}","expression":"1","queryExpression":"1",
      "scriptExpression":"return 1;"}})"));
    auto id = world.start("w");
    CHECK(world.status(id) == "FAILED");
    CHECK(world.row(id, "x").reason == "cannot use ***");
    CHECK_FALSE(tells(world, id));
  }
}

TEST_CASE("the reason of a TERMINATE tells no secret [B12]") {
  pure_world world;
  world.define(workflow_of(R"({"name":"x","taskReferenceName":"x",
    "type":"TERMINATE","inputParameters":{"terminationStatus":"FAILED",
      "terminationReason":"key ${workflow.secrets.CANARY}",
      "workflowOutput":{"k":"${workflow.secrets.CANARY}"}}})"));
  auto id = world.start("w");
  CHECK(world.status(id) == "FAILED");
  CHECK(world.at(id).head().reason == "key ***");
  CHECK_FALSE(tells(world, id));
}

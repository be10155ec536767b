#include "actors/engine/decision/weights.hpp"
#include "messages/model/bounds.hpp"
#include "tests/support/definitions.hpp"
#include "tests/support/pure_world.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <algorithm>

using namespace tutti;
using test::pure_world;
using test::workflow_of;

// The bounds are scaled down, so that the tests need no gigabytes.

namespace byte_bounds_tests {

using nlohmann::json;

constexpr size_t kib = 1 << 10;

std::string of_size(size_t bytes) {
  return json{{"x", std::string(bytes, 'a')}}.dump();
}

bool has(std::string_view text, std::string_view part) {
  return text.find(part) != text.npos;
}

/// The sentence of a bound, and both numbers.
void is_bound(const std::string& reason, const bound& which, size_t at_least,
              size_t limit) {
  CHECK_MESSAGE(has(reason, which.setting), reason);
  CHECK_MESSAGE(has(reason, which.advice), reason);
  CHECK_MESSAGE(has(reason, " " + std::to_string(limit) + " bytes"), reason);
  auto from = reason.find(" has ");
  REQUIRE(from != reason.npos);
  CHECK(std::stoull(reason.substr(from + 5)) >= at_least);
}

std::string worker(const std::string& name, const std::string& reference) {
  return R"({"type":"SIMPLE","name":")" + name + R"(","taskReferenceName":")"
         + reference + R"("})";
}

pure_world small_world(std::string_view tasks, std::string_view more = "") {
  pure_world w;
  w.bounds.task_input_bytes_max = 100 * kib;
  w.bounds.task_output_bytes_max = 100 * kib;
  w.bounds.workflow_output_bytes_max = 70 * kib;
  w.bounds.execution_bytes_max = 1'000 * kib;
  w.bounds.commit_bytes_max = 1'200 * kib;
  w.bounds.decision_bytes_max = 300 * kib;
  w.define_tasks({"t", "u"});
  w.define(workflow_of(tasks, more));
  return w;
}

/// A fork of that many workers, and its JOIN; `more` goes into each.
std::string wide(size_t branches, const std::string& inputs = "{}") {
  std::string lists, names;
  for (size_t i = 0; i < branches; ++i) {
    auto name = "b" + std::to_string(i);
    lists += (i ? "," : "") + std::string(R"([{"type":"SIMPLE","name":"t",)")
             + R"("taskReferenceName":")" + name + R"(","inputParameters":)"
             + inputs + "}]";
    names += (i ? ",\"" : "\"") + name + '"';
  }
  return R"({"type":"FORK_JOIN","name":"f","taskReferenceName":"f",)"
         R"("forkTasks":[)"
         + lists
         + R"(]},{"type":"JOIN","name":"j","taskReferenceName":"j","joinOn":[)"
         + names + "]}";
}

TEST_CASE("a worker's output over the bound fails its task for good [A1]") {
  auto w = small_world(worker("t", "a"));
  auto id = w.start("w");
  w.done("t", of_size(150 * kib));
  auto& row = w.row(id, "a");
  CHECK(row.status == task_status::failed_with_terminal_error);
  CHECK(row.output.is_empty_object());
  is_bound(row.reason, bounds::task_output, 150 * kib, 100 * kib);
  CHECK(has(row.reason, "the output of task 'a' has"));
  CHECK(w.status(id) == "FAILED");
  CHECK(w.replay_is_live());
}

TEST_CASE("a progress report over the bound ends its task, too [A1]") {
  auto w = small_world(worker("t", "a"));
  auto id = w.start("w");
  w.poll("t");
  w.update(id, "a", task_status::in_progress, of_size(150 * kib));
  CHECK(w.row(id, "a").status == task_status::failed_with_terminal_error);
  CHECK(w.waiting("t") == 0);
  CHECK(w.status(id) == "FAILED");
}

TEST_CASE("outputs within their bound fill an execution up to its own: the "
          "task at hand fails, and the execution [A1]") {
  auto w = small_world(wide(72));
  auto id = w.start("w");
  size_t answered = 0;
  while (w.status(id) == "RUNNING") {
    w.done("t", of_size(90 * kib));
    ++answered;
  }
  CHECK(answered < 12);
  CHECK(w.status(id) == "FAILED");
  is_bound(w.at(id).head().reason, bounds::execution, 1'000 * kib, 1'000 * kib);
  CHECK(w.at(id).bytes() < 1'000 * kib);
  auto failed = std::count_if(
      w.at(id).rows().begin(), w.at(id).rows().end(), [](auto& row) {
        return row.status == task_status::failed_with_terminal_error;
      });
  CHECK(failed == 1);
  CHECK(w.replay_is_live());
}

TEST_CASE("25 inputs of the whole input are given up at the bound of one "
          "input [A2]") {
  json inputs;
  for (int i = 0; i < 25; ++i)
    inputs["i" + std::to_string(i)] = "${workflow.input}";
  auto w = small_world(wide(5, inputs.dump()));
  auto id = w.start("w", of_size(90 * kib));
  auto& row = w.row(id, "b0");
  CHECK(row.status == task_status::failed_with_terminal_error);
  CHECK(row.input.is_empty_object());
  is_bound(row.reason, bounds::task_input, 180 * kib, 100 * kib);
  CHECK(w.status(id) == "FAILED");
  CHECK(w.at(id).history_bytes() < 150 * kib);
  CHECK(w.replay_is_live());
}

TEST_CASE("a fork whose inputs together are too large for one commit fails "
          "before it is written [A2]") {
  auto w = small_world(wide(72, R"({"all":"${workflow.input}"})"));
  w.bounds.execution_bytes_max = 100'000 * kib;
  auto id = w.start("w", of_size(90 * kib));
  CHECK(w.status(id) == "FAILED");
  CHECK(w.at(id).history_bytes() < 1'200 * kib);
  CHECK(has(w.at(id).head().reason, bounds::commit.setting));
}

TEST_CASE("messages that nobody takes are refused by their bytes [A2]") {
  auto w = small_world(R"({"type":"WAIT","name":"a","taskReferenceName":"a"})");
  w.bounds.inbox_bytes_max = 200 * kib;
  auto id = w.start("w");
  auto push = [&](size_t bytes) {
    return w.tell(id, command::push_message{*payload::parse(of_size(bytes))});
  };
  CHECK_FALSE(push(80 * kib).refused);
  CHECK_FALSE(push(80 * kib).refused);
  auto full = push(80 * kib);
  REQUIRE(full.refused);
  CHECK(full.refused->code == errc::too_many);
  is_bound(full.refused->message, bounds::inbox, 240 * kib, 200 * kib);
  auto large = push(150 * kib);
  REQUIRE(large.refused);
  CHECK(large.refused->code == errc::too_large);
  CHECK(large.reached == std::vector<const bound*>{&bounds::task_output});
  CHECK(w.at(id).head().inbox.size() == 2);
}

TEST_CASE("a task takes as many messages as fit into an output") {
  auto w = small_world(
      worker("t", "a") + ","
      + R"({"type":"PULL_WORKFLOW_MESSAGES","name":"p",)"
        R"("taskReferenceName":"p","inputParameters":{"batchSize":10}},)"
      + worker("t", "b"));
  auto id = w.start("w");
  for (int i = 0; i < 3; ++i)
    w.tell(id, command::push_message{*payload::parse(of_size(40 * kib))});
  w.done("t");
  CHECK(w.row(id, "p").status == task_status::completed);
  CHECK(w.row(id, "p").output.json().at("count") == 2);
  CHECK(w.at(id).head().inbox.size() == 1);
}

/// A loop of 1,000 steps, each of which copies the workflow's input.
std::string endless_loop(int keep) {
  return R"({"type":"DO_WHILE","name":"l","taskReferenceName":"l",)"
         R"("inputParameters":{"keepLastN":)"
         + std::to_string(keep) + R"(,"_items":)"
         + json(std::vector<int>(1'000, 1)).dump()
         + R"(},"loopOver":[{"type":"NOOP","name":"n","taskReferenceName":"n",)"
           R"("inputParameters":{"copy":"${workflow.input}"}}]})";
}

TEST_CASE("a loop without end that copies its input ends at the execution's "
          "bound [A3]") {
  auto w = small_world(endless_loop(0));
  auto id = w.start("w", of_size(50 * kib));
  CHECK(w.status(id) == "FAILED");
  is_bound(w.at(id).head().reason, bounds::execution, 1'000 * kib, 1'000 * kib);
  CHECK(w.row(id, "l").iteration < 21);
  CHECK(w.replay_is_live());
}

TEST_CASE("a loop without end that forgets its iterations ends at the bound "
          "of the history [A3]") {
  auto w = small_world(endless_loop(1));
  w.bounds.history_bytes_max = 3'000 * kib;
  auto id = w.start("w", of_size(50 * kib));
  CHECK(w.status(id) == "FAILED");
  is_bound(w.at(id).head().reason, bounds::history, 3'000 * kib, 3'000 * kib);
  CHECK(w.at(id).bytes() < 500 * kib);
}

TEST_CASE("a decision pauses after its bytes and goes on") {
  auto w = small_world(worker("t", "a") + "," + endless_loop(1));
  w.bounds.history_bytes_max = 3'000 * kib;
  auto id = w.start("w", of_size(50 * kib));
  auto task = w.poll("t");
  uint64_t largest = 0, before = w.at(id).history_bytes();
  w.on_part = [&](const std::string&, const engine::decision&) {
    largest = std::max(largest, w.at(id).history_bytes() - before);
    before = w.at(id).history_bytes();
  };
  w.update(id, "a", task_status::completed);
  CHECK(w.status(id) == "FAILED");
  CHECK(largest >= 300 * kib);
  CHECK(largest < 400 * kib);
}

TEST_CASE("every way to an output is held to the bound") {
  // The input is read as a list, so that loops and forks can use it.
  auto check = [](const std::string& tasks, const std::string& reference,
                  const char* workers = "") {
    CAPTURE(tasks);
    auto w = small_world(tasks);
    auto id = w.start("w", of_size(60 * kib));
    for (; *workers; ++workers)
      w.done("t", of_size(60 * kib));
    auto& row = w.row(id, reference);
    CHECK(row.status == task_status::failed_with_terminal_error);
    CHECK(row.output.is_empty_object());
    CHECK_MESSAGE(
        has(row.reason, "the limit is 102400 bytes (executions.task_"),
        row.reason);
    CHECK(w.status(id) == "FAILED");
    CHECK(w.replay_is_live());
  };
  check(wide(2), "j", "..");
  check(R"({"type":"FOR_EACH","name":"l","taskReferenceName":"l",)"
        R"("inputParameters":{"_items":[1,2]},"loopOver":[)"
            + worker("t", "a") + "]}",
        "l", "..");
  check(R"({"type":"DO_WHILE","name":"l","taskReferenceName":"l",)"
        R"("inputParameters":{"_items":[1,2]},"loopOver":[)"
            + worker("t", "a") + "]}",
        "l", "..");
  check(
      R"({"type":"NOOP","name":"n","taskReferenceName":"n",)"
      R"("inputParameters":{"a":"${workflow.input}","b":"${workflow.input}"}})",
      "n");
  check(R"({"type":"NOOP","name":"n","taskReferenceName":"n",)"
        R"("inputParameters":{"a":"${workflow.input}+${workflow.input}"}})",
        "n");
  check(
      R"({"type":"FORK_JOIN","name":"f","taskReferenceName":"f",)"
      R"("inputParameters":{"a":"${workflow.input}","b":"${workflow.input}"},)"
      R"("forkTasks":[[)"
          + worker("t", "a")
          + R"(]]},{"type":"JOIN","name":"j","taskReferenceName":"j",)"
            R"("joinOn":["a"]})",
      "f");
  check(R"({"type":"SWITCH","name":"s","taskReferenceName":"s",)"
        R"("evaluatorType":"value-param","expression":"v",)"
        R"("inputParameters":{"v":"x","a":"${workflow.input}",)"
        R"("b":"${workflow.input}"},"decisionCases":{"x":[)"
            + worker("t", "a") + "]}}",
        "s");
  check(
      R"({"type":"SCOPE","name":"s","taskReferenceName":"s",)"
      R"("inputParameters":{"a":"${workflow.input}","b":"${workflow.input}"},)"
      R"("loopOver":[)"
          + worker("t", "a") + "]}",
      "s");
  check(
      R"({"type":"EVENT","name":"e","taskReferenceName":"e",)"
      R"("sink":"conductor:q",)"
      R"("inputParameters":{"a":"${workflow.input}","b":"${workflow.input}"}})",
      "e");
  check(
      R"({"type":"SUB_WORKFLOW","name":"c","taskReferenceName":"c",)"
      R"("subWorkflowParam":{"name":"w","version":1},)"
      R"("inputParameters":{"a":"${workflow.input}","b":"${workflow.input}"}})",
      "c");
  check(R"({"type":"START_WORKFLOW","name":"c","taskReferenceName":"c",)"
        R"("inputParameters":{"startWorkflow":{"name":"w"},)"
        R"("a":"${workflow.input}","b":"${workflow.input}"}})",
        "c");
}

TEST_CASE("an operator's payloads are refused, not stored") {
  auto w = small_world(worker("t", "a") + "," + worker("t", "b"));
  auto id = w.start("w");
  command::skip_task skip{"b", {}};
  skip.request.task_output = *payload::parse(of_size(150 * kib));
  auto skipped = w.tell(id, skip);
  REQUIRE(skipped.refused);
  CHECK(skipped.refused->code == errc::too_large);
  w.fail("t", "no");
  command::rerun again;
  again.request.from_task_id = w.row(id, "a").task_id;
  again.request.task_input = *payload::parse(of_size(150 * kib));
  auto refused = w.tell(id, again);
  REQUIRE(refused.refused);
  CHECK(refused.refused->code == errc::too_large);
  CHECK(w.status(id) == "FAILED");
}

TEST_CASE("an output of the workflow over the bound fails the workflow") {
  auto w = small_world(
      worker("t", "a") + "," + worker("t", "b"),
      R"(,"outputParameters":{"a":"${a.output}","b":"${b.output}"})");
  auto id = w.start("w");
  w.done("t", of_size(60 * kib));
  w.done("t", of_size(60 * kib));
  CHECK(w.status(id) == "FAILED");
  CHECK(w.at(id).head().output.is_empty_object());
  is_bound(w.at(id).head().reason, bounds::workflow_output, 110 * kib,
           70 * kib);
}

TEST_CASE("a full execution can be terminated, rerun and fails again") {
  auto w = small_world(wide(72));
  auto id = w.start("w");
  while (w.status(id) == "RUNNING")
    w.done("t", of_size(90 * kib));
  auto again = w.tell(id, command::retry{});
  CHECK_FALSE(again.refused);
  CHECK(w.replay_is_live());
  w.tell(id, command::terminate{"enough"});
  CHECK(w.status(id) != "RUNNING");
  CHECK(w.replay_is_live());
}

TEST_CASE("a failure workflow starts after a full execution, with an outline "
          "of it") {
  auto w = small_world(wide(72), R"(,"failureWorkflow":"sorry")");
  w.define(R"({"name":"sorry","version":1,"schemaVersion":2,"tasks":[)"
           + worker("u", "a") + "]}");
  w.bounds.workflow_input_bytes_max = 100 * kib;
  auto id = w.start("w");
  while (w.status(id) == "RUNNING")
    w.done("t", of_size(90 * kib));
  REQUIRE(w.waiting("u") == 1);
  auto other = w.at(id).head().output.json().at("conductor.failure_workflow");
  auto& input = w.at(other.get<std::string>()).head().input.json();
  CHECK(input.at("failedWorkflow").at("status") == "FAILED");
  CHECK(input.at("failedWorkflow").value("tasks", json::array()).empty());
}

TEST_CASE("what is counted is what is held: rows that come and go") {
  auto w = small_world(endless_loop(2));
  w.bounds.history_bytes_max = 4'000 * kib;
  auto id = w.start("w", of_size(10 * kib));
  auto& execution = w.at(id);
  uint64_t rows = 0;
  for (auto& row : execution.rows())
    rows += engine::weight_of(row);
  CHECK(execution.bytes() == rows + engine::weight_of(execution.head()));
  CHECK(w.replay_is_live());
}

TEST_CASE("a document of too many values fails its task") {
  auto w = small_world(worker("t", "a") + "," + worker("t", "b"));
  w.bounds.task_output_bytes_max = 1'000 * kib;
  w.bounds.document_bytes_max = 1'000 * kib;
  auto id = w.start("w");
  std::string list = R"({"l":[[])";
  for (int i = 0; i < 20'000; ++i)
    list += ",[]";
  w.done("t", list + "]}");
  auto& row = w.row(id, "a");
  CHECK(row.status == task_status::failed_with_terminal_error);
  is_bound(row.reason, bounds::document, 20'000 * 60, 1'000 * kib);
  CHECK(row.output.text() == "{}");
}

TEST_CASE("a loop that puts a value into itself ends at the depth of JSON") {
  std::string items = "1";
  for (int i = 2; i <= 100; ++i)
    items += "," + std::to_string(i);
  auto w
      = small_world(R"({"type":"DO_WHILE","name":"d","taskReferenceName":"d",)"
                    R"("items":[)"
                    + items
                    + R"(],)"
                      R"("loopOver":[{"type":"SET_VARIABLE","name":"s",)"
                      R"("taskReferenceName":"s","inputParameters":)"
                      R"({"v":{"w":"${workflow.variables.v}"}}}]})");
  w.bounds.json_depth_max = 50;
  auto id = w.start("w");
  CHECK(w.status(id) == "FAILED");
  auto& why = w.at(id).head().reason;
  CHECK_MESSAGE(has(why, bounds::depth.setting), why);
  CHECK_MESSAGE(has(why, "51 levels; the limit is 50 levels"), why);
}

TEST_CASE("the result of an expression is weighed while it is made") {
  auto w
      = small_world(worker("t", "a")
                    + R"(,{"type":"NOOP","name":"n","taskReferenceName":"n",)"
                      R"("inputParameters":{"x":"${a.output..*}"}})");
  w.bounds.document_bytes_max = 1'000 * kib;
  auto id = w.start("w");
  std::string list = R"({"l":[[])";
  for (int i = 0; i < 10'000; ++i)
    list += ",[]";
  w.done("t", list + "]}");
  auto& row = w.row(id, "n");
  CHECK(row.status == task_status::failed_with_terminal_error);
  is_bound(row.reason, bounds::document, 1'000 * kib, 1'000 * kib);
}

} // namespace byte_bounds_tests

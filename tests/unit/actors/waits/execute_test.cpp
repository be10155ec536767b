#include "tests/unit/actors/node/live_node.hpp"

namespace execute_test {

using namespace tutti;
using test::live_node;

execute_workflow executing(std::string name) {
  execute_workflow x;
  x.what.name = std::move(name);
  x.what.input = payload();
  x.wait.wait_ms = 20'000;
  return x;
}

TEST_CASE("a client that executes gets the end of its execution") {
  live_node node;
  node.define_step("ship", "pack");
  auto answer = std::async(std::launch::async,
                           [&node] { return node.ask(executing("ship")); });
  auto task = node.work("pack");
  auto got = answer.get();
  REQUIRE(got);
  CHECK(got->status == workflow_status::completed);
  CHECK(got->workflow_id == task["workflowInstanceId"].get<std::string>());
  CHECK(got->content.json()["status"] == "COMPLETED");
}

TEST_CASE("an execution that ends in its start is answered at once") {
  live_node node;
  node.define(R"({"name":"set","tasks":[{"name":"s","taskReferenceName":"s",
    "type":"SET_VARIABLE","inputParameters":{"x":1}}]})");
  auto got = node.get(executing("set"));
  CHECK(got.status == workflow_status::completed);
  CHECK(got.content.json()["variables"]["x"] == 1);
}

TEST_CASE("a start that is refused is refused to who waits") {
  live_node node;
  CHECK(node.error(executing("nothing")) == errc::not_found);
}

TEST_CASE("a used idempotency key leads who waits to the execution that has "
          "it") {
  live_node node;
  node.define_step("ship", "pack");
  auto keyed = [] {
    auto x = executing("ship");
    x.what.idempotency_key = "k";
    x.what.idempotency_strategy = idempotency_strategy::return_existing;
    return x;
  };
  auto brief = keyed();
  brief.wait.wait_ms = 1;
  auto first = node.get(brief);
  CHECK(first.timed_out);
  auto answer
      = std::async(std::launch::async, [&] { return node.ask(keyed()); });
  node.work("pack");
  auto got = answer.get();
  REQUIRE(got);
  CHECK(got->workflow_id == first.workflow_id);
  CHECK(got->status == workflow_status::completed);
}

} // namespace execute_test

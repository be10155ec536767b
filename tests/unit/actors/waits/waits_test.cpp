#include "actors/waits/waits_actor.hpp"
#include "tests/support/actor_world.hpp"
#include "tests/support/definitions.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <doctest/doctest.h>

using namespace tutti;
using namespace tutti::test;
using namespace std::chrono_literals;

namespace waits_test {

constexpr auto yields = R"({"name":"y","taskReferenceName":"y","type":"YIELD",
         "inputParameters":{"ask":"${workflow.input.ask}"}})";

std::string child_of(std::string_view name, std::string_view reference = "s") {
  return R"({"name":"s","taskReferenceName":")" + std::string(reference)
         + R"(","type":"SUB_WORKFLOW","subWorkflowParam":{"name":")"
         + std::string(name) + "\"}}";
}

/// A client's answer, if there is one.
struct waiting_client {
  std::shared_ptr<std::optional<result<waited>>> cell
      = std::make_shared<std::optional<result<waited>>>();

  reply<waited> slot() const {
    return reply<waited>([cell = cell](result<waited> x) { *cell = x; });
  }
  bool answered() const { return cell->has_value(); }
  const waited& value() const {
    REQUIRE(answered());
    REQUIRE_MESSAGE(**cell, (*cell)->failure().message);
    return ***cell;
  }
  const failure& why() const {
    REQUIRE(answered());
    REQUIRE_FALSE(**cell);
    return (*cell)->failure();
  }
  nlohmann::json content() const { return value().content.json(); }
};

struct waits_world : actor_world {
  explicit waits_world(waits_settings how = {}) {
    auto requests = std::make_shared<gateway_context>();
    requests->directory = directory;
    auto context = std::make_shared<waits_context>();
    context->settings = how;
    context->gateway = requests;
    figures = context->figures;
    actor = system.spawn(waits, waits_context_pointer(context));
  }
  ~waits_world() {
    caf::anon_send_exit(actor, caf::exit_reason::user_shutdown);
    run();
  }

  template <class Request>
  waiting_client send(Request what) {
    waiting_client out;
    caf::anon_send(actor, envelope<Request>{std::move(what), {}, out.slot()});
    run();
    return out;
  }
  /// Waits for an execution; the command changes nothing.
  waiting_client wait(const std::string& id, wait_options how = {}) {
    return send(call_and_wait{id, command::decide{}, std::move(how)});
  }
  waiting_client signal(const std::string& id, std::string_view output = "{}",
                        std::optional<wait_options> how = std::nullopt) {
    signal_workflow x;
    x.workflow_id = id;
    x.what.output = payload::trusted(std::string(output));
    x.waits = how.has_value();
    x.wait = how.value_or(wait_options{});
    return send(std::move(x));
  }
  static wait_options for_strategy(return_strategy x) {
    wait_options out;
    out.strategy = x;
    return out;
  }
  size_t watches() const {
    size_t n = 0;
    for (auto& x : contexts)
      n += x->watches.count();
    return n;
  }

  waits_actor actor;
  std::shared_ptr<waits_figures> figures;
};

TEST_CASE_FIXTURE(waits_world, "a client that waits gets the execution that "
                               "has ended, and so does another one") {
  definitions.define(workflow_of(simple("a")));
  auto id = start("w");
  auto one = wait(id), two = wait(id);
  CHECK(figures->waiting == 2);
  complete("a", R"({"n":1})");
  for (auto& x : {one, two}) {
    CHECK(x.value().workflow_id == id);
    CHECK(x.value().status == workflow_status::completed);
    CHECK_FALSE(x.value().timed_out);
    CHECK(x.content()["tasks"][0]["outputData"]["n"] == 1);
  }
  CHECK(figures->waiting == 0);
  CHECK(watches() == 0);
  CHECK(wait(id).content()["status"] == "COMPLETED"); // it has ended before
}

TEST_CASE_FIXTURE(waits_world, "at the deadline a client gets the state as it "
                               "is") {
  definitions.define(workflow_of(simple("a")));
  auto id = start("w");
  wait_options how;
  how.wait_ms = 3'000;
  auto one = wait(id, how);
  how.wait_ms = 5'000;
  how.strategy = return_strategy::blocking_task;
  auto two = wait(id, how);
  advance(2'999ms);
  CHECK_FALSE(one.answered());
  advance(1ms);
  CHECK(one.value().timed_out);
  CHECK(one.value().status == workflow_status::running);
  CHECK(one.content()["status"] == "RUNNING");
  CHECK_FALSE(two.answered());
  advance(2s);
  CHECK(two.value().timed_out);
  CHECK(two.value().shown == return_strategy::target_workflow);
  CHECK(two.content()["workflowId"] == id);
  CHECK(watches() == 0);
}

TEST_CASE_FIXTURE(waits_world, "every strategy shows what blocks, here and in "
                               "a child of a child") {
  using enum return_strategy;
  definitions.define(workflow_of(yields));
  definitions.define(workflow_of(child_of("w"), "", "middle"));
  definitions.define(workflow_of(child_of("middle"), "", "top"));
  for (auto* name : {"w", "top"}) {
    CAPTURE(name);
    auto id = start(name);
    auto inner = std::string(name) == "w" ? id : std::string();
    for (auto how : {target_workflow, blocking_workflow, blocking_task,
                     blocking_task_input}) {
      auto got = wait(id, for_strategy(how));
      CHECK(got.value().shown == how);
      CHECK(got.value().workflow_id == id);
      CHECK(got.value().status == workflow_status::running);
      auto shown = got.content();
      if (how == target_workflow) {
        CHECK(shown["workflowId"] == id);
        continue;
      }
      if (inner.empty())
        inner = shown["workflowId"].get<std::string>();
      CHECK(shown["workflowId"] == inner);
      if (how == blocking_workflow)
        CHECK(shown["tasks"][0]["taskType"] == "YIELD");
      else
        CHECK(shown["referenceTaskName"] == "y");
    }
    CHECK((name == std::string("w")) == (inner == id));
  }
}

TEST_CASE_FIXTURE(waits_world, "a task that was named is waited for in a "
                               "child, too") {
  definitions.define(workflow_of(simple("c") + "," + simple("d"), "", "child"));
  definitions.define(workflow_of(child_of("child")));
  auto id = start("w");
  wait_options how;
  how.references = {"c"};
  auto target = wait(id, how);
  how.strategy = return_strategy::blocking_workflow;
  auto blocking = wait(id, how);
  how.strategy = return_strategy::blocking_task;
  auto task = wait(id, how);
  CHECK_FALSE(target.answered());
  complete("c");
  CHECK(target.content()["workflowId"] == id);
  CHECK(blocking.content()["workflowId"] != id);
  // No task blocks.
  CHECK(task.value().shown == return_strategy::target_workflow);
  CHECK(task.content()["workflowId"] == id);
}

TEST_CASE_FIXTURE(waits_world, "a client hears of what blocks in children that "
                               "come later") {
  definitions.define(workflow_of(yields, "", "child"));
  definitions.define(workflow_of(simple("a") + "," + child_of("child")));
  auto id = start("w");
  auto got = wait(id, for_strategy(return_strategy::blocking_task));
  advance(9s);
  CHECK_FALSE(got.answered());
  complete("a");
  CHECK(got.content()["taskType"] == "YIELD");
}

TEST_CASE_FIXTURE(waits_world, "a signal ends the first YIELD or WAIT, here "
                               "before children, in the order of tasks") {
  definitions.define(workflow_of(yields, "", "child"));
  definitions.define(workflow_of(
      fork("[" + simple("a") + "],[" + child_of("child", "s1") + "],["
               + child_of("child", "s2") + "],[" + yields + "]",
           R"("a","s1","s2","y")")));
  auto id = start("w");
  CHECK(signal(id, R"({"n":1})").value().effective);
  CHECK(status(id, "y") == "COMPLETED");
  CHECK(signal(id).value().effective);
  CHECK(status(id, "s1") == "COMPLETED");
  CHECK(status(id, "s2") == "IN_PROGRESS");
  CHECK(signal(id).value().effective);
  CHECK(status(id, "s2") == "COMPLETED");
  CHECK_FALSE(signal(id).value().effective);
  CHECK(signal("11111111-2222-3333-4444-555555555555").why().code
        == errc::not_found);
}

TEST_CASE_FIXTURE(waits_world, "a signal that waits gets what comes next") {
  definitions.define(workflow_of(
      std::string(yields) + "," + simple("a") + ","
          + R"({"name":"z","taskReferenceName":"z","type":"YIELD"})",
      R"(,"outputParameters":{"said":"${y.output.n}"})"));
  auto id = start("w");
  auto how = for_strategy(return_strategy::blocking_task);
  auto first = signal(id, R"({"n":5})", how);
  CHECK_FALSE(first.answered());
  complete("a");
  CHECK(first.content()["referenceTaskName"] == "z");
  auto last = signal(id, "{}", wait_options{});
  CHECK(last.content()["status"] == "COMPLETED");
  CHECK(last.content()["output"]["said"] == 5);
  auto none = signal(id, "{}", wait_options{});
  CHECK_FALSE(none.value().effective);
}

TEST_CASE_FIXTURE(waits_world, "a signal that waits for no time shows the "
                               "state after it") {
  definitions.define(workflow_of(std::string(yields) + "," + simple("a")));
  auto id = start("w");
  wait_options how;
  how.wait_ms = 0;
  auto got = signal(id, "{}", how);
  advance(1ms);
  CHECK(got.value().timed_out);
  CHECK(got.content()["tasks"][0]["status"] == "COMPLETED");
}

TEST_CASE_FIXTURE(waits_world, "an output alone is shown on demand") {
  definitions.define(
      workflow_of(simple("a"), R"(,"outputParameters":{"x":"${a.output.n}"})"));
  auto id = start("w");
  wait_options how;
  how.output_only = true;
  auto got = wait(id, how);
  complete("a", R"({"n":3})");
  CHECK(got.value().content.text() == R"({"x":3})");
}

TEST_CASE_FIXTURE(waits_world, "a client that leaves is forgotten, with its "
                               "watches") {
  definitions.define(workflow_of(simple("c"), "", "child"));
  definitions.define(workflow_of(child_of("child")));
  auto id = start("w");
  wait_options how;
  how.wait_id = 77;
  auto got = wait(id, how);
  CHECK(watches() == 2);
  caf::anon_send(actor, envelope<cancel_wait>{{77}, {}, {}});
  caf::anon_send(actor, envelope<cancel_wait>{{77}, {}, {}});
  caf::anon_send(actor, envelope<cancel_wait>{{78}, {}, {}});
  run();
  CHECK(watches() == 0);
  CHECK(figures->waiting == 0);
  CHECK(figures->ended[size_t(client_wait::ending::left)] == 1);
  complete("c");
  CHECK_FALSE(**got.cell);
}

TEST_CASE("what a client may wait for is bounded") {
  waits_settings how;
  how.clients_max = 1;
  how.references_max = 2;
  how.wait_max = 60s;
  waits_world world(how);
  world.definitions.define(workflow_of(simple("a")));
  auto id = world.start("w");
  wait_options many;
  many.references = {"a", "b", "c"};
  CHECK(world.wait(id, many).why().code == errc::invalid);
  wait_options longer;
  longer.wait_ms = 60'001;
  CHECK(world.wait(id, longer).why().message.find("waits.seconds_max")
        != std::string::npos);
  auto one = world.wait(id);
  auto two = world.wait(id);
  CHECK(two.why().code == errc::too_many);
  CHECK(two.why().message.find("waits.clients_max") != std::string::npos);
  world.complete("a");
  CHECK(one.value().status == workflow_status::completed);
  CHECK(world.wait(id).value().status == workflow_status::completed);
}

TEST_CASE("a wait looks at so many executions") {
  waits_settings how;
  how.executions_max = 3;
  waits_world world(how);
  world.definitions.define(workflow_of(simple("c"), "", "child"));
  world.definitions.define(workflow_of(
      fork("[" + child_of("child", "s1") + "],[" + child_of("child", "s2")
               + "],[" + child_of("child", "s3") + "]",
           R"("s1","s2","s3")")));
  auto id = world.start("w");
  auto got = world.wait(id);
  CHECK(world.watches() == 3);
  for (int i = 0; i < 3; ++i)
    world.complete("c");
  CHECK(got.value().status == workflow_status::completed);
}

TEST_CASE_FIXTURE(waits_world, "a client too many for one execution gets the "
                               "state as it is, after its command") {
  definitions.define(workflow_of(simple("a")));
  auto id = start("w");
  context_of(id).settings.waits_max = 1;
  auto one = wait(id);
  auto two = send(call_and_wait{
      id,
      command::operation{"update_state",
                         payload::trusted(R"({"variables":{"x":1}})")},
      {}});
  CHECK_FALSE(one.answered());
  CHECK(two.value().timed_out);
  CHECK(two.content()["variables"]["x"] == 1);
  complete("a");
  CHECK(one.content()["status"] == "COMPLETED");
}

TEST_CASE_FIXTURE(waits_world, "a node that stops answers those who wait") {
  definitions.define(workflow_of(simple("a")));
  auto id = start("w");
  auto got = wait(id);
  asked stopped;
  caf::anon_send(actor, drain{stopped.slot<done>()});
  run();
  CHECK(stopped.good());
  CHECK(got.why().code == errc::unavailable);
  CHECK(wait(id).why().code == errc::unavailable);
}

TEST_CASE_FIXTURE(waits_world, "a wait for an unknown execution is refused, "
                               "and so is a command that is") {
  definitions.define(workflow_of(simple("a")));
  auto unknown = wait("11111111-2222-3333-4444-555555555555");
  CHECK(unknown.why().code == errc::not_found);
  auto id = start("w");
  auto refused = send(call_and_wait{id, command::resume{}, {}});
  CHECK(refused.why().code == errc::illegal_state);
  CHECK(watches() == 0);
}

} // namespace waits_test

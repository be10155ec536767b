#include "tests/e2e/cli/cli_world.hpp"
#include "tools/tutti/exit_code.hpp"

#include <algorithm>

using nlohmann::json;
using namespace tutti;
using test::cli_world;

TEST_CASE_FIXTURE(cli_world, "the media pipeline runs with the CLI alone") {
  auto end = sh(R"(set -e
    tutti task apply $EXAMPLE/tasks.json
    tutti workflow apply $EXAMPLE/media_*.json
    $EXAMPLE/worker.py samples $W/in
    tutti worker run media_probe media_plan media_encode media_verify \
      media_measure media_publish media_discard -c 2 -- $EXAMPLE/worker.py &
    workers=$!
    id=$(tutti workflow start media_pipeline -i \
      "{\"file\":\"$W/in/card.ppm\",\"workspace\":\"$W/work\",\"publishTo\":\"$W/out\"}")
    tutti workflow watch $id
    tutti workflow get $id
    tutti workflow get $id -o json >$W/run.json
    kill $workers; wait $workers)");
  INFO(end.out, "\n", end.err);
  REQUIRE(end.exit_code == 0);
  CHECK(end.out.find("status       COMPLETED") != std::string::npos);
  CHECK(end.out.find("encode_thumbnail") != std::string::npos);
  auto run = ask("cat $W/run.json");
  CHECK(run["status"] == "COMPLETED");
  CHECK(run["output"]["published"] == json{"full", "thumbnail"});
  CHECK(std::ifstream(run["output"]["manifest"].get<std::string>()).good());
}

TEST_CASE_FIXTURE(cli_world,
                  "operators steer an execution from its start to its end") {
  register_steps("steered");
  auto id = line("tutti workflow start steered --input '{\"n\":1}' "
                 "--correlation-id c1 --priority 7");
  auto state = [&] { return ask("tutti -o json workflow get " + id); };
  CHECK(state()["priority"] == 7);
  CHECK(state()["correlationId"] == "c1");
  auto listed = ask("tutti -o json workflow list steered");
  REQUIRE(listed.size() == 1);
  CHECK(listed[0]["workflowId"] == id);

  CHECK(sh("tutti workflow pause " + id).exit_code == 0);
  CHECK(state()["status"] == "PAUSED");
  CHECK(sh("tutti workflow resume " + id).exit_code == 0);
  CHECK(state()["status"] == "RUNNING");

  // Without a terminal to ask on, nothing is destroyed.
  CHECK(sh("tutti workflow terminate " + id).exit_code == 2);
  CHECK(state()["status"] == "RUNNING");
  CHECK(sh("tutti -y workflow terminate --reason enough " + id).exit_code == 0);
  CHECK(state()["status"] == "TERMINATED");
  CHECK(state()["reasonForIncompletion"] == "enough");

  CHECK(sh("tutti workflow restart --yes " + id).exit_code == 0);
  CHECK(state()["status"] == "RUNNING");
  CHECK(sh("tutti task fail " + id + " step --reason broken").exit_code == 0);
  CHECK(state()["status"] == "FAILED");
  CHECK(sh("tutti workflow retry " + id).exit_code == 0);
  CHECK(sh("tutti workflow watch " + id + " & watch=$!; tutti task complete "
           + id + " step --output-data '{\"ok\":true}'; wait $watch")
            .exit_code
        == 0);
  CHECK(state()["output"] == json{{"ok", true}});
  CHECK(ask("tutti -o json workflow list steered").empty());
  CHECK(ask("tutti -o json workflow list steered --all").size() == 1);

  CHECK(sh("tutti workflow rerun --input '{\"n\":2}' " + id).exit_code == 0);
  CHECK(state()["status"] == "RUNNING");
  CHECK(state()["input"] == json{{"n", 2}});
  CHECK(sh("tutti workflow remove " + id).exit_code == cli::exit_invalid);
  CHECK(sh("tutti -y workflow remove --for-good " + id).exit_code == 0);
  CHECK(sh("tutti workflow get " + id).exit_code == 3);
}

TEST_CASE_FIXTURE(cli_world,
                  "exit codes tell failed from misused, with what to try") {
  auto unknown = sh("tutti workflow get 00000000-0000-4000-8000-000000000000");
  CHECK(unknown.exit_code == 3);
  CHECK(unknown.out.empty());
  CHECK(unknown.err.find("\ntry: ") != std::string::npos);
  CHECK(sh("tutti workflow start no_such_definition").exit_code == 3);
  CHECK(sh("tutti --server 127.0.0.1:1 workflow list").exit_code
        == cli::exit_unreachable);
  for (const char* wrong :
       {"tutti", "tutti workflow", "tutti workflow get", "tutti fly away",
        "tutti -o xml workflow list", "tutti workflow start a --input '[]'",
        "tutti workflow apply /nowhere/at/all.json", "tutti worker run x"}) {
    CAPTURE(wrong);
    auto end = sh(wrong);
    CHECK(end.exit_code == 2);
    CHECK(end.out.empty());
    CHECK(end.err.find("try: ") != std::string::npos);
  }
}

TEST_CASE_FIXTURE(cli_world,
                  "a task longer than its response timeout keeps its lease") {
  register_steps("slow", 1);
  auto run = ask(R"(set -e
    id=$(tutti workflow start slow)
    tutti worker run slow_step -- sh -c 'sleep 3; echo "{\"slept\":3}"' &
    worker=$!
    tutti workflow watch $id >&2
    kill $worker; wait $worker
    tutti workflow get $id -o json)");
  CHECK(run["status"] == "COMPLETED");
  REQUIRE(run["tasks"].size() == 1);
  CHECK(run["tasks"][0]["retryCount"] == 0);
  CHECK(run["tasks"][0]["outputData"] == json{{"slept", 3}});
}

TEST_CASE_FIXTURE(
    cli_world,
    "a worker told to stop finishes the task in hand and takes no other") {
  register_steps("stopped");
  auto end = sh(R"(set -e
    a=$(tutti workflow start stopped); b=$(tutti workflow start stopped)
    tutti worker run stopped_step -- \
      sh -c "touch $W/began; while [ ! -e $W/go ]; do sleep 0.05; done; echo {}" &
    worker=$!
    while [ ! -e $W/began ]; do sleep 0.05; done
    kill -TERM $worker
    touch $W/go
    wait $worker
    for id in $a $b; do tutti workflow get $id -o json | jq -r .status; done)");
  INFO(end.err);
  CHECK(end.exit_code == 0);
  CHECK(end.out == "COMPLETED\nRUNNING\n");
}

TEST_CASE_FIXTURE(
    cli_world,
    "a command that fails fails its task with the last line of stderr") {
  register_steps("failing", 60, 1);
  auto run = ask(R"(
    tutti worker run failing_step -- sh -c 'echo why >&2; exit 3' &
    worker=$!
    id=$(tutti workflow start failing --wait) && exit 1
    kill $worker; wait $worker
    tutti workflow get $id -o json)");
  CHECK(run["status"] == "FAILED");
  REQUIRE(run["tasks"].size() == 2);
  for (auto& task : run["tasks"])
    CHECK(task["reasonForIncompletion"] == "why");
  auto log = ask("tutti -o json task log "
                 + run["tasks"][0]["taskId"].get<std::string>());
  REQUIRE(log.size() == 1);
  CHECK(log[0]["log"] == "why");
}

TEST_CASE_FIXTURE(cli_world, "queues show what waits and who asked for it") {
  register_steps("queued");
  ask("tutti -o json workflow start queued");
  ask("tutti -o json workflow start queued");
  auto taken = ask("tutti -o json task poll queued_step --worker-id me");
  REQUIRE(taken.size() == 1);
  auto queues = ask("tutti -o json queue list");
  auto mine = std::find_if(queues.begin(), queues.end(),
                           [](auto& q) { return q["queue"] == "queued_step"; });
  REQUIRE(mine != queues.end());
  CHECK((*mine)["waiting"] == 1);
  CHECK((*mine)["lastWorkerId"] == "me");
  CHECK(sh("tutti queue list").out.find("queued_step") != std::string::npos);
  CHECK(sh("tutti incident list").exit_code == 0);
}

TEST_CASE_FIXTURE(cli_world, "the state of a node is told part by part") {
  auto got = ask("tutti -o json node status");
  CHECK(got["ready"] == true);
  CHECK(got["parts"].size() > 3);
  auto shown = sh("tutti node status");
  CHECK(shown.exit_code == 0);
  CHECK(shown.out.find("store writer") != std::string::npos);
}

TEST_CASE_FIXTURE(cli_world, "scenarios are run without a node, and on one") {
  // No node is asked for a file with its definition.
  auto local = sh(R"(TUTTI_URL=http://127.0.0.1:1 \
      tutti workflow test $TESTING/order.test.yaml --junit $W/report.xml)");
  INFO(local.out, local.err);
  CHECK(local.exit_code == 0);
  CHECK(local.out.find("6 scenarios, 0 failed") != std::string::npos);
  CHECK(local.out.find("coverage 100.0 %") != std::string::npos);
  CHECK(line("grep -c '<testcase ' $W/report.xml") == "6");

  sh(R"(tutti task apply $TESTING/tasks.json
        tutti workflow apply $TESTING/deliver.json $TESTING/order.json)");
  auto report = ask("tutti -o json workflow test --node "
                    "$TESTING/order.test.yaml");
  CHECK(report["scenarios"] == 6);
  CHECK(report["failed"] == 0);
  CHECK(report["files"][0]["coverage"]["notCovered"] == json::array());
  // Scripts run in either place.
  sh(R"(cat >$W/script.yaml <<'X'
workflow:
  name: sum
  ownerEmail: a@example.com
  tasks:
    - {name: add, taskReferenceName: add, type: INLINE,
       inputParameters: {evaluatorType: javascript, a: 2, b: 3,
                         expression: $.a + $.b}}
scenarios:
  - {name: adds, expect: {status: COMPLETED, output: {result: 5}}}
X
  )");
  auto here = sh("tutti workflow test $W/script.yaml");
  CHECK_MESSAGE(here.exit_code == 0, here.out, here.err);
  auto there = sh("tutti workflow test --node $W/script.yaml");
  CHECK_MESSAGE(there.exit_code == 0, there.out, there.err);
  // A registered workflow needs nothing but its name.
  auto named = sh(R"(sed 's/^workflow: .*/workflow: ship_order/' \
      $TESTING/order.test.yaml >$W/named.yaml
      cp $TESTING/*.json $W; tutti workflow test $W/named.yaml)");
  CHECK(named.exit_code == 0);
  CHECK(ask("tutti -o json workflow list --all") == json::array());
}

TEST_CASE_FIXTURE(cli_world, "what is not as expected is told, and fails") {
  auto end = sh(R"(cp $TESTING/*.json $W; cat >$W/bad.yaml <<'X'
workflow: order.json
definitions: deliver.json
coverage: 90
scenarios:
  - name: wrong
    input: {method: card}
    mocks: {reserve: {output: {price: 40}}}
    expect:
      status: COMPLETED
      tasks: {charge: {input: {amount: 41}}}
X
    tutti workflow test $W/bad.yaml --junit $W/bad.xml)");
  CHECK(end.exit_code == 1);
  CHECK(end.out.find(R"(status: expected "COMPLETED", found "RUNNING")")
        != std::string::npos);
  CHECK(end.out.find("task charge.input.amount: expected 41, found 40")
        != std::string::npos);
  CHECK(end.out.find("tasks: reserve:COMPLETED by_method:COMPLETED "
                     "charge:SCHEDULED; waits for a mock: charge")
        != std::string::npos);
  CHECK(end.out.find("expected at least 90.0 %") != std::string::npos);
  CHECK(line("grep -c '<failure ' $W/bad.xml") == "2");
  auto misused = sh(R"(printf 'workflow: x\nscenarios:\n  - nmae: y\n' \
      >$W/typo.yaml; tutti workflow test $W/typo.yaml)");
  CHECK(misused.exit_code == 2);
  CHECK(misused.err.find("typo.yaml:3: unknown key 'nmae' in a scenario")
        != std::string::npos);
}

TEST_CASE_FIXTURE(cli_world, "the reference is printed without a node") {
  node.stop();
  auto topics = ask("tutti -o json docs");
  auto has = [&](const std::string& topic) {
    return std::any_of(topics.begin(), topics.end(),
                       [&](auto& x) { return x["topic"] == topic; });
  };
  CHECK(has("join"));
  CHECK(has("settings"));
  CHECK(line("tutti docs | head -1 | cut -d' ' -f1") == "TOPIC");

  auto join = line("tutti docs join");
  CHECK(join.starts_with("# JOIN\n"));
  CHECK(line("tutti docs JOIN") == join);
  auto waiting = line("tutti docs join#waiting");
  CHECK(waiting.starts_with("## Waiting\n"));
  CHECK(join.find(waiting) != join.npos);
  CHECK(
      ask("tutti -o json docs join")[0]["text"].get<std::string>().starts_with(
          join));
  CHECK(
      line("tutti docs fork_join_dynamic").starts_with("# FORK_JOIN_DYNAMIC"));
  CHECK(line("tutti docs settings#kafka_tasks").starts_with("## kafka_tasks"));
  // A section by its name alone, from every page that has one.
  CHECK(line("tutti docs idempotency").starts_with("## Idempotency"));
  auto all = line("tutti docs failures");
  CHECK(all.find("[join]\n") != all.npos);
  CHECK(all.find("[exclusive-join]\n") != all.npos);

  for (auto* typo : {"jion", "setings", "join#wating", "idempotenci"}) {
    auto end = sh(std::string("tutti docs ") + typo);
    CAPTURE(typo);
    CHECK(end.exit_code == 2);
    CHECK(end.out.empty());
    CHECK(end.err.find("did you mean '") != std::string::npos);
  }
  CHECK(sh("tutti docs jion").err.find("'join'") != std::string::npos);
  auto end = sh("tutti docs zzzzzzzz");
  CHECK(end.exit_code == 2);
  CHECK(end.err.find("did you mean") == std::string::npos);
  CHECK(end.err.find("tutti docs") != std::string::npos);
  CHECK(sh("tutti docs join switch").exit_code == 2);
}

#include "tests/e2e/cli/cli_world.hpp"
#include "tests/support/waiting.hpp"
#include "tools/tutti/exit_code.hpp"

// The noun `schedule`, as its users type it.

using nlohmann::json;
using namespace tutti;
using test::cli_world;

namespace cli_schedules_test {

struct schedules_world : cli_world {
  schedules_world() {
    ask(R"(cat >$W/report.json <<'X'
{"name": "report", "ownerEmail": "cli@example.com",
 "tasks": [{"name": "n", "taskReferenceName": "n", "type": "NOOP"}]}
X
tutti -o json workflow apply $W/report.json)");
  }
  json create(const std::string& name, const std::string& more = {}) const {
    return ask("tutti -o json schedule create " + name
               + " --workflow report --cron '0 0 3 * * *' " + more);
  }
  json get(const std::string& name) const {
    return ask("tutti -o json schedule get " + name);
  }
};

} // namespace cli_schedules_test

using namespace cli_schedules_test;

TEST_CASE_FIXTURE(schedules_world, "a schedule is created, shown, replaced and "
                                   "deleted") {
  auto made = create("nightly", "--zone Europe/Berlin --input '{\"a\": 1}' "
                                "--overlap SKIP --description 'every night'");
  CHECK(made["zoneId"] == "Europe/Berlin");
  CHECK(made["overlapPolicy"] == "SKIP");
  CHECK(get("nightly")["startWorkflowRequest"]["input"] == json{{"a", 1}});
  CHECK(line("tutti schedule list -o name") == "nightly");
  CHECK(line("tutti schedule list --workflow report -o name") == "nightly");
  CHECK(line("tutti schedule list --workflow other -o name") == "");
  create("nightly", "--paused");
  CHECK(get("nightly")["paused"] == true);
  CHECK(sh("tutti schedule create broken --workflow report --cron '0 0 25 * * "
           "*'")
            .exit_code
        == cli::exit_invalid);
  CHECK(sh("tutti schedule create none --workflow nosuch --cron '0 0 3 * * *'")
            .exit_code
        == cli::exit_not_found);
  CHECK(sh("tutti schedule delete nightly").exit_code == cli::exit_misused);
  CHECK(line("tutti schedule delete nightly --dry-run -o name") == "nightly");
  CHECK(ask("tutti -o json -y schedule delete nightly")[0]["result"]
        == "deleted");
  CHECK(sh("tutti schedule get nightly").exit_code == cli::exit_not_found);
  CHECK(sh("tutti -y schedule delete nightly").exit_code
        == cli::exit_not_found);
}

TEST_CASE_FIXTURE(schedules_world, "one, several or all schedules are paused "
                                   "and resumed") {
  for (auto* name : {"a", "b", "c"})
    create(name);
  auto paused = ask("tutti -o json schedule pause a b --reason holiday");
  REQUIRE(paused.size() == 2);
  CHECK(paused[1] == json{{"name", "b"}, {"result", "paused"}});
  CHECK(get("a")["paused"] == true);
  CHECK(get("b")["pausedReason"] == "holiday");
  CHECK(get("c")["paused"] == false);
  // All of them is more than was named: that is asked for.
  CHECK(sh("tutti schedule resume --all").exit_code == cli::exit_misused);
  CHECK(get("a")["paused"] == true);
  auto would = ask("tutti -o json schedule pause --all --dry-run");
  CHECK(would.size() == 3);
  CHECK(get("c")["paused"] == false);
  CHECK(ask("tutti -o json -y schedule pause --all").size() == 3);
  CHECK(get("c")["paused"] == true);
  CHECK(ask("tutti -o json -y schedule resume --all").size() == 3);
  CHECK(get("a")["paused"] == false);
  auto some = sh("tutti -o json schedule pause a nosuch");
  CHECK(some.exit_code == cli::exit_partly);
  CHECK(json::parse(some.out).size() == 1);
  CHECK(sh("tutti schedule pause").exit_code == cli::exit_misused);
  CHECK(sh("tutti schedule pause a --all").exit_code == cli::exit_misused);
}

TEST_CASE_FIXTURE(schedules_world, "a schedule's tags are added, removed, "
                                   "replaced and looked for") {
  create("a");
  create("b");
  ask("tutti -o json schedule tag a team=red env=test");
  CHECK(line("tutti schedule tag a -o name") == "team=red\nenv=test");
  CHECK(line("tutti schedule tag a team=blue env- -o name") == "team=blue");
  CHECK(line("tutti schedule list --tag team=blue -o name") == "a");
  CHECK(line("tutti schedule list --tag team=red -o name") == "");
  CHECK(line("tutti schedule list --tag team -o name") == "a");
  CHECK(line("tutti schedule tag a x=1 --replace -o name") == "x=1");
  CHECK(line("tutti definition tag schedule/a y=2 -o name") == "x=1\ny=2");
  CHECK(sh("tutti schedule tag a nonsense").exit_code == cli::exit_misused);
  CHECK(sh("tutti schedule tag nosuch").exit_code == cli::exit_not_found);
}

TEST_CASE_FIXTURE(schedules_world, "next times, a firing now, and what became "
                                   "of it") {
  create("nightly");
  CHECK(ask("tutti -o json schedule next nightly").size() == 5);
  auto times = ask("tutti -o json schedule next --cron '0 0 * * * *'");
  REQUIRE(times.size() == 5);
  CHECK(times[1]["time"].get<int64_t>() - times[0]["time"].get<int64_t>()
        == 3'600'000);
  CHECK(sh("tutti schedule next").exit_code == cli::exit_misused);
  CHECK(sh("tutti schedule next nightly --cron '0 0 * * * *'").exit_code
        == cli::exit_misused);
  auto fired = ask("tutti -o json schedule trigger nightly");
  auto id = fired["workflowId"].get<std::string>();
  CHECK(line("tutti workflow watch -q " + id
             + " >$W/watched; tutti -o json "
               "workflow get "
             + id + " | jq -r .status")
        == "COMPLETED");
  CHECK(test::in_time([&] {
    auto found = ask("tutti -o json schedule executions nightly");
    return found["totalHits"] == 1 && found["results"][0]["workflowId"] == id;
  }));
  CHECK(ask("tutti -o json schedule executions nightly --query 'state=FAILED'")
            ["totalHits"]
        == 0);
  auto told = ask("tutti -o json schedule backfill nightly "
                  "--from 2024-03-01T00:00:00Z --until 2024-03-03T00:00:00Z");
  CHECK(told["instants"] == 2);
  CHECK(sh("tutti schedule trigger nosuch").exit_code == cli::exit_not_found);
}

TEST_CASE_FIXTURE(schedules_world, "a schedule in a file is new, unchanged, "
                                   "changed; unknown fields are told") {
  auto result = [&](const std::string& verb) {
    return line("tutti -o json definition " + verb
                + " $W/s.yaml $W/h.yaml | jq -r 'map(.result) | join(\" \")'");
  };
  auto files = [&](const std::string& cron, const std::string& event) {
    std::ofstream(folder.path() / "s.yaml")
        << "name: filed\ncronExpression: '" + cron
               + "'\nstartWorkflowRequest: {name: report, input: {a: 1}}\n";
    std::ofstream(folder.path() / "h.yaml")
        << "name: handled\nevent: '" + event
               + "'\nactive: true\nactions:\n- {action: start_workflow, "
                 "start_workflow: {name: report}}\n";
  };
  files("0 0 3 * * *", "conductor:report:done");
  CHECK(result("apply") == "new new");
  CHECK(result("apply") == "unchanged unchanged");
  // What fired is no difference.
  ask("tutti -o json schedule trigger filed");
  CHECK(result("apply") == "unchanged unchanged");
  // What operators do beside the file stays.
  ask("tutti -o json schedule pause filed --reason holiday");
  ask("tutti -o json schedule tag filed team=a");
  CHECK(result("apply") == "unchanged unchanged");
  files("0 0 4 * * *", "conductor:report:other");
  CHECK(result("apply") == "changed changed");
  CHECK(get("filed")["pausedReason"] == "holiday");
  CHECK(get("filed")["tags"][0]["value"] == "a");
  CHECK(line("tutti definition export schedule/filed | tutti definition diff "
             "-; echo $?")
        == "0");
  std::ofstream(folder.path() / "s.yaml", std::ios::app) << "zoneIdd: UTC\n";
  std::ofstream(folder.path() / "h.yaml", std::ios::app) << "activ: true\n";
  auto warned = sh("tutti definition apply $W/s.yaml $W/h.yaml");
  CHECK(warned.exit_code == cli::exit_done);
  CHECK(warned.err.find("s.yaml:1: property 'zoneIdd' is not known; did you "
                        "mean 'zoneId'?")
        != warned.err.npos);
  auto strict = sh("tutti definition apply --strict $W/s.yaml $W/h.yaml");
  CHECK(strict.exit_code == cli::exit_invalid);
  CHECK(strict.out.find("schedule/filed refused") != strict.out.npos);
  CHECK(strict.out.find("event-handler/handled refused") != strict.out.npos);
  CHECK(strict.err.find("s.yaml:1: property 'zoneIdd'") != strict.err.npos);
  std::ofstream(folder.path() / "s.yaml")
      << "{name: filed, cronExpression: '0 0 25 * * *', "
         "startWorkflowRequest: {name: report}}\n";
  auto local = sh("tutti definition validate --local $W/s.yaml");
  CHECK(local.exit_code == cli::exit_invalid);
  CHECK(local.out.find("cronExpression") != local.out.npos);
}

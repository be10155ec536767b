#include "tests/e2e/cli/cli_world.hpp"
#include "tools/tutti/exit_code.hpp"

// `tutti search`, tags and rate limits of definitions, and ids by how they
// begin.

using nlohmann::json;
using namespace tutti;
using test::cli_world;

namespace cli_search_test {

struct search_world : cli_world {
  search_world() {
    register_steps("red");
    register_steps("blue");
    for (auto* name : {"red", "red", "blue"})
      ids.push_back(line(std::string("tutti workflow start ") + name
                         + " -i '{\"note\": \"a " + name
                         + " heron\"}' --correlation-id " + name + "-1"));
  }
  std::vector<std::string> ids;
};

} // namespace cli_search_test

using namespace cli_search_test;

TEST_CASE_FIXTURE(search_world, "executions are found by fields, by words, and "
                                "counted by groups") {
  CHECK(ask("tutti -o json search \"workflowType = red\"")["totalHits"] == 2);
  CHECK(line("tutti search --type blue -o name") == ids[2]);
  CHECK(line("tutti search --text '\"blue heron\"' -o name") == ids[2]);
  CHECK(ask("tutti -o json search --text heron --only-count")["totalHits"]
        == 3);
  CHECK(line("tutti search --correlation-id blue-1 -o name") == ids[2]);
  auto groups = ask("tutti -o json search --only-count --group-by "
                    "workflowType,status");
  CHECK(groups["facets"]["workflowType"]
        == json::parse(R"([{"value": "red", "count": 2},
                           {"value": "blue", "count": 1}])"));
  CHECK(groups["facets"]["status"][0]["count"] == 3);
  CHECK(line("tutti search --only-count --group-by workflowType -o csv")
        == "FIELD,VALUE,COUNT\r\nworkflowType,red,2\r\nworkflowType,blue,1\r");
  auto page = ask("tutti -o json search -n 2 --sort workflowId:ASC");
  CHECK(page["results"].size() == 2);
  auto rest = ask("tutti -o json search -n 2 --sort workflowId:ASC --cursor "
                  + page["cursor"].get<std::string>());
  CHECK(rest["results"].size() == 1);
  auto wrong = sh("tutti search 'status ='");
  CHECK(wrong.exit_code == cli::exit_invalid);
}

TEST_CASE_FIXTURE(search_world, "tasks are found") {
  ask("tutti -o json task complete " + ids[0] + " step");
  CHECK(line("tutti search --of tasks --type red_step -o json | jq -r "
             "'.results[0].workflowId'")
        == ids[0]);
  CHECK(line("tutti search --of workflowsOfTasks 'referenceTaskName = step' -o "
             "name")
        == ids[0]);
}

TEST_CASE_FIXTURE(search_world, "roll-ups have counts, failures and durations "
                                "by workflow and hour") {
  ask("tutti -o json task complete " + ids[0] + " step");
  sh("tutti task fail " + ids[1] + " step --reason broken --terminal");
  auto sums = ask("tutti -o json search --rollups");
  REQUIRE(sums["results"].size() == 1);
  auto& red = sums["results"][0];
  CHECK(red["workflowType"] == "red");
  CHECK(red["count"] == 2);
  CHECK(red["failureRate"] == 0.5);
  CHECK(red["counts"] == json{{"COMPLETED", 1}, {"FAILED", 1}});
  auto text = line("tutti search --rollups --by-hour --since 2h");
  CHECK(text.starts_with("HOUR "));
  CHECK(text.find("50.0 %") != text.npos);
  CHECK(ask("tutti -o json search --rollups --type blue")["results"].empty());
  CHECK(ask("tutti -o json search --rollups --since 3h --until 2h")["results"]
            .empty());
  CHECK(sh("tutti search --rollups status=FAILED").exit_code
        == cli::exit_misused);
  CHECK(sh("tutti search --rollups --since soon").exit_code
        == cli::exit_misused);
  CHECK(sh("tutti search --by-hour").exit_code == cli::exit_misused);
}

TEST_CASE_FIXTURE(search_world, "an execution is named by how its id begins, "
                                "however many there are") {
  // Ids begin with the time: these three share most of it.
  size_t shared = 0;
  while (ids[0][shared] == ids[1][shared])
    ++shared;
  auto status = [&](const std::string& begins) {
    return sh("tutti -o json workflow get " + begins);
  };
  CHECK(json::parse(status(ids[0].substr(0, shared + 1)).out)["workflowId"]
        == ids[0]);
  auto several = status(ids[0].substr(0, 4));
  CHECK(several.exit_code == cli::exit_conflict);
  CHECK(several.err.find("begins the ids of 3 executions: ")
        != several.err.npos);
  CHECK(status("ffff").exit_code == cli::exit_not_found);
  CHECK(status("fff").exit_code == cli::exit_not_found);
  // What ended and was archived is known by its whole id only.
  ask("tutti -o json -y workflow terminate --remove --reason over " + ids[1]);
  CHECK(json::parse(status(ids[1]).out)["reasonForIncompletion"] == "over");
  CHECK(status(ids[1].substr(0, ids[1].size() - 1)).exit_code
        == cli::exit_not_found);
}

TEST_CASE_FIXTURE(search_world, "an execution is deleted for good, also while "
                                "it runs") {
  CHECK(sh("tutti workflow delete " + ids[0]).exit_code == cli::exit_misused);
  CHECK(ask("tutti -o json -y workflow delete " + ids[0])[0]["result"]
        == "removed");
  CHECK(sh("tutti workflow get " + ids[0]).exit_code == cli::exit_not_found);
  auto job = ask("tutti -o json -y workflow delete --query 'workflowType = "
                 "red'");
  CHECK(job["done"] == 1);
  CHECK(sh("tutti workflow get " + ids[1]).exit_code == cli::exit_not_found);
  CHECK(sh("tutti -y workflow terminate --remove --all").exit_code
        == cli::exit_misused);
  CHECK(sh("tutti workflow get " + ids[2]).exit_code == cli::exit_done);
}

TEST_CASE_FIXTURE(search_world, "definitions have tags and rate limits") {
  CHECK(line("tutti definition tag workflow/red team=a env=test -o name")
        == "team=a\nenv=test");
  CHECK(line("tutti definition tag red env- -o name") == "team=a");
  CHECK(line("tutti definition tag task/red_step team=b -o name") == "team=b");
  CHECK(line("tutti definition tags -o name | sort") == "team\nteam");
  CHECK(line("tutti definition tag red only=1 --replace -o name") == "only=1");
  CHECK(line("tutti definition tag red --replace -o name") == "");
  CHECK(sh("tutti definition tag red =x").exit_code == cli::exit_misused);
  CHECK(sh("tutti definition tag nosuch").exit_code == cli::exit_not_found);

  CHECK(sh("tutti definition rate-limit red").exit_code == cli::exit_not_found);
  auto set = ask("tutti -o json definition rate-limit red --concurrent 3 --key "
                 "'${workflow.input.note}' --policy REJECT");
  CHECK(set["concurrentExecLimit"] == 3);
  CHECK(set["policy"] == "REJECT");
  CHECK(ask("tutti -o json definition rate-limit red") == set);
  ask("tutti -o json definition rate-limit red --remove");
  CHECK(sh("tutti definition rate-limit red").exit_code == cli::exit_not_found);
  CHECK(sh("tutti definition rate-limit red --key x").exit_code
        == cli::exit_misused);
}

TEST_CASE_FIXTURE(cli_world, "a request that is not answered in time is told "
                             "apart from a node that is not there") {
  auto end = sh(R"sh(
    python3 - $W/port <<'X' &
import os, signal, socket, sys
silent = socket.create_server(('127.0.0.1', 0))
open(sys.argv[1] + '.part', 'w').write(str(silent.getsockname()[1]))
os.rename(sys.argv[1] + '.part', sys.argv[1])
signal.pause()
X
    trap "kill $!" EXIT
    until [ -e $W/port ]; do :; done
    export TUTTI_URL=http://127.0.0.1:$(cat $W/port)
    tutti -o json --request-timeout 200ms workflow list; echo $?
    tutti -q --request-timeout 200ms workflow watch $W 2>/dev/null; echo $?
    TUTTI_URL=http://127.0.0.1:1 tutti --request-timeout 1s workflow list
    echo $?)sh");
  CHECK(end.out.starts_with("9\n"));
  CHECK(end.out.ends_with("10\n"));
  CHECK(end.err.find("\"error\":\"timed_out\"") != end.err.npos);
  CHECK(end.err.find("did not answer within 200 ms") != end.err.npos);
}

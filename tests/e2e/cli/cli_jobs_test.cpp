#include "tests/e2e/cli/cli_world.hpp"
#include "tools/tutti/exit_code.hpp"

// Jobs: verbs with --query, and the nouns `job` and `retention`.

using nlohmann::json;
using namespace tutti;
using test::cli_world;

namespace cli_jobs_test {

struct jobs_world : cli_world {
  jobs_world() {
    register_steps("bulk");
    for (int i = 0; i < 5; ++i)
      ids.push_back(line("tutti workflow start bulk"));
  }

  std::vector<std::string> ids;
};

TEST_CASE_FIXTURE(jobs_world, "a verb with --query is done to all executions "
                              "that match, as a job") {
  auto dry = ask("tutti -o json workflow pause --dry-run "
                 "--query 'workflowType=bulk AND status=RUNNING'");
  CHECK(dry["total"] == 5);
  CHECK(dry["changes"] == 5);
  CHECK(dry["sample"].size() == 5);
  auto paused = ask("tutti -o json workflow pause --yes "
                    "--query 'workflowType=bulk AND status=RUNNING'");
  CHECK(paused["status"] == "COMPLETED");
  CHECK(paused["done"] == 5);
  for (auto& id : ids)
    CHECK(line("tutti workflow get -o json " + id + " | jq -r .status")
          == "PAUSED");
  // Without a confirmation nothing happens.
  auto asked = sh("tutti workflow resume --query 'workflowType=bulk'");
  CHECK(asked.exit_code == cli::exit_misused);
  CHECK(asked.err.find("5 executions match: 5 PAUSED") != asked.err.npos);
  auto jobs = ask("tutti -o json job list");
  REQUIRE(jobs.size() == 1);
  CHECK(jobs[0]["action"] == "pause");
  auto shown
      = ask("tutti -o json job show " + jobs[0]["jobId"].get<std::string>());
  CHECK(shown == jobs[0]);
}

TEST_CASE_FIXTURE(jobs_world, "executions that a job does not change are "
                              "counted, listed, and tell the exit code") {
  ask("tutti -o json workflow terminate --yes " + ids[0]);
  // Only what has ended can be archived.
  auto some = sh("tutti -o json workflow remove --yes --query "
                 "'workflowType=bulk'");
  CHECK(some.exit_code == cli::exit_partly);
  auto job = json::parse(some.out);
  CHECK(job["done"] == 1);
  CHECK(job["failed"] == 4);
  auto errors
      = ask("tutti -o json job errors " + job["jobId"].get<std::string>());
  CHECK(errors.size() == 4);
  CHECK(errors[0]["reason"].get<std::string>().find("Cannot archive")
        != std::string::npos);
  auto late = sh("tutti job cancel " + job["jobId"].get<std::string>());
  CHECK(late.exit_code == cli::exit_conflict);
  auto skipped = ask("tutti -o json workflow retry --yes --query "
                     "'workflowType=bulk'");
  CHECK(skipped["done"] == 0);
  CHECK(skipped["skipped"] == 4);
}

TEST_CASE_FIXTURE(jobs_world, "a job that makes no sense is refused") {
  auto code = [&](const std::string& words) {
    return sh("tutti workflow pause --yes " + words).exit_code;
  };
  CHECK(code("") == cli::exit_misused);
  CHECK(code(ids[0] + " --query 'status=RUNNING'") == cli::exit_misused);
  CHECK(code("--text '*'") == cli::exit_invalid);
  CHECK(code("--query 'status ='") == cli::exit_invalid);
  CHECK(code("--query 'status=RUNNING' --rate 100000000") == cli::exit_invalid);
  CHECK(code("--query 'workflowType=nosuch'") == cli::exit_done);
  CHECK(sh("tutti job show 00000000-0000-4000-8000-000000000000").exit_code
        == cli::exit_not_found);
  CHECK(ask("tutti -o json job list").empty());
}

TEST_CASE_FIXTURE(cli_world, "retention shows its policies, counts, and runs") {
  CHECK(ask("tutti -o json retention show")["policies"].empty());
  std::ofstream(folder.path() / "kept.json") << R"({"name": "kept",
    "ownerEmail": "cli@example.com",
    "metadata": {"retention": {"completed": "30d", "failed": "never"}},
    "tasks": [{"name": "n", "taskReferenceName": "n", "type": "NOOP"}]})";
  ask("tutti -o json workflow apply $W/kept.json");
  auto policies = ask("tutti -o json retention show")["policies"];
  REQUIRE(policies.size() == 1);
  CHECK(policies[0]["workflowType"] == "kept");
  CHECK(policies[0]["ageMs"] == 30LL * 86'400'000);
  auto counted = ask("tutti -o json retention run --dry-run");
  REQUIRE(counted.size() == 1);
  CHECK(counted[0]["matched"] == 0);
  ask("tutti -o json -y retention run");
  CHECK(ask("tutti -o json retention archive").empty());
  std::ofstream(folder.path() / "bad.json") << R"({"name": "bad",
    "ownerEmail": "cli@example.com",
    "metadata": {"retention": {"completed": "soon"}},
    "tasks": [{"name": "n", "taskReferenceName": "n", "type": "NOOP"}]})";
  CHECK(sh("tutti workflow apply $W/bad.json").exit_code != 0);
}

} // namespace cli_jobs_test

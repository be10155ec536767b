#pragma once

#include "messages/model/payload.hpp"
#include "tests/support/node_process.hpp"
#include "tools/tutti/child_process.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <cstdlib>
#include <fstream>
#include <string>

namespace tutti::test {

/// A node, and a shell in which `tutti` is the CLI that talks to it.
struct cli_world {
  cli_world() { node.start(); }

  cli::finished_process sh(const std::string& script) const {
    cli::process_options o;
    o.command = {"/bin/bash", "-c", script};
    o.environment
        = {{"TUTTI_URL", node.base_url()},
           {"PATH", std::string(TUTTI_CLI_FOLDER ":") + std::getenv("PATH")},
           {"TUTTI_CONFIG", (folder.path() / "config.yaml").string()},
           {"W", folder.path().string()},
           {"EXAMPLE", TUTTI_EXAMPLE},
           {"TESTING", TUTTI_TESTING_EXAMPLE}};
    auto end = cli::run_process(o, "");
    REQUIRE(end);
    INFO(script, "\n", end->err);
    return *end;
  }
  /// The JSON that a script wrote to stdout; the script must end with 0.
  nlohmann::json ask(const std::string& script) const {
    auto end = sh(script);
    INFO(script, "\n", end.out, "\n", end.err);
    REQUIRE(end.exit_code == 0);
    auto parsed = parse_json(end.out);
    REQUIRE(parsed);
    return *parsed;
  }
  /// What a script wrote to stdout, without the last line break.
  std::string line(const std::string& script) const {
    auto end = sh(script);
    INFO(script, "\n", end.out, "\n", end.err);
    REQUIRE(end.exit_code == 0);
    return end.out.substr(0, end.out.find_last_not_of('\n') + 1);
  }
  void register_steps(const std::string& name, int response_timeout = 60,
                      int retries = 0) const {
    nlohmann::json task{{"name", name + "_step"},
                        {"retryCount", retries},
                        {"retryDelaySeconds", 0},
                        {"responseTimeoutSeconds", response_timeout},
                        {"ownerEmail", "cli@example.com"}};
    nlohmann::json workflow{
        {"name", name},
        {"ownerEmail", "cli@example.com"},
        {"tasks",
         {{{"name", name + "_step"},
           {"taskReferenceName", "step"},
           {"type", "SIMPLE"},
           {"inputParameters", {{"n", "${workflow.input.n}"}}}}}}};
    std::ofstream(folder.path() / "task.json") << task;
    std::ofstream(folder.path() / "workflow.json")
        << nlohmann::json::array({workflow});
    ask("tutti -o json task apply $W/task.json");
    auto answer = ask("tutti -o json workflow apply - <$W/workflow.json");
    CHECK(answer[0]["result"] == "new");
  }

  test::scratch_directory folder{"cli"};
  test::node_process node{folder.path() / "data", {}};
};

} // namespace tutti::test

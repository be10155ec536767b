#include "tools/tutti/misspelt.hpp"

#include "tools/tutti/session.hpp"

#include <CLI/CLI.hpp>
#include <doctest/doctest.h>

using namespace tutti::cli;

namespace misspelt_test {

struct program {
  program() { declare(app, s); }
  std::string next(const std::vector<std::string>& words) {
    auto wrong = misspelt(app, words);
    return wrong ? wrong->next : "";
  }
  session s;
  CLI::App app{"", "tutti"};
};

TEST_CASE_FIXTURE(program,
                  "a misspelt noun or verb is met with the right one") {
  CHECK(next({"workflows", "list"}) == "tutti workflow");
  CHECK(next({"workflow", "lst"}) == "tutti workflow list");
  CHECK(next({"workflow", "list", "anything"}) == "");
  CHECK(next({"-o", "json", "workflow", "list"}) == "");
}

TEST_CASE_FIXTURE(program, "verbs of other programs lead to ours") {
  CHECK(next({"workflow", "describe", "x"}) == "tutti workflow get");
  CHECK(next({"workflow", "cancel", "x"}) == "tutti workflow terminate");
  CHECK(next({"task", "logs", "x"}) == "tutti task log");
  CHECK(next({"definition", "rm", "x"}) == "tutti definition delete");
}

TEST_CASE_FIXTURE(program, "a verb before its noun is turned round") {
  CHECK(next({"get", "workflow", "x"}) == "tutti workflow get");
  CHECK(next({"describe", "workflows", "x"}) == "tutti workflow get");
  CHECK(next({"version"}) == "tutti node version");
  CHECK(next({"pause", "x"})
        == "the noun first: tutti workflow pause, schedule pause, job pause");
}

TEST_CASE_FIXTURE(program, "the help that is named is that of the verb") {
  CHECK(command_of(app, {"workflow", "get"}) == "tutti workflow get");
  CHECK(command_of(app, {"-o", "json", "workflow", "get", "id", "--x"})
        == "tutti workflow get");
  CHECK(command_of(app, {"--server", "workflow", "job"}) == "tutti job");
  CHECK(command_of(app, {}) == "tutti");
}

} // namespace misspelt_test

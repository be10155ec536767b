#include "tests/e2e/cli/cli_world.hpp"
#include "tools/tutti/exit_code.hpp"
#include "tools/tutti/rendering/format.hpp"
#include "tools/tutti/testing/document.hpp"

// Formats and exit codes, as programs around the CLI meet them.

using nlohmann::json;
using namespace tutti;
using test::cli_world;

namespace {

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != text.npos;
}

struct formats_world : cli_world {
  formats_world() {
    register_steps("shown");
    id = line("tutti workflow start shown --correlation-id 'a,b'");
  }
  std::string in(const std::string& format) const {
    return line("tutti -o " + format + " workflow list shown");
  }
  std::string id;
};

} // namespace

TEST_CASE_FIXTURE(formats_world, "-o table is columns") {
  auto text = in("table");
  CHECK(text.starts_with("ID "));
  CHECK(has(text, id));
  CHECK(!has(text, "\x1b"));
}

TEST_CASE_FIXTURE(formats_world, "-o wide has more columns") {
  auto narrow = line("tutti workflow get " + id);
  auto wide = line("tutti -o wide workflow get " + id);
  CHECK(!has(narrow, "TASK ID"));
  CHECK(has(wide, "TASK ID"));
}

TEST_CASE_FIXTURE(formats_world, "-o json is the answer") {
  auto all = json::parse(in("json"));
  REQUIRE(all.size() == 1);
  CHECK(all[0]["workflowId"] == id);
}

TEST_CASE_FIXTURE(formats_world, "-o ndjson is a row on each line") {
  auto second = line("tutti workflow start shown");
  auto text = in("ndjson");
  auto end = text.find('\n');
  CHECK(json::parse(text.substr(0, end))["workflowId"] == second);
  CHECK(json::parse(text.substr(end))["workflowId"] == id);
}

TEST_CASE_FIXTURE(formats_world, "-o yaml reads back as the answer") {
  auto yaml = cli::document::parse(line("tutti -o yaml workflow get " + id),
                                   "x.yaml");
  REQUIRE(yaml);
  CHECK(yaml->value() == ask("tutti -o json workflow get " + id));
}

TEST_CASE_FIXTURE(formats_world, "-o csv is for spreadsheets") {
  auto rows = ask("tutti -o csv workflow get " + id
                  + " | python3 -c 'import csv, json, sys; "
                    "print(json.dumps(list(csv.DictReader(sys.stdin))))'");
  REQUIRE(rows.size() == 1);
  CHECK(rows[0]["ID"] == id);
  CHECK(rows[0]["CORRELATION"] == "a,b");
  CHECK(rows[0]["STARTED"].get<std::string>().ends_with("Z"));
}

TEST_CASE_FIXTURE(formats_world, "-o name is what other verbs take") {
  CHECK(in("name") == id);
  CHECK(
      sh("tutti workflow pause $(tutti workflow list shown -o name)").exit_code
      == 0);
  CHECK(line("tutti workflow list shown --status PAUSED -o name") == id);
}

TEST_CASE_FIXTURE(formats_world, "every list and get knows every format") {
  for (auto* words : {"workflow list",
                      "workflow get $ID",
                      "workflow tasks $ID",
                      "workflow vars $ID",
                      "workflow history $ID",
                      "workflow explain $ID",
                      "task list",
                      "task get $ID/step",
                      "task log $ID/step",
                      "queue list",
                      "queue show",
                      "incident list",
                      "node status",
                      "node version",
                      "definition list",
                      "definition get workflow/shown",
                      "definition export",
                      "context list",
                      "docs",
                      "docs join"})
    for (auto& format : cli::format_names()) {
      CAPTURE(words);
      CAPTURE(format);
      auto end = sh("ID=" + id + "; tutti -q -o " + format + " " + words);
      CHECK(end.exit_code == 0);
      CHECK(end.err.empty());
      CHECK(!has(end.out, "\x1b"));
      if (format == "json")
        CHECK(parse_json(end.out));
      if (format == "yaml" && !has(words, "docs"))
        CHECK(cli::document::parse(end.out, "x.yaml"));
    }
}

TEST_CASE_FIXTURE(formats_world, "with -o json errors are JSON, too") {
  auto end = sh("tutti -o json workflow get nosuch");
  CHECK(end.exit_code == cli::exit_not_found);
  CHECK(end.out.empty());
  auto said = parse_json(end.err);
  REQUIRE(said);
  CHECK((*said)["error"] == "not_found");
  CHECK((*said)["code"] == 3);
  CHECK(has((*said)["message"].get<std::string>(), "nosuch"));
  // What cannot be parsed is told in the format that it asks for.
  for (auto* wrong : {"tutti -o json fly", "tutti workflow get -o json",
                      "tutti workflow list --count x --output=json"}) {
    CAPTURE(wrong);
    auto misused = sh(wrong);
    CHECK(misused.exit_code == cli::exit_misused);
    auto read = parse_json(misused.err);
    REQUIRE(read);
    CHECK((*read)["error"] == "usage");
  }
}

TEST_CASE_FIXTURE(formats_world, "a pipe that is closed is no error") {
  auto end = sh("set -o pipefail; tutti docs settings | head -1; "
                "echo ${PIPESTATUS[0]}");
  CHECK(end.err.empty());
  CHECK(has(end.out, "\n"));
  CHECK((end.out.ends_with("\n0\n") || end.out.ends_with("\n141\n")));
}

TEST_CASE_FIXTURE(formats_world, "colour is for terminals, unless NO_COLOR") {
  // script(1) gives the command a terminal.
  auto on_terminal = [&](const std::string& before) {
    return sh("TERM=xterm script -qec '" + before + " tutti workflow get " + id
              + "' /dev/null")
        .out;
  };
  if (sh("command -v script").exit_code != 0)
    return;
  CHECK(has(on_terminal(""), "\x1b["));
  CHECK(!has(on_terminal("NO_COLOR=1"), "\x1b["));
}

// One case for each exit code.

TEST_CASE_FIXTURE(cli_world, "exit code 0: it is done") {
  CHECK(sh("tutti workflow list").exit_code == cli::exit_done);
}

TEST_CASE_FIXTURE(cli_world,
                  "exit code 1: an error without a code of its own") {
  // Resume of what is not paused is Conductor's illegal state, a 500.
  register_steps("running");
  auto id = line("tutti workflow start running");
  CHECK(sh("tutti workflow resume " + id).exit_code == cli::exit_failed);
}

TEST_CASE_FIXTURE(cli_world, "exit code 2: the command line") {
  for (auto* wrong :
       {"tutti workflow list --status DONE", "tutti workflow list --since x",
        "tutti workflow start x --timeout 5m", "tutti definition get /@x",
        "tutti workflow terminate x </dev/null"})
    CHECK_MESSAGE(sh(wrong).exit_code == cli::exit_misused, wrong);
}

TEST_CASE_FIXTURE(cli_world, "exit code 3: it is not there") {
  for (auto* absent :
       {"workflow get nosuch", "workflow pause nosuch", "task get nosuch",
        "task get nosuch/x", "definition get nosuch", "queue show nosuch",
        "-y definition delete task/nosuch", "context use nosuch"})
    CHECK_MESSAGE(sh(std::string("tutti ") + absent).exit_code
                      == cli::exit_not_found,
                  absent);
  CHECK(sh("unset TUTTI_URL; tutti --context nosuch workflow list").exit_code
        == cli::exit_not_found);
}

TEST_CASE_FIXTURE(cli_world, "exit code 4: it is refused") {
  // More bytes than an input may have.
  auto end = sh(R"(python3 -c 'print("{\"a\": \"" + "x" * 40_000_000 + "\"}")' \
    >$W/big.json; tutti workflow start x --input @$W/big.json)");
  CHECK(end.exit_code == cli::exit_refused);
}

TEST_CASE_FIXTURE(cli_world, "exit code 5: a conflict") {
  register_steps("ended");
  auto id = line("tutti workflow start ended");
  CHECK(sh("tutti -y workflow terminate " + id).exit_code == 0);
  CHECK(sh("tutti workflow pause " + id).exit_code == cli::exit_conflict);
}

TEST_CASE_FIXTURE(cli_world, "exit code 6: the content breaks a rule") {
  auto end = sh(R"(echo '{"name":"bad","tasks":[]}' >$W/bad.json
    tutti workflow apply $W/bad.json)");
  CHECK(end.exit_code == cli::exit_invalid);
}

TEST_CASE_FIXTURE(cli_world, "exit code 7: some of several failed") {
  register_steps("one");
  auto id = line("tutti workflow start one");
  auto end = sh("tutti workflow pause " + id + " nosuch -o json");
  CHECK(end.exit_code == cli::exit_partly);
  CHECK(json::parse(end.out)[0]["workflowId"] == id);
}

TEST_CASE_FIXTURE(cli_world, "exit code 8: the awaited run did not succeed") {
  register_steps("failing");
  auto id = line("tutti workflow start failing");
  CHECK(sh("tutti task fail " + id + " step").exit_code == 0);
  CHECK(sh("tutti workflow watch " + id).exit_code == cli::exit_unsuccessful);
}

TEST_CASE_FIXTURE(cli_world, "exit code 9: it took longer than --timeout") {
  register_steps("waiting");
  auto id = line("tutti workflow start waiting");
  CHECK(sh("tutti workflow watch --timeout 200ms " + id).exit_code
        == cli::exit_timed_out);
  CHECK(sh("tutti workflow start waiting --wait --timeout 200ms").exit_code
        == cli::exit_timed_out);
}

TEST_CASE_FIXTURE(cli_world, "exit code 10: no node answers") {
  CHECK(sh("tutti -s 127.0.0.1:1 workflow list").exit_code
        == cli::exit_unreachable);
  auto port = node.base_url();
  node.stop();
  CHECK(sh("tutti workflow list").exit_code == cli::exit_unreachable);
}

TEST_CASE_FIXTURE(cli_world, "exit code 130: Ctrl-C") {
  register_steps("endless");
  // Jobs in the background of a script ignore SIGINT unless they ask for it.
  auto end = sh(R"(
    id=$(tutti workflow start endless)
    tutti workflow watch $id >$W/rows & watching=$!
    until [ -s $W/rows ]; do :; done
    kill -INT $watching; wait $watching; echo $?)");
  CHECK(end.out == "130\n");
}

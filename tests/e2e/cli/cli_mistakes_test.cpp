#include "tests/e2e/cli/cli_world.hpp"

// What people type, and what they run into.

using nlohmann::json;
using namespace tutti;
using test::cli_world;

namespace {

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != text.npos;
}

} // namespace

TEST_CASE_FIXTURE(cli_world, "a folder is no file [D1]") {
  for (auto* wrong :
       {"tutti workflow test .", "tutti workflow start x --input @.",
        "tutti task complete a b --output-data @."}) {
    CAPTURE(wrong);
    auto end = sh(wrong);
    CHECK(end.exit_code == 2);
    CHECK(end.out.empty());
    CHECK(has(end.err, "is a folder"));
    CHECK(has(end.err, "try: "));
  }
  // Of a folder with definitions the files are taken, if there are any.
  auto end = sh("mkdir $W/none; tutti workflow apply $W/none");
  CHECK(end.exit_code == 2);
  CHECK(has(end.err, "holds no *.json"));
}

TEST_CASE_FIXTURE(cli_world, "files may begin with a byte order mark [C4]") {
  auto end = sh(R"(
    printf '\xEF\xBB\xBF{"name":"marked","tasks":[{"name":"t",
      "taskReferenceName":"t"}]}' >$W/w.json
    tutti workflow apply $W/w.json && tutti workflow start marked --input @<(
      printf '\xEF\xBB\xBF{"a":1}')
    printf '\xEF\xBB\xBFworkflow: w.json\nscenarios:\n- name: one\n' >$W/t.yaml
    printf '  expect: {status: RUNNING}\n' >>$W/t.yaml
    tutti workflow test $W/t.yaml)");
  INFO(end.out, "\n", end.err);
  CHECK(end.exit_code == 0);
  CHECK(has(end.out, "1 scenarios, 0 failed"));
}

TEST_CASE_FIXTURE(cli_world, "another server is not taken for a node [D2]") {
  node.stop();
  // Answers everything with the same JSON.
  auto end = sh(R"sh(
    python3 - $W/port <<'X' &
import http.server, os, sys
class any_path(http.server.BaseHTTPRequestHandler):
    def answer(self):
        self.rfile.read(int(self.headers.get('Content-Length') or 0))
        body = b'{"hello": "world"}'
        self.send_response(200)
        self.send_header('Content-Length', str(len(body)))
        self.end_headers()
        self.wfile.write(body)
    do_GET = do_POST = do_PUT = do_DELETE = answer
    def log_message(self, *rest): pass
server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), any_path)
open(sys.argv[1] + '.part', 'w').write(str(server.server_port))
os.rename(sys.argv[1] + '.part', sys.argv[1])
server.serve_forever()
X
    trap "kill $!" EXIT
    until [ -e $W/port ]; do :; done
    export TUTTI_URL=http://127.0.0.1:$(cat $W/port)
    echo '{"name":"a","tasks":[]}' >$W/a.json; echo '{"name":"a"}' >$W/t.json
    for words in 'workflow list' 'workflow get x' "workflow apply $W/a.json" \
      'workflow start a' 'workflow watch x' 'workflow history x' \
      'workflow explain x' 'workflow pause x' 'workflow resume x' \
      '-y workflow terminate x' '-y workflow remove x' 'workflow retry x' \
      'task list' "task apply $W/t.json" 'task poll a' 'task complete a b' \
      'task fail a b' 'task get x' 'task log x' 'queue list' 'queue show' \
      'queue requeue a' 'queue remove a b' 'queue return a b' \
      'incident list' 'worker run a -- cat'; do
      tutti $words >$W/out 2>$W/err
      code=$?
      grep -q 'neither Tutti nor Conductor' $W/err || echo "$words says this"
      [ $code = 1 ] && [ ! -s $W/out ] || echo "$words ends with $code"
    done)sh");
  CHECK(end.out == "");
}

TEST_CASE_FIXTURE(cli_world, "a definition goes where its kind goes [D3]") {
  auto end = sh(R"(
    echo '{"name":"order","tasks":[{"name":"t","taskReferenceName":"t"}]}' \
      >$W/order.json
    echo '{"name":"pack","retryCount":1}' >$W/pack.json
    tutti task apply $W/order.json; echo $?
    tutti workflow apply $W/pack.json; echo $?
    tutti -o json task list)");
  CHECK(end.out == "2\n2\n[]\n");
  CHECK(has(end.err, "try: tutti workflow apply"));
  CHECK(has(end.err, "try: tutti task apply"));
}

TEST_CASE_FIXTURE(cli_world, "what changed is told in the order of time [D4]") {
  auto end = sh(R"(set -e
    echo '{"name":"two","tasks":[{"name":"f","taskReferenceName":"f",
      "type":"FORK_JOIN","forkTasks":[[{"name":"a","taskReferenceName":"a"}],
      [{"name":"b","taskReferenceName":"b"}]]},
      {"name":"j","taskReferenceName":"j","type":"JOIN","joinOn":["a","b"]}]}' \
      >$W/two.json
    tutti workflow apply $W/two.json
    id=$(tutti workflow start two)
    tutti task complete $id b
    tutti task complete $id a
    tutti -o json workflow watch $id >$W/told || true)");
  INFO(end.err);
  CHECK(end.exit_code == 0);
  auto told = ask("jq -s 'map(.time)' $W/told");
  REQUIRE(told.size() >= 5);
  for (size_t i = 1; i < told.size(); ++i)
    CHECK(told[i - 1] <= told[i]);
}

TEST_CASE_FIXTURE(cli_world,
                  "Ctrl-C leaves the execution running and says so [D5]") {
  register_steps("waited");
  auto end = sh(R"(
    tutti workflow start waited --wait >$W/id 2>$W/err &
    waiting=$!
    until [ -s $W/id ]; do :; done
    kill -INT $waiting; wait $waiting; echo $?
    tutti workflow watch $(cat $W/id) >$W/rows 2>>$W/err &
    watching=$!
    until [ -s $W/rows ]; do :; done
    kill -TERM $watching; wait $watching; echo $?
    tutti workflow get $(cat $W/id) -o json | jq -r .status)");
  INFO(end.err);
  CHECK(end.out == "130\n143\nRUNNING\n");
  auto said = sh("cat $W/err").out;
  auto id = line("cat $W/id");
  CHECK(has(said, "tutti workflow watch " + id));
  CHECK_FALSE(has(said, "did not complete"));
}

TEST_CASE_FIXTURE(cli_world, "what is left out is counted [D6]") {
  auto end = sh(R"(set -e
    python3 -c 'import json; print(json.dumps({"name": "wide", "tasks": [
      {"name": "f", "taskReferenceName": "f", "type": "FORK_JOIN", "forkTasks":
       [[{"name": "t", "taskReferenceName": "t%d" % i}] for i in range(130)]},
      {"name": "j", "taskReferenceName": "j", "type": "JOIN",
       "joinOn": ["t%d" % i for i in range(130)]}]}))' >$W/wide.json
    tutti workflow apply $W/wide.json
    a=$(tutti workflow start wide); b=$(tutti workflow start wide)
    c=$(tutti workflow start wide)
    tutti workflow explain $a >$W/rows 2>$W/few
    tutti workflow explain $a --count 1000 >$W/rows 2>$W/many
    tutti workflow list wide --count 2 >$W/list 2>$W/short
    next=$(sed -n 's/.*--before //p' $W/short)
    tutti workflow list wide --before $next >$W/older 2>$W/rest)");
  INFO(end.err);
  REQUIRE(end.exit_code == 0);
  CHECK(has(line("cat $W/few"), "31 more open tasks are not shown: --count"));
  CHECK(line("cat $W/many") == "");
  CHECK(has(line("cat $W/short"), "1 older ones are not shown: --before "));
  CHECK(line("tail -n +2 $W/list | wc -l") == "2");
  CHECK(line("cat $W/rest") == "");
}

TEST_CASE_FIXTURE(cli_world, "a misspelt word is met with the right one [D7]") {
  struct {
    const char* words;
    const char* said;
  } const cases[] = {
      {"workflow strat x", "did you mean 'start'?"},
      {"wrokflow list", "did you mean 'workflow'?"},
      {"task complet a b", "did you mean 'complete'?"},
      {"-o json queue lst", "did you mean 'list'?"},
      {"--server 127.0.0.1:1 taks list", "did you mean 'task'?"},
      {"worker runn x -- cat", "did you mean 'run'?"},
      {"workflow zzzzzzzz", "there is no 'tutti workflow zzzzzzzz'"},
  };
  for (auto& [words, said] : cases) {
    CAPTURE(words);
    auto end = sh(std::string("tutti ") + words);
    CHECK(end.exit_code == 2);
    CHECK(end.out.empty());
    INFO(end.err);
    CHECK(has(end.err, said));
  }
}

TEST_CASE_FIXTURE(cli_world, "the log of no task is not found [D7]") {
  auto end = sh("tutti task log nosuch");
  CHECK(end.exit_code == 3);
  CHECK(end.out.empty());
  CHECK(has(end.err, "nosuch"));
  CHECK(sh("tutti task log 00000000-0000-4000-8000-000000000000").exit_code
        == 3);
  register_steps("silent");
  auto id = line("tutti workflow start silent");
  auto task = ask("tutti -o json workflow get " + id)["tasks"][0]["taskId"];
  CHECK(ask("tutti -o json task log " + task.get<std::string>())
        == json::array());
}

TEST_CASE_FIXTURE(cli_world,
                  "failed scenarios and missing coverage are two things [D8]") {
  auto end = sh(R"(cat >$W/w.json <<'X'
{"name": "two_ways", "tasks": [{"name": "s", "taskReferenceName": "s",
  "type": "SWITCH", "evaluatorType": "value-param", "expression": "way",
  "inputParameters": {"way": "${workflow.input.way}"},
  "decisionCases": {"a": [{"name": "t", "taskReferenceName": "t"}]},
  "defaultCase": [{"name": "u", "taskReferenceName": "u"}]}]}
X
    cat >$W/t.yaml <<'X'
workflow: w.json
coverage: 100
scenarios:
  - {name: good, input: {way: a}, mocks: {t: {}}, expect: {status: COMPLETED}}
  - {name: bad, input: {way: a}, mocks: {t: {}}, expect: {status: FAILED}}
  - {name: worse, input: {way: a}, mocks: {t: {}}, expect: {status: FAILED}}
X
    tutti workflow test $W/t.yaml; echo $?
    tutti -o json workflow test $W/t.yaml | jq -c '[.failed, .coverageTooLow]')");
  INFO(end.out, "\n", end.err);
  CHECK(has(end.out,
            "3 scenarios, 2 failed; coverage too low in 1 file\n1\n[2,1]\n"));
}

TEST_CASE_FIXTURE(cli_world, "unknown fields are warned of, and refused when "
                             "that is asked for [C11]") {
  auto end = sh(R"(
    echo '{"name":"odd","tasks":[{"name":"t","taskReferenceName":"t",
      "inputParametres":{}}]}' >$W/odd.json
    echo '{"name":"odd_task","retryCounts":3}' >$W/odd_task.json
    tutti workflow apply $W/odd.json; echo $?
    tutti task apply $W/odd_task.json; echo $?
    tutti workflow apply --strict $W/odd.json >$W/refused; echo $?
    tutti task apply --strict $W/odd_task.json >>$W/refused; echo $?
    grep -c refused$ $W/refused)");
  INFO(end.out, "\n", end.err);
  CHECK(has(end.err, "warning: "));
  CHECK(has(end.err, "did you mean 'inputParameters'?"));
  CHECK(has(end.err, "did you mean 'retryCount'?"));
  CHECK(end.out.ends_with("0\n6\n6\n4\n"));
}

#include "tests/e2e/cli/cli_world.hpp"
#include "tools/tutti/exit_code.hpp"

// References, contexts, completion: what makes a shell comfortable.

using nlohmann::json;
using namespace tutti;
using test::cli_world;

namespace {

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != text.npos;
}

} // namespace

TEST_CASE_FIXTURE(cli_world, "a reference or a beginning stands for an id") {
  register_steps("ref");
  auto id = line("tutti workflow start ref");
  auto begin = id.substr(0, 13);
  CHECK(ask("tutti -o json workflow get " + begin)["workflowId"] == id);
  auto task = ask("tutti -o json task get " + begin + "/step");
  CHECK(task["referenceTaskName"] == "step");
  CHECK(sh("tutti task log " + id + "/step --add looked-into").exit_code == 0);
  CHECK(has(line("tutti task log " + id + "/step"), "looked-into"));
  CHECK(sh("tutti queue remove ref_step " + id + "/step").exit_code == 0);
  CHECK(sh("tutti queue return ref_step " + id + "/step").exit_code == 0);
  CHECK(sh("tutti task fail " + begin + " step").exit_code == 0);
  CHECK(sh("tutti workflow rerun " + begin + " --from-task step").exit_code
        == 0);
  auto again = ask("tutti -o json workflow get " + id);
  CHECK(again["status"] == "RUNNING");
  CHECK(again["tasks"][0]["taskId"] == task["taskId"]);
  CHECK(sh("tutti workflow rerun " + id + " --from-task nosuch").exit_code
        == cli::exit_not_found);
}

TEST_CASE_FIXTURE(cli_world, "a beginning that several have is a conflict") {
  register_steps("many");
  // Ids of the test: with so many, two begin alike in four characters only by
  // chance; with the node's own ids of one second they may. Either way the
  // answer is never one of several.
  auto end = sh(R"(
    for i in 1 2 3 4 5 6 7 8; do tutti workflow start many; done >$W/ids
    begin=$(head -1 $W/ids | cut -c1-4)
    tutti -q workflow get $begin >/dev/null 2>&1; code=$?
    [ $(grep -c "^$begin" $W/ids) = 1 ] && expected=0 || expected=5
    echo $code $expected)");
  CHECK((end.out == "0 0\n" || end.out == "5 5\n"));
  CHECK(sh("tutti workflow get abc").exit_code == cli::exit_not_found);
}

TEST_CASE_FIXTURE(cli_world, "skip, vars and decide are verbs") {
  auto end = sh(R"(set -e
    cat >$W/w.yaml <<'X'
name: steered
variables: {n: 1}
tasks:
- {name: a, taskReferenceName: a}
- {name: b, taskReferenceName: b}
X
    tutti workflow apply $W/w.yaml >/dev/null
    id=$(tutti workflow start steered)
    tutti workflow vars $id -o ndjson
    tutti workflow skip $id --task b --task-output '{"skipped": true}' -o name
    tutti workflow decide $id -o name
    tutti task complete $id a >/dev/null
    tutti workflow get $id -o json | jq -rc '.status, .tasks[1].status')");
  INFO(end.out, end.err);
  CHECK(end.exit_code == 0);
  CHECK(has(end.out, R"({"name":"n","value":1})"));
  CHECK(has(end.out, "COMPLETED\n"));
}

TEST_CASE_FIXTURE(cli_world, "execute waits, signal goes on, jump skips") {
  auto end = sh(R"(cat >$W/w.yaml <<'X'
name: asking
tasks:
- {name: q, taskReferenceName: q, type: YIELD}
- {name: a, taskReferenceName: a}
- {name: b, taskReferenceName: b}
X
    tutti workflow apply $W/w.yaml >/dev/null
    id=$(tutti workflow execute asking --return BLOCKING_TASK -o name); echo $?
    tutti workflow execute asking --until b --timeout 1s >/dev/null 2>&1
    echo $?
    tutti workflow signal $id --output-data '{"answer": 42}' -o csv
    tutti workflow vars $id --set n=7 --set name=Ada -o ndjson
    tutti -y workflow jump $id --to b >/dev/null; echo $?
    tutti task complete $id b >/dev/null
    tutti workflow get $id -o json | jq -r .status
    echo '{"name":"ends","tasks":[{"name":"t","taskReferenceName":"t",
      "type":"TERMINATE","inputParameters":{"terminationStatus":"FAILED"}}]}' \
      | tutti workflow apply - >/dev/null
    tutti -q workflow execute ends >/dev/null; echo $?)");
  INFO(end.out, end.err);
  CHECK(end.out.starts_with("0\n"));
  CHECK(has(end.out, "signalled"));
  CHECK(has(end.out, R"({"name":"n","value":7})"));
  CHECK(has(end.out, R"({"name":"name","value":"Ada"})"));
  CHECK(end.out.ends_with("0\nCOMPLETED\n8\n"));
}

TEST_CASE_FIXTURE(cli_world, "a dry run changes nothing") {
  register_steps("dry");
  auto id = line("tutti workflow start dry");
  for (auto* verb : {"terminate", "pause", "remove --for-good"}) {
    auto end = sh(std::string("tutti -o csv workflow ") + verb + " --dry-run "
                  + id + " </dev/null");
    CAPTURE(end.err);
    CHECK(end.exit_code == 0);
    CHECK(has(end.out, id + ",RUNNING,would "));
  }
  CHECK(sh("tutti -y workflow pause --dry-run nosuch").exit_code
        == cli::exit_not_found);
  CHECK(ask("tutti -o json workflow get " + id)["status"] == "RUNNING");
}

TEST_CASE_FIXTURE(cli_world, "schedules and searches know every format") {
  register_steps("timed");
  auto end = sh(R"(tutti schedule create nightly --workflow timed \
    --cron '0 0 3 * * *' -o name; tutti workflow start timed >/dev/null)");
  INFO(end.err);
  CHECK(end.out == "nightly\n");
  for (auto* words :
       {"schedule list", "schedule get nightly", "schedule next nightly",
        "schedule executions nightly", "search status=RUNNING",
        "search --of tasks", "search --only-count --facets status",
        "workflow list --query status=RUNNING", "index status"})
    for (auto* format :
         {"table", "wide", "json", "ndjson", "yaml", "csv", "name"}) {
      CAPTURE(words);
      CAPTURE(format);
      auto shown = sh(std::string("tutti -q -o ") + format + " " + words);
      CHECK(shown.exit_code == 0);
      CHECK(shown.err.empty());
    }
  CHECK(line("tutti -q schedule pause nightly -o csv")
        == "NAME,RESULT\r\nnightly,paused\r");
  CHECK(line("tutti -q search --only-count workflowType=timed") == "1");
  CHECK(has(line("tutti -q -o wide workflow list timed"), "CORRELATION"));
  CHECK(line("tutti -q -o wide workflow list timed | wc -l") == "2");
}

TEST_CASE_FIXTURE(cli_world, "queues that nobody knows are not found [D7]") {
  auto end = sh("tutti queue show nosuch");
  CHECK(end.exit_code == cli::exit_not_found);
  CHECK(end.out.empty());
  register_steps("known");
  CHECK(sh("tutti queue show known_step").exit_code == 0);
}

TEST_CASE_FIXTURE(cli_world, "what is with workers is known after a restart "
                             "of the node [D9]") {
  register_steps("held");
  ask("tutti -o json workflow start held");
  CHECK(ask("tutti -o json task poll held_step").size() == 1);
  auto with_workers = [&] {
    for (auto& x : ask("tutti -o json queue list"))
      if (x["queue"] == "held_step")
        return x["withWorkers"];
    return json();
  };
  CHECK(with_workers() == 1);
  node.stop();
  node.start();
  CHECK(with_workers() == 1);
}

// Pages of a few executions each; the node has many of the same millisecond.
TEST_CASE_FIXTURE(cli_world, "no execution is lost between two pages") {
  auto end = sh(R"(set -e
    echo '{"name":"quick","tasks":[{"name":"t","taskReferenceName":"t"}]}' \
      | tutti workflow apply - >/dev/null
    python3 - $TUTTI_URL <<'X'
import concurrent.futures, sys, urllib.request
def start(_):
    request = urllib.request.Request(sys.argv[1] + '/api/workflow/quick',
        data=b'{}', headers={'Content-Type': 'application/json'})
    urllib.request.urlopen(request).read()
with concurrent.futures.ThreadPoolExecutor(8) as pool:
    list(pool.map(start, range(200)))
X
    before=
    while true; do
      tutti workflow list quick --count 7 $before -o name 2>$W/err >>$W/pages
      next=$(sed -n 's/.*--before //p' $W/err)
      [ -n "$next" ] || break
      before="--before $next"
    done
    sort $W/pages | uniq | wc -l
    sort $W/pages | uniq -d | wc -l)");
  INFO(end.err);
  CHECK(end.out == "200\n0\n");
}

TEST_CASE_FIXTURE(cli_world, "a context stands for a server") {
  auto end = sh(R"(set -e
    url=$TUTTI_URL; unset TUTTI_URL
    tutti context set local --server $url -q >/dev/null
    tutti context set other --server 127.0.0.1:1 --key k -q >/dev/null
    tutti context list -o name
    tutti context show -o name
    tutti workflow list -q
    tutti context use other >/dev/null
    tutti workflow list -q >/dev/null 2>&1 || echo $?
    tutti --context local workflow list -q
    TUTTI_CONTEXT=local tutti workflow list -q
    TUTTI_URL=$url tutti workflow list -q
    tutti -s $url workflow list -q
    tutti context show -o json | jq -r .key
    tutti context delete other -q >/dev/null
    tutti context show 2>/dev/null || echo $?
    stat -c %a $TUTTI_CONFIG)");
  INFO(end.err);
  CHECK(end.exit_code == 0);
  std::string empty = "ID  WORKFLOW  VERSION  STATUS  STARTED\n";
  CHECK(end.out
        == "local\nother\nlocal\n" + empty + "10\n" + empty + empty + empty
               + empty + "***\n3\n600\n");
}

namespace {

/// What bash offers for a command line that ends with the cursor.
struct bash_world : cli_world {
  std::string tab(const std::string& typed) const {
    return line(R"(source <(tutti completion bash)
      COMP_LINE=')"
                + typed + R"('; COMP_POINT=${#COMP_LINE}
      # As bash itself would break it.
      COMP_WORDS=($(sed 's/[=:@]/ & /g' <<<"$COMP_LINE"))
      [[ $COMP_LINE == *' ' ]] && COMP_WORDS+=("")
      COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
      _tutti 2>/dev/null
      printf '%s\n' "${COMPREPLY[@]}")");
  }
};

} // namespace

TEST_CASE_FIXTURE(bash_world, "bash completes nouns, verbs and options") {
  CHECK(tab("tutti work") == "worker\nworkflow");
  CHECK(has(tab("tutti workflow re"), "rerun\n"));
  CHECK(tab("tutti workflow li") == "list");
  CHECK(has(tab("tutti workflow list --st"), "--status"));
  CHECK(has(tab("tutti workflow list --status "), "TIMED_OUT"));
  CHECK(has(tab("tutti workflow list --status=TER"), "TERMINATED"));
  CHECK(tab("tutti -o nd") == "ndjson");
  CHECK(tab("tutti workflow list -o c") == "csv");
  CHECK(tab("tutti fly ").empty());
  CHECK(tab("tutti docs exclus") == "exclusive-join");
}

TEST_CASE_FIXTURE(bash_world, "bash completes names that the node knows") {
  register_steps("greeting");
  CHECK(tab("tutti workflow start gr") == "greeting");
  CHECK(tab("tutti workflow list gree") == "greeting");
  CHECK(tab("tutti task poll gree") == "greeting_step");
  CHECK(tab("tutti definition get work") == "workflow/greeting");
  CHECK(tab("tutti definition delete task/greeting_step task/g")
        == "task/greeting_step");
  sh("tutti context set staging --server 127.0.0.1:1");
  CHECK(tab("tutti context use st") == "staging");
  CHECK(tab("tutti --context st") == "staging");
  // Names are those of the server that the line names; that one is not there.
  CHECK(tab("tutti --server 127.0.0.1:1 workflow start gr").empty());
}

TEST_CASE_FIXTURE(bash_world, "bash completes files where files are wanted") {
  sh("echo '{}' >$W/greet.json");
  auto folder_text = folder.path().string();
  CHECK(tab("tutti workflow apply " + folder_text + "/gre")
        == folder_text + "/greet.json");
}

TEST_CASE_FIXTURE(cli_world, "scripts for zsh and fish are whole") {
  for (auto* shell : {"zsh", "fish"}) {
    CAPTURE(shell);
    auto end = sh(std::string("tutti completion ") + shell
                  + " >$W/script; command -v " + shell
                  + " >/dev/null || exit 0; " + shell + " -n $W/script");
    CHECK(end.exit_code == 0);
    CHECK(end.err.empty());
    CHECK(has(line("cat $W/script"), "__complete"));
  }
}

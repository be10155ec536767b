#include "tests/e2e/cli/cli_world.hpp"
#include "tools/tutti/exit_code.hpp"

// Definitions: apply, diff, validate, export, import.

using nlohmann::json;
using namespace tutti;
using test::cli_world;

namespace {

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != text.npos;
}

struct definitions_world : cli_world {
  definitions_world() {
    sh(R"(mkdir -p $W/defs/inner $W/defs/.git
cat >$W/defs/all.yaml <<'X'
name: pack
retryCount: 2
---
name: order
description: sends an order
tasks:
- name: pack
  taskReferenceName: pack
  inputParameters: {item: "${workflow.input.item}"}
X
echo '[{"name":"ship","retryCount":0}]' >$W/defs/inner/ship.json
echo 'no definition' >$W/defs/.git/x.json
echo 'scenarios: []' >$W/defs/order.test.yaml
echo 'no definition' >$W/defs/README.md)");
  }
};

json results(const json& rows) {
  auto out = json::object();
  for (auto& x : rows)
    out[x["kind"].get<std::string>() + "/" + x["name"].get<std::string>()]
        = x["result"];
  return out;
}

} // namespace

TEST_CASE_FIXTURE(definitions_world,
                  "apply takes folders and documents, and says what is new") {
  auto first = ask("tutti -o json definition apply $W/defs");
  CHECK(results(first)
        == json{{"task/pack", "new"},
                {"task/ship", "new"},
                {"workflow/order", "new"}});
  auto again = ask("tutti -o json definition apply $W/defs");
  CHECK(results(again)
        == json{{"task/pack", "unchanged"},
                {"task/ship", "unchanged"},
                {"workflow/order", "unchanged"}});
}

TEST_CASE_FIXTURE(definitions_world, "apply tells changes field by field") {
  ask("tutti -o json definition apply $W/defs");
  auto changed = ask(R"(sed -i 's/retryCount: 2/retryCount: 3/
      s/workflow.input.item/workflow.input.sku/
      s/^description:.*//' $W/defs/all.yaml
    tutti -q -o json definition apply $W/defs/all.yaml --dry-run)");
  CHECK(results(changed)
        == json{{"task/pack", "changed"}, {"workflow/order", "changed"}});
  CHECK(changed[0]["changes"]
        == json::parse(R"([{"path": "retryCount", "from": 2, "to": 3}])"));
  CHECK(changed[1]["changes"] == json::parse(R"([
    {"path": "description", "from": "sends an order"},
    {"path": "tasks[pack].inputParameters.item",
     "from": "${workflow.input.item}", "to": "${workflow.input.sku}"}])"));
  // A dry run stores nothing.
  CHECK(sh("tutti definition diff $W/defs").exit_code == cli::exit_failed);
  auto shown = sh("tutti definition apply $W/defs");
  CHECK(shown.exit_code == 0);
  CHECK(has(shown.out, "  retryCount: 2 -> 3\n"));
  CHECK(has(shown.out, "  - description: \"sends an order\"\n"));
  auto same = sh("tutti definition diff $W/defs");
  CHECK(same.exit_code == 0);
  CHECK(same.out.empty());
}

TEST_CASE_FIXTURE(definitions_world, "when one is refused nothing is sent") {
  auto end = sh(R"(cat >>$W/defs/all.yaml <<'X'
---
name: broken
tasks:
- name: pack
  taskReferenceName: pack
  inputParameters: {item: "${nowhere.output.x}"}
X
    tutti -o json definition apply $W/defs)");
  CHECK(end.exit_code == cli::exit_invalid);
  CHECK(results(json::parse(end.out))
        == json{{"task/pack", "held back"},
                {"task/ship", "held back"},
                {"workflow/order", "held back"},
                {"workflow/broken", "refused"}});
  INFO(end.err);
  CHECK(has(end.err, "all.yaml:"));
  CHECK(has(end.err, "nowhere"));
  CHECK(ask("tutti -o json definition list") == json::array());
}

TEST_CASE_FIXTURE(cli_world, "broken files are told with line and column") {
  auto end = sh(R"(printf '{"name": "a",\n "tasks": [}\n' >$W/a.json
    printf 'name: a\ntasks: [\n' >$W/a.yaml
    for f in a.json a.yaml; do
      tutti definition validate $W/$f; echo $?
      tutti definition apply $W/$f; echo $?
      tutti workflow apply $W/$f; echo $?
    done)");
  CHECK(end.out == "6\n6\n6\n6\n6\n6\n");
  INFO(end.err);
  CHECK(has(end.err, "a.json:2:12: "));
  CHECK(has(end.err, "a.yaml:3:1: "));
}

TEST_CASE_FIXTURE(definitions_world, "validate names the place of what is "
                                     "wrong, with a node and without") {
  auto end = sh(R"(cat >$W/w.yaml <<'X'
name: w
tasks:
- name: a
  taskReferenceName: a
- name: b
  taskReferenceName: a
X
    tutti definition validate $W/w.yaml; echo $?
    TUTTI_URL=http://127.0.0.1:1 tutti definition validate --local $W/w.yaml
    echo $?
    TUTTI_URL=http://127.0.0.1:1 tutti definition validate --local $W/defs
    echo $?)");
  INFO(end.out, end.err);
  CHECK(has(end.out, "w.yaml:"));
  CHECK(has(end.out, "\n6\n"));
  CHECK(end.out.ends_with("\n0\n"));
}

TEST_CASE_FIXTURE(definitions_world, "what was exported is applied unchanged") {
  ask("tutti -o json definition apply $W/defs");
  sh("sed 's/^name: order/&\\nversion: 2/' $W/defs/all.yaml "
     "| tutti definition apply -");
  auto end = sh(R"(set -e
    tutti definition export >$W/all.yaml
    tutti definition export -o ndjson >$W/all.ndjson
    tutti definition export -o json >$W/all.json
    tutti definition export -d $W/out -q >/dev/null
    for from in all.yaml all.ndjson all.json out; do
      tutti -q -o csv definition apply $W/$from | cut -d, -f4 | sort | uniq -c
    done
    ls $W/out/*)");
  INFO(end.out, end.err);
  CHECK(end.exit_code == 0);
  for (size_t at = 0, n = 0; n < 4; ++n) {
    at = end.out.find("4 unchanged", at);
    REQUIRE(at != end.out.npos);
    ++at;
  }
  CHECK(has(end.out, "order.v1.yaml"));
  CHECK(has(end.out, "order.v2.yaml"));
}

TEST_CASE_FIXTURE(definitions_world, "definitions are listed, read, deleted") {
  ask("tutti -o json definition apply $W/defs");
  CHECK(line("tutti definition list -o name | sort")
        == "task/pack\ntask/ship\nworkflow/order@1");
  CHECK(line("tutti definition list --kind task -o name p") == "task/pack");
  CHECK(ask("tutti -o json definition get order")["name"] == "order");
  CHECK(has(line("tutti definition get workflow/order@1"), "name: order\n"));
  CHECK(sh("tutti definition get workflow/order@7").exit_code
        == cli::exit_not_found);
  CHECK(sh("tutti definition delete order </dev/null").exit_code
        == cli::exit_misused);
  CHECK(line("tutti definition delete order --dry-run -o name")
        == "workflow/order");
  CHECK(sh("tutti definition get order").exit_code == 0);
  CHECK(sh("tutti -y definition delete order task/ship").exit_code == 0);
  CHECK(line("tutti definition list -o name") == "task/pack");
  // Two of the same name.
  sh("echo '{\"name\":\"pack\",\"tasks\":[{\"name\":\"pack\","
     "\"taskReferenceName\":\"p\"}]}' | tutti workflow apply -");
  auto several = sh("tutti definition get pack");
  CHECK(several.exit_code == cli::exit_conflict);
  CHECK(has(several.err, "task/pack"));
  CHECK(has(several.err, "workflow/pack@1"));
}

TEST_CASE_FIXTURE(definitions_world,
                  "a whole server is taken over, after a dry run") {
  test::scratch_directory other_folder{"cli-other"};
  test::node_process other{other_folder.path() / "data", {}};
  other.start();
  auto from = other.base_url();
  sh("tutti -s " + from
     + " definition apply $W/defs; sed 's/^name: "
       "order/&\\nversion: 2/' $W/defs/all.yaml | tutti -s "
     + from + " definition apply -");
  auto dry = ask("tutti -o json import conductor --from " + from);
  CHECK(dry.size() == 4);
  for (auto& x : dry)
    CHECK(x["result"] == "new");
  CHECK(ask("tutti -o json definition list") == json::array());
  auto done = sh("tutti import conductor --yes --from " + from);
  CHECK(done.exit_code == 0);
  CHECK(has(done.err, "4 new"));
  CHECK(line("tutti definition list --all-versions -o name | sort")
        == "task/pack\ntask/ship\nworkflow/order@1\nworkflow/order@2");
  auto again = sh("tutti import conductor --yes --from " + from);
  CHECK(again.exit_code == 0);
  CHECK(has(again.err, "4 unchanged"));
}

TEST_CASE_FIXTURE(cli_world,
                  "an import says what is refused and does the rest") {
  auto end = sh(R"(cat >$W/dump.json <<'X'
{"workflowDefs": [
   {"name": "good", "tasks": [{"name": "t", "taskReferenceName": "t"}]},
   {"name": "bad", "tasks": []}],
 "taskDefs": [{"name": "t", "retryCount": 1}]}
X
    tutti -o json import conductor --from $W/dump.json --yes)");
  CHECK(end.exit_code == cli::exit_partly);
  INFO(end.out, end.err);
  CHECK(results(json::parse(end.out))
        == json{{"task/t", "new"},
                {"workflow/good", "new"},
                {"workflow/bad", "refused"}});
  CHECK(line("tutti definition list -o name | sort")
        == "task/t\nworkflow/good@1");
}

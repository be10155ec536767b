#include "tools/tutti/definitions/source.hpp"

#include <doctest/doctest.h>

using namespace tutti;
using namespace tutti::cli;
using nlohmann::json;

namespace source_test {

std::string names_in(std::string_view text, source_options how = {},
                     const std::string& file = "x.yaml") {
  auto all = definitions_in(text, file, how);
  if (!all)
    return all.failure().message;
  std::string out;
  for (auto& x : *all)
    out += (out.empty() ? "" : " ") + text_of(x.name());
  return out;
}

} // namespace source_test
using source_test::names_in;

TEST_CASE("a text holds one, a list, documents, or lists by kind") {
  CHECK(names_in("name: a\ntasks: []\n") == "workflow/a@1");
  CHECK(names_in("[{name: a, retryCount: 1}, {name: b, tasks: [], version: 3}]")
        == "task/a workflow/b@3");
  CHECK(names_in("---\nname: a\nretryCount: 1\n---\n---\nname: b\ntasks: []\n")
        == "task/a workflow/b@1");
  CHECK(names_in(R"({"name":"a","retryCount":1}
{"name":"b","retryCount":1}
)",
                 {}, "x.json")
        == "task/a task/b");
  CHECK(names_in(R"({"workflowDefs": [{"name": "w"}], "taskDefs": [{"name":
    "t"}], "schemas": [{"name": "s", "version": 2}], "schedules":
    [{"name": "c"}], "eventHandlers": [{"name": "e"}]})")
        == "schema/s@2 task/t workflow/w@1 event-handler/e schedule/c");
}

TEST_CASE("what may be anything needs a word, and gets it from the verb") {
  CHECK(names_in("name: a\n").find("x.yaml:1: 'a' may be anything")
        != std::string::npos);
  CHECK(names_in("name: a\n", {kind::task}) == "task/a");
  auto wrong = definitions_in("name: a\ntasks: []\n", "x.yaml", {kind::task});
  REQUIRE(!wrong);
  CHECK(wrong.failure().code == errc::conflict);
  CHECK(wrong.failure().message
        == "x.yaml:1: 'a' is the definition of a workflow, not of a task");
}

TEST_CASE("a mistake is told with its place") {
  CHECK(names_in("{\"name\": \"a\",\n \"tasks\": [}", {}, "x.json")
            .starts_with("x.json:2:12: "));
  CHECK(names_in("name: a\n b: c\n").starts_with("x.yaml:2:"));
  CHECK(names_in("{\"name\": 1}\n{\"name\": }\n", {}, "x.json")
            .starts_with("x.json:2:"));
  CHECK(names_in("- name: a\n  tasks: []\n- 3\n")
        == "x.yaml:3: a definition is an object, this is number");
  CHECK(names_in("- tasks: []\n").starts_with("x.yaml:1: a definition needs"));
}

TEST_CASE("a broken rule is found in the file that breaks it") {
  constexpr auto text = "- name: a\n"
                        "  retryCount: 1\n"
                        "- name: b\n"
                        "  tasks:\n"
                        "  - name: t\n"
                        "    taskReferenceName: r\n"
                        "    type: NO_SUCH\n";
  auto all = definitions_in(text, "x.yaml", {});
  REQUIRE(all);
  REQUIRE(all->size() == 2);
  auto& workflow = (*all)[1];
  CHECK(workflow.place() == "x.yaml:3: ");
  CHECK(workflow.place(pointer_of("registerWorkflowDef.arg0[0].tasks[0].type"))
        == "x.yaml:7: ");
  // JSON has places, too.
  auto one
      = definitions_in("{\n\"name\": \"a\",\n\"retryCount\": 1}", "x.json", {});
  REQUIRE(one);
  CHECK(one->front().place("/retryCount") == "x.json:3: ");
}

TEST_CASE("the path of a broken rule becomes a pointer") {
  CHECK(pointer_of("updateWorkflowDef.arg0[3].tasks[0].name")
        == "/tasks/0/name");
  CHECK(pointer_of("registerTaskDef.arg0.retryCount") == "/retryCount");
  CHECK(pointer_of("tasks[2]") == "/tasks/2");
  CHECK(pointer_of("name") == "/name");
  CHECK(pointer_of("").empty());
}

TEST_CASE("a name of a definition may have a kind and a version") {
  auto read = [](std::string_view text) {
    auto name = read_definition_name(text);
    return name ? text_of(*name) : "no";
  };
  CHECK(read("greet") == "greet");
  CHECK(read("workflow/greet@2") == "workflow/greet@2");
  CHECK(read("workflows/greet") == "workflow/greet");
  CHECK(read("team/greet") == "team/greet"); // a name with a slash
  CHECK(read("greet@x") == "no");
  CHECK(read("task/") == "no");
  CHECK(read("@2") == "@2");
}

TEST_CASE("defaults that are left out make no difference") {
  definition written{kind::task, json{{"name", "a"}}, nullptr, {}};
  definition answered = written;
  auto full = canonical(written);
  REQUIRE(full);
  answered.value = *full;
  answered.value["createTime"] = 5;
  answered.value["createdBy"] = "ada";
  CHECK(*canonical(answered) == *full);
  answered.value["retryCount"] = 7;
  CHECK(*canonical(answered) != *full);
}

#include "tools/tutti/change_log.hpp"

#include <doctest/doctest.h>

using namespace tutti::cli;
using nlohmann::json;

namespace change_log_test {

json row(const char* name, const char* type, const char* status, int64_t at,
         json planned = json::object()) {
  planned["type"] = type;
  planned["taskReferenceName"] = name;
  return {{"taskId", std::string("id-") + name},
          {"referenceTaskName", name},
          {"status", status},
          {"updateTime", at},
          {"workflowTask", planned}};
}

std::string told(change_log& log, const json& tasks, const char* status,
                 int64_t ended = 0) {
  std::string out;
  json workflow{{"workflowName", "w"},
                {"status", status},
                {"createTime", 1},
                {"endTime", ended},
                {"tasks", tasks}};
  for (auto& x : log.look(workflow))
    out += (out.empty() ? "" : " ") + x.at("name").get<std::string>() + ":"
           + x.at("status").get<std::string>();
  return out;
}

const json one_inside{{"loopOver", {{{"taskReferenceName", "t"}}}}};

} // namespace change_log_test
using change_log_test::row;
using change_log_test::told;

TEST_CASE("only changes are told, by time") {
  change_log log;
  CHECK(told(log, json::array({row("a", "SIMPLE", "SCHEDULED", 5)}), "RUNNING")
        == "w:RUNNING a:SCHEDULED");
  CHECK(told(log, json::array({row("a", "SIMPLE", "SCHEDULED", 5)}), "RUNNING")
            .empty());
  CHECK(told(log,
             {row("a", "SIMPLE", "COMPLETED", 9),
              row("b", "SIMPLE", "COMPLETED", 8)},
             "COMPLETED", 9)
        == "b:COMPLETED a:COMPLETED w:COMPLETED");
}

TEST_CASE("what holds others ends after them, though its row stands first") {
  change_log log;
  auto scope = json{{"tasks",
                     {{{"taskReferenceName", "t"}},
                      {{"taskReferenceName", "inner"},
                       {"loopOver", {{{"taskReferenceName", "u"}}}}}}}};
  auto inner = json{{"loopOver", {{{"taskReferenceName", "u"}}}}};
  CHECK(told(log,
             {row("s", "SCOPE", "COMPLETED", 9, scope),
              row("t", "SIMPLE", "COMPLETED", 3),
              row("inner", "DO_WHILE", "COMPLETED", 9, inner),
              row("u__1__2", "SIMPLE", "COMPLETED", 9),
              row("after", "SIMPLE", "SCHEDULED", 9)},
             "RUNNING")
        == "w:RUNNING t:COMPLETED u__1__2:COMPLETED inner:COMPLETED "
           "s:COMPLETED after:SCHEDULED");
}

TEST_CASE("a join ends after the branch that it waited for, before the next") {
  change_log log;
  CHECK(told(log,
             {row("f", "FORK_JOIN", "COMPLETED", 2),
              row("j", "JOIN", "COMPLETED", 9, {{"joinOn", {"a", "b"}}}),
              row("b", "SIMPLE", "COMPLETED", 7),
              row("a", "SIMPLE", "COMPLETED", 9),
              row("set", "SET_VARIABLE", "COMPLETED", 9)},
             "COMPLETED", 9)
        == "f:COMPLETED b:COMPLETED a:COMPLETED j:COMPLETED set:COMPLETED "
           "w:COMPLETED");
}

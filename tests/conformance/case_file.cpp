#include "tests/conformance/case_file.hpp"

#include "tests/conformance/steps.hpp"

#include <algorithm>
#include <fstream>
#include <set>
#include <stdexcept>

namespace tutti::conformance {

namespace {

constexpr auto owner = "conformance@example.org";

json full_task_list(const json& list);

json full_workflow_task(const json& given) {
  if (given.is_string())
    return full_workflow_task(json{{"taskReferenceName", given}});
  json task = given;
  if (!task.contains("type"))
    task["type"] = "SIMPLE";
  if (!task.contains("name") && task.contains("taskReferenceName"))
    task["name"] = task["taskReferenceName"].get<std::string>() + "%";
  for (const char* list : {"defaultCase", "loopOver", "compensate"})
    if (task.contains(list))
      task[list] = full_task_list(task[list]);
  if (task.contains("onError"))
    for (auto& handler : task["onError"])
      if (handler.contains("run"))
        handler["run"] = full_task_list(handler["run"]);
  if (task.contains("decisionCases"))
    for (auto& branch : task["decisionCases"])
      branch = full_task_list(branch);
  if (task.contains("forkTasks"))
    for (auto& branch : task["forkTasks"])
      branch = full_task_list(branch);
  if (task.contains("subWorkflowParam")) {
    auto& param = task["subWorkflowParam"];
    if (param.contains("workflowDefinition")
        && param["workflowDefinition"].is_object()) {
      const auto inner = param["workflowDefinition"];
      param["workflowDefinition"]
          = full_workflow_definition(inner.value("name", "inline%"), inner);
    }
  }
  return task;
}

json full_task_list(const json& list) {
  json out = json::array();
  for (const auto& task : list)
    out.push_back(full_workflow_task(task));
  return out;
}

test_case read_case(const json& given, const std::string& section,
                    const std::string& file) {
  static const std::set<std::string> known{
      "case",      "title",    "partial", "tasks",
      "workflows", "steps",    "note",    "not_with_restarts",
      "not_pure",  "per_node", "later"};
  for (const auto& [key, value] : given.items())
    if (!known.contains(key))
      throw std::runtime_error("unknown key '" + key + "'");
  test_case out;
  out.number = given.at("case").get<int>();
  out.title = given.at("title").get<std::string>();
  out.section = section;
  out.file = file;
  out.note = given.value("note", "");
  out.partial = given.value("partial", "");
  out.not_with_restarts = given.value("not_with_restarts", "");
  out.not_pure = given.value("not_pure", "");
  out.per_node = given.value("per_node", "");
  out.later = given.value("later", "");
  if (!out.later.empty()) {
    if (given.contains("steps"))
      throw std::runtime_error("a case for later has no steps");
    return out;
  }
  out.tasks = given.value("tasks", json::object());
  out.workflows = given.value("workflows", json::object());
  out.steps = given.at("steps");
  if (out.steps.empty())
    throw std::runtime_error("no steps");
  bool checks = false;
  for (const auto& step : out.steps)
    checks = check_step(step) || checks;
  if (!checks)
    throw std::runtime_error("no step can fail");
  return out;
}

void read_file(const std::filesystem::path& path,
               std::vector<test_case>& cases) {
  const auto name = path.filename().string();
  int number = 0;
  try {
    std::ifstream in{path};
    const auto file = json::parse(in, nullptr, true, true);
    const auto section = file.at("section").get<std::string>();
    for (const auto& given : file.at("cases")) {
      number = given.value("case", 0);
      cases.push_back(read_case(given, section, name));
    }
  } catch (const std::exception& e) {
    throw std::runtime_error(name + ", case " + std::to_string(number) + ": "
                             + e.what());
  }
}

} // namespace

std::vector<test_case> load_cases(const std::filesystem::path& folder) {
  std::vector<test_case> cases;
  for (const auto& entry : std::filesystem::directory_iterator{folder})
    if (entry.path().extension() == ".json")
      read_file(entry.path(), cases);
  std::sort(cases.begin(), cases.end(),
            [](const auto& a, const auto& b) { return a.number < b.number; });
  for (size_t i = 1; i < cases.size(); ++i)
    if (cases[i].number == cases[i - 1].number)
      throw std::runtime_error("case " + std::to_string(cases[i].number)
                               + " is there twice");
  return cases;
}

json full_task_definition(const std::string& name, const json& given) {
  json out{{"name", name + "%"},
           {"ownerEmail", owner},
           {"retryCount", 0},
           {"retryDelaySeconds", 0},
           {"timeoutSeconds", 120},
           {"responseTimeoutSeconds", 120},
           {"timeoutPolicy", "TIME_OUT_WF"}};
  out.update(given);
  return out;
}

json full_workflow_definition(const std::string& name, const json& given) {
  json out{{"name", name},
           {"version", 1},
           {"schemaVersion", 2},
           {"ownerEmail", owner},
           {"timeoutSeconds", 0}};
  out.update(given);
  if (out.contains("tasks"))
    out["tasks"] = full_task_list(out["tasks"]);
  return out;
}

void collect_workers(const json& definition, std::vector<std::string>& names) {
  if (definition.is_array()) {
    for (const auto& part : definition)
      collect_workers(part, names);
    return;
  }
  if (!definition.is_object())
    return;
  if (definition.contains("taskReferenceName")
      && definition.value("type", "") == "SIMPLE"
      && definition.contains("name"))
    names.push_back(definition["name"].get<std::string>());
  for (const char* part : {"tasks", "decisionCases", "defaultCase", "forkTasks",
                           "loopOver", "onError", "run", "compensate",
                           "subWorkflowParam", "workflowDefinition"})
    if (const auto at = definition.find(part); at != definition.end()) {
      if (std::string_view{part} == "decisionCases") {
        for (const auto& branch : *at)
          collect_workers(branch, names);
      } else {
        collect_workers(*at, names);
      }
    }
}

} // namespace tutti::conformance

#include "tests/reference/expressions.hpp"
#include "tests/reference/model.hpp"

namespace tutti::reference {

/// reference:fork-join-dynamic: branch tasks and what is laid over their
/// inputs.
std::vector<std::pair<json, json>>
model::dynamic_branches(execution& w, const json& task, const json& input) {
  auto bad = [](const std::string& why) { return ending{"FAILED", why, ""}; };
  std::vector<std::pair<json, json>> out;
  if (auto& items = at(input, "forkTaskInputs"); items.is_array()) {
    auto type = text_at(input, "forkTaskType", "SIMPLE");
    auto child = text_at(input, "forkTaskWorkflow");
    auto ref = text_at(task, "taskReferenceName");
    auto name = text_at(input, "forkTaskName",
                        !child.empty()     ? child.c_str()
                        : type == "SIMPLE" ? ref.c_str()
                                           : type.c_str());
    bool another = false;
    for (auto* list : {&w.rows, &w.making})
      for (auto& t : *list)
        another = another
                  || (t->type == "FORK"
                      && text_at(t->task, "type") == "FORK_JOIN_DYNAMIC");
    for (size_t i = 0; i < items.size(); ++i) {
      auto of_branch
          = (another ? "_" + ref : "") + "_" + name + "_" + std::to_string(i);
      json branch{{"name", name},
                  {"taskReferenceName", of_branch},
                  {"type", child.empty() ? type : "SUB_WORKFLOW"}};
      if (!child.empty())
        branch["subWorkflowParam"] = {
            {"name", child}, {"version", at(input, "forkTaskWorkflowVersion")}};
      if (flag_at(task, "optional"))
        branch["optional"] = true;
      auto given = items[i].is_object() ? items[i] : json{{"input", items[i]}};
      given["__index"] = i;
      out.emplace_back(std::move(branch), std::move(given));
    }
    return out;
  }
  if (task.contains("dynamicForkTasksParam")) {
    auto param = text_at(task, "dynamicForkTasksParam");
    auto& tasks = at(input, param.c_str());
    auto& inputs
        = at(input, text_at(task, "dynamicForkTasksInputParamName").c_str());
    if (!tasks.is_array())
      throw bad("Input '" + param + "' is invalid*");
    for (auto& x : tasks)
      if (text_at(x, "taskReferenceName").empty())
        throw bad("Input '" + param + "' is invalid*");
    if (!inputs.is_object())
      throw bad("*");
    for (auto& x : tasks) {
      auto& own = at(inputs, text_at(x, "taskReferenceName").c_str());
      if (!own.is_null() && !own.is_object())
        throw bad("*");
      out.emplace_back(x, own.is_null() ? json::object() : own);
    }
    return out;
  }
  auto& all = at(input, text_at(task, "dynamicForkJoinTasksParam").c_str());
  if (!all.is_object() || !at(all, "dynamicTasks").is_array())
    throw bad("*");
  for (auto& x : at(all, "dynamicTasks")) {
    if (text_at(x, "taskName").empty() || text_at(x, "referenceName").empty())
      throw bad("*");
    json branch{{"name", at(x, "taskName")},
                {"taskReferenceName", at(x, "referenceName")},
                {"type", text_at(x, "type", "SIMPLE")}};
    auto& own = at(x, "input");
    out.emplace_back(std::move(branch), own.is_object() ? own : json::object());
  }
  return out;
}

void model::map_dynamic_fork(execution& w, const json& task,
                             const position& where,
                             std::vector<row_pointer>& out) {
  auto t = new_row(w, task, where, "FORK", "FORK");
  auto input = task_input(w, task, *t, false);
  t->started = t->ended = now;
  t->status = "COMPLETED";
  auto branches = dynamic_branches(w, task, input);
  t->input = input;
  made(w, out, t);
  auto refs = json::array(), shown = json::array();
  std::vector<row_pointer> rows;
  for (auto& [branch, given] : branches) {
    // Unregistered: no definition at all, so no retries and no limits.
    auto it = tasks_.find(text_at(branch, "name"));
    if (!branch.contains("taskDefinition") && it != tasks_.end())
      branch["taskDefinition"] = it->second;
    auto ref = text_at(branch, "taskReferenceName");
    auto full = ref + where.suffix;
    for (auto& x : w.rows)
      if (x->ref == full)
        throw ending{"FAILED", "*" + ref + "*", ""};
    for (auto& x : rows)
      if (x->ref == full)
        throw ending{"FAILED", "*" + ref + "*", ""};
    refs.push_back(ref);
    shown.push_back(full);
    auto first = rows.size();
    auto in_branch = where;
    in_branch.fork = because_ = t->id;
    map_task(w, branch, in_branch, rows);
    auto& own = rows[first]->type == "SUB_WORKFLOW"
                    ? rows[first]->input["workflowInput"]
                    : rows[first]->input;
    own.update(given);
  }
  t->input["forkedTasks"] = shown;
  out.insert(out.end(), rows.begin(), rows.end());
  because_ = t->id;
  auto* join = follower(w, text_at(task, "taskReferenceName"));
  if (!join || text_at(*join, "type") != "JOIN")
    throw ending{"FAILED", "*", ""};
  if (!skip_order(w, *join, where))
    made(w, out, map_join(w, *join, where, refs));
}

} // namespace tutti::reference

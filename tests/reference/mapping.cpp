#include "tests/reference/expressions.hpp"
#include "tests/reference/model.hpp"

#include <algorithm>
#include <utility>

namespace tutti::reference {

/// The rows for a task of the definition; none for references that exist.
std::vector<row_pointer> model::rows_for(execution& w, const json& task,
                                         const position& where) {
  std::vector<row_pointer> out;
  map_task(w, task, where, out);
  auto exists = [&](auto& t) {
    return std::any_of(w.rows.begin(), w.rows.end(), [&](auto& x) {
      return x->ref == t->ref && x->status != "SCHEDULED";
    });
  };
  std::erase_if(out, exists);
  std::erase_if(w.making, exists);
  return out;
}

void model::made(execution& w, std::vector<row_pointer>& out,
                 const row_pointer& t) {
  out.push_back(t);
  w.making.push_back(t);
}

row_pointer model::new_row(execution&, const json& task, const position& where,
                           const std::string& type, const std::string& name) {
  auto t = std::make_shared<row>();
  t->id = next_id_.empty() ? "task-" + std::to_string(++ids_) : next_id_;
  next_id_.clear();
  t->because = because_;
  t->ref = text_at(task, "taskReferenceName") + where.suffix;
  t->type = type;
  t->name = name;
  t->status = "SCHEDULED";
  t->task = task;
  t->where = where;
  t->iteration = where.number;
  t->scheduled = t->updated = now;
  return t;
}

/// reference:task-definition#input-template
json model::task_input(execution& w, const json& task, const row& t,
                       bool with_template) {
  if (auto given = std::exchange(next_input_, std::nullopt))
    return *given;
  static const std::vector<std::string> without{
      "DECISION",       "SWITCH",         "FORK_JOIN", "FORK_JOIN_DYNAMIC",
      "JOIN",           "EXCLUSIVE_JOIN", "EVENT",     "WAIT",
      "HUMAN",          "TERMINATE",      "NOOP",      "SET_VARIABLE",
      "START_WORKFLOW", "SUB_WORKFLOW"};
  auto input = at(task, "inputParameters").is_object()
                   ? at(task, "inputParameters")
                   : json::object();
  auto type = text_at(task, "type", "SIMPLE");
  json given = at(at(task, "taskDefinition"), "inputTemplate");
  if (!with_template || !given.is_object()
      || std::count(without.begin(), without.end(), type))
    given = json::object();
  for (auto& [key, value] : given.items())
    if (!input.contains(key))
      input[key] = value;
  input = substitute(input, w, &t);
  for (auto& [key, value] : given.items())
    if (input[key].is_null())
      input[key] = value;
  return input;
}

void model::map_task(execution& w, const json& task, const position& where,
                     std::vector<row_pointer>& out) {
  auto type = text_at(task, "type", "SIMPLE");
  auto name = text_at(task, "name");
  if (type == "SWITCH" || type == "DECISION")
    return map_switch(w, task, where, out);
  if (type == "FORK_JOIN")
    return map_fork(w, task, where, out);
  if (type == "FORK_JOIN_DYNAMIC")
    return map_dynamic_fork(w, task, where, out);
  if (type == "SCOPE")
    return map_scope(w, task, where, out);
  if (type == "JOIN") {
    return made(w, out, map_join(w, task, where, at(task, "joinOn")));
  }
  auto t = new_row(w, task, where, type == "SIMPLE" ? name : type, name);
  if (type == "EXCLUSIVE_JOIN")
    t->name = type;
  if (type == "SUB_WORKFLOW")
    map_child(w, task, *t);
  else if (type == "EXCLUSIVE_JOIN")
    for (auto key : {"joinOn", "defaultExclusiveJoinTask"}) {
      t->input[key] = json::array();
      for (auto& ref : at(task, key))
        t->input[key].push_back(ref.get<std::string>() + where.suffix);
    }
  else
    t->input = task_input(w, task, *t, true);
  if (type == "DYNAMIC") {
    auto& chosen = at(t->input, text_at(task, "dynamicTaskNameParam").c_str());
    if (chosen.is_null())
      throw ending{"FAILED", "*", ""};
    t->type = t->name = java_text(chosen);
    t->task["name"] = t->name;
    if (!t->task.contains("taskDefinition")) {
      auto it = tasks_.find(t->name);
      t->task["taskDefinition"]
          = it != tasks_.end() ? it->second : json{{"retryCount", 0}};
    }
    t->input = task_input(w, t->task, *t, true);
  }
  static const std::vector<std::string> born_open{"EXCLUSIVE_JOIN",
                                                  "DO_WHILE",
                                                  "FOR_EACH",
                                                  "GOTO",
                                                  "WAIT",
                                                  "HUMAN",
                                                  "LAMBDA",
                                                  "INLINE",
                                                  "NOOP",
                                                  "TERMINATE",
                                                  "SET_VARIABLE",
                                                  "JSON_JQ_TRANSFORM",
                                                  "PULL_WORKFLOW_MESSAGES"};
  if (std::count(born_open.begin(), born_open.end(), type)) {
    t->status = "IN_PROGRESS";
    t->started = now;
  }
  if (type == "WAIT")
    born_waiting(*t, t->input);
  if (is_loop(*t)) {
    t->iteration = 0;
    t->output = loop_output(w, *t);
    if (type == "FOR_EACH" && number_at(t->input, "maxParallel") < 1)
      t->input["maxParallel"] = 10;
    if (task.contains("items") || type == "FOR_EACH") {
      // Read once; what is no list fails for good (reference:do-while).
      t->input["_items"] = substitute(at(task, "items"), w, t.get());
      if (!t->input["_items"].is_array())
        finish(*t, "FAILED_WITH_TERMINAL_ERROR", "*are not a list*");
    }
  }
  if (type == "EVENT")
    t->input["sink"] = at(task, "sink");
  if (type == "EVENT" || type == "HTTP" || type == "KAFKA_PUBLISH")
    t->input["asyncComplete"] = flag_at(task, "asyncComplete");
  // reference:workflow-task#fields
  auto delay = number_at(task, "startDelay");
  if (is_queued(*t) || type == "SUB_WORKFLOW" || type == "START_WORKFLOW")
    t->callback = delay;
  if (type == "SIMPLE" || type == "DYNAMIC")
    t->start_delay = delay;
  t->child_at = now + t->callback * 1000;
  made(w, out, t);
}

/// reference:wait; the generator writes seconds, or an `until` long past.
void model::born_waiting(row& t, const json& input) {
  auto duration = at(input, "duration"), until = at(input, "until");
  if (!duration.is_null() && !until.is_null())
    finish(t, "FAILED_WITH_TERMINAL_ERROR",
           "Both 'duration' and 'until' specified. Please provide only one "
           "input");
  else if (!duration.is_null())
    t.target = now + std::stoll(duration.get<std::string>()) * 1000;
  else if (!until.is_null())
    t.target = 1;
}

/// reference:decision, reference:switch
void model::map_switch(execution& w, const json& task, const position& where,
                       std::vector<row_pointer>& out) {
  bool decision = text_at(task, "type") == "DECISION";
  auto type = decision ? "DECISION" : "SWITCH";
  auto evaluator = text_at(task, "evaluatorType");
  if (!decision && evaluator != "value-param" && evaluator != "javascript"
      && evaluator != "graaljs")
    throw ending{"FAILED", "No evaluator registered for type: " + evaluator,
                 ""};
  auto t = new_row(w, task, where, type, type);
  auto input = task_input(w, task, *t, false);
  t->started = now;
  t->status = "IN_PROGRESS";
  std::optional<json> value;
  if (decision && task.contains("caseExpression")) {
    value = programs.run(text_at(task, "caseExpression"), input);
    if (!value)
      throw ending{"FAILED",
                   "Error while evaluating script: "
                       + text_at(task, "caseExpression"),
                   ""};
  } else if (decision) {
    value = at(input, text_at(task, "caseValueParam").c_str());
  } else if (evaluator == "value-param") {
    value = at(input, text_at(task, "expression").c_str());
  } else {
    value = programs.run(text_at(task, "expression"), input);
  }
  if (!decision)
    t->input = input;
  if (!value) {
    finish(*t, "FAILED", "*");
    return made(w, out, t);
  }
  auto chosen = java_text(*value);
  t->input["case"] = chosen;
  if (decision) {
    t->output = {{"caseOutput", {chosen}}};
  } else {
    t->output = {{"evaluationResult", {chosen}}, {"selectedCase", chosen}};
  }
  json branch = at(at(task, "decisionCases"), chosen.c_str());
  if (branch.is_null() || (decision && branch.empty()))
    branch = at(task, "defaultCase");
  if (branch.is_array() && !branch.empty())
    t->input["hasChildren"] = "true";
  finish(*t, "COMPLETED");
  made(w, out, t);
  because_ = t->id;
  if (auto* first = first_of(w, branch, where, out)) {
    t->branches = true;
    map_task(w, *first, where, out);
  }
}

/// reference:fork-join
void model::map_fork(execution& w, const json& task, const position& where,
                     std::vector<row_pointer>& out) {
  auto t = new_row(w, task, where, "FORK", "FORK");
  t->input = task_input(w, task, *t, false);
  t->started = t->ended = now;
  t->status = "COMPLETED";
  made(w, out, t);
  auto in_branch = where;
  in_branch.fork = because_ = t->id;
  for (auto& branch : task["forkTasks"])
    if (auto* first = first_of(w, branch, in_branch, out)) {
      map_task(w, *first, in_branch, out);
      because_ = t->id;
    }
  auto* join = follower(w, text_at(task, "taskReferenceName"));
  if (!join || text_at(*join, "type") != "JOIN")
    throw ending{"FAILED", "*", ""};
  if (!skip_order(w, *join, where))
    made(w, out, map_join(w, *join, where, at(*join, "joinOn")));
}

row_pointer model::map_join(execution& w, const json& task,
                            const position& where, json join_on) {
  auto t = new_row(w, task, where, "JOIN", "JOIN");
  if (join_on.is_null())
    join_on = json::array();
  for (auto& ref : join_on)
    ref = ref.get<std::string>() + where.suffix;
  t->input = {{"joinOn", std::move(join_on)}};
  t->status = "IN_PROGRESS";
  t->started = now;
  return t;
}

} // namespace tutti::reference

#include "messages/model/validation_rules.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <map>

namespace tutti {

namespace task_rules {

struct subject {
  violations& out;
  const workflow_task& x;
  const std::string& path;
  const validation_settings& settings;

  void broken(std::string message) const {
    out.add(path, x.type + " task '" + x.reference_name + "': " + message);
  }
  void required(bool present, std::string_view field) const {
    if (!present)
      broken(std::string(field) + " is required");
  }
  bool has_input(const char* key) const {
    return x.input_parameters.json().contains(key);
  }
  bool has_template(const char* key) const {
    auto def = x.definition || !settings.registered
                   ? x.definition
                   : settings.registered(x.name);
    return def && def->input_template.json().contains(key);
  }
  /// The text of an input; other values as they are written.
  std::string input(const char* key) const {
    auto& all = x.input_parameters.json();
    auto found = all.find(key);
    if (found == all.end() || found->is_null())
      return {};
    return found->is_string() ? found->get<std::string>() : to_text(*found);
  }
};

void has_cases(const subject& s) {
  if (s.x.decision_cases.empty())
    s.broken("decisionCases needs at least one case");
}

void decision(const subject& s) {
  if (s.x.case_value_param.empty() && s.x.case_expression.empty())
    s.broken("caseValueParam or caseExpression is required");
  has_cases(s);
}

void switch_task(const subject& s) {
  if (s.x.evaluator_type.empty())
    s.broken("evaluatorType is required");
  else if (s.x.expression.empty())
    s.broken("expression is required");
  has_cases(s);
}

void event(const subject& s) { s.required(!s.x.sink.empty(), "sink"); }

void dynamic(const subject& s) {
  s.required(!s.x.dynamic_task_name_param.empty(), "dynamicTaskNameParam");
}

void fork(const subject& s) {
  if (s.x.fork_tasks.empty())
    s.broken("forkTasks needs at least one branch");
}

void dynamic_fork(const subject& s) {
  if (s.has_input("forkTaskInputs"))
    return;
  bool has_tasks = !s.x.dynamic_fork_tasks_param.empty();
  bool has_inputs = !s.x.dynamic_fork_tasks_input_param_name.empty();
  if (!s.x.dynamic_fork_join_tasks_param.empty()) {
    if (has_tasks || has_inputs)
      s.broken("dynamicForkJoinTasksParam excludes dynamicForkTasksParam and "
               "dynamicForkTasksInputParamName");
    return;
  }
  s.required(has_tasks, "dynamicForkTasksParam");
  s.required(has_inputs, "dynamicForkTasksInputParamName");
}

void join(const subject& s) {
  const std::string& status = s.x.join_status;
  if (!status.empty() && status != "COMPLETED"
      && status != "COMPLETED_WITH_ERRORS" && status != "TERMINAL")
    s.broken("joinStatus '" + status
             + "' must be COMPLETED, COMPLETED_WITH_ERRORS or TERMINAL");
}

void http(const subject& s) {
  if (!s.has_input("http_request") && !s.has_input("uri")
      && !s.has_input("method") && !s.has_template("http_request"))
    s.broken("inputParameters needs http_request, or uri and method");
}

void kafka(const subject& s) {
  if (!s.has_input("kafka_request") && !s.has_template("kafka_request"))
    s.broken("inputParameters needs kafka_request");
}

void jq(const subject& s) {
  if (!s.has_input("queryExpression") && !s.has_template("queryExpression"))
    s.broken("inputParameters needs queryExpression");
}

void terminate(const subject& s) {
  if (s.x.optional)
    s.broken("a TERMINATE task cannot be optional");
  auto status = s.input("terminationStatus");
  if (status != "COMPLETED" && status != "FAILED" && status != "TERMINATED")
    s.broken("inputParameters.terminationStatus must be COMPLETED, FAILED or "
             "TERMINATED");
}

void loop(const subject& s) {
  // A loop over a list ends with its list, so it may go without a condition.
  bool has_items = !s.x.items.empty() || s.has_input("_items");
  s.required(has_items || !s.x.loop_condition.empty(), "loopCondition");
  s.required(!s.x.loop_over.empty(), "loopOver");
}

void for_each(const subject& s) {
  s.required(!s.x.items.empty() || s.has_input("_items"), "items");
  s.required(!s.x.loop_over.empty(), "loopOver");
  auto parallel = s.input("maxParallel");
  bool number = parallel.find_first_not_of("0123456789") == parallel.npos;
  if (!number && parallel.substr(0, 2) != "${")
    s.broken("maxParallel must be a number that is not negative");
}

void scope(const subject& s) {
  s.required(!s.x.loop_over.empty(), "loopOver");
  for (auto& handler : s.x.on_error)
    if (handler.then_fail && handler.then != error_resolution::compensate)
      s.broken("thenFail belongs to a handler that says COMPENSATE");
}

void goto_task(const subject& s) {
  s.required(s.has_input("target"), "inputParameters.target");
  auto most = s.x.input_parameters.json().find("maxJumps");
  if (most != s.x.input_parameters.json().end() && !most->is_string()
      && (!most->is_number_integer() || most->get<int64_t>() < 1))
    s.broken("maxJumps must be a whole number from 1 on");
}

void sub_workflow(const subject& s) {
  s.required(s.x.sub_workflow.has_value(), "subWorkflowParam");
}

bool is_blank(std::string_view text) {
  return text.find_first_not_of(" \t\r\n") == std::string_view::npos;
}

void wait(const subject& s) {
  auto duration = s.input("duration"), until = s.input("until");
  if (!is_blank(duration) && !is_blank(until)) {
    s.broken("only one of duration and until may be given");
    return;
  }
  auto is_expression
      = [](std::string_view text) { return text.substr(0, 2) == "${"; };
  if (!is_blank(duration) && !is_expression(duration)
      && !parse_duration_ms(duration))
    s.broken("duration '" + duration
             + "' is not of the form '1 days 2 hours 3 mins 4 secs'");
  if (!is_blank(until) && !is_expression(until) && !parse_until_ms(until))
    s.broken("until '" + until
             + "' is not of the form 'yyyy-MM-dd', 'yyyy-MM-dd HH:mm' or "
               "'yyyy-MM-dd HH:mm z'");
}

using rule = void (*)(const subject&);

const std::map<std::string_view, rule> by_type = {
    {"DECISION", decision},
    {"DO_WHILE", loop},
    {"DYNAMIC", dynamic},
    {"EVENT", event},
    {"FOR_EACH", for_each},
    {"GOTO", goto_task},
    {"SCOPE", scope},
    {"FORK_JOIN", fork},
    {"FORK_JOIN_DYNAMIC", dynamic_fork},
    {"HTTP", http},
    {"JOIN", join},
    {"JSON_JQ_TRANSFORM", jq},
    {"KAFKA_PUBLISH", kafka},
    {"SUB_WORKFLOW", sub_workflow},
    {"SWITCH", switch_task},
    {"TERMINATE", terminate},
    {"WAIT", wait},
};

} // namespace task_rules

namespace task_rules {

constexpr std::string_view state_changes[]
    = {"onScheduled", "onStart", "onSuccess", "onFailed", "onCancelled"};

void state_change(const subject& s) {
  for (auto& [name, events] : s.x.on_state_change) {
    if (std::find(std::begin(state_changes), std::end(state_changes), name)
        == std::end(state_changes))
      s.broken("onStateChange '" + name
               + "' must be onScheduled, onStart, onSuccess, onFailed or "
                 "onCancelled");
    for (auto& event : events)
      if (event.type.empty())
        s.broken("onStateChange '" + name + "' needs the type of its event");
  }
}

} // namespace task_rules

void check_task(violations& out, const workflow_task& x,
                const std::string& path, const validation_settings& settings) {
  out.not_empty(path, "name", x.name, "the task needs a name");
  out.not_empty(path, "taskReferenceName", x.reference_name,
                "task '" + x.name + "' needs a taskReferenceName");
  out.not_empty(path, "type", x.type,
                "task '" + x.reference_name + "' needs a type");
  out.at_least(path, "startDelay", x.start_delay_seconds, 0);
  task_rules::state_change({out, x, path, settings});
  if (!x.on_error.empty() && x.type != "SCOPE")
    out.add(path + ".onError",
            "task '" + x.reference_name + "': onError belongs to a SCOPE");
  auto rule = task_rules::by_type.find(x.type);
  if (rule != task_rules::by_type.end())
    rule->second({out, x, path, settings});
}

} // namespace tutti

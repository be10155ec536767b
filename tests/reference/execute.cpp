#include "tests/reference/expressions.hpp"
#include "tests/reference/model.hpp"

namespace tutti::reference {

void model::finish(row& t, const std::string& status,
                   const std::string& reason) {
  t.status = status;
  if (!reason.empty() || status == "COMPLETED")
    t.reason = reason;
  t.updated = t.ended = now;
  t.visible_at = 0;
}

/// Executes an open system task once; true when something changed.
bool model::execute(execution& w, row& t) {
  if (t.status == "SCHEDULED" && now < t.child_at)
    return false;
  if (is_loop(t) || t.type == "EXCLUSIVE_JOIN" || t.type == "SCOPE")
    return false; // after everything else
  begin_at_once(t);
  if (t.type == "GOTO")
    return execute_goto(w, t);
  if (t.type == "TERMINATE")
    return execute_terminate(t);
  if (t.type == "LAMBDA" || t.type == "INLINE" || t.type == "JSON_JQ_TRANSFORM")
    return execute_script(t);
  if (t.type == "PULL_WORKFLOW_MESSAGES")
    return execute_pull(w, t);
  if (t.type == "SUB_WORKFLOW" || t.type == "START_WORKFLOW") {
    if (t.status == "SCHEDULED" && !t.child_asked && now >= t.child_at) {
      t.child_asked = true;
      if (t.type == "SUB_WORKFLOW"
          && !at(t.input, "subWorkflowName").is_string()) {
        finish(t, "FAILED", "*");
        return true;
      }
      if (t.type == "START_WORKFLOW"
          && !at(t.input, "startWorkflow").is_object()) {
        finish(t, "FAILED", "*");
        return true;
      }
      t.started = now;
      t.asked_in = w.version;
      post([this, parent = w.id, task = t.id] { start_child(parent, task); });
    }
    return false;
  }
  // These begin when the retry delay has passed.
  if ((t.type == "WAIT" || t.type == "HUMAN") && t.status == "SCHEDULED") {
    if (now < t.child_at)
      return false;
    begin_waiting(t);
    return true;
  }
  if (t.type == "WAIT") {
    if (t.status != "IN_PROGRESS" || t.target == 0 || now < t.target)
      return false;
    finish(t, "COMPLETED");
    return true;
  }
  if (t.type == "HUMAN")
    return false;
  if (t.type == "SET_VARIABLE")
    for (auto& [key, value] : t.input.items())
      w.variables[key] = value;
  if (t.type == "EVENT")
    return execute_event(w, t);
  finish(t, "COMPLETED"); // SWITCH, DECISION, NOOP, SET_VARIABLE
  return true;
}

/// reference:execution#order: what runs inside the decision begins when it is
/// executed.
void model::begin_at_once(row& t) {
  static const std::set<std::string> types{
      "TERMINATE", "LAMBDA",
      "INLINE",    "JSON_JQ_TRANSFORM",
      "NOOP",      "PULL_WORKFLOW_MESSAGES",
      "GOTO",      "SET_VARIABLE"};
  if (t.status != "SCHEDULED" || types.count(t.type) == 0)
    return;
  t.status = "IN_PROGRESS";
  t.started = t.updated = now;
}

void model::begin_waiting(row& t) {
  t.status = "IN_PROGRESS";
  t.started = t.updated = now;
  if (t.type == "WAIT")
    born_waiting(t, t.input);
}

json model::visible_output(const execution& w, const row& t) {
  if (is_loop(t) && t.status != "COMPLETED")
    return loop_output(w, t);
  return is_open(t) && t.type == "JOIN" ? joined_output(w, t) : t.output;
}

json model::joined_output(const execution& w, const row& t) {
  auto out = json::object();
  for (auto& ref : t.input["joinOn"])
    if (auto* x = w.latest(ref.get<std::string>()))
      if (auto shown = visible_output(w, *x); !shown.empty())
        out[ref.get<std::string>()] = shown;
  return out;
}

namespace execute_detail {

struct verdict {
  row* join;
  std::string status, reason;
};

/// reference:join#waiting: how the JOIN ends now, if it does.
std::optional<verdict> judge(const execution& w, row& t) {
  bool all = true, errors = false, hard = false;
  auto wanted = text_at(t.task, "joinStatus");
  std::string reasons;
  for (auto& ref : t.input["joinOn"]) {
    auto* x = w.by_ref(ref.get<std::string>());
    all = all && x && is_terminal(*x);
    if (!x || !failed(*x) || x->retried) // or superseded by a SCOPE
      continue;
    reasons += (reasons.empty() ? "" : " ") + x->reason;
    hard = hard || (x->status != "CANCELED" && !flag_at(x->task, "optional"));
  }
  for (auto& ref : t.input["joinOn"]) {
    auto* x = w.by_ref(ref.get<std::string>());
    if (!x)
      continue;
    bool optional = flag_at(x->task, "optional");
    if (wanted != "TERMINAL" && failed(*x) && !x->retried && !optional
        && (!flag_at(x->task, "permissive") || all)) {
      return verdict{&t, hard ? "FAILED" : "CANCELED", reasons};
    }
    errors = errors || (optional && x->status == "COMPLETED_WITH_ERRORS");
  }
  if (!all)
    return std::nullopt;
  if (wanted == "TERMINAL")
    return verdict{&t, "COMPLETED", ""};
  if (wanted == "COMPLETED" && errors)
    return verdict{&t, "FAILED", "*joinStatus*"};
  return verdict{&t, errors ? "COMPLETED_WITH_ERRORS" : "COMPLETED",
                 errors ? "*" : ""};
}

} // namespace execute_detail

/// Completes all JOINs that are ready now; those that become ready by it come
/// next.
bool model::execute_joins(execution& w) {
  std::vector<execute_detail::verdict> ready;
  std::vector<row*> exclusive;
  for (auto& t : w.rows)
    if (t->type == "JOIN" && is_open(*t)) {
      if (auto how = execute_detail::judge(w, *t))
        ready.push_back(*how);
    } else if (t->type == "EXCLUSIVE_JOIN" && is_open(*t)
               && exclusive_result(w, *t)) {
      exclusive.push_back(t.get());
    }
  for (auto* t : exclusive) {
    auto* x = exclusive_result(w, *t);
    if (failed(*x) && !x->retried) {
      finish(*t, "FAILED", x->reason);
    } else {
      t->output = x->output;
      finish(*t, "COMPLETED");
    }
  }
  for (auto& [t, status, reason] : ready) {
    t->output = joined_output(w, *t);
    finish(*t, status, reason);
  }
  return !ready.empty() || !exclusive.empty();
}

/// reference:exclusive-join#waiting: the row whose output it takes, or none
/// yet.
row* model::exclusive_result(const execution& w, const row& t) {
  auto first_of = [&](const char* key) -> row* {
    if (at(t.input, key).is_array())
      for (auto& ref : t.input[key]) {
        auto* x = w.by_ref(ref.get<std::string>());
        if (x && x->status != "SKIPPED")
          return x;
      }
    return nullptr;
  };
  auto* x = first_of("joinOn");
  if (!x || is_open(*x))
    x = first_of("defaultExclusiveJoinTask");
  return x && is_terminal(*x) ? x : nullptr;
}

/// reference:terminate
bool model::execute_terminate(row& t) {
  auto status = text_at(t.input, "terminationStatus");
  if (status != "COMPLETED" && status != "FAILED" && status != "TERMINATED") {
    finish(t, "FAILED", "*");
    return true;
  }
  auto& output = at(t.input, "workflowOutput");
  t.output = output.is_object() ? output
             : output.is_null() ? json::object()
                                : json{{"output", output}};
  finish(t, "COMPLETED");
  return true;
}

/// reference:scripts
bool model::execute_script(row& t) {
  auto text = text_at(t.input, t.type == "LAMBDA"   ? "scriptExpression"
                               : t.type == "INLINE" ? "expression"
                                                    : "queryExpression");
  std::optional<json> value;
  if (!text.empty())
    value = programs.run(text, t.input);
  if (!value) {
    t.output = {{"error", "*"}};
    finish(t, t.type == "INLINE" ? "FAILED_WITH_TERMINAL_ERROR" : "FAILED",
           "*");
    return true;
  }
  t.output = {{"result", *value}};
  if (t.type == "JSON_JQ_TRANSFORM")
    t.output["resultList"] = json::array({*value});
  finish(t, "COMPLETED");
  return true;
}

/// reference:event, to the internal queue
bool model::execute_event(execution& w, row& t) {
  if (t.output.contains("event_produced"))
    return false; // published
  auto sink = java_text(substitute(at(t.input, "sink"), w, &t));
  if (sink != "conductor" && sink.rfind("conductor:", 0) != 0) {
    finish(t, "FAILED", "*");
    return true;
  }
  t.started = t.started ? t.started : now;
  auto own = sink == "conductor" ? t.ref : sink.substr(10);
  t.output = t.input;
  t.output["workflowInstanceId"] = w.id;
  t.output["workflowType"] = at(w.def, "name");
  t.output["workflowVersion"] = number_at(w.def, "version", 1);
  t.output["correlationId"]
      = w.correlation.empty() ? json() : json(w.correlation);
  t.output["taskToDomain"] = json::object();
  t.output["event_produced"]
      = "conductor:" + text_at(w.def, "name") + ":" + own;
  if (flag_at(t.input, "asyncComplete"))
    t.status = "IN_PROGRESS";
  else
    finish(t, "COMPLETED");
  return true;
}

/// reference:pull-workflow-messages
bool model::execute_pull(execution& w, row& t) {
  auto size = number_at(t.input, "batchSize", 1);
  auto& blocking = at(t.input, "blocking");
  if (w.inbox.empty() && (!blocking.is_boolean() || blocking.get<bool>()))
    return false;
  auto messages = json::array();
  while (!w.inbox.empty() && int64_t(messages.size()) < size) {
    messages.push_back(w.inbox.front());
    w.inbox.erase(w.inbox.begin());
  }
  t.output = {{"count", messages.size()}, {"messages", messages}};
  finish(t, "COMPLETED");
  return true;
}

} // namespace tutti::reference

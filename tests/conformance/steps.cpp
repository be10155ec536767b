#include "tests/conformance/steps.hpp"

#include "tests/conformance/case_world.hpp"
#include "tests/conformance/execution_view.hpp"
#include "tests/conformance/target.hpp"

#include <algorithm>
#include <map>
#include <set>

namespace tutti::conformance {

namespace {

using test::percent_encoded;

std::string text(const json& step, const char* key,
                 const std::string& otherwise = "") {
  const auto at = step.find(key);
  return at == step.end() ? otherwise : at->get<std::string>();
}

json part(const json& step, const char* key, json otherwise = nullptr) {
  const auto at = step.find(key);
  return at == step.end() ? otherwise : *at;
}

std::string workflow_id(case_world& world, const json& step,
                        const char* key = "of") {
  return world.kept(text(step, key, "w")).get<std::string>();
}

void check_answer(const json& step, const json& answer) {
  if (const auto at = step.find("answer"); at != step.end())
    if (const auto why = misfit(*at, &answer))
      throw step_failure("the answer: " + *why);
}

void check_fields(case_world& world, const json& fields, const json& document) {
  for (const auto& [name, wanted] : fields.items())
    if (const auto why
        = misfit(world.resolved(wanted, &document),
                 field_of(document, world.resolved_text(name, &document))))
      throw step_failure(name + ": " + *why);
}

// Tasks ----------------------------------------------------------------------

std::string poll_path(const json& step, const char* verb, int timeout_ms) {
  auto path = "/api/tasks/poll/batch/" + percent_encoded(text(step, verb))
              + "?count=1&timeout=" + std::to_string(timeout_ms)
              + "&workerid=" + percent_encoded(text(step, "workerid", "w1"));
  if (step.contains("domain"))
    path += "&domain=" + percent_encoded(text(step, "domain"));
  return path;
}

json polled(case_world& world, const json& step, const char* verb) {
  json task;
  world.until([&]() -> std::optional<std::string> {
    const auto answer = world.call("GET", poll_path(step, verb, 200));
    if (!answer.is_array() || answer.empty())
      return "poll of " + text(step, verb) + " yields none";
    task = answer.at(0);
    return std::nullopt;
  });
  if (step.contains("as"))
    world.keep(text(step, "as"), task);
  if (step.contains("where"))
    for (const auto& [pointer, wanted] : step["where"].items())
      if (const auto why = misfit(wanted, find_at(task, pointer)))
        throw step_failure("the polled task's " + pointer + ": " + *why);
  return task;
}

void update(case_world& world, const json& step, const json& task,
            const std::string& status) {
  json body{{"workflowInstanceId", task.at("workflowInstanceId")},
            {"taskId", task.at("taskId")},
            {"status", status},
            {"workerId", text(step, "workerid", "w1")},
            {"outputData", part(step, "output", json::object())}};
  if (step.contains("reason"))
    body["reasonForIncompletion"] = step["reason"];
  for (const char* key : {"callbackAfterSeconds", "extendLease"})
    if (step.contains(key))
      body[key] = step[key];
  check_answer(step,
               world.call("POST", "/api/tasks", &body, part(step, "code")));
}

void poll_and(case_world& world, const json& step, const char* verb,
              const char* status) {
  update(world, step, polled(world, step, verb), status);
}

void poll(case_world& world, const json& step) { polled(world, step, "poll"); }

void none(case_world& world, const json& step) {
  const auto answer = world.call("GET", poll_path(step, "none", 0));
  if (!answer.is_array() || !answer.empty())
    throw step_failure("poll of " + text(step, "none") + " yields "
                       + answer.dump());
}

void done(case_world& world, const json& step) {
  poll_and(world, step, "done", "COMPLETED");
}
void fail(case_world& world, const json& step) {
  poll_and(world, step, "fail", "FAILED");
}
void ferr(case_world& world, const json& step) {
  poll_and(world, step, "ferr", "FAILED_WITH_TERMINAL_ERROR");
}
void hand_back(case_world& world, const json& step) {
  poll_and(world, step, "hand_back", "IN_PROGRESS");
}

void update_kept(case_world& world, const json& step) {
  update(world, step, world.kept(text(step, "update")),
         text(step, "status", "COMPLETED"));
}

/// The open row of a reference name, which nobody polls (WAIT, HUMAN).
void finish(case_world& world, const json& step) {
  const auto name = text(step, "finish");
  json row;
  world.until([&]() -> std::optional<std::string> {
    const auto seen = world.execution(workflow_id(world, step));
    const auto* found = field_of(seen, name);
    if (found == nullptr)
      return "no row for " + name + " in " + rows_of(seen);
    row = *found;
    return std::nullopt;
  });
  update(world, step, row, text(step, "status", "COMPLETED"));
}

void update_by_ref(case_world& world, const json& step) {
  const auto body = part(step, "output", json::object());
  auto path = "/api/tasks/" + workflow_id(world, step) + "/"
              + percent_encoded(text(step, "update_by_ref")) + "/"
              + text(step, "status", "COMPLETED");
  if (step.contains("sync"))
    path += "/sync";
  if (step.contains("workerid"))
    path += "?workerid=" + text(step, "workerid");
  check_answer(step, world.call("POST", path, &body, part(step, "code")));
}

void signal(case_world& world, const json& step) {
  const auto body = part(step, "output", json::object());
  check_answer(
      step, world.call("POST",
                       "/api/tasks/" + workflow_id(world, step, "signal") + "/"
                           + text(step, "status", "COMPLETED") + "/signal",
                       &body, part(step, "code")));
}

void queue(case_world& world, const json& step) {
  world.until([&]() -> std::optional<std::string> {
    const auto sizes = world.call("GET", "/api/tasks/queue/all");
    const auto size = sizes.value(text(step, "queue"), json(0));
    if (const auto why = misfit(part(step, "size"), &size))
      return "size of queue " + text(step, "queue") + ": " + *why;
    return std::nullopt;
  });
}

// Definitions and starts -----------------------------------------------------

void register_task(case_world& world, const json& step) {
  const json body = json::array({step.at("register_task")});
  check_answer(step, world.call("POST", "/api/metadata/taskdefs", &body,
                                part(step, "code")));
}

void register_workflow(case_world& world, const json& step) {
  check_answer(step,
               world.call("POST", "/api/metadata/workflow",
                          &step.at("register_workflow"), part(step, "code")));
}

void start(case_world& world, const json& step) {
  json body{{"name", text(step, "start")},
            {"input", part(step, "input", json::object())}};
  for (const char* key :
       {"version", "correlationId", "taskToDomain", "priority", "workflowDef",
        "idempotencyKey", "idempotencyStrategy"})
    if (step.contains(key))
      body[key] = step[key];
  const auto answer
      = world.call("POST", "/api/workflow", &body, part(step, "code"));
  check_answer(step, answer);
  if (!step.contains("code"))
    world.keep(text(step, "as", "w"), answer);
}

// Operators ------------------------------------------------------------------

void operate(case_world& world, const json& step, const char* verb,
             const std::string& method, const std::string& path_end,
             const json* body = nullptr) {
  const auto id = workflow_id(world, step, verb);
  check_answer(step, world.call(method, "/api/workflow/" + id + path_end, body,
                                part(step, "code")));
}

void pause(case_world& world, const json& step) {
  operate(world, step, "pause", "PUT", "/pause");
}
void resume(case_world& world, const json& step) {
  operate(world, step, "resume", "PUT", "/resume");
}
void terminate(case_world& world, const json& step) {
  operate(world, step, "terminate", "DELETE",
          "?reason=" + percent_encoded(text(step, "reason"))
              + (step.value("trigger_failure_workflow", false)
                     ? "&triggerFailureWorkflow=true"
                     : ""));
}
void restart(case_world& world, const json& step) {
  operate(world, step, "restart", "POST",
          std::string{"/restart?useLatestDefinitions="}
              + (step.value("latest", false) ? "true" : "false"));
}
void retry(case_world& world, const json& step) {
  operate(world, step, "retry", "POST",
          std::string{"/retry?resumeSubworkflowTasks="}
              + (step.value("resume_sub_workflows", false) ? "true" : "false"));
}
void rerun(case_world& world, const json& step) {
  json body{{"reRunFromWorkflowId", workflow_id(world, step, "rerun")}};
  if (step.contains("from"))
    body["reRunFromTaskId"] = step["from"];
  for (const char* key : {"taskInput", "workflowInput", "correlationId"})
    if (step.contains(key))
      body[key] = step[key];
  operate(world, step, "rerun", "POST", "/rerun", &body);
}
void skip(case_world& world, const json& step) {
  const json body{{"taskInput", part(step, "taskInput", json::object())},
                  {"taskOutput", part(step, "taskOutput", json::object())}};
  check_answer(step, world.call("PUT",
                                "/api/workflow/" + workflow_id(world, step)
                                    + "/skiptask/"
                                    + percent_encoded(text(step, "skip")),
                                &body, part(step, "code")));
}
void reset_callbacks(case_world& world, const json& step) {
  operate(world, step, "reset_callbacks", "POST", "/resetcallbacks");
}
void remove(case_world& world, const json& step) {
  operate(world, step, "remove", "DELETE",
          std::string{"/remove?archiveWorkflow="}
              + (step.value("archive", true) ? "true" : "false"));
}
void decide(case_world& world, const json& step) {
  const auto id = workflow_id(world, step, "decide");
  world.call("PUT", "/api/workflow/decide/" + id, nullptr, part(step, "code"));
}

void advance(case_world& world, const json& step) {
  const json body{{"ms", step.at("advance_ms")}};
  world.call("POST", "/api/tutti/clock/advance", &body);
}

// Expectations ---------------------------------------------------------------

void check_execution(case_world& world, const json& step, const json& seen) {
  if (step.contains("status"))
    if (const auto why = misfit(step["status"], find_at(seen, "/status")))
      throw step_failure("status: " + *why);
  if (step.contains("rows")) {
    const auto wanted = world.resolved_text(text(step, "rows"), &seen);
    if (const auto found = rows_like(seen, wanted); found != wanted)
      throw step_failure("rows: expected [" + wanted + "], found [" + found
                         + "]");
  }
  if (step.contains("row_count"))
    if (const auto count = seen.at("tasks").size();
        count != step["row_count"].get<size_t>())
      throw step_failure("rows: " + std::to_string(count));
  if (step.contains("where"))
    check_fields(world, step["where"], seen);
}

void expect(case_world& world, const json& step) {
  const auto id = world.kept(text(step, "expect")).get<std::string>();
  world.until([&]() -> std::optional<std::string> {
    json seen;
    try {
      seen = world.execution(id); // a child may be on its way
      check_execution(world, step, seen);
    } catch (const step_failure& trouble) {
      if (seen.is_null())
        return trouble.what();
      return std::string{trouble.what()} + "\n    the execution is "
             + seen.value("status", "?") + " [" + rows_of(seen) + "] "
             + seen.value("reasonForIncompletion", "");
    }
    if (step.contains("save"))
      for (const auto& [name, field] : step["save"].items())
        world.keep(name, world.resolved("{{" + field.get<std::string>() + "}}",
                                        &seen));
    return std::nullopt;
  });
}

void any_call(case_world& world, const json& step) {
  const auto line = text(step, "call");
  const auto space = line.find(' ');
  const auto method = line.substr(0, space);
  const auto path = "/api" + line.substr(space + 1);
  const json body = part(step, "body");
  auto once = [&] {
    const auto answer
        = world.call(method, path, step.contains("body") ? &body : nullptr,
                     part(step, "code"));
    check_answer(step, answer);
    if (step.contains("where"))
      for (const auto& [pointer, wanted] : step["where"].items())
        if (const auto why = misfit(wanted, find_at(answer, pointer)))
          throw step_failure(pointer + ": " + *why);
    if (step.contains("as"))
      world.keep(text(step, "as"), answer);
  };
  if (!step.value("until", false))
    return once();
  world.until([&]() -> std::optional<std::string> {
    try {
      once();
      return std::nullopt;
    } catch (const step_failure& trouble) {
      return trouble.what();
    }
  });
}

// The language ---------------------------------------------------------------

struct verb {
  void (*run)(case_world&, const json&);
  bool expects; ///< can fail by what it expects, not only by being refused
  std::set<std::string> keys;
};

const std::map<std::string, verb>& verbs() {
  static const std::map<std::string, verb> all{
      {"register_task", {register_task, false, {"code", "answer"}}},
      {"register_workflow", {register_workflow, false, {"code", "answer"}}},
      {"start",
       {start,
        false,
        {"version", "input", "correlationId", "taskToDomain", "priority",
         "workflowDef", "idempotencyKey", "idempotencyStrategy", "as", "code",
         "answer"}}},
      {"poll", {poll, true, {"domain", "workerid", "as", "where"}}},
      {"none", {none, true, {"domain", "workerid"}}},
      {"done",
       {done,
        false,
        {"output", "reason", "domain", "workerid", "as", "where", "code"}}},
      {"fail",
       {fail,
        false,
        {"output", "reason", "domain", "workerid", "as", "where", "code"}}},
      {"ferr",
       {ferr,
        false,
        {"output", "reason", "domain", "workerid", "as", "where", "code"}}},
      {"hand_back",
       {hand_back,
        false,
        {"output", "reason", "callbackAfterSeconds", "workerid", "as", "where",
         "code"}}},
      {"update",
       {update_kept,
        false,
        {"status", "output", "reason", "callbackAfterSeconds", "workerid",
         "extendLease", "code", "answer"}}},
      {"finish",
       {finish, false, {"of", "status", "output", "reason", "code", "answer"}}},
      {"update_by_ref",
       {update_by_ref,
        false,
        {"of", "status", "output", "workerid", "sync", "code", "answer"}}},
      {"signal", {signal, false, {"status", "output", "code", "answer"}}},
      {"queue", {queue, true, {"size"}}},
      {"advance_ms", {advance, false, {}}},
      {"decide", {decide, false, {"code"}}},
      {"pause", {pause, false, {"code", "answer"}}},
      {"resume", {resume, false, {"code", "answer"}}},
      {"terminate",
       {terminate,
        false,
        {"reason", "trigger_failure_workflow", "code", "answer"}}},
      {"restart", {restart, false, {"latest", "code", "answer"}}},
      {"retry", {retry, false, {"resume_sub_workflows", "code", "answer"}}},
      {"rerun",
       {rerun,
        false,
        {"from", "taskInput", "workflowInput", "correlationId", "code",
         "answer"}}},
      {"skip",
       {skip, false, {"of", "taskInput", "taskOutput", "code", "answer"}}},
      {"reset_callbacks", {reset_callbacks, false, {"code", "answer"}}},
      {"remove", {remove, false, {"archive", "code", "answer"}}},
      {"expect",
       {expect, true, {"status", "rows", "row_count", "where", "save"}}},
      {"call",
       {any_call, true, {"body", "code", "answer", "where", "as", "until"}}},
  };
  return all;
}

const std::pair<const std::string, verb>& verb_of(const json& step) {
  const std::pair<const std::string, verb>* found = nullptr;
  for (const auto& entry : verbs())
    if (step.contains(entry.first)) {
      if (found != nullptr)
        throw std::runtime_error("step with two verbs: " + step.dump());
      found = &entry;
    }
  if (found == nullptr)
    throw std::runtime_error("step without a verb: " + step.dump());
  return *found;
}

/// The worker's full name where a step names it in short: `t1` is `t1%`.
json written_out(json step, const std::string& verb_name) {
  static const std::set<std::string> of_workers{
      "poll", "none", "done", "fail", "ferr", "hand_back", "start"};
  if (of_workers.contains(verb_name)) {
    auto& name = step[verb_name].get_ref<std::string&>();
    if (name.find('%') == std::string::npos)
      name += '%';
  }
  if (step.contains("workflowDef"))
    step["workflowDef"] = full_workflow_definition(
        text(step["workflowDef"], "name", "inline%"), step["workflowDef"]);
  if (verb_name == "register_workflow") {
    auto& definition = step[verb_name];
    definition = full_workflow_definition(
        definition.at("name").get<std::string>(), definition);
  }
  if (verb_name == "register_task") {
    auto& definition = step[verb_name];
    definition = full_task_definition("", definition);
  }
  return step;
}

void set_up(const test_case& what, case_world& world) {
  json tasks = json::array();
  std::set<std::string> seen;
  for (const auto& [name, given] : what.tasks.items()) {
    seen.insert(name + "%");
    if (!given.is_null())
      tasks.push_back(world.resolved(full_task_definition(name, given)));
  }
  std::vector<json> definitions;
  std::vector<std::string> workers;
  for (const auto& [name, given] : what.workflows.items()) {
    definitions.push_back(full_workflow_definition(name + "%", given));
    collect_workers(definitions.back(), workers);
  }
  for (const auto& name : workers)
    if (seen.insert(name).second)
      tasks.push_back(world.resolved(full_task_definition(
          name.substr(0, name.find('%')), json{{"name", name}})));
  if (!tasks.empty())
    world.call("POST", "/api/metadata/taskdefs", &tasks);
  for (const auto& definition : definitions) {
    const auto body = world.resolved(definition);
    world.call("POST", "/api/metadata/workflow", &body);
  }
}

} // namespace

bool check_step(const json& step) {
  const auto& [name, what] = verb_of(step);
  for (const auto& [key, value] : step.items())
    if (key != name && !what.keys.contains(key))
      throw std::runtime_error("'" + name + "' does not know '" + key
                               + "': " + step.dump());
  return what.expects || step.contains("code") || step.contains("answer");
}

case_result run_case(const test_case& what, backend& node,
                     const std::string& run,
                     const std::function<void(const json&)>& before_step) {
  case_world world{node, "_c" + std::to_string(what.number) + run};
  std::string where = "setting up";
  try {
    world.keep("target", target_url());
    set_up(what, world);
    size_t index = 0;
    for (const auto& step : what.steps) {
      where = "step " + std::to_string(++index) + " " + step.dump();
      if (before_step)
        before_step(step);
      const auto& [name, action] = verb_of(step);
      const auto given = written_out(step, name);
      // What is expected of an execution may name fields of that execution.
      action.run(world, name == "expect" ? given : world.resolved(given));
    }
    return {{}, world.seen()};
  } catch (const std::exception& trouble) {
    return {where + "\n    " + trouble.what(), world.seen()};
  }
}

} // namespace tutti::conformance

#include "messages/model/payload.hpp"
#include "tools/tutti/execution_view.hpp"
#include "tools/tutti/json_input.hpp"
#include "tools/tutti/output.hpp"
#include "tools/tutti/session.hpp"

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include <unistd.h>

namespace tutti::cli {

using nlohmann::json;

namespace task_detail {

struct poll_options {
  std::string type, domain, worker_id;
  int count = 1;
  int timeout_ms = 1'000;
};

struct update_options {
  std::string workflow_id, reference, output, reason;
  bool terminal = false;
};

int register_all(session& s, const std::vector<std::string>& files,
                 bool strict) {
  auto definitions = read_documents(files);
  if (!definitions)
    return misused(definitions.failure().message,
                   "a file with a task definition, or a list of them");
  for (auto& x : *definitions)
    if (looks_like(x) == definition_kind::workflow)
      return misused("'" + text_at(x, "name")
                         + "' is the definition of a workflow, not of a task",
                     "tutti workflow apply with its file");
  auto answer
      = s.api().call("POST", definitions_path({"metadata", "taskdefs"}, strict),
                     to_text(*definitions));
  note_warnings(s);
  if (!answer)
    return failed(answer.failure());
  if (s.json()) {
    auto names = json::array();
    for (auto& d : *definitions)
      names.push_back(text_at(d, "name"));
    print(names);
    return exit_done;
  }
  table rows({"TASK", "RESULT"});
  for (auto& d : *definitions)
    rows.add({text_at(d, "name"), cell("registered", tone::good)});
  print(rows);
  return exit_done;
}

int list(session& s) {
  auto answer = s.api().call_json("GET", api_path({"metadata", "taskdefs"}));
  if (!answer)
    return failed(answer.failure());
  if (s.json()) {
    print(*answer);
    return exit_done;
  }
  table rows({"TASK", "RETRIES", "LOGIC", "DELAY", "TIMEOUT", "RESPONSE",
              "DESCRIPTION"});
  auto seconds = [](const json& x, const char* key) {
    auto n = number_at(x, key);
    return n > 0 ? duration_text(n * 1'000) : std::string("-");
  };
  if (answer->is_array())
    for (auto& d : *answer)
      rows.add({text_at(d, "name"), std::to_string(number_at(d, "retryCount")),
                text_at(d, "retryLogic"), seconds(d, "retryDelaySeconds"),
                seconds(d, "timeoutSeconds"),
                seconds(d, "responseTimeoutSeconds"),
                text_at(d, "description")});
  print(rows);
  return exit_done;
}

int poll(session& s, const poll_options& o) {
  query_parameters query{{"count", std::to_string(o.count)},
                         {"timeout", std::to_string(o.timeout_ms)},
                         {"workerid", o.worker_id}};
  if (!o.domain.empty())
    query.emplace_back("domain", o.domain);
  auto answer = s.api().call_json(
      "GET", api_path({"tasks", "poll", "batch", o.type}, query));
  if (!answer)
    return failed(answer.failure());
  if (s.json()) {
    print(*answer);
    return exit_done;
  }
  table rows({"TASK ID", "WORKFLOW", "REFERENCE", "TRY", "INPUT"});
  if (answer->is_array())
    for (auto& t : *answer)
      rows.add({text_at(t, "taskId"), text_at(t, "workflowInstanceId"),
                text_at(t, "referenceTaskName"),
                std::to_string(number_at(t, "retryCount") + 1),
                t.contains("inputData") ? to_text(t["inputData"]) : "-"});
  print(rows);
  if (rows.empty())
    note("no task of type '" + o.type + "' is waiting");
  else
    note("these are yours now: finish each with `tutti task complete WORKFLOW "
         "REFERENCE`");
  return exit_done;
}

int said(session& s, const std::string& task_id, const char* status) {
  if (s.json())
    print(json{{"taskId", task_id}, {"status", status}});
  else
    print_line(task_id);
  return exit_done;
}

int nothing_pending(const update_options& o) {
  return failed({errc::not_found, "workflow " + o.workflow_id
                                      + " has no open task under '"
                                      + o.reference + "'"},
                "`tutti workflow get " + o.workflow_id
                    + "` shows its tasks and their references");
}

int complete(session& s, const update_options& o) {
  auto output = read_object(o.output, "--output-data");
  if (!output)
    return misused(output.failure().message, "a JSON object or @FILE");
  auto answer = s.api().call(
      "POST", api_path({"tasks", o.workflow_id, o.reference, "COMPLETED"}),
      to_text(*output));
  if (!answer)
    return failed(answer.failure());
  if (answer->empty())
    return nothing_pending(o);
  return said(s, *answer, "COMPLETED");
}

/// By task id: the route by reference takes no reason.
int fail(session& s, const update_options& o) {
  auto output = read_object(o.output, "--output-data");
  if (!output)
    return misused(output.failure().message, "a JSON object or @FILE");
  auto workflow
      = s.api().call_json("GET", api_path({"workflow", o.workflow_id}));
  if (!workflow)
    return failed(workflow.failure());
  std::string task_id;
  if (auto tasks = workflow->find("tasks"); tasks != workflow->end())
    for (auto& t : *tasks)
      if (text_at(t, "referenceTaskName") == o.reference
          && !is_terminal_task(text_at(t, "status")))
        task_id = text_at(t, "taskId");
  if (task_id.empty())
    return nothing_pending(o);
  const char* status = o.terminal ? "FAILED_WITH_TERMINAL_ERROR" : "FAILED";
  json body{{"workflowInstanceId", o.workflow_id},
            {"taskId", task_id},
            {"status", status},
            {"outputData", *output}};
  if (!o.reason.empty())
    body["reasonForIncompletion"] = o.reason;
  auto answer = s.api().call("POST", api_path({"tasks"}), to_text(body));
  if (!answer)
    return failed(answer.failure());
  return said(s, task_id, status);
}

int get(session& s, const std::string& task_id) {
  auto task = s.api().call_json("GET", api_path({"tasks", task_id}));
  if (!task)
    return failed(task.failure(), "`tutti workflow get ID -o json` shows the "
                                  "ids of an execution's tasks");
  print(*task);
  return exit_done;
}

int log(session& s, const std::string& task_id) {
  auto lines = s.api().call_json("GET", api_path({"tasks", task_id, "log"}));
  if (!lines)
    return failed(lines.failure());
  // Conductor answers nothing for a task without lines, and for none.
  if (lines->is_null())
    if (auto task = s.api().call("GET", api_path({"tasks", task_id})); !task)
      return failed(task.failure(), "`tutti workflow get ID -o json` shows the "
                                    "ids of an execution's tasks");
  if (s.json()) {
    print(lines->is_null() ? json::array() : *lines);
    return exit_done;
  }
  table rows({"TIME", "LINE"});
  if (lines->is_array())
    for (auto& x : *lines)
      rows.add({time_text(number_at(x, "createdTime")), text_at(x, "log")});
  print(rows);
  return exit_done;
}

} // namespace task_detail

void add_task(CLI::App& app, session& s) {
  using namespace task_detail;
  auto* noun = app.add_subcommand("task", "task definitions and open tasks");
  noun->require_subcommand(1);

  auto files = std::make_shared<std::vector<std::string>>();
  auto* verb = noun->add_subcommand("apply", "register definitions");
  verb->add_option("FILE", *files,
                   "JSON of one definition or a list; - is stdin")
      ->required();
  auto strict = std::make_shared<bool>(false);
  verb->add_flag("--strict", *strict, "refuse unknown fields");
  verb->callback([=, &s] { s.exit_code = register_all(s, *files, *strict); });

  verb = noun->add_subcommand("list", "list registered definitions");
  verb->callback([&s] { s.exit_code = list(s); });

  auto p = std::make_shared<poll_options>();
  p->worker_id = "cli-" + std::to_string(getpid());
  verb = noun->add_subcommand("poll", "take waiting tasks, as a worker does");
  verb->add_option("TYPE", p->type, "of the task")->required();
  verb->add_option("--domain", p->domain, "its domain");
  verb->add_option("--count", p->count, "maximum number of tasks")
      ->check(CLI::Range(1, 1000))
      ->capture_default_str();
  verb->add_option("--timeout-ms", p->timeout_ms, "how long to wait for a task")
      ->check(CLI::Range(0, 5000))
      ->capture_default_str();
  verb->add_option("--worker-id", p->worker_id, "id of the worker");
  verb->callback([=, &s] { s.exit_code = task_detail::poll(s, *p); });

  auto o = std::make_shared<update_options>();
  auto add_update = [&](const char* name, const char* help, auto run) {
    verb = noun->add_subcommand(name, help);
    verb->add_option("WORKFLOW", o->workflow_id, "id of the execution")
        ->required();
    verb->add_option("REFERENCE", o->reference, "reference name of the task")
        ->required();
    verb->add_option("--output-data", o->output, "JSON object or @FILE");
    verb->callback([=, &s] { s.exit_code = run(s, *o); });
  };
  add_update("complete", "complete an open task", complete);
  add_update("fail", "fail an open task", fail);
  verb->add_option("--reason", o->reason, "why");
  verb->add_flag("--terminal", o->terminal, "without a retry");

  auto task_id = std::make_shared<std::string>();
  verb = noun->add_subcommand("get", "one task of an execution, as JSON");
  verb->add_option("ID", *task_id, "of the task")->required();
  verb->callback([=, &s] { s.exit_code = get(s, *task_id); });
  verb = noun->add_subcommand("log", "the log lines of its worker");
  verb->add_option("ID", *task_id, "of the task")->required();
  verb->callback([=, &s] { s.exit_code = task_detail::log(s, *task_id); });
}

} // namespace tutti::cli

#include "messages/model/payload.hpp"
#include "tools/tutti/execution_view.hpp"
#include "tools/tutti/json_input.hpp"
#include "tools/tutti/references.hpp"
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

int list(session& s) {
  auto answer = s.api().call_json("GET", api_path({"metadata", "taskdefs"}));
  if (!answer)
    return failed(answer.failure());
  constexpr int64_t second_ms = 1'000;
  view look{{text_column("TASK", "name"),
             number_column("RETRIES", "retryCount"),
             text_column("LOGIC", "retryLogic"),
             duration_column("DELAY", "retryDelaySeconds", second_ms),
             duration_column("TIMEOUT", "timeoutSeconds", second_ms),
             duration_column("RESPONSE", "responseTimeoutSeconds", second_ms),
             wide(duration_column("POLL", "pollTimeoutSeconds", second_ms)),
             wide(number_column("CONCURRENT", "concurrentExecLimit")),
             wide(number_column("RATE", "rateLimitPerFrequency")),
             wide(text_column("OWNER", "ownerEmail")),
             text_column("DESCRIPTION", "description")},
            "name"};
  look.none = "no task definition is registered";
  return s.show(*answer, look);
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
  view look{{text_column("TASK ID", "taskId"),
             text_column("WORKFLOW", "workflowInstanceId"),
             text_column("REFERENCE", "referenceTaskName"),
             made_column("TRY",
                         [](const json& t) -> cell {
                           return std::to_string(number_at(t, "retryCount")
                                                 + 1);
                         }),
             value_column("INPUT", "inputData")},
            "taskId"};
  look.none = "no task of type '" + o.type + "' is waiting";
  auto code = s.show(*answer, look);
  if (!answer->empty())
    note("these are yours now: finish each with `tutti task complete WORKFLOW "
         "REFERENCE`");
  return code;
}

int said(session& s, const std::string& task_id, const char* status) {
  view look{{text_column("TASK", "taskId"), status_column("STATUS", "status")},
            "taskId"};
  look.detail = [](const json& x, const canvas&) {
    return text_at(x, "taskId") + '\n';
  };
  return s.show(json{{"taskId", task_id}, {"status", status}}, look);
}

int nothing_pending(const update_options& o) {
  return failed({errc::not_found, "workflow " + o.workflow_id
                                      + " has no open task under '"
                                      + o.reference + "'"},
                "`tutti workflow get " + o.workflow_id
                    + "` shows its tasks and their references");
}

/// Puts the full id in the place of how it begins.
int find_execution(session& s, update_options& o) {
  auto id = execution_id(s.api(), o.workflow_id);
  if (!id)
    return failed(id.failure(), "`tutti workflow list` lists ids");
  o.workflow_id = std::move(*id);
  return exit_done;
}

int complete(session& s, update_options o) {
  auto output = read_object(o.output, "--output-data");
  if (!output)
    return misused(output.failure().message, "a JSON object or @FILE");
  if (auto code = find_execution(s, o))
    return code;
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
int fail(session& s, update_options o) {
  auto output = read_object(o.output, "--output-data");
  if (!output)
    return misused(output.failure().message, "a JSON object or @FILE");
  if (auto code = find_execution(s, o))
    return code;
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

int unknown_task(const failure& why) {
  return failed(why, "`tutti workflow tasks ID -o wide` shows the ids of an "
                     "execution's tasks; WORKFLOW/REFERENCE names one, too");
}

int get(session& s, const std::string& given) {
  auto task = find_task(s.api(), given);
  if (!task)
    return unknown_task(task.failure());
  return s.show(*task, task_view());
}

int log(session& s, const std::string& given) {
  // Conductor answers nothing for a task without lines, and for none.
  auto task = find_task(s.api(), given);
  if (!task)
    return unknown_task(task.failure());
  auto lines = s.api().call_json(
      "GET", api_path({"tasks", text_at(*task, "taskId"), "log"}));
  if (!lines)
    return failed(lines.failure());
  view look{{time_column("TIME", "createdTime"), text_column("LINE", "log")},
            "log"};
  look.none = "no worker has written a line";
  return s.show(lines->is_null() ? json::array() : *lines, look);
}

int add_line(session& s, const std::string& given, const std::string& text) {
  auto task = find_task(s.api(), given);
  if (!task)
    return unknown_task(task.failure());
  auto id = text_at(*task, "taskId");
  auto added = s.api().call("POST", api_path({"tasks", id, "log"}), text);
  return added ? exit_done : failed(added.failure());
}

} // namespace task_detail

void add_task(CLI::App& app, session& s) {
  using namespace task_detail;
  auto* noun = app.add_subcommand("task", "task definitions and open tasks");
  noun->require_subcommand(1);

  add_task_apply(*noun, s);
  auto* verb = noun->add_subcommand("list", "list registered definitions");
  examples(verb, {"tutti task list -o wide"});
  verb->callback([&s] { s.exit_code = list(s); });

  auto p = std::make_shared<poll_options>();
  p->worker_id = "cli-" + std::to_string(getpid());
  verb = noun->add_subcommand("poll", "take waiting tasks, as a worker does");
  s.complete(verb->add_option("TYPE", p->type, "of the task")->required(),
             task_definition_names(s));
  verb->add_option("--domain", p->domain, "its domain");
  verb->add_option("--count", p->count, "maximum number of tasks")
      ->check(CLI::Range(1, 1000))
      ->capture_default_str();
  verb->add_option("--timeout-ms", p->timeout_ms, "how long to wait for a task")
      ->check(CLI::Range(0, 5000))
      ->capture_default_str();
  verb->add_option("--worker-id", p->worker_id, "id of the worker");
  examples(verb, {"tutti task poll say_hello --count 10 -o ndjson"});
  verb->callback([=, &s] { s.exit_code = task_detail::poll(s, *p); });

  auto o = std::make_shared<update_options>();
  auto add_update = [&](const char* name, const char* help, const char* example,
                        auto run) {
    verb = noun->add_subcommand(name, help);
    verb->add_option("WORKFLOW", o->workflow_id,
                     "id of the execution, or how it begins")
        ->required();
    verb->add_option("REFERENCE", o->reference, "reference name of the task")
        ->required();
    verb->add_option("--output-data", o->output, "JSON object or @FILE");
    examples(verb, {example});
    verb->callback([=, &s] { s.exit_code = run(s, *o); });
  };
  add_update("complete", "complete an open task",
             "tutti task complete ID approve --output-data '{\"ok\": true}'",
             complete);
  add_update("fail", "fail an open task",
             "tutti task fail ID approve --reason refused --terminal", fail);
  verb->add_option("--reason", o->reason, "why");
  verb->add_flag("--terminal", o->terminal, "without a retry");

  auto task_id = std::make_shared<std::string>();
  constexpr auto which = "its id, or WORKFLOW/REFERENCE";
  verb = noun->add_subcommand("get", "one task of an execution");
  verb->add_option("ID", *task_id, which)->required();
  examples(verb, {"tutti task get ID/ship -o yaml"});
  verb->callback([=, &s] { s.exit_code = get(s, *task_id); });
  verb = noun->add_subcommand("log", "the log lines of its worker");
  verb->add_option("ID", *task_id, which)->required();
  auto line = std::make_shared<std::string>();
  verb->add_option("--add", *line, "write this line instead of reading");
  examples(verb, {"tutti task log ID/ship",
                  "tutti task log ID/ship --add 'looked into it: ada'"});
  verb->callback([=, &s] {
    s.exit_code = line->empty() ? task_detail::log(s, *task_id)
                                : add_line(s, *task_id, *line);
  });
}

} // namespace tutti::cli

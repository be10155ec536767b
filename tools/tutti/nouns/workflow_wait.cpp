#include "messages/model/payload.hpp"
#include "tools/tutti/duration_input.hpp"
#include "tools/tutti/execution_view.hpp"
#include "tools/tutti/json_input.hpp"
#include "tools/tutti/references.hpp"
#include "tools/tutti/session.hpp"

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

// Verbs that wait in the node for what an execution comes to
// (reference:waiting), and those that move it on.

namespace tutti::cli {

using nlohmann::json;

namespace workflow_wait_detail {

struct options {
  start_options start;
  std::string id, status = "COMPLETED", data, until, timeout = "10s";
  std::string strategy = "TARGET_WORKFLOW", task;
  bool wait = false;
};

const std::vector<std::string>& strategies() {
  static const std::vector<std::string> all{
      "TARGET_WORKFLOW", "BLOCKING_WORKFLOW", "BLOCKING_TASK",
      "BLOCKING_TASK_INPUT"};
  return all;
}

view answer_view() {
  view out{{text_column("ID", "targetWorkflowId"),
            status_column("STATUS", "targetWorkflowStatus"),
            text_column("SHOWS", "responseType"),
            text_column("TASK", "referenceTaskName"),
            value_column("OUTPUT", "output"),
            wide(text_column("REASON", "reasonForIncompletion"))},
           "targetWorkflowId"};
  return out;
}

/// The exit code of a wait: how the execution ended, if it did.
int told(session& s, const json& answer) {
  s.show(answer, answer_view());
  auto id = text_at(answer, "targetWorkflowId");
  auto status = text_at(answer, "targetWorkflowStatus");
  if (is_terminal_workflow(status) && status != "COMPLETED") {
    note("it did not complete; see `tutti workflow get " + id + "`");
    return exit_unsuccessful;
  }
  if (answer.value("signalTimeout", json()) == true)
    return failed(exit_timed_out,
                  id + " has not come so far within --timeout; it goes on",
                  "tutti workflow watch " + id);
  return exit_done;
}

/// Lets the node wait as long as it is told to.
int64_t be_patient(session& s, const options& o) {
  auto ms = read_duration_ms(o.timeout).value_or(0);
  s.api().be_patient(ms);
  return ms;
}

int execute(session& s, const options& o) {
  constexpr int64_t second_ms = 1'000;
  auto request = start_request(o.start);
  if (!request)
    return misused(request.failure().message,
                   "--input '{\"key\": \"value\"}' or --input @file.json");
  auto seconds = (be_patient(s, o) + second_ms - 1) / second_ms;
  query_parameters query{
      {"waitForSeconds", std::to_string(std::max<int64_t>(1, seconds))},
      {"returnStrategy", o.strategy}};
  if (!o.until.empty())
    query.emplace_back("waitUntilTaskRef", o.until);
  auto version = std::to_string(o.start.version.value_or(0));
  auto answer = s.api().call_json(
      "POST", api_path({"workflow", "execute", o.start.name, version}, query),
      to_text(*request));
  if (!answer)
    return failed(answer.failure(),
                  "`tutti workflow apply FILE` registers a definition");
  return told(s, *answer);
}

int signal(session& s, const options& o) {
  auto data = read_object(o.data, "--output-data");
  if (!data)
    return misused(data.failure().message, "a JSON object or @FILE");
  auto id = execution_id(s.api(), o.id);
  if (!id)
    return failed(id.failure(), "`tutti workflow list` lists ids");
  if (o.wait) {
    auto answer = s.api().call_json(
        "POST",
        api_path({"tasks", *id, o.status, "signal", "sync"},
                 {{"timeoutMillis", std::to_string(be_patient(s, o))},
                  {"returnStrategy", o.strategy}}),
        to_text(*data));
    return answer ? told(s, *answer) : failed(answer.failure());
  }
  auto answer = s.api().call(
      "POST", api_path({"tasks", *id, o.status, "signal"}), to_text(*data));
  if (!answer)
    return failed(answer.failure());
  return s.show(
      json{{"workflowId", *id}, {"result", "signalled"}},
      {{text_column("ID", "workflowId"), text_column("RESULT", "result")},
       "workflowId"});
}

int jump(session& s, const options& o) {
  auto input = read_object(o.data, "--task-input");
  if (!input)
    return misused(input.failure().message, "a JSON object or @FILE");
  auto id = execution_id(s.api(), o.id);
  if (!id)
    return failed(id.failure(), "`tutti workflow list` lists ids");
  if (!confirmed("jump to '" + o.task + "' in " + *id
                     + ", which cancels or removes tasks",
                 s.yes))
    return exit_misused;
  auto answer = s.api().call(
      "POST", api_path({"workflow", *id, "jump", o.task}), to_text(*input));
  if (!answer)
    return failed(answer.failure(), "`tutti workflow tasks " + *id + "`");
  return s.show(
      json{{"workflowId", *id}, {"result", "jumped"}},
      {{text_column("ID", "workflowId"), text_column("RESULT", "result")},
       "workflowId"});
}

} // namespace workflow_wait_detail

void add_workflow_wait(CLI::App& workflow, session& s) {
  using namespace workflow_wait_detail;
  auto o = std::make_shared<options>();
  auto waiting = [&](CLI::App* verb) {
    verb->add_option("--timeout", o->timeout, "how long to wait: 90s, 5m")
        ->check(check_duration)
        ->capture_default_str();
    verb->add_option("--return", o->strategy, "what the answer shows")
        ->check(CLI::IsMember(strategies()))
        ->capture_default_str();
  };
  auto* verb = workflow.add_subcommand(
      "execute", "start one and wait for its end, or until it waits");
  examples(verb, {"tutti workflow execute greet -i '{\"name\": \"Ada\"}'",
                  "tutti workflow execute order --until paid --timeout 1m"});
  s.complete(
      verb->add_option("NAME", o->start.name, "of the definition")->required(),
      workflow_names(s));
  verb->add_option("-i,--input", o->start.input,
                   "JSON object, @FILE, or @- for stdin");
  verb->add_option("--version", o->start.version, "latest by default");
  verb->add_option("--correlation-id", o->start.correlation_id,
                   "an id of your own");
  verb->add_option("--until", o->until,
                   "references, separated by commas: until one has ended");
  waiting(verb);
  verb->callback([=, &s] { s.exit_code = execute(s, *o); });

  auto with_id = [&](const char* name, const char* help) {
    verb = workflow.add_subcommand(name, help);
    verb->add_option("ID", o->id, "of the execution, or how it begins")
        ->required();
  };
  with_id("signal", "update the task of it that waits for a client");
  examples(verb, {"tutti workflow signal ID --output-data '{\"ok\": true}'",
                  "tutti workflow signal ID --status FAILED --wait"});
  verb->add_option("--status", o->status, "what becomes of the task")
      ->check(CLI::IsMember(
          {"IN_PROGRESS", "COMPLETED", "FAILED", "FAILED_WITH_TERMINAL_ERROR"}))
      ->capture_default_str();
  verb->add_option("--output-data", o->data, "JSON object or @FILE");
  verb->add_flag("-w,--wait", o->wait, "wait for the next one, or the end");
  waiting(verb);
  verb->callback([=, &s] { s.exit_code = signal(s, *o); });

  with_id("jump", "let it go on at a task");
  examples(verb, {"tutti workflow jump ID --to ship --yes"});
  verb->add_option("--to", o->task, "reference of the task")->required();
  verb->add_option("--task-input", o->data, "members of its input");
  verb->callback([=, &s] { s.exit_code = jump(s, *o); });
}

} // namespace tutti::cli

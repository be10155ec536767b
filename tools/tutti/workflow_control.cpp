#include "messages/model/payload.hpp"
#include "tools/tutti/json_input.hpp"
#include "tools/tutti/output.hpp"
#include "tools/tutti/session.hpp"

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

namespace tutti::cli {

using nlohmann::json;

namespace control_detail {

struct options {
  std::vector<std::string> ids;
  std::string reason;
  bool flag = false;
  std::string task, input, task_input, correlation_id;
};

/// Sends the same request for each id; reports a failure and continues.
template <class Path>
int for_each(session& s, const std::vector<std::string>& ids,
             const char* method, const char* done, Path path,
             std::optional<std::string> body = {}) {
  int code = exit_done;
  auto changed = json::array();
  table rows({"ID", "RESULT"});
  for (auto& id : ids) {
    auto answer = s.api().call(method, path(id), body);
    if (!answer) {
      code = failed(answer.failure());
      continue;
    }
    changed.push_back(json{{"workflowId", id}, {"result", done}});
    rows.add({id, done});
  }
  if (s.json())
    print(changed);
  else if (!rows.empty())
    print(rows);
  return code;
}

std::string these(const std::vector<std::string>& ids) {
  return ids.size() == 1 ? "workflow " + ids.front()
                         : std::to_string(ids.size()) + " workflows";
}

int terminate(session& s, const options& o) {
  if (!confirmed("terminate " + these(o.ids), s.yes))
    return exit_misused;
  query_parameters query;
  if (!o.reason.empty())
    query.emplace_back("reason", o.reason);
  return for_each(s, o.ids, "DELETE", "terminated", [&](auto& id) {
    return api_path({"workflow", id}, query);
  });
}

int remove(session& s, const options& o) {
  if (o.flag && !confirmed("delete " + these(o.ids) + " for good", s.yes))
    return exit_misused;
  return for_each(s, o.ids, "DELETE", "removed", [&](auto& id) {
    return api_path({"workflow", id, "remove"},
                    {{"archiveWorkflow", o.flag ? "false" : "true"}});
  });
}

int restart(session& s, const options& o) {
  if (!confirmed("restart " + these(o.ids)
                     + " from the first task, dropping what was done",
                 s.yes))
    return exit_misused;
  return for_each(s, o.ids, "POST", "restarted", [&](auto& id) {
    return api_path({"workflow", id, "restart"},
                    {{"useLatestDefinitions", o.flag ? "true" : "false"}});
  });
}

int retry(session& s, const options& o) {
  return for_each(s, o.ids, "POST", "retried", [&](auto& id) {
    return api_path({"workflow", id, "retry"},
                    {{"resumeSubworkflowTasks", o.flag ? "true" : "false"}});
  });
}

int rerun(session& s, const options& o) {
  json body = json::object();
  auto add = [&](const char* key, const std::string& text,
                 const char* option) -> result<done> {
    if (text.empty())
      return done{};
    auto object = read_object(text, option);
    if (!object)
      return object.failure();
    body[key] = std::move(*object);
    return done{};
  };
  for (auto& added : {add("workflowInput", o.input, "--input"),
                      add("taskInput", o.task_input, "--task-input")})
    if (!added)
      return misused(added.failure().message, "a JSON object or @FILE");
  if (!o.task.empty())
    body["reRunFromTaskId"] = o.task;
  if (!o.correlation_id.empty())
    body["correlationId"] = o.correlation_id;
  return for_each(
      s, o.ids, "POST", "rerun",
      [](auto& id) {
        return api_path({"workflow", id, "rerun"});
      },
      to_text(body));
}

} // namespace control_detail

void add_workflow_control(CLI::App& workflow, session& s) {
  using namespace control_detail;
  auto o = std::make_shared<options>();
  auto add = [&](const char* name, const char* help, auto run) {
    auto* verb = workflow.add_subcommand(name, help);
    verb->add_option("ID", o->ids, "one or more executions")->required();
    verb->callback([=, &s] { s.exit_code = run(s, *o); });
    return verb;
  };
  add("terminate", "end it; its open tasks are cancelled", terminate)
      ->add_option("--reason", o->reason, "stored with the execution");
  add("pause", "schedule no further tasks", [](session& s, const options& x) {
    return for_each(s, x.ids, "PUT", "paused", [](auto& id) {
      return api_path({"workflow", id, "pause"});
    });
  });
  add("resume", "continue after a pause", [](session& s, const options& x) {
    return for_each(s, x.ids, "PUT", "resumed", [](auto& id) {
      return api_path({"workflow", id, "resume"});
    });
  });
  add("retry", "run its failed tasks again", retry)
      ->add_flag("--resume-subworkflows", o->flag,
                 "retry inside a failed sub-workflow instead of a new one");
  add("restart", "run it from the start", restart)
      ->add_flag("--latest", o->flag, "with the latest definition");
  auto* verb = add("rerun", "run again from a task", rerun);
  verb->add_option("--from-task", o->task,
                   "id of the task; from the start by default");
  verb->add_option("--input", o->input, "a new workflow input");
  verb->add_option("--task-input", o->task_input, "a new input of that task");
  verb->add_option("--correlation-id", o->correlation_id,
                   "a new correlation id");
  add("remove", "archive it: not listed, but readable by its id", remove)
      ->add_flag("--for-good", o->flag, "delete it, even while it runs");
}

} // namespace tutti::cli

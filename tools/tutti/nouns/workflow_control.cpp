#include "messages/model/payload.hpp"
#include "tools/tutti/jobs/job_order.hpp"
#include "tools/tutti/json_input.hpp"
#include "tools/tutti/references.hpp"
#include "tools/tutti/session.hpp"
#include "tools/tutti/stop_signal.hpp"

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include <functional>
#include <tuple>

namespace tutti::cli {

using nlohmann::json;

namespace control_detail {

struct options {
  std::vector<std::string> ids;
  std::string reason;
  bool flag = false, remove_too = false;
  std::string task, input, task_input, correlation_id, output;
};

/// Sends the same request for each id; reports a failure and continues. `path`
/// is given the full id. Ctrl-C ends it between two requests.
template <class Send>
int for_each(session& s, const std::vector<std::string>& ids, const char* done,
             Send send) {
  stop_signal stop;
  exit_tally tally;
  auto changed = json::array();
  for (auto& given : ids) {
    if (stop.raised())
      break;
    auto id = execution_id(s.api(), given);
    auto answer = id ? send(*id) : result<std::string>(id.failure());
    if (!answer) {
      tally.add(failed(answer.failure()));
      continue;
    }
    tally.add(exit_done);
    changed.push_back({{"workflowId", *id}, {"result", done}});
  }
  view look{{text_column("ID", "workflowId"), text_column("RESULT", "result")},
            "workflowId"};
  if (!changed.empty() || s.json())
    s.show(changed, look);
  if (stop.raised()) {
    note(std::to_string(changed.size()) + " of " + std::to_string(ids.size())
         + " were done before the signal");
    return stop.exit_code();
  }
  return tally.exit_code();
}

/// A request without a body whose path begins with /workflow/{id}.
template <class Path>
int call_each(session& s, const std::vector<std::string>& ids,
              const char* method, const char* done, Path path) {
  return for_each(s, ids, done, [&](const std::string& id) {
    return s.api().call(method, path(id));
  });
}

std::string these(const std::vector<std::string>& ids) {
  return ids.size() == 1 ? "workflow " + ids.front()
                         : std::to_string(ids.size()) + " workflows";
}

int terminate(session& s, const options& o) {
  if (!confirmed((o.remove_too ? "terminate and archive " : "terminate ")
                     + these(o.ids),
                 s.yes))
    return exit_misused;
  query_parameters query;
  if (!o.reason.empty())
    query.emplace_back("reason", o.reason);
  if (o.remove_too)
    return call_each(
        s, o.ids, "DELETE", "terminated and archived", [&](auto& id) {
          return api_path({"workflow", id, "terminate-remove"}, query);
        });
  return call_each(s, o.ids, "DELETE", "terminated", [&](auto& id) {
    return api_path({"workflow", id}, query);
  });
}

int remove(session& s, const options& o) {
  if (o.flag && !confirmed("delete " + these(o.ids) + " for good", s.yes))
    return exit_misused;
  return call_each(s, o.ids, "DELETE", "removed", [&](auto& id) {
    return api_path({"workflow", id, "remove"},
                    {{"archiveWorkflow", o.flag ? "false" : "true"}});
  });
}

int remove_for_good(session& s, const options& o) {
  auto with = o;
  with.flag = true;
  return remove(s, with);
}

int restart(session& s, const options& o) {
  if (!confirmed("restart " + these(o.ids)
                     + " from the first task, dropping what was done",
                 s.yes))
    return exit_misused;
  return call_each(s, o.ids, "POST", "restarted", [&](auto& id) {
    return api_path({"workflow", id, "restart"},
                    {{"useLatestDefinitions", o.flag ? "true" : "false"}});
  });
}

int retry(session& s, const options& o) {
  return call_each(s, o.ids, "POST", "retried", [&](auto& id) {
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
  if (!o.correlation_id.empty())
    body["correlationId"] = o.correlation_id;
  return for_each(
      s, o.ids, "rerun", [&](const std::string& id) -> result<std::string> {
        auto request = body;
        if (!o.task.empty()) {
          auto task = task_id_in(s.api(), id, o.task);
          if (!task)
            return task.failure();
          request["reRunFromTaskId"] = *task;
        }
        return s.api().call("POST", api_path({"workflow", id, "rerun"}),
                            to_text(request));
      });
}

int skip(session& s, const options& o) {
  json body = json::object();
  auto input = read_object(o.task_input, "--task-input"),
       output = read_object(o.output, "--task-output");
  for (auto* read : {&input, &output})
    if (!*read)
      return misused(read->failure().message, "a JSON object or @FILE");
  if (!o.task_input.empty())
    body["taskInput"] = *input;
  if (!o.output.empty())
    body["taskOutput"] = *output;
  return for_each(s, o.ids, "skipped", [&](const std::string& id) {
    return s.api().call("PUT", api_path({"workflow", id, "skiptask", o.task}),
                        to_text(body));
  });
}

int message(session& s, const options& o) {
  auto body = read_object(o.input, "MESSAGE");
  if (!body)
    return misused(body.failure().message, "a JSON object or @FILE");
  return for_each(s, o.ids, "sent", [&](const std::string& id) {
    return s.api().call("POST", api_path({"workflow", id, "messages"}),
                        to_text(*body));
  });
}

// The arguments of a job's action (reference:jobs#actions).

using arguments_of = result<json> (*)(const options&);

result<json> no_arguments(const options&) { return json::object(); }
result<json> terminate_arguments(const options& o) {
  auto out = json::object();
  if (!o.reason.empty())
    out["reason"] = o.reason;
  return out;
}
result<json> retry_arguments(const options& o) {
  return json{{"resumeSubworkflowTasks", o.flag}};
}
result<json> restart_arguments(const options& o) {
  return json{{"useLatestDefinitions", o.flag}};
}
result<json> remove_arguments(const options& o) {
  return json{{"archiveWorkflow", !o.flag}};
}
result<json> delete_arguments(const options&) {
  return json{{"archiveWorkflow", false}};
}

/// Adds the objects that were given.
result<json> with_objects(
    json out,
    std::initializer_list<std::tuple<const char*, const char*, std::string>>
        given) {
  for (auto& [key, option, text] : given) {
    if (text.empty())
      continue;
    auto object = read_object(text, option);
    if (!object)
      return object.failure();
    out[key] = std::move(*object);
  }
  return out;
}
result<json> rerun_arguments(const options& o) {
  auto out = json::object();
  if (!o.task.empty())
    out["fromTask"] = o.task;
  if (!o.correlation_id.empty())
    out["correlationId"] = o.correlation_id;
  return with_objects(std::move(out),
                      {{"workflowInput", "--input", o.input},
                       {"taskInput", "--task-input", o.task_input}});
}
result<json> skip_arguments(const options& o) {
  return with_objects(json{{"taskReferenceName", o.task}},
                      {{"taskInput", "--task-input", o.task_input},
                       {"taskOutput", "--task-output", o.output}});
}

/// What is named, as it is now; nothing is changed.
int dry_run(session& s, const options& o, const char* action) {
  exit_tally tally;
  auto rows = json::array();
  for (auto& given : o.ids) {
    auto id = execution_id(s.api(), given);
    auto status
        = id ? s.api().call_json("GET", api_path({"workflow", *id, "status"}))
             : result<json>(id.failure());
    if (!status) {
      tally.add(failed(status.failure()));
      continue;
    }
    tally.add(exit_done);
    rows.push_back({{"workflowId", *id},
                    {"status", text_at(*status, "status")},
                    {"result", std::string("would ") + action}});
  }
  s.show(rows,
         {{text_column("ID", "workflowId"), status_column("STATUS", "status"),
           text_column("RESULT", "result")},
          "workflowId"});
  return tally.exit_code();
}

/// To the executions that are named, or to all that a query finds.
int run_either(session& s, const options& o, const query_options& which,
               const char* action, arguments_of arguments,
               const std::function<int(session&, const options&)>& run) {
  const char* next = "tutti workflow VERB ID..., or --query 'status=FAILED'";
  if (!which.given() && o.ids.empty())
    return misused("no executions are named", next);
  if (!which.given())
    return which.dry_run ? dry_run(s, o, action) : run(s, o);
  if (!o.ids.empty())
    return misused("executions are named by ids and by a query", next);
  if (o.remove_too)
    return misused("--remove is for executions that are named by ids",
                   "terminate with the query, then remove with it");
  auto read = arguments(o);
  if (!read)
    return misused(read.failure().message, "a JSON object or @FILE");
  return run_job(s, which, action, *std::move(read));
}

} // namespace control_detail

void add_workflow_control(CLI::App& workflow, session& s) {
  using namespace control_detail;
  auto o = std::make_shared<options>();
  auto add = [&](const char* name, const char* help, const char* example,
                 auto run) {
    auto* verb = workflow.add_subcommand(name, help);
    s.complete(
        verb->add_option("ID", o->ids, "one or more executions")->required(),
        newest_ids(s));
    examples(verb, {example});
    verb->callback([=, &s] { s.exit_code = run(s, *o); });
    return verb;
  };
  auto which = std::make_shared<query_options>();
  // The same, also to all executions of a query.
  auto add_to_many
      = [&](const char* name, const char* help, const char* example, auto run,
            const char* action, arguments_of arguments) {
          auto* verb = workflow.add_subcommand(name, help);
          s.complete(verb->add_option("ID", o->ids, "one or more executions"),
                     newest_ids(s));
          add_query_options(verb, which);
          examples(verb, {example});
          verb->callback([=, &s] {
            s.exit_code = run_either(s, *o, *which, action, arguments, run);
          });
          return verb;
        };
  auto each = [](const char* method, const char* done, auto path) {
    return [=](session& s, const options& x) {
      return call_each(s, x.ids, method, done, path);
    };
  };
  auto under = [](const char* action) {
    return [=](const std::string& id) {
      return api_path({"workflow", id, action});
    };
  };
  auto* verb
      = add_to_many("terminate", "end it; its open tasks are cancelled",
                    "tutti workflow terminate ID --reason 'wrong input' --yes",
                    terminate, "terminate", terminate_arguments);
  verb->add_option("--reason", o->reason, "stored with the execution");
  verb->add_flag("--remove", o->remove_too, "and archive it, see remove");
  add_to_many("pause", "schedule no further tasks",
              "tutti workflow pause ID ID",
              each("PUT", "paused", under("pause")), "pause", no_arguments);
  add_to_many("resume", "continue after a pause", "tutti workflow resume ID",
              each("PUT", "resumed", under("resume")), "resume", no_arguments);
  add_to_many("retry", "run its failed tasks again",
              "tutti workflow retry --query 'status=FAILED AND endTime>-1h' "
              "--rate 200 --yes",
              retry, "retry", retry_arguments)
      ->add_flag("--resume-subworkflows", o->flag,
                 "retry inside a failed sub-workflow instead of a new one");
  add_to_many("restart", "run it from the start",
              "tutti workflow restart ID --latest --yes", restart, "restart",
              restart_arguments)
      ->add_flag("--latest", o->flag, "with the latest definition");

  verb = add_to_many("rerun", "run again from a task",
                     "tutti workflow rerun ID --from-task ship", rerun, "rerun",
                     rerun_arguments);
  verb->add_option("--from-task", o->task,
                   "its reference or id; from the start by default");
  verb->add_option("--input", o->input, "a new workflow input");
  verb->add_option("--task-input", o->task_input, "a new input of that task");
  verb->add_option("--correlation-id", o->correlation_id,
                   "a new correlation id");

  verb = add_to_many("skip", "step over a task that is not there yet",
                     "tutti workflow skip ID --task approve --task-output "
                     "'{\"ok\": true}'",
                     skip, "skip", skip_arguments);
  verb->add_option("--task", o->task, "its reference")->required();
  verb->add_option("--task-input", o->task_input, "shown as its input");
  verb->add_option("--task-output", o->output, "taken for its output");

  verb = add("message", "send to its PULL_WORKFLOW_MESSAGES tasks",
             "tutti workflow message ID -m '{\"approved\": true}'", message);
  verb->add_option("-m,--message", o->input, "JSON object or @FILE")
      ->required();

  add_to_many("reset-callbacks", "offer tasks at once that workers handed back",
              "tutti workflow reset-callbacks ID",
              each("POST", "reset", under("resetcallbacks")), "resetcallbacks",
              no_arguments);
  add("decide", "look at it now", "tutti workflow decide ID",
      each("PUT", "decided", [](const std::string& id) {
        return api_path({"workflow", "decide", id});
      }));

  verb = add_to_many("remove", "archive it: not listed, but readable by its id",
                     "tutti workflow remove ID --for-good --yes", remove,
                     "remove", remove_arguments);
  verb->add_flag("--for-good", o->flag, "delete it, even while it runs");
  add_to_many("delete", "delete it for good, even while it runs",
              "tutti workflow delete --query 'status=COMPLETED AND "
              "endTime<-90d'",
              remove_for_good, "remove", delete_arguments);
}

} // namespace tutti::cli

#include "messages/model/payload.hpp"
#include "tools/tutti/insight_view.hpp"
#include "tools/tutti/references.hpp"
#include "tools/tutti/session.hpp"

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <set>

namespace tutti::cli {

using nlohmann::json;

namespace queue_detail {

/// Of a queue as the store knows it: the leases of its type, which outlive a
/// restart. Who counts deliveries since the start would say none.
int64_t with_workers(const json& queue) {
  for (auto& limit : list_at(queue, "limits"))
    if (text_at(limit, "taskDefName") == text_at(queue, "taskType"))
      return number_at(limit, "inProgress");
  return number_at(queue, "handedOut");
}

json row_of(const json& queue) {
  return {{"queue", text_at(queue, "queue")},
          {"waiting", number_at(queue, "size")},
          {"delayed", number_at(queue, "delayed")},
          {"withWorkers", with_workers(queue)},
          {"lastPollTime", number_at(queue, "lastPollTime")},
          {"lastWorkerId", text_at(queue, "lastPollWorkerId")}};
}

/// Types of a request: its line has a bound.
constexpr size_t types_asked_max = 50;

void add(std::map<std::string, json>& queues, const json& known) {
  if (known.is_array())
    for (auto& x : known)
      queues[text_at(x, "queue")] = row_of(x);
}

/// Types that were polled and of which no queue is told. A node that was
/// restarted names a queue without waiting tasks only to who asks for it.
std::vector<std::string> untold(const std::map<std::string, json>& queues,
                                const json& polls) {
  std::set<std::string> types;
  if (polls.is_array())
    for (auto& p : polls)
      if (auto type = text_at(p, "queueName"); !queues.contains(type))
        types.insert(type);
  return {types.begin(), types.end()};
}

/// Who polled last; queues that have had no task yet.
void add_polls(std::map<std::string, json>& queues, const json& polls) {
  if (!polls.is_array())
    return;
  for (auto& p : polls) {
    auto type = text_at(p, "queueName"), domain = text_at(p, "domain");
    auto name = domain.empty() ? type : domain + ":" + type;
    auto& row
        = queues.try_emplace(name, row_of({{"queue", name}})).first->second;
    if (auto at = number_at(p, "lastPollTime");
        at >= number_at(row, "lastPollTime")) {
      row["lastPollTime"] = at;
      row["lastWorkerId"] = text_at(p, "workerId");
    }
  }
}

int list(session& s) {
  auto ask = [&](const query_parameters& query) {
    return s.api().call_json("GET", api_path({"tutti", "queues"}, query));
  };
  auto known = ask({});
  if (!known)
    return failed(known.failure());
  auto polls = s.api().call_json(
      "GET", api_path({"tasks", "queue", "polldata", "all"}));
  if (!polls)
    return failed(polls.failure());
  std::map<std::string, json> queues;
  add(queues, *known);
  auto types = untold(queues, *polls);
  for (size_t i = 0; i < types.size(); i += types_asked_max) {
    query_parameters query;
    for (auto j = i; j < std::min(types.size(), i + types_asked_max); ++j)
      query.emplace_back("taskType", types[j]);
    auto more = ask(query);
    if (!more)
      return failed(more.failure());
    add(queues, *more);
  }
  add_polls(queues, *polls);
  auto rows = json::array();
  for (auto& [name, row] : queues)
    rows.push_back(std::move(row));
  view look{{text_column("QUEUE", "queue"),
             made_column(
                 "WAITING",
                 [](const json& x) -> cell {
                   auto n = number_at(x, "waiting");
                   return {std::to_string(n), n > 0 ? tone::busy : tone::plain};
                 }),
             wide(number_column("DELAYED", "delayed")),
             number_column("WITH WORKERS", "withWorkers"),
             time_column("LAST POLL", "lastPollTime"),
             text_column("BY", "lastWorkerId")},
            "queue"};
  look.none = "no task has been offered or polled yet";
  return s.show(rows, look);
}

/// Nothing is known of a type under which no task was offered: either there is
/// no such type, or it was not needed yet.
int nothing_offered(session& s, const std::string& type) {
  auto definition
      = s.api().call("GET", api_path({"metadata", "taskdefs", type}));
  if (definition)
    return s.show(json::array(), queue_limits_view());
  if (definition.failure().code != errc::not_found)
    return failed(definition.failure());
  return failed({errc::not_found,
                 "there is no queue and no task definition '" + type + "'"},
                "`tutti queue list` shows the queues");
}

int show(session& s, const std::string& type) {
  query_parameters query;
  if (!type.empty())
    query.emplace_back("taskType", type);
  auto queues = s.api().call_json("GET", api_path({"tutti", "queues"}, query));
  if (!queues)
    return failed(queues.failure());
  if (!type.empty() && queues->empty())
    return nothing_offered(s, type);
  return s.show(*queues, queue_limits_view());
}

int requeue(session& s, const std::string& type) {
  auto count
      = s.api().call("POST", api_path({"tasks", "queue", "requeue", type}));
  if (!count)
    return failed(count.failure());
  view look{{text_column("QUEUE", "queue"), number_column("TASKS", "tasks")},
            "queue"};
  look.detail = [](const json& x, const canvas&) {
    return to_text(x.at("tasks")) + '\n';
  };
  return s.show(json{{"queue", type}, {"tasks", std::atoll(count->c_str())}},
                look);
}

/// Calls `send` with the id of the task that is meant, and shows what was done.
template <class Send>
int with_task(session& s, const std::string& given, const char* done,
              Send send) {
  auto id = given;
  if (given.find('/') != given.npos) {
    auto task = find_task(s.api(), given);
    if (!task)
      return failed(task.failure(), "`tutti workflow tasks ID -o wide`");
    id = text_at(*task, "taskId");
  }
  if (auto answer = send(id); !answer)
    return failed(answer.failure());
  return s.show(
      json{{"taskId", id}, {"result", done}},
      {{text_column("TASK", "taskId"), text_column("RESULT", "result")},
       "taskId"});
}

int take_out(session& s, const std::string& type, const std::string& task) {
  auto code = with_task(s, task, "removed", [&](const std::string& id) {
    return s.api().call("DELETE", api_path({"tasks", "queue", type, id}));
  });
  if (code == exit_done)
    note("it is offered again after executions.queue_repair_ms, or by "
         "`tutti queue return "
         + type + " " + task + "`");
  return code;
}

int put_back(session& s, const std::string& type, const std::string& task) {
  return with_task(s, task, "offered", [&](const std::string& id) {
    return s.api().call("POST", api_path({"tutti", "queues", type, id}));
  });
}

} // namespace queue_detail

void add_queue(CLI::App& app, session& s) {
  auto* noun = app.add_subcommand("queue", "tasks that wait for workers");
  noun->require_subcommand(1);
  auto type = std::make_shared<std::string>();
  auto task_id = std::make_shared<std::string>();
  auto add = [&](const char* name, const char* help, const char* example,
                 const char* what) {
    auto* verb = noun->add_subcommand(name, help);
    examples(verb, {example});
    if (what)
      s.complete(verb->add_option("TYPE", *type, what),
                 task_definition_names(s));
    return verb;
  };
  auto* verb = add("list", "list queues with their length and polls",
                   "tutti queue list -o wide", nullptr);
  verb->callback([&s] { s.exit_code = queue_detail::list(s); });

  verb = add("show", "limits: tasks in progress, slots left, next window",
             "tutti queue show say_hello", "only queues of this task type");
  verb->callback([=, &s] { s.exit_code = queue_detail::show(s, *type); });

  verb = add("requeue", "offer waiting tasks again",
             "tutti queue requeue say_hello", "of the tasks");
  verb->get_option("TYPE")->required();
  verb->callback([=, &s] { s.exit_code = queue_detail::requeue(s, *type); });

  auto add_move
      = [&](const char* name, const char* help, const char* example, auto run) {
          verb = add(name, help, example, "of the task");
          verb->get_option("TYPE")->required();
          verb->add_option("TASK_ID", *task_id, "its id, or WORKFLOW/REFERENCE")
              ->required();
          verb->callback([=, &s] { s.exit_code = run(s, *type, *task_id); });
        };
  add_move("remove", "take a task out of its queue for a while",
           "tutti queue remove say_hello ID/hello", queue_detail::take_out);
  add_move("return", "put such a task back at once",
           "tutti queue return say_hello ID/hello", queue_detail::put_back);
}

} // namespace tutti::cli

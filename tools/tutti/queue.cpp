#include "tools/tutti/insight_view.hpp"
#include "tools/tutti/output.hpp"
#include "tools/tutti/session.hpp"

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include <map>

namespace tutti::cli {

using nlohmann::json;

namespace queue_detail {

struct queue {
  int64_t waiting = 0, with_workers = 0, last_poll = 0;
  std::string last_worker;
};

/// Adds sizes by queue name; `sizes` has the shards in between.
void add_sizes(std::map<std::string, queue>& queues, const json& sizes) {
  if (!sizes.is_object())
    return;
  for (auto& [name, shards] : sizes.items()) {
    auto& q = queues[name];
    if (shards.is_object())
      for (auto& shard : shards) {
        q.waiting += number_at(shard, "size");
        q.with_workers += number_at(shard, "uacked");
      }
  }
}

void add_polls(std::map<std::string, queue>& queues, const json& polls) {
  if (!polls.is_array())
    return;
  for (auto& p : polls) {
    auto name = text_at(p, "queueName"), domain = text_at(p, "domain");
    auto& q = queues[domain.empty() ? name : domain + ":" + name];
    if (auto at = number_at(p, "lastPollTime"); at >= q.last_poll) {
      q.last_poll = at;
      q.last_worker = text_at(p, "workerId");
    }
  }
}

int list(session& s) {
  auto sizes = s.api().call_json(
      "GET", api_path({"tasks", "queue", "all", "verbose"}));
  if (!sizes)
    return failed(sizes.failure());
  auto polls = s.api().call_json(
      "GET", api_path({"tasks", "queue", "polldata", "all"}));
  if (!polls)
    return failed(polls.failure());
  std::map<std::string, queue> queues;
  add_sizes(queues, *sizes);
  add_polls(queues, *polls);
  if (s.json()) {
    auto out = json::array();
    for (auto& [name, q] : queues)
      out.push_back(json{{"queue", name},
                         {"waiting", q.waiting},
                         {"withWorkers", q.with_workers},
                         {"lastPollTime", q.last_poll},
                         {"lastWorkerId", q.last_worker}});
    print(out);
    return exit_done;
  }
  table rows({"QUEUE", "WAITING", "WITH WORKERS", "LAST POLL", "BY"});
  for (auto& [name, q] : queues)
    rows.add(
        {name,
         {std::to_string(q.waiting), q.waiting > 0 ? tone::busy : tone::plain},
         std::to_string(q.with_workers),
         time_text(q.last_poll),
         q.last_worker});
  print(rows);
  if (rows.empty())
    note("no task has been offered or polled yet");
  return exit_done;
}

int show(session& s, const std::string& type) {
  query_parameters query;
  if (!type.empty())
    query.emplace_back("taskType", type);
  auto queues = s.api().call_json("GET", api_path({"tutti", "queues"}, query));
  if (!queues)
    return failed(queues.failure());
  if (s.json()) {
    print(*queues);
    return exit_done;
  }
  auto rows = queue_rows(*queues);
  print(rows);
  if (rows.empty())
    note("no task has been offered yet");
  return exit_done;
}

int requeue(session& s, const std::string& type) {
  auto count
      = s.api().call("POST", api_path({"tasks", "queue", "requeue", type}));
  if (!count)
    return failed(count.failure());
  print_line(*count);
  return exit_done;
}

int take_out(session& s, const std::string& type, const std::string& task_id) {
  auto done
      = s.api().call("DELETE", api_path({"tasks", "queue", type, task_id}));
  if (!done)
    return failed(done.failure());
  note("it is offered again after executions.queue_repair_ms, or by "
       "`tutti queue return "
       + type + " " + task_id + "`");
  return exit_done;
}

int put_back(session& s, const std::string& type, const std::string& task_id) {
  auto done
      = s.api().call("POST", api_path({"tutti", "queues", type, task_id}));
  return done ? exit_done : failed(done.failure());
}

} // namespace queue_detail

void add_queue(CLI::App& app, session& s) {
  auto* noun = app.add_subcommand("queue", "tasks that wait for workers");
  noun->require_subcommand(1);
  auto* verb
      = noun->add_subcommand("list", "list queues with their length and polls");
  verb->callback([&s] { s.exit_code = queue_detail::list(s); });

  auto type = std::make_shared<std::string>();
  auto task_id = std::make_shared<std::string>();
  verb = noun->add_subcommand(
      "show", "limits: tasks in progress, slots left, next window");
  verb->add_option("TYPE", *type, "only queues of this task type");
  verb->callback([=, &s] { s.exit_code = queue_detail::show(s, *type); });

  verb = noun->add_subcommand("requeue", "offer waiting tasks again");
  verb->add_option("TYPE", *type, "of the tasks")->required();
  verb->callback([=, &s] { s.exit_code = queue_detail::requeue(s, *type); });

  verb = noun->add_subcommand("remove", "take a task out of its queue for a "
                                        "while");
  verb->add_option("TYPE", *type, "of the task")->required();
  verb->add_option("TASK_ID", *task_id, "of the task")->required();
  verb->callback(
      [=, &s] { s.exit_code = queue_detail::take_out(s, *type, *task_id); });

  verb = noun->add_subcommand("return", "put such a task back at once");
  verb->add_option("TYPE", *type, "of the task")->required();
  verb->add_option("TASK_ID", *task_id, "of the task")->required();
  verb->callback(
      [=, &s] { s.exit_code = queue_detail::put_back(s, *type, *task_id); });
}

} // namespace tutti::cli

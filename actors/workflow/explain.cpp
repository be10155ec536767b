#include "actors/workflow/explain.hpp"

#include "actors/engine/decision/leases.hpp"
#include "actors/engine/features/slots.hpp"
#include "actors/engine/views/explain.hpp"
#include "actors/support/scatter_gather.hpp"
#include "messages/model/ids.hpp"

#include <caf/send.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>

namespace tutti {

namespace explaining_detail {

using nlohmann::json;

/// Another actor to ask, and the entries that its answer completes.
struct question {
  enum class about { queue, child, slot } what = about::queue;
  std::string queue, child_id;
  std::vector<waiting_task> rows;
  std::vector<size_t> entries; ///< in `tasks`
};

waiting_task row_of(const engine::state& x, const task& row) {
  waiting_task out{engine::queue_name(row), x.head().workflow_id, row.task_id,
                   row.workflow_priority,   row.queued_at,        row.seq};
  if (engine::is_limited(row)) {
    out.limited_by = row.task_def_name;
    if (auto* def = row.definition->definition.get())
      out.own_limit = limit_of(*def);
  }
  return out;
}

std::vector<question> questions_of(const engine::state& x, const json& tasks) {
  std::map<std::string, question> by_queue;
  std::vector<question> out;
  for (size_t i = 0; i < tasks.size(); ++i) {
    auto& entry = tasks[i];
    auto* row = x.find(entry["taskId"].get<std::string>());
    if (row && entry.contains("queue")) {
      auto& one = by_queue[entry["queue"].get<std::string>()];
      one.rows.push_back(row_of(x, *row));
      one.entries.push_back(i);
    } else if (row && entry.contains("subWorkflowId")) {
      out.push_back(
          {question::about::child, {}, row->sub_workflow_id, {}, {i}});
    }
  }
  for (auto& [name, one] : by_queue) {
    one.queue = name;
    out.push_back(std::move(one));
  }
  if (engine::waits_for_slot(x.head()))
    out.push_back({question::about::slot, {}, {}, {}, {}});
  return out;
}

std::string by_limit(const json& limit) {
  auto name = limit.value("taskDefName", std::string());
  std::string out = ", held up by the limits of task definition '" + name + "'";
  if (limit.contains("concurrentExecLimit"))
    out += ": " + std::to_string(limit.value("inProgress", int64_t{0}))
           + " in progress, concurrentExecLimit "
           + std::to_string(limit.value("concurrentExecLimit", int64_t{0}));
  if (limit.contains("rateLimitPerFrequency"))
    out += ": rateLimitPerFrequency "
           + std::to_string(limit.value("rateLimitPerFrequency", int64_t{0}))
           + " in "
           + std::to_string(
               limit.value("rateLimitFrequencyInSeconds", int64_t{0}))
           + " s, " + std::to_string(limit.value("grantsLeft", int64_t{0}))
           + " left";
  return out;
}

/// Workers that are busy do not poll.
std::string without_polls(const json& said, int64_t now) {
  std::string out = "; no poll waits there";
  if (said.contains("lastPollTime")) {
    auto ago = now - said["lastPollTime"].get<int64_t>();
    out += ", the last one came "
           + std::to_string(std::max<int64_t>(ago, 0) / 1'000) + " s ago";
    auto worker = said.value("lastPollWorkerId", std::string());
    if (!worker.empty())
      out += " from " + worker;
  } else {
    out += ", and none came yet";
  }
  if (auto held = said.value("inProgress", int64_t{0}); held > 0)
    out += "; workers have " + std::to_string(held) + " tasks of that type";
  return out;
}

void complete_by_queue(json& tasks, const question& asked, const json& said,
                       int64_t now) {
  auto polls = said.value("polls", int64_t{0});
  for (size_t i = 0; i < asked.entries.size() && i < said["tasks"].size();
       ++i) {
    auto& entry = tasks[asked.entries[i]];
    auto& standing = said["tasks"][i];
    entry["place"] = standing["place"];
    entry["queueSize"] = said["size"];
    entry["pollsWaiting"] = polls;
    for (auto* key : {"lastPollTime", "lastPollWorkerId"})
      if (said.contains(key))
        entry[key] = said[key];
    auto text = entry["text"].get<std::string>();
    if (entry["waitsFor"] == "QUEUE") {
      auto position = standing.value("position", int64_t{0});
      entry["position"] = position;
      text += ", with " + std::to_string(position) + " tasks before it";
      if (standing["place"] == "HANDED_OUT")
        text += "; it is being handed out";
      else if (polls > 0)
        text += "; " + std::to_string(polls) + " polls wait there";
      else
        text += without_polls(said, now);
    }
    if (standing.contains("limit")) {
      entry["limit"] = standing["limit"];
      if (standing["limit"].value("holdsUp", false)) {
        entry["waitsFor"] = "LIMIT";
        text += by_limit(standing["limit"]);
      }
    }
    entry["text"] = std::move(text);
  }
}

void complete_by_child(json& entry, const json& said) {
  auto status = said.value("status", std::string());
  entry["subWorkflowStatus"] = status;
  entry["text"] = entry["text"].get<std::string>() + ", which is " + status;
}

/// Adds the holders of the slots and how many executions wait before it.
void complete_by_slot(json& whole, const json& said) {
  auto before = said.value("position", int64_t{0});
  whole["slot"].update(said);
  whole["text"] = whole["text"].get<std::string>() + " "
                  + std::to_string(before)
                  + " executions wait before it; the slots are held by "
                  + to_text(said["holders"]) + ".";
}

void complete(json& whole, const question& asked, const result<document>& said,
              int64_t now) {
  auto& tasks = whole["tasks"];
  if (!said) {
    for (auto i : asked.entries)
      tasks[i]["text"] = tasks[i]["text"].get<std::string>() + " ("
                         + said.failure().message + ")";
    return;
  }
  auto json = parse_json(said->text);
  if (!json || !json->is_object())
    return;
  switch (asked.what) {
    case question::about::queue:
      return complete_by_queue(tasks, asked, *json, now);
    case question::about::child:
      return complete_by_child(tasks[asked.entries.front()], *json);
    case question::about::slot:
      return complete_by_slot(whole, *json);
  }
}

void ask(const question& what, const workflow& head,
         const actor_directory& others, reply<document> done) {
  if (what.what == question::about::queue) {
    envelope<locate_in_queue> standing;
    standing.request.tasks = what.rows;
    standing.done = std::move(done);
    others.tell(std::move(standing));
    return;
  }
  if (what.what == question::about::slot) {
    auto& name = head.definition->name;
    envelope<read_slots> slots;
    slots.request = {name, head.rate_limit_key, head.workflow_id};
    slots.done = std::move(done);
    others.tell(slot_group_id(name, head.rate_limit_key), std::move(slots));
    return;
  }
  envelope<read_execution> child;
  child.request.workflow_id = what.child_id;
  child.request.what = read_execution::part::status;
  child.done = std::move(done);
  others.tell(what.child_id, std::move(child));
}

} // namespace explaining_detail

void explain_with_others(const engine::state& execution,
                         const shard_context& context,
                         const envelope<explain_workflow>& what) {
  using namespace explaining_detail;
  auto now = context.clock->now_ms();
  auto said = std::make_shared<json>(
      engine::explain(execution, now, what.request.count_max));
  auto questions = std::make_shared<std::vector<question>>(
      questions_of(execution, (*said)["tasks"]));
  auto all = scatter_gather<document>::create(
      questions->size(), [said, questions, now, done = what.done](
                             std::vector<result<document>> answers) {
        for (size_t i = 0; i < answers.size(); ++i)
          complete(*said, (*questions)[i], answers[i], now);
        done(document{to_text(*said)});
      });
  for (size_t i = 0; i < questions->size(); ++i)
    ask((*questions)[i], execution.head(), *context.directory,
        scatter_gather<document>::slot(all, i));
}

document explain_incident(const std::string& workflow_id,
                          const std::string& sentence) {
  return {to_text(explaining_detail::json{
      {"workflowId", workflow_id},
      {"waitsFor", "OPERATOR"},
      {"incident", sentence},
      {"text", sentence
                   + " It waits until somebody releases it (POST "
                     "/api/tutti/incidents/{id}/release)."},
      {"tasks", explaining_detail::json::array()}})};
}

} // namespace tutti

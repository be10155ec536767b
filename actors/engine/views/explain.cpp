#include "actors/engine/views/explain.hpp"

#include "actors/engine/decision/deadlines.hpp"
#include "actors/engine/decision/leases.hpp"
#include "actors/engine/features/slots.hpp"
#include "actors/engine/task_kind.hpp"

#include <nlohmann/json.hpp>

#include <ctime>

namespace tutti::engine {

namespace explain_detail {

using nlohmann::json;

/// References that this open join still misses.
json missing_of(const state& x, const task& join) {
  auto out = json::array();
  for (auto& reference : joined_references(join)) {
    auto* row = x.latest(reference);
    if (row && is_terminal(row->status) && !row->retried)
      continue;
    out.push_back({{"referenceTaskName", reference},
                   {"status", row ? json(to_text(row->status)) : json()}});
  }
  return out;
}

} // namespace explain_detail

std::string at_time(int64_t epoch_ms) {
  std::time_t seconds = epoch_ms / 1000;
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  char text[40];
  auto size = std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &parts);
  std::snprintf(text + size, sizeof text - size, ".%03dZ",
                int(epoch_ms % 1000));
  return text;
}

std::string in_quotes(const std::string& x) { return "'" + x + "'"; }

void say(nlohmann::json& out, const char* waits_for, std::string text) {
  out["waitsFor"] = waits_for;
  out["text"] = std::move(text);
}

void say_update_awaited(nlohmann::json& out) {
  say(out, "MESSAGE",
      "waits for somebody to update it (POST /tasks) or to signal the "
      "execution, however long that takes");
}

void say_body_awaited(nlohmann::json& out, const task& row) {
  out["iteration"] = row.iteration;
  say(out, "BODY", "waits for the tasks inside it");
}

void say_join(nlohmann::json& out, const state& x, const task& row) {
  auto missing = explain_detail::missing_of(x, row);
  std::string names;
  for (auto& one : missing)
    names += (names.empty() ? "" : ", ")
             + in_quotes(one["referenceTaskName"].get<std::string>());
  out["missing"] = std::move(missing);
  say(out, "JOIN", "waits for " + (names.empty() ? "nothing more" : names));
}

namespace explain_detail {

using nlohmann::json;

void say_scheduled(json& out, const task& row, int64_t now) {
  if (row.queued_at != 0) {
    auto queue = queue_name(row);
    out["queue"] = queue;
    out["visibleTime"] = row.queued_at;
    if (row.queued_at <= now)
      return say(out, "QUEUE",
                 "waits in queue " + in_quotes(queue)
                     + " until somebody polls");
    const char* why = "its delay";
    if (row.retry_count > 0 && row.start_time == 0)
      why = "the delay of its retry";
    else if (row.poll_count > 0)
      why = "the callbackAfterSeconds of its last update";
    else if (row.definition->start_delay_seconds > 0)
      why = "its startDelay";
    return say(out, "DELAY",
               "waits in queue " + in_quotes(queue)
                   + ", where it is not visible "
                     "before "
                   + at_time(row.queued_at) + ", by " + why);
  }
  if (row.due_at != 0 && traits_of(row).worker)
    return say(out, "TIMER",
               "was taken out of its queue " + in_quotes(queue_name(row))
                   + " and is offered there again at " + at_time(row.due_at));
  if (row.due_at != 0)
    return say(out, "DELAY", "starts at " + at_time(row.due_at));
  if (!row.sub_workflow_id.empty()) {
    out["subWorkflowId"] = row.sub_workflow_id;
    return say(out, "CHILD",
               "waits until its child " + row.sub_workflow_id + " has begun");
  }
  say(out, "SYSTEM", "is about to be started by the node");
}

const char* consequence(const task& row, std::string_view timer) {
  if (timer == "due")
    return "it goes on";
  auto policy = row.definition->definition->timeout_policy;
  bool ends = timer != "responseTimeoutSeconds"
              && policy == task_timeout_policy::time_out_wf;
  return ends ? "it is TIMED_OUT and so is the execution"
              : "it is TIMED_OUT, and tried again if it may";
}

json timers_of(const task& row) {
  auto out = json::array();
  for_each_deadline(row, [&](const char* name, int64_t at) {
    out.push_back(
        {{"timer", name}, {"time", at}, {"then", consequence(row, name)}});
  });
  std::sort(out.begin(), out.end(), [](auto& a, auto& b) {
    return a["time"].template get<int64_t>()
           < b["time"].template get<int64_t>();
  });
  return out;
}

json explain_task(const state& x, const task& row, int64_t now) {
  json out{{"taskId", row.task_id},
           {"referenceTaskName", row.reference_name},
           {"taskType", row.task_type},
           {"taskDefName", row.task_def_name},
           {"status", to_text(row.status)},
           {"attempt", row.retry_count}};
  if (row.status == task_status::scheduled)
    say_scheduled(out, row, now);
  else
    kind_of(row).explain(out, x, row);
  if (auto timers = timers_of(row); !timers.empty())
    out["timers"] = std::move(timers);
  return out;
}

void say_whole(json& out, const state& x) {
  auto& head = x.head();
  if (is_terminal(head.status))
    return say(out, "NOTHING",
               "The execution ended " + std::string(to_text(head.status))
                   + " at " + at_time(head.end_time)
                   + " and waits for nothing.");
  if (head.status == workflow_status::paused)
    return say(
        out, "OPERATOR",
        "The execution is PAUSED: its open tasks may go on, what follows "
        "them waits until somebody resumes it "
        "(PUT /workflow/{id}/resume).");
  if (waits_for_slot(head)) {
    auto* limit = limit_of(head);
    auto most = limit ? limit->concurrent_exec_limit : 0;
    out["slot"] = {{"rateLimitKey", head.rate_limit_key},
                   {"concurrentExecLimit", most}};
    return say(
        out, "LIMIT",
        "The execution waits for one of the " + std::to_string(most)
            + " slots that its rateLimitConfig gives to the rateLimitKey "
            + in_quotes(head.rate_limit_key) + ".");
  }
  if (x.open_rows() > 0)
    return say(out, "TASKS", "The execution waits for its open tasks.");
  say(out, "OPERATOR",
      "The execution has no open task: ask it to decide "
      "(PUT /workflow/decide/{id}).");
}

} // namespace explain_detail

nlohmann::json explain(const state& execution, int64_t now, size_t count_max) {
  using namespace explain_detail;
  auto& head = execution.head();
  json out{{"workflowId", head.workflow_id},
           {"workflowName", head.definition->name},
           {"status", to_text(head.status)},
           {"time", now},
           {"openTasks", execution.open_rows()},
           {"tasks", json::array()}};
  say_whole(out, execution);
  if (is_terminal(head.status))
    return out;
  for (auto* row : execution.rows_in_order()) {
    if (out["tasks"].size() >= count_max)
      break;
    if (!is_terminal(row->status))
      out["tasks"].push_back(explain_task(execution, *row, now));
  }
  if (auto at = workflow_deadline(head); at != 0)
    out["timers"] = {{{"timer", "timeoutSeconds"},
                      {"time", at},
                      {"then", "the execution is TIMED_OUT"}}};
  if (auto next = execution.next_deadline(); next != 0)
    out["nextTimer"] = next;
  return out;
}

} // namespace tutti::engine

#include "actors/workflow/history_text.hpp"

#include "messages/model/fields.hpp"

#include <nlohmann/json.hpp>

namespace tutti {

namespace history_detail {

using nlohmann::json;

// What fields become in the history, by what their list says
// (messages/model/fields.hpp).

#define TUTTI_TELL_VALUE(name, wire)                                           \
  if (e.name)                                                                  \
    out[wire] = *e.name;
#define TUTTI_TELL_NAMED(name, wire)                                           \
  if (e.name)                                                                  \
    out["changed"].push_back(wire);
#define TUTTI_TELL_SAID(name, wire)
#define TUTTI_TELL(kind, name, told, wire) TUTTI_TELL_##told(name, wire)

std::string arrow(std::string_view from, std::string_view to) {
  return std::string(from) + " -> " + std::string(to);
}

std::string in_quotes(const std::string& x) { return "'" + x + "'"; }

std::string_view to_text(cause_kind x) {
  switch (x) {
    case cause_kind::client:
      return "CLIENT";
    case cause_kind::worker:
      return "WORKER";
    case cause_kind::timer:
      return "TIMER";
    case cause_kind::operator_:
      return "OPERATOR";
    case cause_kind::parent:
      return "PARENT";
    case cause_kind::child:
      return "CHILD";
    case cause_kind::node:
      return "NODE";
  }
  return "";
}

} // namespace history_detail

namespace detail = history_detail;

nlohmann::json tell(const cause& why) {
  nlohmann::json out{{"kind", detail::to_text(why.kind)}};
  if (!why.what.empty()) {
    // The person, worker or command that caused the change.
    const char* name = "command";
    if (why.kind == cause_kind::worker)
      name = "workerId";
    else if (why.kind == cause_kind::child
             || (why.kind == cause_kind::parent && why.what.size() == 36))
      name = "workflowId";
    out[name] = why.what;
  }
  if (!why.by.empty())
    out["by"] = why.by;
  return out;
}

nlohmann::json history_teller::tell(const event& e) {
  return std::visit(
      [this](auto& x) {
        auto out = shown(x);
        see(x);
        return out;
      },
      e);
}

void history_teller::skip(const event& e) {
  std::visit([this](auto& x) { see(x); }, e);
}

void history_teller::see(const workflow_created& e) {
  status_ = e.head->status;
  tasks_.clear();
}
void history_teller::see(const workflow_changed& e) {
  status_ = e.status.value_or(status_);
}
void history_teller::see(const task_added& e) {
  tasks_[e.row->task_id]
      = {e.row->reference_name, e.row->status, e.row->retry_count};
}
void history_teller::see(const task_changed& e) {
  auto i = tasks_.find(e.task_id);
  if (i == tasks_.end())
    return;
  i->second.status = e.status.value_or(i->second.status);
  i->second.attempt = e.retry_count.value_or(i->second.attempt);
}
void history_teller::see(const tasks_removed& e) {
  for (auto& id : e.task_ids)
    tasks_.erase(id);
}

nlohmann::json history_teller::shown(const workflow_created& e) {
  nlohmann::json out{{"event", "WORKFLOW_CREATED"},
                     {"to", to_text(e.head->status)},
                     {"text", "the execution was created"}};
  if (!e.head->parent_workflow_id.empty())
    out["parentWorkflowId"] = e.head->parent_workflow_id;
  return out;
}

nlohmann::json history_teller::shown(const workflow_changed& e) {
  nlohmann::json out{{"event", "WORKFLOW_CHANGED"}};
  std::string text = "the execution changed";
  if (e.status) {
    out["from"] = to_text(status_);
    out["to"] = to_text(*e.status);
    text = "the execution: "
           + detail::arrow(to_text(status_), to_text(*e.status));
  }
  if (e.previous_status)
    out["previousStatus"] = to_text(*e.previous_status);
  if (e.reason && !e.reason->empty()) {
    out["reason"] = *e.reason;
    text += ", because: " + *e.reason;
  }
  TUTTI_WORKFLOW_CHANGE_FIELDS(TUTTI_TELL)
  if (e.definition)
    out["changed"].push_back("workflowDefinition");
  out["text"] = std::move(text);
  return out;
}

nlohmann::json history_teller::shown(const task_added& e) {
  auto& row = *e.row;
  nlohmann::json out{{"event", "TASK_ADDED"},
                     {"taskId", row.task_id},
                     {"referenceTaskName", row.reference_name},
                     {"taskType", row.task_type},
                     {"attempt", row.retry_count},
                     {"to", to_text(row.status)}};
  auto text = "task " + detail::in_quotes(row.reference_name) + " was added";
  if (row.retry_count > 0)
    text += ", attempt " + std::to_string(row.retry_count + 1);
  if (row.iteration > 0)
    out["iteration"] = row.iteration;
  if (!row.reason.empty())
    out["reason"] = row.reason;
  if (!row.retried_task_id.empty())
    out["retriedTaskId"] = row.retried_task_id;
  text += ": " + std::string(to_text(row.status));
  if (row.queued_at != 0) {
    out["visibleTime"] = row.queued_at;
    text += ", waits in its queue";
  }
  out["text"] = std::move(text);
  return out;
}

nlohmann::json history_teller::shown(const task_changed& e) {
  nlohmann::json out{{"event", "TASK_CHANGED"}, {"taskId", e.task_id}};
  auto i = tasks_.find(e.task_id);
  std::string name = i == tasks_.end() ? e.task_id : i->second.reference;
  if (i != tasks_.end()) {
    out["referenceTaskName"] = name;
    out["attempt"] = i->second.attempt;
  }
  auto text = "task " + detail::in_quotes(name);
  if (e.status) {
    auto to = to_text(*e.status);
    out["to"] = to;
    if (i != tasks_.end()) {
      out["from"] = to_text(i->second.status);
      text += ": " + detail::arrow(to_text(i->second.status), to);
    } else {
      text += ": " + std::string(to);
    }
  } else if (e.queued_at) {
    text += *e.queued_at == 0 ? " left its queue" : " waits in its queue";
  } else if (e.executed) {
    text += " was taken into account";
  } else if (e.retried) {
    text += " is followed by another attempt";
  } else {
    text += " changed";
  }
  if (e.worker_id && !e.worker_id->empty()) {
    out["workerId"] = *e.worker_id;
    text += ", worker " + detail::in_quotes(*e.worker_id);
  }
  if (e.reason && !e.reason->empty()) {
    out["reason"] = *e.reason;
    text += ", because: " + *e.reason;
  }
  TUTTI_TASK_CHANGE_FIELDS(TUTTI_TELL)
  out["text"] = std::move(text);
  return out;
}

nlohmann::json history_teller::shown(const inbox_changed& e) {
  return {
      {"event", "INBOX_CHANGED"},
      {"added", e.added.size()},
      {"removed", e.removed},
      {"text", "messages to the execution: " + std::to_string(e.added.size())
                   + " came, " + std::to_string(e.removed) + " were taken"}};
}

nlohmann::json history_teller::shown(const tasks_removed& e) {
  nlohmann::json out{{"event", "TASKS_REMOVED"}};
  auto removed = nlohmann::json::array();
  std::string names;
  for (auto& id : e.task_ids) {
    auto i = tasks_.find(id);
    auto name = i == tasks_.end() ? id : i->second.reference;
    removed.push_back({{"taskId", id}, {"referenceTaskName", name}});
    names += (names.empty() ? "" : ", ") + detail::in_quotes(name);
  }
  out["tasks"] = std::move(removed);
  out["text"] = "tasks were taken out: " + names;
  return out;
}

} // namespace tutti

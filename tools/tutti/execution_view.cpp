#include "tools/tutti/execution_view.hpp"

#include "tools/tutti/output.hpp"

#include <nlohmann/json.hpp>

namespace tutti::cli {

namespace execution_view_detail {

/// The time from `from` to `to`; empty while either is missing.
std::string took(const nlohmann::json& x, const char* from, const char* to) {
  auto a = number_at(x, from), b = number_at(x, to);
  return a > 0 && b >= a ? duration_text(b - a) : "-";
}

} // namespace execution_view_detail

std::string header_of(const nlohmann::json& workflow, bool colour) {
  std::string out;
  auto line = [&](std::string_view name, std::string value) {
    if (value.empty() || value == "-")
      return;
    out += name;
    out.append(name.size() < 13 ? 13 - name.size() : 1, ' ');
    out += value + '\n';
  };
  auto status = text_at(workflow, "status");
  line("workflow",
       text_at(workflow, "workflowName") + " version "
           + std::to_string(number_at(workflow, "workflowVersion")));
  line("id", text_at(workflow, "workflowId"));
  line("status", painted(status, tone_of(status), colour));
  line("reason", text_at(workflow, "reasonForIncompletion"));
  line("correlation", text_at(workflow, "correlationId"));
  line("parent", text_at(workflow, "parentWorkflowId"));
  line("started", time_text(number_at(workflow, "startTime")));
  line("ended", time_text(number_at(workflow, "endTime")));
  line("took", execution_view_detail::took(workflow, "startTime", "endTime"));
  return out;
}

table tasks_of(const nlohmann::json& workflow) {
  table rows({"REFERENCE", "TASK", "TYPE", "STATUS", "TRY", "WAITED", "TOOK",
              "WORKER", "NOTE"});
  auto tasks = workflow.find("tasks");
  if (tasks == workflow.end() || !tasks->is_array())
    return rows;
  for (auto& t : *tasks) {
    using execution_view_detail::took;
    auto status = text_at(t, "status");
    // The type in the definition; a fork's row has another one.
    auto planned = t.find("workflowTask");
    auto type = planned == t.end() ? "" : text_at(*planned, "type");
    auto note = text_at(t, "reasonForIncompletion");
    if (auto child = text_at(t, "subWorkflowId");
        note.empty() && !child.empty())
      note = "runs as " + child;
    rows.add({text_at(t, "referenceTaskName"),
              text_at(t, "taskDefName"),
              type.empty() ? text_at(t, "taskType") : type,
              {status, tone_of(status)},
              std::to_string(number_at(t, "retryCount") + 1),
              took(t, "scheduledTime", "startTime"),
              took(t, "startTime", "endTime"),
              text_at(t, "workerId"),
              note});
  }
  return rows;
}

bool is_terminal_workflow(std::string_view status) {
  return status == "COMPLETED" || status == "FAILED" || status == "TIMED_OUT"
         || status == "TERMINATED";
}

bool is_terminal_task(std::string_view status) {
  return !status.empty() && status != "SCHEDULED" && status != "IN_PROGRESS";
}

} // namespace tutti::cli

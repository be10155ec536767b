#include "tools/tutti/execution_view.hpp"

#include "tools/tutti/output.hpp"

#include <nlohmann/json.hpp>

namespace tutti::cli {

using nlohmann::json;

namespace execution_view_detail {

/// The time from `from` to `to`; empty while either is missing.
std::string took(const nlohmann::json& x, const char* from, const char* to) {
  auto a = number_at(x, from), b = number_at(x, to);
  return a > 0 && b >= a ? duration_text(b - a) : "-";
}

/// The type in the definition; a fork's row has another one.
cell type_of(const json& task) {
  auto planned = task.find("workflowTask");
  auto type = planned == task.end() ? "" : text_at(*planned, "type");
  return type.empty() ? text_at(task, "taskType") : type;
}

cell note_of(const json& task) {
  auto note = text_at(task, "reasonForIncompletion");
  if (auto child = text_at(task, "subWorkflowId");
      note.empty() && !child.empty())
    note = "runs as " + child;
  return note.empty() ? "-" : note;
}

/// "status       RUNNING"; nothing without a value.
void add_line(std::string& out, std::string_view name,
              const std::string& value) {
  constexpr size_t width = 13;
  if (value.empty() || value == "-")
    return;
  out += name;
  out.append(name.size() < width ? width - name.size() : 1, ' ');
  out += value + '\n';
}

/// A member that is an object with something in it, as JSON below its name.
std::string part_of(const json& x, const char* name) {
  auto i = x.find(name);
  if (i == x.end() || !i->is_object() || i->empty())
    return {};
  std::string heading(name);
  if (auto data = heading.find("Data"); data != heading.npos)
    heading.resize(data); // inputData
  return '\n' + heading + '\n' + render(*i, {}, {output_format::json});
}

std::string task_text(const json& task, const canvas& on) {
  std::string out;
  auto line = [&](std::string_view name, const std::string& value) {
    add_line(out, name, value);
  };
  auto status = text_at(task, "status");
  line("task", text_at(task, "referenceTaskName") + " ("
                   + text_at(task, "taskDefName") + ", " + type_of(task).text
                   + ')');
  line("id", text_at(task, "taskId"));
  line("execution", text_at(task, "workflowInstanceId"));
  line("status", painted(status, tone_of(status), on.colour));
  line("reason", text_at(task, "reasonForIncompletion"));
  line("try", std::to_string(number_at(task, "retryCount") + 1));
  line("domain", text_at(task, "domain"));
  line("worker", text_at(task, "workerId"));
  line("child", text_at(task, "subWorkflowId"));
  line("scheduled", time_text(number_at(task, "scheduledTime")));
  line("started", time_text(number_at(task, "startTime")));
  line("ended", time_text(number_at(task, "endTime")));
  line("took", took(task, "startTime", "endTime"));
  if (auto after = number_at(task, "callbackAfterSeconds"); after > 0)
    line("called back", "after " + duration_text(after * 1'000));
  return out + part_of(task, "inputData") + part_of(task, "outputData");
}

} // namespace execution_view_detail

std::string header_of(const nlohmann::json& workflow, bool colour) {
  std::string out;
  auto line = [&](std::string_view name, const std::string& value) {
    execution_view_detail::add_line(out, name, value);
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

view tasks_view() {
  using execution_view_detail::took;
  auto span = [](const char* heading, const char* from, const char* to) {
    return made_column(heading, [=](const json& t) {
      cell out(took(t, from, to));
      auto a = number_at(t, from), b = number_at(t, to);
      out.raw = a > 0 && b >= a ? std::to_string(b - a) : "";
      return out;
    });
  };
  view out;
  out.columns
      = {text_column("REFERENCE", "referenceTaskName"),
         text_column("TASK", "taskDefName"),
         made_column("TYPE", execution_view_detail::type_of),
         status_column("STATUS", "status"),
         made_column("TRY",
                     [](const json& t) -> cell {
                       return std::to_string(number_at(t, "retryCount") + 1);
                     }),
         span("WAITED", "scheduledTime", "startTime"),
         span("TOOK", "startTime", "endTime"),
         text_column("WORKER", "workerId"),
         wide(time_column("SCHEDULED", "scheduledTime")),
         wide(time_column("ENDED", "endTime")),
         wide(text_column("TASK ID", "taskId")),
         made_column("NOTE", execution_view_detail::note_of)};
  out.name_key = "taskId";
  out.none = "it has no tasks yet";
  return out;
}

view task_view() {
  auto out = tasks_view();
  out.detail = execution_view_detail::task_text;
  return out;
}

view executions_view() {
  view out;
  out.columns = {
      text_column("ID", "workflowId"), text_column("WORKFLOW", "workflowType"),
      number_column("VERSION", "version"), status_column("STATUS", "status"),
      time_column("STARTED", "createTime")};
  out.name_key = "workflowId";
  return out;
}

view execution_view(bool with_input) {
  view out;
  out.columns = {text_column("ID", "workflowId"),
                 text_column("WORKFLOW", "workflowName"),
                 number_column("VERSION", "workflowVersion"),
                 status_column("STATUS", "status"),
                 time_column("STARTED", "startTime"),
                 time_column("ENDED", "endTime"),
                 text_column("CORRELATION", "correlationId"),
                 text_column("REASON", "reasonForIncompletion")};
  out.name_key = "workflowId";
  out.detail = [with_input](const json& workflow, const canvas& on) {
    auto text = header_of(workflow, on.colour) + '\n';
    auto tasks = workflow.find("tasks");
    text += render(tasks == workflow.end() ? json::array() : *tasks,
                   tasks_view(), on);
    if (with_input)
      text += execution_view_detail::part_of(workflow, "input");
    text += execution_view_detail::part_of(workflow, "output");
    return text;
  };
  return out;
}

bool is_terminal_workflow(std::string_view status) {
  return status == "COMPLETED" || status == "FAILED" || status == "TIMED_OUT"
         || status == "TERMINATED";
}

bool is_terminal_task(std::string_view status) {
  return !status.empty() && status != "SCHEDULED" && status != "IN_PROGRESS";
}

} // namespace tutti::cli

#include "tools/tutti/task_outcome.hpp"

#include "messages/model/payload.hpp"
#include "tools/tutti/output.hpp"

#include <nlohmann/json.hpp>

namespace tutti::cli {

using nlohmann::json;

namespace task_outcome_detail {

/// A server stores this many log lines per update.
constexpr size_t log_lines_max = 10;

std::vector<std::string> last_lines(std::string_view text, size_t count) {
  std::vector<std::string> lines;
  while (!text.empty() && lines.size() < count) {
    auto begin = text.find_last_not_of(" \t\r\n");
    if (begin == std::string_view::npos)
      break;
    text = text.substr(0, begin + 1);
    auto break_at = text.rfind('\n');
    auto start = break_at == std::string_view::npos ? 0 : break_at + 1;
    lines.emplace(lines.begin(), text.substr(start));
    text = text.substr(0, start);
  }
  return lines;
}

json update_of(const json& task, const std::string& worker_id,
               const char* status) {
  return json{{"workflowInstanceId", text_at(task, "workflowInstanceId")},
              {"taskId", text_at(task, "taskId")},
              {"workerId", worker_id},
              {"status", status}};
}

json failure_of(json update, std::string reason) {
  update["status"] = "FAILED";
  update["reasonForIncompletion"] = std::move(reason);
  return update;
}

} // namespace task_outcome_detail

json outcome_of(const json& task, const std::string& worker_id,
                const result<finished_process>& end) {
  using namespace task_outcome_detail;
  auto update = update_of(task, worker_id, "COMPLETED");
  if (!end)
    return task_outcome_detail::failure_of(std::move(update),
                                           end.failure().message);
  auto log = last_lines(end->err, log_lines_max);
  for (auto& line : log)
    update["logs"].push_back(json{{"log", line}, {"taskId", update["taskId"]}});
  bool silent = end->out.find_first_not_of(" \t\r\n") == std::string::npos;
  auto output = silent ? result<json>(json::object()) : parse_json(end->out);
  bool usable = output && output->is_object();
  if (usable && !output->empty())
    update["outputData"] = *output;
  if (end->out_too_long)
    return task_outcome_detail::failure_of(std::move(update),
                                           "the command wrote too much output");
  if (end->exit_code != 0)
    return task_outcome_detail::failure_of(
        std::move(update), log.empty() ? "the command ended with exit code "
                                             + std::to_string(end->exit_code)
                                       : log.back());
  if (!usable)
    return task_outcome_detail::failure_of(
        std::move(update),
        "the command wrote something else than a JSON object: "
            + end->out.substr(0, 200));
  return update;
}

json lease_extension(const json& task, const std::string& worker_id) {
  auto update = task_outcome_detail::update_of(task, worker_id, "IN_PROGRESS");
  update["extendLease"] = true;
  return update;
}

std::chrono::milliseconds lease_interval(const json& task) {
  constexpr int64_t year_seconds = 365 * 24 * 3600;
  return std::chrono::milliseconds(
      std::min(number_at(task, "responseTimeoutSeconds"), year_seconds) * 800);
}

std::vector<std::pair<std::string, std::string>>
task_environment(const json& task, const std::string& server) {
  return {{"TUTTI_URL", server},
          {"TUTTI_TASK_ID", text_at(task, "taskId")},
          {"TUTTI_TASK_TYPE", text_at(task, "taskDefName")},
          {"TUTTI_TASK_REFERENCE", text_at(task, "referenceTaskName")},
          {"TUTTI_TASK_TRY", std::to_string(number_at(task, "retryCount") + 1)},
          {"TUTTI_WORKFLOW_ID", text_at(task, "workflowInstanceId")},
          {"TUTTI_WORKFLOW_NAME", text_at(task, "workflowType")}};
}

} // namespace tutti::cli

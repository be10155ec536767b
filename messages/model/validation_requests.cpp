#include "messages/model/validation_rules.hpp"

namespace tutti {

std::vector<violation> validate(const start_workflow_request& request,
                                const std::string& path,
                                const validation_settings& settings,
                                const reference_check& input_check) {
  violations out;
  out.not_empty(path, "name", request.name,
                "the name of the workflow is missing");
  out.at_least(path, "priority", request.priority, 0);
  if (request.priority > 99)
    out.add(path + ".priority",
            "priority: " + std::to_string(request.priority)
                + " should be at most 99",
            std::to_string(request.priority));
  auto all = std::move(out).take();
  if (request.definition) {
    auto inner = validate(*request.definition, path + ".workflowDef", settings,
                          input_check);
    all.insert(all.end(), std::make_move_iterator(inner.begin()),
               std::make_move_iterator(inner.end()));
  }
  return all;
}

std::vector<violation> validate(const task_result& x, const std::string& path) {
  violations out;
  out.not_empty(path, "workflowInstanceId", x.workflow_id,
                "workflowInstanceId is missing");
  out.not_empty(path, "taskId", x.task_id, "taskId is missing");
  return std::move(out).take();
}

failure invalid_request(std::vector<violation> violations) {
  return {errc::invalid, "Validation failed, check below errors for detail.",
          std::move(violations)};
}

} // namespace tutti

#include "messages/model/validation_rules.hpp"

namespace tutti {

void validate(violations& out, const start_workflow_request& request,
              const std::string& path, const validation_settings& settings,
              const reference_check& input_check) {
  out.not_empty(path, "name", request.name,
                "the name of the workflow is missing");
  out.at_least(path, "priority", request.priority, 0);
  if (request.priority > 99)
    out.add(path + ".priority",
            "priority: " + std::to_string(request.priority)
                + " should be at most 99",
            std::to_string(request.priority));
  if (request.definition)
    validate(out, *request.definition, path + ".workflowDef", settings,
             input_check);
}

void validate(violations& out, const task_result& x, const std::string& path) {
  out.not_empty(path, "workflowInstanceId", x.workflow_id,
                "workflowInstanceId is missing");
  out.not_empty(path, "taskId", x.task_id, "taskId is missing");
}

namespace requests_detail {

template <class... Rule>
std::vector<violation> alone(const Rule&... rule) {
  violations out;
  validate(out, rule...);
  return std::move(out).take();
}

} // namespace requests_detail

std::vector<violation> validate(const workflow_def& def,
                                const std::string& path,
                                const validation_settings& settings,
                                const reference_check& input_check) {
  return requests_detail::alone(def, path, settings, input_check);
}

std::vector<violation> validate(const task_def& def, const std::string& path,
                                const validation_settings& settings) {
  return requests_detail::alone(def, path, settings);
}

std::vector<violation> validate(const start_workflow_request& request,
                                const std::string& path,
                                const validation_settings& settings,
                                const reference_check& input_check) {
  return requests_detail::alone(request, path, settings, input_check);
}

std::vector<violation> validate(const task_result& x, const std::string& path) {
  return requests_detail::alone(x, path);
}

failure invalid_request(std::vector<violation> violations) {
  return {errc::invalid, "Validation failed, check below errors for detail.",
          std::move(violations)};
}

} // namespace tutti

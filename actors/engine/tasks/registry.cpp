#include "actors/engine/tasks/kinds.hpp"

#include <string>
#include <unordered_map>

namespace tutti::engine {

namespace registry_detail {

using maker = const task_kind& (*)();

// A type is one line here and one file beside this one.
const std::unordered_map<std::string_view, maker>& system_types() {
  static const std::unordered_map<std::string_view, maker> types = {
      {"DECISION", decision_kind},
      {"SWITCH", switch_kind},
      {"FORK_JOIN", fork_kind},
      {"FORK", fork_kind},
      {"FORK_JOIN_DYNAMIC", dynamic_fork_kind},
      {"JOIN", join_kind},
      {"SUB_WORKFLOW", sub_workflow_kind},
      {"SET_VARIABLE", set_variable_kind},
      {"TERMINATE", terminate_kind},
      {"WAIT", wait_kind},
      {"HUMAN", human_kind},
      {"NOOP", noop_kind},
      {"EXCLUSIVE_JOIN", exclusive_join_kind},
      {"DO_WHILE", do_while_kind},
      {"FOR_EACH", for_each_kind},
      {"SCOPE", scope_kind},
      {"GOTO", goto_kind},
      {"START_WORKFLOW", start_workflow_kind},
      {"EVENT", event_kind},
      {"HTTP", http_kind},
      {"KAFKA_PUBLISH", kafka_publish_kind},
      {"LAMBDA", lambda_kind},
      {"INLINE", inline_kind},
      {"JSON_JQ_TRANSFORM", jq_transform_kind},
      {"PULL_WORKFLOW_MESSAGES", pull_messages_kind},
  };
  return types;
}

} // namespace registry_detail

bool is_system_type(std::string_view type) {
  return registry_detail::system_types().count(type) > 0;
}

bool is_queued_type(std::string_view type) {
  return type == "HTTP" || type == "KAFKA_PUBLISH";
}

const task_kind& kind_of_type(std::string_view type) {
  if (type == "DYNAMIC")
    return dynamic_kind();
  auto& types = registry_detail::system_types();
  auto it = types.find(type);
  return it == types.end() ? worker_kind() : it->second();
}

const task_kind& kind_of(const task& row) {
  auto& type = row.definition->type;
  // A worker may be called like a system type; its definition says which. Only
  // where both would wait in one queue it is the system task, as upstream.
  if (type == "SIMPLE")
    return is_queued_type(row.task_type) ? kind_of_type(row.task_type)
                                         : worker_kind();
  if (type == "DYNAMIC")
    return kind_of_type(row.task_type);
  return kind_of_type(type);
}

} // namespace tutti::engine

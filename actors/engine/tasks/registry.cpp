#include "actors/engine/tasks/kinds.hpp"

#include <array>
#include <stdexcept>
#include <string>

namespace tutti::engine {

// A type is one line here and a file in this folder. Two types may share a
// kind.
// clang-format off
#define TUTTI_TASK_TYPES(type)                       \
  type("DECISION", decision_kind)                    \
  type("DO_WHILE", do_while_kind)                    \
  type("DYNAMIC", dynamic_kind)                      \
  type("EVENT", event_kind)                          \
  type("EXCLUSIVE_JOIN", exclusive_join_kind)        \
  type("FORK", fork_kind)                            \
  type("FORK_JOIN", fork_kind)                       \
  type("FORK_JOIN_DYNAMIC", dynamic_fork_kind)       \
  type("FOR_EACH", for_each_kind)                    \
  type("GOTO", goto_kind)                            \
  type("HTTP", http_kind)                            \
  type("HUMAN", human_kind)                          \
  type("INLINE", inline_kind)                        \
  type("JOIN", join_kind)                            \
  type("JSON_JQ_TRANSFORM", jq_transform_kind)       \
  type("KAFKA_PUBLISH", kafka_publish_kind)          \
  type("LAMBDA", lambda_kind)                        \
  type("NOOP", noop_kind)                            \
  type("PULL_WORKFLOW_MESSAGES", pull_messages_kind) \
  type("SCOPE", scope_kind)                          \
  type("SET_VARIABLE", set_variable_kind)            \
  type("SIMPLE", simple_kind)                        \
  type("START_WORKFLOW", start_workflow_kind)        \
  type("SUB_WORKFLOW", sub_workflow_kind)            \
  type("SWITCH", switch_kind)                        \
  type("TERMINATE", terminate_kind)                  \
  type("WAIT", wait_kind)                            \
  type("YIELD", yield_kind)
// clang-format on

#define TUTTI_DECLARE(type, kind) const task_kind& kind();
TUTTI_TASK_TYPES(TUTTI_DECLARE)
#undef TUTTI_DECLARE

namespace registry_detail {

/// Types by name. The state asks at every event, so a lookup reads one or two
/// slots and compares one text.
class registry {
 public:
  registry() {
#define TUTTI_ADD(type, kind) add(type, kind());
    TUTTI_TASK_TYPES(TUTTI_ADD)
#undef TUTTI_ADD
  }

  void add(std::string_view type, const task_kind& kind) {
    if (type.empty() || find(type) || count_ == slots_.size() / 2)
      throw std::logic_error("there is a task type '" + std::string(type)
                             + "', or there are too many");
    auto i = slot_of(type);
    while (slots_[i].kind)
      i = (i + 1) % slots_.size();
    slots_[i] = {std::string(type), &kind};
    ++count_;
  }

  const task_kind* find(std::string_view type) const {
    if (type.empty())
      return nullptr;
    for (auto i = slot_of(type); slots_[i].kind; i = (i + 1) % slots_.size())
      if (slots_[i].type == type)
        return slots_[i].kind;
    return nullptr;
  }

 private:
  struct slot {
    std::string type;
    const task_kind* kind = nullptr;
  };

  static size_t slot_of(std::string_view type) {
    auto first = static_cast<unsigned char>(type.front());
    auto last = static_cast<unsigned char>(type.back());
    return (type.size() * 29 + first * 7 + last) % slots_max;
  }

  static constexpr size_t slots_max = 256;
  std::array<slot, slots_max> slots_;
  size_t count_ = 0;
};

registry& types() {
  static registry all;
  return all;
}

} // namespace registry_detail

void register_task_type(std::string_view type, const task_kind& kind) {
  registry_detail::types().add(type, kind);
}

const task_kind& kind_of_type(std::string_view type) {
  auto* kind = registry_detail::types().find(type);
  return kind ? *kind : worker_kind();
}

const task_rules& rules_of_type(std::string_view type) {
  return kind_of_type(type);
}

bool is_system_type(std::string_view type) {
  auto& traits = kind_of_type(type).traits;
  return !traits.worker && !traits.picks_task;
}

const task_kind& kind_of(const task& row) {
  // An operator skipped it: it does nothing.
  if (row.status == task_status::skipped)
    return worker_kind();
  auto& kind = kind_of_type(row.definition->type);
  // A worker may be named like a system type; its definition says which it is.
  // If both would use the same queue it is the system task, as upstream.
  if (kind.traits.names_queue) {
    auto& named = kind_of_type(row.task_type);
    return named.traits.queued ? named : kind;
  }
  return kind.traits.picks_task ? kind_of_type(row.task_type) : kind;
}

const task_traits& traits_of(const task& row) { return kind_of(row).traits; }

const task_traits& traits_of(const workflow_task& task) {
  return kind_of_type(task.type).traits;
}

} // namespace tutti::engine

#pragma once

#include "actors/engine/inputs/expression/input_template.hpp"
#include "messages/model/definitions.hpp"

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

namespace tutti::engine {

/// A definition indexed for the decider: the list that holds each task, and
/// each task's successor. Immutable, shared by all executions of the
/// definition.
class compiled_definition
    : public std::enable_shared_from_this<compiled_definition> {
 public:
  /// Memoised by pointer: one compilation per definition, not per execution.
  static std::shared_ptr<const compiled_definition>
  of(const workflow_def_pointer& definition);

  explicit compiled_definition(workflow_def_pointer definition);
  /// Compiles a branch of a dynamic fork as if it were a branch of `fork` in
  /// `host` (null: the host no longer knows the fork). Lookups that miss here
  /// ask the host.
  compiled_definition(const workflow_task& branch,
                      std::shared_ptr<const compiled_definition> host,
                      const workflow_task* fork);

  /// The list that holds a task.
  struct location {
    const workflow_task* task;
    const workflow_task* parent; ///< null at the top level
    const std::vector<workflow_task>* list;
    size_t position;
  };
  /// For a reference as in the definition, without a loop suffix; null when
  /// unknown.
  const location* location_of(std::string_view reference) const;
  /// For a row's reference, which may have a suffix.
  const location* location_of_row(std::string_view reference) const;

  const workflow_def& def() const { return *def_; }
  const workflow_def_pointer& pointer() const { return def_; }

  /// The task with that reference, or null (for example a dynamic branch).
  workflow_task_pointer find(std::string_view reference) const;

  /// The next task of its list, or the successor of its container. Null at the
  /// end of the workflow, of a loop's body, or of a SCOPE's list.
  const workflow_task* successor(std::string_view reference) const;
  /// The SCOPE's list that ends with this task: its body, a handler's `run` or
  /// a task's `compensate`; null: it ends no such list.
  const location* scope_list_behind(std::string_view reference) const;
  /// The list belongs to a SCOPE.
  static bool ends_at_scope(const location& x);
  /// The compiled inputParameters of the task, with or without the
  /// inputTemplate of its task definition; null for a task that is not part of
  /// this definition.
  const input_template* inputs_of(const workflow_task& task,
                                  bool with_template) const;
  const input_template& output() const { return output_; }

  /// Its tasks may call `decision_context::scripts`; a decision can then take
  /// as long as a script.
  bool may_run_scripts() const { return may_run_scripts_; }

 private:
  struct templates {
    input_template plain;
    std::unique_ptr<input_template> over_defaults;
  };
  void add(const std::vector<workflow_task>& list, const workflow_task* parent);

  workflow_def_pointer def_;
  std::shared_ptr<const compiled_definition> host_;
  std::unordered_map<std::string_view, location> locations_;
  std::unordered_map<const workflow_task*, templates> templates_;
  input_template output_;
  bool may_run_scripts_ = false;
};

} // namespace tutti::engine

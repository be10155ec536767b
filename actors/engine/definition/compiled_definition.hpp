#pragma once

#include "actors/engine/inputs/expression/input_template.hpp"
#include "messages/model/definitions.hpp"

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

namespace tutti::engine {

/// A definition as the decider wants it: where each reference stands and what
/// follows it. Immutable, shared by all executions of the same definition.
class compiled_definition
    : public std::enable_shared_from_this<compiled_definition> {
 public:
  /// Memoised by pointer: a definition is indexed once, not once per execution.
  static std::shared_ptr<const compiled_definition>
  of(const workflow_def_pointer& definition);

  explicit compiled_definition(workflow_def_pointer definition);
  /// What stands in a branch that a dynamic fork brought: as if it were a
  /// branch of that fork, which `host` knows (null: it knows it no longer).
  /// What is not found here is looked for in the host.
  compiled_definition(const workflow_task& branch,
                      std::shared_ptr<const compiled_definition> host,
                      const workflow_task* fork);

  /// Where a task stands: in which list of which container.
  struct location {
    const workflow_task* task;
    const workflow_task* parent; ///< null at the top level
    const std::vector<workflow_task>* list;
    size_t position;
  };
  /// Of a reference as the definition writes it, without the suffix of an
  /// iteration; null when the definition does not know it.
  const location* location_of(std::string_view reference) const;
  /// Of a reference as a row has it: it may end with a suffix.
  const location* location_of_row(std::string_view reference) const;

  const workflow_def& def() const { return *def_; }
  const workflow_def_pointer& pointer() const { return def_; }

  /// The task of that reference, or null when the definition does not know it
  /// (a dynamic branch).
  workflow_task_pointer find(std::string_view reference) const;

  /// What comes after a task in the definition: the next of its list, else what
  /// follows its container. Null at the end of the workflow and of a loop body.
  const workflow_task* successor(std::string_view reference) const;
  /// The list of a SCOPE (its body, what a handler runs, what undoes a task)
  /// that ends with this task; null: the flow goes on otherwise.
  const location* scope_list_behind(std::string_view reference) const;
  /// What ends there leads back to a scope.
  static bool ends_at_scope(const location& x);
  /// The compiled inputParameters of a task of this definition, with or
  /// without the inputTemplate of its task definition below them; null for a
  /// task that is not part of it.
  const input_template* inputs_of(const workflow_task& task,
                                  bool with_template) const;
  const input_template& output() const { return output_; }

  /// Its tasks may need `decision_context::scripts`; a decision may then take
  /// as long as a script does.
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

#pragma once

#include "actors/engine/decision/decision_builder.hpp"
#include "actors/engine/task_traits.hpp"
#include "actors/engine/views/output_view.hpp"
#include "messages/model/task_rules.hpp"

#include <nlohmann/json_fwd.hpp>

#include <string_view>
#include <vector>

namespace tutti::engine {

/// What a task type does, and what it answers about itself. Stateless; one file
/// per type under tasks/, one line in tasks/registry.cpp. Nobody else asks for
/// the name of a type.
class task_kind : public task_rules {
 public:
  explicit task_kind(const task_traits& traits = {}) : traits(traits) {}
  task_kind(const task_kind&) = delete;
  task_kind& operator=(const task_kind&) = delete;

  const task_traits traits;

  // What it does

  /// Creates the rows of the task, or ends the execution.
  virtual void schedule(decision_builder& t, const placement& where) const = 0;
  /// The work of a row that was handed to `decision_builder::execute_later`, or
  /// whose joined references or iteration are done.
  virtual void execute(decision_builder&, decision_builder::row_index) const {}
  /// Called when the `due_at` of an open row has come.
  virtual void due(decision_builder&, decision_builder::row_index) const {}
  /// Called when a further attempt was added, SCHEDULED: starts it after the
  /// delay. By default it is `due` at once, or executed in its turn.
  virtual void attempt(decision_builder& t, decision_builder::row_index i,
                       int64_t delay_ms) const;
  /// The input of a further attempt: the old one, overlaid with the
  /// definition's inputParameters resolved now.
  virtual payload input_of_attempt(const decision_builder& t,
                                   const task& next) const;
  /// The row's output after an update with the output `given`.
  virtual payload updated_output(const task&, payload given) const {
    return given;
  }
  /// Called when the execution ends while this row is open.
  virtual void cancel(decision_builder&, decision_builder::row_index) const {}
  /// What an open row asked for has begun, under that id.
  virtual void child_started(decision_builder&, decision_builder::row_index,
                             const command::child_started&) const;
  /// How long a row that a system task worker of the node was given may take;
  /// after that it is `due`. 0: the rows of this kind are not given to one.
  virtual int64_t lease_ms(const decision_builder&,
                           decision_builder::row_index) const {
    return 0;
  }
  /// asyncComplete: somebody ends the task after its work is done
  /// (reference:workflow-task#fields).
  virtual bool completes_later(const task& row) const {
    return row.definition->async_complete;
  }

  // What operators do with an ended row

  /// Retry: it failed, or was cancelled.
  virtual void retry(decision_builder& t, decision_builder::row_index i) const;
  /// Retry with resume goes down into it, to the first child that failed.
  virtual bool leads_to_child(const task& row) const;
  /// It ended because a child had, which is repaired now.
  virtual void revive(decision_builder& t, decision_builder::row_index i) const;
  /// Rerun: starts the row again, which was put back in place.
  virtual void reopen(decision_builder& t, decision_builder::row_index i) const;
  /// Rerun of another task, which it stands beside and which it ended with.
  virtual void reopen_beside(decision_builder& t,
                             decision_builder::row_index i) const;
  /// Rerun of a task inside it, or that it joins: it waits for that again.
  virtual void reopen_around(decision_builder& t, decision_builder::row_index i,
                             const std::string& target) const;
  /// What the engine itself writes into its input: stays when an operator gives
  /// an input without it.
  virtual std::vector<const char*> own_inputs() const { return {}; }
  /// The input of a rerun, made of what an operator gives.
  virtual payload rerun_input(const task& row, const payload& given) const;

  // What it shows

  /// Clients see more than `row.output`: `shown`.
  virtual bool shows_more(const task&) const { return false; }
  virtual payload shown(const state&, const task& row, output_view&) const {
    return row.output;
  }
  /// Why an open row that has begun goes no further (explain.hpp).
  virtual void explain(nlohmann::json& out, const state& execution,
                       const task& row) const;
  /// A dry run ends the open row by a mock; `has_mocks`: there are some for it.
  virtual bool needs_mock(const task& row, bool has_mocks) const;

  // What holds of its definitions: `task_rules`, and

  /// A decision about it may call `decision_context::scripts`.
  virtual bool may_run_scripts(const workflow_task&) const { return false; }
  bool brings_tasks() const final { return traits.brings_branches; }
  bool catches_failures() const final {
    return traits.body == body_kind::scope;
  }

  // Loops

  /// The next iteration may begin, or the loop end: `working` iterations have
  /// something left to do.
  virtual bool can_go_on(const task&, size_t working) const {
    return working == 0;
  }
};

/// The kind for the type of a definition; the worker kind for unknown names.
const task_kind& kind_of_type(std::string_view type);
const task_kind& kind_of(const task& row);
/// False for worker types.
bool is_system_type(std::string_view type);

/// Adds a type from outside of the engine, under a name that no type has. Only
/// before the engine is used: nothing guards the list after that. `kind` lives
/// as long as the process.
void register_task_type(std::string_view type, const task_kind& kind);

/// asyncComplete as the input of the row says, else its definition.
bool completes_later_by_input(const task& row);
/// Nobody was given the row who could owe an answer: no responseTimeout counts.
bool answers_elsewhere(const task& row);

} // namespace tutti::engine

#pragma once

#include "actors/engine/decision/decision_builder.hpp"

#include <string_view>

namespace tutti::engine {

/// What a task type does. Stateless; one file per type under tasks/, one line
/// in tasks/registry.cpp.
class task_kind {
 public:
  virtual ~task_kind() = default;

  /// Creates the row or rows of the task. May end the execution instead.
  virtual void schedule(decision_builder& t, const placement& where) const = 0;
  /// The work of a row that was handed to `decision_builder::execute_later`.
  virtual void execute(decision_builder&, decision_builder::row_index) const {}
  /// `due_at` of an open row has come.
  virtual void due(decision_builder&, decision_builder::row_index) const {}
  /// A further attempt of an ended row was added, SCHEDULED: start it after
  /// the delay. Without one it is `due` at once, or in its turn.
  virtual void attempt(decision_builder& t, decision_builder::row_index i,
                       int64_t delay_ms) const;
  /// What a further attempt is given: the old input, with what the
  /// definition's expressions say now laid over it.
  virtual payload input_of_attempt(const decision_builder& t,
                                   const task& next) const;
  /// What the row puts out when somebody updates it with `given`.
  virtual payload updated_output(const task&, payload given) const {
    return given;
  }
  /// The execution ends while this row is open.
  virtual void cancel(decision_builder&, decision_builder::row_index) const {}
  /// An operator puts the row back in place (rerun): start it again.
  virtual void reopen(decision_builder& t, decision_builder::row_index i) const;

  /// How long a row that a system task worker of the node was given may take;
  /// after that it is `due`. 0: the rows of this kind are not given to one.
  virtual int64_t lease_ms(const decision_builder&,
                           decision_builder::row_index) const {
    return 0;
  }

  /// The row says which branch was taken, and is done when it is made: an
  /// operator who wants it again has it made anew.
  virtual bool chooses_branches() const { return false; }
  /// Rows wait in a queue and are polled.
  virtual bool is_worker() const { return false; }
  /// The inputTemplate of its task definition lies below its inputs
  /// (reference:task-definition#input-template).
  virtual bool takes_template() const { return is_worker(); }
  /// A further attempt is `execute`d in the order of rows, after the limits of
  /// all attempts and what else has ended have been looked at: what it does
  /// cannot be undone, or begins a time.
  virtual bool attempts_in_turn() const { return false; }
  /// Never retried automatically
  /// (reference:task-definition#without-a-definition, "built-in").
  virtual bool is_built_in() const { return false; }
};

/// The kind behind a type of a definition; the worker kind for unknown names.
const task_kind& kind_of_type(std::string_view type);
/// The kind of a row.
const task_kind& kind_of(const task& row);
/// True for the names that are not worker types.
bool is_system_type(std::string_view type);
/// System types whose rows wait in a queue for a worker of the node.
bool is_queued_type(std::string_view type);

} // namespace tutti::engine

#pragma once

#include "messages/model/execution.hpp"

#include <string_view>

namespace tutti {

class task_rules;

namespace engine {

/// What a task does with the lists of tasks that stand inside it.
enum class body_kind : uint8_t {
  choice,     ///< a list leads on in the place of the task
  branches,   ///< the lists run side by side, up to the JOIN behind the task
  iterations, ///< `loopOver` runs again and again, one iteration at a time
  items,      ///< `loopOver` runs once per item, several items at a time
  scope,      ///< `loopOver` runs once, and its failures are caught
};

/// Which of the references in its input (`joinOn`) an open row waits for.
enum class join_rule : uint8_t { none, all, any };

/// Whom open rows wait for. The state keeps those rows together, so that the
/// command that brings it finds them.
enum class awaited : uint8_t { nobody, signal, child, message };

/// What is true of every task of a type, whatever its row holds. Plain data:
/// the state asks at every event.
struct task_traits {
  /// Rows wait in a queue until a worker polls them.
  bool worker = false;
  /// Rows wait in a queue for a system task worker of the node.
  bool queued = false;
  /// Never retried automatically
  /// (reference:task-definition#without-a-definition).
  bool built_in = false;
  /// The inputTemplate of its task definition lies below its inputs (§3.5).
  bool takes_template = false;
  /// A further attempt is `execute`d in the order of rows, after the limits of
  /// all attempts and what else has ended have been looked at: what it does
  /// cannot be undone, or begins a time.
  bool attempts_in_turn = false;
  /// A client may begin the next attempt by an update to IN_PROGRESS, before
  /// its retry delay has passed.
  bool begun_by_update = false;
  /// The row says which branch was taken, and is done when it is made: an
  /// operator who wants it again has it made anew.
  bool chooses_branches = false;
  /// It is a choice whose row tells the case taken in `input.case`.
  bool names_case = false;
  /// Its branches are known only when it runs.
  bool brings_branches = false;
  /// Which task it is is known only when it runs (DYNAMIC): its definition is
  /// not fixed before.
  bool picks_task = false;
  /// SIMPLE: its queue is called like the task, and without a task definition
  /// it gets the retries of a default one.
  bool names_queue = false;
  /// The flow goes on where the row says, not behind it.
  bool jumps = false;
  /// A completed row ends the execution; nothing follows it.
  bool ends_execution = false;
  /// Asks the output cache when it is scheduled (cacheConfig).
  bool uses_cache = false;
  /// Cancelled, it waits again in place when an operator retries, as the same
  /// attempt.
  bool resumes_in_place = false;
  /// Rerun of it takes back only its later attempts: the flow behind it stands.
  bool rerun_alone = false;
  /// Comes to an end by the engine alone: a dry run needs no mock for it.
  bool ends_by_itself = false;
  body_kind body = body_kind::choice;
  join_rule joins = join_rule::none;
  awaited awaits = awaited::nobody;
};

/// Of the type behind a row (tasks/registry.cpp). A row that an operator has
/// skipped does nothing: it is like a worker's.
const task_traits& traits_of(const task& row);
/// Of a task of a definition; those of a worker for unknown types.
const task_traits& traits_of(const workflow_task& task);

/// Runs a body of tasks again and again.
inline bool is_loop(const task_traits& x) {
  return x.body == body_kind::iterations || x.body == body_kind::items;
}
inline bool is_loop(const task& row) { return is_loop(traits_of(row)); }
inline bool is_loop(const workflow_task& task) {
  return is_loop(traits_of(task));
}
/// Catches the failures of its body.
inline bool is_scope(const task& row) {
  return traits_of(row).body == body_kind::scope;
}
inline bool is_scope(const workflow_task& task) {
  return traits_of(task).body == body_kind::scope;
}
/// Its lists run side by side.
inline bool is_fork(const workflow_task& task) {
  return traits_of(task).body == body_kind::branches;
}
/// Rows wait in a queue, for whomever.
inline bool waits_in_queue(const task_traits& x) {
  return x.worker || x.queued;
}

/// What the type demands of definitions: for `validation_settings::rules_of`.
const task_rules& rules_of_type(std::string_view type);

} // namespace engine

} // namespace tutti

#pragma once

#include "messages/model/execution.hpp"

#include <string_view>

namespace tutti {

class task_rules;

namespace engine {

/// How a task runs the lists of tasks inside of it.
enum class body_kind : uint8_t {
  choice,     ///< one list continues in the place of the task
  branches,   ///< the lists run in parallel, up to the JOIN after the task
  iterations, ///< `loopOver` runs again and again, one iteration at a time
  items,      ///< `loopOver` runs once per item, several items at a time
  scope,      ///< `loopOver` runs once, and its failures are caught
};

/// Which references in its input (`joinOn`) an open row waits for.
enum class join_rule : uint8_t { none, all, any };

/// What open rows wait for. The state indexes them, so that the command that
/// brings it finds them.
enum class awaited : uint8_t { nobody, signal, child, message };

/// True of every task of a type, independent of its row. Plain data, because
/// the state asks at every event.
struct task_traits {
  /// Rows wait in a queue until a worker polls them.
  bool worker = false;
  /// Rows wait in a queue for a system task worker of the node.
  bool queued = false;
  /// Never retried automatically
  /// (reference:task-definition#without-a-definition).
  bool built_in = false;
  /// The inputTemplate of the task definition fills in its input.
  bool takes_template = false;
  /// A further attempt is `execute`d in row order, after all limits of attempts
  /// and all ended rows of the round were handled: its work cannot be undone,
  /// or it starts a timer.
  bool attempts_in_turn = false;
  /// A client may begin the next attempt before its retry delay has passed, by
  /// an update to IN_PROGRESS.
  bool begun_by_update = false;
  /// The row chooses a branch and ends when it is created: a rerun creates a
  /// new row.
  bool chooses_branches = false;
  /// The row names the chosen case in `input.case`.
  bool names_case = false;
  /// Its branches are known only at run time.
  bool brings_branches = false;
  /// The task is known only at run time (DYNAMIC): its definition is not
  /// pinned.
  bool picks_task = false;
  /// SIMPLE: the task's name is its queue, and without a task definition it
  /// gets a default one's retries.
  bool names_queue = false;
  /// The row says where the flow continues.
  bool jumps = false;
  /// A completed row ends the execution and has no successors.
  bool ends_execution = false;
  /// Asks the output cache when it is scheduled (cacheConfig).
  bool uses_cache = false;
  /// A cancelled row waits again in place after an operator's retry, as the
  /// same attempt.
  bool resumes_in_place = false;
  /// A rerun of it removes only its later attempts, not its successors.
  bool rerun_alone = false;
  /// The engine ends it alone: a dry run needs no mock for it.
  bool ends_by_itself = false;
  body_kind body = body_kind::choice;
  join_rule joins = join_rule::none;
  awaited awaits = awaited::nobody;
};

/// Of the type of a row (tasks/registry.cpp). Rows that an operator skipped
/// have a worker's traits.
const task_traits& traits_of(const task& row);
/// Of the type of a task in a definition; a worker's for unknown types.
const task_traits& traits_of(const workflow_task& task);

/// Runs its body repeatedly.
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
/// Its lists run in parallel.
inline bool is_fork(const workflow_task& task) {
  return traits_of(task).body == body_kind::branches;
}
/// Rows wait in a queue, of workers or of the node.
inline bool waits_in_queue(const task_traits& x) {
  return x.worker || x.queued;
}

/// The type's rules for definitions, for `validation_settings::rules_of`.
const task_rules& rules_of_type(std::string_view type);

} // namespace engine

} // namespace tutti

#pragma once

#include "actors/engine/decision/decision_builder.hpp"
#include "actors/engine/definition/compiled_definition.hpp"

namespace tutti::engine {

// Where a GOTO may lead: reference:goto.

/// The path from a GOTO to a task of its own list or of a list around it.
struct jump_path {
  const compiled_definition::location* target = nullptr;
  /// Index in the target's list of the task that the jump leaves: the GOTO, or
  /// the container that holds it.
  size_t from = 0;
  /// Containers that the jump leaves, innermost first.
  std::vector<const workflow_task*> left;
  std::string error; ///< why there is no path; empty: there is one
};
jump_path find_jump_path(const compiled_definition& definition,
                         std::string_view from, const std::string& target);

/// The position of the target: `at`, less the loops that the jump leaves.
position position_after_jump(const state& execution, const jump_path& path,
                             position at);

/// The position after the task: leaves every fork whose branch the task is the
/// last of.
position behind_forks(const decision_builder& t, std::string_view reference,
                      position at);

/// The open JOIN that waits for the target's branch, or `no_row`.
decision_builder::row_index
open_join(const decision_builder& t,
          const compiled_definition::location& target, const position& from);
/// Called before the jumps' passes are removed: the JOIN waits again for the
/// rows of the passes that were current before them.
void join_earlier(decision_builder& t, decision_builder::row_index join,
                  const std::vector<decision_builder::row_index>& jumps);
/// The JOIN waits for the new rows (at position `at`) of the tasks that the
/// jump to the target runs again.
void join_anew(decision_builder& t, decision_builder::row_index join,
               const compiled_definition::location& target, const position& at);
/// The JOIN was made late: it waits for the rows of the passes that jumps have
/// begun in its fork's branches.
void join_passes(decision_builder& t, decision_builder::row_index join);

} // namespace tutti::engine

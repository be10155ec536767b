#pragma once

#include "actors/engine/decision/decision_builder.hpp"
#include "actors/engine/definition/compiled_definition.hpp"

namespace tutti::engine {

// Where a GOTO may lead: OWN_TASKS.md, "GOTO".

/// The way from a task to another one of its list or of a list around it.
struct jump_path {
  const compiled_definition::location* target = nullptr;
  /// Where the list of the target holds the task that jumps.
  size_t from = 0;
  /// The containers it leaves, innermost first.
  std::vector<const workflow_task*> left;
  std::string error; ///< why there is none
};
jump_path find_jump_path(const compiled_definition& definition,
                         std::string_view from, const std::string& target);

/// Where it stands when it has left the loops on that way.
position position_after_jump(const state& execution, const jump_path& path,
                             position at);

/// Where the flow stands when it has left the forks that end with a task.
position behind_forks(const decision_builder& t, std::string_view reference,
                      position at);

/// The open JOIN of the branch that the target stands in, or no_row.
decision_builder::row_index
open_join(const decision_builder& t,
          const compiled_definition::location& target, const position& from);
/// Passes that were begun by jumps of these rows are about to go: the JOIN
/// waits for what stood there before.
void join_earlier(decision_builder& t, decision_builder::row_index join,
                  const std::vector<decision_builder::row_index>& jumps);
/// It waits for what runs again at `at`.
void join_anew(decision_builder& t, decision_builder::row_index join,
               const compiled_definition::location& target, const position& at);

} // namespace tutti::engine

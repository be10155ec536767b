#pragma once

#include "actors/engine/compiled_definition.hpp"
#include "actors/engine/turn.hpp"

namespace tutti::engine {

// Where a GOTO may lead: README.md, "GOTO".

/// The way from a task to another one of its list or of a list around it.
struct way {
  const compiled_definition::place* target = nullptr;
  /// Where the list of the target holds the task that jumps.
  size_t from = 0;
  /// The containers it leaves, innermost first.
  std::vector<const workflow_task*> left;
  std::string error; ///< why there is none
};
way way_to(const compiled_definition& definition, std::string_view from,
           const std::string& target);

/// Where the flow stands when it has left the forks that end with a task.
position behind_forks(const turn& t, std::string_view reference, position at);

/// Joins of the fork around the target wait for what runs again at `at`.
void join_anew(turn& t, const compiled_definition::place& target,
               const position& from, const position& at);

} // namespace tutti::engine

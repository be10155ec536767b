#pragma once

#include "actors/engine/definition/compiled_definition.hpp"
#include "actors/engine/state/state.hpp"

#include <optional>
#include <set>
#include <string_view>
#include <vector>

namespace tutti::engine {

// Which scopes and lists hold a row: reference:scope.

/// The lists of a scope.
enum class scope_list { body, handler, compensation };

/// The task's location in the definition; for a dynamic branch that of its
/// fork; null: unknown to the definition.
const compiled_definition::location* location_around(const state& execution,
                                                     const task& row);

/// A row that holds another one in one of its lists, and its task.
struct holder {
  state::row_index row;
  const workflow_task* task;
  const std::vector<workflow_task>* list; ///< identity only
};
/// The containers around a row, innermost first. A compensation task is held by
/// the scope that runs it.
std::vector<holder> holders_of(const state& execution, const task& row);

/// A scope around a row, and the list through which it holds the row.
struct scope_around {
  state::row_index scope;
  scope_list list;
};
/// Innermost first.
std::vector<scope_around> scopes_around(const state& execution,
                                        const task& row);

/// The rows inside of a scope's row, in creation order.
struct scope_content {
  std::vector<state::row_index> body, handler, compensation;
  /// Rows of `body` that an inner scope ran to compensate.
  std::set<state::row_index> inner_compensation;
};
scope_content content_of(const state& execution, state::row_index scope);

/// The SCOPE's task in its compiled definition, because rows point into that.
const workflow_task& definition_of(const state& execution,
                                   state::row_index scope);

/// The row of the container around the position, or `no_row`.
state::row_index container_row(const state& execution,
                               const workflow_task& container,
                               const position& from);

} // namespace tutti::engine

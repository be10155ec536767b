#pragma once

#include "actors/engine/definition/compiled_definition.hpp"
#include "actors/engine/state/state.hpp"

#include <optional>
#include <set>
#include <string_view>
#include <vector>

namespace tutti::engine {

// Where rows stand with regard to scopes: OWN_TASKS.md, "SCOPE".

/// The lists of a scope.
enum class scope_list { body, handler, compensation };

/// Where a row stands in the definition; a dynamic branch where its fork does.
const compiled_definition::location* location_around(const state& execution,
                                                     const task& row);

/// A row that holds a list in which another one stands, and its task.
struct holder {
  state::row_index row;
  const workflow_task* task;
  const std::vector<workflow_task>* list; ///< identity only
};
/// The containers around a row, the innermost first. What undoes something is
/// held by the scope that runs it.
std::vector<holder> holders_of(const state& execution, const task& row);

/// A scope around a row, and which of its lists leads there.
struct scope_around {
  state::row_index scope;
  scope_list list;
};
/// The innermost first.
std::vector<scope_around> scopes_around(const state& execution,
                                        const task& row);

/// What was made inside of a scope's row, in the order it was made.
struct scope_content {
  std::vector<state::row_index> body, handler, compensation;
  /// Of the body: what a scope in there has run to undo something.
  std::set<state::row_index> inner_compensation;
};
scope_content content_of(const state& execution, state::row_index scope);

/// The task as the definition of the execution has it: what is scheduled points
/// there.
const workflow_task& definition_of(const state& execution,
                                   state::row_index scope);

/// The row of a container around something that stands at `from`.
state::row_index container_row(const state& execution,
                               const workflow_task& container,
                               const position& from);

} // namespace tutti::engine

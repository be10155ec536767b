#include "actors/engine/scope/scope_rows.hpp"

#include "actors/engine/definition/compiled_definition.hpp"
#include "actors/engine/task_traits.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdlib>

namespace tutti::engine {

namespace scope_rows_detail {

/// The scope that runs the `compensate` list around `at`. It may be further out
/// than the compensated task.
state::row_index compensating_scope(const state& execution,
                                    const position& at) {
  auto* row = execution.find(at.loop);
  while (row && !is_scope(*row))
    row = execution.find(row->parent_task_id);
  return row ? execution.index_of(*row) : state::no_row;
}

} // namespace scope_rows_detail

const compiled_definition::location* location_around(const state& execution,
                                                     const task& row) {
  for (auto* x = &row; x; x = execution.fork_of(*x))
    if (auto* location = execution.definition_of(*x).location_of(base_of(*x)))
      return location;
  return nullptr;
}

std::vector<holder> holders_of(const state& execution, const task& row) {
  using namespace scope_rows_detail;
  std::vector<holder> out;
  auto at = position_of(row);
  auto* definition = &execution.definition_of(row);
  auto* location = location_around(execution, row);
  // A dynamic branch that is a single task: the definition does not contain it.
  if (auto* fork = execution.fork_of(row);
      fork && location && !definition->location_of(base_of(row))) {
    out.push_back({execution.index_of(*fork), location->task, nullptr});
    at = position_of(*fork);
  }
  while (location && location->parent) {
    bool compensates = location->list == &location->parent->compensate;
    auto i = compensates ? compensating_scope(execution, at)
                         : container_row(execution, *location->parent, at);
    if (i == state::no_row) {
      location = definition->location_of(location->parent->reference_name);
      continue;
    }
    auto& parent
        = compensates ? definition_of(execution, i) : *location->parent;
    out.push_back({i, &parent, location->list});
    auto& around = execution.rows()[i];
    at = position_of(around);
    definition = &execution.definition_of(around);
    location = definition->location_of(parent.reference_name);
  }
  return out;
}

std::vector<scope_around> scopes_around(const state& execution,
                                        const task& row) {
  std::vector<scope_around> out;
  for (auto& [i, task, list] : holders_of(execution, row))
    if (is_scope(*task)) {
      auto in = std::find_if(task->on_error.begin(), task->on_error.end(),
                             [&, l = list](auto& x) { return &x.run == l; });
      out.push_back({i, list == &task->loop_over ? scope_list::body
                        : in != task->on_error.end()
                            ? scope_list::handler
                            : scope_list::compensation});
    }
  return out;
}

scope_content content_of(const state& execution, state::row_index scope) {
  scope_content out;
  auto& rows = execution.rows();
  for (auto i = scope + 1; i < rows.size(); ++i) {
    if (row_list::is_hole(rows[i]) || rows[i].status == task_status::skipped)
      continue;
    bool inner_compensation = false;
    for (auto& around : scopes_around(execution, rows[i])) {
      if (around.scope != scope) {
        inner_compensation |= around.list == scope_list::compensation;
        continue;
      }
      (around.list == scope_list::body           ? out.body
       : around.list == scope_list::compensation ? out.compensation
                                                 : out.handler)
          .push_back(i);
      if (inner_compensation)
        out.inner_compensation.insert(i);
      break;
    }
  }
  return out;
}

const workflow_task& definition_of(const state& execution,
                                   state::row_index scope) {
  auto& row = execution.rows()[scope];
  auto* location = execution.definition_of(row).location_of(base_of(row));
  return location ? *location->task : *row.definition;
}

state::row_index container_row(const state& execution,
                               const workflow_task& container,
                               const position& from) {
  for (auto at = from;;) {
    auto i = execution.latest_index(reference_in(container.reference_name, at));
    if (i != state::no_row)
      return i;
    auto* loop = execution.find(at.loop);
    if (pass_of(at) > 1)
      at = with_pass(at, execution.pass_before(at));
    else if (loop)
      at = position_of(*loop);
    else
      return state::no_row;
  }
}

} // namespace tutti::engine

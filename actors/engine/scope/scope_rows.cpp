#include "actors/engine/scope/scope_rows.hpp"

#include "actors/engine/definition/compiled_definition.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdlib>

namespace tutti::engine {

namespace scope_rows_detail {

/// The scope that runs the list that undoes something around `at`: it may stand
/// further out than what is undone.
state::row_index undoing(const state& execution, const position& at) {
  auto* row = execution.find(at.loop);
  while (row && row->task_type != "SCOPE")
    row = execution.find(row->parent_task_id);
  return row ? execution.index_of(*row) : state::no_row;
}

} // namespace scope_rows_detail

const compiled_definition::place* place_around(const state& execution,
                                               const task& row) {
  for (auto* x = &row; x; x = execution.fork_of(*x))
    if (auto* place = execution.definition_of(*x).place_of(base_of(*x)))
      return place;
  return nullptr;
}

std::vector<holder> holders_of(const state& execution, const task& row) {
  using namespace scope_rows_detail;
  std::vector<holder> out;
  auto at = position_of(row);
  auto* definition = &execution.definition_of(row);
  auto* place = place_around(execution, row);
  // A branch of a single task, of which only an input knew.
  if (auto* fork = execution.fork_of(row);
      fork && place && !definition->place_of(base_of(row))) {
    out.push_back({execution.index_of(*fork), place->task, nullptr});
    at = position_of(*fork);
  }
  while (place && place->parent) {
    bool undoes = place->list == &place->parent->compensate;
    auto i = undoes ? undoing(execution, at)
                    : container_row(execution, *place->parent, at);
    if (i == state::no_row) {
      place = definition->place_of(place->parent->reference_name);
      continue;
    }
    auto& parent = undoes ? definition_of(execution, i) : *place->parent;
    out.push_back({i, &parent, place->list});
    auto& around = execution.rows()[i];
    at = position_of(around);
    definition = &execution.definition_of(around);
    place = definition->place_of(parent.reference_name);
  }
  return out;
}

std::vector<scope_around> scopes_around(const state& execution,
                                        const task& row) {
  std::vector<scope_around> out;
  for (auto& [i, task, list] : holders_of(execution, row))
    if (task->type == "SCOPE") {
      auto in = std::find_if(task->on_error.begin(), task->on_error.end(),
                             [&, l = list](auto& x) { return &x.run == l; });
      out.push_back({i, list == &task->loop_over     ? scope_list::body
                        : in != task->on_error.end() ? scope_list::handler
                                                     : scope_list::undo});
    }
  return out;
}

scope_content content_of(const state& execution, state::row_index scope) {
  scope_content out;
  auto& rows = execution.rows();
  for (auto i = scope + 1; i < rows.size(); ++i) {
    if (row_list::is_hole(rows[i]) || rows[i].status == task_status::skipped)
      continue;
    bool helped = false;
    for (auto& around : scopes_around(execution, rows[i])) {
      if (around.scope != scope) {
        helped |= around.list == scope_list::undo;
        continue;
      }
      (around.list == scope_list::body   ? out.body
       : around.list == scope_list::undo ? out.undo
                                         : out.handler)
          .push_back(i);
      if (helped)
        out.helped.insert(i);
      break;
    }
  }
  return out;
}

const workflow_task& definition_of(const state& execution,
                                   state::row_index scope) {
  auto& row = execution.rows()[scope];
  auto* place = execution.definition_of(row).place_of(base_of(row));
  return place ? *place->task : *row.definition;
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

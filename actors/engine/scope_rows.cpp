#include "actors/engine/scope_rows.hpp"

#include "actors/engine/compiled_definition.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdlib>

namespace tutti::engine {

namespace scope_rows_detail {

/// Where a row stands in the definition; a dynamic branch where its fork does.
const compiled_definition::place* place_of(const state& execution,
                                           const task& row) {
  for (auto* x = &row; x; x = execution.fork_of(*x))
    if (auto* place = execution.definition_of(*x).place_of(base_of(*x)))
      return place;
  return nullptr;
}

/// The scope that runs the list that undoes something around `at`: it may stand
/// further out than what is undone.
state::row_index undoing(const state& execution, const position& at) {
  auto* row = execution.find(at.loop);
  while (row && row->task_type != "SCOPE")
    row = execution.find(row->parent_task_id);
  return row ? execution.index_of(*row) : state::no_row;
}

} // namespace scope_rows_detail

std::vector<holder> holders_of(const state& execution, const task& row) {
  using namespace scope_rows_detail;
  std::vector<holder> out;
  auto at = position_of(row);
  auto* definition = &execution.definition_of(row);
  auto* place = place_of(execution, row);
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

namespace scope_rows_detail {

/// The task stands in the list that undoes that one, at any depth.
bool helps_undo(const compiled_definition& definition, std::string_view base,
                const task& undone) {
  for (auto* x = definition.place_of(base); x && x->parent;
       x = definition.place_of(x->parent->reference_name))
    if (x->list == &x->parent->compensate)
      return x->parent->reference_name == base_of(undone);
  return false;
}

/// That row is of the run of a list that undoes that task, in any pass.
bool is_of_run(const state& execution, const task& row, const task& scope,
               const task& undone) {
  auto* out = &row;
  while (out && out->parent_task_id != scope.task_id)
    out = execution.find(out->parent_task_id);
  return out && undone_at(execution, scope, suffix_of(*out)) == &undone;
}

position in_list(const task& scope, std::string_view suffix) {
  position out{0, std::string(suffix), scope.task_id};
  auto last = suffix.rfind("__");
  if (last != suffix.npos)
    out.iteration
        = int32_t(std::strtol(out.suffix.c_str() + last + 2, nullptr, 10));
  return out;
}

} // namespace scope_rows_detail

std::vector<std::string> undone_names(const task& scope) {
  std::vector<std::string> out;
  auto& output = scope.output.json();
  auto list = output.is_object() ? output.find("compensated") : output.end();
  if (output.is_object() && list != output.end() && list->is_array())
    for (auto& name : *list)
      if (name.is_string())
        out.push_back(name.get<std::string>());
  return out;
}

const task* undone_at(const state& execution, const task& scope,
                      std::string_view suffix) {
  auto names = undone_names(scope);
  auto of_suffix = [&](std::string_view wanted) -> const task* {
    // The last one is at work.
    for (auto name = names.rbegin(); name != names.rend(); ++name)
      if (auto* row = execution.latest(*name); row && suffix_of(*row) == wanted)
        return row;
    return nullptr;
  };
  // A further pass of the list undoes what its first one does.
  for (auto at = scope_rows_detail::in_list(scope, suffix);;) {
    auto* row = of_suffix(at.suffix);
    if (row || pass_of(at) == 1)
      return row;
    at = with_pass(at, execution.pass_before(at));
  }
}

size_t undo_run_of(const state& execution, const task& scope, const task& row) {
  auto names = undone_names(scope);
  // The row of the list, also for one in a loop there.
  auto* out = &row;
  while (out && out->parent_task_id != scope.task_id)
    out = execution.find(out->parent_task_id);
  auto* definition = out ? &execution.definition_of(*out) : nullptr;
  auto* place = out ? scope_rows_detail::place_of(execution, *out) : nullptr;
  while (place && place->parent && place->list != &place->parent->compensate)
    place = definition->place_of(place->parent->reference_name);
  if (!place || !place->parent)
    return names.size();
  // A further pass of the list undoes what its first one does.
  for (auto at = scope_rows_detail::in_list(scope, suffix_of(*out));;) {
    auto it = std::find(names.begin(), names.end(),
                        reference_in(place->parent->reference_name, at));
    if (it != names.end() || pass_of(at) == 1)
      return size_t(it - names.begin());
    at = with_pass(at, execution.pass_before(at));
  }
}

std::optional<const task*> beside_undone(const state& execution,
                                         std::string_view base,
                                         const task& scope,
                                         const task& undone) {
  using namespace scope_rows_detail;
  if (helps_undo(execution.definition_of(undone), base, undone)) {
    return execution.last_of(base, [&](auto& row) {
      return is_of_run(execution, row, scope, undone);
    });
  }
  for (auto* x = &undone; x; x = execution.find(x->parent_task_id)) {
    auto* row
        = execution.latest(reference_in(std::string(base), position_of(*x)));
    if (row && base_of(*row) == base
        && row->parent_task_id == x->parent_task_id)
      return row;
    if (x->parent_task_id == scope.parent_task_id)
      break;
  }
  return std::nullopt;
}

} // namespace tutti::engine

#include "actors/engine/scope/scope_progress.hpp"
#include "actors/engine/scope/scopes.hpp"
#include "actors/engine/task_traits.hpp"

#include <nlohmann/json.hpp>

namespace tutti::engine {

bool is_closed(const task& row) {
  if (!is_scope(row) || !is_terminal(row.status))
    return false;
  auto state = scope_progress::state_of(row);
  return state == scope_progress::running
         || state == scope_progress::compensating
         || state == scope_progress::handling;
}

bool is_in_closed(const state& execution, const task& row) {
  for (auto& around : scopes_around(execution, row)) {
    auto& scope = execution.rows()[around.scope];
    if (is_closed(scope) && !scope.executed)
      return true;
  }
  return false;
}

void close_scope(decision_builder& t, decision_builder::row_index scope) {
  t.save(scope);
  auto inside = content_of(t.execution(), scope);
  supersede(t, inside.body);
  supersede(t, inside.compensation);
  supersede(t, inside.handler);
  // A failed scope keeps the state it failed in: a retry continues there.
  auto status = t.row(scope).status;
  if (!is_successful(status))
    return;
  scope_progress p(t.execution(), t.row(scope));
  p.output.erase("toCompensate");
  p.state(status == task_status::completed ? scope_progress::completed
                                           : scope_progress::failed);
  p.write(t, scope);
}

} // namespace tutti::engine

#include "actors/engine/commands/handlers.hpp"
#include "actors/engine/scope/scope_compensation.hpp"
#include "actors/engine/scope/scope_progress.hpp"
#include "actors/engine/scope/scopes.hpp"
#include "actors/engine/task_kind.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

// How operators' retries and reruns reopen scopes.

namespace tutti::engine {

namespace scope_retry_detail {

using row_index = decision_builder::row_index;

/// The list that the scope runs, or ran when it ended. nullopt: the body was
/// compensated, so the scope can only begin again.
std::optional<scope_list> list_of(const task& scope) {
  auto state = scope_progress::state_of(scope);
  if (state == scope_progress::failed) {
    auto& output = scope.output.json();
    auto failure = output.find("failure");
    state = failure == output.end()
                ? scope_progress::running
                : scope_progress::text_at(*failure, "during",
                                          scope_progress::running);
    if (state == scope_progress::running && output.contains("compensated"))
      return std::nullopt;
  }
  return state == scope_progress::handling       ? scope_list::handler
         : state == scope_progress::compensating ? scope_list::compensation
                                                 : scope_list::body;
}

void remove(decision_builder& t, const std::vector<row_index>& rows) {
  tasks_removed gone;
  for (auto i : rows)
    gone.task_ids.push_back(t.row(i).task_id);
  if (!gone.task_ids.empty())
    t.emit(std::move(gone));
}

bool is_idle(const decision_builder& t, const std::vector<row_index>& rows) {
  return std::none_of(rows.begin(), rows.end(), [&](auto i) {
    return !is_terminal(t.row(i).status) || !t.row(i).executed;
  });
}

} // namespace scope_retry_detail

bool was_passed_over(const state& execution, const task& row) {
  for (auto& around : holders_of(execution, row)) {
    auto& loop = execution.rows()[around.row];
    if (is_loop(loop) && is_terminal(loop.status) && is_successful(loop.status))
      return true;
  }
  return false;
}

bool can_be_revived(const state& execution, const task& failed) {
  using namespace scope_retry_detail;
  if (was_passed_over(execution, failed))
    return false;
  auto around = scopes_around(execution, failed);
  if (around.empty())
    return !failed.retried;
  auto& scope = execution.rows()[around.front().scope];
  if (is_terminal(scope.status) && is_successful(scope.status))
    return !failed.retried;
  return list_of(scope) == around.front().list
         && (!is_terminal(scope.status) || can_be_revived(execution, scope));
}

const task* undone_by(const state& execution, const task& row) {
  for (auto& around : scopes_around(execution, row)) {
    auto& scope = execution.rows()[around.scope];
    if (around.list == scope_list::body
        && !compensated_names(execution, scope).empty())
      return &scope;
  }
  return nullptr;
}

void retry_scope(decision_builder& t, decision_builder::row_index scope) {
  using namespace scope_retry_detail;
  auto list = list_of(t.row(scope));
  scope_progress p(t.execution(), t.row(scope));
  wait_again(t, scope);
  if (p.state() != scope_progress::failed)
    return; // a cancelled scope keeps its state
  auto inside = content_of(t.execution(), scope);
  if (list == scope_list::body || !list) {
    remove(t, inside.handler);
    remove(t, inside.compensation);
  }
  if (!list) {
    remove(t, inside.body);
    return begin_scope(t, scope);
  }
  if (list == scope_list::body) {
    p.output = nlohmann::json{{"state", scope_progress::running}};
  } else {
    p.output.erase("failure");
    p.state(list == scope_list::compensation ? scope_progress::compensating
                                             : scope_progress::handling);
  }
  p.write(t, scope);
}

namespace scope_retry_detail {

/// Repeats the compensation run that `inner` belongs to: it becomes the last
/// begun one. The runs after it go back to `toCompensate`, and their rows are
/// removed.
void compensate_again(decision_builder& t, row_index scope, scope_progress& p,
                      const std::string& inner) {
  auto& execution = t.execution();
  compensation_runs runs(execution, t.row(scope));
  auto run = runs.of(*execution.find(inner));
  auto names = runs.names();
  auto rest = nlohmann::json::array();
  for (auto i = run + 1; i < names.size(); ++i)
    if (auto* row = execution.latest(names[i]))
      rest.push_back(row->task_id);
  if (auto it = p.output.find("toCompensate");
      it != p.output.end() && it->is_array())
    rest.insert(rest.end(), it->begin(), it->end());
  std::vector<row_index> later;
  for (auto i : content_of(execution, scope).compensation)
    if (runs.of(t.row(i)) > run)
      later.push_back(i);
  names.resize(std::min(names.size(), run + 1));
  p.output["compensated"] = names;
  p.output["toCompensate"] = std::move(rest);
  remove(t, later);
}

} // namespace scope_retry_detail

void reopen_scope(decision_builder& t, decision_builder::row_index scope,
                  const std::string& inner) {
  using namespace scope_retry_detail;
  auto list = scope_list::body;
  for (auto& around : scopes_around(t.execution(), *t.execution().find(inner)))
    if (around.scope == scope)
      list = around.list;
  scope_progress p(t.execution(), t.row(scope));
  p.output.erase("failure");
  auto inside = content_of(t.execution(), scope);
  if (list == scope_list::handler) {
    p.state(scope_progress::handling);
  } else if (list == scope_list::compensation) {
    p.state(scope_progress::compensating);
    remove(t, inside.handler);
    compensate_again(t, scope, p, inner);
  } else {
    remove(t, inside.handler);
    remove(t, inside.compensation);
    p.output = nlohmann::json{{"state", scope_progress::running}};
  }
  wait_again(t, scope);
  p.write(t, scope);
}

namespace scope_retry_detail {

/// The row has no successors of its own: a GOTO, a TERMINATE, or a switch whose
/// branch continues.
bool leads_nowhere(const task& row) {
  auto& traits = traits_of(row);
  auto& input = row.input.json();
  return traits.jumps || traits.ends_execution
         || (traits.chooses_branches && input.is_object()
             && input.contains("hasChildren"));
}

/// Rows that had ended when the scope superseded its list got no successors
/// then: they get them now.
void continue_list(decision_builder& t, row_index scope, scope_list list,
                   const std::vector<row_index>& rows) {
  for (auto i : rows) {
    auto& row = t.row(i);
    if (!is_terminal(row.status) || !is_successful(row.status) || !row.executed
        || leads_nowhere(row) || !t.execution().in_open_loop(row))
      continue;
    auto around = scopes_around(t.execution(), row);
    if (!around.empty() && around.front().scope == scope
        && around.front().list == list && !t.ended())
      t.schedule_successors(base_of(row), position_of(row));
  }
}

} // namespace scope_retry_detail

void advance_scopes(decision_builder& t) {
  using namespace scope_retry_detail;
  for (row_index i = 0; i < t.execution().rows().size() && !t.ended(); ++i) {
    auto& row = t.row(i);
    if (!is_scope(row) || is_terminal(row.status))
      continue;
    auto state = scope_progress::state_of(row);
    auto inside = content_of(t.execution(), i);
    if (state == scope_progress::running && inside.body.empty())
      begin_scope(t, i);
    else if (state == scope_progress::compensating
             && is_idle(t, inside.compensation))
      next_compensation(t, i);
    else if (state == scope_progress::running)
      continue_list(t, i, scope_list::body, inside.body);
    else if (state == scope_progress::compensating)
      continue_list(t, i, scope_list::compensation, inside.compensation);
    else if (state == scope_progress::handling)
      continue_list(t, i, scope_list::handler, inside.handler);
  }
}

} // namespace tutti::engine

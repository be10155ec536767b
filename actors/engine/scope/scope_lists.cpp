#include "actors/engine/scope/scope_compensation.hpp"
#include "actors/engine/scope/scope_progress.hpp"
#include "actors/engine/scope/scopes.hpp"
#include "actors/engine/task_kind.hpp"

#include <nlohmann/json.hpp>

// Runs the lists of a scope one after another: the body; after a failure the
// `compensate` lists of its tasks, then the handler's `run` list.

namespace tutti::engine {

namespace scope_lists_detail {

using nlohmann::json;
using row_index = decision_builder::row_index;

/// When the list cannot be scheduled, its rows are removed and `restore` resets
/// the scope, so that a retry begins the list again.
template <class Restore>
void begin_list(decision_builder& t, const workflow_task& first,
                const position& at, Restore restore) {
  auto rows = row_index(t.execution().rows().size());
  t.schedule_next(&first, at);
  if (!t.ended())
    return;
  t.drop_rows_from(rows);
  restore();
}

/// Branches in `compensate` lists that no JOIN waits for may still be open.
void supersede_open(decision_builder& t, row_index scope) {
  auto open = t.execution()
                  .loops()
                  .of(t.row(scope).task_id)
                  .open; // a copy: superseding changes the set
  supersede(t, {open.begin(), open.end()});
}

void end_scope(decision_builder& t, row_index scope, scope_progress p) {
  supersede_open(t, scope);
  auto* handler = p.handler(t, scope);
  p.output.erase("toCompensate");
  bool fails = handler
               && (handler->then == error_resolution::fail
                   || (handler->then == error_resolution::compensate
                       && handler->then_fail));
  if (!fails) {
    p.state(scope_progress::completed);
    return p.finish(t, scope, task_status::completed);
  }
  p.state(scope_progress::failed);
  auto& caught = p.output["caught"];
  auto status
      = from_text<task_status>(scope_progress::text_at(caught, "status"))
            .value_or(task_status::failed);
  auto reason = scope_progress::text_at(caught, "reason");
  p.finish(t, scope, status, std::move(reason));
}

/// Every task is compensated.
void begin_handling(decision_builder& t, row_index scope, scope_progress p) {
  auto before = p;
  p.output.erase("toCompensate");
  p.state(scope_progress::handling);
  p.write(t, scope);
  auto* handler = p.handler(t, scope);
  if (!handler || handler->run.empty())
    return end_scope(t, scope, std::move(p));
  begin_list(t, handler->run.front(), position_of(t.row(scope)),
             [&] { before.write(t, scope); });
}

/// The list that ended belongs to the task that the scope compensates now. An
/// operator may have retried rows of an earlier list.
bool is_at_work(const decision_builder& t, decision_builder::row_index scope,
                const compiled_definition::location& list, const position& at) {
  auto& row = t.row(scope);
  if (scope_progress::state_of(row) != scope_progress::compensating)
    return false;
  auto* compensated = compensated_at(t.execution(), row, at.suffix);
  return compensated && compensated == last_compensated(t.execution(), row)
         && base_of(*compensated) == list.parent->reference_name;
}

/// Sets the number of begun compensations.
void count_compensated(decision_builder& t, row_index scope, int32_t number) {
  auto change = t.edit(scope);
  change.compensated = number;
  change.update_time = t.now();
  t.emit(std::move(change));
}

} // namespace scope_lists_detail

void next_compensation(decision_builder& t, decision_builder::row_index scope) {
  using namespace scope_lists_detail;
  while (true) {
    auto number = t.row(scope).compensated;
    auto* ids = to_compensate(t.row(scope));
    if (!ids || size_t(number) >= ids->size())
      return begin_handling(t, scope,
                            scope_progress(t.execution(), t.row(scope)));
    auto& id = (*ids)[size_t(number)];
    auto* done = id.is_string()
                     ? t.execution().find(id.get_ref<const std::string&>())
                     : nullptr;
    auto* location
        = done ? t.execution().definition_of(*done).location_of(base_of(*done))
               : nullptr;
    auto at = done ? position_of(*done) : position();
    count_compensated(t, scope, number + 1);
    if (!location || location->task->compensate.empty())
      continue;
    // The rows belong to the scope: the loop around the task may have ended.
    at.loop = t.row(scope).task_id;
    return begin_list(t, location->task->compensate.front(), at,
                      [&] { count_compensated(t, scope, number); });
  }
}

void scope_list_ended(decision_builder& t,
                      const compiled_definition::location& ended,
                      const position& at) {
  using namespace scope_lists_detail;
  bool compensates = ended.list == &ended.parent->compensate;
  auto* run_by = compensates ? t.execution().find(at.loop) : nullptr;
  auto i = run_by        ? t.execution().index_of(*run_by)
           : compensates ? state::no_row
                         : container_row(t.execution(), *ended.parent, at);
  if (i == state::no_row || is_terminal(t.row(i).status))
    return;
  if (compensates && is_at_work(t, i, ended, at)) {
    t.save(i);
    next_compensation(t, i);
  }
  if (compensates)
    return;
  scope_progress p(t.execution(), t.row(i));
  bool body = ended.list == &ended.parent->loop_over;
  t.save(i);
  if (body && p.state() == scope_progress::running) {
    p.state(scope_progress::completed);
    p.finish(t, i, task_status::completed);
  } else if (!body && p.state() == scope_progress::handling) {
    end_scope(t, i, std::move(p));
  }
}

void begin_scope(decision_builder& t, decision_builder::row_index scope) {
  auto change = t.edit(scope);
  change.status = task_status::in_progress;
  change.start_time = t.now();
  change.output = payload(nlohmann::json{{"state", scope_progress::running}});
  change.compensated = 0;
  t.emit(std::move(change));
  auto definition = t.row(scope).definition;
  if (!definition->loop_over.empty())
    scope_lists_detail::begin_list(t, definition->loop_over.front(),
                                   position_of(t.row(scope)), [] {});
}

void leave_scope(decision_builder& t, decision_builder::row_index scope) {
  scope_progress p(t.execution(), t.row(scope));
  p.output.erase("toCompensate");
  p.state(scope_progress::left);
  scope_lists_detail::supersede_open(t, scope);
  p.finish(t, scope, task_status::completed);
  auto change = t.edit(scope);
  change.executed = true;
  t.emit(std::move(change));
}

void cancel_scope(decision_builder& t, decision_builder::row_index scope) {
  // Rows in nested scopes are cancelled by the caller. A copy: ending a row
  // changes the set.
  auto open = t.execution().loops().of(t.row(scope).task_id).open;
  for (auto i : open) {
    if (is_loop(t.row(i)))
      cancel_body(t, i);
    kind_of(t.row(i)).cancel(t, i);
    t.finish_row(i, task_status::canceled);
  }
}

} // namespace tutti::engine

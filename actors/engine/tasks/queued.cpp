#include "actors/engine/tasks/queued.hpp"

#include "actors/engine/features/caching.hpp"
#include "actors/engine/inputs/inputs.hpp"
#include "messages/model/saturating.hpp"

#include <nlohmann/json.hpp>

namespace tutti::engine {

namespace queued_detail {

/// From the input, or from the definition (reference:workflow-task#fields).
payload with_async_complete(payload input, bool async_complete) {
  auto value = input.json();
  if (!value.is_object() || value.contains("asyncComplete"))
    return input;
  value["asyncComplete"] = async_complete;
  return payload(std::move(value));
}

} // namespace queued_detail

void queued_kind::schedule(decision_builder& t, const placement& where) const {
  auto& definition = *where.task;
  auto row = t.new_row(where, type());
  if (auto* def = definition.definition.get())
    row.execution_name_space = def->execution_name_space;
  row.callback_after_seconds = definition.start_delay_seconds;
  row.input = queued_detail::with_async_complete(
      resolve_input(t, where, row.task_id, true), definition.async_complete);
  if (add_from_cache(t, row))
    return;
  t.add_queued(std::move(row), ms_of_seconds(definition.start_delay_seconds));
}

// The lease is over: its worker is gone, or was given an older life of the row.
void queued_kind::due(decision_builder& t,
                      decision_builder::row_index i) const {
  auto change = t.edit(i);
  change.due_at = 0;
  change.status = task_status::scheduled;
  change.update_time = t.now();
  t.emit(std::move(change));
  t.enqueue(i, 0);
}

void queued_kind::attempt(decision_builder& t, decision_builder::row_index i,
                          int64_t delay_ms) const {
  t.enqueue(i, delay_ms);
}

void queued_kind::reopen(decision_builder& t,
                         decision_builder::row_index i) const {
  auto change = t.edit(i);
  change.status = task_status::scheduled;
  t.emit(std::move(change));
  t.enqueue(i, 0);
}

} // namespace tutti::engine

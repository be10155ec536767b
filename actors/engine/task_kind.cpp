#include "actors/engine/task_kind.hpp"

#include "actors/engine/inputs/inputs.hpp"

#include <nlohmann/json.hpp>

namespace tutti::engine {

void task_kind::attempt(decision_builder& t, decision_builder::row_index i,
                        int64_t delay_ms) const {
  if (delay_ms <= 0)
    return attempts_in_turn() ? t.execute_later(i) : due(t, i);
  auto change = t.edit(i);
  change.due_at = t.now() + delay_ms;
  t.emit(std::move(change));
}

void task_kind::reopen(decision_builder& t,
                       decision_builder::row_index i) const {
  auto change = t.edit(i);
  change.status = task_status::in_progress;
  change.start_time = t.now();
  t.emit(std::move(change));
  t.execute_later(i);
}

payload task_kind::input_of_attempt(const decision_builder& t,
                                    const task& next) const {
  auto fresh
      = resolve_input(t, *next.definition, next.task_id, takes_template());
  if (fresh.is_empty_object() || !next.input.json().is_object())
    return next.input;
  auto merged = next.input.json();
  for (auto& [key, value] : fresh.json().items())
    merged[key] = value;
  return payload(std::move(merged));
}

} // namespace tutti::engine

#include "actors/engine/task_kind.hpp"

#include "actors/engine/commands/handlers.hpp"
#include "actors/engine/decision/leases.hpp"
#include "actors/engine/inputs/inputs.hpp"
#include "actors/engine/views/explain.hpp"
#include "messages/model/saturating.hpp"

#include <nlohmann/json.hpp>

namespace tutti::engine {

void task_kind::attempt(decision_builder& t, decision_builder::row_index i,
                        int64_t delay_ms) const {
  if (is_terminal(t.row(i).status)) // it was refused when it was added
    return;
  if (delay_ms <= 0)
    return traits.attempts_in_turn ? t.execute_later(i) : due(t, i);
  auto change = t.edit(i);
  change.due_at = instant_after(t.now(), delay_ms);
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
      = resolve_input(t, *next.definition, next.task_id, traits.takes_template);
  if (fresh.is_empty_object() || !next.input.json().is_object())
    return next.input;
  auto merged = next.input.json();
  for (auto& [key, value] : fresh.json().items())
    merged[key] = value;
  return payload(std::move(merged));
}

void task_kind::child_started(decision_builder& t,
                              decision_builder::row_index i,
                              const command::child_started& c) const {
  auto change = t.edit(i);
  if (t.row(i).sub_workflow_id != c.child_id)
    change.sub_workflow_id = c.child_id;
  change.status = task_status::in_progress;
  change.output = payload(nlohmann::json{{"subWorkflowId", c.child_id}});
  change.update_time = t.now();
  change.callback_after_seconds = 0;
  t.emit(std::move(change));
}

void task_kind::retry(decision_builder& t,
                      decision_builder::row_index i) const {
  attempt_again(t, i);
}

bool task_kind::leads_to_child(const task&) const { return false; }

void task_kind::revive(decision_builder& t,
                       decision_builder::row_index i) const {
  if (t.row(i).status == task_status::canceled)
    reopen_row(t, i, {}, true);
}

void task_kind::reopen_beside(decision_builder& t,
                              decision_builder::row_index i) const {
  reopen_row(t, i);
}

void task_kind::reopen_around(decision_builder& t,
                              decision_builder::row_index i,
                              const std::string&) const {
  reopen_row(t, i);
}

payload task_kind::rerun_input(const task& row, const payload& given) const {
  auto keys = own_inputs();
  if (keys.empty())
    return given;
  auto input
      = given.json().is_object() ? given.json() : nlohmann::json::object();
  auto& before = row.input.json();
  for (auto* key : keys)
    if (!input.contains(key) && before.is_object() && before.contains(key))
      input[key] = before.at(key);
  return payload(std::move(input));
}

void task_kind::explain(nlohmann::json& out, const state&,
                        const task& row) const {
  if (completes_later(row))
    return say(
        out, "MESSAGE",
        "has done its part (asyncComplete) and waits for an update or an "
        "event that completes it");
  if (holds_lease(row))
    return say(out, "SYSTEM",
               "is being done by the node since " + at_time(row.update_time));
  say(out, "SYSTEM", "is being done by the node");
}

// One that starts something itself may have its delay ahead of it.
bool task_kind::needs_mock(const task& row, bool) const {
  return !traits.ends_by_itself
         && (row.queued_at != 0 || row.due_at == 0
             || row.status != task_status::scheduled);
}

bool completes_later_by_input(const task& row) {
  auto& input = row.input.json();
  if (input.is_object())
    if (auto it = input.find("asyncComplete");
        it != input.end() && it->is_boolean())
      return it->get<bool>();
  return row.definition->async_complete;
}

bool answers_elsewhere(const task& row) {
  auto& kind = kind_of(row);
  return kind.traits.awaits == awaited::child || kind.completes_later(row);
}

} // namespace tutti::engine

#include "actors/engine/commands/handlers.hpp"
#include "actors/engine/features/secret_mask.hpp"
#include "actors/engine/task_kind.hpp"
#include "messages/model/saturating.hpp"

#include <nlohmann/json.hpp>

// Updates from workers and clients (reference:workers#update).

namespace tutti::engine {

namespace update_task_detail {

/// Cuts between characters, at Conductor's length.
std::string cut(std::string text, size_t characters) {
  size_t count = 0;
  for (size_t i = 0; i < text.size(); ++i)
    if ((static_cast<unsigned char>(text[i]) & 0xc0) != 0x80
        && count++ == characters) {
      text.resize(i);
      break;
    }
  return text;
}

task_result as_result(const task& row, task_status status,
                      const payload& output,
                      const std::optional<std::string>& worker_id) {
  task_result result;
  result.task_id = row.task_id;
  result.status = status;
  result.worker_id = worker_id.value_or(row.worker_id);
  if (status != task_status::completed)
    result.reason = row.reason;
  result.output = merged_output(row, output);
  return result;
}

/// The log of an update, without the task's secrets.
std::vector<task_log> hidden(const decision_builder& t, const task& row,
                             std::vector<task_log> lines) {
  secret_mask mask(row, t.context().env);
  if (!mask.empty())
    for (auto& line : lines)
      line.log = mask.hide(line.log);
  return lines;
}

/// The update begins an attempt that waits for its retry delay.
bool begins_attempt(const task& row, task_status status) {
  return status == task_status::in_progress
         && row.status == task_status::scheduled
         && traits_of(row).begun_by_update;
}

} // namespace update_task_detail

payload merged_output(const task& row, const payload& given) {
  if (row.output.is_empty_object() || !row.output.json().is_object()
      || !given.json().is_object())
    return given;
  auto merged = row.output.json();
  for (auto& [key, value] : given.json().items())
    merged[key] = value;
  return payload(std::move(merged));
}

decision_builder::row_index open_row_of(const decision_builder& t,
                                        const std::string& reference) {
  auto& execution = t.execution();
  auto exact = execution.latest_index(reference);
  return exact != state::no_row && !is_terminal(t.row(exact).status)
             ? exact
             : execution.first_open(reference);
}

void apply_result(decision_builder& t, decision_builder::row_index i,
                  const task_result& result) {
  auto status = *result.status;
  bool ends = is_terminal(status);
  if (update_task_detail::begins_attempt(t.row(i), status)) {
    kind_of(t.row(i)).due(t, i);
    if (is_terminal(t.row(i).status))
      return t.run();
  }
  auto change = t.edit(i);
  t.dequeue(i, change);
  change.status = status;
  if (status == task_status::in_progress && traits_of(t.row(i)).worker)
    change.status = task_status::scheduled;
  change.output = kind_of(t.row(i)).updated_output(t.row(i), result.output);
  change.reason = update_task_detail::cut(
      result.reason, t.context().bounds.reason_characters_max);
  change.worker_id = result.worker_id;
  change.callback_after_seconds = result.callback_after_seconds;
  change.update_time = t.now();
  if (!result.sub_workflow_id.empty())
    change.sub_workflow_id = result.sub_workflow_id;
  if (!result.external_output_path.empty())
    change.external_output_path = result.external_output_path;
  if (ends) {
    change.end_time = t.now();
    if (t.row(i).due_at != 0)
      change.due_at = 0;
  } else if (auto lease = kind_of(t.row(i)).lease_ms(t, i); lease > 0) {
    // The work of a queued system task is done and somebody else completes it;
    // or its worker needs more time.
    change.due_at
        = kind_of(t.row(i)).completes_later(t.row(i))
              ? 0
              : instant_after(
                  instant_after(t.now(),
                                ms_of_seconds(result.callback_after_seconds)),
                  lease);
  }
  t.emit(std::move(change));
  if (!ends && traits_of(t.row(i)).worker)
    t.enqueue(i, ms_of_seconds(result.callback_after_seconds));
  if (!result.logs.empty())
    t.log(t.row(i).task_id,
          update_task_detail::hidden(t, t.row(i), result.logs));
  t.run();
}

void handle(decision_builder& t, const command::update_task& c) {
  auto* row = t.execution().find(c.result.task_id);
  if (!row)
    return t.refuse(errc::not_found,
                    "No such task found by id: " + c.result.task_id);
  t.out().task_id = row->task_id;
  if (c.result.extend_lease) {
    if (is_terminal(row->status))
      return t.idle();
    auto change = t.edit(t.execution().index_of(*row));
    change.update_time = t.now();
    return t.emit(std::move(change));
  }
  // A late or repeated update changes nothing and is no error.
  if (is_terminal(row->status) || is_terminal(t.head().status))
    return t.idle();
  apply_result(t, t.execution().index_of(*row), c.result);
}

void handle(decision_builder& t, const command::update_by_reference& c) {
  using namespace update_task_detail;
  auto i = open_row_of(t, c.reference_name);
  if (i == state::no_row || is_terminal(t.head().status))
    return t.idle();
  t.out().task_id = t.row(i).task_id;
  apply_result(t, i, as_result(t.row(i), c.status, c.output, c.worker_id));
}

void handle(decision_builder& t, const command::signal& c) {
  using namespace update_task_detail;
  auto& waits = t.execution().waiting_for(awaited::signal);
  if (!waits.empty()) {
    auto i = *waits.begin();
    t.out().task_id = t.row(i).task_id;
    return apply_result(t, i, as_result(t.row(i), c.status, c.output, {}));
  }
  // No open WAIT here: ask the first open child.
  for (auto i : t.execution().waiting_for(awaited::child))
    if (auto& row = t.row(i); !row.sub_workflow_id.empty()) {
      t.out().task_id = row.task_id;
      return t.send({row.sub_workflow_id, {}, workflow_command{c}});
    }
  t.idle();
}

cause cause_of(const command::update_task& c) {
  return {cause_kind::worker, c.result.worker_id};
}

cause cause_of(const command::update_by_reference& c) {
  return {cause_kind::worker, c.worker_id.value_or("")};
}

cause cause_of(const command::signal&) {
  return {cause_kind::client, "signal"};
}

} // namespace tutti::engine

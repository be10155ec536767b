#include "actors/engine/loops/loops.hpp"

#include "actors/engine/commands/handlers.hpp"
#include "actors/engine/inputs/inputs.hpp"
#include "actors/engine/inputs/members.hpp"
#include "actors/engine/loops/loop_output.hpp"
#include "actors/engine/views/explain.hpp"

#include <nlohmann/json.hpp>

namespace tutti::engine {

namespace loops_detail {

using nlohmann::json;

/// The list, when the value is the text of one; otherwise the value.
json as_list(json found) {
  if (!found.is_string())
    return found;
  auto written = parse_json(found.get_ref<const std::string&>());
  return written && written->is_array() ? std::move(*written) : found;
}

/// The list that the task's own `items` names.
json list_of(const decision_builder& t, const std::string& items,
             std::string_view task_id) {
  // A list with expressions in it: each is resolved with its own type.
  if (auto written = as_list(json(items)); written.is_array())
    return resolve(t, written, task_id);
  return as_list(resolve(t, json(items), task_id));
}

} // namespace loops_detail

void add_loop(decision_builder& t, const placement& where, bool list_required,
              std::optional<int64_t> max_parallel) {
  auto& definition = *where.task;
  if (ends_without_body(t, definition))
    return;
  auto row = t.new_row(where, definition.type);
  row.iteration = 0; // none has begun
  row.status = task_status::in_progress;
  row.start_time = t.now();
  row.input = resolve_input(t, where, row.task_id, true);
  auto* key = items_key(definition, row.input.json());
  if (list_required || key || !definition.items.empty()) {
    auto input = row.input.json();
    if (!input.is_object())
      input = nlohmann::json::object();
    if (list_required) {
      auto wanted = json_member_number(input, "maxParallel").value_or(0);
      input["maxParallel"] = wanted > 0 ? wanted : max_parallel.value_or(1);
    }
    if (!definition.items.empty())
      input["_items"]
          = loops_detail::list_of(t, *definition.items, row.task_id);
    else if (key)
      input[key] = loops_detail::as_list(std::move(input[key]));
    else
      input["_items"] = nullptr;
    row.input = payload(std::move(input));
  }
  fails_without_list(t, t.add(std::move(row)));
}

bool ends_without_body(decision_builder& t, const workflow_task& task) {
  if (!task.loop_over.empty())
    return false;
  t.end(
      {workflow_status::failed,
       task.type + " task '" + task.reference_name + "': loopOver is required",
       {},
       {}});
  return true;
}

bool fails_without_list(decision_builder& t, decision_builder::row_index loop) {
  auto& row = t.row(loop);
  auto& input = row.input.json();
  auto* key = items_key(*row.definition, input);
  if (!key || input.at(key).is_array())
    return false;
  t.finish_row(loop, task_status::failed_with_terminal_error, {},
               "the items of loop '" + row.reference_name
                   + "' are not a list but "
                   + std::string(input.at(key).type_name()));
  return true;
}

void begin_iteration(decision_builder& t, decision_builder::row_index loop,
                     int32_t iteration) {
  auto change = t.edit(loop);
  change.iteration = iteration;
  if (traits_of(t.row(loop)).body == body_kind::iterations)
    change.output = loop_progress(t.row(loop), iteration);
  change.update_time = t.now();
  t.emit(std::move(change));
  auto definition = t.row(loop).definition;
  if (!definition->loop_over.empty())
    t.schedule_next(&definition->loop_over.front(),
                    inside(t.row(loop), iteration));
}

void complete_loop(decision_builder& t, decision_builder::row_index loop) {
  auto output = loop_output(t.execution(), t.row(loop),
                            t.context().bounds.task_output_bytes_max);
  t.finish_row(loop, task_status::completed, std::move(output));
}

void go_back_to_body(const decision_builder& t, const task& row,
                     task_changed& change) {
  auto& rows = t.execution().loops().of(row.task_id).rows;
  auto iteration = rows.empty() ? 0 : rows.rbegin()->first;
  change.iteration = iteration;
  change.output = iteration > 0 && traits_of(row).body == body_kind::iterations
                      ? loop_progress(row, iteration)
                      : payload();
}

// Goes on with the iterations it has.
void loop_kind::reopen(decision_builder& t,
                       decision_builder::row_index loop) const {
  auto change = t.edit(loop);
  change.status = task_status::in_progress;
  change.start_time = t.now();
  go_back_to_body(t, t.row(loop), change);
  t.emit(std::move(change));
}

void loop_kind::retry(decision_builder& t,
                      decision_builder::row_index loop) const {
  wait_again(t, loop, true);
}

void loop_kind::revive(decision_builder& t,
                       decision_builder::row_index loop) const {
  wait_again(t, loop);
}

void loop_kind::reopen_beside(decision_builder& t,
                              decision_builder::row_index loop) const {
  wait_again(t, loop);
}

payload loop_kind::shown(const state& execution, const task& row,
                         output_view& others) const {
  return loop_output(execution, row, others);
}

void loop_kind::explain(nlohmann::json& out, const state&,
                        const task& row) const {
  say_body_awaited(out, row);
}

namespace loops_detail {

void cancel_body(decision_builder& t, decision_builder::row_index loop,
                 bool for_good) {
  // A copy: ending a row changes the set.
  auto open = t.execution().loops().of(t.row(loop).task_id).open;
  for (auto i : open) {
    if (is_loop(t.row(i)))
      cancel_body(t, i, for_good);
    kind_of(t.row(i)).cancel(t, i);
    t.finish_row(i, task_status::canceled);
    auto change = t.edit(i);
    change.executed = true;
    if (for_good)
      change.retried = true;
    t.emit(std::move(change));
  }
}

} // namespace loops_detail

void cancel_body(decision_builder& t, decision_builder::row_index loop) {
  // No retry reopens a loop that ended successfully, so its cancelled rows are
  // superseded.
  auto status = t.row(loop).status;
  loops_detail::cancel_body(t, loop,
                            is_terminal(status) && is_successful(status));
}

void fail_loop(decision_builder& t, decision_builder::row_index failed) {
  auto* loop = t.execution().find(t.row(failed).parent_task_id);
  if (!loop || is_terminal(loop->status))
    return;
  auto i = t.execution().index_of(*loop);
  t.finish_row(i, task_status::failed, {}, t.row(failed).reason);
  cancel_body(t, i);
}

} // namespace tutti::engine

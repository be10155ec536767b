#include "actors/engine/decision/requested_start.hpp"
#include "actors/engine/decision/skips.hpp"
#include "actors/engine/decision/weights.hpp"
#include "actors/engine/definition/compiled_definition.hpp"
#include "actors/engine/inputs/inputs.hpp"
#include "actors/engine/tasks/kinds.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace tutti::engine {

bool is_skipped(const decision_builder& t, const workflow_task& task,
                const position& at) {
  return skip_of(t.execution(), task.reference_name, at) != nullptr;
}

decision_builder::row_index add_in_progress(decision_builder& t,
                                            const placement& where,
                                            std::string_view type,
                                            bool with_template) {
  auto row = t.new_row(where, type);
  row.input = resolve_input(t, where, row.task_id, with_template);
  row.status = task_status::in_progress;
  row.start_time = t.now();
  return t.add(std::move(row));
}

void add_choice(decision_builder& t, const placement& where, task row,
                nlohmann::json shown_input, nlohmann::json output,
                const std::vector<workflow_task>& branch) {
  if (!branch.empty())
    shown_input["hasChildren"] = "true";
  row.input = payload(std::move(shown_input));
  row.output = payload(std::move(output));
  row.status = task_status::completed;
  row.start_time = row.end_time = t.now();
  // The branch continues, if any of its tasks is left.
  row.executed = std::any_of(branch.begin(), branch.end(), [&](auto& task) {
    return !is_skipped(t, task, where.at);
  });
  if (auto i = t.add(std::move(row)); is_successful(t.row(i).status))
    schedule_branch(t, branch, where.at);
}

void schedule_branch(decision_builder& t,
                     const std::vector<workflow_task>& branch,
                     const position& at) {
  for (auto& task : branch) {
    if (t.ended())
      return;
    if (!is_skipped(t, task, at))
      return t.schedule_next(&task, at);
    step_over(t, task.reference_name, at);
  }
}

const workflow_task* join_after(const decision_builder& t,
                                const workflow_task& fork) {
  auto* next = t.execution()
                   .definition_at(fork.reference_name, t.at().suffix)
                   .successor(fork.reference_name);
  return next && traits_of(*next).joins == join_rule::all ? next : nullptr;
}

namespace rows_detail {

/// What `compiled_definition::successor` answers when the task runs.
const workflow_task* successor(const flow_check& c) {
  auto* task = &c.task;
  for (auto i = c.around.rbegin(); i != c.around.rend(); ++i) {
    auto behind = size_t(task - i->tasks->data()) + 1;
    if (behind < i->tasks->size())
      return &(*i->tasks)[behind];
    auto* holder = i->holder;
    if (!holder || is_loop(*holder) || is_scope(*holder)
        || i->tasks == &holder->compensate)
      return nullptr;
    task = holder;
  }
  return nullptr;
}

} // namespace rows_detail

void check_join_after(const flow_check& c) {
  auto* next = rows_detail::successor(c);
  if (!next)
    return c.broken("it must be followed by a JOIN, but nothing follows it");
  if (traits_of(*next).joins != join_rule::all)
    c.broken("it must be followed by a JOIN, but "
             + short_name(next->reference_name) + " of type "
             + shortened(next->type, 100) + " follows it");
}

void check_joined(const flow_check& c) {
  for (auto& reference : c.task.join_on)
    if (c.is_unknown(reference))
      c.add(c.subject() + " waits for " + short_name(reference)
            + ", which is no task of workflow " + short_name(c.def.name));
}

void ask_for_start(decision_builder& t, decision_builder::row_index i,
                   start_other what) {
  what.parent_workflow_id = t.head().workflow_id;
  what.parent_task_id = t.row(i).task_id;
  what.workflow_id = t.context().ids.workflow_id();
  what.family = family_of(t.head());
  auto message = std::make_shared<outbox_message>();
  message->to = what.workflow_id;
  message->from = t.head().workflow_id;
  message->what = what;
  send_outbox_message start{std::move(message)};
  if (auto weight = weight_of(effect(start)); weight > t.room_in_commit())
    return t.finish_row(i, task_status::failed_with_terminal_error, {},
                        t.at_bound(bounds::commit, weight, t.room_in_commit(),
                                   "the start of workflow '" + what.name
                                       + "' that does not fit into this "
                                         "decision"));
  auto change = t.edit(i);
  change.status = task_status::scheduled;
  change.sub_workflow_id = what.workflow_id;
  change.due_at = 0;
  change.start_time = change.update_time = t.now();
  t.emit(std::move(change));
  t.tell(std::move(start));
}

} // namespace tutti::engine

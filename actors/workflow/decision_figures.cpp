#include "actors/workflow/decision_figures.hpp"

#include "actors/engine/decision/deadlines.hpp"

#include <algorithm>

namespace tutti {

namespace decision_figures_detail {

using engine::decision;
using engine::state;

/// Of the task and the attempts before it.
int64_t time_with_retries(const state& execution, const task& last) {
  int64_t out = 0;
  for (auto* row = &last; row; row = row->retried_task_id.empty()
                                         ? nullptr
                                         : execution.find(row->retried_task_id))
    out += std::max<int64_t>(0, row->end_time - row->start_time);
  return out;
}

void count_ends(counters& to, const workflow& head,
                std::optional<workflow_status> before) {
  bool ended_now
      = is_terminal(head.status) && !(before && is_terminal(*before));
  if (!ended_now)
    return;
  auto& name = head.definition->name;
  auto& owner = head.definition->trail.owner_app;
  if (!is_successful(head.status))
    to.workflow_failed(name, to_text(head.status), owner);
  else
    to.workflow_completed(
        name, owner, std::max<int64_t>(0, head.end_time - head.create_time));
}

void count_update(counters& to, const state& execution,
                  const command::update_task& update, const decision& decided) {
  auto* row = execution.find(update.result.task_id);
  if (!row)
    return;
  if (!update.result.logs.empty())
    to.logged(update.result.logs.size());
  auto& head = execution.head();
  auto& name = head.definition->name;
  if (decided.effective) {
    if (is_terminal(row->status))
      to.task_ended(row->task_type, to_text(row->status),
                    std::max<int64_t>(0, row->end_time - row->start_time),
                    time_with_retries(execution, *row));
  } else if (update.result.extend_lease) {
    return;
  } else if (is_terminal(row->status)) {
    to.update_came_late(name, row->task_type, to_text(row->status), {});
  } else if (is_terminal(head.status)) {
    to.update_came_late(name, row->task_type, {}, to_text(head.status));
  }
}

void count_events(counters& to, const state& execution,
                  const decision& decided) {
  size_t scheduled = 0;
  for (auto& x : decided.events) {
    if (event_as<task_added>(x)) {
      ++scheduled;
      continue;
    }
    auto* change = event_as<task_changed>(x);
    if (!change || change->status != task_status::timed_out)
      continue;
    bool of_response = change->reason
                       && change->reason->find(engine::response_timeout_words)
                              != std::string::npos;
    if (auto* row = execution.find(change->task_id))
      to.task_timed_out(row->task_type, of_response);
  }
  auto& definition = *execution.head().definition;
  if (scheduled > 0)
    to.tasks_scheduled(definition.name, definition.version,
                       execution.rows().size());
}

} // namespace decision_figures_detail

void count_decision(counters& to, const engine::state& execution,
                    const workflow_command& what,
                    std::optional<workflow_status> before,
                    const engine::decision& decided) {
  using namespace decision_figures_detail;
  auto& head = execution.head();
  if (!before && !decided.events.empty())
    to.workflow_started(head.definition->name, head.definition->version,
                        head.definition->trail.owner_app);
  count_events(to, execution, decided);
  count_ends(to, head, before);
  if (auto* update = std::get_if<command::update_task>(&what))
    return count_update(to, execution, *update, decided);
  auto* given = std::get_if<command::hand_out>(&what);
  auto* row
      = given && decided.effective ? execution.find(given->task_id) : nullptr;
  if (row && row->poll_count == 1)
    to.task_waited(row->task_type,
                   std::max<int64_t>(0, row->start_time - row->scheduled_time));
}

void count_refusal(counters& to, const engine::state& execution,
                   const workflow_command& what) {
  auto* update = std::get_if<command::update_task>(&what);
  if (!update || !execution.exists())
    return;
  auto* row = execution.find(update->result.task_id);
  to.update_failed(execution.head().definition->name,
                   row ? std::string_view(row->task_type) : std::string_view());
}

} // namespace tutti

#include "actors/engine/features/transition_events.hpp"

#include "actors/engine/inputs/execution_variables.hpp"
#include "actors/engine/inputs/expression/input_template.hpp"
#include "actors/engine/tasks/event_sink.hpp"
#include "messages/model/validation.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace tutti::engine {

namespace transition_events_detail {

using nlohmann::json;

const char* end_name(task_status status) {
  switch (status) {
    case task_status::completed:
    case task_status::completed_with_errors:
      return "onSuccess";
    case task_status::canceled:
      return "onCancelled";
    default:
      return "onFailed";
  }
}

/// Names of the row's transitions, in order.
std::vector<const char*> names_of(std::optional<task_status> before,
                                  task_status now) {
  std::vector<const char*> out;
  if (now == task_status::skipped)
    return out;
  bool anew = !before || is_terminal(*before);
  // The first end was published; changing to another end is no transition.
  if (before && anew && is_terminal(now))
    return out;
  if (anew)
    out.push_back("onScheduled");
  bool has_started = now == task_status::in_progress
                     || (is_terminal(now) && now != task_status::canceled);
  if (has_started && (anew || *before == task_status::scheduled)
      && (now == task_status::in_progress || anew))
    out.push_back("onStart");
  if (is_terminal(now))
    out.push_back(end_name(now));
  return out;
}

bool lists(std::string_view names, std::string_view name) {
  auto all = transition_names(names);
  return std::find(all.begin(), all.end(), name) != all.end();
}

/// A name without a provider is an internal queue of the workflow.
result<event_sink> sink_of(const decision_builder& t, const task& row,
                           const std::string& type) {
  auto text = type.find(':') == type.npos ? "conductor:" + type : type;
  return usable_sink(t, text, row.reference_name);
}

result<payload> content_of(const decision_builder& t, const task& row,
                           const char* name, const state_change_event& what) {
  auto& head = t.head();
  auto before = t.spent().text;
  t.begin_text(bounds::task_input);
  auto out = substitute(what.data.json(), execution_variables(t, row.task_id));
  auto used = std::exchange(t.spent().text, before);
  if (used.exceeded())
    return failure{errc::too_large, used.sentence("its payload")};
  if (!out.is_object())
    out = json{{"payload", std::move(out)}};
  out["stateChange"] = name;
  out["workflowInstanceId"] = head.workflow_id;
  out["workflowType"] = head.definition->name;
  out["workflowVersion"] = head.definition->version;
  out["correlationId"]
      = head.correlation_id.empty() ? json() : json(head.correlation_id);
  out["taskId"] = row.task_id;
  out["referenceTaskName"] = row.reference_name;
  out["taskType"] = row.task_type;
  out["status"] = std::string(to_text(row.status));
  return payload(std::move(out));
}

void publish(decision_builder& t, const task& row, const char* name,
             size_t index, const state_change_event& what) {
  auto sink = sink_of(t, row, what.type);
  t.spent().steps.begin_value();
  auto content
      = sink ? content_of(t, row, name, what) : result<payload>(sink.failure());
  if (content && content->text().size() > t.room_in_commit())
    content = failure{errc::too_large,
                      t.at_bound(bounds::commit, content->text().size(),
                                 t.room_in_commit(), "its payload")};
  if (content)
    return t.tell(publish_message{
        sink->queue, row.task_id + '.' + name + '.' + std::to_string(index),
        t.now(), std::move(*content), sink->other_system()});
  // Nobody waits for the message, so the task goes on without it.
  t.log(row.task_id,
        {{std::string(name) + " '" + what.type
              + "' could not be published: " + content.failure().message,
          row.task_id, t.now()}});
}

} // namespace transition_events_detail

void publish_transition(decision_builder& t, const task& row,
                        std::optional<task_status> before) {
  using namespace transition_events_detail;
  auto& all = row.definition->on_state_change;
  if (all.empty() || before == row.status)
    return;
  // A copy: a reference to the row does not outlive its next change.
  auto copy = row;
  for (auto* name : names_of(before, copy.status)) {
    size_t index = 0;
    for (auto& [names, events] : all)
      if (lists(names, name))
        for (auto& event : events)
          publish(t, copy, name, index++, event);
  }
}

} // namespace tutti::engine

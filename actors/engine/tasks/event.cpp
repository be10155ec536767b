#include "actors/engine/inputs/inputs.hpp"
#include "actors/engine/tasks/event_sink.hpp"
#include "actors/engine/tasks/kinds.hpp"

#include <nlohmann/json.hpp>

namespace tutti::engine {

namespace event_detail {

using nlohmann::json;

json object_of(const payload& x) {
  return x.json().is_object() ? x.json() : json::object();
}

/// The members that are added to the input.
json content_of(const decision_builder& t, const task& row) {
  auto& head = t.head();
  auto out = object_of(row.input);
  out["workflowInstanceId"] = head.workflow_id;
  out["workflowType"] = head.definition->name;
  out["workflowVersion"] = head.definition->version;
  out["correlationId"]
      = head.correlation_id.empty() ? json() : json(head.correlation_id);
  out["taskToDomain"] = head.task_to_domain;
  return out;
}

result<event_sink> sink_of(const decision_builder& t, const task& row) {
  auto input = object_of(row.input);
  auto given = input.value("sink", json());
  auto resolved = resolve(t, given, row.task_id);
  auto text = resolved.is_null() ? std::string() : to_plain_text(resolved);
  if (text.empty())
    return failure{errc::invalid,
                   "the EVENT task '" + row.reference_name + "' has no sink"};
  return usable_sink(t, text, row.reference_name);
}

/// Publishes once per life of its row (reference:event): the message is written
/// with the decision, under the task's id.
class event final : public task_kind {
 public:
  event() : task_kind({.attempts_in_turn = true}) {}

  void schedule(decision_builder& t, const placement& where) const override {
    auto& definition = *where.task;
    auto row = t.new_row(where, "EVENT");
    auto input = object_of(resolve_input(t, where, row.task_id, false));
    if (!definition.sink.empty() || !input.contains("sink"))
      input["sink"] = *definition.sink;
    if (!input.contains("asyncComplete"))
      input["asyncComplete"] = definition.async_complete;
    row.input = payload(std::move(input));
    t.execute_later(t.add(std::move(row)));
  }

  void execute(decision_builder& t,
               decision_builder::row_index i) const override {
    publish(t, i);
  }

  // In its turn, because a published message cannot be withdrawn.

  void due(decision_builder& t, decision_builder::row_index i) const override {
    publish(t, i);
  }

  // The task was open, so nobody has acted on its message: withdraw it.
  void cancel(decision_builder& t,
              decision_builder::row_index i) const override {
    auto& row = t.row(i);
    constexpr std::string_view internal = "conductor:";
    auto& output = row.output.json();
    if (!output.is_object())
      return;
    auto it = output.find("event_produced");
    if (it == output.end() || !it->is_string())
      return;
    auto& produced = it->get_ref<const std::string&>();
    if (produced.starts_with(internal))
      t.tell(retract_message{produced.substr(internal.size()), row.task_id,
                             row.first_scheduled_time});
  }

  bool completes_later(const task& row) const override {
    return completes_later_by_input(row);
  }

  std::vector<const char*> own_inputs() const override {
    return {"sink", "asyncComplete"};
  }

  void check(const task_check& c) const override {
    c.required(!c.task.sink.empty(), "sink");
  }

 private:
  static void publish(decision_builder& t, decision_builder::row_index i) {
    auto sink = sink_of(t, t.row(i));
    if (!sink)
      return t.finish_row(i, task_status::failed, {}, sink.failure().message);
    auto& row = t.row(i);
    auto content = content_of(t, row);
    content["event_produced"] = sink->text();
    auto output = payload(std::move(content));
    auto size = output.text().size();
    auto fail = [&](const bound& which, uint64_t limit) {
      t.finish_row(
          i, task_status::failed_with_terminal_error, {},
          t.at_bound(which, size, limit,
                     "the message of task '" + t.row(i).reference_name + "'"));
    };
    if (auto most = t.context().bounds.task_output_bytes_max; size > most)
      return fail(bounds::task_output, most);
    // It is stored twice: as a message and as the output.
    if (auto room = t.room_in_commit() / 2; size > room)
      return fail(bounds::commit, room);
    t.tell(publish_message{sink->queue, row.task_id, row.first_scheduled_time,
                           output, sink->other_system()});
    auto change = t.edit(i);
    change.status = task_status::in_progress;
    change.output = std::move(output);
    change.start_time = change.update_time = t.now();
    change.due_at = 0;
    t.emit(std::move(change));
    auto* sinks = t.context().sinks;
    if (!completes_later_by_input(t.row(i)) && !(sinks && sinks->dry_run))
      t.finish_row(i, task_status::completed);
  }
};

} // namespace event_detail

const task_kind& event_kind() {
  static const event_detail::event kind;
  return kind;
}

} // namespace tutti::engine

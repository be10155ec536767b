#include "actors/engine/commands/handlers.hpp"
#include "actors/engine/features/caching.hpp"
#include "actors/engine/inputs/inputs.hpp"
#include "actors/engine/tasks/kinds.hpp"
#include "actors/engine/tasks/script_task.hpp"
#include "actors/engine/views/explain.hpp"
#include "messages/model/saturating.hpp"

#include <nlohmann/json.hpp>

namespace tutti::engine {

namespace worker_detail {

/// The row that waits in that queue.
void offer(decision_builder& t, const placement& where,
           const std::string& queue, int32_t start_delay_seconds) {
  auto& definition = *where.task;
  if (is_blank(queue)) // from an input: registration demands a name
    return t.end({workflow_status::failed,
                  "Task '" + definition.reference_name
                      + "' has a blank name: nobody could poll for it",
                  {},
                  {}});
  auto row = t.new_row(where, queue);
  row.callback_after_seconds = definition.start_delay_seconds;
  row.start_delay_seconds = start_delay_seconds;
  row.domain = choose_domain(t, row.task_type);
  row.input = resolve_input(t, where, row.task_id, true);
  if (add_from_cache(t, row))
    return;
  t.add_queued(std::move(row), ms_of_seconds(definition.start_delay_seconds));
}

/// USER_DEFINED and every type nobody else claims: a row that waits in a queue
/// until a worker polls it (reference:simple).
class worker : public task_kind {
 public:
  explicit worker(bool names_queue = false)
      : task_kind({.worker = true,
                   .takes_template = true,
                   .names_queue = names_queue,
                   .uses_cache = true}) {}

  void schedule(decision_builder& t, const placement& where) const override {
    auto& definition = *where.task;
    if (!definition.definition)
      return t.end({workflow_status::failed,
                    "Invalid task specified. Cannot find task by name "
                        + definition.name + " in the task definitions",
                    {},
                    {}});
    offer(t, where, definition.type, 0);
  }

  void attempt(decision_builder& t, decision_builder::row_index i,
               int64_t delay_ms) const override {
    t.enqueue(i, delay_ms);
  }

  void reopen(decision_builder& t,
              decision_builder::row_index i) const override {
    auto change = t.edit(i);
    change.status = task_status::scheduled;
    t.emit(std::move(change));
    t.enqueue(i, 0);
  }

  // It was taken out of its queue, and the repair time is over.
  void due(decision_builder& t, decision_builder::row_index i) const override {
    if (t.row(i).status == task_status::scheduled && t.row(i).queued_at == 0)
      return offer_again(t, i);
    auto change = t.edit(i);
    change.due_at = 0;
    t.emit(std::move(change));
  }

  void explain(nlohmann::json& out, const state&,
               const task& row) const override {
    out["workerId"] = row.worker_id;
    out["since"] = row.update_time;
    auto who = row.worker_id.empty() ? std::string("a worker that gave no id")
                                     : "worker " + in_quotes(row.worker_id);
    say(out, "WORKER",
        who + " has it since " + at_time(row.update_time)
            + ", its update is awaited");
  }
};

/// SIMPLE, also when a DYNAMIC resolves to it: the queue has the task's name.
class simple final : public worker {
 public:
  simple() : worker(true) {}

  void schedule(decision_builder& t, const placement& where) const override {
    auto& definition = *where.task;
    if (auto& named = kind_of_type(definition.name); named.traits.queued)
      return named.schedule(t, where);
    offer(t, where, definition.name, definition.start_delay_seconds);
  }

  bool completes_later(const task&) const override { return false; }
};

} // namespace worker_detail

const task_kind& worker_kind() {
  static const worker_detail::worker kind;
  return kind;
}

const task_kind& simple_kind() {
  static const worker_detail::simple kind;
  return kind;
}

} // namespace tutti::engine

#include "actors/engine/commands/handlers.hpp"
#include "actors/engine/features/caching.hpp"
#include "actors/engine/inputs/inputs.hpp"
#include "actors/engine/tasks/kinds.hpp"
#include "actors/engine/tasks/script_task.hpp"

namespace tutti::engine {

namespace worker_detail {

/// SIMPLE, USER_DEFINED and every type nobody else claims: a row that waits in
/// a queue until a worker polls it (reference:simple, reference:custom).
class worker final : public task_kind {
 public:
  void schedule(decision_builder& t, const placement& where) const override {
    auto& definition = *where.task;
    bool simple = definition.type == "SIMPLE" || definition.type == "DYNAMIC";
    if (!simple && !definition.definition)
      return t.end({workflow_status::failed,
                    "Invalid task specified. Cannot find task by name "
                        + definition.name + " in the task definitions",
                    {},
                    {}});
    if (simple && is_queued_type(definition.name))
      return kind_of_type(definition.name).schedule(t, where);
    auto& queue = simple ? definition.name : definition.type;
    if (is_blank(queue)) // an input said so: registration demands a name
      return t.end({workflow_status::failed,
                    "Task '" + definition.reference_name
                        + "' has a blank name: nobody could poll for it",
                    {},
                    {}});
    auto row = t.new_row(where, queue);
    row.callback_after_seconds = definition.start_delay_seconds;
    row.start_delay_seconds = simple ? definition.start_delay_seconds : 0;
    row.domain = choose_domain(t, row.task_type);
    row.input = resolve_input(t, where, row.task_id, true);
    if (add_from_cache(t, row))
      return;
    t.add_queued(std::move(row),
                 int64_t(definition.start_delay_seconds) * 1000);
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

  // It was taken out of its queue and its time is over.
  void due(decision_builder& t, decision_builder::row_index i) const override {
    if (t.row(i).status == task_status::scheduled && t.row(i).queued_at == 0)
      return offer_again(t, i);
    auto change = t.edit(i);
    change.due_at = 0;
    t.emit(std::move(change));
  }

  bool is_worker() const override { return true; }
};

} // namespace worker_detail

const task_kind& worker_kind() {
  static const worker_detail::worker kind;
  return kind;
}

} // namespace tutti::engine

#include "actors/engine/tasks/kinds.hpp"

namespace tutti::engine {

namespace unavailable_detail {

/// A system type of Conductor that this version does not run. Ending the
/// execution says so; queueing the row for a worker would wait for ever.
class unavailable final : public task_kind {
 public:
  void schedule(decision_builder& t, const placement& where) const override {
    t.end({workflow_status::failed,
           "task '" + where.task->reference_name + "': tasks of type "
               + where.task->type + " cannot be run by this version",
           {},
           {}});
  }
};

} // namespace unavailable_detail

const task_kind& unavailable_kind() {
  static const unavailable_detail::unavailable kind;
  return kind;
}

} // namespace tutti::engine

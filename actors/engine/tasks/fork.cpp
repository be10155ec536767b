#include "actors/engine/inputs/inputs.hpp"
#include "actors/engine/tasks/kinds.hpp"

#include <nlohmann/json.hpp>

namespace tutti::engine {

namespace fork_detail {

/// Static branches (reference:fork-join): the FORK row, the first task of each
/// branch, then the JOIN, all in one step.
class fork final : public task_kind {
 public:
  fork()
      : task_kind({.built_in = true,
                   .chooses_branches = true,
                   .ends_by_itself = true,
                   .body = body_kind::branches}) {}

  void schedule(decision_builder& t, const placement& where) const override {
    auto& definition = *where.task;
    auto* join = join_after(t, definition);
    if (!join)
      return t.end({workflow_status::failed,
                    "Fork task definition is not followed by a join task: "
                        + definition.reference_name,
                    {},
                    {}});
    auto row = t.new_row(where, "FORK");
    row.task_def_name = "FORK";
    row.input = resolve_input(t, where, row.task_id, false);
    row.status = task_status::completed;
    row.start_time = row.end_time = t.now();
    // The fork's JOIN is created here; if it is skipped, the fork's successors
    // come next.
    bool leads_on = is_skipped(t, *join, where.at);
    row.executed = !leads_on;
    if (auto i = t.add(std::move(row)); !is_successful(t.row(i).status))
      return;
    for (auto& branch : definition.fork_tasks)
      schedule_branch(t, branch, where.at);
    if (!t.ended() && !leads_on)
      t.schedule_next(join, where.at);
  }

  // Rows have the type FORK; definitions with that type are not checked.
  void check(const task_check& c) const override {
    if (c.task.type == "FORK_JOIN" && c.task.fork_tasks.empty())
      c.broken("forkTasks needs at least one branch");
  }

  void check_flow(const flow_check& c) const override {
    if (c.task.type == "FORK_JOIN")
      check_join_after(c);
  }
};

} // namespace fork_detail

const task_kind& fork_kind() {
  static const fork_detail::fork kind;
  return kind;
}

} // namespace tutti::engine

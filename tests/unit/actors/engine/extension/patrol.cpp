#include "actors/engine/inputs/inputs.hpp"
#include "actors/engine/inputs/members.hpp"
#include "actors/engine/loops/loops.hpp"
#include "actors/engine/tasks/script_task.hpp"
#include "actors/engine/views/explain.hpp"

#include <nlohmann/json.hpp>

// A task type from outside: what a file under actors/engine/tasks/ would be.

namespace patrol_test {

using namespace tutti;
using namespace tutti::engine;

/// Walks its `loopOver` round after round and rests between two of them. After
/// each round its script (`expression`) says whether there is another one, at
/// most `rounds`.
class patrol final : public loop_kind {
 public:
  patrol() : loop_kind(body_kind::iterations) {}

  void schedule(decision_builder& t, const placement& where) const override {
    if (ends_without_body(t, *where.task))
      return;
    auto row = t.new_row(where, "PATROL");
    auto input = resolve_input(t, where, row.task_id, false).json();
    input["_most"] = json_member_number(input, "rounds").value_or(10);
    row.input = payload(std::move(input));
    row.status = task_status::in_progress;
    row.start_time = t.now();
    row.iteration = 0;
    t.add(std::move(row));
  }

  void execute(decision_builder& t,
               decision_builder::row_index i) const override {
    auto& row = t.row(i);
    if (row.iteration == 0)
      return begin_iteration(t, i, 1);
    if (row.iteration >= json_member_number(row.input.json(), "_most"))
      return complete_loop(t, i);
    payload round(nlohmann::json{{"round", row.iteration}});
    auto more = run_script(t, script_language::javascript,
                           *row.definition->expression, round);
    if (more.what != script_result::kind::value)
      return fail_script(t, i, task_status::failed, more.error);
    if (more.value.json() != true)
      return complete_loop(t, i);
    auto rest = t.edit(i);
    rest.due_at
        = t.now()
          + json_member_number(row.input.json(), "restMs").value_or(1'000);
    t.emit(std::move(rest));
  }

  bool can_go_on(const task& row, size_t working) const override {
    return working == 0 && row.due_at == 0;
  }

  void due(decision_builder& t, decision_builder::row_index i) const override {
    auto rested = t.edit(i);
    rested.due_at = 0;
    t.emit(std::move(rested));
    begin_iteration(t, i, t.row(i).iteration + 1);
  }

  std::vector<const char*> own_inputs() const override { return {"_most"}; }

  void explain(nlohmann::json& out, const state& execution,
               const task& row) const override {
    if (row.due_at == 0)
      return loop_kind::explain(out, execution, row);
    say(out, "TIMER", "rests until " + at_time(row.due_at));
  }

  bool may_run_scripts(const workflow_task&) const override { return true; }

  void check(const task_check& c) const override {
    c.required(!c.task.expression.empty(), "expression");
  }

  std::vector<written_script> scripts(const workflow_task& x) const override {
    return {{"expression", *x.expression}};
  }
};

const task_kind& patrol_kind() {
  static const patrol kind;
  return kind;
}

const bool registered = (register_task_type("PATROL", patrol_kind()), true);

} // namespace patrol_test

#include "actors/engine/goto/jumps.hpp"
#include "actors/engine/inputs/inputs.hpp"
#include "actors/engine/inputs/members.hpp"
#include "actors/engine/loops/loops.hpp"
#include "actors/engine/scope/scopes.hpp"
#include "actors/engine/tasks/kinds.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <vector>

namespace tutti::engine {

namespace goto_detail {

constexpr int64_t jumps_by_default = 10;

/// Continues at another task (reference:goto).
class goto_ final : public task_kind {
 public:
  goto_() : task_kind({.jumps = true, .ends_by_itself = true}) {}

  void schedule(decision_builder& t, const placement& where) const override {
    t.execute_later(add_in_progress(t, where, "GOTO"));
  }

  void execute(decision_builder& t,
               decision_builder::row_index i) const override {
    auto input = t.row(i).input;
    auto target = json_member_text(input.json(), "target");
    if (target.empty())
      return fail(t, i, "its input has no target");
    auto path = find_jump_path(t.execution().definition_of(t.row(i)),
                               base_of(t.row(i)), target);
    if (!path.error.empty())
      return fail(t, i, path.error);
    auto at = position_after_jump(t.execution(), path, position_of(t.row(i)));
    auto jumps = t.execution().jumps(base_of(t.row(i)), at) + 1;
    auto most = json_member_number(input.json(), "maxJumps")
                    .value_or(jumps_by_default);
    most = std::clamp<int64_t>(most, 0,
                               int64_t(t.context().bounds.goto_jumps_max));
    if (jumps > most)
      return fail(t, i,
                  "it has jumped " + std::to_string(most)
                      + " times, which is as often as it may (maxJumps)");
    jump(t, i, path, jumps);
  }

  void due(decision_builder& t, decision_builder::row_index i) const override {
    reopen(t, i);
  }

  void check(const task_check& c) const override {
    c.required(c.has_input("target"), "inputParameters.target");
    auto& input = c.task.input_parameters.json();
    auto most = input.find("maxJumps");
    if (most != input.end() && !most->is_string()
        && (!most->is_number_integer() || most->get<int64_t>() < 1))
      c.broken("maxJumps must be a whole number from 1 on");
  }

  // An expression as target is checked when the task runs.
  void check_flow(const flow_check& c) const override {
    auto& input = c.task.input_parameters.json();
    auto found = input.find("target");
    if (found == input.end() || !found->is_string())
      return;
    auto& target = found->get_ref<const std::string&>();
    if (target.find("${") != target.npos)
      return;
    for (auto i = c.around.rbegin(); i != c.around.rend(); ++i) {
      if (i->has(target))
        return;
      if (!i->holder)
        break;
      auto& holder = i->holder->reference_name;
      if (i->tasks == &i->holder->compensate)
        return c.broken("it cannot leave the compensate list of '" + holder
                        + "'");
      if (is_fork(*i->holder))
        return c.broken("target '" + target
                        + "' is outside of its branch of fork '" + holder
                        + "'");
    }
    c.broken("target '" + target
             + "' is neither in its list nor in a list around it");
  }

 private:
  static void fail(decision_builder& t, decision_builder::row_index i,
                   const std::string& why) {
    t.finish_row(i, task_status::failed_with_terminal_error, {},
                 "GOTO '" + t.row(i).reference_name + "' cannot jump: " + why);
  }

  static void done(decision_builder& t, decision_builder::row_index i) {
    auto change = t.edit(i);
    change.executed = true;
    t.emit(std::move(change));
  }

  /// A target that cannot be scheduled ends the execution as if there had been
  /// no jump: a retry jumps again.
  static void take_back(decision_builder& t, const std::vector<task>& before,
                        decision_builder::row_index first) {
    t.drop_rows_from(first);
    for (auto& row : before) {
      auto change = t.edit(t.execution().index_of(row));
      change.status = row.status;
      change.input = row.input;
      change.output = row.output;
      change.compensated = row.compensated;
      change.end_time = row.end_time;
      change.executed = row.executed;
      t.emit(std::move(change));
    }
  }

  static void leave(decision_builder& t,
                    decision_builder::row_index container) {
    if (!is_loop(t.row(container)))
      return leave_scope(t, container);
    // A break: its output so far is its result.
    cancel_body(t, container);
    complete_loop(t, container);
    done(t, container);
  }

  struct stage {
    decision_builder::row_index row; ///< of a container that the jump leaves
    position at;                     ///< the position of that row
  };

  /// The loops and scopes that the jump leaves, innermost first.
  static std::vector<stage> left_behind(const decision_builder& t,
                                        const jump_path& path, position at) {
    std::vector<stage> out;
    for (auto* container : path.left) {
      auto* loop = t.execution().find(at.loop);
      auto row
          = is_scope(*container) ? container_row(t.execution(), *container, at)
            : loop && is_loop(*container) ? t.execution().index_of(*loop)
                                          : state::row_index(state::no_row);
      if (row == state::no_row)
        continue;
      at = position_of(t.row(row));
      out.push_back({row, at});
    }
    return out;
  }

  /// A further pass is needed, because the target has a row at that position.
  static bool is_back(const decision_builder& t, const jump_path& path,
                      const position& at) {
    auto* there = t.execution().latest(
        reference_in(path.target->task->reference_name, at));
    return path.target->position <= path.from
           || (there && there->status != task_status::skipped);
  }

  static void jump(decision_builder& t, decision_builder::row_index i,
                   const jump_path& path, int64_t jumps) {
    auto left = left_behind(t, path, position_of(t.row(i)));
    auto from = left.empty() ? position_of(t.row(i)) : left.back().at;
    auto at = from;
    auto output = nlohmann::json{{"target", path.target->task->reference_name},
                                 {"jumps", jumps}};
    if (is_back(t, path, from)) {
      at = with_pass(from, t.execution().next_pass(from));
      output["pass"] = pass_of(at);
    }
    auto first = decision_builder::row_index(t.execution().rows().size());
    std::vector<task> before{t.row(i)};
    t.finish_row(i, task_status::completed, payload(std::move(output)));
    done(t, i);
    for (auto& x : left) {
      before.push_back(t.row(x.row));
      leave(t, x.row);
    }
    if (auto join = open_join(t, *path.target, from);
        join != state::no_row && pass_of(at) != pass_of(from)) {
      before.push_back(t.row(join));
      join_anew(t, join, *path.target, at);
    }
    t.schedule_next(path.target->task, at);
    if (t.ended())
      take_back(t, before, first);
  }
};

} // namespace goto_detail

const task_kind& goto_kind() {
  static const goto_detail::goto_ kind;
  return kind;
}

} // namespace tutti::engine

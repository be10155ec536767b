#include "actors/engine/inputs.hpp"
#include "actors/engine/jumps.hpp"
#include "actors/engine/scopes.hpp"
#include "actors/engine/tasks/kinds.hpp"
#include "actors/engine/tasks/loops.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace tutti::engine {

namespace goto_detail {

constexpr int64_t jumps_by_default = 10;

/// Goes on elsewhere (README.md, "GOTO").
class goto_ final : public task_kind {
 public:
  void schedule(turn& t, const placement& where) const override {
    t.execute_later(add_in_progress(t, where, "GOTO"));
  }

  void execute(turn& t, turn::row_index i) const override {
    auto input = t.row(i).input;
    auto target = target_of(input.json());
    auto jumps = jumps_before(t, t.row(i)) + 1;
    auto most = number_of(input.json(), "maxJumps").value_or(jumps_by_default);
    most = std::clamp<int64_t>(most, 0,
                               int64_t(t.world().bounds.goto_jumps_max));
    if (target.empty())
      return fail(t, i, "its input has no target");
    if (jumps > most)
      return fail(t, i,
                  "it has jumped " + std::to_string(most)
                      + " times, which is as often as it may (maxJumps)");
    auto way = way_to(t.execution().definition_of(t.row(i)), base_of(t.row(i)),
                      target);
    if (!way.error.empty())
      return fail(t, i, way.error);
    jump(t, i, way, jumps);
  }

  void due(turn& t, turn::row_index i) const override { reopen(t, i); }

 private:
  static void fail(turn& t, turn::row_index i, const std::string& why) {
    t.finish_row(i, task_status::failed_with_terminal_error, {},
                 "GOTO '" + t.row(i).reference_name + "' cannot jump: " + why);
  }

  static std::string target_of(const nlohmann::json& input) {
    auto it = input.is_object() ? input.find("target") : input.end();
    return !input.is_object() || it == input.end() || it->is_null()
               ? std::string()
               : to_plain_text(*it);
  }

  /// As the row of this task says that jumped last, at this place.
  static int64_t jumps_before(const turn& t, const task& row) {
    auto at = position_of(row);
    for (auto pass = pass_of(at) - 1; pass > 0; --pass) {
      auto* earlier = t.execution().latest(
          reference_in(base_of(row), with_pass(at, pass)));
      if (earlier && earlier->status == task_status::completed)
        return number_of(earlier->output.json(), "jumps").value_or(0);
    }
    return 0;
  }

  static void done(turn& t, turn::row_index i) {
    auto change = t.edit(i);
    change.executed = true;
    t.emit(std::move(change));
  }

  static void jump(turn& t, turn::row_index i, const way& way, int64_t jumps) {
    auto from = position_of(t.row(i));
    t.finish_row(
        i, task_status::completed,
        payload(nlohmann::json{{"target", way.target->task->reference_name},
                               {"jumps", jumps}}));
    done(t, i);
    auto at = from;
    for (auto* container : way.left) {
      auto left = is_loop(container->type)
                      ? state::row_index(state::no_row)
                      : container_row(t.execution(), *container, at);
      if (auto* loop = t.execution().find(at.loop);
          loop && is_loop(container->type))
        left = t.execution().index_of(*loop);
      if (left == state::no_row)
        continue;
      if (is_loop(container->type)) {
        // A break: what it has done so far is its result.
        cancel_body(t, left);
        complete_loop(t, left);
        done(t, left);
        at = position_of(t.row(left));
      } else if (container->type == "SCOPE") {
        leave_scope(t, left);
        at = position_of(t.row(left));
      }
    }
    auto& target = *way.target;
    if (target.position <= way.from
        || t.execution().latest(
            reference_in(target.task->reference_name, at))) {
      auto before = at;
      at = with_pass(at, t.execution().next_pass(at));
      join_anew(t, target, before, at);
    }
    t.schedule_next(target.task, at);
  }
};

} // namespace goto_detail

const task_kind& goto_kind() {
  static const goto_detail::goto_ kind;
  return kind;
}

} // namespace tutti::engine

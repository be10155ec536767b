#include "actors/engine/inputs/inputs.hpp"
#include "actors/engine/inputs/members.hpp"
#include "actors/engine/tasks/kinds.hpp"
#include "actors/engine/tasks/script_task.hpp"
#include "actors/engine/views/explain.hpp"
#include "messages/model/saturating.hpp"
#include "messages/model/validation.hpp"

#include <nlohmann/json.hpp>

namespace tutti::engine {

namespace wait_detail {

struct target {
  int64_t at = 0; ///< 0: until somebody updates it
  std::string error;
};

target target_of(const payload& input, int64_t now) {
  auto duration = json_member_text(input.json(), "duration");
  auto until = json_member_text(input.json(), "until");
  if (!duration.empty() && !until.empty())
    return {0, "Both 'duration' and 'until' specified. Please provide only one "
               "input"};
  if (!duration.empty()) {
    if (auto ms = parse_duration_ms(duration))
      return {instant_after(now, *ms), {}};
    return {0, "Invalid/Unsupported Wait duration. Provided: " + duration};
  }
  if (!until.empty()) {
    if (auto at = parse_until_ms(until))
      return {*at, {}};
    return {0, "Invalid/Unsupported Wait Until format.  Provided: " + until};
  }
  return {};
}

/// Waits for time to pass, or for an update (reference:wait).
class wait final : public task_kind {
 public:
  wait()
      : task_kind({.attempts_in_turn = true,
                   .begun_by_update = true,
                   .awaits = awaited::signal}) {}

  void schedule(decision_builder& t, const placement& where) const override {
    auto row = t.new_row(where, "WAIT");
    row.input = resolve_input(t, where, row.task_id, false);
    row.status = task_status::in_progress;
    row.start_time = t.now();
    auto until = target_of(row.input, t.now());
    if (!until.error.empty()) {
      row.status = task_status::failed_with_terminal_error;
      row.end_time = t.now();
      row.reason = until.error;
    } else {
      row.due_at = until.at;
    }
    auto i = t.add(std::move(row));
    if (until.at != 0 && until.at <= t.now())
      t.execute_later(i);
  }

  // Its time starts in its turn.

  void execute(decision_builder& t,
               decision_builder::row_index i) const override {
    due(t, i);
  }

  void due(decision_builder& t, decision_builder::row_index i) const override {
    auto& row = t.row(i);
    if (row.status == task_status::scheduled)
      return begin(t, i);
    if (row.due_at != 0 && row.due_at <= t.now())
      t.finish_row(i, task_status::completed);
  }

  void reopen(decision_builder& t,
              decision_builder::row_index i) const override {
    begin(t, i);
  }

  void explain(nlohmann::json& out, const state&,
               const task& row) const override {
    if (row.due_at == 0)
      return say_update_awaited(out);
    say(out, "TIMER", "waits until " + at_time(row.due_at));
  }

  // Virtual time passes by itself, but mocks have precedence.
  bool needs_mock(const task& row, bool has_mocks) const override {
    return row.due_at == 0 || has_mocks;
  }

  void check(const task_check& c) const override {
    auto duration = c.input("duration"), until = c.input("until");
    if (!is_blank(duration) && !is_blank(until))
      return c.broken("only one of duration and until may be given");
    auto is_expression
        = [](std::string_view text) { return text.substr(0, 2) == "${"; };
    if (!is_blank(duration) && !is_expression(duration)
        && !parse_duration_ms(duration))
      c.broken("duration '" + duration
               + "' is not of the form '1 days 2 hours 3 mins 4 secs'");
    if (!is_blank(until) && !is_expression(until) && !parse_until_ms(until))
      c.broken("until '" + until
               + "' is not of the form 'yyyy-MM-dd', 'yyyy-MM-dd HH:mm' or "
                 "'yyyy-MM-dd HH:mm z'");
  }

 private:
  // A retried WAIT starts over when its retry delay has passed.
  static void begin(decision_builder& t, decision_builder::row_index i) {
    auto until = target_of(t.row(i).input, t.now());
    auto change = t.edit(i);
    change.status = task_status::in_progress;
    change.start_time = change.update_time = t.now();
    change.due_at = until.at;
    t.emit(std::move(change));
    if (!until.error.empty())
      t.finish_row(i, task_status::failed_with_terminal_error, {}, until.error);
    else if (until.at != 0 && until.at <= t.now())
      t.finish_row(i, task_status::completed);
  }
};

} // namespace wait_detail

const task_kind& wait_kind() {
  static const wait_detail::wait kind;
  return kind;
}

} // namespace tutti::engine

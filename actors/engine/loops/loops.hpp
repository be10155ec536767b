#pragma once

#include "actors/engine/tasks/kinds.hpp"

namespace tutti::engine {

/// What loops have in common: they are opened again in place, show their
/// iterations while they run, and keep their list.
class loop_kind : public task_kind {
 public:
  explicit loop_kind(body_kind body)
      : task_kind({.built_in = true,
                   .resumes_in_place = true,
                   .ends_by_itself = true,
                   .body = body}) {}

  void reopen(decision_builder& t,
              decision_builder::row_index i) const override;
  void retry(decision_builder& t, decision_builder::row_index i) const override;
  bool leads_to_child(const task&) const override { return true; }
  void revive(decision_builder& t,
              decision_builder::row_index i) const override;
  void reopen_beside(decision_builder& t,
                     decision_builder::row_index i) const override;
  std::vector<const char*> own_inputs() const override {
    return {"_items", "maxParallel"};
  }
  bool shows_more(const task& row) const override {
    return row.status != task_status::completed;
  }
  payload shown(const state& execution, const task& row,
                output_view& others) const override;
  void explain(nlohmann::json& out, const state& execution,
               const task& row) const override;
};

/// Adds the loop's row, with its list in its input when there is one. Without
/// a readable list where one is `required` (or named) the row fails.
void add_loop(decision_builder& t, const placement& where, bool list_required,
              std::optional<int64_t> max_parallel = {});

/// An input turned a task into a loop or a scope that has no body: the
/// execution ends as registration would have refused it.
bool ends_without_body(decision_builder& t, const workflow_task& task);

/// What is no list fails the loop, also when an operator wants it again.
bool fails_without_list(decision_builder& t, decision_builder::row_index loop);

/// Starts an iteration: its number, its item, its first task.
void begin_iteration(decision_builder& t, decision_builder::row_index loop,
                     int32_t iteration);

/// Ends the loop, with everything its iterations have put out.
void complete_loop(decision_builder& t, decision_builder::row_index loop);

/// A loop that goes on stands in the last iteration that has rows.
void go_back_to_body(const decision_builder& t, const task& loop,
                     task_changed& change);

/// A whole number among the inputs, also as text.
std::optional<int64_t> number_of(const nlohmann::json& input, const char* key);

} // namespace tutti::engine

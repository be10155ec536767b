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
    return {"_items", "items", "maxParallel"};
  }
  bool shows_more(const task& row) const override {
    return row.status != task_status::completed;
  }
  payload shown(const state& execution, const task& row,
                output_view& others) const override;
  void explain(nlohmann::json& out, const state& execution,
               const task& row) const override;
};

/// Adds the loop's row with its list in the input (`items_key`). The row fails
/// when the list is not a JSON array, or missing although `list_required`.
void add_loop(decision_builder& t, const placement& where, bool list_required,
              std::optional<int64_t> max_parallel = {});

/// Can happen when an input chose the task's type. True: the body is missing,
/// and the execution ends with the sentence of registration.
bool ends_without_body(decision_builder& t, const workflow_task& task);

/// Fails the loop when its items are not a list; also called on an operator's
/// retry.
bool fails_without_list(decision_builder& t, decision_builder::row_index loop);

/// Starts an iteration: writes its number to the loop's row and schedules the
/// first task of the body.
void begin_iteration(decision_builder& t, decision_builder::row_index loop,
                     int32_t iteration);

/// Completes the loop with the outputs of all its iterations.
void complete_loop(decision_builder& t, decision_builder::row_index loop);

/// Sets the loop's iteration to the last one that has rows.
void go_back_to_body(const decision_builder& t, const task& loop,
                     task_changed& change);

} // namespace tutti::engine

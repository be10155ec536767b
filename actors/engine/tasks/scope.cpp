#include "actors/engine/commands/handlers.hpp"
#include "actors/engine/inputs/inputs.hpp"
#include "actors/engine/loops/loops.hpp"
#include "actors/engine/scope/scope_compensation.hpp"
#include "actors/engine/scope/scope_progress.hpp"
#include "actors/engine/scope/scopes.hpp"
#include "actors/engine/views/explain.hpp"

#include <nlohmann/json.hpp>

namespace tutti::engine {

namespace scope_detail {

/// A body of tasks whose failures are caught (reference:scope).
class scope final : public task_kind {
 public:
  scope()
      : task_kind({.built_in = true,
                   .ends_by_itself = true,
                   .body = body_kind::scope}) {}

  void schedule(decision_builder& t, const placement& where) const override {
    if (ends_without_body(t, *where.task))
      return;
    auto i = add_in_progress(t, where, "SCOPE");
    if (!is_terminal(t.row(i).status))
      begin_scope(t, i);
  }

  // Rerun from the scope: its rows are removed.
  void reopen(decision_builder& t,
              decision_builder::row_index i) const override {
    begin_scope(t, i);
  }

  void retry(decision_builder& t,
             decision_builder::row_index i) const override {
    retry_scope(t, i);
  }
  // Not one that has handled the failure of its body.
  bool leads_to_child(const task& row) const override {
    return row.status == task_status::canceled;
  }
  void revive(decision_builder& t,
              decision_builder::row_index i) const override {
    if (t.row(i).status == task_status::canceled)
      wait_again(t, i);
  }
  void reopen_beside(decision_builder& t,
                     decision_builder::row_index i) const override {
    retry_scope(t, i);
  }
  void reopen_around(decision_builder& t, decision_builder::row_index i,
                     const std::string& target) const override {
    reopen_scope(t, i, target);
  }

  void cancel(decision_builder& t,
              decision_builder::row_index i) const override {
    cancel_scope(t, i);
  }

  bool shows_more(const task& row) const override {
    return row.compensated > 0;
  }
  payload shown(const state& execution, const task& row,
                output_view&) const override {
    return payload(scope_output(execution, row));
  }

  void explain(nlohmann::json& out, const state&,
               const task& row) const override {
    say_body_awaited(out, row);
  }

  // The scope's progress is part of its output.
  payload updated_output(const task& row, payload given) const override {
    auto& before = row.output.json(); // as it is stored
    auto out
        = given.json().is_object() ? given.json() : nlohmann::json::object();
    for (auto* key : scope_progress::own)
      if (auto it = before.find(key); it != before.end())
        out[key] = *it;
      else
        out.erase(key);
    return payload(std::move(out));
  }

  void check(const task_check& c) const override {
    c.required(!c.task.loop_over.empty(), "loopOver");
    for (auto& handler : c.task.on_error)
      if (handler.then_fail && handler.then != error_resolution::compensate)
        c.broken("thenFail belongs to a handler that says COMPENSATE");
  }

  void check_flow(const flow_check& c) const override {
    std::unordered_set<std::string_view> inside;
    bool all_known = true;
    // Only if somebody asks: scopes inside of scopes would be walked again.
    auto& handlers = c.task.on_error;
    if (std::any_of(handlers.begin(), handlers.end(),
                    [](auto& x) { return !x.tasks.empty(); }))
      for_each_task(c.task.loop_over, [&](const workflow_task& x) {
        inside.insert(x.reference_name);
        all_known &= !traits_of(x).brings_branches;
      });
    for (auto& handler : c.task.on_error) {
      for (auto& name : handler.tasks)
        if (all_known && !inside.contains(name))
          c.broken("onError names '" + name + "', which is no task inside");
      if (handler.reason.empty() || !c.settings.pattern_error)
        continue;
      if (auto why = c.settings.pattern_error(".*(?:" + handler.reason + ").*");
          !why.empty())
        c.broken("the reason '" + handler.reason + "' of onError: " + why);
    }
  }
};

} // namespace scope_detail

const task_kind& scope_kind() {
  static const scope_detail::scope kind;
  return kind;
}

} // namespace tutti::engine

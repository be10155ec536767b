#include "actors/engine/commands/handlers.hpp"
#include "actors/engine/tasks/kinds.hpp"
#include "actors/engine/views/explain.hpp"

#include <nlohmann/json.hpp>

namespace tutti::engine {

namespace exclusive_join_detail {

/// Takes the output of the branch that ran (reference:exclusive-join#waiting).
/// Like a JOIN, the state watches its references, and it is executed when it
/// has a result.
class exclusive_join final : public task_kind {
 public:
  exclusive_join()
      : task_kind(
          {.built_in = true, .ends_by_itself = true, .joins = join_rule::any}) {
  }

  void schedule(decision_builder& t, const placement& where) const override {
    auto& definition = *where.task;
    auto row = t.new_row(where, "EXCLUSIVE_JOIN");
    row.task_def_name = "EXCLUSIVE_JOIN";
    row.status = task_status::in_progress;
    row.start_time = t.now();
    auto input = nlohmann::json::object();
    input["joinOn"] = references(definition.join_on, where.at);
    input["defaultExclusiveJoinTask"]
        = references(definition.default_exclusive_join_task, where.at);
    row.input = payload(std::move(input));
    t.add(std::move(row));
  }

  void execute(decision_builder& t,
               decision_builder::row_index i) const override {
    auto found = t.execution().exclusive_result(i);
    if (found == state::no_row)
      return;
    auto& taken = t.row(found);
    if (is_successful(taken.status) || taken.retried) // or superseded
      return t.finish_row(i, task_status::completed,
                          t.execution().visible_output(taken));
    t.finish_row(i, task_status::failed, {}, taken.reason);
  }

  void reopen(decision_builder& t,
              decision_builder::row_index i) const override {
    auto change = t.edit(i);
    change.status = task_status::in_progress;
    change.start_time = t.now();
    t.emit(std::move(change));
  }

  void retry(decision_builder& t,
             decision_builder::row_index i) const override {
    wait_again(t, i, true);
  }

  std::vector<const char*> own_inputs() const override {
    return {"joinOn", "defaultExclusiveJoinTask"};
  }

  void explain(nlohmann::json& out, const state& execution,
               const task& row) const override {
    say_join(out, execution, row);
  }

  void check_flow(const flow_check& c) const override { check_joined(c); }

 private:
  static nlohmann::json references(const std::vector<std::string>& names,
                                   const position& at) {
    auto out = nlohmann::json::array();
    for (auto& name : names)
      out.push_back(reference_in(name, at));
    return out;
  }
};

} // namespace exclusive_join_detail

const task_kind& exclusive_join_kind() {
  static const exclusive_join_detail::exclusive_join kind;
  return kind;
}

} // namespace tutti::engine

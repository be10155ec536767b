#include "actors/engine/commands/handlers.hpp"
#include "actors/engine/tasks/kinds.hpp"
#include "actors/engine/views/explain.hpp"
#include "actors/engine/views/output_view.hpp"
#include "messages/model/codec.hpp"

#include <nlohmann/json.hpp>

#include <map>

namespace tutti::engine {

namespace join_detail {

/// Outputs by reference, spliced as text: large ones are not parsed.
class collected_outputs {
 public:
  void add(const std::string& reference, const payload& output) {
    if (output.is_empty_object())
      return;
    size_ += reference.size() + output.text().size() + 4;
    outputs_.insert_or_assign(reference, output);
  }
  size_t size() const { return size_; }
  payload text() const {
    std::string out = "{";
    for (auto& [reference, output] : outputs_) {
      if (out.size() > 1)
        out += ',';
      write_string(out, reference);
      out += ':';
      out += output.text();
    }
    return payload::trusted(out + '}');
  }

 private:
  std::map<std::string, payload> outputs_;
  size_t size_ = 0;
};

/// Waits for the references in its input (reference:join#waiting). Nothing
/// polls: the state counts missing references, and the decision in which the
/// count reaches zero executes the row.
class join final : public task_kind {
 public:
  join()
      : task_kind({.built_in = true,
                   .resumes_in_place = true,
                   .ends_by_itself = true,
                   .joins = join_rule::all}) {}

  void schedule(decision_builder& t, const placement& where) const override {
    auto& definition = *where.task;
    auto row = t.new_row(where, "JOIN");
    row.task_def_name = "JOIN";
    row.status = task_status::in_progress;
    row.start_time = t.now();
    auto input = nlohmann::json::object();
    if (where.join_on)
      input = definition.input_parameters.json(); // copied raw, as upstream
    auto on = nlohmann::json::array();
    if (where.join_on)
      for (auto& reference : *where.join_on)
        on.push_back(reference);
    else
      for (auto& reference : definition.join_on)
        on.push_back(reference_in(reference, where.at));
    input["joinOn"] = std::move(on);
    row.input = payload(std::move(input));
    t.add(std::move(row));
  }

  void execute(decision_builder& t,
               decision_builder::row_index i) const override {
    auto& execution = t.execution();
    collected_outputs output;
    output_view view(execution, t.context().bounds.task_output_bytes_max);
    std::string reasons, errors;
    bool failed = false, canceled_only = true, with_errors = false;
    for (auto& reference : joined_references(t.row(i))) {
      auto* joined = execution.latest(reference);
      if (!joined)
        continue;
      output.add(reference, view.of(*joined));
      if (output.size() > view.most())
        return t.finish_row(
            i, task_status::failed_with_terminal_error, {},
            t.at_bound(bounds::task_output, output.size(), view.most(),
                       "the output of task '" + t.row(i).reference_name + "'"));
      if (joined->status == task_status::completed_with_errors
          && joined->definition->optional) {
        with_errors = true;
        errors += (errors.empty() ? "" : ", ") + joined->task_def_name + "/"
                  + joined->task_id;
      }
      // The last attempt, not superseded by a scope.
      if (!is_successful(joined->status) && !joined->definition->optional
          && !joined->retried) {
        failed = true;
        canceled_only &= joined->status == task_status::canceled;
        reasons += (reasons.empty() ? "" : " ") + joined->reason;
      }
    }
    // The status that joined tasks must reach; by default optional failures
    // pass.
    auto& wanted = t.row(i).definition->join_status;
    if (wanted == "TERMINAL")
      failed = with_errors = false;
    if (wanted == "COMPLETED" && with_errors) {
      failed = true;
      canceled_only = false;
      reasons += (reasons.empty() ? "" : " ") + errors
                 + " completed with errors, and joinStatus is COMPLETED";
    }
    auto result = output.text();
    if (failed)
      return t.finish_row(
          i, canceled_only ? task_status::canceled : task_status::failed,
          std::move(result), std::move(reasons));
    if (with_errors)
      return t.finish_row(i, task_status::completed_with_errors,
                          std::move(result), errors + " completed with errors");
    t.finish_row(i, task_status::completed, std::move(result));
  }

  // An open row is watched by the state; a count of zero executes it.
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
  void revive(decision_builder& t,
              decision_builder::row_index i) const override {
    wait_again(t, i);
  }

  std::vector<const char*> own_inputs() const override {
    return {"joinOn", "defaultExclusiveJoinTask"};
  }

  // While open: the outputs of its branches so far.
  bool shows_more(const task& row) const override {
    return !is_terminal(row.status);
  }
  payload shown(const state& execution, const task& row,
                output_view& others) const override {
    collected_outputs out;
    for (auto& reference : joined_references(row))
      if (auto* joined = execution.latest(reference);
          joined && out.size() <= others.most())
        out.add(reference, others.of(*joined));
    return out.text();
  }

  void explain(nlohmann::json& out, const state& execution,
               const task& row) const override {
    say_join(out, execution, row);
  }

  /// The outputs of its branches so far become its output.
  void cancel(decision_builder& t,
              decision_builder::row_index i) const override {
    auto change = t.edit(i);
    change.output = t.execution().visible_output(t.row(i));
    t.emit(std::move(change));
  }

  void check(const task_check& c) const override {
    const std::string& status = c.task.join_status;
    if (!status.empty() && status != "COMPLETED"
        && status != "COMPLETED_WITH_ERRORS" && status != "TERMINAL")
      c.broken("joinStatus '" + status
               + "' must be COMPLETED, COMPLETED_WITH_ERRORS or TERMINAL");
  }

  void check_flow(const flow_check& c) const override {
    auto& own = c.task.reference_name;
    for (auto& reference : c.task.join_on)
      if (reference == own)
        c.add(c.subject() + " waits for itself");
    check_joined(c);
  }
};

} // namespace join_detail

const task_kind& join_kind() {
  static const join_detail::join kind;
  return kind;
}

} // namespace tutti::engine

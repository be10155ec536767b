#include "actors/engine/decision/requested_start.hpp"
#include "actors/engine/inputs/inputs.hpp"
#include "actors/engine/inputs/members.hpp"
#include "actors/engine/tasks/kinds.hpp"
#include "messages/model/codec.hpp"
#include "messages/model/saturating.hpp"
#include "messages/model/validation.hpp"

#include <nlohmann/json.hpp>

namespace tutti::engine {

namespace start_workflow_detail {

result<start_workflow_request> request_of(const payload& input) {
  auto* given = json_member(input.json(), "startWorkflow");
  if (!given)
    return failure{errc::invalid, "Missing 'startWorkflow' in input data."};
  auto request = to_start_request(*given);
  if (!request)
    return failure{errc::invalid, "'startWorkflow' is no start request: "
                                      + request.failure().message};
  // References are checked where a definition is registered or sent; here the
  // caller's environment is not known.
  std::string broken;
  validation_settings rules;
  rules.rules_of = rules_of_type;
  for (auto& x : validate(*request, "startWorkflow", rules, {})) {
    broken += broken.empty() ? "" : "; ";
    broken += x.path + ": " + x.message;
  }
  if (!broken.empty())
    return failure{errc::invalid, "'startWorkflow' is no valid start request: "
                                      + std::move(broken)};
  return request;
}

/// Starts an execution that is independent of its starter
/// (reference:start-workflow). The start is an outbox message. Its id is chosen
/// with the attempt, so that a repeat finds the execution; the answer ends the
/// task.
class start_workflow final : public task_kind {
 public:
  start_workflow() : task_kind({.attempts_in_turn = true}) {}

  void schedule(decision_builder& t, const placement& where) const override {
    auto& definition = *where.task;
    auto row = t.new_row(where, "START_WORKFLOW");
    row.input = resolve_input(t, where, row.task_id, false);
    row.callback_after_seconds = definition.start_delay_seconds;
    auto i = t.add(std::move(row));
    attempt(t, i, ms_of_seconds(definition.start_delay_seconds));
  }

  void execute(decision_builder& t,
               decision_builder::row_index i) const override {
    start(t, i);
  }

  void due(decision_builder& t, decision_builder::row_index i) const override {
    start(t, i);
  }

  // From here on the execution is independent.
  void child_started(decision_builder& t, decision_builder::row_index i,
                     const command::child_started& c) const override {
    auto change = t.edit(i);
    change.sub_workflow_id = std::string();
    t.emit(std::move(change));
    t.finish_row(i, task_status::completed,
                 payload(nlohmann::json{{"workflowId", c.child_id}}));
    t.run();
  }

  // Only a start of this very decision can still be withdrawn.
  void cancel(decision_builder& t,
              decision_builder::row_index i) const override {
    if (!t.take_back_start(t.row(i).sub_workflow_id))
      return;
    auto change = t.edit(i);
    change.sub_workflow_id = std::string();
    change.start_time = 0;
    t.emit(std::move(change));
  }

  void reopen(decision_builder& t,
              decision_builder::row_index i) const override {
    start(t, i);
  }

 private:
  static void start(decision_builder& t, decision_builder::row_index i) {
    if (!t.row(i).sub_workflow_id.empty())
      return;
    auto request = request_of(t.row(i).input);
    if (!request)
      return t.finish_row(i, task_status::failed, {},
                          request.failure().message);
    auto depth = depth_of_next(t.head(), request->name, t.context().bounds);
    if (!depth)
      return t.finish_row(i, task_status::failed_with_terminal_error, {},
                          depth.failure().message);
    auto& head = t.head();
    start_other start;
    start.depth = *depth;
    start.name = request->name;
    start.version = request->version;
    start.definition = request->definition;
    start.input = request->input.value_or(payload());
    start.external_input_path = request->external_input_path;
    start.task_to_domain = request->task_to_domain.empty()
                               ? head.task_to_domain
                               : request->task_to_domain;
    start.correlation_id = request->correlation_id.empty()
                               ? head.correlation_id
                               : request->correlation_id;
    start.priority = request->priority;
    start.idempotency_key = request->idempotency_key;
    start.idempotency_strategy = request->idempotency_strategy;
    start.detached = true;
    ask_for_start(t, i, std::move(start));
  }
};

} // namespace start_workflow_detail

const task_kind& start_workflow_kind() {
  static const start_workflow_detail::start_workflow kind;
  return kind;
}

} // namespace tutti::engine

#pragma once

#include "actors/engine/decider.hpp"
#include "actors/engine/decision/budget.hpp"
#include "actors/engine/state/position.hpp"

#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace tutti::engine {

class task_kind;

/// How an execution is about to end.
struct ending {
  workflow_status status = workflow_status::completed;
  std::string reason;
  /// The failed row, or the TERMINATE row.
  std::string task_id;
  /// Set by TERMINATE; otherwise outputParameters give the output.
  std::optional<payload> output;
  bool failure_workflow = true;
};

/// What a recreated row takes over from the row it replaces.
struct earlier_row {
  std::string task_id; ///< empty: a new id
  int32_t seq = 0;     ///< 0: the next number
  int32_t retry_count = 0;
  std::string retried_task_id;
};

/// A task to schedule, and the position of its row.
struct placement {
  workflow_task_pointer task;
  position at;
  /// The input, when it is known already (a dynamic branch); otherwise
  /// inputParameters are resolved.
  std::optional<payload> input;
  /// The references a JOIN waits for, when its fork determines them.
  std::optional<std::vector<std::string>> join_on;
  std::optional<std::map<std::string, std::string>> task_to_domain;
  std::optional<earlier_row> instead_of = {};
  int32_t forked_by = 0; ///< seq of the dynamic fork whose branch it is
  /// Plain values (no expressions) that replace members of the resolved input.
  std::optional<payload> over = {};
};

/// One decision under way: the live state, the events and effects so far, and
/// the worklist. Task kinds and commands change the execution only through it.
class decision_builder {
 public:
  using row_index = state::row_index;

  decision_builder(state& execution, const decision_context& context)
      : execution_(execution), context_(context) {
    auto& rules = context.bounds;
    budget_.steps
        = step_budget(rules.expression_steps_max, rules.schema_steps_max,
                      rules.decision_steps_max, rules.document_bytes_max);
    begin_text(bounds::task_input);
  }

  const state& execution() const { return execution_; }
  const workflow& head() const { return execution_.head(); }
  const task& row(row_index i) const { return execution_.rows()[i]; }
  const decision_context& context() const { return context_; }
  int64_t now() const { return context_.now; }
  /// Reading the execution uses it, too.
  budget& spent() const { return budget_; }
  /// Pauses (`script_runner::pause`) if many steps were made since the last
  /// time.
  void pause_when_long() const;
  /// The position of the current row: expressions are resolved from there.
  const position& at() const { return at_; }
  void set_position(position at) { at_ = std::move(at); }

  // Events and effects

  void emit(event e);
  /// A change of the row, to be filled in and emitted.
  task_changed edit(row_index i) const;
  void send(outbox_message what);
  /// Withdraws the start of that execution if this decision asked for it.
  bool take_back_start(const std::string& id);
  void log(std::string task_id, std::vector<task_log> lines);
  /// Any other effect.
  void tell(effect what);

  // Bytes (decision/byte_bounds.cpp)

  /// A limit was reached: counts it, and makes the sentence.
  std::string at_bound(const bound& which, uint64_t value, uint64_t limit,
                       std::string_view what = {});
  /// Bytes that tasks may still write in this decision. Payloads of rows are
  /// held to it anyway; who tells others about large things asks.
  uint64_t room_in_commit() const;
  /// That many bytes more are too many for the execution, its history (then it
  /// ends), or this decision: the sentence.
  std::optional<std::string> too_much(uint64_t weight);
  /// Why a command may not bring this payload.
  std::optional<std::string> too_large(const std::optional<payload>& given,
                                       const bound& which);
  /// What expressions make from here on is for another row, or for the output.
  void begin_text(const bound& which) const;
  /// What was resolved for the next row is too large.
  void input_does_not_fit() const { input_misfit_ = budget_.text; }

  /// Puts the row into its queue; workers see it after the delay.
  void enqueue(row_index i, int64_t delay_ms);
  /// Takes the row out of its queue, if it is in one; `change` is emitted by
  /// the caller.
  void dequeue(row_index i, task_changed& change);

  // Rows

  /// A row of that task with the fields that all kinds share.
  task new_row(const placement& where, std::string_view type);
  row_index add(task row);
  /// Adds a row that is in its queue from the start; workers see it after the
  /// delay.
  row_index add_queued(task row, int64_t delay_ms);
  /// False: the execution has as many rows as it may, and ends.
  bool has_room();
  /// Creates the rows of a task; its kind decides which.
  void schedule(const placement& where);
  /// Schedules a task of the definition. Skips SKIPPED tasks, and does nothing
  /// when the row exists already.
  void schedule_next(const workflow_task* task, const position& at);
  /// Schedules the successor of that task at that position.
  void schedule_successors(std::string_view reference, position at);
  /// Ended rows are consumed before the next row is executed.
  void consume_before_execute() { consume_first_ = true; }
  /// The row's `execute` is called later in this decision.
  void execute_later(row_index i);
  /// Ends a row: sets status, output and reason, and takes it out of its queue.
  void finish_row(row_index i, task_status status,
                  std::optional<payload> output = {}, std::string reason = {});
  /// How the failed row ends the execution, unless a SCOPE catches it
  /// (reference:task-definition#retries).
  std::optional<ending> end_by(row_index i) const;
  /// Adds a further attempt of an ended row; marks the old one retried.
  row_index add_attempt(row_index old, int64_t delay_seconds,
                        int64_t jitter_ms);

  /// Remembers the row before scheduling changes it: if the definition cannot
  /// be scheduled, the row is restored.
  void save(row_index i);
  /// Removes the rows that this decision added, from that index on.
  void drop_rows_from(row_index first);

  /// Refuses the command. Nothing may have been emitted.
  void refuse(errc code, std::string sentence);
  /// The command has nothing to do.
  void idle() { out_.effective = false; }

  // The end

  /// Called when a row failed for good. True: a SCOPE caught it.
  bool caught(row_index i);
  void end(ending how);
  /// Ends after the other rows of this round have been executed.
  void end_after_round(ending how);
  bool ended() const { return ending_.has_value(); }
  const std::string& end_reason() const { return ending_->reason; }

  /// Works off the worklist: executes, consumes, joins, completes, until
  /// nothing is left. Does nothing while the execution is paused or has ended.
  void run();

  decision take() {
    out_.large_payloads = large_payloads_;
    return std::move(out_);
  }
  decision& out() { return out_; }

 private:
  /// A new row whose input cost too much fails for good.
  void hold_to_steps(task& row);
  /// Enough for one commit, or for the patience of others.
  bool is_long() const;
  uint64_t limit_of(const bound& which) const;
  void hold_to_bounds(event& e);
  void hold_to_bounds(task_added& e);
  void hold_to_bounds(copy_on_write<task_changed>& e);
  std::optional<std::string> payload_misfit(const payload* input,
                                            const payload* output,
                                            const std::string& reference);
  void execute(row_index i);
  void consume(row_index i);
  void consume_round();
  std::optional<ending> first_failure();
  void roll_back_round(const std::vector<row_index>& round, row_index rows);
  void step_loop(row_index i);
  ending end_of_round();
  bool retry(row_index i);
  void pass_optional(row_index i);
  void complete_if_done();
  void finish();

  state& execution_;
  const decision_context& context_;
  decision out_;
  mutable budget budget_;
  mutable uint64_t paused_at_ = 0; ///< in steps of the decision
  uint64_t bytes_ = 0;             ///< of the events and effects so far
  int64_t large_payloads_ = 0;
  mutable std::optional<allowance> input_misfit_;
  std::deque<row_index> to_execute_;
  std::map<row_index, task> saved_;
  bool consume_first_ = false;
  position at_;
  std::optional<ending> ending_, end_of_round_;
};

/// Applies reference:task-definition#timeouts to an open row whose deadline has
/// passed.
void check_timeouts(decision_builder& t, decision_builder::row_index i);

/// Cancels the open rows in the body of a loop that has ended.
void cancel_body(decision_builder& t, decision_builder::row_index loop);
/// A row of a loop's body failed for good: fails the loop at once.
void fail_loop(decision_builder& t, decision_builder::row_index failed);
/// The reason that names the permissive tasks that failed; "" when there are
/// none (reference:execution#completion).
std::string permissive_failures(const state& execution);

/// Cancels every open row (reference:execution#ending), children included.
void cancel_open_rows(decision_builder& t);

/// Tells the parent that this execution was retried, restarted or rerun.
void revive_parent(decision_builder& t, std::string verb);

} // namespace tutti::engine

#pragma once

#include "actors/engine/decider.hpp"
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
  /// The row blamed, or that ended it (TERMINATE).
  std::string task_id;
  /// Given by TERMINATE; otherwise outputParameters decide.
  std::optional<payload> output;
  bool failure_workflow = true;
};

/// What a row that is made anew keeps of the row it replaces.
struct earlier_row {
  std::string task_id; ///< empty: a new one
  int32_t seq = 0;     ///< 0: the next one
  int32_t retry_count = 0;
  std::string retried_task_id;
};

/// Where a task of the definition becomes a row.
struct placement {
  workflow_task_pointer task;
  position at;
  /// Inputs that are known already (a dynamic branch); else the task's
  /// inputParameters are evaluated.
  std::optional<payload> input;
  /// References a JOIN waits for, when a fork knows better than the task.
  std::optional<std::vector<std::string>> join_on;
  std::optional<std::map<std::string, std::string>> task_to_domain;
  std::optional<earlier_row> instead_of = {};
  int32_t forked_by = 0; ///< seq of the dynamic fork whose branch it is
  /// Laid over what inputParameters say, as it is: values, no expressions.
  std::optional<payload> over = {};
};

/// One decision under way: the live state, what has been decided so far, and
/// the work the decision still has to do. Task kinds and commands speak to the
/// execution only through this.
class decision_builder {
 public:
  using row_index = state::row_index;

  decision_builder(state& execution, const decision_context& context)
      : execution_(execution), context_(context) {}

  const state& execution() const { return execution_; }
  const workflow& head() const { return execution_.head(); }
  const task& row(row_index i) const { return execution_.rows()[i]; }
  const decision_context& context() const { return context_; }
  int64_t now() const { return context_.now; }
  /// Where the row at work stands: expressions are read from there.
  const position& at() const { return at_; }
  void stand(position at) { at_ = std::move(at); }

  // Events and effects

  void emit(event e);
  /// A change of one row, to be filled in and emitted.
  task_changed edit(row_index i) const;
  void send(outbox_message what);
  /// Takes back the start of that execution, if it was asked for in this
  /// decision.
  bool take_back_start(const std::string& id);
  void log(std::string task_id, std::vector<task_log> lines);
  /// Any other effect.
  void tell(effect what) { out_.effects.push_back(std::move(what)); }

  /// Puts the row into its queue, visible after the delay.
  void enqueue(row_index i, int64_t delay_ms);
  /// Takes it out again, if it is there, as part of a change being made.
  void dequeue(row_index i, task_changed& change);

  // Rows

  /// A row of that task with everything that all kinds share.
  task new_row(const placement& where, std::string_view type);
  row_index add(task row);
  /// The same for a row that waits in a queue from the beginning, visible after
  /// the delay.
  row_index add_queued(task row, int64_t delay_ms);
  /// Creates the rows of a task, by its type.
  void schedule(const placement& where);
  /// The same for a task of the definition, stepping over what is SKIPPED and
  /// leaving alone what exists.
  void schedule_next(const workflow_task* task, const position& at);
  /// What comes after a task of the definition at that place.
  void schedule_successors(std::string_view reference, position at);
  /// What has ended already is looked at before anything is executed.
  void consume_before_execute() { consume_first_ = true; }
  /// A system row is to do its work later in this decision.
  void execute_later(row_index i);
  /// Ends a row: status, output and reason as given, out of its queue.
  void finish_row(row_index i, task_status status,
                  std::optional<payload> output = {}, std::string reason = {});
  /// How that failed row ends the execution, if nothing stops it (§2.4).
  std::optional<ending> end_by(row_index i) const;
  /// A further attempt of an ended row; the old one is marked retried.
  row_index add_attempt(row_index old, int64_t delay_seconds,
                        int64_t jitter_ms);

  /// The row is about to change because something is followed: should the
  /// definition turn out not to be followable, it becomes what it was.
  void save(row_index i);
  /// Takes back rows that this decision has added.
  void drop_rows_from(row_index first);

  /// Declines the command: nothing was emitted yet and nothing will be.
  void refuse(errc code, std::string sentence);
  /// The command found nothing to do.
  void idle() { out_.effective = false; }

  // The end

  /// A row failed for good: true when a SCOPE around it took care of it.
  bool caught(row_index i);
  void end(ending how);
  /// The same, once what was to be executed beside it has been.
  void end_after_round(ending how);
  bool ended() const { return ending_.has_value(); }
  const std::string& end_reason() const { return ending_->reason; }

  /// Draws all consequences until nothing changes: executes, consumes, joins,
  /// completes. Does nothing while the execution is paused or has ended.
  void run();

  decision take() { return std::move(out_); }
  decision& out() { return out_; }

 private:
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
  std::deque<row_index> to_execute_;
  std::map<row_index, task> saved_;
  bool consume_first_ = false;
  position at_;
  std::optional<ending> ending_, end_of_round_;
};

/// Checks of engine.md §2.5 on one open row whose deadline came.
void check_timeouts(decision_builder& t, decision_builder::row_index i);

/// Cancels what is open in the body of a loop that has ended.
void cancel_body(decision_builder& t, decision_builder::row_index loop);
/// A row of a body failed for good: so does its loop, at once.
void fail_loop(decision_builder& t, decision_builder::row_index failed);
/// Permissive tasks that failed, as the reason of the end they lead to; ""
/// when there are none (engine.md §2.2.6).
std::string permissive_failures(const state& execution);

/// Cancels every open row (engine.md §1.6), children included.
void cancel_open_rows(decision_builder& t);

/// The parent learns that this execution was retried, restarted or rerun.
void revive_parent(decision_builder& t, std::string verb);

} // namespace tutti::engine

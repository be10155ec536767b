#pragma once

#include "tests/reference/execution.hpp"
#include "tests/reference/scripts.hpp"

#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace tutti::reference {

/// the contract (api/reference) once more, slow and obvious: rows in a list,
/// every question a scan over all of them, `decide` repeated until nothing
/// changes, as reference:execution#order says. Shares no code with the engine,
/// on purpose: what both agree on was understood twice. Not for use; for
/// comparison.
class model {
 public:
  int64_t now = 0; ///< epoch ms, set by the caller

  void define_workflow(json def);
  void define_task(json def);
  scripts programs; ///< what the texts of scripts in definitions mean

  // Inputs. Each delivers the messages between executions before it returns.
  std::string start(const std::string& name, json input);
  void hand_out(row& t);
  void update(row& t, const std::string& status, json output,
              const std::string& reason, int64_t callback);
  void extend_lease(row& t);
  void pause(execution& w);
  bool resume(execution& w);
  bool terminate(execution& w, const std::string& reason);
  bool retry(execution& w, bool resume_children);
  bool restart(execution& w);
  bool rerun_all(execution& w, const std::optional<json>& input = {});
  bool rerun_from(execution& w, const std::string& task,
                  const std::optional<json>& input);
  bool skip(execution& w, const std::string& reference);
  void reset_callbacks(execution& w);
  void push_message(execution& w, json message);
  /// Everything that time alone causes at `now` in that execution.
  void tick(execution& w);
  /// The first instant after `now` at which a tick may matter; 0: never.
  int64_t next_instant() const;

  /// An open JOIN or loop shows its output so far.
  static json visible_output(const execution& w, const row& t);

  std::vector<execution_pointer> executions; ///< in order of creation
  execution* find(const std::string& id) const;

 private:
  struct ending { ///< thrown when the workflow ends
    std::string status, reason, task;
  };
  struct outcome {
    std::vector<row_pointer> schedule, consumed;
    bool complete = false;
    std::optional<ending> over;
  };

  // decide.cpp
  void decide(execution& w);
  outcome evaluate(execution& w);
  outcome evaluate_once(execution& w, row*& looking);
  void append(execution& w, const row_pointer& t);
  void check_workflow_timeout(execution& w);
  bool completed(execution& w);
  void deliver();
  static void look_at_joins(execution& w);
  void post(std::function<void()> message);

  // retry.cpp
  void end_by(const execution& w, const row& t) const;
  void judge(execution& w);
  void check_timeouts(execution& w, row& t);
  row_pointer retried(execution& w, row& t);
  row_pointer attempt_of(execution& w, row& t, int64_t delay);

  // flow.cpp
  std::string next_ref(execution& w, const row& t);
  std::vector<row_pointer> successors(execution& w, const row& t);
  /// The first task of a branch that is not skipped; `out` gets the rows of
  /// those that are.
  const json* first_of(execution& w, const json& branch, const position& where,
                       std::vector<row_pointer>& out);
  /// The row that makes the flow skip the task at that position, or null.
  static row* skip_order(const execution& w, const json& task,
                         const position& where);
  void step_over(execution& w, const json& task, const position& where,
                 std::vector<row_pointer>& out);
  /// `ends`: there is no successor, because a list of a SCOPE ends.
  static const json* follower(execution& w, const std::string& ref,
                              bool* ends = nullptr);
  /// `out` gets the rows of what is skipped; null: none are made.
  const json* skip_skipped(execution& w, const json* task, position& where,
                           bool* ends = nullptr,
                           std::vector<row_pointer>* out = nullptr);
  /// The rows of a list from that task on; none when all of it is skipped.
  std::vector<row_pointer> rows_from(execution& w, const json& task,
                                     position where, bool* ends = nullptr);
  static position position_after(execution& w, const row& t, const json* next);

  // mapping.cpp
  std::vector<row_pointer> rows_for(execution& w, const json& task,
                                    const position& where);
  row_pointer new_row(execution& w, const json& task, const position& where,
                      const std::string& type, const std::string& name);
  void map_task(execution& w, const json& task, const position& where,
                std::vector<row_pointer>& out);
  static void made(execution& w, std::vector<row_pointer>& out,
                   const row_pointer& t);
  void map_switch(execution& w, const json& task, const position& where,
                  std::vector<row_pointer>& out);
  void map_fork(execution& w, const json& task, const position& where,
                std::vector<row_pointer>& out);
  void map_dynamic_fork(execution& w, const json& task, const position& where,
                        std::vector<row_pointer>& out);
  row_pointer map_join(execution& w, const json& task, const position& where,
                       json join_on);
  void map_child(execution& w, const json& task, row& t);
  std::vector<std::pair<json, json>>
  dynamic_branches(execution& w, const json& task, const json& input);
  json task_input(execution& w, const json& task, const row& t,
                  bool with_template);
  void born_waiting(row& t, const json& input);
  void begin_waiting(row& t);
  void begin_at_once(row& t);

  // execute.cpp
  bool execute(execution& w, row& t);
  static json joined_output(const execution& w, const row& t);
  bool execute_joins(execution& w);
  static row* exclusive_result(const execution& w, const row& t);
  bool execute_terminate(row& t);
  bool execute_script(row& t);
  bool execute_event(execution& w, row& t);
  bool execute_pull(execution& w, row& t);
  void finish(row& t, const std::string& status,
              const std::string& reason = {});

  // loops.cpp
  static std::vector<row_pointer> body_of(const execution& w, const row& t,
                                          int number);
  static json loop_output(const execution& w, const row& t);
  bool in_closed_loop(const execution& w, const row& t) const;
  static bool in_failed_loop(const execution& w, const row& t);
  bool execute_loops(execution& w);
  bool fail_loops(execution& w);
  void step(execution& w, row& t);
  bool iteration_complete(execution& w, row& t, int number);
  bool goes_on(execution& w, row& t);
  void begin_iteration(execution& w, row& t, int number);

  // scopes.cpp
  void map_scope(execution& w, const json& task, const position& where,
                 std::vector<row_pointer>& out);
  std::vector<row_pointer> list_ended(execution& w, const position& where);
  bool caught(execution& w, row& t);
  void take_over(execution& w, row& scope, size_t handler, const row& t);
  std::vector<row_pointer> next_list(execution& w, row& scope);
  void end_scope(execution& w, row& scope);
  void fail_scope(execution& w, row& scope, const row& t);
  void supersede(execution& w, const row& scope, const std::string& of_part);
  json to_compensate(execution& w, const row& scope);
  void begin(execution& w, std::vector<row_pointer> rows);
  static const row& blamed(const execution& w, const row& t);
  void begin_body(execution& w, row& scope);
  static std::string list_of(const row& scope);
  static bool may_revive(const execution& w, const row& t);
  void retry_scope(execution& w, row& scope);
  static void later_lists(const execution& w, const row& scope, const row& t,
                          std::set<std::string>& gone);
  void reopen_scope(execution& w, row& scope, const row& t);
  void resume_scopes(execution& w);
  void continue_list(execution& w, const row& scope, const std::string& list);
  static bool in_successful_loop(const execution& w, const row& t);
  static bool is_undone(const execution& w, const row& t);

  // jumps.cpp
  bool execute_goto(execution& w, row& t);
  void leave(execution& w, row& t, const std::vector<const json*>& left);
  void jump(execution& w, row& t, const json& target, bool back,
            const std::vector<const json*>& left);
  void break_loop(execution& w, row& loop);
  void join_anew(execution& w, const std::string& target,
                 const position& where);
  void join_again(execution& w, row& join);
  static bool jumped(const execution& w);
  static const row* jump_to(const execution& w, const position& pass);
  std::optional<position> may_skip(const execution& w, const std::string& ref);

  // children.cpp
  void start_child(const std::string& parent, const std::string& task);
  void child_ended(const std::string& child);
  void cancel_child(execution& w, row& t);
  std::string create(json def, json input, const std::string& correlation,
                     const std::string& parent, const std::string& task);
  std::optional<json> find_definition(const json& name, const json& version);
  std::optional<std::string> pin_definitions(json& tasks);

  // ending.cpp
  void end(execution& w, const ending& how);
  void complete(execution& w);
  json output_of(execution& w);
  void record_failures(execution& w);
  void cancel_open(execution& w);
  void cancel(execution& w, row& t);
  void start_failure_workflow(execution& w);

  // rerun.cpp
  std::vector<row*> waiting_for(execution& w, const row& t,
                                std::set<std::string>& without_join);
  static void reached_through(const execution& w, const row& t,
                              const std::vector<row*>& waiting,
                              const std::set<std::string>& without_join,
                              std::set<std::string>& gone);
  void join_instead(execution& w, row& skipped,
                    const std::set<std::string>& without_join);
  std::optional<ending> begin_in_place(execution& w, row& t,
                                       const std::optional<json>& given);
  std::optional<ending> make_anew(execution& w, row& t,
                                  const std::optional<json>& given);

  // revival.cpp
  bool retry_here(execution& w, bool by_parent);
  std::optional<ending> choose_again(execution& w, row& t);
  void reopen(execution& w, row& t);
  void begin_again(row& t);
  void revive_parents(execution& w);
  void repair_sibling(execution& w, row& t);

  std::map<std::string, std::map<int, json>> workflows_;
  std::map<std::string, json> tasks_;
  std::deque<std::function<void()>> outbox_;
  int ids_ = 0;
  std::string because_; ///< the row that leads to the rows created now
  std::string next_id_; ///< of the next row, if it is recreated
  std::optional<json> next_input_;
};

} // namespace tutti::reference

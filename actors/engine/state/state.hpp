#pragma once

#include "actors/engine/loops/iteration_index.hpp"
#include "actors/engine/state/row_list.hpp"
#include "actors/engine/task_traits.hpp"
#include "messages/model/events.hpp"

#include <array>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace tutti::engine {

class compiled_definition;
class row_names;

/// One execution in memory: the fold of its events. The members below "derived"
/// are indexes, which make the cost of a decision follow what it changes;
/// `apply` maintains them and they are never stored.
class state {
 public:
  state();
  ~state();
  state(state&&) noexcept;
  state& operator=(state&&) noexcept;

  /// The only way to change an execution.
  void apply(const event& e);
  void apply(const revision& r);

  bool exists() const { return !head_.workflow_id.empty(); }
  const workflow& head() const { return head_; }
  /// The number of the last applied revision.
  int64_t revision_number() const { return revision_; }

  /// Rows in creation order; an index stays valid during a decision.
  const row_list& rows() const { return rows_; }
  /// Rows as clients see them: by seq, SKIPPED (seq 0) first.
  std::vector<const task*> rows_in_order() const;
  const task* find(std::string_view task_id) const;
  /// The row of that reference that was created last, or null.
  const task* latest(std::string_view reference_name) const;

  /// The earliest instant at which `timer_fired` has work; 0: never. It lies in
  /// the past while an unfinished decision has left work.
  int64_t next_deadline() const;
  size_t open_rows() const { return open_; }
  /// The bytes of what it holds (decision/weights.hpp), the definition aside.
  uint64_t bytes() const { return rows_bytes_ + head_bytes_ + inbox_bytes_; }
  uint64_t inbox_bytes() const { return inbox_bytes_; }
  /// The bytes of all its events.
  uint64_t history_bytes() const { return history_bytes_; }

  /// The output that clients see: an open JOIN shows the outputs of its
  /// branches so far, a loop its iterations.
  payload visible_output(const task& row) const;
  /// `visible_output` may differ from `row.output`.
  bool shows_more(const task& row) const;

  // Derived, for the decider.
  using row_index = uint32_t;
  static constexpr row_index no_row = ~row_index{0};

  const compiled_definition& definition() const { return *compiled_; }
  std::shared_ptr<const compiled_definition> definition_pointer() const {
    return compiled_;
  }
  /// The compiled definition that contains the task at that position: the
  /// execution's, or the dynamic definition of the branch it runs in.
  const compiled_definition& definition_at(std::string_view base,
                                           std::string_view suffix) const;
  const compiled_definition& definition_of(const task& row) const;
  /// The row of the dynamic fork that created this row, or null.
  const task* fork_of(const task& row) const;
  row_index index_of(const task& row) const;
  row_index latest_index(std::string_view reference_name) const;
  std::span<const row_index> rows_of(std::string_view reference) const;
  /// Ended rows whose successors (or retry) are not decided yet, in row order.
  const std::set<row_index>& unconsumed() const { return unconsumed_; }
  /// Open rows whose deadline has passed, in row order.
  std::vector<row_index> due(int64_t now) const;
  /// How many references the open JOIN still waits for.
  size_t missing(row_index join) const;
  /// Open joins that may be able to complete; the call empties the list.
  std::vector<row_index> take_ready_joins();
  /// The row whose output the open EXCLUSIVE_JOIN takes, or `no_row`.
  row_index exclusive_result(row_index join) const;
  const iteration_index& loops() const { return loops_; }
  /// Open loops that may be able to continue; the call empties the list.
  std::vector<row_index> take_ready_loops();
  /// True at the top level, while the loop or SCOPE that holds the row is open,
  /// and while a SCOPE inside of its compensation was reopened.
  bool in_open_loop(const task& row) const;
  /// The decider has work even without a new command.
  bool has_pending_work() const;
  /// Called between two decisions: removes holes, which may change row indexes.
  void compact();
  /// The row of that task that was created last, whatever its suffix, or null.
  const task* last_of(std::string_view base) const;
  /// The pass that this GOTO's row began at the position; 0: none.
  int32_t pass_begun(row_index jump, const position& at) const;
  /// The last created row for which `meant` is true.
  const task* last_of(std::string_view base,
                      const std::function<bool(const task&)>& meant) const;
  /// The row that `${base...}` means at that position: the one created last;
  /// inside a FOR_EACH the one of the same item; for a compensation task the
  /// row beside the compensated task.
  const task* visible(std::string_view base, const position& from) const;
  /// Every base reference that has a row, sorted.
  std::vector<std::string> references() const;
  /// The first open row of that base whose reference has a suffix, or `no_row`.
  row_index first_open(std::string_view base) const;
  /// Open rows of the types that wait for that, in row order.
  const std::set<row_index>& waiting_for(awaited what) const {
    return waiting_[size_t(what)];
  }
  /// Those that wait for a signal and for no instant, in row order.
  const std::set<row_index>& blocking() const { return blocking_; }
  int32_t next_seq() const { return last_seq_ + 1; }
  bool has_dynamic_fork() const { return !dynamic_forks_.empty(); }
  /// Any GOTO has jumped.
  bool has_jumped() const { return !jumps_.empty(); }
  /// How often that GOTO has jumped to the landing's iteration (or to the top
  /// level).
  int64_t jumps(std::string_view base, const position& landing) const;
  /// A pass number that nothing at that position has used yet.
  int32_t next_pass(const position& at) const;
  /// The pass in which the GOTO that began this pass ran.
  int32_t pass_before(const position& at) const;

 private:
  struct join_watch;

  void on(const workflow_created& e);
  void on(const workflow_changed& e);
  void on(const task_added& e);
  void on(const task_changed& e);
  void on(const tasks_removed& e);
  void on(const inbox_changed& e);
  void set_definition(workflow_def_pointer definition);
  void index(row_index i);
  void weigh(row_index i);
  void count_pass(row_index i);
  void forget_pass(row_index i);
  void count_jump(row_index i);
  void forget_jump(row_index i);
  void rebuild();
  /// Updates all indexes after row `i` changed. `was_done`: its reference was
  /// done before.
  void refresh(row_index i, bool was_done);
  void remove(row_index i);
  bool loop_can_continue(row_index loop) const;
  void update_loops(row_index i, bool open, bool works);
  void add_to_items(row_index i);
  void add_dynamic_definition(const task& row);
  void remove_dynamic_definition(const task& row);
  void update_joins(const task& row, bool was_done);
  void find_by_reference(row_index i, bool open);
  void book_blocking(row_index i, bool open);
  bool is_ready(row_index join) const;
  bool is_done(std::string_view reference) const;
  void watch(row_index join);
  void unwatch(row_index join);
  int64_t deadline_of(const task& row) const;

  workflow head_;
  row_list rows_;
  int64_t revision_ = 0;

  std::shared_ptr<const compiled_definition> compiled_;
  std::unique_ptr<row_names> names_;
  /// Only rows with a suffix; `names_` finds the others.
  std::unordered_map<std::string, std::vector<row_index>> by_base_;
  std::unordered_map<std::string, std::set<row_index>> open_by_base_;
  std::array<std::set<row_index>, 4> waiting_; ///< by `awaited`
  std::set<row_index> blocking_;
  std::set<row_index> unconsumed_;
  std::set<std::pair<int64_t, row_index>> deadlines_;
  std::vector<int64_t> deadline_of_row_;
  std::unordered_map<row_index, std::unique_ptr<join_watch>> joins_;
  std::set<row_index> ready_joins_, ready_loops_;
  iteration_index loops_;
  /// Rows by FOR_EACH row, item and base reference, in creation order.
  std::unordered_map<std::string, std::vector<row_index>> by_item_;
  std::vector<uint64_t> bytes_of_row_;
  uint64_t rows_bytes_ = 0, head_bytes_ = 0, inbox_bytes_ = 0;
  uint64_t history_bytes_ = 0; ///< not derived: snapshots store it
  size_t open_ = 0;
  int32_t last_seq_ = 0;
  std::map<int32_t, row_index> dynamic_forks_; ///< by seq
  /// Tasks inside branches of dynamic forks, by reference with suffix.
  std::unordered_map<std::string, std::shared_ptr<const compiled_definition>>
      dynamic_definitions_;
  using iteration_key = std::pair<std::string, int32_t>; ///< loop and iteration
  struct jump {
    std::string base;
    iteration_key landing;
    int32_t pass; ///< the pass that it began, or 0
  };
  /// Number of jumps by GOTO and landing.
  std::map<std::pair<std::string, iteration_key>, int64_t> jumps_;
  std::unordered_map<row_index, jump> jump_of_row_;
  /// By iteration and pass: the pass whose GOTO began it.
  std::map<std::pair<iteration_key, int32_t>, int32_t> pass_before_;
  /// Number of rows in each pass but the first. Compensation tasks count in the
  /// iteration of their SCOPE.
  std::map<iteration_key, std::map<int32_t, size_t>> passes_;
  std::unordered_map<row_index, std::pair<iteration_key, int32_t>> pass_of_row_;
};

/// "[domain:]type[@namespace][-isolationGroup]" (reference:workers#queues).
std::string queue_name(const task& row);

/// The references in a JOIN's input under `key`. Operators can write any input,
/// so values that are no strings are ignored.
std::vector<std::string> joined_references(const task& join,
                                           const char* key = "joinOn");

} // namespace tutti::engine

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

/// One execution in memory: the fold of its events, and the indexes that let a
/// decision cost what it changes. Everything below "derived" is rebuilt by
/// `apply` and never stored.
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
  /// The latest row of that reference, or null.
  const task* latest(std::string_view reference_name) const;

  /// The earliest instant at which `timer_fired` has something to do, 0: none.
  /// In the past when an unfinished decision left work.
  int64_t next_deadline() const;
  size_t open_rows() const { return open_; }

  /// What a client is shown as the output of that row: an open JOIN shows what
  /// its branches have put out so far, a loop its iterations.
  payload visible_output(const task& row) const;
  /// It is more than `row.output`.
  bool shows_more(const task& row) const;

  // Derived, for the decider.
  using row_index = uint32_t;
  static constexpr row_index no_row = ~row_index{0};

  const compiled_definition& definition() const { return *compiled_; }
  std::shared_ptr<const compiled_definition> definition_pointer() const {
    return compiled_;
  }
  /// The definition that knows a task at that place: the execution's, or, for
  /// what stands in a branch that a dynamic fork brought, that of the branch.
  const compiled_definition& definition_at(std::string_view base,
                                           std::string_view suffix) const;
  const compiled_definition& definition_of(const task& row) const;
  /// The row of the dynamic fork that made this one; null: no fork did.
  const task* fork_of(const task& row) const;
  row_index index_of(const task& row) const;
  row_index latest_index(std::string_view reference_name) const;
  std::span<const row_index> rows_of(std::string_view reference) const;
  /// Ended rows whose consequences are still to be drawn, in row order.
  const std::set<row_index>& unconsumed() const { return unconsumed_; }
  /// Open rows that reached their deadline, in row order.
  std::vector<row_index> due(int64_t now) const;
  /// Joined references of an open JOIN that are not done yet.
  size_t missing(row_index join) const;
  /// Open joins whose last reference became done; taken by the decider.
  std::vector<row_index> take_ready_joins();
  /// The row whose output an open EXCLUSIVE_JOIN takes, or no_row.
  row_index exclusive_result(row_index join) const;
  const iteration_index& loops() const { return loops_; }
  /// Open loops that can go on; taken by the decider.
  std::vector<row_index> take_ready_loops();
  /// The loop around that row, or the scope that runs it to undo something, has
  /// not ended, or one within that was opened again; true outside of loops.
  bool in_open_loop(const task& row) const;
  /// Something that the decider would do without being told anything new.
  bool has_pending_work() const;
  /// Tidies up between two decisions: indexes of rows may change here.
  void compact();
  /// The row of a task of the definition that was made last, or null.
  const task* last_of(std::string_view base) const;
  /// The pass that this row's jump has begun where `at` stands; 0: none.
  int32_t pass_begun(row_index jump, const position& at) const;
  /// The same of those that are meant: looked for from the last one on.
  const task* last_of(std::string_view base,
                      const std::function<bool(const task&)>& meant) const;
  /// What an expression at that position means by a reference: the row made
  /// last, of the own item inside a FOR_EACH; what undoes something reads
  /// beside that.
  const task* visible(std::string_view base, const position& from) const;
  /// Every reference that has a row, without suffixes.
  std::vector<std::string> references() const;
  /// The first open row with a suffix of a reference without it.
  row_index first_open(std::string_view base) const;
  /// Open rows of the types that wait for that, in row order.
  const std::set<row_index>& waiting_for(awaited what) const {
    return waiting_[size_t(what)];
  }
  int32_t next_seq() const { return last_seq_ + 1; }
  bool has_dynamic_fork() const { return !dynamic_forks_.empty(); }
  /// A GOTO led somewhere.
  bool has_jumped() const { return !jumps_.empty(); }
  /// How often that GOTO led to where the flow stands: to that iteration, or to
  /// the top level.
  int64_t jumps(std::string_view base, const position& landing) const;
  /// A pass that nothing at that place has begun yet.
  int32_t next_pass(const position& at) const;
  /// The pass whose GOTO began this one.
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
  void count_pass(row_index i);
  void forget_pass(row_index i);
  void count_jump(row_index i);
  void forget_jump(row_index i);
  void rebuild();
  /// Refreshes everything derived from row `i`, after it changed.
  void refresh(row_index i, bool was_done);
  void remove(row_index i);
  bool loop_can_go_on(row_index loop) const;
  void book_loops(row_index i, bool open, bool works);
  void add_to_items(row_index i);
  void add_dynamic_definition(const task& row);
  void remove_dynamic_definition(const task& row);
  void tell_joins(const task& row, bool was_done);
  void find_by_reference(row_index i, bool open);
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
  /// Of rows with a suffix only: the others are found by their reference.
  std::unordered_map<std::string, std::vector<row_index>> by_base_;
  std::unordered_map<std::string, std::set<row_index>> open_by_base_;
  std::array<std::set<row_index>, 4> waiting_; ///< by `awaited`
  std::set<row_index> unconsumed_;
  std::set<std::pair<int64_t, row_index>> deadlines_;
  std::vector<int64_t> deadline_of_row_;
  std::unordered_map<row_index, std::unique_ptr<join_watch>> joins_;
  std::set<row_index> ready_joins_, ready_loops_;
  iteration_index loops_;
  /// Latest rows by FOR_EACH row, item and base reference.
  std::unordered_map<std::string, std::vector<row_index>> by_item_;
  size_t open_ = 0;
  int32_t last_seq_ = 0;
  std::map<int32_t, row_index> dynamic_forks_; ///< by seq
  /// By reference with suffix: tasks in branches that dynamic forks brought.
  std::unordered_map<std::string, std::shared_ptr<const compiled_definition>>
      dynamic_definitions_;
  using iteration_key = std::pair<std::string, int32_t>; ///< loop and iteration
  struct jump {
    std::string base;
    iteration_key landing;
    int32_t pass; ///< that it has begun, or 0
  };
  /// Jumps by GOTO and by where they led to.
  std::map<std::pair<std::string, iteration_key>, int64_t> jumps_;
  std::unordered_map<row_index, jump> jump_of_row_;
  /// The passes that GOTOs stood in which began others.
  std::map<std::pair<iteration_key, int32_t>, int32_t> pass_before_;
  /// Rows of each pass but the first. What undoes counts where its SCOPE
  /// stands.
  std::map<iteration_key, std::map<int32_t, size_t>> passes_;
  std::unordered_map<row_index, std::pair<iteration_key, int32_t>> pass_of_row_;
};

/// "[domain:]type[@namespace][-isolationGroup]" (reference:workers#queues).
std::string queue_name(const task& row);

/// The references that the input of a JOIN names; an operator may have given
/// any input.
std::vector<std::string> joined_references(const task& join,
                                           const char* key = "joinOn");

} // namespace tutti::engine

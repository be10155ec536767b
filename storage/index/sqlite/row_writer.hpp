#pragma once

#include "storage/index/index_store.hpp"
#include "storage/index/sqlite/sum_writer.hpp"
#include "storage/index/sqlite/text_numbers.hpp"

#include <string>
#include <unordered_map>
#include <vector>

namespace tutti::index {

/// Writes changes of executions into the tables, within the caller's
/// transaction. Private to this folder.
class row_writer {
 public:
  row_writer(const database& to, task_policy tasks);

  /// False: the index does not know the execution well enough.
  bool apply(const execution_change& x);
  /// A complete change of an execution that the index cannot have, in a file
  /// without trees.
  void add(const execution_change& x);
  void set_position(uint32_t shard, uint64_t position);
  /// Writes the sums that are held back. Before the transaction ends.
  void flush();
  /// The transaction was not written: forgets what it had learned.
  void forget();

 private:
  struct stored_workflow {
    int64_t doc = 0;
    workflow_row row;
    int64_t revision = 0;
    text_numbers texts;
  };
  struct stored_task {
    bool open = false; ///< among those that are not shown yet
    task_row row;
  };
  /// What is done to a table of tasks.
  struct task_table {
    statement find, insert, update, erase, erase_all;
  };

  bool insert(const execution_change& x);
  bool update(const execution_change& x, const stored_workflow& stored);
  std::optional<stored_workflow> find_workflow(const std::string& id);
  void put_workflow(const std::string& id, const stored_workflow& x,
                    statement& by);
  void put_progress(const stored_workflow& x);
  void erase(const stored_workflow& x);
  void mark_stale(const stored_workflow& x, const text_numbers& next);
  void put_words(const execution_change& x, int64_t doc,
                 const text_numbers& texts);
  void put_attributes(const execution_change& x, int64_t doc, bool is_new);
  void count(const workflow_row& x, int64_t times);

  void insert_tasks(const execution_change& x, int64_t workflow);
  bool update_task(const changed_task& x, int64_t workflow);
  std::optional<stored_task> find_task(const std::string& id, int64_t workflow);
  void put_task(const std::string& id, int64_t workflow, const task_row& x,
                bool open, bool is_new);
  void count(const task_row& x, int64_t times);
  bool shows(const task_row& x) const;
  bool keeps(const task_row& x) const;

  int64_t number_of(const std::string& name);
  std::string name_of(int64_t number);
  void read_next_doc();

  const database& db_;
  const task_policy policy_;
  statement find_workflow_, insert_workflow_, update_workflow_,
      update_progress_, erase_workflow_;
  statement insert_words_, insert_stale_;
  statement insert_attribute_, erase_part_, erase_attributes_;
  task_table shown_, open_;
  statement find_name_, insert_name_, read_name_;
  statement find_shown_;
  statement put_position_, put_next_doc_;
  int64_t next_doc_ = 1;

  std::unordered_map<std::string, int64_t> numbers_;
  std::unordered_map<int64_t, std::string> names_;
  sum_writer sums_;
};

} // namespace tutti::index

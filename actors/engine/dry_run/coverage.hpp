#pragma once

#include "messages/model/execution.hpp"

#include <map>
#include <string>
#include <vector>

namespace tutti::engine::dry_run {

/// What of a definition has run: its tasks, and every way a task can lead on
/// (cases, the default case, branches of a fork, loop bodies, handlers).
class coverage {
 public:
  struct item {
    std::string task;   ///< reference name
    std::string branch; ///< "decisionCases[a]"; empty: the task itself
    size_t times = 0;
  };

  explicit coverage(const workflow_def& of);

  /// A row of this definition was made, or came to an end.
  void made(const task& row);
  void ended(const task& row);
  /// What another run of the same definition has seen.
  void add(const coverage& other);

  /// In the order of the definition.
  const std::vector<item>& items() const { return items_; }
  size_t covered() const;
  /// 0 to 100; of nothing it is 100.
  double percent() const;

 private:
  void collect(const std::vector<workflow_task>& list);
  void count(const std::string& task, const std::string& branch);
  static std::string key(const std::string& task, const std::string& branch);

  std::vector<item> items_;
  std::map<std::string, size_t> index_;
  /// The branch that a task is the first of, as an index of `items_`.
  std::map<std::string, size_t> begins_;
};

/// Appends {"percent", "covered", "total", "tasks", "branches", "notCovered"}.
void write(std::string& out, const coverage& x);

} // namespace tutti::engine::dry_run

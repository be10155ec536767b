#pragma once

#include "messages/model/execution.hpp"

#include <map>
#include <string>
#include <vector>

namespace tutti::engine::dry_run {

/// Which tasks of a definition ran, and which branches: cases, the default
/// case, branches of a fork, loop bodies, handlers.
class coverage {
 public:
  struct item {
    std::string task;   ///< reference name
    std::string branch; ///< "decisionCases[a]"; empty: the task itself
    size_t times = 0;
  };

  explicit coverage(const workflow_def& of);

  /// A row of this definition was created, or ended.
  void made(const task& row);
  void ended(const task& row);
  /// Adds the coverage of another run of the same definition.
  void add(const coverage& other);

  /// In definition order.
  const std::vector<item>& items() const { return items_; }
  size_t covered() const;
  /// 0 to 100; 100 for a definition without items.
  double percent() const;

 private:
  void collect(const std::vector<workflow_task>& list);
  void count(const std::string& task, const std::string& branch);
  static std::string key(const std::string& task, const std::string& branch);

  std::vector<item> items_;
  std::map<std::string, size_t> index_;
  /// By reference of a branch's first task: the branch's index in `items_`.
  std::map<std::string, size_t> begins_;
};

/// Appends {"percent", "covered", "total", "tasks", "branches", "notCovered"}.
void write(std::string& out, const coverage& x);

} // namespace tutti::engine::dry_run

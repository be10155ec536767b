#pragma once

#include "actors/engine/decider.hpp"

#include <map>
#include <set>
#include <string>
#include <string_view>

namespace tutti::engine::dry_run {

/// The queues of a virtual node. Rows are ordered by priority, then by the
/// instant they became visible, then by creation.
class queues {
 public:
  struct entry {
    queue_row row;
    std::string workflow_id;
  };

  void offer(const queue_row& row, const std::string& workflow_id);
  void withdraw(const queue_row& row);
  /// Removes all rows of that execution.
  void forget(const std::string& workflow_id);

  /// The next row to hand out; null when none is visible.
  const entry* head(std::string_view queue, int64_t now) const;
  size_t size(std::string_view queue) const;
  /// The earliest instant after `now` at which a row becomes visible; 0: none.
  int64_t next_visible(int64_t now) const;

  struct first_out {
    bool operator()(const entry& a, const entry& b) const;
  };
  using rows = std::set<entry, first_out>;
  /// Every queue that ever had a row.
  const std::map<std::string, rows, std::less<>>& all() const { return all_; }

 private:
  std::map<std::string, rows, std::less<>> all_;
};

} // namespace tutti::engine::dry_run

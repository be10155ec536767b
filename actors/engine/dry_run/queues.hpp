#pragma once

#include "actors/engine/decider.hpp"

#include <map>
#include <set>
#include <string>
#include <string_view>

namespace tutti::engine::dry_run {

/// The queues of a virtual node: what waits, in the order it is handed out
/// (urgency, then the instant it became visible, then the order of creation).
class queues {
 public:
  struct entry {
    queue_row row;
    std::string workflow_id;
  };

  void offer(const queue_row& row, const std::string& workflow_id);
  void withdraw(const queue_row& row);
  /// Takes out everything of that execution.
  void forget(const std::string& workflow_id);

  /// What is handed out next; null when nothing is visible.
  const entry* head(std::string_view queue, int64_t now) const;
  size_t size(std::string_view queue) const;
  /// The earliest instant after `now` at which some row becomes visible; 0:
  /// never.
  int64_t next_visible(int64_t now) const;

  struct first_out {
    bool operator()(const entry& a, const entry& b) const;
  };
  using rows = std::set<entry, first_out>;
  /// Every queue that ever held something.
  const std::map<std::string, rows, std::less<>>& all() const { return all_; }

 private:
  std::map<std::string, rows, std::less<>> all_;
};

} // namespace tutti::engine::dry_run

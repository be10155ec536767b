#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace tutti {

/// The grants in the window. Each has a slot, the number of its stored row.
/// Slots of grants that left the window are reused, so there are never more
/// rows than grants in a window.
class rate_window {
 public:
  struct grant {
    int64_t at = 0;
    uint32_t slot = 0;
    std::string task_id;
  };

  /// Adds stored grants, in any order; grants from the future count as made
  /// now.
  void load(std::vector<grant> stored, int64_t now);
  /// Drops grants made at `before` or earlier.
  void forget(int64_t before);
  const grant& add(int64_t now, std::string task_id);
  /// Removes the task's grant: it was not handed out.
  bool take_back(std::string_view task_id);

  size_t size() const { return grants_.size(); }
  /// Time of the oldest grant.
  std::optional<int64_t> oldest() const {
    if (grants_.empty())
      return std::nullopt;
    return grants_.front().at;
  }

 private:
  uint32_t take_slot();

  std::deque<grant> grants_; ///< oldest first
  std::set<uint32_t> free_;
  uint32_t next_slot_ = 0;
};

} // namespace tutti

#pragma once

#include "messages/interfaces.hpp"

#include <algorithm>
#include <compare>
#include <string>
#include <tuple>

namespace tutti {

/// The rank of a row in its queue; the lowest is handed out first. The order is
/// that of the stored keys (storage/keys.hpp): urgency, then the instant it
/// became visible, then creation.
struct queue_rank {
  uint8_t urgency = 0; ///< 255 - priority
  int64_t visible_at = 0;
  int32_t seq = 0;
  std::string task_id;

  auto operator<=>(const queue_rank&) const = default;

  /// Before every row.
  static queue_rank first() { return {0, INT64_MIN, INT32_MIN, {}}; }
};

inline uint8_t urgency_of(int32_t priority) {
  return uint8_t(255 - std::clamp(priority, 0, 255));
}

inline queue_rank rank_of(const waiting_task& x) {
  return {urgency_of(x.priority), x.visible_at, x.seq, x.task_id};
}

/// The same row, not only the same task: a task that is queued again gets a new
/// row.
inline bool same_row(const waiting_task& a, const waiting_task& b) {
  return a.visible_at == b.visible_at && a.seq == b.seq
         && a.priority == b.priority && a.task_id == b.task_id;
}

struct best_first {
  bool operator()(const waiting_task& a, const waiting_task& b) const {
    auto key = [](const waiting_task& x) {
      return std::make_tuple(urgency_of(x.priority), x.visible_at, x.seq,
                             std::string_view(x.task_id));
    };
    return key(a) < key(b);
  }
};

} // namespace tutti

#pragma once

#include "messages/requests.hpp"

#include <chrono>
#include <map>
#include <optional>
#include <set>
#include <unordered_map>
#include <vector>

namespace tutti {

/// A poll that waits. `arrival` is its place in the line, which it keeps when
/// a hand-out came to nothing and it goes back.
struct parked_poll {
  using instant = std::chrono::steady_clock::time_point;

  uint64_t arrival = 0;
  instant deadline;
  envelope<poll_tasks> poll;
};

/// Polls in the order in which they came.
class parked_polls {
 public:
  using instant = parked_poll::instant;

  /// Answers it with nothing if its client left while it was away.
  void park(parked_poll x);

  std::optional<parked_poll> take();
  /// Its client is gone: nothing is handed to it any more, from here or when a
  /// hand-out that is under way comes to nothing.
  void cancel(uint64_t poll_id, instant now);

  /// Those that waited long enough, in the order in which they came.
  std::vector<parked_poll> take_expired(instant now);
  std::vector<parked_poll> take_all();

  std::optional<instant> next_deadline() const {
    if (deadlines_.empty())
      return std::nullopt;
    return deadlines_.begin()->first;
  }

  size_t size() const { return polls_.size(); }
  bool empty() const { return polls_.empty(); }

 private:
  parked_poll extract(uint64_t arrival);

  /// A hand-out is over by then, with or without an answer to the poll.
  static constexpr std::chrono::seconds cancellation_kept{60};

  std::map<uint64_t, parked_poll> polls_;
  std::unordered_map<uint64_t, uint64_t> arrival_of_; ///< by poll id
  /// Polls that were not here when their clients left, and when they did.
  std::unordered_map<uint64_t, instant> cancelled_;
  std::set<std::pair<instant, uint64_t>> deadlines_;
};

} // namespace tutti

#pragma once

#include "messages/requests.hpp"

#include <chrono>
#include <map>
#include <optional>
#include <set>
#include <unordered_map>
#include <vector>

namespace tutti {

/// A waiting poll. `arrival` is its rank, which it keeps when a hand-out gives
/// it no task.
struct parked_poll {
  using instant = std::chrono::steady_clock::time_point;

  uint64_t arrival = 0;
  instant deadline;
  envelope<poll_tasks> poll;
};

/// Polls in the order of arrival.
class parked_polls {
 public:
  using instant = parked_poll::instant;

  /// Answers the poll with nothing if its client left during a hand-out.
  void park(parked_poll x);

  std::optional<parked_poll> take();
  /// The first one that is a worker's, not the node's own.
  std::optional<parked_poll> take_of_worker();
  /// Its client is gone: it gets no task any more, neither now nor after a
  /// hand-out under way.
  void cancel(uint64_t poll_id, instant now);

  /// Polls whose timeout has passed, in the order of arrival.
  std::vector<parked_poll> take_expired(instant now);
  std::vector<parked_poll> take_all();

  std::optional<instant> next_deadline() const {
    if (deadlines_.empty())
      return std::nullopt;
    return deadlines_.begin()->first;
  }

  size_t size() const { return polls_.size(); }
  bool has_workers() const { return workers_ > 0; }
  bool empty() const { return polls_.empty(); }

 private:
  parked_poll extract(uint64_t arrival);

  /// A hand-out ends within this time, with or without an answer.
  static constexpr std::chrono::seconds cancellation_kept{60};

  std::map<uint64_t, parked_poll> polls_;
  size_t workers_ = 0;
  std::unordered_map<uint64_t, uint64_t> arrival_of_; ///< by poll id
  /// Polls in a hand-out whose client left, with the time of that.
  std::unordered_map<uint64_t, instant> cancelled_;
  std::set<std::pair<instant, uint64_t>> deadlines_;
};

} // namespace tutti

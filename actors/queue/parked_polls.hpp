#pragma once

#include "messages/requests.hpp"

#include <chrono>
#include <map>
#include <optional>
#include <set>
#include <vector>

namespace tutti {

/// A poll that waits. `arrival` is its place in the line, which it keeps when
/// a hand-out came to nothing and it goes back.
struct parked_poll {
  using instant = std::chrono::steady_clock::time_point;

  uint64_t arrival = 0;
  instant deadline;
  poll_tasks poll;

  bool client_is_gone() const { return poll.gone && poll.gone(); }
};

/// Polls in the order in which they came.
class parked_polls {
 public:
  using instant = parked_poll::instant;

  void park(parked_poll x) {
    deadlines_.insert({x.deadline, x.arrival});
    auto arrival = x.arrival;
    polls_.insert_or_assign(arrival, std::move(x));
  }

  /// The first whose client still waits; those before it that gave up are
  /// dropped.
  std::optional<parked_poll> take();

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

  std::map<uint64_t, parked_poll> polls_;
  std::set<std::pair<instant, uint64_t>> deadlines_;
};

} // namespace tutti

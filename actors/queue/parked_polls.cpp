#include "actors/queue/parked_polls.hpp"

#include <algorithm>

namespace tutti {

parked_poll parked_polls::extract(uint64_t arrival) {
  auto node = polls_.extract(arrival);
  auto out = std::move(node.mapped());
  deadlines_.erase({out.deadline, arrival});
  arrival_of_.erase(out.poll.request.poll_id);
  workers_ -= out.poll.request.by_node ? 0 : 1;
  return out;
}

void parked_polls::park(parked_poll x) {
  auto id = x.poll.request.poll_id;
  if (!cancelled_.empty() && cancelled_.erase(id) > 0)
    return x.poll.done(polled{});
  deadlines_.insert({x.deadline, x.arrival});
  if (id != 0)
    arrival_of_[id] = x.arrival;
  workers_ += x.poll.request.by_node ? 0 : 1;
  auto arrival = x.arrival;
  polls_.insert_or_assign(arrival, std::move(x));
}

std::optional<parked_poll> parked_polls::take_of_worker() {
  for (auto& [arrival, x] : polls_)
    if (!x.poll.request.by_node)
      return extract(arrival);
  return std::nullopt;
}

std::optional<parked_poll> parked_polls::take() {
  if (polls_.empty())
    return std::nullopt;
  return extract(polls_.begin()->first);
}

void parked_polls::cancel(uint64_t poll_id, instant now) {
  if (auto found = arrival_of_.find(poll_id); found != arrival_of_.end()) {
    extract(found->second).poll.done(polled{});
    return;
  }
  std::erase_if(cancelled_,
                [&](auto& x) { return now - x.second > cancellation_kept; });
  if (poll_id != 0)
    cancelled_[poll_id] = now;
}

std::vector<parked_poll> parked_polls::take_expired(instant now) {
  std::vector<uint64_t> late;
  for (auto& [deadline, arrival] : deadlines_) {
    if (deadline > now)
      break;
    late.push_back(arrival);
  }
  std::sort(late.begin(), late.end());
  std::vector<parked_poll> out;
  out.reserve(late.size());
  for (auto arrival : late)
    out.push_back(extract(arrival));
  return out;
}

std::vector<parked_poll> parked_polls::take_all() {
  std::vector<parked_poll> out;
  while (!polls_.empty())
    out.push_back(extract(polls_.begin()->first));
  return out;
}

} // namespace tutti

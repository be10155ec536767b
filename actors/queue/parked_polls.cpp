#include "actors/queue/parked_polls.hpp"

#include <algorithm>

namespace tutti {

parked_poll parked_polls::extract(uint64_t arrival) {
  auto node = polls_.extract(arrival);
  auto out = std::move(node.mapped());
  deadlines_.erase({out.deadline, arrival});
  return out;
}

std::optional<parked_poll> parked_polls::take() {
  while (!polls_.empty()) {
    auto x = extract(polls_.begin()->first);
    if (!x.client_is_gone())
      return x;
    x.poll.done(polled{});
  }
  return std::nullopt;
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

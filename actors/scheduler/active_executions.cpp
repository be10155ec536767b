#include "actors/scheduler/active_executions.hpp"

#include "messages/model/ids.hpp"

namespace tutti {

namespace residents_detail {

std::string_view prefix_of(std::string_view id) {
  return id.substr(0, id_prefix_length);
}

} // namespace residents_detail

residents::list::iterator residents::place_of(std::string_view id) {
  auto range = by_prefix_.equal_range(residents_detail::prefix_of(id));
  for (auto it = range.first; it != range.second; ++it)
    if (it->second->id == id)
      return it->second;
  return order_.end();
}

resident* residents::find(const std::string& id) {
  auto place = place_of(id);
  return place == order_.end() ? nullptr : &*place;
}

resident* residents::find_by_task(std::string_view task_id) {
  auto it = by_prefix_.find(residents_detail::prefix_of(task_id));
  return it == by_prefix_.end() ? nullptr : &*it->second;
}

resident* residents::find(const caf::actor_addr& address) {
  auto it = by_address_.find(address);
  return it == by_address_.end() ? nullptr : &*it->second;
}

resident& residents::add(resident x) {
  order_.push_back(std::move(x));
  auto place = std::prev(order_.end());
  place->place = place;
  by_prefix_.emplace(residents_detail::prefix_of(place->id), place);
  by_address_[place->actor.address()] = place;
  return *place;
}

void residents::used(resident& x, instant now) {
  x.last_used = now;
  order_.splice(order_.end(), order_, x.place);
}

resident residents::remove(resident& x) {
  auto place = x.place;
  by_address_.erase(place->actor.address());
  auto range = by_prefix_.equal_range(residents_detail::prefix_of(x.id));
  for (auto it = range.first; it != range.second; ++it)
    if (it->second == place) {
      by_prefix_.erase(it);
      break;
    }
  auto out = std::move(*place);
  order_.erase(place);
  return out;
}

std::vector<resident*> residents::sleepy(instant now,
                                         const execution_settings& by) {
  std::vector<resident*> out;
  auto surplus
      = size() > by.resident_max ? size() - by.resident_max : size_t{0};
  for (auto& x : order_) {
    auto idle = now - x.last_used;
    bool too_many = out.size() < surplus;
    if (!too_many && idle < std::min(by.idle_sleep, by.terminal_sleep))
      break;
    if (x.now != resident::phase::awake)
      continue;
    if (too_many || idle >= by.idle_sleep
        || (idle >= by.terminal_sleep && x.badge->ended()))
      out.push_back(&x);
  }
  return out;
}

} // namespace tutti

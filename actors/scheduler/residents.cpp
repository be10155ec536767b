#include "actors/scheduler/residents.hpp"

#include "messages/model/ids.hpp"

namespace tutti {

resident* residents::find(const std::string& id) {
  auto it = by_id_.find(id);
  return it == by_id_.end() ? nullptr : &*it->second;
}

resident* residents::find_by_task(std::string_view task_id) {
  auto prefix = task_id.substr(0, id_prefix_length);
  auto it = by_id_.lower_bound(prefix);
  return it != by_id_.end() && it->first.starts_with(prefix) ? &*it->second
                                                             : nullptr;
}

resident* residents::find(const caf::actor_addr& address) {
  auto it = by_address_.find(address);
  return it == by_address_.end() ? nullptr : &*it->second;
}

resident& residents::add(resident x) {
  order_.push_back(std::move(x));
  auto it = std::prev(order_.end());
  by_id_[it->id] = it;
  by_address_[it->actor.address()] = it;
  return *it;
}

void residents::used(resident& x, instant now) {
  x.last_used = now;
  order_.splice(order_.end(), order_, by_id_.find(x.id)->second);
}

resident residents::remove(resident& x) {
  auto it = by_id_.find(x.id);
  auto where = it->second;
  by_address_.erase(where->actor.address());
  by_id_.erase(it);
  auto out = std::move(*where);
  order_.erase(where);
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

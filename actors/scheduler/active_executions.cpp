#include "actors/scheduler/active_executions.hpp"

#include "messages/model/ids.hpp"

namespace tutti {

namespace active_executions_detail {

std::string_view prefix_of(std::string_view id) {
  return id.substr(0, id_prefix_length);
}

} // namespace active_executions_detail

active_executions::list::iterator
active_executions::order_of(std::string_view id) {
  auto range = by_prefix_.equal_range(active_executions_detail::prefix_of(id));
  for (auto it = range.first; it != range.second; ++it)
    if (it->second->id == id)
      return it->second;
  return order_.end();
}

active_execution* active_executions::find(const std::string& id) {
  auto order = order_of(id);
  return order == order_.end() ? nullptr : &*order;
}

active_execution* active_executions::find_by_task(std::string_view task_id) {
  auto it = by_prefix_.find(active_executions_detail::prefix_of(task_id));
  return it == by_prefix_.end() ? nullptr : &*it->second;
}

active_execution* active_executions::find(const caf::actor_addr& address) {
  auto it = by_address_.find(address);
  return it == by_address_.end() ? nullptr : &*it->second;
}

active_execution& active_executions::add(active_execution x) {
  order_.push_back(std::move(x));
  auto order = std::prev(order_.end());
  order->order = order;
  by_prefix_.emplace(active_executions_detail::prefix_of(order->id), order);
  by_address_[order->actor.address()] = order;
  return *order;
}

void active_executions::used(active_execution& x, instant now) {
  x.last_used = now;
  order_.splice(order_.end(), order_, x.order);
}

active_execution active_executions::remove(active_execution& x) {
  auto order = x.order;
  by_address_.erase(order->actor.address());
  auto range
      = by_prefix_.equal_range(active_executions_detail::prefix_of(x.id));
  for (auto it = range.first; it != range.second; ++it)
    if (it->second == order) {
      by_prefix_.erase(it);
      break;
    }
  auto out = std::move(*order);
  order_.erase(order);
  return out;
}

std::vector<active_execution*>
active_executions::eviction_candidates(instant now,
                                       const execution_settings& by) {
  std::vector<active_execution*> out;
  auto surplus = size() > by.active_max ? size() - by.active_max : size_t{0};
  for (auto& x : order_) {
    auto idle = now - x.last_used;
    bool too_many = out.size() < surplus;
    if (!too_many && idle < std::min(by.idle_sleep, by.terminal_sleep))
      break;
    if (x.now != active_execution::phase::awake)
      continue;
    if (too_many || idle >= by.idle_sleep
        || (idle >= by.terminal_sleep && x.shared_status->ended()))
      out.push_back(&x);
  }
  return out;
}

} // namespace tutti

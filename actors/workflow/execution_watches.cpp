#include "actors/workflow/execution_watches.hpp"

#include <algorithm>

namespace tutti {

bool execution_watches::add(watch& x, size_t most) {
  std::lock_guard guard(mutex_);
  auto& all = by_execution_[x.request.workflow_id];
  auto same = std::find_if(all.begin(), all.end(), [&](auto& other) {
    return other.request.watch_id == x.request.watch_id;
  });
  if (same != all.end()) {
    *same = std::move(x);
    return true;
  }
  if (all.size() >= most) {
    if (all.empty())
      by_execution_.erase(x.request.workflow_id);
    return false;
  }
  all.push_back(std::move(x));
  ++count_;
  return true;
}

void execution_watches::end(const std::string& workflow_id, uint64_t watch_id) {
  // Destroyed after the lock is released: its reply answers somebody.
  auto ended = take(workflow_id, [watch_id](const watch& x) {
    return x.request.watch_id == watch_id;
  });
}

std::vector<execution_watches::watch>
execution_watches::take(const std::string& workflow_id,
                        const std::function<bool(const watch&)>& met) {
  std::vector<watch> out;
  std::lock_guard guard(mutex_);
  auto it = by_execution_.find(workflow_id);
  if (it == by_execution_.end())
    return out;
  std::vector<watch> kept;
  for (auto& x : it->second)
    (met(x) ? out : kept).push_back(std::move(x));
  it->second = std::move(kept);
  count_ -= out.size();
  if (it->second.empty())
    by_execution_.erase(it);
  return out;
}

} // namespace tutti

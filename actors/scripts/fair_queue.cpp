#include "actors/scripts/fair_queue.hpp"

#include <algorithm>
#include <utility>

namespace tutti {

void fair_queue::push(script_job_pointer job, instant now) {
  auto it = groups_.try_emplace(job->group).first;
  if (it->second.jobs.empty())
    turn_.push_back(it);
  it->second.jobs.push_back({std::move(job), now});
  ++size_;
}

// Skips groups that run their share; there are at most as many as evaluators.
script_job_pointer fair_queue::take(instant until) {
  auto next = std::ranges::find_if(turn_, [&](auto& it) {
    return may_begin(it->second) && it->second.jobs.front().since <= until;
  });
  if (next == turn_.end())
    return {};
  auto& from = (*next)->second;
  auto out = std::move(from.jobs.front().job);
  from.jobs.pop_front();
  ++from.under_way;
  --size_;
  if (from.jobs.empty())
    turn_.erase(next);
  else
    turn_.splice(turn_.end(), turn_, next);
  return out;
}

void fair_queue::ended(const std::string& group) {
  auto it = groups_.find(group);
  if (it == groups_.end())
    return;
  --it->second.under_way;
  forget_if_idle(it);
}

void fair_queue::forget_if_idle(groups::iterator it) {
  if (it->second.jobs.empty() && it->second.under_way == 0)
    groups_.erase(it);
}

std::optional<fair_queue::instant> fair_queue::oldest() const {
  std::optional<instant> out;
  for (auto& it : turn_)
    if (may_begin(it->second))
      out = std::min(out.value_or(instant::max()),
                     it->second.jobs.front().since);
  return out;
}

bool fair_queue::admits(std::string_view group, size_t most) const {
  if (size_ < most)
    return true;
  auto it = groups_.find(group);
  auto own = it == groups_.end() ? 0 : it->second.jobs.size();
  auto waiting = turn_.size() + (own == 0 ? 1 : 0);
  return (own + 1) * waiting <= most;
}

std::vector<script_job_pointer> fair_queue::clear() {
  std::vector<script_job_pointer> out;
  for (auto& it : std::exchange(turn_, {})) {
    for (auto& x : std::exchange(it->second.jobs, {}))
      out.push_back(std::move(x.job));
    forget_if_idle(it);
  }
  size_ = 0;
  return out;
}

} // namespace tutti

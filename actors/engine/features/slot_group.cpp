#include "actors/engine/features/slot_group.hpp"

#include <algorithm>

namespace tutti::engine {

void slot_group::restore(uint64_t number, claim x) {
  auto& id = x.workflow_id;
  number_of_[id] = number;
  auto& kept = claims_.emplace(number, std::move(x)).first->second;
  if (kept.held)
    ++held_;
  else
    waiting_.emplace(number, &kept);
}

slot_group::changes slot_group::ask(uint64_t number,
                                    const std::string& workflow_id,
                                    int32_t generation, int32_t limit) {
  changes out;
  if (auto known = number_of_.find(workflow_id); known != number_of_.end()) {
    auto& x = claims_.at(known->second);
    if (generation <= x.generation)
      return out;
    // The execution runs again, and the return of its earlier slot is still
    // under way. That message will find another generation and change nothing.
    out = give_back(workflow_id, x.generation);
  }
  restore(number, {workflow_id, generation, limit, false});
  out.push_back({number, false, claims_.at(number), false});
  grant(out);
  return out;
}

bool slot_group::try_ask(uint64_t number, const std::string& workflow_id,
                         int32_t generation, int32_t limit, changes& out) {
  if (auto known = number_of_.find(workflow_id); known != number_of_.end())
    return claims_.at(known->second).held;
  if (held_ >= size_t(std::max(limit, 0)) || !waiting_.empty())
    return false;
  restore(number, {workflow_id, generation, limit, true});
  out.push_back({number, false, claims_.at(number), false});
  return true;
}

slot_group::changes slot_group::give_back(const std::string& workflow_id,
                                          int32_t generation) {
  changes out;
  auto known = number_of_.find(workflow_id);
  if (known == number_of_.end())
    return out;
  auto number = known->second;
  auto& x = claims_.at(number);
  if (x.generation != generation)
    return out;
  if (x.held)
    --held_;
  else
    waiting_.erase(number);
  claims_.erase(number);
  number_of_.erase(known);
  out.push_back({number, true, {}, false});
  grant(out);
  return out;
}

// Strictly in order: the first claim that does not fit blocks those after it.
void slot_group::grant(changes& out) {
  while (!waiting_.empty()) {
    const auto number = waiting_.begin()->first;
    auto x = waiting_.begin()->second;
    if (held_ >= size_t(std::max(x->limit, 1)))
      return;
    x->held = true;
    ++held_;
    waiting_.erase(waiting_.begin());
    auto same = std::find_if(out.begin(), out.end(), [&](auto& c) {
      return c.number == number && !c.erased;
    });
    if (same == out.end())
      out.push_back({number, false, *x, true});
    else
      *same = {number, false, *x, true};
  }
}

} // namespace tutti::engine

#include "actors/scheduler/family_sizes.hpp"

namespace tutti {

const bound* family_sizes::admit(const std::string& family, uint64_t bytes,
                                 size most) {
  if (family.empty())
    return nullptr; // asked for by an earlier version
  if (known_.size() >= known_max_)
    forget_small_ones();
  auto& x = known_[family];
  if (x.executions + 1 > most.executions)
    return &bounds::family_executions;
  if (x.bytes + bytes > most.bytes)
    return &bounds::family_inputs;
  ++x.executions;
  x.bytes += bytes;
  return nullptr;
}

family_sizes::size family_sizes::of(const std::string& family) const {
  auto it = known_.find(family);
  return it == known_.end() ? size{} : it->second;
}

/// Most families are small and never come near the limit.
void family_sizes::forget_small_ones() {
  for (uint64_t small = 2; known_.size() > known_max_ / 2; small *= 2)
    std::erase_if(known_, [&](auto& x) {
      return x.second.executions < small && x.second.bytes < (small << 20);
    });
}

} // namespace tutti

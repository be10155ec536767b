#pragma once

#include <cstdint>
#include <random>
#include <vector>

namespace tutti::reference {

/// Random numbers, the same on every machine.
class dice {
 public:
  explicit dice(uint64_t seed) : random_(seed) {}
  uint64_t below(uint64_t n) { return random_() % n; }
  bool one_in(uint64_t n) { return below(n) == 0; }
  template <class T>
  const T& of(const std::vector<T>& list) {
    return list[below(list.size())];
  }

 private:
  std::mt19937_64 random_;
};

} // namespace tutti::reference

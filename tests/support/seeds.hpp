#pragma once

#include <doctest/doctest.h>

#include <cstdint>
#include <cstdlib>

namespace tutti::test {

inline uint64_t number_from(const char* variable, uint64_t otherwise) {
  auto* text = std::getenv(variable);
  return text ? std::strtoull(text, nullptr, 10) : otherwise;
}

/// The seed of a test that plays one sequence. TUTTI_SEED=n plays another.
inline uint64_t seed_or(uint64_t fixed) {
  return number_from("TUTTI_SEED", fixed);
}

/// Calls `body(seed)` for `count` seeds from `first` on, the same ones in every
/// run; what fails is printed with its seed. TUTTI_SEED=n runs that one alone,
/// TUTTI_SEEDS=n that many. Returns how many were run.
template <class Body>
uint64_t for_each_seed(uint64_t first, uint64_t count, Body body) {
  if (auto only = number_from("TUTTI_SEED", 0)) {
    first = only;
    count = 1;
  } else {
    count = number_from("TUTTI_SEEDS", count);
  }
  for (auto seed = first; seed < first + count; ++seed) {
    INFO("replay with TUTTI_SEED=", seed);
    body(seed);
  }
  return count;
}

} // namespace tutti::test

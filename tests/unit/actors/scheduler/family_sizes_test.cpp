#include "actors/scheduler/family_sizes.hpp"

#include <doctest/doctest.h>

namespace family_sizes_test {

using namespace tutti;

TEST_CASE("a family grows up to its limit of executions and of bytes [A3]") {
  family_sizes x;
  family_sizes::size most{3, 100};
  CHECK(x.admit("a", 10, most) == nullptr);
  CHECK(x.admit("a", 10, most) == nullptr);
  CHECK(x.admit("a", 90, most) == &bounds::family_inputs);
  CHECK(x.admit("a", 80, most) == nullptr);
  CHECK(x.admit("a", 0, most) == &bounds::family_executions);
  CHECK(x.of("a").executions == 3);
  CHECK(x.of("a").bytes == 100);
  // Others are not affected.
  CHECK(x.admit("b", 100, most) == nullptr);
}

TEST_CASE("small families are forgotten when there are many, large ones not") {
  family_sizes x;
  family_sizes::size most{1'000'000, ~uint64_t{0}};
  for (int i = 0; i < 1'000; ++i)
    x.admit("large", 1, most);
  for (int i = 0; i < 250'000; ++i)
    x.admit(std::to_string(i), 1, most);
  CHECK(x.of("large").executions == 1'000);
  CHECK(x.of("0").executions == 0);
}

} // namespace family_sizes_test

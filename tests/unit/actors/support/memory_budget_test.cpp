#include "actors/support/memory_budget.hpp"

#include <doctest/doctest.h>

namespace memory_budget_tests {

using tutti::errc;
using tutti::memory_budget;

constexpr size_t mib = 1 << 20;

TEST_CASE(
    "starts are refused while the budget is spent, and not before [A11]") {
  memory_budget x(100 * mib);
  x.measured({99 * mib, 80 * mib});
  CHECK(x.tight());
  CHECK_FALSE(x.refuse_start());
  x.measured({120 * mib, 110 * mib});
  auto no = x.refuse_start();
  REQUIRE(no);
  CHECK(no->code == errc::too_many);
  CHECK(no->message.find("120 MiB") != std::string::npos);
  CHECK(no->message.find("100 MiB of memory (memory.budget_mib)")
        != std::string::npos);
}

TEST_CASE("a level is left only well below where it begins [A11]") {
  memory_budget x(100 * mib);
  x.measured({101 * mib, 0});
  CHECK(x.spent());
  x.measured({98 * mib, 0});
  CHECK(x.spent());
  x.measured({90 * mib, 0});
  CHECK_FALSE(x.spent());
  CHECK(x.tight());
  x.measured({73 * mib, 0});
  CHECK(x.tight());
  x.measured({60 * mib, 0});
  CHECK_FALSE(x.tight());
}

TEST_CASE("without a budget nothing is tight") {
  memory_budget x(0);
  x.measured({SIZE_MAX / 2, SIZE_MAX / 2});
  CHECK_FALSE(x.tight());
  CHECK_FALSE(x.refuse_start());
}

} // namespace memory_budget_tests

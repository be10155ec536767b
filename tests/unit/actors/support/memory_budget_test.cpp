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
  CHECK_FALSE(x.begin_start(0));
  CHECK_FALSE(x.begin_start(10'000));
  x.end_start(10'000);
  x.measured({110 * mib, 110 * mib});
  auto no = x.begin_start(10'000);
  REQUIRE(no);
  CHECK(no->code == errc::too_many);
  CHECK(no->message.find("110 MiB") != std::string::npos);
  CHECK(no->message.find("100 MiB of memory (memory.budget_mib)")
        != std::string::npos);
}

TEST_CASE("what others take keeps out small starts last [A3]") {
  memory_budget x(100 * mib);
  x.measured({110 * mib, 0});
  REQUIRE(x.spent());
  CHECK(x.begin_start(10'000));
  for (int i = 0; i < 100; ++i)
    REQUIRE_FALSE(x.begin_start(1'000));
  for (int i = 0; i < 100; ++i)
    x.end_start(1'000);
  x.measured({122 * mib, 0});
  CHECK(x.begin_start(0));
}

TEST_CASE("what stays in memory is refused while the budget is spent [A11]") {
  memory_budget x(100 * mib);
  x.measured({99 * mib, 80 * mib});
  CHECK_FALSE(x.admit());
  x.measured({120 * mib, 110 * mib});
  auto no = x.admit();
  REQUIRE(no);
  CHECK(no->code == errc::too_many);
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

TEST_CASE("starts under way count before they take memory [A11]") {
  memory_budget x(100 * mib);
  x.measured({50 * mib, 0});
  CHECK_FALSE(x.begin_start(4 * mib));
  CHECK(x.begin_start(4 * mib)); // together 80 MiB in copies
  CHECK_FALSE(x.begin_start(1'000));
  x.end_start(1'000);
  x.end_start(4 * mib);
  CHECK_FALSE(x.begin_start(4 * mib));
  x.end_start(4 * mib);
  // One alone may always try.
  CHECK_FALSE(x.begin_start(50 * mib));
}

TEST_CASE("an address space that is nearly taken counts as a spent budget "
          "[A11]") {
  memory_budget x(1'000 * mib, 700 * mib);
  x.measured({10 * mib, 0, 300 * mib});
  CHECK_FALSE(x.tight());
  x.measured({10 * mib, 0, 450 * mib});
  CHECK(x.tight());
  x.measured({10 * mib, 0, 570 * mib});
  CHECK(x.spent());
}

TEST_CASE("without a budget nothing is tight") {
  memory_budget x(0);
  x.measured({SIZE_MAX / 2, SIZE_MAX / 2});
  CHECK_FALSE(x.tight());
  CHECK_FALSE(x.begin_start(0));
}

} // namespace memory_budget_tests

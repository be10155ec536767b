#include "messages/model/saturating.hpp"

#include <doctest/doctest.h>

namespace saturating_test {

using namespace tutti;

constexpr auto most = std::numeric_limits<int64_t>::max();
constexpr auto least = std::numeric_limits<int64_t>::min();

TEST_CASE("what does not fit is the nearest number that does [A10]") {
  CHECK(saturating_sum(1, 2) == 3);
  CHECK(saturating_sum(most, 1) == most);
  CHECK(saturating_sum(least, -1) == least);
  CHECK(saturating_sum(most, least) == -1);
  CHECK(saturating_product(-3, 4) == -12);
  CHECK(saturating_product(most, 1000) == most);
  CHECK(saturating_product(least, 2) == least);
  CHECK(saturating_product(least, -2) == most);
  CHECK(ms_of_seconds(5) == 5'000);
  CHECK(ms_of_seconds(-5) == -5'000);
  CHECK(ms_of_seconds(most) == most);
  CHECK(saturated<int32_t>(7) == 7);
  CHECK(saturated<int32_t>(most) == std::numeric_limits<int32_t>::max());
  CHECK(saturated<int32_t>(least) == std::numeric_limits<int32_t>::min());
}

TEST_CASE("no instant is later than the year 9999 [A10]") {
  CHECK(instant_after(1'000, 500) == 1'500);
  CHECK(instant_after(1'000, -500) == 500);
  CHECK(instant_after(1'000, most) == latest_instant);
  CHECK(instant_after(most, most) == latest_instant);
}

} // namespace saturating_test

#include "actors/metrics/recent_quantiles.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

namespace tutti::recent_quantiles_tests {

using namespace std::chrono_literals;
using instant = recent_quantiles::instant;

const instant begin = instant(1h);

TEST_CASE("a percentile is at most 5 % above the exact one, over sizes from "
          "microseconds to days") {
  std::mt19937 random(1);
  for (double scale : {1e-6, 1e-3, 1.0, 1e5}) {
    CAPTURE(scale);
    std::lognormal_distribution<double> sizes(0, 2);
    recent_quantiles x;
    std::vector<double> all;
    for (int i = 0; i < 5'000; ++i) {
      all.push_back(scale * sizes(random));
      x.add(all.back(), begin);
    }
    std::ranges::sort(all);
    for (double q : {0.5, 0.75, 0.9, 0.95, 0.99, 1.0}) {
      CAPTURE(q);
      auto exact = all[size_t(std::ceil(q * double(all.size()))) - 1];
      auto got = x.at(q, begin);
      REQUIRE(got);
      CHECK(*got >= exact * 0.999'999);
      CHECK(*got <= exact * 1.051);
    }
  }
}

TEST_CASE("values are forgotten after one to two windows") {
  recent_quantiles x;
  CHECK_FALSE(x.at(0.5, begin));
  x.add(100, begin);
  x.add(1, begin + 59s);
  CHECK(x.at(1, begin + 59s) > 99.0);
  x.add(1, begin + 61s);
  CHECK(x.at(1, begin + 61s) > 99.0);
  x.add(1, begin + 122s);
  REQUIRE(x.at(1, begin + 122s));
  CHECK(*x.at(1, begin + 122s) == doctest::Approx(1));
  CHECK_FALSE(x.at(1, begin + 1h));
}

TEST_CASE("nothing, less than nothing and what is no number count as 0") {
  recent_quantiles x;
  for (double value : {0.0, -5.0, std::nan("")})
    x.add(value, begin);
  CHECK(x.at(0.99, begin) == 0.0);
}

} // namespace tutti::recent_quantiles_tests

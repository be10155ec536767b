#include "messages/model/figures/histogram.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <thread>
#include <vector>

namespace tutti::histogram_tests {

TEST_CASE(
    "a histogram counts a value in the first bucket that holds it, and in "
    "all after that") {
  histogram x(histogram::upto(1, 2.5, 10));
  for (auto value : {0.0, 1.0, 1.1, 2.5, 9.0, 11.0, 1e9})
    x.add(value);
  auto got = x.read();
  REQUIRE(got.buckets.size() == 4);
  CHECK(got.buckets[0] == std::pair<double, uint64_t>(1, 2));
  CHECK(got.buckets[1] == std::pair<double, uint64_t>(2.5, 4));
  CHECK(got.buckets[2] == std::pair<double, uint64_t>(10, 5));
  CHECK(std::isinf(got.buckets[3].first));
  CHECK(got.buckets[3].second == 7);
  CHECK(got.count() == 7);
  CHECK(got.sum == doctest::Approx(1e9 + 24.6));
}

TEST_CASE("a histogram loses no value of several threads") {
  histogram x(seconds_of_requests);
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i)
    threads.emplace_back([&x] {
      for (int n = 0; n < 10'000; ++n)
        x.add(0.5);
    });
  for (auto& t : threads)
    t.join();
  CHECK(x.read().count() == 40'000);
  CHECK(x.read().sum == doctest::Approx(20'000));
}

} // namespace tutti::histogram_tests

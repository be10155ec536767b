#include "actors/metrics/series_table.hpp"

#include <doctest/doctest.h>

#include <cmath>

namespace tutti::series_table_tests {

using kind = metric::kind;

enum family : size_t { polls, depth, waits };

series_table table(size_t most) {
  return {{{"polls", "", kind::counter, {"type", "domain"}},
           {"depth", "", kind::gauge, {"type"}},
           {"waits", "", kind::summary, {}}},
          most};
}

const metric* find(const std::vector<metric>& all, std::string_view name) {
  for (auto& x : all)
    if (x.name == name)
      return &x;
  return nullptr;
}

TEST_CASE("a series is what all its labels say, and an empty label is none") {
  auto x = table(10);
  x.count(polls, {"a", "b"});
  x.count(polls, {"a", "b"}, 2);
  x.count(polls, {"ab", ""});
  x.set(depth, {"a"}, 5);
  x.set(depth, {"a"}, 4);
  auto all = x.metrics();
  auto* counted = find(all, "polls");
  REQUIRE(counted);
  REQUIRE(counted->samples.size() == 2);
  CHECK(counted->samples[0].value == 3);
  CHECK(counted->samples[0].labels
        == std::map<std::string, std::string>{{"type", "a"}, {"domain", "b"}});
  CHECK(counted->samples[1].labels
        == std::map<std::string, std::string>{{"type", "ab"}});
  REQUIRE(find(all, "depth"));
  CHECK(find(all, "depth")->samples[0].value == 4);
  CHECK_FALSE(find(all, "waits"));
}

TEST_CASE("a summary has count, sum and percentiles, of the latest values "
          "only") {
  using namespace std::chrono_literals;
  auto x = table(10);
  const series_table::instant begin(1h);
  for (int i = 1; i <= 100; ++i)
    x.observe(waits, {}, i, begin);
  auto all = x.metrics(begin);
  auto* seen = find(all, "waits");
  REQUIRE(seen);
  auto& sample = seen->samples.at(0);
  CHECK(sample.count == 100);
  CHECK(sample.value == 5'050);
  REQUIRE(sample.quantiles.size() == 5);
  CHECK(sample.quantiles[0].first == 0.5);
  CHECK(sample.quantiles[0].second == doctest::Approx(50).epsilon(0.05));
  CHECK(sample.quantiles[4].first == 0.99);
  CHECK(sample.quantiles[4].second == doctest::Approx(99).epsilon(0.06));
  all = x.metrics(begin + 1h);
  CHECK(find(all, "waits")->samples[0].count == 100);
  CHECK(std::isnan(find(all, "waits")->samples[0].quantiles[0].second));
}

TEST_CASE("series of all metrics share one bound, and the one that was counted "
          "longest ago goes") {
  auto x = table(2);
  x.count(polls, {"a", ""});
  x.set(depth, {"a"}, 1);
  x.count(polls, {"a", ""});
  x.set(depth, {"b"}, 2);
  auto all = x.metrics();
  CHECK(find(all, "polls")->samples.size() == 1);
  REQUIRE(find(all, "depth")->samples.size() == 1);
  CHECK(find(all, "depth")->samples[0].labels.at("type") == "b");
  CHECK(x.forgotten() == 1);
}

} // namespace tutti::series_table_tests

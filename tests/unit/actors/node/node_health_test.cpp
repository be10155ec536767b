#include "actors/node/node_health.hpp"

#include <doctest/doctest.h>

namespace node_health_tests {

using namespace std::chrono_literals;
using namespace tutti;

/// Parts that answer when the test says so.
struct parts {
  std::vector<node_health::finished> asked;
  std::shared_ptr<node_health> health;
  std::vector<health_report> reports;

  parts() {
    std::vector<node_health::part> all;
    for (auto* name : {"gateway 0", "scheduler 0", "disk"})
      all.push_back({name, [this](node_health::finished done) {
                       asked.push_back(std::move(done));
                     }});
    health = std::make_shared<node_health>(
        std::move(all), [] { return std::vector<std::string>{"a note"}; });
  }
  void check() {
    health->check([this](const health_report& x) { reports.push_back(x); });
  }
};

TEST_CASE("a node is healthy when all of its parts have answered") {
  parts x;
  x.check();
  REQUIRE(x.asked.size() == 3);
  for (auto& done : x.asked) {
    CHECK(x.reports.empty());
    done("");
  }
  REQUIRE(x.reports.size() == 1);
  CHECK(x.reports[0].healthy());
  CHECK(x.reports[0].notes == std::vector<std::string>{"a note"});
}

TEST_CASE("a part that has not answered within a second is named [A7]") {
  parts x;
  x.check();
  x.asked[0]("");
  x.asked[2]("no space left");
  auto now = node_health::instant::clock::now();
  x.health->look(now);
  CHECK(x.reports.empty());
  x.health->look(now + 1s);
  REQUIRE(x.reports.size() == 1);
  auto& got = x.reports[0];
  CHECK_FALSE(got.healthy());
  CHECK(got.parts[0].healthy());
  CHECK(got.parts[1].name == "scheduler 0");
  CHECK(got.parts[1].error == "has not answered within a second");
  CHECK(got.parts[2].error == "no space left");
  x.asked[1](""); // too late, and harmless
  CHECK(x.reports.size() == 1);
}

TEST_CASE("checks that overlap ask once, and an answer holds for a moment") {
  parts x;
  x.check();
  x.check();
  CHECK(x.asked.size() == 3);
  for (auto& done : std::vector(x.asked))
    done("");
  CHECK(x.reports.size() == 2);
  x.check();
  CHECK(x.asked.size() == 3);
  CHECK(x.reports.size() == 3);
}

TEST_CASE("a node that stops says so, and asks nobody") {
  parts x;
  x.check();
  x.health->close();
  CHECK(x.reports.size() == 1);
  x.check();
  CHECK(x.asked.size() == 3);
  REQUIRE(x.reports.size() == 2);
  CHECK(x.reports[1].parts.at(0).error == "it is stopping");
}

} // namespace node_health_tests

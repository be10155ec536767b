#include "actors/engine/inputs/expression/path_cache.hpp"

#include <doctest/doctest.h>

namespace path_cache_test {

using tutti::engine::path_cache;

TEST_CASE("a path is compiled once while it stays in use") {
  path_cache cache(2);
  auto first = cache.find("a.b");
  REQUIRE(first);
  CHECK(&cache.find("a.b")->syntax() == &first->syntax());
  CHECK_FALSE(cache.find("a["));
  CHECK_FALSE(cache.find("a["));
  CHECK(cache.size() == 2);
}

TEST_CASE("the cache is bounded and forgets what was used longest ago") {
  path_cache cache(2);
  auto a = cache.find("a");
  auto b = cache.find("b");
  cache.find("a");
  cache.find("c");
  CHECK(cache.size() == 2);
  CHECK(&cache.find("a")->syntax() == &a->syntax());
  CHECK(&cache.find("b")->syntax() != &b->syntax());
}

TEST_CASE("long texts are read but not kept") {
  path_cache cache(2);
  CHECK(cache.find(std::string(1000, 'a')));
  CHECK(cache.size() == 0);
}

} // namespace path_cache_test

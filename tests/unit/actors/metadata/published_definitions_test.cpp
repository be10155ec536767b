#include "actors/metadata/published_definitions.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <thread>

namespace tutti {

namespace published_definitions_test {

definition_snapshot_pointer with_version(int32_t version) {
  auto x = std::make_shared<workflow_def>();
  x->name = "ship";
  x->version = version;
  return definition_snapshot{}.with(workflow_def_pointer(std::move(x)));
}

} // namespace published_definitions_test

// Says most under ThreadSanitizer.
TEST_CASE("definitions are read while others publish, and never go back") {
  using namespace published_definitions_test;
  constexpr int32_t versions = 500;
  published_definitions published;
  published.publish(with_version(1));
  std::atomic<int> went_back{0};
  auto read = [&] {
    for (int32_t last = 1; last < versions;) {
      auto found = published.current()->find_workflow("ship", std::nullopt);
      auto copy = published.pinned("ship", std::nullopt);
      if (found->version < last || !copy || (*copy)->version < found->version)
        ++went_back;
      last = found->version;
    }
  };
  std::thread one{read}, other{read};
  for (int32_t i = 2; i <= versions; ++i)
    published.publish(with_version(i));
  one.join();
  other.join();
  CHECK(went_back == 0);
}

} // namespace tutti

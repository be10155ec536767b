#include "actors/event/event_queue_registry.hpp"
#include "storage/memory/memory_store.hpp"

#include <doctest/doctest.h>

namespace event_queue_registry_test {

using namespace tutti;

event_queue_registry with_bound(size_t messages_max) {
  return {std::make_shared<storage::memory_store>(2), messages_max};
}

TEST_CASE("a queue is full at its bound, and takes again below it") {
  auto queues = with_bound(2);
  CHECK(queues.sinks()->messages_max == 2);
  queues.published("w:q");
  CHECK(queues.sinks()->full.empty());
  queues.published("w:q");
  CHECK(queues.sinks()->full.contains("w:q"));
  CHECK(queues.full() == std::vector<std::string>{"w:q"});
  queues.taken_out("w:q");
  CHECK(queues.sinks()->full.empty());
}

TEST_CASE("what a decision was given stays as it was") {
  auto queues = with_bound(1);
  auto before = queues.sinks();
  queues.published("w:q");
  CHECK(before->full.empty());
  CHECK(queues.sinks()->full.contains("w:q"));
}

TEST_CASE("a snapshot is made anew only when some queue fills or empties") {
  auto queues = with_bound(3);
  auto first = queues.sinks();
  queues.published("w:q");
  queues.published("w:q");
  queues.taken_out("w:q");
  queues.taken_out("nobody");
  CHECK(queues.sinks() == first);
}

TEST_CASE("what the store counts goes before what was counted here") {
  auto queues = with_bound(2);
  queues.published("w:q");
  queues.published("w:q");
  queues.counted("w:q", 0);
  CHECK(queues.sinks()->full.empty());
  queues.counted("w:q", 5);
  CHECK(queues.sinks()->full.contains("w:q"));
}

} // namespace event_queue_registry_test

#include "actors/event/event_queue_registry.hpp"
#include "storage/keys.hpp"
#include "storage/memory/memory_store.hpp"

#include <doctest/doctest.h>

namespace event_queue_registry_test {

using namespace tutti;

TEST_CASE("a queue is full at its bound, and takes again below it") {
  event_queue_registry queues(2);
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
  event_queue_registry queues(1);
  auto before = queues.sinks();
  queues.published("w:q");
  CHECK(before->full.empty());
  CHECK(queues.sinks()->full.contains("w:q"));
}

TEST_CASE("a snapshot is made anew only when some queue fills or empties") {
  event_queue_registry queues(3);
  auto first = queues.sinks();
  queues.published("w:q");
  queues.published("w:q");
  queues.taken_out("w:q");
  queues.taken_out("nobody");
  CHECK(queues.sinks() == first);
}

TEST_CASE("what the store counts goes before what was counted here") {
  event_queue_registry queues(2);
  queues.published("w:q");
  queues.published("w:q");
  queues.counted("w:q", 0);
  CHECK(queues.sinks()->full.empty());
  queues.counted("w:q", 5);
  CHECK(queues.sinks()->full.contains("w:q"));
}

TEST_CASE("what the store holds is counted at the start, up to the bound") {
  storage::memory_store store{2};
  for (uint32_t shard = 0; shard < 2; ++shard)
    for (int i = 0; i < 2; ++i)
      store.submit(
          {shard,
           0,
           {{storage::operation::kind::put,
             storage::keys::message("w:q", 1, "id" + std::to_string(i)), "x"}}},
          [](storage::outcome) {});
  event_queue_registry queues(3), larger(5);
  REQUIRE(queues.load(store));
  CHECK(queues.sinks()->full.contains("w:q"));
  REQUIRE(larger.load(store));
  CHECK(larger.sinks()->full.empty());
  store.fail_reads(true);
  CHECK_FALSE(event_queue_registry(3).load(store));
}

} // namespace event_queue_registry_test

#include "messages/model/ids.hpp"
#include "storage/keys.hpp"
#include "storage/read_or_throw.hpp"
#include "tests/support/actor_world.hpp"
#include "tests/support/definitions.hpp"

#include <doctest/doctest.h>

using namespace tutti;
using namespace tutti::test;

namespace byte_bounds_actor_tests {

std::string of_size(size_t bytes) {
  return R"({"x":")" + std::string(bytes, 'a') + R"("})";
}

TEST_CASE("a reached limit is counted under its setting [A1]") {
  engine::limits rules;
  rules.task_output_bytes_max = 1'000;
  rules.task_payload_bytes_warning = 100;
  actor_world world({.bounds = rules});
  auto metrics = std::make_shared<counters>();
  for (auto& x : world.contexts)
    x->metrics = metrics;
  world.definitions.define(workflow_of(simple("a") + "," + simple("b")));
  auto id = world.start("w");
  world.complete("a", of_size(500));
  world.complete("b", of_size(2'000));
  CHECK(world.status(id) == "FAILED");
  auto text = metrics->text();
  CHECK(text.find(R"(tutti_limit_reached_total{limit="executions.)"
                  R"(task_output_kib_max"} 1)")
        != text.npos);
  CHECK(text.find("tutti_large_payloads_total 1") != text.npos);
}

TEST_CASE("a snapshot does not make a commit larger than its bound [A2]") {
  engine::limits rules;
  rules.commit_bytes_max = 64 << 10;
  actor_world world(
      {.settings = {.snapshot_revisions_min = 1}, .bounds = rules});
  std::string tasks;
  for (int i = 0; i < 12; ++i)
    tasks += (i ? "," : "") + simple("t" + std::to_string(i));
  world.definitions.define(
      workflow_of(tasks, R"(,"outputParameters":{"a":1})"));
  auto id = world.start("w");
  auto stored = [&] {
    auto row = storage::read_or_throw(world.store->get(
        shard_of(id, world.store->shards()), storage::keys::snapshot(id)));
    return row ? row->size() : 0;
  };
  for (int i = 0; i < 12; ++i) {
    world.complete("t" + std::to_string(i), of_size(10'000));
    CHECK(stored() <= rules.commit_bytes_max);
  }
  CHECK(stored() > 0);
  CHECK(world.status(id) == "COMPLETED");
  CHECK(loaded(world.store, id).history_bytes()
        == replayed(world.store, id).history_bytes());
  CHECK(loaded(world.store, id).bytes() == replayed(world.store, id).bytes());
  CHECK(contradictions(world.store).empty());
}

} // namespace byte_bounds_actor_tests

#include "actors/workflow/history.hpp"
#include "messages/model/ids.hpp"
#include "storage/keys.hpp"
#include "tests/support/actor_world.hpp"
#include "tests/support/definitions.hpp"

#include <doctest/doctest.h>

using namespace tutti;
using namespace tutti::test;

namespace history_tests {

TEST_CASE("a page of the history begins at the snapshot before it") {
  actor_world world({.settings = {.snapshot_revisions_min = 8}});
  std::string tasks;
  for (int i = 0; i < 6; ++i)
    tasks += (i ? "," : "") + simple("t" + std::to_string(i));
  world.definitions.define(workflow_of(tasks));
  auto id = world.start("w");
  for (int i = 0; i < 6; ++i)
    world.complete("t" + std::to_string(i));
  CHECK(world.status(id) == "COMPLETED");
  REQUIRE(world.count_rows("s") == 1);
  auto page = [&](int64_t from, int64_t count) {
    return history_page(*world.store, {id, from, count});
  };
  auto whole = page(1, 1'000);
  REQUIRE(whole);
  auto all = nlohmann::json::parse(whole->text)["history"];
  REQUIRE(all.size() > 8);
  for (size_t from = 1; from <= all.size(); ++from) {
    auto some = page(int64_t(from), 2);
    REQUIRE(some);
    auto shown = nlohmann::json::parse(some->text)["history"];
    for (size_t i = 0; i < shown.size(); ++i)
      CHECK(shown[i] == all[from - 1 + i]);
  }
  // What lies before the snapshot is not read.
  auto& context = world.context_of(id);
  world.store->submit({context.shard,
                       context.epoch,
                       {{storage::operation::kind::put,
                         storage::keys::event(id, 1), "damaged"}}},
                      [](storage::outcome) {});
  CHECK_FALSE(page(1, 2));
  auto last = page(int64_t(all.size()), 2);
  REQUIRE(last);
  CHECK(nlohmann::json::parse(last->text)["history"].back() == all.back());
}

} // namespace history_tests

#include "actors/workflow/contradictions.hpp"
#include "messages/model/ids.hpp"
#include "storage/keys.hpp"
#include "tests/support/actor_world.hpp"
#include "tests/support/definitions.hpp"

#include <doctest/doctest.h>

using namespace tutti;
using namespace tutti::test;
using namespace std::chrono_literals;

namespace contradictions_test {

struct looked_at : actor_world {
  looked_at() {
    definitions.define(workflow_of(simple("a") + "," + simple("b")));
  }

  std::vector<std::string> found(const std::string& id) {
    auto got = tutti::contradictions(*store, id);
    REQUIRE(got);
    std::vector<std::string> out;
    for (auto& x : *got)
      out.push_back(x.path);
    return out;
  }

  /// All rows of a kind of one shard, as damage would lose them.
  void lose(const std::string& id, const std::string& kind) {
    auto shard = shard_of(id, store->shards());
    auto epoch = *store->acquire(shard, "damage");
    store->submit({shard,
                   epoch,
                   {{storage::operation::kind::erase_range, kind,
                     storage::keys::after(kind)}}},
                  [](const storage::outcome& how) {
                    CHECK(how == storage::outcome::ok);
                  });
  }
};

using names = std::vector<std::string>;

TEST_CASE_FIXTURE(looked_at, "an execution and its rows agree at every step") {
  auto id = start("w");
  CHECK(found(id).empty());
  auto task = poll("a");
  CHECK(found(id).empty());
  update(task, task_status::completed);
  run();
  CHECK(found(id).empty());
  complete("b");
  CHECK(status(id) == "COMPLETED");
  CHECK(found(id).empty());
  remove(id, true);
  run();
  CHECK(found(id).empty());
  remove(id, false);
  run();
  auto gone = tutti::contradictions(*store, id);
  REQUIRE_FALSE(gone);
  CHECK(gone.failure().code == errc::not_found);
}

TEST_CASE_FIXTURE(looked_at, "a row that was lost is named") {
  auto id = start("w");
  lose(id, "q");
  CHECK(found(id) == names{"queue"});
  lose(id, "r");
  CHECK(found(id) == names{"queue", "running"});
  lose(id, "n");
  CHECK(found(id) == names{"queue", "running", "catalog"});
}

} // namespace contradictions_test

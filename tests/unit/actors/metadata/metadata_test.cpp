#include "actors/metadata/definition_changes.hpp"
#include "actors/metadata/definition_reads.hpp"
#include "actors/metadata/definition_store.hpp"
#include "actors/metadata/published_definitions.hpp"
#include "messages/model/codec.hpp"
#include "storage/memory/memory_store.hpp"

#include <nlohmann/json.hpp>

#include <doctest/doctest.h>

namespace metadata_test {

using namespace tutti;

workflow_def workflow_of(std::string name, int32_t version = 1) {
  workflow_def out;
  out.name = std::move(name);
  out.version = version;
  workflow_task task;
  task.name = task.reference_name = "pack";
  out.tasks.push_back(std::move(task));
  return out;
}

task_def task_of(std::string name) {
  task_def out;
  out.name = std::move(name);
  return out;
}

/// Definitions and the store under them, changed one request after another.
struct world {
  world() { epoch = *store->acquire(definitions_shard, "test"); }

  template <class Request, class... Now>
  result<document> apply(const Request& x, Now... at) {
    auto decided = change(*now, x, at...);
    if (!decided)
      return decided.failure();
    now = decided->next;
    store->submit({definitions_shard, epoch, decided->rows},
                  [](storage::outcome) {});
    return decided->text;
  }
  result<document> put(std::vector<workflow_def> definitions,
                       register_workflows::mode how, int64_t at = 100) {
    return apply(register_workflows{std::move(definitions), how}, at);
  }
  result<document> put(task_def definition, bool must_exist, int64_t at = 100) {
    return apply(register_tasks{{std::move(definition)}, must_exist}, at);
  }
  nlohmann::json ask(read_definitions::kind what, std::string name = "",
                     std::optional<int32_t> version = std::nullopt) {
    auto x = read(*now, {what, std::move(name), version});
    REQUIRE_MESSAGE(x, x.failure().message);
    return nlohmann::json::parse(x->text);
  }
  errc error(read_definitions::kind what, std::string name,
             std::optional<int32_t> version = std::nullopt) {
    auto x = read(*now, {what, std::move(name), version});
    REQUIRE_FALSE(x);
    return x.failure().code;
  }

  std::shared_ptr<storage::memory_store> store
      = std::make_shared<storage::memory_store>(2);
  uint64_t epoch = 0;
  definition_snapshot_pointer now
      = std::make_shared<const definition_snapshot>();
};

using mode = register_workflows::mode;
using kind = read_definitions::kind;

std::string dump(const nlohmann::json& x) { return to_text(x); }

TEST_CASE_FIXTURE(world, "a definition is created once") {
  REQUIRE(put({workflow_of("ship")}, mode::create));
  auto again = put({workflow_of("ship")}, mode::create);
  REQUIRE_FALSE(again);
  CHECK(again.failure().code == errc::conflict);
  CHECK(again.failure().message == "Workflow with ship.1 already exists!");
  CHECK(put({workflow_of("ship", 2)}, mode::create));
  CHECK(put({workflow_of("ship")}, mode::overwrite));
}

TEST_CASE_FIXTURE(world, "creating stamps createTime, replacing updateTime") {
  auto def = workflow_of("ship");
  def.trail.create_time = 5;
  def.trail.update_time = 6;
  REQUIRE(put({def}, mode::create, 100));
  auto trail = now->find_workflow("ship", 1)->trail;
  CHECK(trail.create_time == 100);
  CHECK(trail.update_time == 0);

  REQUIRE(put({def}, mode::overwrite, 200));
  trail = now->find_workflow("ship", 1)->trail;
  CHECK(trail.create_time == 5); // as sent
  CHECK(trail.update_time == 200);

  REQUIRE(put({workflow_of("ship")}, mode::upsert, 300));
  trail = now->find_workflow("ship", 1)->trail;
  CHECK(trail.create_time == 5); // not sent
  CHECK(trail.update_time == 300);
}

TEST_CASE_FIXTURE(world, "an upsert of many answers their names") {
  auto x = put({workflow_of("b"), workflow_of("a"), workflow_of("a", 2)},
               mode::upsert);
  REQUIRE(x);
  CHECK(x->text
        == R"({"bulkErrorResults":{},"bulkSuccessfulResults":["b","a","a"]})");
  CHECK(dump(ask(kind::names)) == R"(["a","b"])");
}

TEST_CASE_FIXTURE(world, "task definitions are replaced with a new createTime, "
                         "or updated with the old one") {
  auto unknown = put(task_of("pack"), true);
  REQUIRE_FALSE(unknown);
  CHECK(unknown.failure().code == errc::not_found);

  auto def = task_of("pack");
  def.trail = {"app", "somebody", "other", 1, 2};
  REQUIRE(put(def, false, 100));
  auto trail = now->find_task("pack")->trail;
  CHECK(trail.create_time == 100);
  CHECK(trail.update_time == 0);
  CHECK(trail.created_by.empty());
  CHECK(trail.updated_by.empty());

  REQUIRE(put(task_of("pack"), true, 200));
  trail = now->find_task("pack")->trail;
  CHECK(trail.create_time == 100);
  CHECK(trail.update_time == 200);
}

TEST_CASE_FIXTURE(world, "the highest version is found unless one is named") {
  for (auto version : {2, 10, 1})
    REQUIRE(put({workflow_of("ship", version)}, mode::create));
  CHECK(ask(kind::workflow, "ship")["version"].get<int>() == 10);
  CHECK(ask(kind::workflow, "ship", 2)["version"].get<int>() == 2);
  CHECK(error(kind::workflow, "ship", 3) == errc::not_found);
  CHECK(error(kind::workflow, "shi") == errc::not_found);
  CHECK(error(kind::task, "ship") == errc::not_found);
}

TEST_CASE_FIXTURE(world, "lists come by name and by version") {
  for (auto version : {10, 9})
    REQUIRE(put({workflow_of("b", version)}, mode::create, 7));
  REQUIRE(put({workflow_of("a \"x\"")}, mode::create, 8));
  REQUIRE(put(task_of("t2"), false));
  REQUIRE(put(task_of("t1"), false));
  CHECK(dump(ask(kind::names_and_versions))
        == R"({"a \"x\"":[{"createTime":8,"name":"a \"x\"","updateTime":0,)"
           R"("version":1}],"b":[{"createTime":7,"name":"b","updateTime":0,)"
           R"("version":9},{"createTime":7,"name":"b","updateTime":0,)"
           R"("version":10}]})");
  CHECK(ask(kind::versions, "b").size() == 2);
  CHECK(dump(ask(kind::versions, "none")) == "[]");
  CHECK(ask(kind::workflows).size() == 3);
  auto latest = ask(kind::latest_versions);
  REQUIRE(latest.size() == 2);
  CHECK(latest[1]["version"].get<int>() == 10);
  auto tasks = ask(kind::tasks);
  REQUIRE(tasks.size() == 2);
  CHECK(tasks[0]["name"].get<std::string>() == "t1");
}

TEST_CASE_FIXTURE(world, "removing takes one version, and the name with the "
                         "last one") {
  REQUIRE(put({workflow_of("ship"), workflow_of("ship", 2)}, mode::upsert));
  REQUIRE(put(task_of("pack"), false));
  REQUIRE(apply(remove_workflow_definition{"ship", 2}));
  CHECK(ask(kind::workflow, "ship")["version"].get<int>() == 1);
  auto gone = apply(remove_workflow_definition{"ship", 2});
  REQUIRE_FALSE(gone);
  CHECK(gone.failure().code == errc::not_found);
  REQUIRE(apply(remove_workflow_definition{"ship", 1}));
  CHECK(dump(ask(kind::names)) == "[]");
  CHECK_FALSE(apply(remove_task_definition{"ship"}));
  REQUIRE(apply(remove_task_definition{"pack"}));
  CHECK(dump(ask(kind::tasks)) == "[]");
}

TEST_CASE_FIXTURE(world, "what is stored loads as what was registered") {
  auto def = workflow_of("ship", 3);
  def.output_parameters = payload::trusted(R"({"x":"${pack.output.y}"})");
  def.owner_email = "a@b.c";
  REQUIRE(put({def, workflow_of("other")}, mode::upsert));
  auto task = task_of("pack");
  task.retry_count = 7;
  REQUIRE(put(task, false));
  REQUIRE(apply(remove_workflow_definition{"other", 1}));
  auto before = std::pair(dump(ask(kind::workflows)), dump(ask(kind::tasks)));
  auto loaded = load_definitions(*store);
  REQUIRE(loaded);
  now = *loaded;
  CHECK(dump(ask(kind::workflows)) == before.first);
  CHECK(dump(ask(kind::tasks)) == before.second);
}

TEST_CASE_FIXTURE(world, "rows of an unknown version are refused") {
  auto row = stored(task_of("pack"));
  row.value[0] = 99;
  store->submit({definitions_shard, epoch, {row}}, [](storage::outcome) {});
  auto loaded = load_definitions(*store);
  REQUIRE_FALSE(loaded);
  CHECK(loaded.failure().message.find("another version of Tutti")
        != std::string::npos);
}

TEST_CASE_FIXTURE(world, "an earlier snapshot does not change") {
  REQUIRE(put({workflow_of("ship")}, mode::create));
  auto before = now;
  REQUIRE(put({workflow_of("ship", 2), workflow_of("other")}, mode::upsert));
  CHECK(before->find_workflow("ship", std::nullopt)->version == 1);
  CHECK(before->find_workflow("other", std::nullopt) == nullptr);
  CHECK(now->find_workflow("ship", 1) == before->find_workflow("ship", 1));
}

TEST_CASE_FIXTURE(world, "the populated copy is made once per edition") {
  published_definitions board;
  CHECK_FALSE(board.pinned("ship", std::nullopt));
  REQUIRE(put({workflow_of("ship")}, mode::create));
  auto task = task_of("pack");
  task.retry_count = 9;
  board.publish(now);
  auto plain = board.pinned("ship", std::nullopt);
  REQUIRE(plain);
  CHECK(*board.pinned("ship", 1) == *plain);
  REQUIRE(put(task, false));
  board.publish(now);
  auto pinned = board.pinned("ship", 0);
  REQUIRE(pinned);
  CHECK(*pinned != *plain);
  CHECK((*pinned)->tasks[0].definition->retry_count == 9);
}

TEST_CASE_FIXTURE(world, "the highest version of a schema has no next [A10]") {
  schema_def schema;
  schema.name = "address";
  schema.version = std::numeric_limits<int32_t>::max();
  REQUIRE(apply(register_schemas{{schema}, false}, int64_t(100)));
  auto next = apply(register_schemas{{schema}, true}, int64_t(200));
  REQUIRE_FALSE(next);
  CHECK(next.failure().code == errc::invalid);
  CHECK(next.failure().message.find("2147483647") != std::string::npos);
}

} // namespace metadata_test

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
  published_definitions published;
  CHECK_FALSE(published.pinned("ship", std::nullopt));
  REQUIRE(put({workflow_of("ship")}, mode::create));
  auto task = task_of("pack");
  task.retry_count = 9;
  published.publish(now);
  auto plain = published.pinned("ship", std::nullopt);
  REQUIRE(plain);
  CHECK(*published.pinned("ship", 1) == *plain);
  REQUIRE(put(task, false));
  published.publish(now);
  auto pinned = published.pinned("ship", 0);
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

namespace {

event_handler handler_of(std::string name, std::string event, bool active) {
  event_handler out;
  out.name = std::move(name);
  out.event = std::move(event);
  out.active = active;
  out.actions.emplace_back().action = "complete_task";
  return out;
}

size_t count(const nlohmann::json& list) { return list.size(); }

} // namespace

TEST_CASE_FIXTURE(world, "an event handler is created, replaced and removed") {
  REQUIRE(apply(register_event_handlers{{handler_of("a", "e", true),
                                         handler_of("b", "e", false),
                                         handler_of("c", "f", true)}}));
  auto again = apply(register_event_handlers{
      {handler_of("d", "e", true), handler_of("a", "f", true)}});
  REQUIRE_FALSE(again);
  CHECK(again.failure().code == errc::conflict);
  CHECK(count(ask(kind::event_handlers)) == 3); // nothing of the list
  CHECK(count(ask(kind::event_handlers, "e")) == 2);
  read_definitions active{kind::event_handlers, "e", {}};
  active.active_only = true;
  CHECK(count(nlohmann::json::parse(read(*now, active)->text)) == 1);

  auto unknown
      = apply(register_event_handlers{{handler_of("z", "e", true)}, true});
  REQUIRE_FALSE(unknown);
  CHECK(unknown.failure().code == errc::not_found);
  REQUIRE(apply(register_event_handlers{{handler_of("a", "f", true)}, true}));
  CHECK(count(ask(kind::event_handlers, "f")) == 2);
  REQUIRE(apply(remove_event_handler{"a"}));
  CHECK_FALSE(apply(remove_event_handler{"a"}));

  auto loaded = load_definitions(*store);
  REQUIRE(loaded);
  auto kept = read(**loaded, {kind::event_handlers, "", {}});
  REQUIRE(kept);
  CHECK(nlohmann::json::parse(kept->text) == ask(kind::event_handlers));
}

TEST_CASE_FIXTURE(world, "tags have one value for a key, and go with the last "
                         "version") {
  using tags = std::vector<tag>;
  using of = change_tags::kind;
  using how = change_tags::mode;
  constexpr size_t most = 3;
  auto tagged = [&](tags some, how what, of subject = of::workflow) {
    return apply(change_tags{subject, "ship", std::move(some), what}, most);
  };
  CHECK(error(kind::workflow_tags, "ship") == errc::not_found);
  CHECK(tagged({{"a", "1", ""}}, how::add).failure().code == errc::not_found);
  REQUIRE(put({workflow_of("ship"), workflow_of("ship", 2)}, mode::upsert));
  REQUIRE(put(task_of("ship"), false));
  REQUIRE(tagged({{"a", "1", ""}, {"b", "2", ""}}, how::add));
  REQUIRE(tagged({{"a", "3", "t"}}, how::add));
  CHECK(*now->find_tags(of::workflow, "ship")
        == tags{{"a", "3", "t"}, {"b", "2", ""}});
  CHECK(dump(ask(kind::task_tags, "ship")) == "[]"); // another kind
  auto more = tagged({{"c", "1", ""}, {"d", "1", ""}}, how::add);
  REQUIRE_FALSE(more);
  CHECK(more.failure().code == errc::too_many);
  CHECK(more.failure().message.find("definitions.tags_max")
        != std::string::npos);
  REQUIRE(tagged({{"a", "other", ""}}, how::remove)); // has another value
  REQUIRE(tagged({{"b", "", ""}}, how::remove));
  REQUIRE(tagged({{"x", "1", ""}}, how::replace, of::task));
  CHECK(count(ask(kind::tags)) == 2);

  auto loaded = load_definitions(*store);
  REQUIRE(loaded);
  CHECK(*(*loaded)->find_tags(of::workflow, "ship") == tags{{"a", "3", "t"}});
  CHECK(*(*loaded)->find_tags(of::task, "ship") == tags{{"x", "1", ""}});

  REQUIRE(apply(remove_workflow_definition{"ship", 1}));
  CHECK(now->find_tags(of::workflow, "ship"));
  REQUIRE(apply(remove_workflow_definition{"ship", 2}));
  CHECK_FALSE(now->find_tags(of::workflow, "ship"));
  REQUIRE(apply(remove_task_definition{"ship"}));
  CHECK_FALSE((*load_definitions(*store))->find_tags(of::task, "ship"));
  CHECK_FALSE((*load_definitions(*store))->find_tags(of::workflow, "ship"));
}

TEST_CASE_FIXTURE(world, "an operator's rate limit is in the copies that start "
                         "from now on") {
  published_definitions published;
  rate_limit_config limit{"key", 2, rate_limit_policy::reject};
  CHECK(apply(limit_workflow{"ship", limit}).failure().code == errc::not_found);
  auto own = workflow_of("ship");
  own.rate_limit = {"own", 7, rate_limit_policy::queue};
  REQUIRE(put({own}, mode::create));
  CHECK(ask(kind::rate_limit, "ship")["concurrentExecLimit"] == 7);
  published.publish(now);
  CHECK((*published.pinned("ship", 0))->rate_limit->key == "own");
  REQUIRE(apply(limit_workflow{"ship", limit}));
  CHECK(ask(kind::rate_limit, "ship")["policy"] == "REJECT");
  published.publish(now);
  CHECK((*published.pinned("ship", 0))->rate_limit->key == "key");
  CHECK((*published.pinned("ship", 0))->rate_limit->concurrent_exec_limit == 2);
  CHECK(now->find_workflow("ship", 1)->rate_limit->key == "own");
  CHECK((*load_definitions(*store))->find_limit("ship")->key == "key");
  REQUIRE(apply(limit_workflow{"ship", std::nullopt}));
  published.publish(now);
  CHECK((*published.pinned("ship", 0))->rate_limit->key == "own");
  REQUIRE(apply(limit_workflow{"ship", limit}));
  REQUIRE(apply(remove_workflow_definition{"ship", 1}));
  CHECK_FALSE((*load_definitions(*store))->find_limit("ship"));
}

TEST_CASE_FIXTURE(world, "a list is read in pages, and by classifier") {
  std::vector<workflow_def> all;
  for (auto* name : {"a", "b", "c", "d"})
    all.push_back(workflow_of(name));
  all[1].metadata = *payload::parse(R"({"classifier":"x"})");
  all[2].metadata = *payload::parse(R"({"agentDef":{}})");
  REQUIRE(put(all, mode::upsert));
  auto page = [&](read_definitions what) {
    auto got = read(*now, what);
    REQUIRE(got);
    std::string out;
    for (auto& one : nlohmann::json::parse(got->text))
      out += one.is_string() ? one.get<std::string>()
                             : one["name"].get<std::string>();
    return out + std::to_string(got->next);
  };
  read_definitions ask{kind::names, {}, {}};
  CHECK(page(ask) == "abcd0");
  ask.count = 3;
  CHECK(page(ask) == "abc3");
  ask.start = 3;
  CHECK(page(ask) == "d0");
  ask.start = 9;
  CHECK(page(ask) == "0");
  ask.start = std::numeric_limits<int64_t>::max();
  ask.count = ask.start;
  CHECK(page(ask) == "0");
  ask = {kind::workflows, {}, {}};
  ask.classifiers = {"x", "agent"};
  CHECK(page(ask) == "bc0");
  ask.count = 1;
  CHECK(page(ask) == "b1");
  ask.classifiers = {"workflow"};
  ask.count = 0;
  CHECK(page(ask) == "ad0");
}

TEST_CASE("what definitions take in memory follows every change") {
  world w;
  CHECK(w.now->bytes() == 0);
  REQUIRE(w.put({workflow_of("a"), workflow_of("a", 2)},
                register_workflows::mode::create));
  auto two = w.now->bytes();
  CHECK(two > 0);
  REQUIRE(w.put({workflow_of("a", 2)}, register_workflows::mode::overwrite));
  CHECK(w.now->bytes() == two);
  auto larger = workflow_of("a", 2);
  for (int i = 0; i < 9; ++i)
    larger.tasks.push_back(larger.tasks.front());
  REQUIRE(w.put({larger}, register_workflows::mode::overwrite));
  CHECK(w.now->bytes() > two);
  REQUIRE(w.put(task_of("t"), false));
  schema_def schema;
  schema.name = "s";
  schema.data = payload::trusted(R"({"type":"object"})");
  REQUIRE(w.apply(register_schemas{{schema}, false}, int64_t(1)));
  auto all = w.now->bytes();
  auto loaded = load_definitions(*w.store);
  REQUIRE(loaded);
  CHECK((*loaded)->bytes() == all);
  REQUIRE(w.apply(remove_schema{"s", std::nullopt}));
  REQUIRE(w.apply(remove_task_definition{"t"}));
  REQUIRE(w.apply(remove_workflow_definition{"a", 1}));
  REQUIRE(w.apply(remove_workflow_definition{"a", 2}));
  CHECK(w.now->bytes() == 0);
}

TEST_CASE("a list of definitions that is too long ends while it is written") {
  world w;
  for (int i = 0; i < 20; ++i)
    REQUIRE(w.put(task_of("t" + std::to_string(i)), false));
  auto whole = read(*w.now, {read_definitions::kind::tasks, "", {}});
  REQUIRE(whole);
  auto fits = read(*w.now, {read_definitions::kind::tasks, "", {}},
                   whole->text.size());
  REQUIRE(fits);
  CHECK(fits->text == whole->text);
  auto cut = read(*w.now, {read_definitions::kind::tasks, "", {}},
                  whole->text.size() / 2);
  REQUIRE_FALSE(cut);
  CHECK(cut.failure().code == errc::too_large);
  CHECK(cut.failure().message.find("http.answer_kib_max") != std::string::npos);
}

} // namespace metadata_test

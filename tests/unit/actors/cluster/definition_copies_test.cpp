#include "actors/metadata/definition_copies.hpp"
#include "actors/metadata/definition_store.hpp"
#include "messages/model/codec.hpp"
#include "storage/memory/memory_store.hpp"
#include "tests/unit/actors/cluster/letters_by_hand.hpp"

#include <doctest/doctest.h>

#include <map>
#include <optional>

namespace tutti::test::cluster {

namespace definition_copies_test {

workflow_def_pointer workflow(const std::string& name, int version) {
  std::string text = R"({"name":)";
  write_string(text, name);
  text
      += R"(,"version":)" + std::to_string(version)
         + R"(,"tasks":[{"name":"x","taskReferenceName":"x","type":"SIMPLE"}]})";
  auto read = read_workflow_def(text);
  REQUIRE_MESSAGE(read, (read ? "" : read.failure().message));
  return std::make_shared<const workflow_def>(*std::move(read));
}

task_def_pointer task(const std::string& name) {
  task_def out;
  out.name = name;
  return std::make_shared<const task_def>(std::move(out));
}

definition_snapshot_pointer registered() {
  definition_snapshot_pointer out
      = std::make_shared<const definition_snapshot>();
  out = out->with(workflow("ship", 1));
  out = out->with(workflow("ship", 300));
  out = out->with(workflow(std::string("a\0b", 3), 1));
  out = out->with(task("pack"));
  schema_def schema;
  schema.name = "order";
  schema.version = 2;
  out = out->with(std::make_shared<const schema_def>(schema));
  event_handler handler;
  handler.name = "on order";
  handler.event = "conductor:orders";
  out = out->with(std::make_shared<const event_handler>(handler));
  out = out->with_tags(change_tags::kind::workflow, "ship",
                       {{"team", "x", {}}});
  out = out->with_tags(change_tags::kind::task, "pack", {{"team", "y", {}}});
  rate_limit_config limit;
  limit.concurrent_exec_limit = 3;
  out = out->with_limit("ship", limit);
  return out;
}

std::map<std::string, std::optional<std::string>>
by_key(const std::vector<definition_row>& rows) {
  std::map<std::string, std::optional<std::string>> out;
  for (auto& row : rows)
    out[row.key] = row.value;
  return out;
}

TEST_CASE("rows make the same definitions again, and their erasure none") {
  auto all = registered();
  auto rows = rows_of(*all);
  CHECK(rows.size() == 9);
  definition_snapshot_pointer copy
      = std::make_shared<const definition_snapshot>();
  for (auto& row : rows) {
    auto next = with_row(*copy, row);
    REQUIRE_MESSAGE(next, (next ? "" : next.failure().message));
    copy = *next;
  }
  CHECK(by_key(rows_of(*copy)) == by_key(rows));
  for (auto& row : rows) {
    auto next = with_row(*copy, {row.key, std::nullopt});
    REQUIRE(next);
    copy = *next;
  }
  CHECK(rows_of(*copy).empty());
}

TEST_CASE("a row that cannot be read is refused and changes nothing") {
  definition_snapshot none;
  auto good = rows_of(*registered()).front();
  CHECK_FALSE(with_row(none, {"mw", "\1{}"}));
  CHECK_FALSE(with_row(none, {good.key, "\1{"}));
  CHECK_FALSE(with_row(none, {good.key, "\2" + good.value->substr(1)}));
  CHECK_FALSE(with_row(none, {good.key, ""}));
  CHECK_FALSE(with_row(none, {"x", "\1{}"}));
}

struct copying {
  result<done> take(change_definitions what) {
    std::optional<result<done>> got;
    copy.take({std::move(what), {}, reply<done>([&](result<done> x) {
                 got = std::move(x);
               })});
    REQUIRE(got);
    return *got;
  }
  std::shared_ptr<storage::memory_store> store
      = std::make_shared<storage::memory_store>(2);
  uint64_t epoch = *store->acquire(definitions_shard, "test");
  std::shared_ptr<published_definitions> published
      = std::make_shared<published_definitions>();
  std::vector<std::string> changed;
  definition_copy copy{definition_copy::ports{
      published, store, epoch,
      [this](const std::string& name) { changed.push_back(name); }}};
};

TEST_CASE("a copy is shown when its last part is there, and kept") {
  copying node;
  node.published->set_complete(false);
  auto rows = rows_of(*registered());
  change_definitions first{true, true, {rows.begin(), rows.begin() + 4}};
  change_definitions last{false, false, {rows.begin() + 4, rows.end()}};
  CHECK(node.take(first));
  CHECK(node.published->current()->workflows().empty());
  auto unknown = node.published->pinned("ship", 1);
  CHECK(unknown.failure().code == errc::unavailable);
  CHECK(node.take(last));
  CHECK(node.published->pinned("ship", 1));
  CHECK(node.published->pinned("other", 1).failure().code == errc::not_found);
  auto kept = load_definitions(*node.store);
  REQUIRE(kept);
  CHECK(by_key(rows_of(**kept)) == by_key(rows));

  // What the owner does not have any more goes.
  CHECK(node.take({true, false, {rows.front()}}));
  kept = load_definitions(*node.store);
  REQUIRE(kept);
  CHECK(rows_of(**kept).size() == 1);
}

TEST_CASE("without the owner a copy serves what it knows, and does not say "
          "that the rest is unknown") {
  copying node;
  CHECK(node.take({true, false, rows_of(*registered())}));
  node.copy.owner_lost();
  CHECK(node.published->pinned("ship", 1));
  CHECK(node.published->pinned("other", 1).failure().code == errc::unavailable);
}

struct spreading {
  spreading() {
    directory->set_peers(peers);
    published->publish(registered());
  }
  ~spreading() { directory->clear(); }
  void change(bool& told) {
    storage::batch rows{stored(*workflow("new", 1))};
    published->publish(published->current()->with(workflow("new", 1)));
    spread->changed(rows, [&told] { told = true; });
  }
  std::shared_ptr<letters_by_hand> peers = std::make_shared<letters_by_hand>();
  std::shared_ptr<actor_directory> directory
      = std::make_shared<actor_directory>();
  std::shared_ptr<published_definitions> published
      = std::make_shared<published_definitions>();
  std::shared_ptr<definition_spread> spread
      = std::make_shared<definition_spread>(directory, published);
};

TEST_CASE("a change is answered when the nodes that are connected have it") {
  spreading owner;
  bool told = false;
  owner.change(told);
  CHECK(told); // nobody is connected

  owner.spread->met("b");
  auto all = owner.peers->take();
  CHECK(all.node == "b");
  CHECK(all.as<change_definitions>().first_part);
  CHECK(all.as<change_definitions>().rows.size() == 10);
  all.answer<change_definitions>(done{});

  told = false;
  owner.change(told);
  CHECK_FALSE(told);
  auto one = owner.peers->take();
  CHECK_FALSE(one.as<change_definitions>().first_part);
  CHECK(one.as<change_definitions>().rows.size() == 1);
  one.answer<change_definitions>(done{});
  one.letter.reset();
  CHECK(told);
  CHECK(owner.peers->letters.empty());
}

TEST_CASE("a node that did not take a change gets all definitions again") {
  spreading owner;
  owner.spread->met("b");
  owner.peers->take().answer<change_definitions>(done{});
  bool told = false;
  owner.change(told);
  owner.peers->take().answer<change_definitions>(
      failure{errc::unavailable, "it did not answer in time"});
  CHECK(told);
  auto again = owner.peers->take();
  CHECK(again.as<change_definitions>().first_part);
  again.answer<change_definitions>(done{});

  owner.spread->lost("b");
  told = false;
  owner.change(told);
  CHECK(told);
  CHECK(owner.peers->letters.empty());
}

} // namespace definition_copies_test

} // namespace tutti::test::cluster

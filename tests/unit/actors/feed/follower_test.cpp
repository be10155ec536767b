#include "actors/feed/follower_actor.hpp"
#include "storage/keys.hpp"
#include "tests/support/actor_world.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <doctest/doctest.h>

using namespace tutti;
using namespace tutti::test;
using namespace std::chrono_literals;

namespace follower_tests {

/// Writes down what it gets; answers at once, late, or with failures.
class noting_consumer final : public feed_consumer {
 public:
  explicit noting_consumer(std::string name = "notes")
      : name_(std::move(name)) {}

  std::string name() const override { return name_; }
  bool keeps_positions() const override { return keeps; }
  void open(reply<feed_positions> done) override { opening = std::move(done); }
  void resume(uint32_t shard, const storage::follower_mark& stored) override {
    resumed[shard] = stored;
  }
  void consume(uint32_t shard, feed_page_pointer page,
               reply<feed_result> done) override {
    std::string text;
    for (auto& x : page->items)
      text += (text.empty() ? "" : " ") + std::to_string(x.position) + ":"
              + x.what.workflow_id;
    pages[shard].push_back(text);
    if (failures > 0) {
      --failures;
      done(failure{errc::unavailable, "not now"});
    } else if (holds) {
      held.push_back(std::move(done));
    } else {
      done(feed_result{"after " + text, {}});
    }
  }
  void rebuild(uint32_t, uint64_t position, reply<feed_result> done) override {
    rebuilt.push_back(position);
    done(feed_result{"rebuilt", {}, stands_at});
  }

  std::map<uint32_t, std::vector<std::string>> pages;
  std::map<uint32_t, storage::follower_mark> resumed;
  std::vector<uint64_t> rebuilt;
  std::vector<reply<feed_result>> held;
  bool holds = false, keeps = false;
  reply<feed_positions> opening;
  std::optional<uint64_t> stands_at; ///< after a rebuild
  int failures = 0;

 private:
  std::string name_;
};

using texts = std::vector<std::string>;

/// The store and the clock of an actor world; its executions do nothing.
struct follower_world : actor_world {
  explicit follower_world(storage::memory_store::writes how
                          = storage::memory_store::writes::at_once)
      : actor_world({.writes = how}) {
    run();
  }
  ~follower_world() { stop_followers(); }

  std::shared_ptr<noting_consumer> attach(std::string name = "notes",
                                          bool keeps = false) {
    auto consumer = std::make_shared<noting_consumer>(std::move(name));
    consumer->keeps = keeps;
    auto context = std::make_shared<follower_context>();
    context->settings = settings;
    context->settings.pause = pause;
    context->consumer = consumer;
    context->store = store;
    if (!retention)
      retention = std::make_shared<feed_retention>(store, lag_max);
    context->retention = retention;
    for (auto& x : contexts)
      context->epochs.push_back(x->epoch);
    context->read = [this](uint32_t shard, uint64_t after, size_t limit,
                           reply<storage::feed_page> done) {
      ++reads;
      if (failing_reads > 0) {
        --failing_reads;
        return done(failure{errc::unavailable, "the disk is away"});
      }
      auto work = [=](const storage::store& from) {
        return storage::read_feed(from, shard, after, limit);
      };
      storage::read<storage::feed_page>(*readers, work, std::move(done));
    };
    auto marks = load_marks(*store, consumer->name());
    REQUIRE(marks);
    retention->add(consumer->name(), *marks);
    actors.push_back(
        system.spawn(feed_follower,
                     std::shared_ptr<const follower_context>(context), *marks));
    return consumer;
  }

  void stop_followers() {
    for (auto& x : actors)
      caf::anon_send_exit(x, caf::exit_reason::user_shutdown);
    actors.clear();
    retention.reset();
    run();
  }

  void write(std::string id, uint32_t shard = 0) {
    storage::feed_entry x;
    x.workflow_id = std::move(id);
    store->submit({shard, contexts[shard]->epoch, {}, storage::write(x)}, {});
  }

  storage::follower_mark mark(const std::string& name = "notes",
                              uint32_t shard = 0) {
    auto all = load_marks(*store, name);
    REQUIRE(all);
    return (*all)[shard];
  }

  feed_retention::report report_of(const std::string& name) const {
    for (auto& x : retention->reports())
      if (x.follower == name)
        return x;
    return {};
  }

  follower_settings settings;
  std::chrono::milliseconds pause{100};
  uint64_t lag_max = 1'000;
  std::shared_ptr<feed_retention> retention;
  std::vector<feed_follower_actor> actors;
  int reads = 0, failing_reads = 0;
};

TEST_CASE_FIXTURE(follower_world,
                  "a follower gets what was written before it") {
  write("a");
  write("b");
  write("c", 1);
  auto consumer = attach();
  run();
  CHECK(consumer->pages[0] == texts{"1:a 2:b"});
  CHECK(consumer->pages[1] == texts{"1:c"});
  CHECK(mark().position == 2);
  CHECK(mark().state == "after 1:a 2:b");
  CHECK(retention->reports()[0].position == 3);
  CHECK(retention->reports()[0].lag == 0);
}

TEST_CASE_FIXTURE(follower_world, "news after a quiet time are read at once") {
  auto consumer = attach();
  run();
  advance(1s);
  write("a");
  run();
  CHECK(consumer->pages[0] == texts{"1:a"});
}

TEST_CASE_FIXTURE(follower_world, "news within the pause become one page") {
  auto consumer = attach();
  write("a");
  run();
  for (auto* id : {"b", "c", "d"}) {
    write(id);
    run();
  }
  CHECK(consumer->pages[0] == texts{"1:a"});
  advance(pause);
  CHECK(consumer->pages[0] == texts{"1:a", "2:b 3:c 4:d"});
}

TEST_CASE_FIXTURE(follower_world, "nothing is read while nothing is written") {
  attach();
  write("a");
  advance(1s);
  auto before = reads;
  advance(3600s);
  CHECK(reads == before);
}

TEST_CASE_FIXTURE(follower_world, "what does not fit a page follows at once") {
  settings.page_entries = 2;
  for (auto* id : {"a", "b", "c", "d", "e"})
    write(id);
  auto consumer = attach();
  run();
  CHECK(consumer->pages[0] == texts{"1:a 2:b", "3:c 4:d", "5:e"});
}

TEST_CASE_FIXTURE(follower_world, "a follower goes on where it stopped") {
  attach();
  write("a");
  run();
  stop_followers();
  write("b");
  auto consumer = attach();
  run();
  CHECK(consumer->resumed[0].position == 1);
  CHECK(consumer->resumed[0].state == "after 1:a");
  CHECK(consumer->pages[0] == texts{"2:b"});
}

TEST_CASE("a page whose mark was lost to a crash comes again") {
  follower_world world{storage::memory_store::writes::by_hand};
  world.write("a");
  world.store->flush();
  auto first = world.attach();
  world.run();
  CHECK(first->pages[0] == texts{"1:a"});
  REQUIRE(world.store->held() == 1);
  size_t written = 0;
  SUBCASE("before it was written") {}
  SUBCASE("written, but nobody was told") { written = 1; }
  world.store->crash(written);
  world.stop_followers();
  auto second = world.attach();
  world.run();
  CHECK(second->pages[0] == (written ? texts{} : texts{"1:a"}));
}

TEST_CASE_FIXTURE(
    follower_world,
    "a consumer that fails gets the page again, later each time") {
  auto consumer = attach();
  consumer->failures = 3;
  write("a");
  run();
  CHECK(consumer->pages[0].size() == 1);
  CHECK(mark().position == 0);
  advance(150ms);
  CHECK(consumer->pages[0].size() == 2);
  advance(100ms);
  CHECK(consumer->pages[0].size() == 2);
  write("b");
  advance(1s);
  CHECK(consumer->pages[0] == texts{"1:a", "1:a", "1:a 2:b", "1:a 2:b"});
  CHECK(mark().position == 2);
}

TEST_CASE_FIXTURE(follower_world, "a read that fails is tried again") {
  failing_reads = 2;
  write("a");
  auto consumer = attach();
  advance(10s);
  CHECK(consumer->pages[0] == texts{"1:a"});
}

TEST_CASE_FIXTURE(follower_world,
                  "a shard whose consumer takes its time holds up no other") {
  auto consumer = attach();
  consumer->holds = true;
  write("a");
  run();
  write("b");
  consumer->holds = false;
  write("c", 1);
  advance(1s);
  CHECK(consumer->pages[0] == texts{"1:a"});
  CHECK(consumer->pages[1] == texts{"1:c"});
  CHECK(retention->reports()[0].lag == 2);
  consumer->held[0](feed_result{"late", {}});
  advance(1s);
  CHECK(consumer->pages[0] == texts{"1:a", "2:b"});
}

TEST_CASE_FIXTURE(follower_world,
                  "a consumer that drops a page gets it again") {
  auto consumer = attach();
  consumer->holds = true;
  write("a");
  run();
  consumer->holds = false;
  consumer->held.clear();
  advance(1s);
  CHECK(consumer->pages[0] == texts{"1:a", "1:a"});
}

TEST_CASE_FIXTURE(follower_world, "what all have passed is erased") {
  settings.erase_entries_min = 3;
  auto slow = attach("slow");
  slow->holds = true;
  attach("fast");
  for (auto* id : {"a", "b", "c", "d"})
    write(id);
  advance(1s);
  CHECK(count_rows("f") == 4);
  slow->holds = false;
  slow->held[0](feed_result{});
  advance(1s);
  // The newest row stays: the next position follows from it.
  CHECK(count_rows("f") == 1);
  CHECK(store->feed_end(0) == 4);
}

TEST_CASE_FIXTURE(follower_world,
                  "who is too far behind holds nothing back and begins anew") {
  settings.erase_entries_min = 1;
  lag_max = 3;
  std::shared_ptr<noting_consumer> other;
  SUBCASE("beside another") { other = attach("other"); }
  SUBCASE("alone") {}
  auto consumer = attach();
  consumer->holds = true;
  for (int i = 0; i < 40; ++i) {
    write(std::to_string(i));
    advance(pause);
  }
  CHECK(consumer->pages[0].size() == 1);
  CHECK(count_rows("f") == 4);
  consumer->holds = false;
  consumer->held[0](failure{errc::unavailable, "it took too long"});
  advance(60s);
  REQUIRE(consumer->rebuilt.size() == 1);
  CHECK(consumer->rebuilt[0] == 36);
  CHECK(consumer->pages[0].back() == "37:36 38:37 39:38 40:39");
  CHECK(report_of("notes").rebuilds == 1);
  CHECK(mark().position == 40);
}

TEST_CASE_FIXTURE(follower_world,
                  "a consumer that keeps its positions is asked for them") {
  settings.erase_entries_min = 2;
  auto other = attach("other");
  auto consumer = attach("keeps", true);
  for (auto* id : {"a", "b", "c", "d"})
    write(id);
  write("x", 1);
  advance(1s);
  // Nothing is read, and nothing goes, before it answers.
  CHECK(other->pages[0].size() == 1);
  CHECK(consumer->pages[0].empty());
  CHECK(count_rows("f") == 5);
  REQUIRE(consumer->opening);
  consumer->opening(feed_positions{2, 1});
  advance(1s);
  CHECK(consumer->pages[0] == texts{"3:c 4:d"});
  CHECK(consumer->pages[1].empty());
  CHECK(consumer->rebuilt.empty());
  CHECK(mark("keeps").position == 0); // it stores none here
  CHECK(report_of("keeps").lag == 0);
  write("e");
  write("f");
  advance(1s);
  CHECK(consumer->pages[0].back() == "5:e 6:f");
  CHECK(count_rows("f") < 7); // what both have passed is erased
}

TEST_CASE_FIXTURE(follower_world,
                  "a consumer whose positions are lost rebuilds and goes on "
                  "from where it stands then") {
  for (auto* id : {"a", "b", "c"})
    write(id);
  auto consumer = attach("keeps", true);
  consumer->stands_at = 2;
  run();
  SUBCASE("lost") { consumer->opening(feed_positions{std::nullopt, 0}); }
  SUBCASE("of another store") { consumer->opening(feed_positions{9, 0}); }
  advance(1s);
  CHECK(consumer->rebuilt == std::vector<uint64_t>{0});
  CHECK(consumer->pages[0] == texts{"3:c"});
}

TEST_CASE_FIXTURE(follower_world, "who lost the shard stores nothing more") {
  auto consumer = attach();
  write("a");
  advance(1s);
  REQUIRE(store->acquire(0, "another node"));
  auto epoch = contexts[0]->epoch + 1;
  storage::feed_entry x;
  x.workflow_id = "b";
  store->submit({0, epoch, {}, storage::write(x)}, {});
  advance(60s);
  CHECK(mark().position == 1);
  CHECK(consumer->pages[0] == texts{"1:a", "2:b"});
  CHECK(consumer->pages[1].empty());
  write("c", 1);
  advance(1s);
  CHECK(consumer->pages[1] == texts{"1:c"});
}

} // namespace follower_tests

// The feed of a shard, as every engine keeps it.

#include "storage/feed.hpp"

#include "storage/keys.hpp"
#include "storage/records_fields.hpp"
#include "tests/unit/storage/engines.hpp"

#include <latch>
#include <mutex>
#include <thread>

namespace tutti::storage::test {

#define ENGINES memory_engine, rocksdb_engine, postgres_engine

namespace feed_cases {

feed_entry entry(std::string id, int64_t revision) {
  feed_entry out;
  out.workflow_id = std::move(id);
  out.first_revision = out.last_revision = revision;
  out.after = workflow_status::running;
  return out;
}

void submit(store& to, const feed_entry& x, uint32_t shard = 0,
            uint64_t epoch = 0, std::function<void(outcome)> finished = {}) {
  to.submit({shard, epoch, {put("e" + x.workflow_id, "")}, write(x)},
            std::move(finished));
}

feed_page page(const store& from, uint32_t shard = 0, uint64_t after = 0,
               size_t limit = 1'000'000) {
  auto out = read_feed(from, shard, after, limit);
  REQUIRE_MESSAGE(out, out.failure().message);
  return std::move(*out);
}

/// "3:b" for the entry of `b` at position 3.
std::vector<std::string> texts(const feed_page& x) {
  std::vector<std::string> out;
  for (auto& item : x.items)
    out.push_back(std::to_string(item.position) + ":" + item.what.workflow_id);
  return out;
}

using list = std::vector<std::string>;

void trim(store& s, uint64_t position) {
  REQUIRE(write(s, {erase_range(keys::feed(0), keys::feed(position))})
          == outcome::ok);
}

} // namespace feed_cases

using namespace feed_cases;

TEST_CASE_TEMPLATE("commits are found in the feed in their order", T, ENGINES) {
  T engine;
  auto& s = engine.get();
  feed_entry full = entry("a", 4);
  full.first_revision = 2;
  full.before = workflow_status::running;
  full.after = workflow_status::failed;
  full.archived = full.tasks_changed = true;
  submit(s, full, 1);
  feed_entry removed;
  removed.workflow_id = "b";
  removed.before = workflow_status::failed;
  submit(s, removed, 1);
  submit(s, entry("elsewhere", 1), 2);
  s.flush();
  auto all = page(s, 1);
  REQUIRE(texts(all) == list{"1:a", "2:b"});
  CHECK(all.items[0].what == full);
  CHECK(all.items[1].what == removed);
  CHECK_FALSE(all.is_behind);
  CHECK(s.feed_end(1) == 2);
  CHECK(s.feed_end(0) == 0);
  CHECK(page(s, 0).items.empty());
}

TEST_CASE_TEMPLATE("commits without an entry take no position", T, ENGINES) {
  T engine;
  auto& s = engine.get();
  submit(s, entry("a", 1));
  CHECK(write(s, {put("q1", "")}) == outcome::ok);
  submit(s, entry("b", 1));
  s.flush();
  CHECK(texts(page(s)) == list{"1:a", "2:b"});
}

TEST_CASE_TEMPLATE("the feed is read on from any position", T, ENGINES) {
  T engine;
  auto& s = engine.get();
  for (auto* id : {"a", "b", "c", "d"})
    submit(s, entry(id, 1));
  s.flush();
  CHECK(texts(page(s, 0, 2)) == list{"3:c", "4:d"});
  CHECK(page(s, 0, 4).items.empty());
  auto first = page(s, 0, 0, 1);
  REQUIRE(!first.items.empty());
  CHECK(first.items.front().position == 1);
  // A page never ends in the middle of nothing: reading on finds the rest.
  auto rest = page(s, 0, first.items.back().position);
  CHECK(first.items.size() + rest.items.size() == 4);
}

TEST_CASE_TEMPLATE("a fenced commit leaves no gap in the feed", T, ENGINES) {
  T engine;
  auto& s = engine.get();
  auto old = s.acquire(0, "first");
  auto now = s.acquire(0, "second");
  REQUIRE(old);
  REQUIRE(now);
  submit(s, entry("a", 1), 0, *now);
  submit(s, entry("late", 1), 0, *old);
  submit(s, entry("b", 1), 0, *now);
  s.flush();
  CHECK(texts(page(s)) == list{"1:a", "2:b"});
}

TEST_CASE_TEMPLATE("positions go on after a restart", T, ENGINES) {
  T engine;
  submit(engine.get(), entry("a", 1));
  submit(engine.get(), entry("b", 1));
  engine.get().flush();
  engine.reopen();
  CHECK(engine.get().feed_end(0) == 2);
  submit(engine.get(), entry("c", 1));
  engine.get().flush();
  CHECK(texts(page(engine.get())) == list{"1:a", "2:b", "3:c"});
}

TEST_CASE_TEMPLATE("positions go on after all was passed and erased", T,
                   ENGINES) {
  T engine;
  for (auto* id : {"a", "b", "c"}) {
    submit(engine.get(), entry(id, 1));
    engine.get().flush();
  }
  trim(engine.get(), engine.get().feed_end(0));
  engine.reopen();
  submit(engine.get(), entry("d", 1));
  engine.get().flush();
  auto rest = page(engine.get(), 0, 3);
  CHECK(texts(rest) == list{"4:d"});
  CHECK_FALSE(rest.is_behind);
}

TEST_CASE_TEMPLATE("who missed entries that were erased is told", T, ENGINES) {
  T engine;
  auto& s = engine.get();
  for (auto* id : {"a", "b", "c"}) {
    submit(s, entry(id, 1));
    s.flush();
  }
  trim(s, 2);
  CHECK(texts(page(s, 0, 1)) == list{"2:b", "3:c"});
  CHECK_FALSE(page(s, 0, 1).is_behind);
  CHECK(page(s, 0, 0).is_behind);
  CHECK(texts(page(s, 0, 0)) == list{"2:b", "3:c"});
}

TEST_CASE_TEMPLATE("listeners hear of what is durable, until they leave", T,
                   ENGINES) {
  T engine;
  auto& s = engine.get();
  std::mutex mutex;
  std::map<uint32_t, uint64_t> heard;
  bool early = false;
  auto listening = s.listen([&](uint32_t shard, uint64_t position) {
    std::lock_guard guard{mutex};
    early = early || s.feed_end(shard) < position || position <= heard[shard];
    heard[shard] = position;
  });
  submit(s, entry("a", 1), 1);
  submit(s, entry("b", 1), 1);
  submit(s, entry("c", 1), 2);
  s.flush();
  s.flush(); // a listener is told after those who submitted
  listening.reset();
  submit(s, entry("d", 1), 1);
  s.flush();
  s.flush();
  std::lock_guard guard{mutex};
  CHECK_FALSE(early);
  CHECK(heard == std::map<uint32_t, uint64_t>{{1, 2}, {2, 1}});
}

TEST_CASE_TEMPLATE("a reader never sees a position before those below it", T,
                   ENGINES) {
  T engine;
  auto& s = engine.get();
  constexpr int writers = 4, each = 200;
  std::atomic<bool> stop{false};
  std::atomic<int> wrong{0};
  std::thread reader{[&] {
    uint64_t seen = 0;
    while (!stop || s.feed_end(0) > seen) {
      auto next = read_feed(s, 0, seen, 64);
      if (!next || next->is_behind)
        ++wrong;
      else
        for (auto& x : next->items)
          if (x.position != ++seen)
            ++wrong;
    }
    if (seen != writers * each)
      ++wrong;
  }};
  std::vector<std::thread> all;
  for (int w = 0; w < writers; ++w)
    all.emplace_back([&, w] {
      for (int i = 1; i <= each; ++i)
        submit(s, entry(std::to_string(w), i));
    });
  for (auto& x : all)
    x.join();
  s.flush();
  stop = true;
  reader.join();
  CHECK(wrong == 0);
}

TEST_CASE_TEMPLATE("a damaged row is not taken for an empty feed", T, ENGINES) {
  T engine;
  auto& s = engine.get();
  std::string bytes;
  SUBCASE("no message") { bytes = "\xff\xff"; }
  SUBCASE("of another version") {
    record::FeedRow row;
    row.set_version(record_fields::version + 1);
    row.add_entries()->set_workflow_id("a");
    bytes = row.SerializeAsString();
  }
  SUBCASE("without entries") { bytes = feed_row_begin(); }
  SUBCASE("with more entries than there are positions") {
    bytes = std::string(feed_row_begin()) + write(entry("a", 1))
            + write(entry("b", 1));
  }
  SUBCASE("with a status that is none") {
    record::FeedRow row;
    row.set_version(record_fields::version);
    row.add_entries()->set_after(99);
    bytes = row.SerializeAsString();
  }
  REQUIRE(write(s, {put(keys::feed(1), bytes)}) == outcome::ok);
  CHECK_FALSE(read_feed(s, 0, 0, 10));
}

TEST_CASE("a follower's mark is read back") {
  auto bytes = write(follower_mark{7, "state"});
  auto read = read_follower_mark(bytes);
  REQUIRE(read);
  CHECK(read->position == 7);
  CHECK(read->state == "state");
  CHECK_FALSE(read_follower_mark("\x08\x02"));
}

} // namespace tutti::storage::test

#include "storage/memory/memory_store.hpp"
#include "tests/unit/storage/rows.hpp"

namespace tutti::storage::test {

namespace by_hand {

/// A store whose commits are held, and what became of them.
struct world {
  memory_store s{2, memory_store::writes::by_hand};
  std::string answers;

  void submit(std::string key, uint64_t epoch = 0) {
    s.submit({0, epoch, {put(key, "x")}}, [this, key](outcome x) {
      answers += key
                 + (x == outcome::ok       ? "+"
                    : x == outcome::fenced ? "f"
                                           : "-");
    });
  }

  std::string keys() const {
    std::string out;
    for (const auto& r : rows(s))
      out += r.first;
    return out;
  }
};

} // namespace by_hand

TEST_CASE_FIXTURE(by_hand::world,
                  "a held commit is neither seen nor answered") {
  submit("a");
  submit("b");
  submit("c");
  CHECK(s.held() == 3);
  CHECK(keys() == "");
  CHECK(answers == "");
  CHECK(s.flush_some(2) == 2);
  CHECK(keys() == "ab");
  CHECK(answers == "a+b+");
  CHECK(s.flush_some(5) == 1);
  CHECK(answers == "a+b+c+");
}

TEST_CASE_FIXTURE(by_hand::world, "a flush writes everything held") {
  submit("a");
  submit("b");
  s.flush();
  CHECK(answers == "a+b+");
  CHECK(s.held() == 0);
}

TEST_CASE_FIXTURE(by_hand::world,
                  "a crash between submission and answer loses the commit") {
  submit("a");
  s.flush();
  submit("b");
  s.crash();
  s.flush();
  CHECK(keys() == "a");
  CHECK(answers == "a+");
}

TEST_CASE_FIXTURE(by_hand::world,
                  "a crash may come after the write and before its answer") {
  submit("a");
  submit("b");
  submit("c");
  s.crash(2);
  s.flush();
  CHECK(keys() == "ab");
  CHECK(answers == "");
  submit("d");
  s.flush();
  CHECK(keys() == "abd");
}

TEST_CASE_FIXTURE(by_hand::world,
                  "after a failed write nothing is written until a restart") {
  submit("a");
  submit("b");
  submit("c");
  s.flush_some(1);
  s.fail_next();
  s.flush();
  CHECK(answers == "a+b-c-");
  CHECK(keys() == "a");
  CHECK_FALSE(s.acquire(0, "node"));
  s.crash();
  submit("d");
  s.flush();
  CHECK(keys() == "ad");
}

TEST_CASE_FIXTURE(by_hand::world,
                  "a commit held while its shard changes hands is fenced") {
  auto first = s.acquire(0, "a");
  REQUIRE(first);
  submit("a", *first);
  auto second = s.acquire(0, "b");
  REQUIRE(second);
  submit("b", *second);
  s.flush();
  CHECK(answers == "afb+");
  CHECK(keys() == "b");
}

TEST_CASE_FIXTURE(by_hand::world,
                  "a commit handed in by a callback waits for its own turn") {
  s.submit({0, 0, {put("a", "x")}}, [this](outcome) { submit("b"); });
  CHECK(s.flush_some(1) == 1);
  CHECK(keys() == "a");
  CHECK(s.held() == 1);
  s.flush();
  CHECK(keys() == "ab");
}

TEST_CASE("at once, a commit is answered before submit returns") {
  memory_store s{1};
  bool answered = false;
  s.submit({0, 0, {put("a", "x")}}, [&](outcome x) {
    answered = x == outcome::ok && value_of(s, 0, "a") == "x";
  });
  CHECK(answered);
  s.fail_next();
  CHECK(write(s, {put("b", "x")}) == outcome::unavailable);
  CHECK(rows(s).size() == 1);
}

TEST_CASE("reads that fail say so, and work again") {
  memory_store s{1};
  REQUIRE(write(s, {put("a", "x")}) == outcome::ok);
  s.fail_reads(true);
  auto row = s.get(0, "a");
  REQUIRE_FALSE(row);
  CHECK(row.failure().code == errc::unavailable);
  int seen = 0;
  auto count = [&](auto, auto) { return ++seen > 0; };
  CHECK_FALSE(s.scan(0, "", "", count));
  CHECK_FALSE(s.scan_backwards(0, "", "", count));
  CHECK(seen == 0);
  s.fail_reads(false);
  CHECK(value_of(s, 0, "a") == "x");
}

} // namespace tutti::storage::test

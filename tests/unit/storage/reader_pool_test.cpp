#include "storage/reader_pool.hpp"
#include "tests/unit/storage/engines.hpp"

#include <atomic>
#include <future>
#include <latch>

namespace tutti::storage::test {

namespace reader_pool_cases {

using value = std::optional<std::string>;

std::shared_ptr<memory_store> store_with_a_row() {
  auto out = std::make_shared<memory_store>(1);
  write(*out, {put("a", "x")});
  return out;
}

auto get_a = [](const store& from) { return from.get(0, "a"); };

/// The threads of a pool, held up until it goes out of scope.
class holdup {
 public:
  holdup(readers& by, int threads) {
    auto begun = std::make_shared<std::latch>(threads);
    for (int i = 0; i < threads; ++i)
      storage::read<done>(
          by,
          [begun, until = release_](const store&) -> result<done> {
            begun->count_down();
            until->wait();
            return done{};
          },
          [](result<done>) {});
    begun->wait();
  }
  ~holdup() { release_->count_down(); }

 private:
  std::shared_ptr<std::latch> release_ = std::make_shared<std::latch>(1);
};

} // namespace reader_pool_cases

TEST_CASE("a reader answers what it read") {
  using namespace reader_pool_cases;
  reader_pool pool(store_with_a_row(), {.threads = 2});
  std::promise<result<value>> got;
  read<value>(pool, get_a,
              [&](result<value> x) { got.set_value(std::move(x)); });
  auto x = got.get_future().get();
  REQUIRE(x);
  CHECK(*x == "x");
  pool.close();
  CHECK(pool.count().jobs == 1);
}

TEST_CASE("a read that fails is answered with the reason") {
  using namespace reader_pool_cases;
  auto store = store_with_a_row();
  reader_pool pool(store, {.threads = 1});
  store->fail_reads(true);
  std::promise<result<value>> got;
  read<value>(pool, get_a,
              [&](result<value> x) { got.set_value(std::move(x)); });
  auto x = got.get_future().get();
  REQUIRE_FALSE(x);
  CHECK(x.failure().code == errc::unavailable);
}

TEST_CASE("a job that throws is answered, and the next one is served") {
  using namespace reader_pool_cases;
  reader_pool pool(store_with_a_row(), {.threads = 1});
  std::promise<result<value>> first, second;
  read<value>(
      pool,
      [](const store&) -> result<value> { throw std::runtime_error("a bug"); },
      [&](result<value> x) { first.set_value(std::move(x)); });
  read<value>(pool, get_a,
              [&](result<value> x) { second.set_value(std::move(x)); });
  auto x = first.get_future().get();
  REQUIRE_FALSE(x);
  CHECK(x.failure().code == errc::internal);
  CHECK(x.failure().message.find("a bug") != std::string::npos);
  CHECK(second.get_future().get());
}

TEST_CASE("past the bound of those that wait, reads are refused at once") {
  using namespace reader_pool_cases;
  reader_pool pool(store_with_a_row(), {.threads = 2, .waiting_max = 3});
  std::atomic<int> read_well{0}, refused{0};
  {
    holdup all(pool, 2);
    for (int i = 0; i < 5; ++i)
      read<value>(pool, get_a,
                  [&](result<value> x) { ++(x ? read_well : refused); });
    CHECK(refused == 2);
    CHECK(read_well == 0);
    CHECK(pool.count().waiting == 3);
  }
  std::promise<void> last;
  read<value>(pool, get_a, [&](result<value>) { last.set_value(); });
  last.get_future().wait();
  pool.close();
  CHECK(read_well + refused == 5);
  CHECK(pool.count().refused >= 2);
}

TEST_CASE("a pool that closes refuses what waits and what comes") {
  using namespace reader_pool_cases;
  reader_pool pool(store_with_a_row(), {.threads = 1});
  std::atomic<int> answered{0}, refused{0};
  auto count = [&](result<value> x) {
    ++answered;
    refused += !x;
  };
  std::promise<void> closing;
  storage::read<done>(
      pool,
      [&](const store& from) -> result<done> {
        for (int i = 0; i < 10; ++i)
          read<value>(pool, get_a, count);
        closing.set_value();
        return from.get(0, "a") ? result<done>(done{})
                                : result<done>(failure{});
      },
      [](result<done>) {});
  closing.get_future().wait();
  pool.close();
  CHECK(answered == 10);
  read<value>(pool, get_a, count);
  CHECK(answered == 11);
  CHECK(refused >= 1);
}

} // namespace tutti::storage::test

#include "messages/model/threads/work_pool.hpp"

#include <doctest/doctest.h>

#include <sys/resource.h>
#include <unistd.h>

#include <future>
#include <stdexcept>

namespace tutti::work_pool_test {

int niceness() { return getpriority(PRIO_PROCESS, id_t(gettid())); }

TEST_CASE("work in a pool yields the CPU to the thread that gave it") {
  work_pool pool{1, 1, "aside"};
  std::promise<int> told;
  REQUIRE(pool.submit([&] { told.set_value(niceness()); }));
  auto here = niceness();
  auto there = told.get_future().get();
  CHECK(there >= 10);
  CHECK(there >= here);
  CHECK(niceness() == here);
}

TEST_CASE("work that throws ends alone") {
  work_pool pool{1, 8, "aside"};
  std::promise<bool> told;
  REQUIRE(pool.submit([] { throw std::runtime_error("no"); }));
  REQUIRE(pool.submit([&] { told.set_value(true); }));
  CHECK(told.get_future().get());
}

TEST_CASE("more than may wait is refused") {
  work_pool pool{1, 1, "aside"};
  std::promise<void> begun, go;
  REQUIRE(pool.submit([&] {
    begun.set_value();
    go.get_future().wait();
  }));
  begun.get_future().wait();
  CHECK(pool.submit([] {}));
  CHECK_FALSE(pool.submit([] {}));
  CHECK(pool.count().refused == 1);
  go.set_value();
}

} // namespace tutti::work_pool_test

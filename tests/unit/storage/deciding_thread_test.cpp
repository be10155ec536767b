#include "messages/model/deciding_thread.hpp"
#include "tests/unit/storage/engines.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <functional>
#include <thread>

namespace tutti::storage::test {

namespace deciding_thread_cases {

/// How a process ends that does this; 0: well.
int signal_of(const std::function<void()>& what) {
  auto child = fork();
  if (child == 0) {
    std::signal(SIGABRT, SIG_DFL); // not the test runner's
    if (!freopen("/dev/null", "w", stderr))
      _exit(1);
    what();
    _exit(0);
  }
  int status = 0;
  waitpid(child, &status, 0);
  if (WIFSIGNALED(status))
    return WTERMSIG(status);
  return WEXITSTATUS(status) == 0 ? 0 : -1;
}

} // namespace deciding_thread_cases

TEST_CASE("a mark is of its thread, and ends") {
  CHECK_FALSE(deciding_thread::is_current());
  {
    deciding_thread decides;
    CHECK(deciding_thread::is_current());
    {
      deciding_thread again;
      CHECK(deciding_thread::is_current());
    }
    CHECK(deciding_thread::is_current());
    std::thread other{[] { CHECK_FALSE(deciding_thread::is_current()); }};
    other.join();
  }
  CHECK_FALSE(deciding_thread::is_current());
}

#ifndef NDEBUG

TEST_CASE_TEMPLATE("a thread that decides cannot read the store", T,
                   memory_engine, rocksdb_engine, postgres_engine) {
  using namespace deciding_thread_cases;
  T engine;
  auto& s = engine.get();
  REQUIRE(write(s, {put("e", "x")}) == outcome::ok);
  auto visit = [](auto, auto) { return true; };
  CHECK(signal_of([&] {
          deciding_thread decides;
          (void)s.get(0, "e");
        })
        == SIGABRT);
  CHECK(signal_of([&] {
          deciding_thread decides;
          (void)s.scan(0, "", "", visit);
        })
        == SIGABRT);
  CHECK(signal_of([&] {
          deciding_thread decides;
          (void)s.read(0, {}, {});
        })
        == SIGABRT);
}

TEST_CASE("a callback of a commit cannot read the store") {
  using namespace deciding_thread_cases;
  temporary_directory dir;
  CHECK(signal_of([&] {
          auto s = rocksdb_store::open(dir.path(), {.shards = 1});
          (*s)->submit({0, 0, {put("e", "x")}},
                       [&](outcome) { (void)(*s)->get(0, "e"); });
          (*s)->flush();
        })
        == SIGABRT);
}

#endif

} // namespace tutti::storage::test

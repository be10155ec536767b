// A process that writes is killed at any moment: what it was answered is
// there, and of the rest every batch whole or not at all. (The page cache
// survives the process, so this shows the order of writing and answering; the
// torn log of rocksdb_store_test.cpp stands for the power.)

#include "storage/feed.hpp"
#include "tests/support/seeds.hpp"
#include "tests/unit/storage/engines.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <random>

namespace tutti::storage::test {

namespace kill_cases {

constexpr const char* directory_variable = "TUTTI_STORE_TEST_DIRECTORY";
constexpr int answers_file = 3;

std::string number(uint64_t n) {
  auto digits = std::to_string(n);
  return std::string(12 - digits.size(), '0') + digits;
}

/// For the commit of that number in its shard.
std::string feed_entry_of(uint64_t n) {
  feed_entry out;
  out.workflow_id = number(n);
  out.last_revision = int64_t(n);
  return write(out);
}

/// Positions have no gap, and entries are those of the commits 1..n.
void check_feed(const store& s, uint32_t shard, uint64_t n) {
  auto all = read_feed(s, shard, 0, SIZE_MAX);
  REQUIRE(all);
  CHECK(all->items.size() == n);
  CHECK(s.feed_end(shard) == n);
  uint64_t expected = 0, wrong = 0;
  for (auto& x : all->items)
    if (x.position != ++expected || x.what.last_revision != int64_t(expected))
      ++wrong;
  CHECK(wrong == 0);
}

/// Four bytes for each answered commit: its number in its shard, and the shard.
struct answered {
  uint32_t shard : 8;
  uint32_t number : 24;
};

/// This program again, running only the writer below.
pid_t start_writer(const std::string& directory, int answers) {
  setenv(directory_variable, directory.c_str(), 1);
  posix_spawn_file_actions_t files;
  posix_spawn_file_actions_init(&files);
  posix_spawn_file_actions_adddup2(&files, answers, answers_file);
  posix_spawn_file_actions_addopen(&files, 1, "/dev/null", O_WRONLY, 0);
  const char* arguments[]
      = {"writer", "--no-skip",
         "--test-case=a writer that goes on until it is killed", nullptr};
  pid_t child = 0;
  REQUIRE(posix_spawn(&child, "/proc/self/exe", &files, nullptr,
                      const_cast<char**>(arguments), environ)
          == 0);
  posix_spawn_file_actions_destroy(&files);
  unsetenv(directory_variable);
  return child;
}

/// Writes for a while, is killed, and says which commit of each shard was the
/// last to be answered.
std::vector<uint32_t> write_and_kill(const std::string& directory,
                                     size_t answers_wanted) {
  int pipe_ends[2];
  REQUIRE(pipe(pipe_ends) == 0);
  auto child = start_writer(directory, pipe_ends[1]);
  close(pipe_ends[1]);
  std::vector<uint32_t> last(rocksdb_engine::shards);
  answered x{};
  for (size_t n = 0; ::read(pipe_ends[0], &x, sizeof(x)) == sizeof(x);) {
    last[x.shard] = x.number;
    if (++n == answers_wanted)
      kill(child, SIGKILL); // and then read what was still on its way
  }
  close(pipe_ends[0]);
  int status = 0;
  waitpid(child, &status, 0);
  REQUIRE(WIFSIGNALED(status));
  return last;
}

} // namespace kill_cases

TEST_CASE("a writer that goes on until it is killed" * doctest::skip()) {
  using namespace kill_cases;
  auto directory = std::getenv(directory_variable);
  REQUIRE(directory != nullptr);
  auto opened
      = rocksdb_store::open(directory, {.shards = rocksdb_engine::shards});
  REQUIRE(opened);
  auto& s = **opened;
  auto first = std::stoul(value_of(s, 0, "n").value_or("0")) + 1;
  for (uint32_t n = static_cast<uint32_t>(first);; ++n) {
    for (uint32_t shard = 0; shard < rocksdb_engine::shards; ++shard)
      s.submit({shard,
                0,
                {put("e" + number(n), "event"), put("q" + number(n), "row"),
                 erase("q" + number(n - 1)), put("n", std::to_string(n))},
                feed_entry_of(n)},
               [=](outcome x) {
                 answered a{shard, n & 0xffffff};
                 if (x != outcome::ok
                     || ::write(answers_file, &a, sizeof(a)) != sizeof(a))
                   _exit(1);
               });
    if (n % 8 == 0)
      s.flush();
  }
}

TEST_CASE("a killed process has kept what it answered, batch by batch") {
  using namespace kill_cases;
  temporary_directory dir;
  const auto seed = tutti::test::seed_or(7);
  CAPTURE(seed);
  std::mt19937 random{unsigned(seed)};
  for (int generation = 0; generation < 6; ++generation) {
    CAPTURE(generation);
    auto last = write_and_kill(dir.path(), 50 + random() % 500);
    auto opened
        = rocksdb_store::open(dir.path(), {.shards = rocksdb_engine::shards});
    REQUIRE_MESSAGE(opened, opened.failure().message);
    auto& s = **opened;
    uint64_t end = 0;
    for (uint32_t shard = 0; shard < rocksdb_engine::shards; ++shard) {
      auto n = std::stoul(value_of(s, shard, "n").value_or("0"));
      CHECK(n >= last[shard]);
      CHECK(rows(s, shard, "e", "f").size() == n);
      CHECK(rows(s, shard, "q", "r") == row_list{{"q" + number(n), "row"}});
      check_feed(s, shard, n);
      end = std::max<uint64_t>(end, n);
    }
    // Shards were one commit apart at most; go on from the same number.
    for (uint32_t shard = 0; shard < rocksdb_engine::shards; ++shard) {
      auto n = std::stoul(value_of(s, shard, "n").value_or("0"));
      for (; n < end; ++n)
        s.submit(
            {shard,
             0,
             {put("e" + number(n + 1), "event"), erase("q" + number(n)),
              put("q" + number(n + 1), "row"), put("n", std::to_string(n + 1))},
             feed_entry_of(n + 1)},
            {});
      s.flush();
    }
  }
}

} // namespace tutti::storage::test

#include "tools/tutti/child_process.hpp"

#include <doctest/doctest.h>

#include <fcntl.h>
#include <filesystem>
#include <sys/stat.h>
#include <unistd.h>

using namespace tutti;
using namespace tutti::cli;

namespace child_process_test {

process_options shell(std::string script) {
  process_options o;
  o.command = {"/bin/sh", "-c", std::move(script)};
  return o;
}

} // namespace child_process_test
using child_process_test::shell;

TEST_CASE("a command reads its input and its output comes back") {
  auto end = run_process(shell("cat; echo err >&2; exit 7"), "in");
  REQUIRE(end);
  CHECK(end->exit_code == 7);
  CHECK(end->out == "in");
  CHECK(end->err == "err\n");
}

TEST_CASE("more input and output than a pipe holds passes through") {
  std::string big(3 << 20, 'x');
  auto end = run_process(shell("cat"), big);
  REQUIRE(end);
  CHECK(end->out == big);
}

TEST_CASE("a killed command counts as 128 and its signal") {
  auto end = run_process(shell("kill -9 $$"), "");
  REQUIRE(end);
  CHECK(end->exit_code == 137);
}

TEST_CASE("a command that does not exist is a failure that names it") {
  process_options o;
  o.command = {"/nowhere/at/all"};
  auto end = run_process(o, "");
  REQUIRE(!end);
  CHECK(end.failure().message.find("/nowhere/at/all") != std::string::npos);
}

TEST_CASE("what is added to the environment wins over what is there") {
  auto o = shell("printf %s \"$HOME-$TUTTI_TASK_ID\"");
  o.environment = {{"HOME", "h"}, {"TUTTI_TASK_ID", "t"}};
  CHECK(run_process(o, "")->out == "h-t");
}

TEST_CASE("output without end is cut off and the command with it") {
  auto o = shell("yes");
  o.out_bytes_max = 100'000;
  auto end = run_process(o, "");
  REQUIRE(end);
  CHECK(end->out_too_long);
  CHECK(end->out.empty());
}

// The command ends when the second beat tells it to.
TEST_CASE("the beat comes while the command is still running") {
  const auto gate = (std::filesystem::temp_directory_path()
                     / ("tutti-beat-" + std::to_string(getpid())))
                        .string();
  REQUIRE(mkfifo(gate.c_str(), 0600) == 0);
  const int way_in = open(gate.c_str(), O_RDWR | O_CLOEXEC);
  REQUIRE(way_in >= 0);
  int beats = 0;
  auto o = shell("read line < " + gate);
  o.beat = std::chrono::milliseconds(20);
  o.on_beat = [&] {
    if (++beats == 2)
      CHECK(write(way_in, "go\n", 3) == 3);
  };
  CHECK(run_process(o, ""));
  CHECK(beats >= 2);
  close(way_in);
  unlink(gate.c_str());
}

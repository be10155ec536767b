#include "actors/node/process_memory.hpp"

#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <vector>

namespace process_memory_tests {

namespace fs = std::filesystem;
using namespace tutti;

/// Files of control groups, gone with the object.
struct control_groups {
  control_groups() {
    auto pattern = (fs::temp_directory_path() / "tutti-groups-XXXXXX").string();
    REQUIRE(mkdtemp(pattern.data()) != nullptr);
    path = pattern;
  }
  ~control_groups() { fs::remove_all(path); }

  void write(const std::string& file, const std::string& text) const {
    auto to = fs::path(path) / file;
    fs::create_directories(to.parent_path());
    std::ofstream(to) << text << '\n';
  }

  std::string path;
};

TEST_CASE("the least limit of a control group and those around it counts") {
  control_groups x;
  x.write("memory.max", "max");
  x.write("pods/memory.max", "1000000");
  x.write("pods/one/memory.max", "max");
  CHECK(cgroup_limit("0::/pods/one\n", x.path) == 1'000'000);
  x.write("pods/one/memory.max", "700000");
  CHECK(cgroup_limit("0::/pods/one\n", x.path) == 700'000);
  CHECK(cgroup_limit("0::/other\n", x.path) == SIZE_MAX);
  CHECK(cgroup_limit("", x.path) == SIZE_MAX);
}

TEST_CASE("limits of control groups of version 1 count too") {
  control_groups x;
  x.write("memory/docker/a/memory.limit_in_bytes", "5000");
  CHECK(cgroup_limit("11:cpu,cpuacct:/docker/a\n4:memory:/docker/a\n", x.path)
        == 5'000);
}

TEST_CASE("the memory of this process is less than its limit") {
  auto used = memory_usage();
  CHECK(used.resident > 1 << 20);
  CHECK(used.resident < memory_limit());
  std::vector<char> more(64 << 20, 'x');
  CHECK(memory_usage().resident >= used.resident + (32 << 20));
  release_unused_memory();
}

} // namespace process_memory_tests

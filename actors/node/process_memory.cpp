#include "actors/node/process_memory.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <sstream>

// Absent where another allocator is linked (sanitizers).
extern "C" int mallctl(const char* name, void* old, size_t* old_size, void* now,
                       size_t now_size) __attribute__((weak));

namespace tutti {

namespace process_memory_detail {

/// The number in a file of a control group; "max" or nothing: SIZE_MAX.
size_t limit_in(const std::string& path) {
  std::ifstream file(path);
  uint64_t out = 0;
  return file >> out ? size_t(out) : SIZE_MAX;
}

/// A group is bounded by its own limit and those of the groups around it.
size_t limit_along(const std::string& mounted, std::string group,
                   const char* file) {
  auto least = limit_in(mounted + '/' + file);
  while (group.size() > 1) {
    least = std::min(least, limit_in(mounted + group + '/' + file));
    group.erase(group.rfind('/'));
  }
  return least;
}

size_t resource_limit(int which) {
  rlimit x{};
  if (getrlimit(which, &x) != 0 || x.rlim_cur == RLIM_INFINITY)
    return SIZE_MAX;
  return x.rlim_cur;
}

std::string text_of(const char* path) {
  std::ifstream file(path);
  std::stringstream out;
  out << file.rdbuf();
  return out.str();
}

/// As of the last `refresh_statistics`.
size_t statistic(const char* name) {
  size_t out = 0, size = sizeof out;
  return mallctl && mallctl(name, &out, &size, nullptr, 0) == 0 ? out : 0;
}

void refresh_statistics() {
  uint64_t epoch = 1;
  size_t size = sizeof epoch;
  if (mallctl)
    mallctl("epoch", &epoch, &size, &epoch, size);
}

} // namespace process_memory_detail

// Lines are "0::/path" (version 2) or "4:memory,cpu:/path" (version 1).
size_t cgroup_limit(const std::string& membership, const std::string& mounted) {
  using namespace process_memory_detail;
  auto least = SIZE_MAX;
  std::istringstream lines(membership);
  for (std::string line; std::getline(lines, line);) {
    auto first = line.find(':');
    auto second = line.find(':', first + 1);
    if (first == line.npos || second == line.npos)
      continue;
    auto kinds = ',' + line.substr(first + 1, second - first - 1) + ',';
    auto group = line.substr(second + 1);
    if (kinds == ",,")
      least = std::min(least, limit_along(mounted, group, "memory.max"));
    else if (kinds.find(",memory,") != kinds.npos)
      least = std::min(least, limit_along(mounted + "/memory", group,
                                          "memory.limit_in_bytes"));
  }
  return least;
}

size_t memory_limit() {
  using namespace process_memory_detail;
  auto machine
      = size_t(sysconf(_SC_PHYS_PAGES)) * size_t(sysconf(_SC_PAGESIZE));
  return std::min({machine,
                   cgroup_limit(text_of("/proc/self/cgroup"), "/sys/fs/cgroup"),
                   resource_limit(RLIMIT_AS), resource_limit(RLIMIT_DATA)});
}

size_t address_space_limit() {
  return process_memory_detail::resource_limit(RLIMIT_AS);
}

memory_budget::usage memory_usage() {
  std::ifstream file("/proc/self/statm");
  size_t whole = 0, resident = 0, shared = 0;
  file >> whole >> resident >> shared;
  using namespace process_memory_detail;
  auto page = size_t(getpagesize());
  refresh_statistics();
  // Of the address space the allocator keeps what it has given back.
  auto taken = whole * page;
  taken -= std::min(taken, statistic("stats.retained"));
  // Pages of the program's files do not count.
  return {(resident - std::min(resident, shared)) * page,
          statistic("stats.allocated"), taken};
}

void keep_unused_memory(std::chrono::milliseconds time) {
  if (!mallctl)
    return;
  unsigned arenas = 0;
  size_t size = sizeof arenas;
  if (mallctl("arenas.narenas", &arenas, &size, nullptr, 0) != 0)
    return;
  ssize_t ms = time.count();
  auto set = [&](const std::string& name) {
    mallctl((name + ".dirty_decay_ms").c_str(), nullptr, nullptr, &ms,
            sizeof ms);
  };
  set("arenas"); // of arenas that begin later
  for (unsigned i = 0; i < arenas; ++i)
    set("arena." + std::to_string(i));
}

void release_unused_memory() {
  // 4096 stands for all arenas (MALLCTL_ARENAS_ALL).
  if (mallctl)
    mallctl("arena.4096.purge", nullptr, nullptr, nullptr, 0);
}

} // namespace tutti

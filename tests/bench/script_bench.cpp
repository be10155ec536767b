// Scripts through one helper process, as an evaluator of the node sees them:
//   script_bench [SECONDS]
// Evaluations per second, how long one takes, and the CPU of both sides.

#include "tests/support/test_scripts.hpp"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>
#include <vector>

#include <sys/resource.h>
#include <unistd.h>

namespace {

using namespace tutti;
using clock_type = std::chrono::steady_clock;
using engine::script_language;

double cpu_of_this() {
  rusage x{};
  getrusage(RUSAGE_SELF, &x);
  auto seconds = [](timeval t) { return double(t.tv_sec) + t.tv_usec * 1e-6; };
  return seconds(x.ru_utime) + seconds(x.ru_stime);
}

double cpu_of(pid_t helper) {
  std::ifstream file("/proc/" + std::to_string(helper) + "/stat");
  std::string skipped;
  long user = 0, system = 0;
  for (int i = 0; i < 13; ++i)
    file >> skipped;
  file >> user >> system;
  return double(user + system) / double(sysconf(_SC_CLK_TCK));
}

struct line {
  const char* name;
  script_language language;
  std::string source, input;
};

void measure(evaluators::script_process& x, const line& what, double seconds) {
  engine::script_call call{what.language, what.source, what.input};
  x.run(call);
  auto helper = x.pid(what.language);
  auto mine = cpu_of_this(), its = cpu_of(helper);
  auto begin = clock_type::now();
  std::vector<double> took;
  for (auto now = begin;
       std::chrono::duration<double>(now - begin).count() < seconds;) {
    if (x.run(call).what != engine::script_result::kind::value)
      std::abort();
    auto end = clock_type::now();
    took.push_back(
        std::chrono::duration<double, std::micro>(end - now).count());
    now = end;
  }
  auto wall = std::chrono::duration<double>(clock_type::now() - begin).count();
  auto n = double(took.size());
  std::sort(took.begin(), took.end());
  std::printf("%-28s %8.0f/s  p50 %6.0f us  p99 %6.0f us  CPU us: node %4.0f, "
              "helper %4.0f\n",
              what.name, n / wall, took[took.size() / 2],
              took[took.size() * 99 / 100], (cpu_of_this() - mine) / n * 1e6,
              (cpu_of(helper) - its) / n * 1e6);
}

} // namespace

int main(int argc, char** argv) {
  double seconds = argc > 1 ? std::atof(argv[1]) : 2;
  auto x = test_scripts();
  std::string large = R"({"value":7,"list":[)";
  for (int i = 0; i < 100; ++i)
    large += R"({"id":)" + std::to_string(i) + R"(,"name":"an item"},)";
  large.back() = ']';
  large += '}';
  for (auto& one : std::vector<line>{
           {"javascript, small", script_language::javascript, "$.value > 5",
            R"({"value":7})"},
           {"javascript, 3 KB input", script_language::javascript,
            "$.list.length", large},
           {"javascript, host methods", script_language::javascript,
            "$.list.get(3).get('name')", large},
           {"jq, small", script_language::jq, ".value > 5", R"({"value":7})"},
           {"jq, 3 KB input", script_language::jq, "[.list[].id] | add",
            large}})
    measure(*x, one, seconds);
}

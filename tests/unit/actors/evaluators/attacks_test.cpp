#include "tests/support/test_scripts.hpp"
#include "tests/support/waiting.hpp"
#include "tests/unit/actors/evaluators/attacks.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <cstdio>
#include <fstream>
#include <sstream>

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace tutti;
using engine::script_language;
using engine::script_result;
using kind = script_result::kind;
using evaluators::test::attack;
using evaluators::test::attacks;

namespace attacks_test {

using namespace std::chrono_literals;
using clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr auto limit = 300ms;
/// A script ends so soon after its limit, whatever it does.
constexpr auto slack = 150ms;
constexpr size_t growth_bytes_max = 16 << 20;
/// A measurement that came out late is taken again: the machine may have been
/// busy with something else. A script that outlives its limit does so always.
constexpr int attempts = 5;

evaluators::evaluator_settings settings() {
  evaluators::evaluator_settings out;
  out.time_limit = limit;
  return out;
}

size_t resident_bytes() {
  std::ifstream file("/proc/self/statm");
  size_t size = 0, active_execution = 0;
  file >> size >> active_execution;
  return active_execution * size_t(sysconf(_SC_PAGESIZE));
}

/// The largest the helper has been, in MiB; 0 when it is gone.
size_t peak_mib(pid_t helper) {
  std::ifstream file("/proc/" + std::to_string(helper) + "/status");
  std::string line;
  while (std::getline(file, line))
    if (line.starts_with("VmHWM:"))
      return size_t(std::atoll(line.c_str() + 6)) / 1024;
  return 0;
}

/// Time that the process has used so far, in clock ticks.
long processor_ticks(pid_t process) {
  std::ifstream file("/proc/" + std::to_string(process) + "/stat");
  std::string text{std::istreambuf_iterator<char>{file}, {}};
  std::istringstream fields(text.substr(text.rfind(')') + 1));
  std::string skipped;
  for (int i = 0; i < 11; ++i)
    fields >> skipped;
  long user = 0, system = 0;
  fields >> user >> system;
  return user + system;
}

const char* name_of(kind x) {
  switch (x) {
    case kind::value:
      return "value";
    case kind::error:
      return "error";
    case kind::timed_out:
      return "timed out";
    case kind::unavailable:
      return "unavailable";
  }
  return "?";
}

struct outcome {
  script_result result;
  milliseconds took{0};
  size_t peak = 0;
};

/// One attack, timed while the helper is running and its engine is awake.
outcome strike(evaluators::script_process& x, const attack& a) {
  x.run({a.language, "1", "{}"});
  auto helper = x.pid(a.language);
  auto begin = clock::now();
  outcome out;
  out.result = x.run({a.language, a.source, a.input});
  out.took = std::chrono::duration_cast<milliseconds>(clock::now() - begin);
  out.peak = x.pid(a.language) == helper ? peak_mib(helper) : 0;
  return out;
}

bool still_works(evaluators::script_process& x, script_language language) {
  auto js = language == script_language::javascript;
  auto out = x.run(
      {language, js ? "[typeof leak, ({}).leak, [1,2].map(x => x)]" : "[.a, 1]",
       R"({"a":2})"});
  return out.what == kind::value
         && out.value.text()
                == (js ? R"(["undefined",null,[1,2]])" : "[[2,1]]");
}

} // namespace attacks_test

using namespace attacks_test;

TEST_CASE("every attack ends at its limit, and the next script is served") {
  auto x = test_scripts(settings());
  x->run({script_language::javascript, "1", "{}"});
  x->run({script_language::jq, "1", "{}"});
  auto before = resident_bytes();
  std::printf("%-34s %-12s %8s %10s\n", "attack", "end", "ms", "helper MiB");
  for (auto& a : attacks()) {
    CAPTURE(a.name);
    auto out = strike(*x, a);
    for (int i = 1; i < attempts && out.took > limit + slack; ++i)
      out = strike(*x, a);
    std::printf("%-34s %-12s %8lld %10s\n", a.name.c_str(),
                name_of(out.result.what), (long long)out.took.count(),
                out.peak ? std::to_string(out.peak).c_str() : "ended");
    CHECK(out.took <= limit + slack);
    CHECK(out.result.what != kind::unavailable);
    if (a.must_fail)
      CHECK(out.result.what != kind::value);
    if (!a.must_be.empty())
      CHECK(out.result.value.text() == a.must_be);
    CHECK(still_works(*x, a.language));
  }
  auto grown = resident_bytes() > before ? resident_bytes() - before : 0;
  std::printf("%zu attacks, this process grew by %zu KiB\n", attacks().size(),
              grown / 1024);
  CHECK(attacks().size() >= 28);
  CHECK(grown < growth_bytes_max);
}

TEST_CASE("a helper that is killed fails one script and is replaced") {
  auto x = test_scripts();
  x->run({script_language::javascript, "1", "{}"});
  auto helper = x->pid(script_language::javascript);
  // The script is running when the signal comes: it has used the processor.
  auto child = fork();
  if (child == 0) {
    auto before = processor_ticks(helper);
    test::in_time([&] { return processor_ticks(helper) > before + 2; });
    kill(helper, SIGKILL);
    _exit(0);
  }
  auto out = x->run({script_language::javascript, "while(true){}", "{}"});
  waitpid(child, nullptr, 0);
  CHECK(out.what == kind::unavailable);
  CHECK(out.error == "The script evaluator was killed while it ran the script");
  CHECK(still_works(*x, script_language::javascript));
  CHECK(x->pid(script_language::javascript) != helper);
}

TEST_CASE("nothing of one evaluation is seen by the next, ten thousand times") {
  auto x = test_scripts();
  for (int i = 0; i < 10'000; ++i) {
    auto out
        = x->run({script_language::javascript,
                  "var seen = typeof leak; leak = new Array(100); seen", "{}"});
    REQUIRE(out.what == kind::value);
    REQUIRE(out.value.text() == "\"undefined\"");
  }
}

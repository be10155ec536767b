#include "messages/model/payload.hpp"
#include "tools/tutti/output.hpp"
#include "tools/tutti/session.hpp"
#include "tools/tutti/testing/bench.hpp"
#include "tools/tutti/testing/junit.hpp"
#include "tools/tutti/testing/test_file.hpp"
#include "tools/tutti/testing/verdict.hpp"

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include <chrono>
#include <cstdio>
#include <fstream>
#include <iostream>

namespace tutti::cli {

namespace workflow_test_detail {

using nlohmann::json;

struct test_options {
  std::vector<std::string> files;
  bool local = false, node = false, timeline = false;
  std::string junit;
};

std::string one_decimal(double x) {
  char out[32];
  std::snprintf(out, sizeof out, "%.1f", x);
  return out;
}

std::string joined(const std::vector<std::string>& words) {
  std::string out;
  for (auto& word : words)
    out += (out.empty() ? "" : ", ") + word;
  return out;
}

/// One line per moment: "+3600000 ms  t1  SCHEDULED".
std::string timeline_of(const json& report) {
  std::string out;
  auto moments = report.find("timeline");
  if (moments == report.end() || !moments->is_array())
    return out;
  for (auto& x : *moments) {
    auto task = text_at(x, "referenceTaskName");
    auto why = text_at(x, "reason");
    out += "    +" + duration_text(number_at(x, "afterMs")) + "  "
           + text_at(x, "workflowName") + (task.empty() ? "" : "/" + task)
           + "  " + text_at(x, "status") + (why.empty() ? "" : "  " + why)
           + "\n";
  }
  return out;
}

/// What helps to understand why a scenario went differently.
std::string hints_in(const json& report) {
  auto out = "tasks: " + rows_of(report);
  auto add = [&](const char* what, std::string text) {
    if (!text.empty())
      out += "; " + std::string(what) + ": " + text;
  };
  auto execution = report.value("execution", json::object());
  add("reason", text_at(execution, "reasonForIncompletion"));
  std::vector<std::string> waiting, unused;
  for (auto& name : report.value("waitingFor", json::array()))
    waiting.push_back(name.is_string() ? name.get<std::string>() : "?");
  auto left = report.value("unusedMocks", json::object());
  for (auto& [name, count] : left.items())
    unused.push_back(name);
  add("waits for a mock", joined(waiting));
  add("mocks nobody asked for", joined(unused));
  return out;
}

/// Prints the result of each scenario, for people or for programs.
class teller {
 public:
  explicit teller(bool as_json) : as_json_(as_json) {}

  void begin(const test_file& file) {
    files_.push_back({{"file", file.file},
                      {"workflow", file.workflow},
                      {"scenarios", json::array()}});
    if (!as_json_)
      print_line(file.file);
  }

  void scenario(const junit_case& x, const json& report,
                const std::string& timeline) {
    bool good = x.error.empty() && x.problems.empty();
    failed_ += !good;
    ++count_;
    json told{{"name", x.name}, {"ok", good}, {"problems", x.problems}};
    if (!x.error.empty())
      told["error"] = x.error;
    if (report.is_object())
      told["virtualMs"] = number_at(report, "virtualMs");
    files_.back()["scenarios"].push_back(std::move(told));
    if (as_json_)
      return;
    print_line(std::string(good ? "  ok    " : "  FAIL  ") + x.name);
    if (!x.error.empty())
      print_line("        " + x.error);
    for (auto& problem : x.problems)
      print_line("        " + problem);
    if (!x.output.empty())
      print_line("        " + x.output);
    if (!timeline.empty())
      std::cout << timeline;
  }

  /// Prints the file's coverage; false when it is below `wanted`.
  bool coverage(const joined_coverage& x, std::optional<double> wanted) {
    auto percent = one_decimal(x.percent());
    bool good = !wanted || x.percent() >= *wanted;
    auto missing = x.not_covered();
    files_.back()["coverage"] = {{"percent", x.percent()},
                                 {"covered", x.covered()},
                                 {"total", x.total()},
                                 {"notCovered", missing},
                                 {"ok", good}};
    if (!as_json_) {
      print_line(
          "  coverage " + percent + " % (" + std::to_string(x.covered())
          + " of " + std::to_string(x.total()) + ")"
          + (missing.empty() ? "" : "; not covered: " + joined(missing)));
      if (!good)
        print_line("  FAIL  expected at least " + one_decimal(*wanted) + " %");
    }
    uncovered_ += !good;
    return good;
  }

  int end() {
    if (as_json_)
      print(json{{"files", files_},
                 {"scenarios", count_},
                 {"failed", failed_},
                 {"coverageTooLow", uncovered_}});
    else
      print_line(std::to_string(count_) + " scenarios, "
                 + std::to_string(failed_) + " failed"
                 + (uncovered_ == 0
                        ? std::string()
                        : "; coverage too low in " + std::to_string(uncovered_)
                              + (uncovered_ == 1 ? " file" : " files")));
    return failed_ + uncovered_ == 0 ? exit_done : exit_failed;
  }

 private:
  bool as_json_;
  json files_ = json::array();
  size_t count_ = 0, failed_ = 0;
  size_t uncovered_ = 0; ///< files
};

junit_suite run_file(const test_file& file, test_bench& bench, bool timeline,
                     teller& tell) {
  using std::chrono::steady_clock;
  junit_suite out{file.file, file.workflow, {}};
  joined_coverage covered;
  tell.begin(file);
  for (auto& scenario : file.scenarios) {
    junit_case x;
    x.name = scenario.name;
    auto begin = steady_clock::now();
    auto report = bench.run(scenario.request);
    x.seconds
        = std::chrono::duration<double>(steady_clock::now() - begin).count();
    if (report) {
      covered.add(*report);
      x.problems = problems_of(scenario.expected, *report);
    } else {
      x.error = report.failure().message;
    }
    if (!x.problems.empty())
      x.output = hints_in(*report);
    tell.scenario(x, report ? *report : json(),
                  timeline && report ? timeline_of(*report) : "");
    out.cases.push_back(std::move(x));
  }
  if (!tell.coverage(covered, file.coverage)) {
    junit_case x;
    x.name = "coverage";
    x.problems.push_back("coverage: expected at least "
                         + one_decimal(*file.coverage) + " %, found "
                         + one_decimal(covered.percent())
                         + " %; not covered: " + joined(covered.not_covered()));
    out.cases.push_back(std::move(x));
  }
  return out;
}

int run(session& s, const test_options& options) {
  std::vector<test_file> files;
  for (auto& name : options.files) {
    auto file = test_file::read(name);
    if (!file)
      return misused(file.failure().message,
                     "`tutti workflow test --help` and "
                     "tools/examples/testing/README.md");
    if (options.local && !file->has_definition)
      return misused(
          name + ": it names a registered workflow, so it needs a node",
          "leave out --local, or give the definition or its file");
    files.push_back(std::move(*file));
  }
  teller tell(s.json());
  std::vector<junit_suite> suites;
  for (auto& file : files) {
    std::unique_ptr<test_bench> bench;
    if (file.has_definition && !options.node) {
      auto local = local_bench(file);
      if (!local)
        return misused(local.failure().message, "a definition as Conductor's");
      bench = std::move(*local);
    } else {
      bench = node_bench(s.api());
    }
    suites.push_back(run_file(file, *bench, options.timeline, tell));
  }
  auto code = tell.end();
  if (options.junit.empty())
    return code;
  std::ofstream out(options.junit);
  out << junit_xml(suites);
  out.close();
  if (!out)
    return failed(
        {errc::unavailable, "'" + options.junit + "' could not be written", {}},
        "--junit FILE in an existing folder");
  return code;
}

} // namespace workflow_test_detail

void add_workflow_test(CLI::App& workflow, session& s) {
  using namespace workflow_test_detail;
  auto options = std::make_shared<test_options>();
  auto* verb = workflow.add_subcommand(
      "test", "run scenarios with mocks and check the results");
  examples(verb, {"tutti workflow test order.test.yaml --junit report.xml"});
  verb->add_option("FILE", options->files,
                   "YAML or JSON: workflow, scenarios, coverage")
      ->required();
  auto* local = verb->add_flag(
      "--local", options->local,
      "in this process; the default for a file with a definition");
  verb->add_flag("--node", options->node,
                 "on the node, with its registered definitions")
      ->excludes(local);
  verb->add_option("--junit", options->junit, "write a JUnit report there");
  verb->add_flag("--timeline", options->timeline,
                 "print each step with its virtual time");
  verb->callback([=, &s] { s.exit_code = run(s, *options); });
}

} // namespace tutti::cli

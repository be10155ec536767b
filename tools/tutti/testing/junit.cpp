#include "tools/tutti/testing/junit.hpp"

#include <cstdio>

namespace tutti::cli {

namespace junit_detail {

/// XML cannot contain control characters, not even escaped.
std::string escaped(const std::string& text) {
  std::string out;
  for (unsigned char c : text) {
    if (c == '&')
      out += "&amp;";
    else if (c == '<')
      out += "&lt;";
    else if (c == '>')
      out += "&gt;";
    else if (c == '"')
      out += "&quot;";
    else if (c == '\n')
      out += "&#10;";
    else if (c == '\t')
      out += "&#9;";
    else if (c < 0x20 || c == 0x7f)
      out += '?';
    else
      out += char(c);
  }
  return out;
}

std::string seconds(double x) {
  char out[32];
  std::snprintf(out, sizeof out, "%.3f", x);
  return out;
}

struct counts {
  size_t tests = 0, failures = 0, errors = 0;
  double time = 0;

  void add(const junit_case& x) {
    ++tests;
    failures += x.error.empty() && !x.problems.empty();
    errors += !x.error.empty();
    time += x.seconds;
  }
  std::string attributes() const {
    return " tests=\"" + std::to_string(tests) + "\" failures=\""
           + std::to_string(failures) + "\" errors=\"" + std::to_string(errors)
           + "\" time=\"" + seconds(time) + "\"";
  }
};

void append(std::string& out, const junit_suite& suite, const junit_case& x) {
  out += "    <testcase classname=\"" + escaped(suite.classname) + "\" name=\""
         + escaped(x.name) + "\" time=\"" + seconds(x.seconds) + "\"";
  if (x.error.empty() && x.problems.empty() && x.output.empty()) {
    out += "/>\n";
    return;
  }
  out += ">\n";
  if (!x.error.empty()) {
    out += "      <error message=\"" + escaped(x.error)
           + "\" type=\"error\"></error>\n";
  } else if (!x.problems.empty()) {
    std::string text;
    for (auto& problem : x.problems)
      text += problem + "\n";
    out += "      <failure message=\"" + escaped(x.problems.front())
           + "\" type=\"expectation\">" + escaped(text) + "</failure>\n";
  }
  if (!x.output.empty())
    out += "      <system-out>" + escaped(x.output) + "</system-out>\n";
  out += "    </testcase>\n";
}

} // namespace junit_detail

std::string junit_xml(const std::vector<junit_suite>& suites) {
  using namespace junit_detail;
  counts all;
  std::string inside;
  for (auto& suite : suites) {
    counts own;
    std::string cases;
    for (auto& x : suite.cases) {
      own.add(x);
      all.add(x);
      append(cases, suite, x);
    }
    inside += "  <testsuite name=\"" + escaped(suite.name) + "\""
              + own.attributes() + " skipped=\"0\">\n" + cases
              + "  </testsuite>\n";
  }
  return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"tutti "
         "workflow test\""
         + all.attributes() + ">\n" + inside + "</testsuites>\n";
}

} // namespace tutti::cli

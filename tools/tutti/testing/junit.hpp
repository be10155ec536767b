#pragma once

#include <string>
#include <vector>

namespace tutti::cli {

struct junit_case {
  std::string name;
  double seconds = 0;
  std::vector<std::string> problems; ///< expectations that do not hold
  std::string error;                 ///< why it could not be run
  std::string output;
};

struct junit_suite {
  std::string name;      ///< the file
  std::string classname; ///< the workflow
  std::vector<junit_case> cases;
};

/// A JUnit report, for Jenkins and GitLab.
std::string junit_xml(const std::vector<junit_suite>& suites);

} // namespace tutti::cli

#pragma once

#include "tests/conformance/backend.hpp"
#include "tests/conformance/case_file.hpp"

#include <functional>
#include <set>
#include <string>

namespace tutti::conformance {

/// Whether a step can fail by what it expects; throws when the step names no
/// known verb or a key that its verb does not know.
bool check_step(const json& step);

struct case_result {
  std::string trouble; ///< what did not hold, and in which step; empty: nothing
  std::set<std::string> executions; ///< that the case has looked at
};

/// Runs one case against a backend. `run` keeps the names of several runs on
/// one node apart; `before_step` may do what a case should not notice.
case_result run_case(const test_case& what, backend& node,
                     const std::string& run,
                     const std::function<void(const json&)>& before_step = {});

} // namespace tutti::conformance

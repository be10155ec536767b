#pragma once

#include "tests/conformance/case_file.hpp"

#include <iosfwd>
#include <map>
#include <string>
#include <vector>

namespace tutti::conformance {

/// What did not hold, by case number; an empty text is a case that holds.
using results = std::map<int, std::string>;

/// "1-5 7 9-11"
std::string ranges(const std::vector<int>& numbers);

void print_summary(std::ostream& out, const std::vector<test_case>& cases,
                   const results& found);

/// README.md of this folder, from what was run.
void write_table(std::ostream& out, const std::vector<test_case>& cases,
                 const results& found);

} // namespace tutti::conformance

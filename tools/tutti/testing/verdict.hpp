#pragma once

#include "tools/tutti/testing/test_file.hpp"

#include <map>
#include <string>
#include <vector>

namespace tutti::cli {

/// The differences of two values, one line each: "output.n: expected 1, found
/// 2". `expected` may leave out members of objects; lists and scalars are
/// compared whole.
void differences(const std::string& where, const nlohmann::json& expected,
                 const nlohmann::json& found, std::vector<std::string>& out);

/// The expectations that a report of POST /api/tutti/workflow/test breaks.
std::vector<std::string> problems_of(const expectation& expected,
                                     const nlohmann::json& report);

/// "t1:COMPLETED t2:SCHEDULED"
std::string rows_of(const nlohmann::json& report);

/// The coverage of all scenarios of a file together.
class joined_coverage {
 public:
  void add(const nlohmann::json& report);
  double percent() const;
  size_t covered() const;
  size_t total() const { return items_.size(); }
  std::vector<std::string> not_covered() const;

 private:
  std::vector<std::pair<std::string, bool>> items_;
  std::map<std::string, size_t> index_;
  bool any_ = false; ///< a scenario has run
};

} // namespace tutti::cli

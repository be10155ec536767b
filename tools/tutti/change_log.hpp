#pragma once

#include <nlohmann/json.hpp>

#include <map>
#include <string>
#include <vector>

namespace tutti::cli {

/// Compares one look at an execution with the next.
class change_log {
 public:
  /// What changed since the last look, in the order in which it happened: by
  /// time, then as rows are listed; but what waits for others (SCOPE, loops,
  /// JOIN) ends after them, although its row began before theirs. Each is
  /// {time, name, status}, with taskId for a task and with reason when there
  /// is one.
  std::vector<nlohmann::json> look(const nlohmann::json& workflow);

 private:
  struct change;
  void compare(std::vector<change>& to, const std::string& key,
               const std::string& name, const nlohmann::json& row, int64_t at);
  std::map<std::string, std::string> seen_;
};

} // namespace tutti::cli

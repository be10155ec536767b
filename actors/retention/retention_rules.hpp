#pragma once

#include "actors/metadata/definition_snapshot.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace tutti {

/// How long executions stay after their end, by status; absent: for ever.
struct retention_ages {
  std::optional<int64_t> completed, failed, timed_out, terminated; ///< ms
};

/// What is removed: executions of one definition, or of all that have no policy
/// of their own, with one status, that ended long enough ago.
struct retention_rule {
  std::string name; ///< empty: all others
  workflow_status status = workflow_status::completed;
  int64_t age_ms = 0;
  bool archive = true;
  std::vector<std::string> others; ///< definitions that the empty name excludes

  /// For the search index: those that ended before `now` minus the age.
  std::string query(int64_t now) const;
};

/// The rules of these definitions (`metadata.retention` of the newest
/// version of each) over the defaults. A definition's rules come first.
std::vector<retention_rule> retention_rules(const definition_snapshot& of,
                                            const retention_ages& defaults,
                                            bool archive);

} // namespace tutti

#pragma once

#include "messages/model/result.hpp"
#include "messages/model/schedules/schedule.hpp"

#include <string_view>
#include <vector>

namespace tutti::rest {

/// `scheduleName IN (a,b) AND state='FAILED' AND scheduledTime>1700000000000`.
/// Conditions on fields that firings do not have are left out, as upstream.
/// What cannot be read is errc::invalid.
result<std::vector<firing_condition>> read_firing_query(std::string_view text);

struct sort_order {
  std::string field; ///< empty: the default
  bool descending = false;
};
/// "field", "field:ASC" or "field:DESC"; of several the first counts.
sort_order read_sort(std::string_view text, bool descending_by_default);

} // namespace tutti::rest

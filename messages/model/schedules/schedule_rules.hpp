#pragma once

#include "messages/model/schedules/schedule.hpp"
#include "messages/model/violations.hpp"

#include <string>

namespace tutti {

/// How large a schedule may be.
struct schedule_bounds {
  size_t name_bytes_max = 255;
  size_t text_bytes_max = 5'000; ///< description, reason, a tag
  size_t crons_max = 50, tags_max = 50;
  int64_t jitter_seconds_max = 86'400;
};

/// reference:schedules#rules. All violations together; the start request has
/// rules of its own.
void validate(violations& out, const schedule_def& x, const std::string& path,
              const schedule_bounds& most = {});
void validate(violations& out, const std::vector<tag>& tags,
              const std::string& path, const schedule_bounds& most = {});

} // namespace tutti

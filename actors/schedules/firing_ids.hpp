#pragma once

#include "messages/model/schedules/schedule.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace tutti {

/// The shard of a schedule is that of this id, a hash of the whole name.
std::string schedule_shard_id(std::string_view name);

/// Sets the ids of a firing. They are computed from the schedule, its time of
/// creation and the instant, so that whatever happens twice finds the same
/// execution; a backfill of an instant has the ids of its time. Stored
/// executions depend on this function.
void set_ids(firing& x, const schedule_def& what);

/// `workflow::asked_by` of an execution that a schedule started, and the
/// schedule's name from it.
std::string asked_by(const firing& x);
std::optional<std::string> schedule_that_asked(std::string_view asked_by);

} // namespace tutti

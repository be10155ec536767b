#pragma once

#include "messages/model/schedules/schedule.hpp"
#include "messages/model/violations.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace tutti {

// Schedules and firings as JSON (reference:schedules).

/// Properties that only answers have (nextRunTime, ...) are passed over, so
/// that a client may send back what it read.
result<schedule_def> read_schedule_def(std::string_view text,
                                       violations* unknown = nullptr);

/// `{"startTime": ms, "endTime": ms}`; what is absent is left as it is, and so
/// is all when the text is blank.
std::optional<failure> read_backfill_range(std::string_view text, int64_t& from,
                                           int64_t& to);

void write(std::string& out, const start_workflow_request& x);
void write(std::string& out, const std::vector<tag>& x);

/// The stored form, without fields that have their default value.
void write_compact(std::string& out, const schedule_def& x);

class json_object_writer;
/// Its properties, into an object that the caller closes.
void write_members_of(json_object_writer& object, const schedule_def& x);

/// Conductor's WorkflowScheduleExecution and what Tutti adds. Null: without
/// `startWorkflowRequest`.
void write(std::string& out, const firing& x,
           const start_workflow_request* start);

} // namespace tutti

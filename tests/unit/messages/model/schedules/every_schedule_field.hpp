#pragma once

#include "messages/model/schedules/schedule.hpp"
#include "tests/unit/messages/model/every_field.hpp"

#include <memory>

namespace tutti::test {

/// A schedule in which no field holds its default, and that is consistent.
inline schedule_def every_schedule_field() {
  schedule_def x;
  x.name = "nightly";
  x.description = "every night";
  x.cron_expression = "0 0 3 * * *";
  x.zone_id = "Europe/Berlin";
  x.cron_schedules = {{"0 0 4 * * *", "Asia/Tokyo"}, {"@daily", "+02:00"}};
  x.start.name = "every";
  x.start.version = 3;
  x.start.correlation_id = "c";
  x.start.input = payload::trusted("{\"n\":1}");
  x.start.task_to_domain = {{"a", "b"}, {"*", "d"}};
  x.start.definition
      = std::make_shared<const workflow_def>(every_workflow_def_field());
  x.start.external_input_path = "path";
  x.start.priority = 5;
  x.start.created_by = "me";
  x.start.idempotency_key = "k";
  x.start.idempotency_strategy = idempotency_strategy::return_existing;
  x.run_catchup = true;
  x.paused = true;
  x.paused_reason = "holiday";
  x.start_time = 70'001;
  x.end_time = 70'002;
  x.create_time = 70'003;
  x.updated_time = 70'004;
  x.created_by = "you";
  x.updated_by = "them";
  x.tags = {{"team", "a", "METADATA"}, {"cost", "b", "METADATA"}};
  x.overlap = overlap_policy::cancel_other;
  x.catchup = catchup_policy::latest;
  x.catchup_window_seconds = 70'005;
  x.jitter_seconds = 70'006;
  return x;
}

} // namespace tutti::test

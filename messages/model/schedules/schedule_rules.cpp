#include "messages/model/schedules/schedule_rules.hpp"

#include "messages/model/schedules/cron_times.hpp"

namespace tutti {

namespace schedule_rules_detail {

void at_most(violations& out, const std::string& path, std::string_view field,
             const std::string& text, size_t most) {
  if (text.size() > most)
    out.add(path + std::string(field),
            "it has " + std::to_string(text.size()) + " bytes; at most "
                + std::to_string(most) + " are allowed");
}

void check(violations& out, const cron_schedule& x, const std::string& path) {
  if (x.cron_expression.empty())
    return out.add(path + ".cronExpression",
                   "a schedule needs a cron expression");
  auto what = cron_expression::parse(x.cron_expression);
  if (!what)
    out.add(path + ".cronExpression", what.failure().message,
            x.cron_expression);
  // Only the zone can be wrong with it.
  auto zone = cron_times::make("* * * * * *", x.zone_id);
  if (!zone)
    out.add(path + ".zoneId", zone.failure().message, x.zone_id);
}

} // namespace schedule_rules_detail

void validate(violations& out, const schedule_def& x, const std::string& path,
              const schedule_bounds& most) {
  using namespace schedule_rules_detail;
  out.not_empty(path, "name", x.name, "a schedule needs a name");
  at_most(out, path, ".name", x.name, most.name_bytes_max);
  at_most(out, path, ".description", x.description, most.text_bytes_max);
  at_most(out, path, ".pausedReason", x.paused_reason, most.text_bytes_max);
  at_most(out, path, ".createdBy", x.created_by, most.name_bytes_max);
  at_most(out, path, ".updatedBy", x.updated_by, most.name_bytes_max);
  if (x.cron_schedules.size() > most.crons_max)
    out.add(path + ".cronSchedules", "at most " + std::to_string(most.crons_max)
                                         + " cron expressions are allowed");
  else if (x.cron_schedules.empty())
    check(out, {x.cron_expression, x.zone_id}, path);
  else
    for (size_t i = 0; i < x.cron_schedules.size(); ++i)
      check(out, x.cron_schedules[i],
            path + ".cronSchedules[" + std::to_string(i) + "]");
  out.not_empty(path, "startWorkflowRequest.name", x.start.name,
                "a schedule needs the name of the workflow that it starts");
  if (x.start_time < 0)
    out.add(path + ".scheduleStartTime", "it must not be negative");
  if (x.end_time < 0)
    out.add(path + ".scheduleEndTime", "it must not be negative");
  if (x.end_time > 0 && x.end_time < x.start_time)
    out.add(path + ".scheduleEndTime",
            "the schedule ends before it starts (scheduleStartTime)",
            std::to_string(x.end_time));
  out.at_least(path, "catchupWindowSeconds", x.catchup_window_seconds, 0);
  out.at_least(path, "jitterSeconds", x.jitter_seconds, 0);
  if (x.jitter_seconds > most.jitter_seconds_max)
    out.add(path + ".jitterSeconds",
            "it must be at most " + std::to_string(most.jitter_seconds_max),
            std::to_string(x.jitter_seconds));
  validate(out, x.tags, path + ".tags", most);
}

void validate(violations& out, const std::vector<tag>& tags,
              const std::string& path, const schedule_bounds& most) {
  using namespace schedule_rules_detail;
  if (tags.size() > most.tags_max)
    return out.add(path, "at most " + std::to_string(most.tags_max)
                             + " tags are allowed");
  for (size_t i = 0; i < tags.size(); ++i) {
    auto at = path + "[" + std::to_string(i) + "]";
    out.not_empty(at, "key", tags[i].key, "a tag needs a key");
    at_most(out, at, ".key", tags[i].key, most.text_bytes_max);
    at_most(out, at, ".value", tags[i].value, most.text_bytes_max);
    at_most(out, at, ".type", tags[i].type, most.text_bytes_max);
  }
}

} // namespace tutti

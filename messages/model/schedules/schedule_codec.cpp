#include "messages/model/schedules/schedule_codec.hpp"

#include "messages/model/codec_read.hpp"
#include "messages/model/codec_write.hpp"

#include <array>

namespace tutti {

template <class Visit>
bool members_of(const cron_schedule*, Visit& visit) {
  using x = cron_schedule;
  return visit("cronExpression", &x::cron_expression)
         || visit("zoneId", &x::zone_id);
}

template <class Visit>
bool members_of(const start_workflow_request*, Visit& visit) {
  using x = start_workflow_request;
  return visit("name", &x::name) || visit("version", &x::version)
         || visit("correlationId", &x::correlation_id)
         || visit("input", &x::input)
         || visit("taskToDomain", &x::task_to_domain)
         || visit("workflowDef", &x::definition)
         || visit("externalInputPayloadStoragePath", &x::external_input_path)
         || visit("priority", &x::priority)
         || visit("createdBy", &x::created_by)
         || visit("idempotencyKey", &x::idempotency_key)
         || visit("idempotencyStrategy", &x::idempotency_strategy);
}

template <class Visit>
bool members_of(const schedule_def*, Visit& visit) {
  using x = schedule_def;
  return visit("name", &x::name) || visit("description", &x::description)
         || visit("cronExpression", &x::cron_expression)
         || visit("zoneId", &x::zone_id)
         || visit("cronSchedules", &x::cron_schedules)
         || visit("startWorkflowRequest", &x::start)
         || visit("runCatchupScheduleInstances", &x::run_catchup)
         || visit("paused", &x::paused)
         || visit("pausedReason", &x::paused_reason)
         || visit.extension("scheduleStartTime", &x::start_time)
         || visit.extension("scheduleEndTime", &x::end_time)
         || visit("createTime", &x::create_time)
         || visit("updatedTime", &x::updated_time)
         || visit("createdBy", &x::created_by)
         || visit("updatedBy", &x::updated_by)
         || visit.extension("tags", &x::tags)
         || visit.extension("overlapPolicy", &x::overlap)
         || visit.extension("catchupPolicy", &x::catchup)
         || visit.extension("catchupWindowSeconds", &x::catchup_window_seconds)
         || visit.extension("jitterSeconds", &x::jitter_seconds);
}

template <>
inline bool is_default(const start_workflow_request&,
                       const start_workflow_request&) {
  return false;
}

namespace schedule_detail {

/// What answers say besides the definition.
constexpr std::string_view told[]
    = {"nextRunTime",     "nextRunTimes",      "lastRun",      "firedCount",
       "failedCount",     "missedCount",       "skippedCount", "pendingCount",
       "backfillPending", "runningWorkflowIds"};

template <class Enum, size_t N>
using names = std::array<std::string_view, N>;

constexpr names<overlap_policy, 5> overlap_names
    = {"ALLOW_ALL", "SKIP", "BUFFER_ONE", "CANCEL_OTHER", "TERMINATE_OTHER"};
constexpr names<catchup_policy, 3> catchup_names = {"NONE", "LATEST", "ALL"};
constexpr names<firing_state, 3> state_names = {"POLLED", "FAILED", "EXECUTED"};
constexpr names<firing_outcome, 6> outcome_names
    = {"WAITING", "STARTED", "REFUSED", "MISSED", "SKIPPED", "BUFFERED"};
constexpr names<firing_cause, 3> cause_names = {"TIME", "BACKFILL", "TRIGGER"};

template <class Enum, size_t N>
std::optional<Enum> value_of(const std::array<std::string_view, N>& names,
                             std::string_view text) {
  for (size_t i = 0; i < N; ++i)
    if (names[i] == text)
      return Enum(i);
  return std::nullopt;
}

bool read_start(json_reader& in, start_workflow_request& x) {
  if (in.is_null())
    return in.skip();
  if (!read_members(in, x))
    return false;
  // With a definition of its own, that definition's name is what counts.
  if (x.name.empty() && x.definition)
    x.name = x.definition->name;
  return true;
}

bool read_schedule(json_reader& in, schedule_def& x) {
  bool chosen = false;
  bool good = in.object([&](std::string_view key) {
    if (key == "startWorkflowRequest")
      return read_start(in, x.start);
    // Null is the default here, not an empty text.
    if (key == "zoneId" && in.is_null())
      return in.skip();
    chosen |= key == "catchupPolicy" && !in.is_null();
    for (auto name : told)
      if (key == name)
        return in.skip();
    bool read = true;
    return read_member(in, x, key, read)
               ? read
               : in.skip_unknown(key, names_of<schedule_def>());
  });
  // The exact policy counts; the flag says the same in Conductor's words.
  if (!chosen && x.run_catchup)
    x.catchup = catchup_policy::all;
  x.run_catchup = x.catchup != catchup_policy::none;
  if (x.zone_id.empty())
    x.zone_id = "UTC";
  for (auto& cron : x.cron_schedules)
    if (cron.zone_id.empty())
      cron.zone_id = "UTC";
  return good;
}

} // namespace schedule_detail

std::string_view to_text(overlap_policy x) {
  return schedule_detail::overlap_names[size_t(x)];
}
std::string_view to_text(catchup_policy x) {
  return schedule_detail::catchup_names[size_t(x)];
}
std::string_view to_text(firing_state x) {
  return schedule_detail::state_names[size_t(x)];
}
std::string_view to_text(firing_outcome x) {
  return schedule_detail::outcome_names[size_t(x)];
}
std::string_view to_text(firing_cause x) {
  return schedule_detail::cause_names[size_t(x)];
}
template <>
std::optional<overlap_policy> from_text(std::string_view text) {
  return schedule_detail::value_of<overlap_policy>(
      schedule_detail::overlap_names, text);
}
template <>
std::optional<catchup_policy> from_text(std::string_view text) {
  return schedule_detail::value_of<catchup_policy>(
      schedule_detail::catchup_names, text);
}

firing_state state_of(firing_outcome x) {
  switch (x) {
    case firing_outcome::waiting:
    case firing_outcome::buffered:
      return firing_state::polled;
    case firing_outcome::started:
      return firing_state::executed;
    case firing_outcome::refused:
    case firing_outcome::missed:
    case firing_outcome::skipped:
      return firing_state::failed;
  }
  return firing_state::failed;
}

result<schedule_def> read_schedule_def(std::string_view text,
                                       violations* unknown) {
  auto valid = check_json(text);
  if (!valid)
    return valid.failure();
  json_reader in(*valid);
  if (unknown)
    in.note_unknown(*unknown);
  schedule_def x;
  if (!schedule_detail::read_schedule(in, x))
    return in.failure("schedule");
  return x;
}

std::optional<failure> read_backfill_range(std::string_view text, int64_t& from,
                                           int64_t& to) {
  if (text.find_first_not_of(" \t\r\n") == text.npos)
    return std::nullopt;
  auto valid = check_json(text);
  if (!valid)
    return valid.failure();
  json_reader in(*valid);
  bool good = in.object([&](std::string_view key) {
    if (in.is_null())
      return in.skip();
    if (key == "startTime")
      return in.read(from);
    if (key == "endTime")
      return in.read(to);
    return in.skip();
  });
  if (!good)
    return in.failure("backfill");
  return std::nullopt;
}

void write(std::string& out, const start_workflow_request& x) {
  write_members<false>(out, x);
}

void write(std::string& out, const std::vector<tag>& x) {
  write_value<false>(out, x);
}

void write_compact(std::string& out, const schedule_def& x) {
  write_members<true>(out, x);
}

void write_members_of(json_object_writer& object, const schedule_def& x) {
  member_writer<false, schedule_def> visit{object, x};
  members_of(&x, visit);
}

void write(std::string& out, const firing& x,
           const start_workflow_request* start) {
  json_object_writer object(out);
  object.text("executionId", x.execution_id);
  object.text("scheduleName", x.schedule);
  object.number("scheduledTime", x.scheduled_time);
  object.number("executionTime", x.execution_time);
  object.text("workflowName", x.workflow_name);
  object.text_if("workflowId", x.workflow_id);
  object.text_if("reason", x.reason);
  if (start)
    write(object.key("startWorkflowRequest"), *start);
  object.text("state", to_text(state_of(x.outcome)));
  object.text("zoneId", x.zone_id);
  object.text("outcome", to_text(x.outcome));
  object.text("cause", to_text(x.cause));
  object.text_if("cronExpression", x.cron_expression);
  if (x.count != 1) {
    object.number("lastScheduledTime", x.last_time);
    object.number("count", x.count);
  }
  object.close();
}

} // namespace tutti

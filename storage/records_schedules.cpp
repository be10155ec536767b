#include "storage/records_schedules.hpp"

#include "messages/model/schedules/schedule_codec.hpp"
#include "storage/keys.hpp"
#include "storage/records_fields.hpp"

namespace tutti::storage {

namespace schedule_records_detail {

constexpr auto last_outcome = firing_outcome::buffered;
constexpr auto last_cause = firing_cause::trigger;

void put(record::ScheduleFiring& out, const firing& x) {
  out.set_version(record_fields::version);
  out.set_execution_time(x.execution_time);
  out.set_execution_id(x.execution_id);
  out.set_workflow_name(x.workflow_name);
  out.set_workflow_id(x.workflow_id);
  out.set_outcome(static_cast<uint32_t>(x.outcome));
  out.set_reason(x.reason);
  out.set_zone_id(x.zone_id);
  out.set_cron_expression(x.cron_expression);
  out.set_last_time(x.last_time);
  out.set_count(x.count);
}

bool take(record::ScheduleFiring& in, firing& out) {
  out.execution_time = in.execution_time();
  out.execution_id = std::move(*in.mutable_execution_id());
  out.workflow_name = std::move(*in.mutable_workflow_name());
  out.workflow_id = std::move(*in.mutable_workflow_id());
  out.reason = std::move(*in.mutable_reason());
  out.zone_id = std::move(*in.mutable_zone_id());
  out.cron_expression = std::move(*in.mutable_cron_expression());
  out.last_time = in.last_time();
  out.count = in.count();
  return in.version() == record_fields::version
         && record_fields::set_enum(out.outcome, in.outcome(), last_outcome);
}

} // namespace schedule_records_detail

// Its JSON is read by the code that reads clients' ones.
std::string write(const schedule_def& x) {
  std::string out(1, char(record_fields::version));
  write_compact(out, x);
  return out;
}

result<schedule_def> read_schedule(std::string_view bytes) {
  if (bytes.empty() || bytes.front() != char(record_fields::version))
    return record_fields::damaged("schedule");
  auto out = read_schedule_def(bytes.substr(1));
  if (!out)
    return failure{errc::internal,
                   "a stored schedule: " + out.failure().message};
  return out;
}

std::string write(const schedule_state& x) {
  record::ScheduleState out;
  out.set_version(record_fields::version);
  out.set_cursor(x.cursor);
  for (auto& id : x.running)
    out.add_running(id);
  out.set_buffered(x.buffered);
  for (auto time : x.backfill)
    out.add_backfill(time);
  out.set_last_trigger(x.last_trigger);
  out.set_fired(x.fired);
  out.set_failed(x.failed);
  out.set_missed(x.missed);
  out.set_skipped(x.skipped);
  out.set_rows(x.rows);
  if (x.last) {
    schedule_records_detail::put(*out.mutable_last(), *x.last);
    out.set_last_time(x.last->scheduled_time);
    out.set_last_cause(static_cast<uint32_t>(x.last->cause));
  }
  return out.SerializeAsString();
}

result<schedule_state> read_schedule_state(std::string_view name,
                                           std::string_view bytes) {
  record::ScheduleState in;
  if (!in.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))
      || in.version() != record_fields::version)
    return record_fields::damaged("state of a schedule");
  schedule_state out;
  out.cursor = in.cursor();
  out.running.assign(in.running().begin(), in.running().end());
  out.buffered = in.buffered();
  out.backfill.assign(in.backfill().begin(), in.backfill().end());
  out.last_trigger = in.last_trigger();
  out.fired = in.fired();
  out.failed = in.failed();
  out.missed = in.missed();
  out.skipped = in.skipped();
  out.rows = in.rows();
  if (!in.has_last())
    return out;
  auto& last = out.last.emplace();
  last.schedule = name;
  last.scheduled_time = in.last_time();
  if (!schedule_records_detail::take(*in.mutable_last(), last)
      || !record_fields::set_enum(last.cause, in.last_cause(),
                                  schedule_records_detail::last_cause))
    return record_fields::damaged("state of a schedule");
  return out;
}

std::string write(const firing& x) {
  record::ScheduleFiring out;
  schedule_records_detail::put(out, x);
  return out.SerializeAsString();
}

result<firing> read_firing(std::string_view key, std::string_view bytes) {
  record::ScheduleFiring in;
  auto where = keys::read_firing(key);
  firing out;
  if (!where || !in.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))
      || !schedule_records_detail::take(in, out)
      || !record_fields::set_enum(out.cause, uint32_t{where->cause},
                                  schedule_records_detail::last_cause))
    return record_fields::damaged("firing of a schedule");
  out.schedule = std::move(where->name);
  out.scheduled_time = where->time;
  return out;
}

} // namespace tutti::storage

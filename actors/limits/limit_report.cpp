#include "actors/limits/limit_report.hpp"

#include "messages/model/json_writer.hpp"

namespace tutti {

namespace limit_report_detail {

void write_holders(std::string& out, const std::vector<task_lease>& leases) {
  out += '[';
  for (auto& x : leases) {
    if (out.back() != '[')
      out += ',';
    json_object_writer json(out);
    json.text("workflowId", x.workflow_id);
    json.text("taskId", x.task_id);
    json.text("queue", x.queue);
    json.text("workerId", x.worker_id);
    json.number("since", x.since);
    json.close();
  }
  out += ']';
}

} // namespace limit_report_detail

bool exhausted(const limit_picture& x) {
  return x.slots_left.value_or(1) == 0 || x.grants_left.value_or(1) == 0;
}

void write(std::string& out, const limit_picture& x, bool holds_up) {
  json_object_writer json(out);
  json.text("taskDefName", x.definition);
  json.number("inProgress", int64_t(x.in_progress));
  if (x.limit.limits_concurrency()) {
    json.number("concurrentExecLimit", x.limit.concurrent);
    json.number("slotsLeft", int64_t(x.slots_left.value_or(0)));
  }
  if (x.limit.limits_rate()) {
    json.number("rateLimitPerFrequency", x.limit.grants);
    json.number("rateLimitFrequencyInSeconds", x.limit.seconds);
    json.number("grantsLeft", int64_t(x.grants_left.value_or(0)));
    if (x.next_grant_at != 0)
      json.number("nextGrantTime", x.next_grant_at);
  }
  json.boolean("holdsUp", holds_up);
  if (!x.holders.empty())
    limit_report_detail::write_holders(json.key("holders"), x.holders);
  json.close();
}

} // namespace tutti

#include "tests/reference/expressions.hpp"
#include "tests/reference/model.hpp"

#include <algorithm>

namespace tutti::reference {

namespace retry_detail {

/// The instants of reference:task-definition#timeouts at which a limit of this
/// row is reached.
struct deadlines {
  int64_t total = 0, task = 0, poll = 0, response = 0; ///< 0: none
};

deadlines deadlines_of(const row& t) {
  deadlines out;
  auto& def = at(t.task, "taskDefinition");
  if (!is_open(t) || !def.is_object())
    return out;
  auto limit = [&](const char* key) { return number_at(def, key) * 1000; };
  if (limit("totalTimeoutSeconds") > 0 && t.first_scheduled > 0)
    out.total = t.first_scheduled + limit("totalTimeoutSeconds");
  if (limit("timeoutSeconds") > 0 && t.started > 0)
    out.task = t.started + t.start_delay * 1000 + limit("timeoutSeconds");
  if (limit("pollTimeoutSeconds") > 0 && t.status == "SCHEDULED")
    out.poll = t.scheduled + t.start_delay * 1000 + limit("pollTimeoutSeconds")
               + t.callback * 1000;
  bool async_complete
      = t.type == "SUB_WORKFLOW" || flag_at(t.task, "asyncComplete");
  if (limit("responseTimeoutSeconds") > 0 && t.status == "IN_PROGRESS"
      && !(!is_worker(t) && async_complete))
    out.response
        = t.updated + limit("responseTimeoutSeconds") + t.callback * 1000;
  return out;
}

} // namespace retry_detail

using namespace retry_detail;

/// reference:task-definition#timeouts
void model::check_timeouts(execution&, row& t) {
  auto& def = at(t.task, "taskDefinition");
  auto policy = text_at(def, "timeoutPolicy", "TIME_OUT_WF");
  auto due = deadlines_of(t);
  for (auto when : {due.total, due.task, due.poll})
    if (when != 0 && now >= when && is_open(t) && policy != "ALERT_ONLY") {
      finish(t, "TIMED_OUT", "*");
      if (policy == "TIME_OUT_WF")
        throw ending{"TIMED_OUT", "*", t.id};
    }
  if (due.response != 0 && now >= due.response && is_open(t))
    finish(t, "TIMED_OUT",
           "*responseTimeout: "
               + std::to_string(number_at(def, "responseTimeoutSeconds"))
               + "*");
}

namespace retry_detail {

bool may_retry(const row& t) {
  static const std::vector<std::string> never{
      "DECISION",       "SWITCH",   "FORK",     "JOIN",
      "EXCLUSIVE_JOIN", "DO_WHILE", "FOR_EACH", "SCOPE"};
  auto& def = at(t.task, "taskDefinition");
  int64_t limit = 0;
  if (def.is_object())
    limit = number_at(t.task, "retryCount", number_at(def, "retryCount", 3));
  return t.status != "FAILED_WITH_TERMINAL_ERROR" && t.status != "CANCELED"
         && !std::count(never.begin(), never.end(), t.type)
         && t.retry_count < limit;
}

} // namespace retry_detail

/// reference:task-definition#retries: a failure that nothing makes good ends
/// the execution.
void model::end_by(const execution& w, const row& t) const {
  if (!failed(t))
    return;
  auto budget
      = number_at(at(t.task, "taskDefinition"), "totalTimeoutSeconds") * 1000;
  if (may_retry(t)) {
    if (budget > 0 && now - t.first_scheduled >= budget)
      throw ending{t.status == "TIMED_OUT" ? "TIMED_OUT" : "FAILED", "*", t.id};
    return;
  }
  if (flag_at(t.task, "optional") || flag_at(t.task, "permissive"))
    return;
  auto status = t.status == "CANCELED"    ? "TERMINATED"
                : t.status == "TIMED_OUT" ? "TIMED_OUT"
                                          : "FAILED";
  auto& origin = blamed(w, t).id;
  throw ending{status,
               "Task " + origin + " failed with status: " + status
                   + " and reason: '" + t.reason + "'",
               origin};
}

/// reference:task-definition#retries: the next attempt, or none and the row is
/// done as it is.
row_pointer model::retried(execution& w, row& t) {
  end_by(w, t);
  if (!may_retry(t)) {
    if (flag_at(t.task, "optional")) {
      w.forgiven.emplace_back(&t, t.status);
      t.status = "COMPLETED_WITH_ERRORS";
    }
    return nullptr;
  }
  auto& def = at(t.task, "taskDefinition");
  auto delay = number_at(def, "retryDelaySeconds", 60);
  auto logic = text_at(def, "retryLogic", "FIXED");
  if (logic == "LINEAR_BACKOFF")
    delay *= number_at(def, "backoffScaleFactor", 1) * (t.retry_count + 1);
  if (logic == "EXPONENTIAL_BACKOFF")
    delay *= int64_t{1} << t.retry_count;
  if (auto cap = number_at(def, "maxRetryDelaySeconds"); cap > 0)
    delay = std::min(delay, cap);

  return attempt_of(w, t, delay);
}

row_pointer model::attempt_of(execution& w, row& t, int64_t delay) {
  auto next = std::make_shared<row>(t);
  next->id = "task-" + std::to_string(++ids_);
  next->retried_id = next->because = t.id;
  ++next->retry_count;
  next->status = "SCHEDULED";
  next->seq = next->poll_count = 0;
  next->scheduled = next->updated = now;
  next->started = next->ended = 0;
  next->worker = next->child = "";
  next->output = json::object();
  next->callback = next->start_delay = delay;
  next->child_asked = next->start_taken_back = false;
  next->executed = next->retried = next->changed = false;
  next->asked_in = 0;
  next->target = 0;
  next->child_at = now + delay * 1000;
  auto& overlaid
      = t.type == "SUB_WORKFLOW" ? next->input["workflowInput"] : next->input;
  overlaid.update(task_input(w, t.task, *next, true));
  w.making.push_back(next);
  return next;
}

int64_t model::next_instant() const {
  int64_t next = 0;
  auto consider = [&](int64_t when) {
    if (when > now && (next == 0 || when < next))
      next = when;
  };
  for (auto& w : executions) {
    if (is_terminal(*w))
      continue;
    if (auto limit = number_at(w->def, "timeoutSeconds"); limit > 0)
      consider((w->last_retried > 0 ? w->last_retried : w->created)
               + limit * 1000);
    for (auto& t : w->rows) {
      auto due = deadlines_of(*t);
      for (auto when : {due.total, due.task, due.poll, due.response})
        consider(when);
      if (is_open(*t)) {
        consider(t->target);
        consider(t->child_at);
      }
    }
  }
  return next;
}

} // namespace tutti::reference

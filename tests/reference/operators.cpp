#include "tests/reference/model.hpp"

namespace tutti::reference {

/// reference:workers#poll
void model::hand_out(row& t) {
  t.status = "IN_PROGRESS";
  t.started = t.started ? t.started : now;
  t.updated = now;
  t.callback = 0;
  ++t.poll_count;
  t.visible_at = 0;
}

/// reference:workers#update
void model::update(row& t, const std::string& status, json output,
                   const std::string& reason, int64_t callback) {
  execution* w = nullptr;
  for (auto& x : executions)
    if (x->by_id(t.id))
      w = x.get();
  if (is_terminal(t) || is_terminal(*w))
    return;
  // Such an update begins an attempt that waits for its retry delay.
  if (status == "IN_PROGRESS" && t.status == "SCHEDULED"
      && (t.type == "WAIT" || t.type == "HUMAN")) {
    begin_waiting(t);
    if (t.target != 0 && now >= t.target)
      finish(t, "COMPLETED");
    if (is_terminal(t)) {
      decide(*w);
      return deliver();
    }
  }
  t.output = std::move(output);
  t.reason = reason;
  t.callback = callback;
  t.updated = now;
  if (status == "IN_PROGRESS") {
    t.status = is_worker(t) ? "SCHEDULED" : "IN_PROGRESS";
    t.visible_at = is_worker(t) ? now + callback * 1000 : 0;
  } else {
    finish(t, status);
  }
  decide(*w);
  deliver();
}

void model::extend_lease(row& t) {
  if (is_open(t))
    t.updated = now;
}

void model::pause(execution& w) {
  ++w.version;
  if (w.status == "RUNNING")
    w.status = "PAUSED";
}

bool model::resume(execution& w) {
  if (w.status != "PAUSED")
    return false;
  w.status = "RUNNING";
  w.last_retried = now;
  decide(w);
  deliver();
  return true;
}

bool model::terminate(execution& w, const std::string& reason) {
  ++w.version;
  if (w.status == "COMPLETED")
    return false;
  if (w.status == "TERMINATED")
    return true;
  end(w, {"TERMINATED", reason, "-"});
  deliver();
  return true;
}

void model::push_message(execution& w, json message) {
  if (w.status != "RUNNING")
    return;
  w.inbox.push_back({{"id", "*"},
                     {"workflowId", w.id},
                     {"payload", std::move(message)},
                     {"receivedAt", "*"}});
  decide(w);
  deliver();
}

void model::reset_callbacks(execution& w) {
  ++w.version;
  if (is_terminal(w))
    return;
  for (auto& t : w.rows)
    if (is_worker(*t) && t->status == "SCHEDULED" && t->callback > 0) {
      t->callback = 0;
      t->visible_at = now;
    }
}

} // namespace tutti::reference

#include "tests/reference/model.hpp"

#include <algorithm>
#include <utility>

namespace tutti::reference {

void model::post(std::function<void()> message) {
  outbox_.push_back(std::move(message));
}

void model::deliver() {
  while (!outbox_.empty()) {
    auto message = std::move(outbox_.front());
    outbox_.pop_front();
    message();
  }
  for (auto& w : executions)
    look_at_joins(*w);
}

/// Updates the outputs of open JOINs from their branches.
void model::look_at_joins(execution& w) {
  // JOINs may join JOINs: repeat until nothing changes.
  for (bool more = true; more;) {
    more = false;
    for (auto& t : w.rows)
      if ((is_open(*t) && t->type == "JOIN")
          || (is_loop(*t) && t->status != "COMPLETED")) {
        auto output = visible_output(w, *t);
        more = more || output != t->output;
        t->output = output;
      }
  }
}

namespace decide_detail {

/// A WAIT, or a delayed attempt of a row that executes in the decision, is due.
/// An attempt without delay waits for its turn.
bool is_due(const row& t) {
  return (t.type == "WAIT" && t.status == "IN_PROGRESS")
         || (is_system(t) && t.status == "SCHEDULED" && t.retry_count > 0
             && t.child_at > t.scheduled);
}

} // namespace decide_detail

using decide_detail::is_due;

/// Checks each row: its timeouts, whether its failure ends the execution, and
/// whether it is due.
void model::judge(execution& w) {
  if (w.status != "RUNNING")
    return;
  for (auto& t : std::vector<row_pointer>(w.rows)) {
    if (t->retried || t->executed || t->status == "SKIPPED"
        || in_closed_loop(w, *t))
      continue;
    try {
      check_timeouts(w, *t);
      end_by(w, *t);
    } catch (const ending&) {
      if (!caught(w, *t))
        throw;
    }
    if (is_open(*t) && is_due(*t))
      execute(w, *t);
  }
}

/// reference:execution#order
void model::decide(execution& w) {
  ++w.version;
  if (is_terminal(w)) {
    if (w.status != "COMPLETED")
      cancel_open(w);
    return;
  }
  bool child_changed = false;
  for (auto& t : w.rows)
    if (t->type == "SUB_WORKFLOW" && !t->retried && t->changed) {
      t->changed = false;
      child_changed = true;
    }
  if (child_changed)
    for (auto& t : w.rows)
      if (t->type == "JOIN" && failed(*t) && !t->retried) {
        t->status = "IN_PROGRESS";
        t->reason = "";
      }
  try {
    check_workflow_timeout(w);
    judge(w);
    bool again = true;
    while (again) {
      again = false;
      w.making.clear();
      w.forgiven.clear();
      auto o = evaluate(w);
      w.forgiven.clear();
      w.making.clear();
      if (o.complete) {
        complete(w);
        return;
      }
      w.begun.clear();
      for (auto& t : o.consumed)
        t->executed = again = true;
      again = fail_loops(w) || again;
      for (auto& t : o.schedule) {
        bool known = std::any_of(w.rows.begin(), w.rows.end(), [&](auto& x) {
          return x->ref == t->ref && x->retry_count == t->retry_count;
        });
        if (known)
          continue;
        for (auto& x : w.rows)
          x->retried = x->retried || x->id == t->retried_id;
        append(w, t);
        again = again || is_system(*t) || t->status == "SKIPPED";
      }
      fail_loops(w); // rows that were created in a loop that has just failed
      for (size_t i = 0; i < o.schedule.size(); ++i) {
        auto t = o.schedule[i];
        if (w.by_id(t->id) && is_system(*t) && is_open(*t) && t->type != "JOIN"
            && execute(w, *t))
          again = true;
        // The target of a GOTO is scheduled in its turn.
        o.schedule.insert(o.schedule.end(), w.begun.begin(), w.begun.end());
        w.begun.clear();
      }
      // Last, because upstream's asynchronous workers do these.
      if (!again && w.status == "RUNNING")
        again = execute_joins(w);
      if (!again && w.status == "RUNNING")
        again = execute_loops(w);
    }
  } catch (const ending& e) {
    w.making.clear();
    w.begun.clear();
    if (!e.task.empty()) // not for definitions that cannot be scheduled
      for (auto& [t, status] : w.forgiven)
        t->status = status;
    w.forgiven.clear();
    end(w, e);
  }
}

void model::append(execution& w, const row_pointer& t) {
  for (auto& x : w.rows)
    t->seq = std::max(t->seq, x->seq);
  ++t->seq;
  if (t->first_scheduled == 0)
    t->first_scheduled = now;
  if (is_queued(*t) && t->status != "SKIPPED")
    t->visible_at = now + t->callback * 1000;
  w.rows.push_back(t);
}

/// reference:workflow-definition#timeout
void model::check_workflow_timeout(execution& w) {
  auto limit = number_at(w.def, "timeoutSeconds");
  auto since = w.last_retried > 0 ? w.last_retried : w.created;
  if (limit > 0 && text_at(w.def, "timeoutPolicy") == "TIME_OUT_WF"
      && now - since >= limit * 1000)
    throw ending{"TIMED_OUT", "Workflow timed out after*", ""};
}

/// Removes what a SCOPE catches and evaluates again.
model::outcome model::evaluate(execution& w) {
  while (true) {
    std::vector<std::pair<row_pointer, row>> scopes;
    for (auto& t : w.rows)
      if (t->type == "SCOPE")
        scopes.emplace_back(t, *t);
    row* failed = nullptr;
    outcome o;
    try {
      o = evaluate_once(w, failed);
    } catch (const ending&) {
      w.making.clear();
      for (auto& [t, before] : scopes)
        *t = before;
      auto forgiven = std::exchange(w.forgiven, {});
      for (auto& [t, status] : forgiven)
        t->status = failed ? status : "COMPLETED_WITH_ERRORS";
      if (!failed || !caught(w, *failed))
        throw;
      continue;
    }
    if (o.over)
      throw *o.over;
    return o;
  }
}

/// reference:execution#order
model::outcome model::evaluate_once(execution& w, row*& looking) {
  outcome o;
  check_workflow_timeout(w);
  if (w.status == "PAUSED")
    return o;
  auto add = [&](const row_pointer& t) {
    for (auto& x : o.schedule)
      if (x->ref == t->ref)
        return;
    o.schedule.push_back(t);
  };
  auto& first = at(w.def, "tasks");
  if (first.empty())
    throw ending{"COMPLETED", "*", ""};
  if (std::all_of(w.rows.begin(), w.rows.end(), [](auto& t) {
        return t->status == "SKIPPED" || t->executed;
      })) {
    position top;
    auto* begin = skip_skipped(w, &first[0], top);
    because_ = "";
    if (begin && !w.by_ref(text_at(*begin, "taskReferenceName")))
      for (auto& t : rows_for(w, *begin, {}))
        add(t);
  }
  o.schedule.insert(o.schedule.end(), w.begun.begin(), w.begun.end());
  bool terminated = false;
  for (auto& t : w.rows)
    if (t->type == "TERMINATE" && t->status == "COMPLETED")
      terminated = true;
  for (auto& t : w.rows)
    if (!t->retried && !t->executed && t->status != "SKIPPED"
        && !in_closed_loop(w, *t)) {
      looking = t.get(); // an exception from here on is this row's failure
      check_timeouts(w, *t);
      end_by(w, *t);
      looking = nullptr;
    }
  std::set<std::string> failing; // loops that failed so far
  auto in_failing = [&](const row& t) {
    for (auto* x = &t; x; x = w.by_id(x->where.loop))
      if (failing.count(x->where.loop) > 0)
        return true;
    return false;
  };
  // Scanned by index and from a copy: a new attempt is not pending yet.
  for (auto& t : std::vector<row_pointer>(w.rows)) {
    if (t->retried || t->executed || t->status == "SKIPPED")
      continue;
    if (in_closed_loop(w, *t) || in_failing(*t)) {
      if (is_terminal(*t))
        o.consumed.push_back(t); // no successors
      continue;
    }
    if (is_system(*t) && is_open(*t))
      add(t);
    looking = t.get();
    check_timeouts(w, *t);
    row_pointer attempt;
    if (failed(*t))
      attempt = retried(w, *t);
    looking = nullptr;
    if (attempt) {
      auto same = std::find_if(o.schedule.begin(), o.schedule.end(),
                               [&](auto& x) { return x->ref == t->ref; });
      if (same != o.schedule.end())
        *same = attempt;
      else
        o.schedule.push_back(attempt);
    } else if (is_terminal(*t)) {
      o.consumed.push_back(t);
      // A failed row in the body of a loop fails the loop and has no
      // successors.
      if (auto* loop = w.by_id(t->where.loop);
          failed(*t) && loop && is_loop(*loop)) {
        failing.insert(loop->id);
        continue;
      }
      if (terminated)
        continue; // checked, but without successors
      because_ = t->id;
      for (auto& x : successors(w, *t))
        add(x);
    }
  }
  std::erase_if(o.schedule, [&](auto& t) {
    return t->retry_count == 0
           && std::any_of(w.rows.begin(), w.rows.end(), [&](auto& x) {
                return x != t && x->executed && x->ref == t->ref;
              });
  });
  if (!terminated && !(o.schedule.empty() && completed(w)))
    return o;
  std::string reason;
  for (auto& t : w.rows)
    if (flag_at(t->task, "permissive") && !flag_at(t->task, "optional")
        && !t->retried && w.by_ref(t->ref) == t.get() && failed(*t)
        && !in_successful_loop(w, *t))
      reason += (reason.empty() ? "Task " : ". Task ") + t->id
                + " failed with status: " + t->status + " and reason: '"
                + t->reason + "'";
  w.forgiven.clear();
  if (!reason.empty())
    o.over = ending{"FAILED", reason, ""};
  o.complete = true;
  return o;
}

/// reference:execution#completion
bool model::completed(execution& w) {
  for (auto& t : w.rows)
    if (is_open(*t))
      return false;
  // A GOTO may jump over tasks: then their rows are not required.
  for (auto& task : w.def["tasks"])
    if (!jumped(w) && !w.by_ref(text_at(task, "taskReferenceName")))
      return false;
  for (auto& t : w.rows)
    if (!t->retried && !t->executed && t->status != "SKIPPED"
        && !in_closed_loop(w, *t))
      if (auto next = next_ref(w, *t); !next.empty() && !w.by_ref(next))
        return false;
  return true;
}

void model::tick(execution& w) {
  decide(w);
  deliver();
}

} // namespace tutti::reference

#include "tests/reference/model.hpp"

#include <algorithm>

// §1.5, Rerun from a task, as actors/engine/README.md says where it differs:
// what the flow reached through the task is taken back, and nothing else.

namespace tutti::reference {

/// Joins of the forks around a row, and the loops around it.
std::vector<row*> model::waiting_for(execution& w, const row& t) {
  std::vector<row*> out;
  for (auto at = t.where; true;) {
    if (auto* fork = at.fork.empty() ? nullptr : w.by_id(at.fork)) {
      auto* join = follower(w, base_of(*fork));
      auto* x = join ? w.by_ref(text_at(*join, "taskReferenceName")
                                + fork->where.suffix)
                     : nullptr;
      if (x && x->status != "SKIPPED")
        out.push_back(x);
      at = fork->where;
    } else if (auto* loop = at.loop.empty() ? nullptr : w.by_id(at.loop)) {
      out.push_back(loop);
      at = loop->where;
    } else {
      return out;
    }
  }
}

namespace rerun_detail {

/// The iteration of that loop in which the row stands.
int number_in(const execution& w, const row& loop, const row& t) {
  auto* at = &t;
  while (at->where.loop != loop.id)
    at = w.by_id(at->where.loop);
  return at->where.number;
}

/// What follows a row that waits, or is a later round of it.
bool made_by(const execution& w, const row& waits, const row& x,
             const row& target) {
  if (x.because != waits.id)
    return false;
  if (!is_loop(waits) || x.where.loop != waits.id)
    return true;
  return waits.type == "DO_WHILE"
         && x.where.number > number_in(w, waits, target);
}

/// What the engine itself has written into an input.
std::vector<std::string> own_keys(const row& t) {
  if (t.type == "JOIN" || t.type == "EXCLUSIVE_JOIN")
    return {"joinOn", "defaultExclusiveJoinTask"};
  if (is_loop(t))
    return {"_items", "maxParallel"};
  if (t.type == "EVENT")
    return {"sink", "asyncComplete"};
  if (t.type == "HTTP" || t.type == "KAFKA_PUBLISH")
    return {"asyncComplete"};
  return {};
}

json input_for(const row& t, const json& given) {
  auto out = given;
  if (t.type == "SUB_WORKFLOW") {
    out = t.input;
    out["workflowInput"] = given;
  }
  for (auto& key : own_keys(t))
    if (!out.contains(key) && t.input.contains(key))
      out[key] = t.input[key];
  return out;
}

} // namespace rerun_detail

using namespace rerun_detail;

/// What the flow has reached through a row: later attempts of it, what was
/// made because of it, because of that, or because of what waited for it.
std::set<std::string> model::reached_through(const execution& w, const row& t,
                                             const std::vector<row*>& waiting) {
  std::set<std::string> gone{t.id};
  auto waits = [&](const row& x) {
    return std::any_of(waiting.begin(), waiting.end(),
                       [&](auto* y) { return y == &x; });
  };
  for (bool more = true; more;) {
    more = false;
    for (auto& x : w.rows) {
      if (x->seq <= t.seq || gone.count(x->id) || waits(*x))
        continue;
      bool through = gone.count(x->because) > 0;
      for (auto* y : waiting)
        through = through || made_by(w, *y, *x, t);
      if (through)
        more = gone.insert(x->id).second;
    }
  }
  gone.erase(t.id);
  return gone;
}

bool model::rerun_from(execution& w, const std::string& id,
                       const std::optional<json>& given) {
  auto* target = w.by_id(id);
  if (!is_terminal(w) || !target || target->status == "SKIPPED")
    return false;
  ++w.version;
  auto waiting = waiting_for(w, *target);
  bool child = target->type == "SUB_WORKFLOW";
  std::set<std::string> gone;
  if (child) { // the flow stands where it is
    for (auto& x : w.rows)
      if (x->ref == target->ref && x->seq > target->seq)
        gone.insert(x->id);
  } else {
    gone = reached_through(w, *target, waiting);
  }
  w.status = "RUNNING";
  w.ended = 0;
  w.reason = w.failed_task = "";
  w.output = json::object();
  w.failed_refs.clear();
  w.failed_names.clear();
  std::erase_if(w.rows, [&](auto& x) { return gone.count(x->id) > 0; });
  for (auto* x : waiting)
    if (is_terminal(*x) && (!child || failed(*x)))
      begin_in_place(w, *x, std::nullopt);
  std::vector<row_pointer> again;
  for (auto& x : w.rows)
    if (x.get() == target
        || (failed(*x) && !x->retried && w.by_ref(x->ref) == x.get()))
      again.push_back(x);
  std::optional<ending> over;
  for (auto& x : again) {
    if (over)
      break;
    if (x.get() != target && is_loop(*x))
      reopen(w, *x);
    else
      over = begin_in_place(w, *x, x.get() == target ? given : std::nullopt);
  }
  revive_parents(w);
  if (over)
    end(w, *over);
  else
    decide(w);
  settle();
  return true;
}

/// As if it had just been scheduled.
std::optional<model::ending>
model::begin_in_place(execution& w, row& t, const std::optional<json>& given) {
  if (t.type == "SWITCH" || t.type == "DECISION" || t.type == "FORK")
    return make_anew(w, t, given);
  begin_again(t);
  if (given)
    t.input = input_for(t, *given);
  if (is_queued(t) || t.type == "SUB_WORKFLOW" || t.type == "START_WORKFLOW")
    return std::nullopt;
  t.status = "IN_PROGRESS";
  t.started = now;
  if (t.type == "WAIT")
    begin_waiting(t);
  if (is_loop(t)) {
    t.iteration = 0;
    for (auto& x : w.rows)
      if (x->where.loop == t.id)
        t.iteration = std::max(t.iteration, x->where.number);
    t.output = loop_output(w, t);
  }
  return std::nullopt;
}

/// What has chosen branches does so again, as the same row. If it cannot be
/// followed, it is what failed.
std::optional<model::ending>
model::make_anew(execution& w, row& t, const std::optional<json>& given) {
  auto at = std::find_if(w.rows.begin(), w.rows.end(),
                         [&](auto& x) { return x.get() == &t; });
  auto place = at - w.rows.begin();
  auto before = *at;
  w.rows.erase(at);
  try {
    next_id_ = t.id;
    next_input_ = given;
    auto rows = rows_for(w, t.task, t.where);
    w.making.clear();
    rows[0]->seq = t.seq;
    rows[0]->retry_count = t.retry_count;
    rows[0]->retried_id = t.retried_id;
    rows[0]->because = t.because;
    w.rows.insert(w.rows.begin() + place, rows[0]);
    for (size_t i = 1; i < rows.size(); ++i)
      append(w, rows[i]);
    return std::nullopt;
  } catch (const ending& e) {
    w.making.clear();
    before->executed = before->retried = before->branches = false;
    before->output = json::object();
    if (given)
      before->input = *given;
    before->started = now;
    finish(*before, "FAILED", e.reason);
    w.rows.insert(w.rows.begin() + place, before);
    return e;
  }
}

} // namespace tutti::reference

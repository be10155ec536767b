#include "tests/reference/model.hpp"

#include <algorithm>

// reference:operators#rerun, from a task:
// what the flow reached through the task is taken back, and nothing else.

namespace tutti::reference {

/// The rows that wait for a row, innermost first: JOINs of the forks around it,
/// the loops and scopes that hold it. Each was created before the rows inside
/// of it.
/// `without_join`: forks whose JOIN was skipped, which led on themselves.
std::vector<row*> model::waiting_for(execution& w, const row& t,
                                     std::set<std::string>& without_join) {
  std::vector<row*> out;
  for (auto at = t.where; true;) {
    row* around = nullptr;
    for (auto& id : {at.fork, at.loop, at.scope})
      if (auto* x = id.empty() ? nullptr : w.by_id(id))
        around = around && around->seq > x->seq ? around : x;
    if (!around)
      return out;
    if (around->id == at.fork) {
      auto* join = follower(w, base_of(*around));
      auto* x = join ? w.by_ref(text_at(*join, "taskReferenceName")
                                + around->where.suffix)
                     : nullptr;
      if (x)
        out.push_back(x);
      if (x && x->status == "SKIPPED")
        without_join.insert(around->id);
    } else {
      out.push_back(around);
    }
    at = around->where;
  }
}

namespace rerun_detail {

/// The iteration of that loop that the row belongs to.
int number_in(const execution& w, const row& loop, const row& t) {
  auto* at = &t;
  while (at->where.loop != loop.id)
    at = w.by_id(at->where.loop);
  return at->where.number;
}

/// The row is inside of that loop or scope, at any depth.
bool stands_in(const execution& w, const row& around, const row& t) {
  for (auto* at = &t.where;;) {
    if (at->loop == around.id || at->scope == around.id)
      return true;
    auto* loop = w.by_id(at->loop);
    auto* scope = w.by_id(at->scope);
    auto* out = !loop || (scope && scope->seq > loop->seq) ? scope : loop;
    if (!out)
      return false;
    at = &out->where;
  }
}

/// The successors of a waiting row, its later passes, or the rows that a jump
/// out of it led to.
bool made_by(const execution& w, const row& waits, const row& x,
             const row& target) {
  bool holds = is_loop(waits) || waits.type == "SCOPE";
  auto* because = w.by_id(x.because);
  if (holds && because && because->type == "GOTO"
      && stands_in(w, waits, *because) && !stands_in(w, waits, x))
    return true;
  if (x.because != waits.id)
    return false;
  if (!holds || !stands_in(w, waits, x))
    return true;
  return waits.type == "DO_WHILE" && x.where.loop == waits.id
         && x.where.number > number_in(w, waits, target);
}

/// Input members that the engine itself writes.
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

/// Everything the flow reached through a row: its later attempts, the rows they
/// led to, and so on, also through rows that waited for it.
void model::reached_through(const execution& w, const row& t,
                            const std::vector<row*>& waiting,
                            const std::set<std::string>& without_join,
                            std::set<std::string>& gone) {
  gone.insert(t.id);
  auto waits = [&](const row& x) {
    return std::any_of(waiting.begin(), waiting.end(),
                       [&](auto* y) { return y == &x; });
  };
  for (bool more = true; more;) {
    more = false;
    for (auto& x : w.rows) {
      if (x->seq <= t.seq || gone.count(x->id) || waits(*x))
        continue;
      bool through = gone.count(x->because) > 0
                     || (without_join.count(x->because) > 0
                         && x->where.fork != x->because);
      for (auto* y : waiting)
        through = through || made_by(w, *y, *x, t);
      if (through)
        more = gone.insert(x->id).second;
    }
  }
  gone.erase(t.id);
}

bool model::rerun_from(execution& w, const std::string& id,
                       const std::optional<json>& given) {
  auto* target = w.by_id(id);
  if (!is_terminal(w) || !target || target->status == "SKIPPED"
      || is_undone(w, *target))
    return false;
  ++w.version;
  std::set<std::string> without_join;
  auto waiting = waiting_for(w, *target, without_join);
  bool child = target->type == "SUB_WORKFLOW";
  std::vector<row*> opened;
  std::set<std::string> gone;
  for (auto* x : waiting)
    if (is_terminal(*x) && (!child || failed(*x))) {
      opened.push_back(x);
      if (x->type == "SCOPE")
        later_lists(w, *x, *target, gone);
    }
  if (child) { // the flow is where the child is
    for (auto& x : w.rows)
      if (x->ref == target->ref && x->seq > target->seq)
        gone.insert(x->id);
  } else {
    reached_through(w, *target, waiting, without_join, gone);
  }
  // Passes are removed with the jumps that began them.
  bool goes_back = target->type == "GOTO";
  for (auto& x : w.rows)
    goes_back = goes_back || (x->type == "GOTO" && gone.count(x->id) > 0);
  w.status = "RUNNING";
  w.ended = 0;
  w.reason = w.failed_task = "";
  w.output = json::object();
  w.failed_refs.clear();
  w.failed_names.clear();
  std::erase_if(w.rows, [&](auto& x) { return gone.count(x->id) > 0; });
  std::optional<ending> over;
  for (auto* x : opened)
    if (x->type == "SCOPE")
      reopen_scope(w, *x, *target);
    else if (x->status == "SKIPPED")
      join_instead(w, *x, without_join);
    else
      begin_in_place(w, *x, std::nullopt);
  std::vector<row_pointer> again;
  for (auto& x : w.rows)
    if (x.get() == target
        || (failed(*x) && may_revive(w, *x) && w.by_ref(x->ref) == x.get()))
      again.push_back(x);
  try {
    for (auto& x : again) {
      if (over)
        break;
      if (!w.by_id(x->id))
        continue; // with a scope that begins again
      if (x.get() == target)
        over = begin_in_place(w, *x, given);
      else if (x->type == "SCOPE")
        retry_scope(w, *x);
      else if (is_loop(*x))
        reopen(w, *x);
      else
        over = begin_in_place(w, *x, std::nullopt);
    }
    for (auto* x : opened)
      if (w.has(x) && x->type == "JOIN" && goes_back)
        join_again(w, *x);
    if (!over)
      resume_scopes(w);
  } catch (const ending& e) {
    w.making.clear();
    over = e;
  }
  revive_parents(w);
  if (over) {
    ++w.version;
    end(w, *over);
  } else {
    decide(w);
  }
  deliver();
  return true;
}

/// A JOIN that was skipped waits like others.
void model::join_instead(execution& w, row& skipped,
                         const std::set<std::string>& without_join) {
  for (auto& id : without_join) {
    auto& fork = *w.by_id(id);
    auto* join = follower(w, base_of(fork));
    if (text_at(*join, "taskReferenceName") + fork.where.suffix != skipped.ref)
      continue;
    std::erase_if(w.rows, [&](auto& x) { return x.get() == &skipped; });
    because_ = id;
    auto t = map_join(w, *join, fork.where, at(*join, "joinOn"));
    bool dynamic = text_at(fork.task, "type") == "FORK_JOIN_DYNAMIC";
    if (dynamic)
      t->input["joinOn"] = fork.input["forkedTasks"];
    append(w, t);
    return dynamic ? void() : join_again(w, *t);
  }
}

/// The JOIN waits for the passes that remain.
void model::join_again(execution& w, row& join) {
  auto& names = at(join.task, "joinOn");
  for (size_t i = 0; i < names.size(); ++i)
    join.input["joinOn"][i] = names[i].get<std::string>() + join.where.suffix;
  for (auto& x : w.rows) {
    auto* fork = x->type == "GOTO" && x->status == "COMPLETED"
                         && x->output.contains("pass")
                     ? w.by_id(x->pass_at.fork)
                     : nullptr;
    auto* task = fork ? follower(w, base_of(*fork)) : nullptr;
    if (task
        && text_at(*task, "taskReferenceName") + fork->where.suffix == join.ref)
      join_anew(w, text_at(x->output, "target"), x->pass_at);
  }
}

/// Resets the row as if it had just been scheduled.
std::optional<model::ending>
model::begin_in_place(execution& w, row& t, const std::optional<json>& given) {
  if (t.type == "SWITCH" || t.type == "DECISION" || t.type == "FORK")
    return make_anew(w, t, given);
  begin_again(t);
  if (given)
    t.input = input_for(t, *given);
  if (t.type == "SCOPE") {
    t.status = "IN_PROGRESS";
    begin_body(w, t);
    return std::nullopt;
  }
  if (is_queued(t))
    return std::nullopt;
  if (t.type == "SUB_WORKFLOW" || t.type == "START_WORKFLOW") {
    execute(w, t);
    t.asked_in = w.version + 1; // the next decision requests it
    return std::nullopt;
  }
  t.status = "IN_PROGRESS";
  t.started = now;
  if (t.type == "WAIT")
    begin_waiting(t);
  if (t.type == "WAIT" && is_open(t) && t.target != 0 && t.target <= now)
    finish(t, "COMPLETED");
  if (is_loop(t)) {
    t.iteration = 0;
    for (auto& x : w.rows)
      if (x->where.loop == t.id)
        t.iteration = std::max(t.iteration, x->where.number);
    t.output = loop_output(w, t);
  }
  return std::nullopt;
}

/// A row that chose branches chooses again, in position. If the choice cannot
/// be scheduled, the row fails.
std::optional<model::ending>
model::make_anew(execution& w, row& t, const std::optional<json>& given) {
  auto at = std::find_if(w.rows.begin(), w.rows.end(),
                         [&](auto& x) { return x.get() == &t; });
  auto position = at - w.rows.begin();
  auto before = *at;
  w.rows.erase(at);
  try {
    next_id_ = t.id;
    next_input_ = given;
    std::vector<row_pointer> rows;
    map_task(w, t.task, t.where, rows);
    w.making.clear();
    rows[0]->seq = t.seq;
    rows[0]->retry_count = t.retry_count;
    rows[0]->retried_id = t.retried_id;
    rows[0]->because = t.because;
    w.rows.insert(w.rows.begin() + position, rows[0]);
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
    w.rows.insert(w.rows.begin() + position, before);
    return e;
  }
}

} // namespace tutti::reference

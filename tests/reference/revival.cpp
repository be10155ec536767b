#include "tests/reference/model.hpp"

#include <algorithm>

namespace tutti::reference {

namespace revival_detail {

bool is_one_of(const std::string& x, std::initializer_list<const char*> list) {
  return std::any_of(list.begin(), list.end(), [&](auto y) { return x == y; });
}

bool has_permissive_failure(const execution& w, const row& join) {
  for (auto& ref : join.input["joinOn"]) {
    auto* x = w.by_ref(ref.get<std::string>());
    if (x && x->status == "FAILED" && flag_at(x->task, "permissive")
        && !flag_at(x->task, "optional"))
      return true;
  }
  return false;
}

} // namespace revival_detail

using namespace revival_detail;

/// reference:operators#retry; false: refused.
bool model::retry(execution& chosen, bool resume_children) {
  auto* w = &chosen;
  if (!is_terminal(*w) || w->rows.empty())
    return false;
  while (resume_children) {
    row *first = nullptr, *child = nullptr;
    for (auto& t : w->rows)
      if (failed(*t) && !t->retried) {
        first = first ? first : t.get();
        child = !child && t->type == "SUB_WORKFLOW" ? t.get() : child;
      }
    // A loop leads to the first of its children that failed, and so does a
    // scope that has not dealt with it.
    bool through
        = first
          && (is_loop(*first)
              || (first->type == "SCOPE" && first->status == "CANCELED"));
    auto* down = through ? child : first;
    if (!down || down->type != "SUB_WORKFLOW" || down->child.empty())
      break;
    w = find(down->child);
    if (!is_terminal(*w) || w->rows.empty())
      return false;
  }
  bool done = retry_here(*w, false);
  deliver();
  return done;
}

bool model::retry_here(execution& w, bool by_parent) {
  std::vector<row_pointer> again, reopened;
  for (auto& t : w.rows) {
    if (failed(*t) && !may_revive(w, *t))
      continue;
    std::erase_if(again, [&](auto& x) { return x->ref == t->ref; });
    bool join = is_one_of(t->type, {"JOIN", "EXCLUSIVE_JOIN"});
    if ((t->status == "CANCELED"
         && is_one_of(t->type, {"JOIN", "DO_WHILE", "FOR_EACH"}))
        || (t->status == "FAILED" && join && has_permissive_failure(w, *t)))
      reopened.push_back(t);
    else if (failed(*t))
      again.push_back(t);
  }
  if (again.empty() && w.status != "TIMED_OUT")
    return false;
  ++w.version;
  for (auto& t : reopened)
    reopen(w, *t);
  w.status = "RUNNING";
  w.last_retried = now;
  w.ended = 0;
  w.reason = "";
  std::optional<ending> over; // thrown when a successor cannot be scheduled
  auto unless = [&](auto go) {
    try {
      go();
    } catch (const ending& e) {
      w.making.clear();
      over = e;
    }
  };
  for (auto& t : again) {
    if (over)
      break;
    if (!w.by_id(t->id))
      continue; // with the scope that begins again
    if (t->type == "SCOPE") {
      unless([&] { retry_scope(w, *t); });
      continue;
    }
    if (is_one_of(t->type,
                  {"JOIN", "EXCLUSIVE_JOIN", "DO_WHILE", "FOR_EACH"})) {
      reopen(w, *t);
      ++t->retry_count;
      continue;
    }
    if (is_one_of(t->type, {"SWITCH", "DECISION", "FORK"})) {
      over = choose_again(w, *t);
      continue;
    }
    auto next = attempt_of(w, *t, 0);
    next->reason = "";
    t->retried = t->executed = true;
    append(w, next);
    begin_at_once(
        *next); // even beside a TERMINATE that ends the execution next
    w.making.clear();
  }
  if (!over)
    unless([&] { resume_scopes(w); });
  if (!by_parent)
    revive_parents(w);
  if (over)
    end(w, *over);
  else
    decide(w);
  return true;
}

/// A failed switch is created again: a new row, and its branch.
std::optional<model::ending> model::choose_again(execution& w, row& t) {
  std::vector<row_pointer> rows;
  std::optional<ending> over;
  try {
    because_ = t.id;
    map_task(w, t.task, t.where, rows);
    rows[0]->retry_count = t.retry_count + 1;
    rows[0]->retried_id = t.id;
    t.retried = t.executed = true;
    for (auto& x : rows)
      append(w, x);
  } catch (const ending& e) {
    over = e;
  }
  w.making.clear();
  return over;
}

void model::reopen(execution& w, row& t) {
  if (is_loop(t)) { // back to the last iteration that has rows
    t.iteration = 0;
    for (auto& x : w.rows)
      if (x->where.loop == t.id)
        t.iteration = std::max(t.iteration, x->where.number);
  }
  t.status = "IN_PROGRESS";
  t.ended = 0;
  t.executed = t.retried = false;
  t.reason = "";
  t.updated = now;
}

/// Revives the row in position, as if it had just been scheduled.
void model::begin_again(row& t) {
  t.status = "SCHEDULED";
  t.scheduled = t.first_scheduled = t.updated = now;
  t.started = t.ended = t.target = 0;
  t.output = json::object();
  t.reason = t.worker = t.child = "";
  t.poll_count = 0;
  t.callback = t.start_delay = 0;
  t.executed = t.retried = t.changed = false;
  t.child_asked = t.start_taken_back = false;
  t.asked_in = 0;
  t.child_at = now;
  t.visible_at = is_queued(t) ? now : 0;
}

/// reference:operators#parents, one parent; its own parents follow by the same
/// message.
void model::revive_parents(execution& child) {
  if (child.parent.empty())
    return;
  post([this, id = child.id] {
    auto& c = *find(id);
    auto* w = find(c.parent);
    auto* t = w ? w->by_id(c.parent_task) : nullptr;
    if (!t || flag_at(t->task, "optional") || t->retried || t->child != id
        || !is_terminal(*t) || is_undone(*w, *t))
      return;
    bool ended = is_terminal(*w);
    ++w->version;
    reopen(*w, *t);
    t->changed = true;
    t->reason = "";
    w->status = "RUNNING";
    w->reason = w->failed_task = "";
    w->failed_refs.clear();
    w->failed_names.clear();
    w->last_retried = now;
    w->ended = 0;
    for (auto& x : std::vector<row_pointer>(w->rows))
      if (x.get() != t && !x->retried && failed(*x)
          && !in_successful_loop(*w, *x))
        repair_sibling(*w, *x);
    if (ended)
      revive_parents(*w);
    try {
      resume_scopes(*w);
    } catch (const ending& e) {
      w->making.clear();
      ++w->version;
      return end(*w, e);
    }
    decide(*w);
  });
}

void model::repair_sibling(execution& w, row& t) {
  if (t.type == "SUB_WORKFLOW" && !t.child.empty()) {
    auto& c = *find(t.child);
    reopen(w, t);
    t.reason = "";
    if (is_terminal(c))
      post([this, id = t.child] {
        if (!retry_here(*find(id), true))
          child_ended(id); // there is nothing to retry
      });
  } else if (is_loop(t)) {
    reopen(w, t); // also a failed one: the child may have caused it
  } else if (t.status == "CANCELED") {
    if (is_one_of(t.type, {"JOIN", "DO_WHILE", "FOR_EACH", "SCOPE"}))
      return reopen(w, t);
    begin_in_place(w, t, std::nullopt);
    ++t.retry_count;
  }
}

/// reference:operators#restart
bool model::restart(execution& w) {
  auto& may = at(w.def, "restartable");
  if (!is_terminal(w)
      || (may.is_boolean() && !may.get<bool>() && w.status == "COMPLETED"))
    return false;
  ++w.version;
  w.rows.clear();
  w.status = "RUNNING";
  w.created = now;
  w.ended = w.last_retried = 0;
  w.reason = w.failed_task = "";
  w.output = json::object();
  revive_parents(w);
  decide(w);
  deliver();
  return true;
}

/// reference:operators#rerun, without a task
bool model::rerun_all(execution& w, const std::optional<json>& input) {
  if (!is_terminal(w))
    return false;
  w.input = input.value_or(w.input);
  for (auto& [key, value] : at(w.def, "inputTemplate").items())
    if (!w.input.contains(key))
      w.input[key] = value;
  ++w.version;
  w.rows.clear();
  w.status = "RUNNING";
  w.ended = 0;
  w.reason = w.failed_task = "";
  w.output = json::object();
  w.failed_refs.clear();
  w.failed_names.clear();
  revive_parents(w);
  decide(w);
  deliver();
  return true;
}

/// reference:operators#skip
bool model::skip(execution& w, const std::string& ref) {
  const json* task = nullptr;
  std::function<void(const json&)> look = [&](const json& list) {
    for (auto& x : list) {
      if (text_at(x, "taskReferenceName") == ref)
        task = &x;
      each_list(x, look);
    }
  };
  look(w.def["tasks"]);
  if (w.status != "RUNNING" || !task)
    return false;
  std::optional<position> where = position();
  const row* last = nullptr;
  for (auto& x : w.rows)
    if (base_of(*x) == ref && (!last || x->seq > 0))
      last = x.get();
  auto* before = w.by_ref(ref);
  if (last
      && (last->status == "SKIPPED" || (before && before->status == "SKIPPED")))
    return false;
  if (last)
    where = may_skip(w, ref);
  if (!where)
    return false;
  because_ = "";
  auto order = [&](const json& skipped) {
    auto name = text_at(skipped, "name");
    auto t = new_row(w, skipped, *where, name, name);
    t->status = "SKIPPED";
    if (where->suffix.empty())
      w.rows.push_back(t);
    else
      append(w, t);
  };
  order(*task);
  // Its branches never come, so its JOIN must not wait for them.
  auto* join
      = text_at(*task, "type").starts_with("FORK") ? follower(w, ref) : nullptr;
  if (join && text_at(*join, "type") == "JOIN"
      && !w.by_ref(text_at(*join, "taskReferenceName") + where->suffix))
    order(*join);
  decide(w);
  deliver();
  return true;
}

} // namespace tutti::reference

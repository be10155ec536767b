#include "tests/reference/expressions.hpp"
#include "tests/reference/model.hpp"

#include <algorithm>
#include <regex>

// reference:scope

namespace tutti::reference {

namespace scopes_detail {

/// The list of the scope that holds the row, at any depth; "": none.
/// `compensates`: a `compensate` list is on the way.
std::string part_of(const execution& w, const row& scope, const row& t,
                    bool* compensates = nullptr) {
  for (auto* where = &t.where; !where->scope.empty();) {
    if (compensates && where->part == "compensate")
      *compensates = true;
    if (where->scope == scope.id)
      return where->part;
    auto* outer = w.by_id(where->scope);
    if (!outer)
      break;
    where = &outer->where;
  }
  return "";
}

/// A position in a list of that scope.
position inside(const row& scope, const position& where, const char* part) {
  auto out = where;
  out.scope = scope.id;
  out.part = part;
  return out;
}

const json& handler_of(const row& scope) {
  auto& caught = at(scope.output, "caught");
  return scope.task["onError"][size_t(number_at(caught, "handler"))];
}

bool has(const json& list, const std::string& x) {
  return list.is_array() && std::count(list.begin(), list.end(), x) > 0;
}

/// An absent condition matches anything.
bool matches(const json& handler, const row& t, const row& origin) {
  auto& statuses = at(handler, "statuses");
  auto& tasks = at(handler, "tasks");
  return (statuses.is_null() || has(statuses, t.status))
         && (tasks.is_null() || has(tasks, base_of(t))
             || has(tasks, base_of(origin)))
         && std::regex_search(t.reason, std::regex(text_at(handler, "reason")));
}

json about(const row& t) {
  return {{"taskReferenceName", t.ref},
          {"taskId", t.id},
          {"status", t.status},
          {"reason", t.reason}};
}

bool is_defined(const json& list, const std::string& ref) {
  bool found = false;
  for (auto& task : list) {
    found = found || text_at(task, "taskReferenceName") == ref;
    each_list(task,
              [&](auto& inner) { found = found || is_defined(inner, ref); });
  }
  return found;
}

} // namespace scopes_detail

using namespace scopes_detail;

void model::map_scope(execution& w, const json& task, const position& where,
                      std::vector<row_pointer>& out) {
  auto t = new_row(w, task, where, "SCOPE", text_at(task, "name"));
  t->input = task_input(w, task, *t, true);
  t->status = "IN_PROGRESS";
  t->started = now;
  t->output = {{"state", "RUNNING"}};
  made(w, out, t);
  because_ = t->id;
  auto body = scopes_detail::inside(*t, where, "body");
  auto* first = skip_skipped(w, &at(task, "loopOver")[0], body, nullptr, &out);
  if (first)
    return map_task(w, *first, body, out);
  t->output["state"] = "COMPLETED";
  finish(*t, "COMPLETED");
}

/// Begins the body; when it cannot be scheduled, no row is left.
void model::begin_body(execution& w, row& scope) {
  scope.output = {{"state", "RUNNING"}};
  scope.started = now;
  scope.compensated.clear();
  because_ = scope.id;
  auto body = scopes_detail::inside(scope, scope.where, "body");
  std::vector<row_pointer> out;
  auto* first
      = skip_skipped(w, &at(scope.task, "loopOver")[0], body, nullptr, &out);
  begin(w, out);
  if (first)
    return begin(w, rows_for(w, *first, body));
  scope.output["state"] = "COMPLETED";
  finish(scope, "COMPLETED");
}

/// The successors when a list that a scope runs ends.
std::vector<row_pointer> model::list_ended(execution& w,
                                           const position& where) {
  auto* scope = w.by_id(where.scope);
  if (!scope || is_terminal(*scope))
    return {};
  auto state = text_at(scope->output, "state");
  if (where.part == "body" && state == "RUNNING") {
    scope->output["state"] = "COMPLETED";
    finish(*scope, "COMPLETED");
  }
  if (where.part == "run" && state == "HANDLING")
    end_scope(w, *scope);
  if (where.part == "compensate" && state == "COMPENSATING"
      && scope->compensated.back() == where.compensates)
    return next_list(w, *scope);
  return {};
}

/// Called when a row failed for good. True: a scope around it caught it, or
/// failed with it.
bool model::caught(execution& w, row& t) {
  row* scope = nullptr;
  for (auto where = t.where; !where.scope.empty(); where = scope->where) {
    scope = w.by_id(where.scope);
    if (is_terminal(*scope))
      continue;
    if (where.part != "body") {
      fail_scope(w, *scope, t);
      return true;
    }
    auto& handlers = at(scope->task, "onError");
    for (size_t i = 0; i < handlers.size(); ++i)
      if (matches(handlers[i], t, blamed(w, t))) {
        take_over(w, *scope, i, t);
        return true;
      }
    if (flag_at(scope->task, "optional")
        || flag_at(scope->task, "permissive")) {
      fail_scope(w, *scope, t);
      return true;
    }
  }
  return false;
}

void model::take_over(execution& w, row& scope, size_t handler, const row& t) {
  scope.output["caught"] = about(t);
  scope.output["caught"]["handler"] = handler;
  scope.output["state"] = "COMPENSATING";
  supersede(w, scope, "body");
  scope.output["toCompensate"]
      = text_at(handler_of(scope), "then") == "COMPENSATE"
            ? to_compensate(w, scope)
            : json::array();
  because_ = t.id;
  begin(w, next_list(w, scope));
}

void model::begin(execution& w, std::vector<row_pointer> rows) {
  for (auto& t : rows) {
    append(w, t);
    w.begun.push_back(t);
  }
  w.making.clear();
}

/// Cancels open rows of the scope and marks failed ones as superseded.
void model::supersede(execution& w, const row& scope,
                      const std::string& of_part) {
  look_at_joins(w);
  for (auto& x : w.rows) {
    auto part = part_of(w, scope, *x);
    if (part.empty() || (!of_part.empty() && part != of_part))
      continue;
    if (of_part == "compensate" && !is_open(*x))
      continue; // ended, and stays

    if (is_open(*x)) {
      cancel(w, *x);
    }
    x->executed = true;
    x->retried = x->retried || failed(*x);
  }
}

/// Ids of the tasks to compensate, in that order.
json model::to_compensate(execution& w, const row& scope) {
  std::vector<row_pointer> rows;
  for (auto& x : w.rows) {
    bool compensates = false, compensated = false;
    if (part_of(w, scope, *x, &compensates) != "body" || compensates
        || x->status != "COMPLETED" || at(x->task, "compensate").empty()
        || !is_defined(w.def["tasks"], base_of(*x)))
      continue;
    for (auto& s : w.rows)
      compensated
          = compensated
            || std::count(s->compensated.begin(), s->compensated.end(), x->id);
    if (!compensated)
      rows.push_back(x);
  }
  std::sort(rows.begin(), rows.end(), [](auto& a, auto& b) {
    return std::pair(a->ended, a->seq) > std::pair(b->ended, b->seq);
  });
  auto out = json::array();
  for (auto& x : rows)
    out.push_back(x->id);
  return out;
}

/// Begins the scope's next list after it caught a failure. When the list cannot
/// be scheduled, the scope becomes what it was before.
std::vector<row_pointer> model::next_list(execution& w, row& scope) {
  auto& rest = scope.output["toCompensate"];
  auto before = scope;
  try {
    if (!rest.empty()) {
      auto& done = *w.by_id(rest[0].get<std::string>());
      rest.erase(0);
      scope.output["compensated"].push_back(done.ref);
      scope.compensated.push_back(done.id);
      auto where = scopes_detail::inside(scope, done.where, "compensate");
      if (where.loop.empty())
        where.pass = 1; // the task's own pass is part of its reference
      where.loop = scope.id;
      where.fork = "";
      where.compensates = done.id;
      std::vector<row_pointer> out;
      auto* first = skip_skipped(w, &at(done.task, "compensate")[0], where,
                                 nullptr, &out);
      for (auto& x : first ? rows_for(w, *first, where) : next_list(w, scope))
        out.push_back(x);
      return out;
    }
    scope.output.erase("toCompensate");
    scope.output["state"] = "HANDLING";
    auto& list = at(handler_of(scope), "run");
    auto where = scopes_detail::inside(scope, scope.where, "run");
    std::vector<row_pointer> out;
    if (auto* first = list.empty()
                          ? nullptr
                          : skip_skipped(w, &list[0], where, nullptr, &out)) {
      for (auto& x : rows_for(w, *first, where))
        out.push_back(x);
      return out;
    }
    if (!out.empty()) {
      end_scope(w, scope);
      return out;
    }
  } catch (const ending&) {
    scope.output = before.output;
    scope.compensated = before.compensated;
    throw;
  }
  end_scope(w, scope);
  return {};
}

void model::end_scope(execution& w, row& scope) {
  // A branch that no JOIN waits for.
  supersede(w, scope, "compensate");
  auto& handler = handler_of(scope);
  auto then = text_at(handler, "then", "FAIL");
  if (then == "FAIL"
      || (then == "COMPENSATE" && flag_at(handler, "thenFail"))) {
    scope.output["state"] = "FAILED";
    auto& caught = at(scope.output, "caught");
    return finish(scope, text_at(caught, "status"), text_at(caught, "reason"));
  }
  scope.output["state"] = "COMPLETED";
  finish(scope, "COMPLETED");
}

/// No handler matched and the scope may fail, or its compensation or handler
/// failed.
void model::fail_scope(execution& w, row& scope, const row& t) {
  scope.output["failure"] = about(t);
  scope.output["failure"]["during"] = text_at(scope.output, "state");
  scope.output["state"] = "FAILED";
  auto status = t.status, reason = t.reason;
  supersede(w, scope, "");
  finish(scope, status, reason);
}

/// The task whose failure became that of its scopes.
const row& model::blamed(const execution& w, const row& t) {
  auto* out = &t;
  while (out->type == "SCOPE") {
    auto& why = at(out->output,
                   out->output.contains("failure") ? "failure" : "caught");
    auto* next = w.by_id(text_at(why, "taskId"));
    if (!next)
      break;
    out = next;
  }
  return *out;
}

// Operators' commands and scopes

/// The list that a scope runs, or ran when it ended; "": it can only begin
/// again.
std::string model::list_of(const row& scope) {
  auto state = text_at(scope.output, "state");
  if (state == "FAILED") {
    state = text_at(at(scope.output, "failure"), "during", "RUNNING");
    if (state == "RUNNING" && scope.output.contains("compensated"))
      return "";
  }
  return state == "HANDLING"       ? "run"
         : state == "COMPENSATING" ? "compensate"
                                   : "body";
}

/// A loop around the row succeeded all the same.
bool model::in_successful_loop(const execution& w, const row& t) {
  for (auto at = t.where;;) {
    auto *loop = w.by_id(at.loop), *scope = w.by_id(at.scope);
    auto* out = !loop || (scope && scope->seq > loop->seq) ? scope : loop;
    if (!out)
      return false;
    if (is_loop(*out) && is_terminal(*out) && is_successful(*out))
      return true;
    at = out->where;
  }
}

/// A SCOPE around the row has compensated tasks of the body that holds it.
bool model::is_undone(const execution& w, const row& t) {
  for (auto* where = &t.where; !where->scope.empty();) {
    auto* scope = w.by_id(where->scope);
    if (!scope)
      return false;
    if (where->part == "body" && !at(scope->output, "compensated").empty())
      return true;
    where = &scope->where;
  }
  return false;
}

/// No scope superseded the failed row, or that scope continues in its list.
bool model::may_revive(const execution& w, const row& t) {
  if (in_successful_loop(w, t))
    return false;
  auto* scope = w.by_id(t.where.scope);
  if (!scope || (is_terminal(*scope) && is_successful(*scope)))
    return !t.retried;
  return list_of(*scope) == t.where.part
         && (is_open(*scope) || may_revive(w, *scope));
}

void model::retry_scope(execution& w, row& scope) {
  auto list = list_of(scope);
  auto failed = text_at(scope.output, "state") == "FAILED";
  reopen(w, scope);
  if (!failed)
    return;
  std::set<std::string> gone;
  for (auto& x : w.rows)
    if (auto part = part_of(w, scope, *x);
        list.empty()
            ? !part.empty()
            : list == "body" && (part == "run" || part == "compensate"))
      gone.insert(x->id);
  std::erase_if(w.rows, [&](auto& x) { return gone.contains(x->id); });
  if (list.empty())
    return begin_body(w, scope);
  if (list == "body")
    scope.output = {{"state", "RUNNING"}};
  scope.output.erase("failure");
  if (list != "body")
    scope.output["state"] = list == "run" ? "HANDLING" : "COMPENSATING";
}

namespace scopes_detail {

/// Index of the compensated task whose `compensate` list holds `t`.
size_t run_of(const execution& w, const row& scope, const row& t) {
  auto* where = &t.where;
  while (where->scope != scope.id)
    where = &w.by_id(where->scope)->where;
  auto it = std::find(scope.compensated.begin(), scope.compensated.end(),
                      where->compensates);
  return size_t(it - scope.compensated.begin());
}

} // namespace scopes_detail

/// The rows of the lists that the scope ran after the one that holds `t`.
void model::later_lists(const execution& w, const row& scope, const row& t,
                        std::set<std::string>& gone) {
  auto here = part_of(w, scope, t);
  for (auto& x : w.rows) {
    auto there = part_of(w, scope, *x);
    bool later = here == "body" ? there == "compensate" || there == "run"
                 : here == "compensate"
                     ? there == "run"
                           || (there == "compensate"
                               && run_of(w, scope, *x) > run_of(w, scope, t))
                     : false;
    if (later)
      gone.insert(x->id);
  }
}

/// The scope continues in the list that holds `t`, an inner task that is rerun.
void model::reopen_scope(execution& w, row& scope, const row& t) {
  auto part = part_of(w, scope, t);
  reopen(w, scope);
  scope.output.erase("failure");
  if (part == "body") {
    scope.output = {{"state", "RUNNING"}};
    scope.compensated.clear();
  } else if (part == "run") {
    scope.output["state"] = "HANDLING";
  } else {
    scope.output["state"] = "COMPENSATING";
    auto first = run_of(w, scope, t) + 1;
    auto rest = json::array();
    for (auto i = first; i < scope.compensated.size(); ++i)
      rest.push_back(scope.compensated[i]);
    for (auto& id : at(scope.output, "toCompensate"))
      rest.push_back(id);
    scope.output["toCompensate"] = rest;
    auto& names = scope.output["compensated"];
    names.erase(names.begin() + int(first), names.end());
    scope.compensated.resize(first);
  }
}

/// Rows that had ended when the scope superseded its list get their successors
/// now.
void model::continue_list(execution& w, const row& scope,
                          const std::string& list) {
  for (auto& x : std::vector<row_pointer>(w.rows))
    if (x->where.scope == scope.id && x->where.part == list && is_terminal(*x)
        && is_successful(*x) && x->executed && x->type != "GOTO"
        && !in_closed_loop(w, *x)) {
      because_ = x->id;
      begin(w, successors(w, *x));
    }
}

/// Scopes whose list has not begun begin it.
void model::resume_scopes(execution& w) {
  for (auto& s : std::vector<row_pointer>(w.rows)) {
    if (s->type != "SCOPE" || !is_open(*s))
      continue;
    bool empty = true, idle = true;
    for (auto& x : w.rows) {
      auto part = part_of(w, *s, *x);
      empty = empty && part != "body";
      idle = idle
             && (part != "compensate"
                 || (is_terminal(*x) && (x->executed || x->retried)));
    }
    auto state = text_at(s->output, "state");
    if (state == "RUNNING" && empty)
      begin_body(w, *s);
    else if (state == "COMPENSATING" && idle) {
      because_ = s->id;
      begin(w, next_list(w, *s));
    } else {
      continue_list(w, *s, list_of(*s));
    }
  }
}

} // namespace tutti::reference

#include "tests/reference/expressions.hpp"
#include "tests/reference/model.hpp"

#include <algorithm>
#include <regex>

// reference:scope

namespace tutti::reference {

namespace scopes_detail {

/// In which list of the scope a row stands, at any depth; "": in none.
/// `undoes`: on the way there is a list that undoes something.
std::string part_of(const execution& w, const row& scope, const row& t,
                    bool* undoes = nullptr) {
  for (auto* where = &t.where; !where->scope.empty();) {
    if (undoes && where->part == "undo")
      *undoes = true;
    if (where->scope == scope.id)
      return where->part;
    auto* outer = w.by_id(where->scope);
    if (!outer)
      break;
    where = &outer->where;
  }
  return "";
}

/// A place in a list of that scope.
place inside(const row& scope, const place& where, const char* part) {
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

void model::map_scope(execution& w, const json& task, const place& where,
                      std::vector<row_pointer>& out) {
  auto t = new_row(w, task, where, "SCOPE", text_at(task, "name"));
  t->input = task_input(w, task, *t, true);
  t->status = "IN_PROGRESS";
  t->started = now;
  t->output = {{"state", "RUNNING"}};
  made(w, out, t);
  because_ = t->id;
  auto body = scopes_detail::inside(*t, where, "body");
  if (auto* first = skip_skipped(w, &at(task, "loopOver")[0], body))
    return map_task(w, *first, body, out);
  t->output["state"] = "COMPLETED";
  finish(*t, "COMPLETED");
}

/// The body of a scope that exists; what cannot be followed leaves none.
void model::begin_body(execution& w, row& scope) {
  scope.output = {{"state", "RUNNING"}};
  scope.started = now;
  scope.undone.clear();
  because_ = scope.id;
  auto body = scopes_detail::inside(scope, scope.where, "body");
  if (auto* first = skip_skipped(w, &at(scope.task, "loopOver")[0], body))
    return begin(w, rows_for(w, *first, body));
  scope.output["state"] = "COMPLETED";
  finish(scope, "COMPLETED");
}

/// What follows the end of a list that is run for a scope.
std::vector<row_pointer> model::list_ended(execution& w, const place& where) {
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
  if (where.part == "undo" && state == "COMPENSATING"
      && scope->undone.back() == where.undoes)
    return go_on(w, *scope);
  return {};
}

/// A row failed for good. True: a scope around it took care of it.
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
  settle_rows(w, scope, "body");
  scope.output["toCompensate"]
      = text_at(handler_of(scope), "then") == "COMPENSATE" ? to_undo(w, scope)
                                                           : json::array();
  because_ = t.id;
  begin(w, go_on(w, scope));
}

void model::begin(execution& w, std::vector<row_pointer> rows) {
  for (auto& t : rows) {
    append(w, t);
    w.begun.push_back(t);
  }
  w.making.clear();
}

/// Nothing of it goes on; what failed there is taken care of.
void model::settle_rows(execution& w, const row& scope,
                        const std::string& of_part) {
  look_at_joins(w);
  for (auto& x : w.rows) {
    auto part = part_of(w, scope, *x);
    if (part.empty() || (!of_part.empty() && part != of_part))
      continue;
    if (of_part == "undo" && !is_open(*x))
      continue; // that is over and stands

    if (is_open(*x)) {
      cancel(w, *x);
    }
    x->executed = true;
    x->retried = x->retried || failed(*x);
  }
}

/// The ids of what is to be undone, in that order.
json model::to_undo(execution& w, const row& scope) {
  std::vector<row_pointer> rows;
  for (auto& x : w.rows) {
    bool undoes = false, undone = false;
    if (part_of(w, scope, *x, &undoes) != "body" || undoes
        || x->status != "COMPLETED" || at(x->task, "compensate").empty()
        || !is_defined(w.def["tasks"], base_of(*x)))
      continue;
    for (auto& s : w.rows)
      undone = undone || std::count(s->undone.begin(), s->undone.end(), x->id);
    if (!undone)
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

/// The next list of a scope that has caught something. One that cannot be
/// followed leaves the scope as it was before it.
std::vector<row_pointer> model::go_on(execution& w, row& scope) {
  auto& rest = scope.output["toCompensate"];
  auto before = scope;
  try {
    if (!rest.empty()) {
      auto& done = *w.by_id(rest[0].get<std::string>());
      rest.erase(0);
      scope.output["compensated"].push_back(done.ref);
      scope.undone.push_back(done.id);
      auto where = scopes_detail::inside(scope, done.where, "undo");
      if (where.loop.empty())
        where.pass = 1; // that of the task is part of its name
      where.loop = scope.id;
      where.fork = "";
      where.undoes = done.id;
      if (auto* first = skip_skipped(w, &at(done.task, "compensate")[0], where))
        return rows_for(w, *first, where);
      return go_on(w, scope);
    }
    scope.output.erase("toCompensate");
    scope.output["state"] = "HANDLING";
    auto& list = at(handler_of(scope), "run");
    auto where = scopes_detail::inside(scope, scope.where, "run");
    if (!list.empty())
      if (auto* first = skip_skipped(w, &list[0], where))
        return rows_for(w, *first, where);
  } catch (const ending&) {
    scope.output = before.output;
    scope.undone = before.undone;
    throw;
  }
  end_scope(w, scope);
  return {};
}

void model::end_scope(execution& w, row& scope) {
  // A branch that no JOIN waits for.
  settle_rows(w, scope, "undo");
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

/// Nothing matched and the scope may fail, or what should have helped failed.
void model::fail_scope(execution& w, row& scope, const row& t) {
  scope.output["failure"] = about(t);
  scope.output["failure"]["during"] = text_at(scope.output, "state");
  scope.output["state"] = "FAILED";
  auto status = t.status, reason = t.reason;
  settle_rows(w, scope, "");
  finish(scope, status, reason);
}

/// The task whose failure became that of its scope.
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

// What operators do with scopes.

/// The list a scope is at, or was at when it ended; "": it can only begin anew.
std::string model::list_of(const row& scope) {
  auto state = text_at(scope.output, "state");
  if (state == "FAILED") {
    state = text_at(at(scope.output, "failure"), "during", "RUNNING");
    if (state == "RUNNING" && scope.output.contains("compensated"))
      return "";
  }
  return state == "HANDLING"       ? "run"
         : state == "COMPENSATING" ? "undo"
                                   : "body";
}

/// It stands in a loop that ended well in spite of it.
bool model::was_passed_over(const execution& w, const row& t) {
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

/// Nobody has taken care of that failed row, or who did goes on where it is.
bool model::counts_again(const execution& w, const row& t) {
  if (was_passed_over(w, t))
    return false;
  auto* scope = w.by_id(t.where.scope);
  if (!scope || (is_terminal(*scope) && is_successful(*scope)))
    return !t.retried;
  return list_of(*scope) == t.where.part
         && (is_open(*scope) || counts_again(w, *scope));
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
        list.empty() ? !part.empty()
                     : list == "body" && (part == "run" || part == "undo"))
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

/// Which of the rows that the scope has undone the list around `t` undoes.
size_t run_of(const execution& w, const row& scope, const row& t) {
  auto* where = &t.where;
  while (where->scope != scope.id)
    where = &w.by_id(where->scope)->where;
  auto it = std::find(scope.undone.begin(), scope.undone.end(), where->undoes);
  return size_t(it - scope.undone.begin());
}

} // namespace scopes_detail

/// The rows of the lists that a scope has run after the one that holds `t`.
void model::later_lists(const execution& w, const row& scope, const row& t,
                        std::set<std::string>& gone) {
  auto here = part_of(w, scope, t);
  for (auto& x : w.rows) {
    auto there = part_of(w, scope, *x);
    bool later = here == "body" ? there == "undo" || there == "run"
                 : here == "undo"
                     ? there == "run"
                           || (there == "undo"
                               && run_of(w, scope, *x) > run_of(w, scope, t))
                     : false;
    if (later)
      gone.insert(x->id);
  }
}

/// It goes on in the list that holds `t`, an inner task that is run again.
void model::reopen_scope(execution& w, row& scope, const row& t) {
  auto part = part_of(w, scope, t);
  reopen(w, scope);
  scope.output.erase("failure");
  if (part == "body") {
    scope.output = {{"state", "RUNNING"}};
    scope.undone.clear();
  } else if (part == "run") {
    scope.output["state"] = "HANDLING";
  } else {
    scope.output["state"] = "COMPENSATING";
    auto first = run_of(w, scope, t) + 1;
    auto rest = json::array();
    for (auto i = first; i < scope.undone.size(); ++i)
      rest.push_back(scope.undone[i]);
    for (auto& id : at(scope.output, "toCompensate"))
      rest.push_back(id);
    scope.output["toCompensate"] = rest;
    auto& names = scope.output["compensated"];
    names.erase(names.begin() + int(first), names.end());
    scope.undone.resize(first);
  }
}

/// What had ended when the scope took care of its list was not followed then.
void model::follow_in(execution& w, const row& scope, const std::string& list) {
  for (auto& x : std::vector<row_pointer>(w.rows))
    if (x->where.scope == scope.id && x->where.part == list && is_terminal(*x)
        && is_successful(*x) && x->executed && x->type != "GOTO"
        && !in_closed_loop(w, *x)) {
      because_ = x->id;
      begin(w, successors(w, *x));
    }
}

/// Those that stand before a list begin that.
void model::go_on_in_scopes(execution& w) {
  for (auto& s : std::vector<row_pointer>(w.rows)) {
    if (s->type != "SCOPE" || !is_open(*s))
      continue;
    bool empty = true, idle = true;
    for (auto& x : w.rows) {
      auto part = part_of(w, *s, *x);
      empty = empty && part != "body";
      idle = idle
             && (part != "undo"
                 || (is_terminal(*x) && (x->executed || x->retried)));
    }
    auto state = text_at(s->output, "state");
    if (state == "RUNNING" && empty)
      begin_body(w, *s);
    else if (state == "COMPENSATING" && idle) {
      because_ = s->id;
      begin(w, go_on(w, *s));
    } else {
      follow_in(w, *s, list_of(*s));
    }
  }
}

} // namespace tutti::reference

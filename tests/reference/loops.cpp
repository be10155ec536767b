#include "tests/reference/expressions.hpp"
#include "tests/reference/model.hpp"

#include <algorithm>

// reference:do-while, reference:for-each

namespace tutti::reference {

/// The rows of that iteration; per reference the last attempt.
std::vector<row_pointer> model::body_of(const execution& w, const row& t,
                                        int number) {
  std::vector<row_pointer> out;
  for (auto* list : {&w.rows, &w.making})
    for (auto& x : *list)
      if (x->where.loop == t.id && x->where.number == number) {
        std::erase_if(out, [&](auto& y) { return y->ref == x->ref; });
        out.push_back(x);
      }
  return out;
}

json model::loop_output(const execution& w, const row& t) {
  auto out = json::object();
  auto outputs = [&](int number) {
    auto of = json::object();
    for (auto& x : body_of(w, t, number))
      of[base_of(*x)] = visible_output(w, *x);
    return of;
  };
  auto& items = at(t.input, "_items");
  if (t.type == "FOR_EACH") {
    out["count"] = items.size();
    out["results"] = json::array();
    for (int i = 1; i <= t.iteration; ++i)
      out["results"].push_back(outputs(i));
    return out;
  }
  out["iteration"] = t.iteration;
  if (items.is_array() && t.iteration > 0) {
    out["loopIndex"] = t.iteration - 1;
    out["loopItem"] = items[size_t(t.iteration - 1)];
  }
  for (int i = 1; i <= t.iteration; ++i)
    if (auto of = outputs(i); !of.empty())
      out[std::to_string(i)] = of;
  return out;
}

bool model::in_closed_loop(const execution& w, const row& t) const {
  if (t.where.loop.empty())
    return false;
  auto* loop = w.by_id(t.where.loop);
  if (!loop || is_open(*loop))
    return false;
  // A SCOPE that compensation started may have been reopened.
  bool again = false;
  if (loop->type == "SCOPE")
    for (auto* x = w.by_id(t.where.scope); x && x != loop;
         x = w.by_id(x->where.scope))
      again = again || is_open(*x);
  return !again;
}

/// A loop that completed, or that a SCOPE superseded, lets a child go on that
/// was revived in it.
bool model::in_failed_loop(const execution& w, const row& t) {
  auto* loop = w.by_id(t.where.loop);
  return loop
         && ((failed(*loop) && !loop->retried) || in_failed_loop(w, *loop));
}

/// A row of the body that failed for good fails the loop at once. A loop that
/// ends cancels its open rows.
bool model::fail_loops(execution& w) {
  bool some = false;
  look_at_joins(w); // their output so far becomes final
  for (auto& x : w.rows) {
    auto* loop = x->where.loop.empty() ? nullptr : w.by_id(x->where.loop);
    if (loop && is_loop(*loop) && is_open(*loop) && failed(*x) && !x->retried
        && x->executed) {
      loop->output = loop_output(w, *loop);
      finish(*loop, "FAILED", x->reason);
      some = true;
    }
  }
  for (auto& x : w.rows)
    if (is_open(*x) && in_failed_loop(w, *x))
      cancel(w, *x);
  return some;
}

bool model::iteration_complete(execution& w, row& t, int number) {
  auto within = inside(t, number);
  auto body = body_of(w, t, number);
  bool jumps = std::any_of(w.rows.begin(), w.rows.end(), [&](auto& x) {
    return x->type == "GOTO" && x->status == "COMPLETED"
           && x->landing.loop == t.id && x->landing.number == number;
  });
  for (auto& task : at(t.task, "loopOver"))
    if (!jumps && !w.by_ref(text_at(task, "taskReferenceName") + within.suffix))
      return false;
  for (auto& x : body) {
    if (is_open(*x))
      return false;
    if (auto next = next_ref(w, *x);
        !x->executed && !next.empty() && !w.by_ref(next))
      return false;
  }
  return true;
}

/// Steps every loop that can continue now; those that can continue by it come
/// next.
bool model::execute_loops(execution& w) {
  std::vector<row*> ready;
  for (auto& t : w.rows) {
    if (!is_loop(*t) || is_terminal(*t))
      continue;
    auto& items = at(t->input, "_items");
    if (t->type == "FOR_EACH") {
      int busy = 0;
      for (int i = 1; i <= t->iteration; ++i)
        busy += iteration_complete(w, *t, i) ? 0 : 1;
      bool more = size_t(t->iteration) < items.size();
      if (more ? busy < number_at(t->input, "maxParallel") : busy == 0)
        ready.push_back(t.get());
    } else if (t->iteration == 0 || iteration_complete(w, *t, t->iteration)) {
      // An operator may have revived rows of earlier iterations.
      bool busy = false;
      for (auto& x : w.rows)
        busy = busy || (x->where.loop == t->id && is_open(*x));
      if (!busy)
        ready.push_back(t.get());
    }
  }
  w.making.clear();
  for (auto* t : ready)
    if (is_open(*t))
      step(w, *t);
  return !ready.empty();
}

void model::step(execution& w, row& t) {
  auto& items = at(t.input, "_items");
  if (t.input.contains("_items") && !items.is_array())
    return finish(t, "FAILED_WITH_TERMINAL_ERROR", "*are not a list*");
  t.output = loop_output(w, t);
  if (t.type == "FOR_EACH") {
    if (size_t(t.iteration) < items.size())
      return begin_iteration(w, t, t.iteration + 1);
    return finish(t, "COMPLETED");
  }
  if (t.iteration == 0) {
    if (!items.is_array() || !items.empty())
      return begin_iteration(w, t, 1);
    return finish(t, "COMPLETED");
  }
  auto keep = number_at(t.input, "keepLastN");
  if (keep > 0) {
    std::vector<std::string> gone;
    for (auto& x : w.rows) {
      bool of_gone
          = std::find(gone.begin(), gone.end(), x->where.loop) != gone.end();
      if (of_gone
          || (x->where.loop == t.id && x->where.number <= t.iteration - keep))
        gone.push_back(x->id);
    }
    std::erase_if(w.rows, [&](auto& x) {
      return std::find(gone.begin(), gone.end(), x->id) != gone.end();
    });
    t.output = loop_output(w, t);
  }
  if (goes_on(w, t))
    begin_iteration(w, t, t.iteration + 1);
  else if (is_open(t))
    finish(t, "COMPLETED");
}

void model::begin_iteration(execution& w, row& t, int number) {
  t.iteration = number;
  t.output = loop_output(w, t);
  t.updated = now;
  because_ = t.id;
  for (auto& x : rows_from(w, at(t.task, "loopOver")[0], inside(t, number)))
    append(w, x);
  w.making.clear();
}

bool model::goes_on(execution& w, row& t) {
  auto scope = task_input(w, t.task, t, true);
  scope[base_of(t)] = t.output;
  for (auto& x : body_of(w, t, t.iteration))
    scope[base_of(*x)] = visible_output(w, *x);
  auto& items = at(t.input, "_items");
  auto condition = text_at(t.task, "loopCondition");
  bool more = items.is_array();
  if (more) {
    scope["loopIndex"] = at(t.output, "loopIndex");
    scope["loopItem"] = at(t.output, "loopItem");
  }
  if (!condition.empty()) {
    auto value = programs.run(condition, scope);
    if (!value) {
      finish(t, "FAILED_WITH_TERMINAL_ERROR", "*condition*");
      return false;
    }
    more = *value == json(true);
  }
  return more && (!items.is_array() || size_t(t.iteration) < items.size());
}

} // namespace tutti::reference

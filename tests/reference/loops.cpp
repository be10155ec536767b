#include "tests/reference/expressions.hpp"
#include "tests/reference/model.hpp"

#include <algorithm>

namespace tutti::reference {

namespace loops_detail {

bool holds(const json& list, const std::string& ref) {
  bool found = false;
  for (auto& task : list) {
    found = found || text_at(task, "taskReferenceName") == ref;
    each_list(task, [&](auto& inner) { found = found || holds(inner, ref); });
  }
  return found;
}

} // namespace loops_detail

using namespace loops_detail;

/// §4.15
bool model::execute_loop(execution& w, row& t) {
  auto& tasks = at(t.task, "loopOver");
  std::vector<row_pointer> body;
  for (auto& x : w.rows) {
    if (t.iteration == 0 || x->iteration != t.iteration
        || !holds(tasks, base_of(x->ref)))
      continue;
    std::erase_if(body, [&](auto& y) {
      return y->ref == x->ref && y->retry_count < x->retry_count;
    });
    body.push_back(x);
  }
  if (body.empty()) {
    auto items = substitute(at(t.task, "items"), w);
    if (items.is_array() && items.empty()) {
      t.output["iteration"] = 0;
      finish(t, "COMPLETED");
      return true;
    }
    begin_iteration(w, t, 1);
    return true;
  }
  auto number = std::to_string(t.iteration);
  for (auto& x : body)
    t.output[number][base_of(x->ref)] = x->output;
  if (loop_failed(w, t, body))
    return true;
  auto keep = number_at(at(t.task, "inputParameters"), "keepLastN");
  if (keep > 0)
    for (int i = 1; i <= t.iteration - keep; ++i) {
      t.output.erase(std::to_string(i));
      std::erase_if(w.rows, [&](auto& x) {
        return x->iteration == i && holds(tasks, base_of(x->ref));
      });
    }
  if (!iteration_complete(w, t, body))
    return false;
  if (is_terminal(t))
    return true;
  if (loop_goes_on(w, t, body))
    begin_iteration(w, t, t.iteration + 1);
  return true;
}

void model::begin_iteration(execution& w, row& t, int number) {
  t.iteration = number;
  t.output["iteration"] = number;
  auto items = substitute(at(t.task, "items"), w);
  if (items.is_array()) {
    t.output["loopIndex"] = number - 1;
    t.output["loopItem"] = items[size_t(number - 1)];
  }
  for (auto& x : rows_for(w, at(t.task, "loopOver")[0], number))
    append(w, x);
  w.making.clear();
}

bool model::loop_failed(execution& w, row& t,
                        const std::vector<row_pointer>& body) {
  for (auto& x : body)
    if (failed(*x) && !x->retried) {
      for (auto& y : w.rows)
        if (is_open(*y) && y->iteration == t.iteration
            && holds(at(t.task, "loopOver"), base_of(y->ref)))
          finish(*y, "CANCELED");
      finish(t, "FAILED", x->reason);
      return true;
    }
  return false;
}

bool model::iteration_complete(execution& w, row& t,
                               const std::vector<row_pointer>& body) {
  for (auto& task : at(t.task, "loopOver"))
    if (!w.by_ref(with_iteration(text_at(task, "taskReferenceName"),
                                 t.iteration)))
      return false;
  for (auto& x : body) {
    if (is_open(*x))
      return false;
    for (auto& next : successors(w, *x))
      if (!w.by_ref(next->ref))
        return false;
  }
  return true;
}

bool model::loop_goes_on(execution& w, row& t,
                         const std::vector<row_pointer>& body) {
  auto scope = task_input(w, t.task, t, true);
  scope[t.ref] = t.output;
  for (auto& x : body)
    scope[base_of(x->ref)] = x->output;
  auto items = substitute(at(t.task, "items"), w);
  auto condition = text_at(t.task, "loopCondition");
  if (items.is_array()) {
    scope["loopIndex"] = at(t.output, "loopIndex");
    scope["loopItem"] = at(t.output, "loopItem");
  }
  bool more = items.is_array() ? size_t(t.iteration) < items.size() : true;
  if (!condition.empty()) {
    auto value = programs.run(condition, scope);
    if (!value) {
      finish(t, "FAILED_WITH_TERMINAL_ERROR", "*condition*");
      return false;
    }
    more = more && *value == json(true);
  }
  if (!more)
    finish(t, "COMPLETED");
  return more;
}

} // namespace tutti::reference

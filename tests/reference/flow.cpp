#include "tests/reference/model.hpp"

namespace tutti::reference {

namespace flow_detail {

/// Looks for `ref` in a list and the lists inside of it. When it is found:
/// `next` is its successor in the definition; without one `ends` says whether a
/// list of a SCOPE ends there.
bool next_in(const json& list, const std::string& ref, const json* after,
             bool outermost, const json*& next, bool& ends) {
  for (size_t i = 0; i < list.size(); ++i) {
    auto& task = list[i];
    auto* follower = i + 1 < list.size() ? &list[i + 1] : after;
    if (text_at(task, "taskReferenceName") == ref) {
      next = follower;
      ends = !next && outermost;
      return true;
    }
    bool found = false, scope = text_at(task, "type") == "SCOPE";
    each_list(task, [&](auto& inner) {
      // The end of a SCOPE's list leads to the SCOPE's next step, the end of a
      // loop's body to the loop, whose row exists.
      bool own = scope || &inner == &at(task, "compensate");
      bool body = own || task.contains("loopOver");
      found = found
              || next_in(inner, ref, body ? nullptr : follower,
                         own || (!body && !follower && outermost), next, ends);
    });
    if (found)
      return true;
  }
  return false;
}

} // namespace flow_detail

using namespace flow_detail;

const json* model::follower(execution& w, const std::string& ref, bool* ends) {
  const json* next = nullptr;
  bool list_ends = false;
  next_in(w.def["tasks"], ref, nullptr, false, next, list_ends);
  if (ends)
    *ends = list_ends;
  return next;
}

/// reference:operators#skip: the SKIPPED row there; else the order, which
/// stands outside of loops with seq 0, or in an earlier pass.
row* model::skip_order(const execution& w, const json& task,
                       const position& where) {
  auto ref = text_at(task, "taskReferenceName");
  auto skipped = [](row* t) { return t->status == "SKIPPED" ? t : nullptr; };
  if (auto* there = w.by_ref(ref + where.suffix))
    return skipped(there);
  if (where.suffix.empty())
    return nullptr;
  auto* order = w.by_ref(ref);
  if (order && skipped(order) && order->seq == 0 && base_of(*order) == ref)
    return order;
  for (auto* jump = jump_to(w, where); jump; jump = jump_to(w, jump->landing))
    if (auto* there = w.by_ref(ref + jump->landing.suffix))
      return skipped(there);
  return nullptr;
}

void model::step_over(execution& w, const json& task, const position& where,
                      std::vector<row_pointer>& out) {
  auto* order = skip_order(w, task, where);
  if (order->ref == text_at(task, "taskReferenceName") + where.suffix) {
    if (order->seq > 0 && order->because.empty())
      order->because = because_; // the flow has come to it
    return;
  }
  auto t = new_row(w, task, where, order->type, order->name);
  t->status = "SKIPPED";
  t->input = order->input;
  t->output = order->output;
  made(w, out, t);
}

const json* model::skip_skipped(execution& w, const json* task, position& where,
                                bool* ends, std::vector<row_pointer>* out) {
  while (task && skip_order(w, *task, where)) {
    if (out)
      step_over(w, *task, where, *out);
    task = follower(w, text_at(*task, "taskReferenceName"), ends);
    auto* fork = where.fork.empty() ? nullptr : w.by_id(where.fork);
    if (task && fork && follower(w, base_of(*fork)) == task)
      where = fork->where;
  }
  return task;
}

std::vector<row_pointer> model::rows_from(execution& w, const json& task,
                                          position where, bool* ends) {
  std::vector<row_pointer> out;
  auto* next = skip_skipped(w, &task, where, ends, &out);
  if (next)
    for (auto& x : rows_for(w, *next, where))
      out.push_back(x);
  return out;
}

/// The end of a branch that jumped back is at the position of its fork.
position model::position_after(execution& w, const row& t, const json* next) {
  auto* fork = t.where.fork.empty() ? nullptr : w.by_id(t.where.fork);
  return next && fork && follower(w, base_of(*fork)) == next ? fork->where
                                                             : t.where;
}

const json* model::first_of(execution& w, const json& branch,
                            const position& where,
                            std::vector<row_pointer>& out) {
  for (auto& task : branch) {
    if (!skip_order(w, task, where))
      return &task;
    step_over(w, task, where, out);
  }
  return nullptr;
}

namespace flow_detail {

/// A switch's branch continues instead; TERMINATE has no successor, unless it
/// was skipped.
bool leads_nowhere(const row& t) {
  return t.branches || text_at(t.task, "type") == "TERMINATE";
}

} // namespace flow_detail

/// The reference of the row's successor, without creating it; "": none.
std::string model::next_ref(execution& w, const row& t) {
  auto* next = follower(w, base_of(t));
  auto where = position_after(w, t, next);
  next = skip_skipped(w, next, where);
  return leads_nowhere(t) || !next
             ? ""
             : text_at(*next, "taskReferenceName") + where.suffix;
}

/// reference:execution#order
std::vector<row_pointer> model::successors(execution& w, const row& t) {
  if (leads_nowhere(t))
    return {};
  bool ends = false;
  auto* next = follower(w, base_of(t), &ends);
  auto where = position_after(w, t, next);
  std::vector<row_pointer> out, more;
  next = skip_skipped(w, next, where, &ends, &out);
  if (!next && ends)
    more = list_ended(w, where);
  // A row that exists is not created again, nor are the rows inside of it.
  else if (next
           && !w.by_ref(text_at(*next, "taskReferenceName") + where.suffix))
    more = rows_for(w, *next, where);
  out.insert(out.end(), more.begin(), more.end());
  return out;
}

} // namespace tutti::reference

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

const json* model::skip_skipped(execution& w, const json* task,
                                const position& where, bool* ends) {
  while (task) {
    auto ref = text_at(*task, "taskReferenceName");
    auto* t = w.by_ref(ref + where.suffix);
    if (!t || t->status != "SKIPPED")
      return task;
    task = follower(w, ref, ends);
  }
  return nullptr;
}

/// The end of a branch that jumped back is at the position of its fork.
position model::position_after(execution& w, const row& t, const json* next) {
  auto* fork = t.where.fork.empty() ? nullptr : w.by_id(t.where.fork);
  return next && fork && follower(w, base_of(*fork)) == next ? fork->where
                                                             : t.where;
}

/// The first task of a branch that is not skipped.
const json* model::first_of(const execution& w, const json& branch,
                            const position& where) {
  for (auto& task : branch) {
    auto* t = w.by_ref(text_at(task, "taskReferenceName") + where.suffix);
    if (!t || t->status != "SKIPPED")
      return &task;
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
  next = skip_skipped(w, next, where, &ends);
  if (!next)
    return ends ? list_ended(w, where) : std::vector<row_pointer>();
  // A row that exists is not created again, nor are the rows inside of it.
  if (w.by_ref(text_at(*next, "taskReferenceName") + where.suffix))
    return {};
  return rows_for(w, *next, where);
}

} // namespace tutti::reference

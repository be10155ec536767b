#include "tests/reference/model.hpp"

namespace tutti::reference {

namespace flow_detail {

/// Looks for `ref` in a list and the lists inside it. Found: `next` is what
/// the definition puts after it; without that `ends` says whether a list of a
/// SCOPE ends there.
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
      // What is run for a SCOPE leads to the next step of the SCOPE; after the
      // last task of a loop's body comes the loop itself, which exists.
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
                                const place& where, bool* ends) {
  while (task) {
    auto ref = text_at(*task, "taskReferenceName");
    auto* t = w.by_ref(ref + where.suffix);
    if (!t || t->status != "SKIPPED")
      return task;
    task = follower(w, ref, ends);
  }
  return nullptr;
}

/// A branch that has jumped back leaves its fork where the fork stands.
place model::place_behind(execution& w, const row& t, const json* next) {
  auto* fork = t.where.fork.empty() ? nullptr : w.by_id(t.where.fork);
  return next && fork && follower(w, base_of(*fork)) == next ? fork->where
                                                             : t.where;
}

/// The first task of a branch that nobody has skipped.
const json* model::first_of(const execution& w, const json& branch,
                            const place& where) {
  for (auto& task : branch) {
    auto* t = w.by_ref(text_at(task, "taskReferenceName") + where.suffix);
    if (!t || t->status != "SKIPPED")
      return &task;
  }
  return nullptr;
}

namespace flow_detail {

/// Something else leads on: its branch. Nothing follows TERMINATE, unless it is
/// skipped.
bool leads_nowhere(const row& t) {
  return t.branches || text_at(t.task, "type") == "TERMINATE";
}

} // namespace flow_detail

/// What follows a row, without making it; "" for nothing.
std::string model::next_ref(execution& w, const row& t) {
  auto* next = follower(w, base_of(t));
  auto where = place_behind(w, t, next);
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
  auto where = place_behind(w, t, next);
  next = skip_skipped(w, next, where, &ends);
  if (!next)
    return ends ? list_ended(w, where) : std::vector<row_pointer>();
  // What has a row is not made again, nor what is in it.
  if (w.by_ref(text_at(*next, "taskReferenceName") + where.suffix))
    return {};
  return rows_for(w, *next, where);
}

} // namespace tutti::reference

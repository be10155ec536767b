#include "tests/reference/model.hpp"

namespace tutti::reference {

namespace flow_detail {

/// Looks for `ref` in a list and the lists inside it. Found: `next` is what
/// the definition puts after it, null for nothing.
bool next_in(const json& list, const std::string& ref, const json* after,
             const json*& next) {
  for (size_t i = 0; i < list.size(); ++i) {
    auto& task = list[i];
    auto* follower = i + 1 < list.size() ? &list[i + 1] : after;
    if (text_at(task, "taskReferenceName") == ref) {
      next = text_at(task, "type") == "TERMINATE" ? nullptr : follower;
      return true;
    }
    bool found = false;
    // After the last task of a body comes the loop itself, which exists.
    auto* out = text_at(task, "type") == "DO_WHILE" ? nullptr : follower;
    each_list(task, [&](auto& inner) {
      found = found || next_in(inner, ref, out, next);
    });
    if (found)
      return true;
  }
  return false;
}

} // namespace flow_detail

using namespace flow_detail;

const json* model::follower(execution& w, const std::string& ref) {
  const json* next = nullptr;
  next_in(w.def["tasks"], ref, nullptr, next);
  return next;
}

const json* model::skip_skipped(execution& w, const json* task,
                                int iteration) {
  while (task) {
    auto ref = text_at(*task, "taskReferenceName");
    auto* t = w.by_ref(with_iteration(ref, iteration));
    if (!t || t->status != "SKIPPED")
      return task;
    task = follower(w, ref);
  }
  return nullptr;
}

/// §2.3
std::vector<row_pointer> model::successors(execution& w, const row& t) {
  if ((t.type == "SWITCH" || t.type == "DECISION")
      && t.input.contains("hasChildren"))
    return {};
  // A loop's own iteration is its count, not that of a loop around it.
  auto iteration = t.type == "DO_WHILE" ? 0 : t.iteration;
  auto ref = iteration > 0 ? base_of(t.ref) : t.ref;
  auto* next = skip_skipped(w, follower(w, ref), iteration);
  if (!next)
    return {};
  if (text_at(*next, "type") == "DO_WHILE"
      && w.by_ref(with_iteration(text_at(*next, "taskReferenceName"),
                                 iteration)))
    return {};
  return rows_for(w, *next, iteration);
}

} // namespace tutti::reference

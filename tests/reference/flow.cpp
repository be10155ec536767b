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
    auto* out = task.contains("loopOver") ? nullptr : follower;
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
                                const place& where) {
  while (task) {
    auto ref = text_at(*task, "taskReferenceName");
    auto* t = w.by_ref(ref + where.suffix);
    if (!t || t->status != "SKIPPED")
      return task;
    task = follower(w, ref);
  }
  return nullptr;
}

/// What follows a row, without making it; "" for nothing.
std::string model::next_ref(execution& w, const row& t) {
  bool branches = (t.type == "SWITCH" || t.type == "DECISION")
                  && t.input.contains("hasChildren");
  auto* next = skip_skipped(w, follower(w, base_of(t)), t.where);
  return branches || !next
             ? ""
             : text_at(*next, "taskReferenceName") + t.where.suffix;
}

/// §2.3
std::vector<row_pointer> model::successors(execution& w, const row& t) {
  if ((t.type == "SWITCH" || t.type == "DECISION")
      && t.input.contains("hasChildren"))
    return {};
  auto* next = skip_skipped(w, follower(w, base_of(t)), t.where);
  if (!next)
    return {};
  // A loop that has a row is not made again.
  bool loop = text_at(*next, "type") == "DO_WHILE"
              || text_at(*next, "type") == "FOR_EACH";
  if (loop && w.by_ref(text_at(*next, "taskReferenceName") + t.where.suffix))
    return {};
  return rows_for(w, *next, t.where);
}

} // namespace tutti::reference

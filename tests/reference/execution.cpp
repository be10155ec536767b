#include "tests/reference/execution.hpp"

#include <algorithm>
#include <set>

namespace tutti::reference {

namespace execution_detail {

const std::set<std::string> system_types{"FORK",
                                         "JOIN",
                                         "EXCLUSIVE_JOIN",
                                         "SWITCH",
                                         "DECISION",
                                         "DO_WHILE",
                                         "FOR_EACH",
                                         "SCOPE",
                                         "GOTO",
                                         "SUB_WORKFLOW",
                                         "START_WORKFLOW",
                                         "WAIT",
                                         "HUMAN",
                                         "NOOP",
                                         "SET_VARIABLE",
                                         "TERMINATE",
                                         "EVENT",
                                         "LAMBDA",
                                         "INLINE",
                                         "JSON_JQ_TRANSFORM",
                                         "PULL_WORKFLOW_MESSAGES",
                                         "HTTP",
                                         "KAFKA_PUBLISH"};

} // namespace execution_detail

using namespace execution_detail;

row* execution::by_ref(const std::string& ref) const {
  row* last = nullptr;
  for (auto& t : rows)
    if (t->ref == ref)
      last = t.get();
  return last;
}

row* execution::latest(const std::string& ref) const {
  row* last = nullptr;
  for (auto* list : {&rows, &making})
    for (auto& t : *list)
      if (t->ref == ref)
        last = t.get();
  return last;
}

row* execution::by_id(const std::string& wanted) const {
  for (auto& t : rows)
    if (t->id == wanted)
      return t.get();
  return nullptr;
}

bool execution::has(const row* t) const {
  return std::any_of(rows.begin(), rows.end(),
                     [&](auto& x) { return x.get() == t; });
}

bool is_open(const row& t) {
  return t.status == "SCHEDULED" || t.status == "IN_PROGRESS";
}

bool is_terminal(const row& t) { return !is_open(t); }

bool is_successful(const row& t) {
  return is_open(t) || t.status == "COMPLETED"
         || t.status == "COMPLETED_WITH_ERRORS" || t.status == "SKIPPED";
}

bool failed(const row& t) { return is_terminal(t) && !is_successful(t); }

bool is_terminal(const execution& w) {
  return w.status != "RUNNING" && w.status != "PAUSED";
}

bool is_worker(const row& t) { return system_types.count(t.type) == 0; }

bool is_queued(const row& t) {
  return is_worker(t) || t.type == "HTTP" || t.type == "KAFKA_PUBLISH";
}

bool is_system(const row& t) { return !is_queued(t); }

bool is_loop(const row& t) {
  return t.type == "DO_WHILE" || t.type == "FOR_EACH";
}

std::string base_of(const row& t) {
  return text_at(t.task, "taskReferenceName");
}

position inside(const row& loop, int number) {
  position out{loop.where.suffix + "__" + std::to_string(number), loop.id,
               number, loop.where.scope, loop.where.part};
  out.compensates = loop.where.compensates;
  return out;
}

const json& at(const json& object, const char* key) {
  static const json none;
  if (!object.is_object())
    return none;
  auto it = object.find(key);
  return it == object.end() ? none : *it;
}

std::string text_at(const json& object, const char* key,
                    const char* otherwise) {
  auto& x = at(object, key);
  return x.is_string() ? x.get<std::string>() : otherwise;
}

int64_t number_at(const json& object, const char* key, int64_t otherwise) {
  auto& x = at(object, key);
  return x.is_number() ? x.get<int64_t>() : otherwise;
}

bool flag_at(const json& object, const char* key) {
  auto& x = at(object, key);
  return x.is_boolean() && x.get<bool>();
}

} // namespace tutti::reference

#include "tests/reference/compare.hpp"

#include "actors/engine/state/state.hpp"

#include <algorithm>
#include <set>

namespace tutti::reference {

namespace compare_detail {

constexpr size_t uuid_length = 36;

/// The length of the model's id at that index; 0: none.
size_t id_length(const std::string& text, size_t at) {
  for (std::string word : {"task-", "workflow-"})
    if (text.compare(at, word.size(), word) == 0) {
      auto end = at + word.size();
      while (end < text.size() && std::isdigit(uint8_t(text[end])))
        ++end;
      return end > at + word.size() ? end - at : 0;
    }
  return 0;
}

/// Members that the contract leaves to the implementation.
const std::set<std::string> beside{
    "subWorkflowTaskToDomain", "subWorkflowDefinition", "priority",
    "idempotencyKey",          "idempotencyStrategy",   "_systemMetadata",
    "forkedTaskDefs",          "failedWorkflow"};

json without(json x) {
  if (x.is_object())
    for (auto& key : beside)
      x.erase(key);
  return x;
}

std::string quoted(const json& x) { return x.dump(); }

} // namespace compare_detail

using namespace compare_detail;

std::string comparison::engine_id(const std::string& id) const {
  auto it = ids_.find(id);
  return it == ids_.end() ? "" : it->second;
}

bool comparison::is_known(const std::string& engine_id) const {
  return std::any_of(ids_.begin(), ids_.end(),
                     [&](auto& x) { return x.second == engine_id; });
}

void comparison::same(const std::string& m, const std::string& e) {
  ids_[m] = e;
}

bool comparison::match(const std::string& m, size_t i, const std::string& e,
                       size_t k) {
  while (i < m.size()) {
    if (m[i] == '*') {
      for (auto rest = k; rest <= e.size(); ++rest)
        if (match(m, i + 1, e, rest))
          return true;
      return false;
    }
    if (auto length = id_length(m, i)) {
      if (k + uuid_length > e.size())
        return false;
      auto known = ids_.emplace(m.substr(i, length), e.substr(k, uuid_length));
      if (known.first->second != e.substr(k, uuid_length))
        return false;
      i += length;
      k += uuid_length;
      continue;
    }
    if (k >= e.size() || m[i] != e[k])
      return false;
    ++i;
    ++k;
  }
  return k == e.size();
}

bool comparison::equal(const std::string& m, const std::string& e) {
  return match(m, 0, e, 0);
}

bool comparison::equal(const json& m, const json& e) {
  if (m.is_string())
    return e.is_string() && equal(m.get<std::string>(), e.get<std::string>());
  if (m.is_array()) {
    if (!e.is_array() || e.size() != m.size())
      return false;
    for (size_t i = 0; i < m.size(); ++i)
      if (!equal(m[i], e[i]))
        return false;
    return true;
  }
  if (!m.is_object())
    return m == e;
  if (!e.is_object() || e.size() != m.size())
    return false;
  for (auto& [key, value] : m.items())
    if (!e.contains(key) || !equal(value, e[key]))
      return false;
  return true;
}

std::string comparison::differs(const row& t, const engine::state& s,
                                const task& x) {
  auto word = [&](const char* what, const std::string& m,
                  const std::string& e) -> std::string {
    if (equal(m, e))
      return "";
    return t.ref + ": " + what + " is '" + m + "' in the model, '" + e
           + "' in the engine";
  };
  auto number = [&](const char* what, int64_t m, int64_t e) {
    return word(what, std::to_string(m), std::to_string(e));
  };
  auto tree
      = [&](const char* what, const json& m, const json& e) -> std::string {
    if (equal(without(m), without(e)))
      return "";
    return t.ref + ": " + what + " is\n  " + quoted(without(m))
           + " in the model,\n  " + quoted(without(e)) + " in the engine";
  };
  for (auto& found :
       {word("the id", t.id, x.task_id),
        word("the reference", t.ref, x.reference_name),
        word("the type", t.type, x.task_type),
        word("the name", t.name, x.task_def_name),
        word("the status", t.status, std::string(to_text(x.status))),
        number("retryCount", t.retry_count, x.retry_count),
        number("iteration", t.iteration, x.iteration),
        number("seq", t.seq, x.seq),
        number("pollCount", t.poll_count, x.poll_count),
        number("retried", t.retried, x.retried),
        word("retriedTaskId", t.retried_id, x.retried_task_id),
        number("callbackAfterSeconds", t.callback, x.callback_after_seconds),
        number("startTime", t.started, x.start_time),
        word("the reason", t.reason, x.reason),
        // A child that was never started may have an id.
        t.child.empty() && t.status == "CANCELED"
            ? std::string()
            : word("subWorkflowId", t.child, x.sub_workflow_id),
        tree("the input", t.input, x.input.json()),
        tree("the output", t.output, s.visible_output(x).json())})
    if (!found.empty())
      return found;
  return "";
}

std::string comparison::differs(const execution& w, const engine::state& s) {
  auto& head = s.head();
  auto in_order = s.rows_in_order();
  std::vector<row*> rows;
  for (auto& t : w.rows)
    if (t->seq == 0)
      rows.push_back(t.get());
  for (auto& t : w.rows)
    if (t->seq != 0)
      rows.push_back(t.get());
  for (size_t i = 0; i < rows.size() && i < in_order.size(); ++i)
    if (auto found = differs(*rows[i], s, *in_order[i]); !found.empty())
      return found;
  if (rows.size() != in_order.size())
    return std::to_string(rows.size()) + " rows in the model, "
           + std::to_string(in_order.size()) + " in the engine";
  auto word
      = [&](const char* what, const json& m, const json& e) -> std::string {
    if (equal(without(m), without(e)))
      return "";
    return std::string(what) + " is\n  " + quoted(without(m))
           + " in the model,\n  " + quoted(without(e)) + " in the engine";
  };
  auto set = [](const std::vector<std::string>& x) {
    return json(std::set<std::string>(x.begin(), x.end()));
  };
  for (auto& found :
       {word("the status", w.status, std::string(to_text(head.status))),
        word("the reason", w.reason, head.reason),
        word("the input", w.input, head.input.json()),
        word("the output", w.output, head.output.json()),
        word("variables", w.variables, head.variables.json()),
        word("failedTaskId", w.failed_task, head.failed_task_id),
        word("failedReferenceTaskNames", set(w.failed_refs),
             set(head.failed_reference_names)),
        word("failedTaskNames", set(w.failed_names),
             set(head.failed_task_names)),
        word("parentWorkflowId", w.parent, head.parent_workflow_id),
        word("lastRetriedTime", w.last_retried, head.last_retried_time)})
    if (!found.empty())
      return found;
  return "";
}

std::string comparison::queues(const model& m, const engine_side& e) {
  std::set<std::string> wanted, found;
  for (auto& w : m.executions)
    for (auto& t : w->rows)
      if (is_queued(*t) && t->status == "SCHEDULED")
        wanted.insert(t->type + " holds " + engine_id(t->id) + " until "
                      + std::to_string(t->visible_at));
  for (auto& [name, rows] : e.world.waiting().all())
    for (auto& x : rows)
      found.insert(name + " holds " + x.row.task_id + " until "
                   + std::to_string(x.row.visible_at));
  for (auto& x : wanted)
    if (found.count(x) == 0)
      return "queue " + x + " in the model, not in the engine";
  for (auto& x : found)
    if (wanted.count(x) == 0)
      return "queue " + x + " in the engine, not in the model";
  return "";
}

std::string comparison::differs(const model& m, const engine_side& e) {
  auto born = e.world.executions();
  for (size_t i = 0; i < m.executions.size(); ++i) {
    auto& w = m.executions[i];
    // Its row may be gone before it was compared.
    if (engine_id(w->id).empty() && i < born.size() && !is_known(born[i]))
      same(w->id, born[i]);
    auto id = engine_id(w->id);
    auto* s = e.world.find(id);
    if (!s)
      return w->id + " (" + w->def["name"].get<std::string>()
             + ") is not in the engine";
    auto now = std::pair(w->version, e.decisions(id));
    if (seen_[w->id] == now)
      continue;
    if (auto found = differs(*w, *s); !found.empty())
      return w->id + " (" + w->def["name"].get<std::string>() + ") " + found;
    seen_[w->id] = now;
  }
  if (m.executions.size() != e.world.executions().size())
    return std::to_string(m.executions.size()) + " executions in the model, "
           + std::to_string(e.world.executions().size()) + " in the engine";
  return queues(m, e);
}

std::string side_by_side(const execution& w, const engine::state* s) {
  std::string out = "  model: " + w.status + "\n";
  for (auto& t : w.rows)
    out += "    " + std::to_string(t->seq) + " " + t->ref + " " + t->type + " "
           + t->status + " try " + std::to_string(t->retry_count) + "\n";
  out += s ? "  engine: " + std::string(to_text(s->head().status)) + "\n"
           : "  engine: no such execution\n";
  if (s)
    for (auto* x : s->rows_in_order())
      out += "    " + std::to_string(x->seq) + " " + x->reference_name + " "
             + x->task_type + " " + std::string(to_text(x->status)) + " try "
             + std::to_string(x->retry_count) + "\n";
  return out;
}

} // namespace tutti::reference

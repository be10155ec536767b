#include "actors/engine/scope/scopes.hpp"

#include "actors/engine/inputs/expression/pattern.hpp"
#include "actors/engine/scope/scope_compensation.hpp"
#include "actors/engine/scope/scope_progress.hpp"
#include "actors/engine/task_kind.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <set>

namespace tutti::engine {

namespace scopes_detail {

using nlohmann::json;
using row_index = decision_builder::row_index;

/// Ids of the completed tasks of the body that have a `compensate` list, latest
/// end first, without those whose compensation an inner scope began.
json compensation_order(const decision_builder& t,
                        const scope_content& inside) {
  std::set<std::string> compensated;
  for (auto i : inside.body)
    if (is_scope(t.row(i)))
      for (auto& name : compensated_names(t.execution(), t.row(i)))
        compensated.insert(name);
  std::vector<const task*> rows;
  for (auto i : inside.body) {
    auto& row = t.row(i);
    if (row.status == task_status::completed
        && !row.definition->compensate.empty()
        && !inside.inner_compensation.contains(i)
        && !compensated.contains(row.reference_name))
      rows.push_back(&row);
  }
  std::stable_sort(rows.begin(), rows.end(), [](auto* a, auto* b) {
    return std::pair(a->end_time, a->seq) > std::pair(b->end_time, b->seq);
  });
  auto out = json::array();
  for (auto* row : rows)
    out.push_back(row->task_id);
  return out;
}

bool found_in(const std::string& expression, const std::string& reason) {
  if (expression.empty())
    return true;
  auto search = pattern::compile(".*(?:" + expression + ").*", "s");
  return search
         && search->matches(
             std::string_view(reason).substr(0, pattern::text_bytes_max));
}

bool matches(const decision_builder& t, const error_handler& handler,
             const task& failed) {
  auto has = [](auto& list, auto& value) {
    return std::find(list.begin(), list.end(), value) != list.end();
  };
  auto& origin = blamed(t, failed);
  return (handler.statuses.empty() || has(handler.statuses, failed.status))
         && found_in(handler.reason, failed.reason)
         && (handler.tasks.empty() || has(handler.tasks, base_of(failed))
             || has(handler.tasks, base_of(origin)));
}

json about(const task& failed) {
  return {{"taskReferenceName", failed.reference_name},
          {"taskId", failed.task_id},
          {"status", std::string(to_text(failed.status))},
          {"reason", failed.reason}};
}

void take_over(decision_builder& t, row_index scope, size_t handler,
               row_index failed) {
  scope_progress p(t.execution(), t.row(scope));
  p.output["caught"] = about(t.row(failed));
  p.output["caught"]["handler"] = handler;
  auto inside = content_of(t.execution(), scope);
  supersede(t, inside.body);
  bool compensation = definition_of(t.execution(), scope).on_error[handler].then
                      == error_resolution::compensate;
  p.output["toCompensate"]
      = compensation ? compensation_order(t, inside) : json::array();
  p.state(scope_progress::compensating);
  p.write(t, scope);
  next_compensation(t, scope);
}

/// The scope fails because a row inside failed: no handler matched and the
/// scope is optional or permissive, or its compensation or handler failed.
void fail_scope(decision_builder& t, row_index scope, row_index failed) {
  scope_progress p(t.execution(), t.row(scope));
  p.output["failure"] = about(t.row(failed));
  p.output["failure"]["during"] = p.state();
  p.state(scope_progress::failed);
  auto status = t.row(failed).status;
  auto reason = t.row(failed).reason;
  auto inside = content_of(t.execution(), scope);
  supersede(t, inside.body);
  supersede(t, inside.compensation);
  supersede(t, inside.handler);
  p.finish(t, scope, status, std::move(reason));
}

} // namespace scopes_detail

void supersede(decision_builder& t,
               const std::vector<decision_builder::row_index>& rows) {
  for (auto i : rows) {
    if (!is_terminal(t.row(i).status)) {
      kind_of(t.row(i)).cancel(t, i);
      if (!is_terminal(t.row(i).status))
        t.finish_row(i, task_status::canceled);
    }
    auto& row = t.row(i);
    bool failed = !is_successful(row.status);
    if (row.executed && (row.retried || !failed))
      continue;
    auto change = t.edit(i);
    change.executed = true;
    if (failed)
      change.retried = true;
    t.emit(std::move(change));
  }
}

const task& blamed(const decision_builder& t, const task& failed) {
  auto* row = &failed;
  for (int depth = 0; is_scope(*row) && depth < 100; ++depth) {
    scope_progress p(t.execution(), *row);
    auto* why = p.end();
    auto* next
        = why ? t.execution().find(scope_progress::text_at(*why, "taskId"))
              : nullptr;
    if (!next)
      break;
    row = next;
  }
  return *row;
}

bool catch_failure(decision_builder& t, decision_builder::row_index failed) {
  using namespace scopes_detail;
  for (auto [scope, list] : scopes_around(t.execution(), t.row(failed))) {
    if (is_terminal(t.row(scope).status))
      continue;
    auto& task = definition_of(t.execution(), scope);
    bool helping = list != scope_list::body;
    for (size_t i = 0; !helping && i < task.on_error.size(); ++i)
      if (matches(t, task.on_error[i], t.row(failed))) {
        take_over(t, scope, i, failed);
        return true;
      }
    // A failure of compensation or of the handler fails this scope; scopes
    // further out may catch that.
    if (helping || task.optional || task.permissive) {
      fail_scope(t, scope, failed);
      return true;
    }
  }
  return false;
}

} // namespace tutti::engine

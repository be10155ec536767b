#include "actors/engine/scopes.hpp"

#include "actors/engine/commands/handlers.hpp"
#include "actors/engine/expression/pattern.hpp"
#include "actors/engine/task_kind.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <map>
#include <set>

namespace tutti::engine {

namespace scopes_detail {

using nlohmann::json;
using row_index = turn::row_index;

constexpr auto running = "RUNNING", compensating = "COMPENSATING",
               handling = "HANDLING", completed = "COMPLETED",
               failed_state = "FAILED";

/// What the scope is doing, as its output says.
struct progress {
  json output;

  explicit progress(const task& scope) : output(scope.output.json()) {
    if (!output.is_object())
      output = json::object();
  }
  std::string state() const;
  void state(const char* next) { output["state"] = next; }
};

void write(turn& t, row_index scope, const progress& p) {
  auto change = t.edit(scope);
  change.output = payload(p.output);
  change.update_time = t.now();
  t.emit(std::move(change));
}

/// As the definition of the execution has it: what is scheduled points there.
const workflow_task& definition_of(const turn& t, row_index scope) {
  auto& row = t.row(scope);
  auto* place = t.execution().definition_of(row).place_of(base_of(row));
  return place ? *place->task : *row.definition;
}

std::string text_at(const json& object, const char* key,
                    const char* otherwise = "") {
  auto it = object.is_object() ? object.find(key) : object.end();
  return object.is_object() && it != object.end() && it->is_string()
             ? it->get<std::string>()
             : std::string(otherwise);
}

std::string progress::state() const {
  return text_at(output, "state", running);
}

/// What takes care of what was caught; null: nothing was.
const error_handler* handler_of(const turn& t, row_index scope,
                                const progress& p) {
  auto caught = p.output.find("caught");
  if (caught == p.output.end() || !caught->is_object())
    return nullptr;
  auto index = caught->find("handler");
  auto& handlers = definition_of(t, scope).on_error;
  if (index == caught->end() || !index->is_number_integer() || *index < 0
      || index->get<size_t>() >= handlers.size())
    return nullptr;
  return &handlers[index->get<size_t>()];
}

enum class part { none, body, handler, undo };

/// Where a row stands in the definition; a dynamic branch where its fork does.
const compiled_definition::place* place_of(const turn& t, const task& row) {
  for (auto* x = &row; x; x = t.execution().fork_of(*x))
    if (auto* place = t.execution().definition_of(*x).place_of(base_of(*x)))
      return place;
  return nullptr;
}

/// Which list of the scope holds a row.
part part_of(const turn& t, const workflow_task& scope, const task& row) {
  auto& definition = t.execution().definition_of(row);
  auto found = part::body;
  auto* place = place_of(t, row);
  while (place && place->parent) {
    if (place->list == &place->parent->compensate)
      found = part::undo;
    else if (place->parent->reference_name == scope.reference_name)
      return found == part::body && place->list != &place->parent->loop_over
                 ? part::handler
                 : found;
    place = definition.place_of(place->parent->reference_name);
  }
  return part::none;
}

row_index find(const turn& t, const std::string& id) {
  auto* row = t.execution().find(id);
  return row ? t.execution().index_of(*row) : state::no_row;
}

/// The scope that runs the list that undoes something around `at`.
row_index undoing(const turn& t, const position& at) {
  auto i = find(t, at.loop);
  while (i != state::no_row && t.row(i).task_type != "SCOPE")
    i = find(t, t.row(i).parent_task_id);
  return i;
}

/// What was made inside of a scope's row, in the order it was made.
struct content {
  std::vector<row_index> body, handler, undo;
  std::set<row_index> helped; ///< of the body: what a scope in there has undone
};

/// The row, or the row of a loop around it, that stands where the scope does.
const task* at_level_of(const turn& t, const task& scope, const task& row) {
  auto* out = &row;
  while (out->parent_task_id != scope.parent_task_id) {
    out = t.execution().find(out->parent_task_id);
    if (!out || out == &scope)
      return nullptr;
  }
  auto mine = position_of(scope), other = position_of(*out);
  bool here = mine.loop.empty() || mine.iteration == other.iteration;
  return here && pass_of(other) >= pass_of(mine) ? out : nullptr;
}

content content_of(const turn& t, row_index scope) {
  struct spot {
    part where = part::none;
    bool helped = false;
  };
  content out;
  auto& scope_task = definition_of(t, scope);
  std::map<row_index, spot> scopes;
  auto& rows = t.execution().rows();
  auto spot_of = [&](const task& row) -> spot {
    auto where = part_of(t, scope_task, row);
    if (where != part::undo)
      return {at_level_of(t, rows[scope], row) ? where : part::none};
    // What undoes belongs to the scope that runs it.
    auto by = undoing(t, position_of(row));
    if (by == scope)
      return {where};
    auto around = scopes.find(by);
    return around == scopes.end() ? spot() : spot{around->second.where, true};
  };
  for (row_index i = scope + 1; i < rows.size(); ++i) {
    auto& row = rows[i];
    if (row.task_id.empty())
      continue;
    auto spot = spot_of(row);
    if (spot.where == part::none)
      continue;
    (spot.where == part::body   ? out.body
     : spot.where == part::undo ? out.undo
                                : out.handler)
        .push_back(i);
    if (spot.helped)
      out.helped.insert(i);
    if (row.task_type == "SCOPE")
      scopes[i] = spot;
  }
  return out;
}

/// Nothing of it goes on. What failed there is taken care of: it counts as
/// superseded, so that no retry and no revival touches it.
void settle(turn& t, const std::vector<row_index>& rows) {
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

/// The completed tasks of the body that say how to undo them, the last one to
/// complete first, without those that an inner scope has undone.
json to_undo(const turn& t, const content& inside) {
  std::vector<const task*> rows;
  for (auto i : inside.body) {
    auto& row = t.row(i);
    auto& list = row.definition->compensate;
    if (row.status != task_status::completed || list.empty()
        || inside.helped.contains(i))
      continue;
    auto* ran = t.execution().latest(
        reference_in(list.front().reference_name, position_of(row)));
    if (!ran || ran->seq < row.seq)
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

bool matches(const turn& t, const error_handler& handler, const task& failed) {
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

/// What a list that undoes left open: a branch that no JOIN waits for.
void settle_open(turn& t, row_index scope) {
  auto open = t.execution().loops().of(t.row(scope).task_id).open; // a copy
  settle(t, {open.begin(), open.end()});
}

void end_scope(turn& t, row_index scope, progress p) {
  settle_open(t, scope);
  auto* handler = handler_of(t, scope, p);
  p.output.erase("toCompensate");
  bool fails = handler
               && (handler->then == error_resolution::fail
                   || (handler->then == error_resolution::compensate
                       && handler->then_fail));
  if (!fails) {
    p.state(completed);
    return t.finish_row(scope, task_status::completed,
                        payload(std::move(p.output)));
  }
  p.state(failed_state);
  auto& caught = p.output["caught"];
  auto status = from_text<task_status>(text_at(caught, "status"))
                    .value_or(task_status::failed);
  auto reason = text_at(caught, "reason");
  t.finish_row(scope, status, payload(std::move(p.output)), std::move(reason));
}

/// The next step of a scope that has caught something.
void go_on(turn& t, row_index scope) {
  progress p(t.row(scope));
  while (p.state() == compensating) {
    auto& rest = p.output["toCompensate"];
    if (!rest.is_array() || rest.empty()) {
      p.output.erase("toCompensate");
      p.state(handling);
      write(t, scope, p);
      auto* handler = handler_of(t, scope, p);
      if (handler && !handler->run.empty())
        return t.schedule_next(&handler->run.front(),
                               position_of(t.row(scope)));
      return end_scope(t, scope, std::move(p));
    }
    auto id = rest.front().is_string() ? rest.front().get<std::string>()
                                       : std::string();
    rest.erase(rest.begin());
    auto* done = t.execution().find(id);
    auto* place
        = done ? t.execution().definition_of(*done).place_of(base_of(*done))
               : nullptr;
    if (!place || place->task->compensate.empty())
      continue;
    p.output["compensated"].push_back(done->reference_name);
    // Its rows belong to the scope: the loop around the task may have ended.
    auto at = position_of(*done);
    at.loop = t.row(scope).task_id;
    write(t, scope, p);
    return t.schedule_next(&place->task->compensate.front(), at);
  }
  end_scope(t, scope, std::move(p));
}

void take_over(turn& t, row_index scope, size_t handler, row_index failed) {
  progress p(t.row(scope));
  p.output["caught"] = about(t.row(failed));
  p.output["caught"]["handler"] = handler;
  auto inside = content_of(t, scope);
  settle(t, inside.body);
  bool undo = definition_of(t, scope).on_error[handler].then
              == error_resolution::compensate;
  p.output["toCompensate"] = undo ? to_undo(t, inside) : json::array();
  p.state(compensating);
  write(t, scope, p);
  go_on(t, scope);
}

/// The scope fails because of a row inside: nothing matched and it may fail,
/// or what should have helped failed itself.
void fail_scope(turn& t, row_index scope, row_index failed) {
  progress p(t.row(scope));
  p.output["failure"] = about(t.row(failed));
  p.output["failure"]["during"] = p.state();
  p.state(failed_state);
  auto status = t.row(failed).status;
  auto reason = t.row(failed).reason;
  auto inside = content_of(t, scope);
  settle(t, inside.body);
  settle(t, inside.undo);
  settle(t, inside.handler);
  t.finish_row(scope, status, payload(std::move(p.output)), std::move(reason));
}

/// Failed rows without a newer attempt, among these.
std::vector<std::string> unsuccessful(const turn& t,
                                      const std::vector<row_index>& rows) {
  std::vector<std::string> out;
  for (auto i : rows)
    if (is_terminal(t.row(i).status) && !is_successful(t.row(i).status)
        && t.execution().latest(t.row(i).reference_name) == &t.row(i))
      out.push_back(t.row(i).task_id);
  return out;
}

void remove(turn& t, const content& inside, bool with_body) {
  tasks_removed gone;
  for (auto* list : {&inside.handler, &inside.undo, &inside.body})
    if (list != &inside.body || with_body)
      for (auto i : *list)
        gone.task_ids.push_back(t.row(i).task_id);
  if (!gone.task_ids.empty())
    t.emit(std::move(gone));
}

/// Back to work: waits again, or is tried again.
void try_again(turn& t, const std::string& id) {
  auto i = find(t, id);
  auto& row = t.row(i);
  bool waits = row.task_type == "JOIN" || row.task_type == "EXCLUSIVE_JOIN"
               || row.task_type == "SCOPE" || is_loop(row);
  if (!waits)
    return attempt_again(t, i);
  auto change = t.edit(i);
  change.status = task_status::in_progress;
  change.end_time = 0;
  change.executed = change.retried = false;
  change.reason = std::string();
  change.update_time = t.now();
  t.emit(std::move(change));
}

} // namespace scopes_detail

state::row_index container_row(const state& execution,
                               const workflow_task& container,
                               const position& from) {
  for (auto at = from;;) {
    auto i = execution.latest_index(reference_in(container.reference_name, at));
    if (i != state::no_row)
      return i;
    auto pass = pass_of(at);
    auto* loop = execution.find(at.loop);
    if (pass > 1)
      at = with_pass(at, pass - 1);
    else if (loop)
      at = position_of(*loop);
    else
      return state::no_row;
  }
}

const task& blamed(const turn& t, const task& failed) {
  using namespace scopes_detail;
  auto* row = &failed;
  for (int depth = 0; row->task_type == "SCOPE" && depth < 100; ++depth) {
    auto& output = row->output.json();
    auto it = output.is_object() ? output.find("failure") : output.end();
    if (output.is_object() && it == output.end())
      it = output.find("caught");
    if (!output.is_object() || it == output.end())
      break;
    auto* next = t.execution().find(text_at(*it, "taskId"));
    if (!next)
      break;
    row = next;
  }
  return *row;
}

bool catch_failure(turn& t, turn::row_index failed) {
  using namespace scopes_detail;
  auto at = position_of(t.row(failed));
  auto* definition = &t.execution().definition_of(t.row(failed));
  for (auto* place = scopes_detail::place_of(t, t.row(failed));
       place && place->parent;) {
    // A scope that undoes a task may stand further out than the task.
    bool undoes = place->list == &place->parent->compensate;
    auto scope = undoes ? undoing(t, at)
                        : container_row(t.execution(), *place->parent, at);
    auto& parent = undoes && scope != state::no_row ? definition_of(t, scope)
                                                    : *place->parent;
    bool helping = undoes || place->list != &parent.loop_over;
    if (scope != state::no_row) {
      at = position_of(t.row(scope));
      definition = &t.execution().definition_of(t.row(scope));
    }
    place = definition->place_of(parent.reference_name);
    if (parent.type != "SCOPE" || scope == state::no_row
        || is_terminal(t.row(scope).status))
      continue;
    for (size_t i = 0; !helping && i < parent.on_error.size(); ++i)
      if (matches(t, parent.on_error[i], t.row(failed))) {
        take_over(t, scope, i, failed);
        return true;
      }
    // Helping failed, or the scope may fail: that is for those further out.
    if (helping || parent.optional || parent.permissive) {
      fail_scope(t, scope, failed);
      return true;
    }
  }
  return false;
}

void scope_list_ended(turn& t, const compiled_definition::place& ended,
                      const position& at) {
  using namespace scopes_detail;
  auto* scope_task = ended.parent;
  if (ended.list == &ended.parent->compensate) {
    if (auto i = find(t, at.loop);
        i != state::no_row && !is_terminal(t.row(i).status)
        && progress(t.row(i)).state() == compensating) {
      t.keep(i);
      go_on(t, i);
    }
    return;
  }
  auto i = container_row(t.execution(), *scope_task, at);
  if (i == state::no_row || is_terminal(t.row(i).status))
    return;
  t.keep(i);
  progress p(t.row(i));
  bool body = ended.list == &scope_task->loop_over;
  if (body && p.state() == running) {
    p.state(completed);
    t.finish_row(i, task_status::completed, payload(std::move(p.output)));
  } else if (!body && p.state() == handling) {
    end_scope(t, i, std::move(p));
  }
}

void begin_scope(turn& t, turn::row_index scope) {
  auto change = t.edit(scope);
  change.status = task_status::in_progress;
  change.start_time = t.now();
  change.output = payload(nlohmann::json{{"state", scopes_detail::running}});
  t.emit(std::move(change));
  auto definition = t.row(scope).definition;
  if (!definition->loop_over.empty())
    t.schedule_next(&definition->loop_over.front(), position_of(t.row(scope)));
}

void leave_scope(turn& t, turn::row_index scope) {
  using namespace scopes_detail;
  progress p(t.row(scope));
  p.output.erase("toCompensate");
  p.state("LEFT");
  settle_open(t, scope);
  t.finish_row(scope, task_status::completed, payload(std::move(p.output)));
  auto change = t.edit(scope);
  change.executed = true;
  t.emit(std::move(change));
}

void cancel_scope(turn& t, turn::row_index scope) {
  // Whoever cancels the scope finds the rest. A copy: ending a row takes it out
  // of what is walked over.
  auto open = t.execution().loops().of(t.row(scope).task_id).open;
  for (auto i : open) {
    kind_of(t.row(i)).cancel(t, i);
    t.finish_row(i, task_status::canceled);
  }
}

void retry_scope(turn& t, turn::row_index scope) {
  using namespace scopes_detail;
  auto id = t.row(scope).task_id;
  progress p(t.row(scope));
  // It was cancelled, or failed before it could do anything about it.
  if (p.state() != failed_state)
    return try_again(t, id);
  auto inside = content_of(t, scope);
  try_again(t, id);
  auto* failure = p.output.contains("failure") ? &p.output["failure"] : nullptr;
  auto during
      = failure ? text_at(*failure, "during", running) : std::string(running);
  if (during != running) {
    // What should have helped is tried again.
    auto ids
        = unsuccessful(t, during == handling ? inside.handler : inside.undo);
    p.output.erase("failure");
    p.output["state"] = during;
    write(t, find(t, id), p);
    for (auto& x : ids)
      try_again(t, x);
    return;
  }
  bool undone = p.output.contains("compensated");
  auto ids = unsuccessful(t, inside.body);
  remove(t, inside, undone);
  if (undone)
    return begin_scope(t, find(t, id)); // what was undone is done anew
  p.output = json{{"state", running}};
  write(t, find(t, id), p);
  for (auto& x : ids)
    try_again(t, x);
}

bool reopen_scope(turn& t, turn::row_index scope, const task& inner) {
  using namespace scopes_detail;
  auto where = part_of(t, definition_of(t, scope), inner);
  progress p(t.row(scope));
  if (where == part::handler)
    p.state(handling);
  else if (where == part::undo)
    p.state(compensating);
  else
    p.output = json{{"state", running}};
  p.output.erase("failure");
  if (where == part::undo && !p.output.contains("toCompensate"))
    p.output["toCompensate"] = json::array();
  auto id = t.row(scope).task_id;
  try_again(t, id);
  write(t, find(t, id), p);
  return where != part::handler && where != part::undo;
}

bool in_body(const turn& t, turn::row_index scope, const task& row) {
  using namespace scopes_detail;
  auto inside = content_of(t, scope);
  auto i = t.execution().index_of(row);
  return std::find(inside.body.begin(), inside.body.end(), i)
         != inside.body.end();
}

} // namespace tutti::engine

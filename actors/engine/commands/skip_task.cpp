#include "actors/engine/commands/handlers.hpp"
#include "actors/engine/definition/compiled_definition.hpp"
#include "actors/engine/loops/loop_output.hpp"
#include "actors/engine/scope/scope_rows.hpp"
#include "actors/engine/task_traits.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

// reference:operators#skip

namespace tutti::engine {

namespace skip_task_detail {

using location = compiled_definition::location;

/// The task, then the tasks that hold it, innermost first.
std::vector<const location*> path_to(const state& execution,
                                     std::string_view reference) {
  std::vector<const location*> out;
  auto& definition = execution.definition();
  for (auto* x = definition.location_of(reference); x;
       x = x->parent ? definition.location_of(x->parent->reference_name)
                     : nullptr)
    out.push_back(x);
  return out;
}

bool is_repeated(const std::vector<const location*>& path) {
  return std::any_of(path.begin() + 1, path.end(),
                     [](auto* x) { return is_loop(*x->task); });
}

bool may_begin_again(const task& loop) {
  auto* items = items_of(loop);
  return !items || size_t(loop.iteration) < items->size();
}

/// The open row leads to the task that ends `path`, which the flow has not
/// reached from there: the position of the task, or of the loop around it.
std::optional<position> leads_to(const state& execution, const task& row,
                                 const std::vector<const location*>& path) {
  auto compare = [&](const task& here) -> std::optional<position> {
    auto* own = execution.definition_of(here).location_of(base_of(here));
    auto same = std::find_if(path.begin(), path.end(), [&](auto* x) {
      return own && x->list == own->list;
    });
    if (same == path.end())
      return std::nullopt;
    auto at = position_of(here);
    auto& ahead = **same;
    if (own->position < ahead.position
        && !execution.latest(reference_in(ahead.task->reference_name, at)))
      return at;
    // A loop around the task.
    if (&here == &row && own->position == ahead.position && is_loop(here)
        && same != path.begin() && may_begin_again(here))
      return at;
    return std::nullopt;
  };
  if (auto at = compare(row))
    return at;
  for (auto& around : holders_of(execution, row))
    if (auto at = compare(execution.rows()[around.row]))
      return at;
  return std::nullopt;
}

/// Where the order is written. The task has rows already: it is reached again
/// in a later iteration or pass, and none of them is open.
result<position> order_again(const state& execution,
                             const std::string& reference) {
  auto path = path_to(execution, reference);
  bool repeated = is_repeated(path);
  auto too_late = [&](const std::string& why) {
    return failure{repeated || execution.has_jumped() ? errc::invalid
                                                      : errc::illegal_state,
                   "The task referenced " + reference + why
                       + ", cannot be skipped"};
  };
  std::optional<position> found;
  for (auto& row : execution.rows()) {
    if (is_terminal(row.status))
      continue;
    if (base_of(row) == reference)
      return too_late(row.reference_name == reference
                          ? " has already been processed"
                          : " is at work (" + row.reference_name + ")");
    if (!found)
      found = leads_to(execution, row, path);
  }
  if (!found)
    return too_late(" has already been processed");
  // The order for a task of a loop stands outside of the iterations.
  return repeated ? position() : *found;
}

void add_order(decision_builder& t, const workflow_task_pointer& task,
               const position& at, const skip_task_request& with) {
  auto row = t.new_row({task, at, {}, {}, {}}, task->name);
  if (at.suffix.empty()) // it stands for the order
    row.seq = 0;
  row.status = task_status::skipped;
  row.end_time = t.now();
  if (with.task_input)
    row.input = *with.task_input;
  if (with.task_output)
    row.output = *with.task_output;
  t.add(std::move(row));
}

/// The JOIN of a fork that is skipped would wait for branches that never come.
void skip_join_of(decision_builder& t, const workflow_task& fork,
                  const position& at) {
  auto& definition = t.execution().definition();
  auto* here = definition.location_of(fork.reference_name);
  if (!is_fork(fork) || !here || here->position + 1 == here->list->size())
    return;
  auto* join = &(*here->list)[here->position + 1];
  if (traits_of(*join).joins == join_rule::all
      && !t.execution().latest(reference_in(join->reference_name, at)))
    add_order(t, definition.find(join->reference_name), at, {});
}

} // namespace skip_task_detail

void handle(decision_builder& t, const command::skip_task& c) {
  using namespace skip_task_detail;
  if (t.head().status != workflow_status::running)
    return t.refuse(errc::illegal_state,
                    "The workflow is not running so its task "
                        + c.reference_name + " cannot be skipped");
  auto& execution = t.execution();
  auto definition = execution.definition().find(c.reference_name);
  if (!definition || definition->reference_name != c.reference_name)
    return t.refuse(errc::illegal_state,
                    "The task reference name " + c.reference_name
                        + " does not exist in the workflow definition");
  for (auto* given : {&c.request.task_input, &c.request.task_output})
    if (auto why = t.too_large(*given, bounds::task_input))
      return t.refuse(errc::too_large, std::move(*why));
  position at;
  if (auto* before = execution.last_of(c.reference_name)) {
    auto* order = execution.latest(c.reference_name);
    if (before->status == task_status::skipped
        || (order && order->status == task_status::skipped))
      return t.refuse(errc::illegal_state,
                      "The task referenced " + c.reference_name
                          + " has already been processed, cannot be skipped");
    auto again = order_again(execution, c.reference_name);
    if (!again)
      return t.refuse(again.failure().code, again.failure().message);
    at = *again;
  }
  add_order(t, definition, at, c.request);
  skip_join_of(t, *definition, at);
  t.run();
}

cause cause_of(const command::skip_task&) {
  return {cause_kind::operator_, "skip"};
}

} // namespace tutti::engine

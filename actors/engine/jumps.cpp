#include "actors/engine/jumps.hpp"

#include "actors/engine/scopes.hpp"

#include <nlohmann/json.hpp>

namespace tutti::engine {

namespace jumps_detail {

using place = compiled_definition::place;

/// Does `reference` run again when the flow goes on at `target`, in the branch
/// of a fork that both belong to?
bool runs_again(const compiled_definition& definition, const place& target,
                const std::vector<workflow_task>& branch,
                std::string_view reference) {
  for (auto* x = definition.place_of_row(reference); x && x->parent;
       x = definition.place_of(x->parent->reference_name)) {
    if (x->list == target.list)
      return x->position >= target.position;
    if (x->list != &branch)
      continue;
    // Not below the target's list: behind the container that holds it.
    for (auto* y = &target; y && y->parent;
         y = definition.place_of(y->parent->reference_name))
      if (y->list == &branch)
        return x->position > y->position;
    return false;
  }
  return false;
}

} // namespace jumps_detail

way way_to(const compiled_definition& definition, std::string_view from,
           const std::string& target) {
  using namespace jumps_detail;
  way out;
  auto* goal = definition.place_of(target);
  auto* own = definition.place_of(from);
  if (!goal || goal->task->reference_name != target) {
    out.error = "the workflow has no task '" + target + "'";
    return out;
  }
  for (auto* place = own; place;
       place = definition.place_of(place->parent->reference_name)) {
    if (place->list == goal->list) {
      out.target = goal;
      out.from = place->position;
      return out;
    }
    if (!place->parent)
      break;
    if (place->list == &place->parent->compensate) {
      out.error = "it cannot leave what undoes '"
                  + place->parent->reference_name + "'";
      return out;
    }
    if (is_fork(*place->parent)) {
      out.error = "it cannot leave a branch of fork '"
                  + place->parent->reference_name + "'";
      return out;
    }
    out.left.push_back(place->parent);
  }
  out.error = "'" + target + "' stands neither beside it nor around it";
  return out;
}

position behind_forks(const turn& t, std::string_view reference, position at) {
  auto& definition = t.execution().definition_at(reference, at.suffix);
  for (auto* place = definition.place_of(reference);
       place && place->parent && place->position + 1 == place->list->size();
       place = definition.place_of(place->parent->reference_name))
    if (is_fork(*place->parent))
      if (auto i = container_row(t.execution(), *place->parent, at);
          i != state::no_row)
        at = position_of(t.row(i));
  return at;
}

void join_anew(turn& t, const compiled_definition::place& target,
               const position& from, const position& at) {
  using namespace jumps_detail;
  auto& definition
      = t.execution().definition_at(target.task->reference_name, from.suffix);
  const place* branch = &target;
  while (branch && branch->parent && !is_fork(*branch->parent)
         && !is_loop(branch->parent->type))
    branch = definition.place_of(branch->parent->reference_name);
  if (!branch || !branch->parent || !is_fork(*branch->parent))
    return;
  auto fork = container_row(t.execution(), *branch->parent, from);
  auto* join = definition.successor(branch->parent->reference_name);
  if (fork == state::no_row || !join)
    return;
  auto i = t.execution().latest_index(
      reference_in(join->reference_name, position_of(t.row(fork))));
  if (i == state::no_row || is_terminal(t.row(i).status)
      || !t.row(i).input.json().is_object())
    return;
  auto input = t.row(i).input.json();
  bool changed = false;
  if (auto on = input.find("joinOn"); on != input.end() && on->is_array())
    for (auto& name : *on) {
      if (!name.is_string())
        continue;
      auto& text = name.get_ref<const std::string&>();
      auto* place = definition.place_of_row(text);
      if (!place || !runs_again(definition, target, *branch->list, text))
        continue;
      name = reference_in(place->task->reference_name, at);
      changed = true;
    }
  if (!changed)
    return;
  auto change = t.edit(i);
  change.input = payload(std::move(input));
  t.emit(std::move(change));
}

} // namespace tutti::engine

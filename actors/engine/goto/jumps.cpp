#include "actors/engine/goto/jumps.hpp"

#include "actors/engine/inputs/members.hpp"
#include "actors/engine/scope/scopes.hpp"
#include "actors/engine/task_traits.hpp"

#include <nlohmann/json.hpp>

#include <set>

namespace tutti::engine {

namespace jumps_detail {

using location = compiled_definition::location;

/// Will a jump to `target` run `reference` again? Both belong to `branch`, the
/// branch of a fork.
bool runs_again(const compiled_definition& definition, const location& target,
                const std::vector<workflow_task>& branch,
                std::string_view reference) {
  for (auto* x = definition.location_of_row(reference); x && x->parent;
       x = definition.location_of(x->parent->reference_name)) {
    if (x->list == target.list)
      return x->position >= target.position;
    if (x->list != &branch)
      continue;
    // The target is deeper: compare with the container in `branch` that holds
    // it.
    for (auto* y = &target; y && y->parent;
         y = definition.location_of(y->parent->reference_name))
      if (y->list == &branch)
        return x->position > y->position;
    return false;
  }
  return false;
}

} // namespace jumps_detail

jump_path find_jump_path(const compiled_definition& definition,
                         std::string_view from, const std::string& target) {
  using namespace jumps_detail;
  jump_path out;
  auto* goal = definition.location_of(target);
  auto* own = definition.location_of(from);
  if (!goal || goal->task->reference_name != target) {
    out.error = "the workflow has no task '" + target + "'";
    return out;
  }
  for (auto* location = own; location;
       location = definition.location_of(location->parent->reference_name)) {
    if (location->list == goal->list) {
      out.target = goal;
      out.from = location->position;
      return out;
    }
    if (!location->parent)
      break;
    if (location->list == &location->parent->compensate) {
      out.error = "it cannot leave the compensate list of '"
                  + location->parent->reference_name + "'";
      return out;
    }
    if (is_fork(*location->parent)) {
      out.error = "it cannot leave a branch of fork '"
                  + location->parent->reference_name + "'";
      return out;
    }
    out.left.push_back(location->parent);
  }
  out.error = "'" + target + "' is neither in its list nor in a list around it";
  return out;
}

position position_after_jump(const state& execution, const jump_path& path,
                             position at) {
  for (auto* container : path.left)
    if (auto* loop = execution.find(at.loop); loop && is_loop(*container))
      at = position_of(*loop);
  return at;
}

position behind_forks(const decision_builder& t, std::string_view reference,
                      position at) {
  auto& definition = t.execution().definition_at(reference, at.suffix);
  for (auto* location = definition.location_of(reference);
       location && location->parent
       && location->position + 1 == location->list->size();
       location = definition.location_of(location->parent->reference_name))
    if (is_fork(*location->parent))
      if (auto i = container_row(t.execution(), *location->parent, at);
          i != state::no_row)
        at = position_of(t.row(i));
  return at;
}

namespace jumps_detail {

/// The task in a fork's branch that is or holds `inner`; null when a loop or no
/// fork is around it.
const location* branch_of(const compiled_definition& definition,
                          const location& inner) {
  const location* out = &inner;
  while (out && out->parent && !is_fork(*out->parent) && !is_loop(*out->parent))
    out = definition.location_of(out->parent->reference_name);
  return out && out->parent && is_fork(*out->parent) ? out : nullptr;
}

} // namespace jumps_detail

decision_builder::row_index
open_join(const decision_builder& t,
          const compiled_definition::location& target, const position& from) {
  auto& definition
      = t.execution().definition_at(target.task->reference_name, from.suffix);
  auto* branch = jumps_detail::branch_of(definition, target);
  if (!branch)
    return state::no_row;
  auto fork = container_row(t.execution(), *branch->parent, from);
  auto* join = definition.successor(branch->parent->reference_name);
  if (fork == state::no_row || !join)
    return state::no_row;
  auto i = t.execution().latest_index(
      reference_in(join->reference_name, position_of(t.row(fork))));
  return i == state::no_row || is_terminal(t.row(i).status)
             ? state::row_index(state::no_row)
             : i;
}

void join_anew(decision_builder& t, decision_builder::row_index i,
               const compiled_definition::location& target,
               const position& at) {
  using namespace jumps_detail;
  auto& definition
      = t.execution().definition_at(target.task->reference_name, at.suffix);
  auto* branch = branch_of(definition, target);
  auto input = t.row(i).input.json();
  auto on = input.is_object() ? input.find("joinOn") : input.end();
  if (!branch || !input.is_object() || on == input.end() || !on->is_array())
    return;
  bool changed = false;
  for (auto& name : *on) {
    if (!name.is_string())
      continue;
    auto& text = name.get_ref<const std::string&>();
    auto* location = definition.location_of_row(text);
    if (!location || !runs_again(definition, target, *branch->list, text))
      continue;
    name = reference_in(location->task->reference_name, at);
    changed = true;
  }
  if (!changed)
    return;
  auto change = t.edit(i);
  change.input = payload(std::move(input));
  t.emit(std::move(change));
}

void join_passes(decision_builder& t, decision_builder::row_index join) {
  auto& execution = t.execution();
  for (decision_builder::row_index i = 0; i < execution.rows().size(); ++i) {
    auto& row = t.row(i);
    if (!traits_of(row).jumps || row.status != task_status::completed)
      continue;
    auto* pass = json_member(row.output.json(), "pass");
    auto path = find_jump_path(execution.definition_of(row), base_of(row),
                               json_member_text(row.output.json(), "target"));
    if (!pass || !pass->is_number_integer() || !path.error.empty())
      continue;
    auto from = position_after_jump(execution, path, position_of(row));
    if (open_join(t, *path.target, from) == join)
      join_anew(t, join, *path.target, with_pass(from, pass->get<int32_t>()));
  }
}

void join_earlier(decision_builder& t, decision_builder::row_index i,
                  const std::vector<decision_builder::row_index>& jumps) {
  auto& execution = t.execution();
  auto at = position_of(t.row(i));
  std::set<int32_t> gone;
  for (auto jump : jumps)
    if (auto pass = execution.pass_begun(jump, at); pass > 0)
      gone.insert(pass);
  auto input = t.row(i).input.json();
  auto on = input.is_object() ? input.find("joinOn") : input.end();
  if (gone.empty() || !input.is_object() || on == input.end()
      || !on->is_array())
    return;
  auto& definition = execution.definition_of(t.row(i));
  for (auto& name : *on) {
    auto* location
        = name.is_string()
              ? definition.location_of_row(name.get_ref<const std::string&>())
              : nullptr;
    if (!location)
      continue;
    auto named_in = [&](int32_t pass) {
      return reference_in(location->task->reference_name, with_pass(at, pass));
    };
    // Pass numbers grow, so the latest comes first.
    for (auto pass = gone.rbegin(); pass != gone.rend(); ++pass)
      if (name == named_in(*pass))
        name = named_in(execution.pass_before(with_pass(at, *pass)));
  }
  auto change = t.edit(i);
  change.input = payload(std::move(input));
  t.emit(std::move(change));
}

} // namespace tutti::engine

#include "actors/engine/commands/flow_order.hpp"

#include "actors/engine/decision/decision_builder.hpp"
#include "actors/engine/definition/compiled_definition.hpp"
#include "actors/engine/scope/scopes.hpp"
#include "actors/engine/task_traits.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace tutti::engine {

flow_order::path flow_order::path_of(const task& row) const {
  path out;
  auto& definition = execution_.definition_of(row);
  auto* location = definition.location_of(base_of(row));
  auto* fork = location ? nullptr : execution_.fork_of(row);
  if (fork) { // a branch of a single task
    out = path_of(*fork);
    out.push_back({execution_.rows_of(row.reference_name).data(), 0, nullptr, 0,
                   pass_of(position_of(row))});
    return out;
  }
  auto at = position_of(row);
  while (location) {
    auto* parent = location->parent;
    out.push_back({location->list, location->position, parent,
                   parent && is_loop(*parent) ? at.iteration : 0, pass_of(at)});
    auto i = parent ? container_row(execution_, *parent, at)
                    : state::row_index(state::no_row);
    if (i != state::no_row)
      at = position_of(execution_.rows()[i]);
    location
        = parent ? definition.location_of(parent->reference_name) : nullptr;
  }
  std::reverse(out.begin(), out.end());
  return out;
}

bool flow_order::follows(const task& other, const task& target) const {
  bool later = other.seq > target.seq;
  auto a = path_of(target), b = path_of(other);
  if (!later || a.empty() || b.empty()) // in a dynamic branch
    return later;
  for (size_t depth = 0;; ++depth) {
    if (depth == a.size()) // inside the target, or a further row of it
      return true;
    if (depth == b.size()) // around the target
      return false;
    auto &x = a[depth], &y = b[depth];
    // A dynamic branch has no list of its own.
    if (x.list != y.list)
      return x.holder && !is_fork(*x.holder);
    // Items run in parallel; iterations and passes run one after another.
    if (x.iteration != y.iteration)
      return traits_of(*x.holder).body == body_kind::iterations
             && y.iteration > x.iteration;
    if (x.pass != y.pass)
      return y.pass > x.pass;
    if (x.index != y.index)
      return y.index > x.index;
  }
}

std::vector<state::row_index>
flow_order::waiting_for(const task& target) const {
  std::vector<state::row_index> out;
  auto add = [&](state::row_index i) {
    if (i != state::no_row)
      out.push_back(i);
  };
  for (auto& around : holders_of(execution_, target)) {
    auto& row = execution_.rows()[around.row];
    if (is_loop(row) || is_scope(row))
      add(around.row);
    else if (is_fork(*around.task))
      if (auto* join = execution_.definition_of(row).successor(base_of(row)))
        add(execution_.latest_index(
            reference_in(join->reference_name, position_of(row))));
  }
  return out;
}

} // namespace tutti::engine

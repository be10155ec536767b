#include "actors/engine/commands/flow_order.hpp"

#include "actors/engine/compiled_definition.hpp"
#include "actors/engine/scopes.hpp"
#include "actors/engine/turn.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace tutti::engine {

flow_order::path flow_order::path_of(const task& row) const {
  path out;
  auto& definition = execution_.definition_of(row);
  auto* place = definition.place_of(base_of(row));
  auto* fork = place ? nullptr : execution_.fork_of(row);
  if (fork) { // a branch of a single task
    out = path_of(*fork);
    out.push_back({execution_.rows_of(row.reference_name).data(), 0,
                   row.definition.get(), true, execution_.index_of(*fork),
                   suffix_of(row)});
    return out;
  }
  auto* standing = &row;
  while (place) {
    auto* parent = place->parent;
    auto within
        = parent ? container_row(execution_, *parent, position_of(*standing))
                 : state::row_index(state::no_row);
    out.push_back({place->list, place->position, place->task,
                   parent && is_fork(*parent), within, suffix_of(*standing)});
    if (within != state::no_row)
      standing = &execution_.rows()[within];
    place = parent ? definition.place_of(parent->reference_name) : nullptr;
  }
  std::reverse(out.begin(), out.end());
  return out;
}

std::vector<const task*> flow_order::loops_of(const task& row) const {
  std::vector<const task*> out{&row};
  while (auto* loop = execution_.find(out.back()->parent_task_id))
    out.push_back(loop);
  std::reverse(out.begin(), out.end());
  return out;
}

bool flow_order::follows(const task& other, const task& target) const {
  bool later = other.seq > target.seq;
  auto a = path_of(target), b = path_of(other);
  if (a.empty() || b.empty()) // in a container that only an input knew
    return later;
  auto loops_a = loops_of(target), loops_b = loops_of(other);
  size_t loop = 0;
  for (size_t depth = 0;; ++depth) {
    if (depth == a.size()) // inside the target, or a further row of it
      return later;
    // Around the target, or the same in a later pass.
    if (depth == b.size())
      return later && a[depth].within != execution_.index_of(other);
    auto &x = a[depth], &y = b[depth];
    if (x.list != y.list)
      return later && (!x.parallel || x.within != y.within);
    // What stands before the target and is younger came by a jump back.
    if (x.index != y.index)
      return later && (y.index > x.index || y.suffix != x.suffix);
    if (!is_loop(x.task->type) || depth + 1 == a.size()
        || depth + 1 == b.size())
      continue;
    if (++loop >= loops_a.size() || loop >= loops_b.size())
      return later;
    auto iteration_a = position_of(*loops_a[loop]).iteration,
         iteration_b = position_of(*loops_b[loop]).iteration;
    if (iteration_a != iteration_b)
      return x.task->type == "DO_WHILE" && later;
  }
}

std::vector<state::row_index>
flow_order::waiting_for(const task& target) const {
  std::vector<state::row_index> out;
  auto add = [&](state::row_index i) {
    if (i != state::no_row)
      out.push_back(i);
  };
  auto path = path_of(target);
  auto* stands = &target; // at the depth that is looked at
  for (size_t depth = path.size(); depth-- > 1;) {
    auto& container = *path[depth - 1].task;
    if (is_loop(container.type)) {
      auto* loop = execution_.find(stands->parent_task_id);
      if (!loop)
        return out;
      add(execution_.index_of(*loop));
      stands = loop;
    } else if (path[depth].parallel) {
      auto fork = container_row(execution_, container, position_of(*stands));
      if (fork == state::no_row)
        continue;
      auto& row = execution_.rows()[fork];
      if (auto* join = execution_.definition_of(row).successor(base_of(row)))
        add(execution_.latest_index(
            reference_in(join->reference_name, position_of(row))));
    } else if (container.type == "SCOPE") {
      add(container_row(execution_, container, position_of(*stands)));
    }
  }
  return out;
}

} // namespace tutti::engine

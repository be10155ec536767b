#include "actors/engine/loops/iteration_index.hpp"

#include <algorithm>

namespace tutti::engine {

int32_t iteration_of(const task& row) { return position_of(row).iteration; }

const iteration_index::body&
iteration_index::of(const std::string& loop_id) const {
  static const body none;
  auto it = bodies_.find(loop_id);
  return it == bodies_.end() ? none : it->second;
}

void iteration_index::add(row_index i, const task& row) {
  if (!row.parent_task_id.empty())
    bodies_[row.parent_task_id].rows[iteration_of(row)].push_back(i);
}

bool iteration_index::note(row_index i, const task& row, bool open,
                           bool works) {
  if (row.parent_task_id.empty())
    return false;
  auto& body = bodies_[row.parent_task_id];
  if (open)
    body.open.insert(i);
  else
    body.open.erase(i);
  if (works_.size() <= i)
    works_.resize(i + 1);
  auto iteration = iteration_of(row);
  if (works_[i] != works) {
    works_[i] = works;
    auto& count = body.working[iteration];
    count += works ? 1 : size_t(-1);
    if (count == 0)
      body.working.erase(iteration);
  }
  return !body.working.contains(iteration);
}

void iteration_index::remove(row_index i, const task& row) {
  if (row.parent_task_id.empty())
    return;
  note(i, row, false, false);
  auto loop = bodies_.find(row.parent_task_id);
  auto& iterations = loop->second.rows;
  auto rows = iterations.find(iteration_of(row));
  if (rows == iterations.end())
    return;
  std::erase(rows->second, i);
  if (rows->second.empty())
    iterations.erase(rows);
  if (iterations.empty())
    bodies_.erase(loop);
}

void iteration_index::clear() {
  bodies_.clear();
  works_.clear();
}

} // namespace tutti::engine

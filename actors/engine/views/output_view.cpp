#include "actors/engine/views/output_view.hpp"

#include "actors/engine/task_kind.hpp"

namespace tutti::engine {

namespace output_view_detail {

/// Rows that stand in each other's output; no client could send more levels.
constexpr size_t depth_max = 200;

} // namespace output_view_detail

const payload& output_view::of(const task& row) {
  if (!execution_.shows_more(row))
    return row.output;
  // Empty until it is known.
  auto [it, first] = known_.try_emplace(&row);
  auto& out = it->second; // stays where it is when others are added
  if (!first || depth_ == output_view_detail::depth_max)
    return out;
  ++depth_;
  out = kind_of(row).shown(execution_, row, *this);
  --depth_;
  return out;
}

} // namespace tutti::engine

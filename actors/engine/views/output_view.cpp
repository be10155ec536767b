#include "actors/engine/views/output_view.hpp"

#include "actors/engine/task_kind.hpp"

namespace tutti::engine {

namespace output_view_detail {

/// Nesting depth of outputs inside outputs; clients cannot send more levels.
constexpr size_t depth_max = 200;

} // namespace output_view_detail

const payload& output_view::of(const task& row) {
  if (!execution_.shows_more(row))
    return row.output;
  // The entry is empty until the output is built.
  auto [it, first] = known_.try_emplace(&row);
  auto& out = it->second; // stable when others are added
  if (!first || depth_ == output_view_detail::depth_max)
    return out;
  ++depth_;
  out = kind_of(row).shown(execution_, row, *this);
  --depth_;
  return out;
}

} // namespace tutti::engine

#include "actors/engine/views/output_view.hpp"

#include "actors/engine/loops/loop_output.hpp"
#include "actors/engine/scope/scope_compensation.hpp"
#include "actors/engine/state/state_parts.hpp"

#include <nlohmann/json.hpp>

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
  out = is_loop(row)          ? loop_output(execution_, row, *this)
        : row.compensated > 0 ? payload(scope_output(execution_, row))
                              : joined_by(row);
  --depth_;
  return out;
}

payload output_view::joined_by(const task& join) {
  auto out = nlohmann::json::object();
  for (auto& reference : joined_references(join))
    if (auto* joined = execution_.latest(reference))
      if (auto& shown = of(*joined); !shown.is_empty_object())
        out[reference] = shown.json();
  return payload(std::move(out));
}

} // namespace tutti::engine

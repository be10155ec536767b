#include "actors/engine/inputs/loop_variables.hpp"

#include "actors/engine/loops/loop_output.hpp"
#include "actors/engine/scope/scope_compensation.hpp"
#include "actors/engine/scope/scope_rows.hpp"
#include "actors/engine/task_traits.hpp"

#include <nlohmann/json.hpp>

#include <charconv>

namespace tutti::engine {

namespace loop_variables_detail {

/// The iteration of the loop that `from` belongs to; 0: none.
int32_t iteration_around(const state& execution, const task& loop,
                         const position& from) {
  auto id = from.loop;
  auto iteration = from.iteration;
  std::string_view suffix = from.suffix;
  while (!id.empty() && id != loop.task_id) {
    auto* outer = execution.find(id);
    if (!outer)
      return 0;
    if (is_scope(*outer)) // its compensation reads beside the compensated row
      if (auto* compensated = compensated_at(execution, *outer, suffix))
        outer = compensated;
    suffix = suffix_of(*outer);
    id = outer->parent_task_id;
    iteration = iteration_of(*outer);
  }
  return id.empty() ? 0 : iteration;
}

std::optional<int32_t> as_number(std::string_view name) {
  int32_t out = 0;
  auto end = name.data() + name.size();
  auto [stop, error] = std::from_chars(name.data(), end, out);
  return error == std::errc() && stop == end ? std::optional(out)
                                             : std::nullopt;
}

/// `iteration`, `loopIndex` and `loopItem` of the iteration around `from`.
payload progress(const state& execution, const task& loop,
                 const position& from) {
  // What has never begun has no output yet.
  if (traits_of(loop).body == body_kind::iterations && loop.iteration > 0
      && !reads_earlier_iteration(execution, loop, from))
    return loop.output;
  auto iteration = iteration_around(execution, loop, from);
  return iteration > 0 ? loop_progress(loop, iteration)
                       : execution.visible_output(loop); // from outside
}

} // namespace loop_variables_detail

bool reads_earlier_iteration(const state& execution, const task& loop,
                             const position& from) {
  auto iteration
      = loop_variables_detail::iteration_around(execution, loop, from);
  return iteration > 0
         && (is_terminal(loop.status) || iteration < loop.iteration);
}

std::optional<value_ref> loop_field(const state& execution, const task& loop,
                                    const position& from,
                                    std::string_view field) {
  if (!is_loop(loop) || (field != "item" && field != "index"))
    return std::nullopt;
  auto iteration
      = loop_variables_detail::iteration_around(execution, loop, from);
  auto* items = items_of(loop);
  if (iteration <= 0 || !items || size_t(iteration) > items->size())
    return nullptr;
  if (field == "index")
    return int64_t(iteration - 1);
  return payload((*items)[size_t(iteration - 1)]);
}

value_ref loop_member(const state& execution, const task& loop,
                      const position& from, std::string_view name) {
  using namespace loop_variables_detail;
  if (name == "iteration" || name == "loopIndex" || name == "loopItem")
    return progress(execution, loop, from);
  // Another name of `loopItem`, which outputs do not repeat.
  if (name == "item" && items_of(loop)) {
    auto shown = progress(execution, loop, from).json();
    auto item = shown.find("loopItem");
    return payload(nlohmann::json{
        {"item", item == shown.end() ? nlohmann::json() : *item}});
  }
  if (auto iteration = as_number(name);
      iteration && traits_of(loop).body == body_kind::iterations) {
    auto& rows = execution.loops().of(loop.task_id).rows;
    if (!rows.contains(*iteration))
      return nullptr;
    std::string out = "{\"";
    out.append(name).append("\":");
    out += iteration_output(execution, loop, *iteration);
    return payload::trusted(out + "}");
  }
  return execution.visible_output(loop);
}

} // namespace tutti::engine

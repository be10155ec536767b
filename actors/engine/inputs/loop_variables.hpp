#pragma once

#include "actors/engine/inputs/expression/scope.hpp"
#include "actors/engine/state/position.hpp"
#include "actors/engine/state/state.hpp"

namespace tutti::engine {

/// `${loop.item}` and `${loop.index}` of a FOR_EACH, for tasks in its body;
/// nullopt for other fields.
std::optional<value_ref> loop_field(const state& execution, const task& loop,
                                    const position& from,
                                    std::string_view field);

/// True when `from` belongs to an iteration before the loop's current one: a
/// compensation task reads there.
bool reads_earlier_iteration(const state& execution, const task& loop,
                             const position& from);

/// An object with at least `name` of `${loop.output.<name>}`, for the current
/// or an earlier iteration, without building the whole output.
value_ref loop_member(const state& execution, const task& loop,
                      const position& from, std::string_view name);

} // namespace tutti::engine

#pragma once

#include "actors/engine/inputs/expression/scope.hpp"
#include "actors/engine/state/position.hpp"
#include "actors/engine/state/state.hpp"

namespace tutti::engine {

/// `${loop.<field>}` beyond the fields of any task: `item` and `index` of a
/// FOR_EACH, for what stands in its body.
std::optional<value_ref> loop_field(const state& execution, const task& loop,
                                    const position& from,
                                    std::string_view field);

/// What is read at that position stands in an iteration that is over: it undoes
/// something there.
bool reads_earlier_iteration(const state& execution, const task& loop,
                             const position& from);

/// An object that holds what `${loop.output.<name>}` means while the loop runs,
/// or in an iteration that is over, without building the whole output.
value_ref loop_member(const state& execution, const task& loop,
                      const position& from, std::string_view name);

} // namespace tutti::engine

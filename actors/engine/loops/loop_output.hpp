#pragma once

#include "actors/engine/views/output_view.hpp"

namespace tutti::engine {

/// The whole output of a loop as far as it has come. Costs what it holds, so a
/// step of a loop must not ask for it.
payload loop_output(const state& execution, const task& loop);
/// The same as a part of what others show.
payload loop_output(const state& execution, const task& loop,
                    output_view& shown);

/// The outputs of one iteration by reference, as JSON text.
std::string iteration_output(const state& execution, const task& loop,
                             int32_t iteration);
std::string iteration_output(const state& execution, const task& loop,
                             int32_t iteration, output_view& shown);

/// What is known of a loop while it runs, next to the outputs of its
/// iterations: `iteration`, for lists `loopIndex` and `loopItem`.
payload loop_progress(const task& loop, int32_t iteration);

/// The list a loop runs over, kept in its input; null: it counts.
const nlohmann::json* items_of(const task& loop);

/// FOR_EACH: items at work at a time, kept in its input.
size_t parallel_of(const task& loop);

} // namespace tutti::engine

#pragma once

#include "actors/engine/views/output_view.hpp"

namespace tutti::engine {

/// The loop's whole output so far. The cost follows its size, so a step of a
/// loop must not call it. It stops soon after `most` bytes.
payload loop_output(const state& execution, const task& loop,
                    size_t most = output_view::bytes_max);
/// The same, within a larger view.
payload loop_output(const state& execution, const task& loop,
                    output_view& shown);

/// The outputs of one iteration by reference, as JSON text.
std::string iteration_output(const state& execution, const task& loop,
                             int32_t iteration);
std::string iteration_output(const state& execution, const task& loop,
                             int32_t iteration, output_view& shown);

/// The members of a running loop's output beside its iterations: `iteration`,
/// and for loops over a list `loopIndex` and `loopItem`.
payload loop_progress(const task& loop, int32_t iteration);

/// The input that holds the list the loop runs over: `_items`, or `items` where
/// neither the task's own `items` nor a condition says how often it runs. Null:
/// a loop without a list.
const char* items_key(const workflow_task& task, const nlohmann::json& input);

/// The list itself; null also if it is no list.
const nlohmann::json* items_of(const task& loop);

/// FOR_EACH: how many items run at a time (input `maxParallel`).
size_t parallel_of(const task& loop);

} // namespace tutti::engine

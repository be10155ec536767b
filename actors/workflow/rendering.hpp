#pragma once

#include "actors/engine/state/state.hpp"
#include "actors/workflow/shard_context.hpp"
#include "messages/requests.hpp"

namespace tutti {

/// What a reader asked for. errc::not_found for an unknown task. A page of
/// tasks ends before `bytes_max`, but for its first task; other answers that
/// are longer are errc::too_large.
result<document> render(const engine::state& x, const read_execution& what,
                        size_t bytes_max);
result<execution_head> head_of(const engine::state& x,
                               const read_execution_head& what);

/// The task as workers see it: secrets resolved, `runtimeMetadata` added.
std::string render_for_worker(const engine::state& x, const task& row,
                              const shard_context& context);

} // namespace tutti

#pragma once

#include "actors/engine/state/state.hpp"
#include "actors/workflow/shard_context.hpp"
#include "messages/requests.hpp"

namespace tutti {

/// What a reader asked for. errc::not_found for an unknown task.
result<document> render(const engine::state& x, const read_execution& what);
result<execution_head> head_of(const engine::state& x,
                               const read_execution_head& what);

/// The task as workers see it: secrets resolved, `runtimeMetadata` added.
std::string render_for_worker(const engine::state& x, const task& row,
                              const shard_context& context);

} // namespace tutti

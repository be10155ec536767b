#pragma once

#include "actors/workflow/shard_context.hpp"
#include "messages/model/commands.hpp"
#include "messages/reply.hpp"
#include "messages/requests.hpp"

namespace tutti {

/// The start of an execution that another one asked for. A failure is what its
/// parent is told instead of a child.
result<command::start> begin_other(const shard_context& in,
                                   const start_other& what);

/// The same with an idempotency key, or a rateLimitConfig that rejects. From
/// any thread; `done` is answered when whoever asked has been told, or when the
/// outbox message has to come again.
void start_with_care(const shard_context_pointer& in, const start_other& what,
                     command::start start, reply<answer> done);

/// Tells whoever asked that there will be no such execution.
void refuse_start(const shard_context_pointer& in, const start_other& what,
                  std::string reason, const reply<answer>& done);

} // namespace tutti

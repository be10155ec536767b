#pragma once

#include "actors/workflow/shard_context.hpp"
#include "messages/model/commands.hpp"
#include "messages/reply.hpp"
#include "messages/requests.hpp"

namespace tutti {

/// The start command for an execution that another one requested. On failure
/// the parent is told the sentence.
result<command::start> begin_other(const shard_context& in,
                                   const start_other& what);

/// The same for starts with an idempotency key or the policy REJECT. May
/// continue on any thread. `done` is answered when the asker has been told, or
/// with a failure when the outbox message has to be repeated.
void start_with_care(const shard_context_pointer& in, const start_other& what,
                     command::start start, reply<answer> done);

/// Tells the asker that the execution will not be started.
void refuse_start(const shard_context_pointer& in, const start_other& what,
                  std::string reason, const reply<answer>& done);

} // namespace tutti

#pragma once

#include "actors/shard_context.hpp"
#include "messages/model/commands.hpp"

namespace tutti {

/// The start of an execution that another one asked for. A failure is what its
/// parent is told instead of a child.
result<command::start> begin_other(const shard_context& in,
                                   const start_other& what);

} // namespace tutti

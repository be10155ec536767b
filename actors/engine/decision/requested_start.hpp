#pragma once

#include "messages/model/commands.hpp"
#include "messages/model/result.hpp"

namespace tutti::engine {

struct limits;

/// The depth of an execution of that workflow which this one is about to ask
/// for, or why it may not: one that names itself would never stop.
result<int32_t> depth_of_next(const workflow& asker, std::string_view name,
                              const limits& bounds);

/// The start of an execution that another one asked for, with the pinned
/// copy of its definition. A failure is what its parent is told instead.
result<command::start> start_of(const start_other& what,
                                workflow_def_pointer pinned, int64_t now);

/// The outbox message that says so.
outbox_message not_started(const start_other& what, std::string reason);

} // namespace tutti::engine

#pragma once

#include "messages/model/commands.hpp"
#include "messages/model/result.hpp"

namespace tutti::engine {

struct limits;

/// The depth of a child of that workflow; a failure beyond the limit, which
/// stops workflows that start themselves.
result<int32_t> depth_of_next(const workflow& asker, std::string_view name,
                              const limits& bounds);

/// The family of what that execution starts
/// (actors/scheduler/family_sizes.hpp).
const std::string& family_of(const workflow& asker);

/// The start of an execution that another one requested, with its pinned
/// definition. On failure the parent gets the sentence.
result<command::start> start_of(const start_other& what,
                                workflow_def_pointer pinned, int64_t now);

/// The outbox message that tells the parent.
outbox_message not_started(const start_other& what, std::string reason);

} // namespace tutti::engine

#pragma once

#include "messages/model/commands.hpp"
#include "messages/model/result.hpp"

namespace tutti::engine {

/// The start of an execution that another one asked for, with the populated
/// copy of its definition. A failure is what its parent is told instead.
result<command::start> start_of(const start_other& what,
                                workflow_def_pointer populated, int64_t now);

/// The letter that says so.
letter not_started(const start_other& what, std::string reason);

} // namespace tutti::engine

#pragma once

#include "actors/engine/decider.hpp"
#include "actors/metrics/counters.hpp"

#include <optional>

namespace tutti {

/// Counts what a decision has done to its execution (reference:metrics).
/// `before`: the status of an execution that was there already.
void count_decision(counters& to, const engine::state& execution,
                    const workflow_command& what,
                    std::optional<workflow_status> before,
                    const engine::decision& decided);

/// The same for a command that was refused.
void count_refusal(counters& to, const engine::state& execution,
                   const workflow_command& what);

} // namespace tutti

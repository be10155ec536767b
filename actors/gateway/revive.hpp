#pragma once

#include "actors/gateway/gateway_context.hpp"

namespace tutti {

/// Restart; by the latest definition when asked so, which is looked up here.
void restart(const gateway_context_pointer& context,
             envelope<restart_workflow> x);

/// A retry that resumes the deepest failed descendant, which is the one that
/// is retried and whose refusal is answered.
void resume(const gateway_context_pointer& context, envelope<call_workflow> x);

/// Rerun; from a task that may belong to a descendant, which is then the one
/// that is rerun (reference:operators#rerun). Answers the id that was
/// addressed.
void rerun(const gateway_context_pointer& context, envelope<rerun_workflow> x);

} // namespace tutti

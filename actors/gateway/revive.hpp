#pragma once

#include "actors/gateway/gateway_context.hpp"

namespace tutti {

/// Restarts; looks up the latest definition if requested.
void restart(const gateway_context_pointer& context,
             envelope<restart_workflow> x);

/// Retry with resume: goes to the deepest failed descendant, which is retried
/// and answers.
void resume(const gateway_context_pointer& context, envelope<call_workflow> x);

/// Reruns. The task may belong to a descendant, which is rerun then
/// (reference:operators#rerun). Answers the requested id.
void rerun(const gateway_context_pointer& context, envelope<rerun_workflow> x);

} // namespace tutti

#pragma once

#include <chrono>

namespace tutti::daemon {

// Signals arrive on one thread that waits for them, so that what they cause
// runs in ordinary code.

/// Before any thread is started: all of them inherit the mask.
void block_signals();

/// Waits for SIGTERM, SIGINT, or `wake`.
void wait_for_signal();
/// From any thread.
void wake();

/// From now on a second signal, or the end of this time, ends the process at
/// once; what was acknowledged is durable anyway.
void limit_stop(std::chrono::milliseconds within);

} // namespace tutti::daemon

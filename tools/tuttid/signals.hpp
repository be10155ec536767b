#pragma once

#include <chrono>

namespace tutti::daemon {

// Signals go to one thread that waits for them, so that they are handled by
// ordinary code.

/// Call before any thread is started: all inherit the mask.
void block_signals();

/// Waits for SIGTERM, SIGINT or `wake`.
void wait_for_signal();
/// From any thread.
void wake();

/// From now on a second signal, or the end of this time, ends the process at
/// once. What was acknowledged is durable.
void limit_stop(std::chrono::milliseconds within);

} // namespace tutti::daemon

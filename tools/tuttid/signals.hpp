#pragma once

#include <chrono>
#include <optional>

namespace tutti::daemon {

// Signals go to one thread that waits for them, so that they are handled by
// ordinary code.

/// Call before any thread is started: all inherit the mask.
void block_signals();

enum class wake_up {
  stop,   ///< SIGTERM, SIGINT
  reload, ///< SIGHUP
  call,   ///< `wake`
  late,   ///< the time is over
};

/// SIGUSR1 and SIGUSR2 from others mean nothing.
wake_up
wait_for_signal(std::optional<std::chrono::steady_clock::time_point> until
                = {});
/// From any thread.
void wake();

/// From now on a second signal, or the end of this time, ends the process at
/// once. What was acknowledged is durable.
void limit_stop(std::chrono::milliseconds within);

} // namespace tutti::daemon

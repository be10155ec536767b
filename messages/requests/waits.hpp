#pragma once

#include "messages/envelope.hpp"
#include "messages/model/commands.hpp"
#include "messages/requests/answers.hpp"

#include <string>
#include <vector>

namespace tutti {

// Requests of clients that wait for what an execution comes to
// (reference:waiting), and the watches that tell them.

struct wait_options {
  /// For `cancel_wait`, unique among clients that wait; 0: never cancelled.
  uint64_t wait_id = 0;
  /// One of these tasks has ended: the wait ends.
  std::vector<std::string> references;
  /// Then the client is answered with the state as it is.
  int64_t wait_ms = 10'000;
  return_strategy strategy = return_strategy::target_workflow;
  /// Answer the output of the workflow alone.
  bool output_only = false;
};

/// Starts an execution and waits.
struct execute_workflow {
  using response = waited;
  start_workflow_request what;
  wait_options wait;
};
/// Sends a command to an execution and waits.
struct call_and_wait {
  using response = waited;
  std::string workflow_id;
  workflow_command what;
  wait_options wait;
};
/// Ends the first open WAIT or YIELD task of the execution, or of a child that
/// runs. `waited::effective` is false when there is none.
struct signal_workflow {
  using response = waited;
  std::string workflow_id;
  command::signal what;
  bool waits = false; ///< false: answered once the task is updated
  wait_options wait;
};
/// The client of that wait is gone. Harmless when it was answered already.
struct cancel_wait {
  using response = done;
  uint64_t wait_id = 0;
};

/// Tells once what an execution has come to: as soon as it has ended, waits for
/// a client, one of the references has ended, or it has a child that is not
/// known. Told after the commit that makes it true; kept in memory only.
struct watch_execution {
  using response = observed;
  std::string workflow_id;
  uint64_t watch_id = 0; ///< for `end_watch`
  std::vector<std::string> references, known_children;
  /// Children are looked for up to this number.
  uint64_t children_max = 100;
  bool at_once = false; ///< tells how it is now
  /// What the observation contains as JSON.
  observed_part part = observed_part::nothing;
};
/// Nobody waits for that observation any more.
struct end_watch {
  using response = done;
  std::string workflow_id;
  uint64_t watch_id = 0;
};

} // namespace tutti

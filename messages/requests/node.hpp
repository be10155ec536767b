#pragma once

#include "messages/envelope.hpp"
#include "messages/requests/answers.hpp"

#include <string>

namespace tutti {

// For those who run the node.

/// Asks every shard for the executions that were put aside.
struct list_incidents {
  using response = incident_list;
};
/// Lets one of them try again.
struct release_incident {
  using response = done;
  std::string workflow_id;
};

/// Moves the clock of a node that was started with a test clock.
struct advance_clock {
  using response = done;
  int64_t by_ms = 0;
};

} // namespace tutti

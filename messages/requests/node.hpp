#pragma once

#include "messages/envelope.hpp"
#include "messages/requests/answers.hpp"

#include <string>

namespace tutti {

// Requests of the node's operators.

/// Asks every shard for its parked executions.
struct list_incidents {
  using response = incident_list;
};
/// Lets a parked execution run again.
struct release_incident {
  using response = done;
  std::string workflow_id;
};

/// Moves the clock of a node with a test clock.
struct advance_clock {
  using response = done;
  int64_t by_ms = 0;
};

} // namespace tutti

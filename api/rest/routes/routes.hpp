#pragma once

#include "api/rest/routes/gateway_port.hpp"
#include "api/rest/server/router.hpp"
#include "messages/model/validation.hpp"

#include <atomic>
#include <functional>
#include <memory>
#include <string>

namespace tutti {
class workflow_tester;
}

namespace tutti::rest {

struct route_settings {
  validation_settings validation;
  /// Longer long polls are refused.
  int32_t poll_timeout_ms_max = 5'000;
  /// A poll that asks for more tasks gets this many.
  int32_t poll_count_max = 1'000;
  /// Ids of one bulk request, more are refused.
  size_t bulk_ids_max = 1'000;
  /// Executions of one listing.
  size_t list_count_max = 10'000;
  /// Definitions of one request, more are refused.
  size_t definitions_max = 10'000;
  /// Lets clients move the node's clock; for tests only.
  bool test_clock = false;
  /// What GET /api/version answers.
  std::string version = TUTTI_VERSION;
};

struct route_context {
  std::shared_ptr<gateway_port> gateway;
  route_settings settings = {};
  /// Checks expressions in input parameters; none when empty.
  reference_check check_references = {};
  /// What the node counts, in the text format of Prometheus; empty: no route.
  std::function<std::string()> metrics = {};
  /// Runs dry runs; without one they are answered as unavailable.
  std::shared_ptr<workflow_tester> tester = {};
  /// Set it when the node begins to drain: polls are then answered at once,
  /// empty. Those that are parked already are the queues' to answer.
  std::shared_ptr<std::atomic<bool>> draining
      = std::make_shared<std::atomic<bool>>(false);
};

/// Adds every endpoint. Fails only when two of them have the same pattern.
result<done> register_routes(router& to, route_context context);

} // namespace tutti::rest

#pragma once

#include "api/admission/admission.hpp"
#include "api/rest/server/router.hpp"

#include <atomic>
#include <functional>
#include <memory>
#include <string>

namespace tutti::rest {

struct route_settings {
  api::admission_settings admission;
  /// Lets clients move the node's clock; for tests only.
  bool test_clock = false;
  /// What GET /api/version answers.
  std::string version = TUTTI_VERSION;
};

struct route_context {
  std::shared_ptr<api::gateway_port> gateway;
  route_settings settings = {};
  /// Checks expressions in input parameters; none when empty.
  reference_check check_references = {};
  /// What the node counts, in the text format of Prometheus; empty: no route.
  std::function<std::string()> metrics = {};
  /// Set it when the node begins to drain: polls are then answered at once,
  /// empty. Those that are parked already are the queues' to answer.
  std::shared_ptr<std::atomic<bool>> draining
      = std::make_shared<std::atomic<bool>>(false);
};

/// Every endpoint: all that the router is made of.
route_table all_routes(route_context context);

} // namespace tutti::rest

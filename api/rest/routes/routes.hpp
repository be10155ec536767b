#pragma once

#include "api/admission/admission.hpp"
#include "api/rest/server/router.hpp"
#include "messages/model/health.hpp"

#include <atomic>
#include <functional>
#include <memory>
#include <string>

namespace tutti::rest {

struct route_settings {
  api::admission_settings admission;
  /// Lets clients move the node's clock; for tests only.
  bool test_clock = false;
  /// The answer of GET /api/version.
  std::string version = TUTTI_VERSION;
};

/// What the node is set up with, without secrets.
struct node_facts {
  /// "section.key" and the value as text.
  std::vector<std::pair<std::string, std::string>> settings;
  std::string build_date;
  std::vector<std::string> secret_names, variable_names;
};

struct route_context {
  std::shared_ptr<api::gateway_port> gateway;
  route_settings settings = {};
  /// Checks expressions in input parameters; empty: they are not checked.
  reference_check check_references = {};
  /// The node's metrics in Prometheus' text format; empty: no route.
  std::function<std::string()> metrics = {};
  /// Asks the parts of the node; empty: it is healthy.
  health_check health = {};
  node_facts facts = {};
  /// The nodes of the cluster and the links to them, as JSON; empty: no route.
  std::function<std::string()> cluster = {};
  /// Set it when the node begins to drain: polls are then answered at once,
  /// with nothing. The queues answer polls that are parked already.
  std::shared_ptr<std::atomic<bool>> draining
      = std::make_shared<std::atomic<bool>>(false);
};

/// All endpoints.
route_table all_routes(route_context context);

} // namespace tutti::rest
